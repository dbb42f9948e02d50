//! What islands did ahead of the others, kept until everything before it is known.

use std::collections::BTreeMap;
use std::collections::btree_map::OccupiedEntry;
use std::io;
use std::time::Instant;

use memspike_waveform::Waveform;

use crate::probes::Probes;
use crate::simulation::PATIENCE;
use crate::{DeviceEvent, Sink, Time};

/// One thing to tell the sinks.
struct Record {
    at: Time,
    island: u32,
    what: What,
}

enum What {
    Device(DeviceEvent),
    /// The new form of a signal, by its number among the probes.
    Form(u32, Box<Waveform>),
}

/// Records of all islands; those of one island come in the order of time.
#[derive(Default)]
pub(crate) struct Backlog {
    /// Since the last delivery.
    fresh: Vec<Record>,
    /// From before it, and too late for it, by time, island and number.
    kept: BTreeMap<(Time, u32, u64), What>,
    /// Records kept so far, which keeps those of one island and instant in their order.
    numbered: u64,
}

impl Backlog {
    pub fn device(&mut self, at: Time, island: usize, event: DeviceEvent) {
        self.fresh.push(Record { at, island: island as u32, what: What::Device(event) });
    }

    pub fn form(&mut self, at: Time, island: usize, number: usize, form: Waveform) {
        let what = What::Form(number as u32, Box::new(form));
        self.fresh.push(Record { at, island: island as u32, what });
    }

    /// Records since the last delivery.
    pub fn fresh(&self) -> usize {
        self.fresh.len()
    }

    /// When the first record that an earlier delivery left is due.
    pub fn next_time(&self) -> Option<Time> {
        self.kept.first_key_value().map(|((at, ..), _)| *at)
    }

    /// Tells the sinks, in the order of time and then of islands, all that happened up to and including
    /// `until`, or to the end of an instant after which `stop` says so; that is asked now and then. What is not
    /// told is kept.
    pub fn deliver(
        &mut self,
        until: Time,
        probes: &Probes,
        sinks: &mut [&mut dyn Sink],
        stop: &mut dyn FnMut(Time) -> bool,
    ) -> io::Result<Delivered> {
        // Stable: what one island did at one instant stays in its order. Whole numbers compare fast:
        // fractions, not negative, are in the order of their bits.
        self.fresh
            .sort_by_cached_key(|record| (record.at.tick, record.at.frac.to_bits(), record.island));
        let mut fresh = std::mem::take(&mut self.fresh);
        let mut pace = Pace::new();
        let mut rest = fresh.drain(..).peekable();
        let stopped = loop {
            let next = rest.peek().map(|record| (record.at, record.island));
            let kept = self.kept.first_entry();
            let earlier = |entry: &Kept<'_>| {
                let (at, island, _) = *entry.key();
                next.is_none_or(|next| (at, island) <= next)
            };
            let kept = kept.filter(earlier);
            let Some(at) = kept.as_ref().map(|entry| entry.key().0).or(next.map(|(at, _)| at))
            else {
                break None;
            };
            if at > until {
                break None;
            }
            if let Some(last) = pace.ends_before(at, stop) {
                break Some(last);
            }
            let what = kept.map(Kept::remove).or_else(|| rest.next().map(|record| record.what));
            tell(at, what.expect("one of the two is next"), probes, sinks)?;
        };
        for Record { at, island, what } in rest {
            self.kept.insert((at, island, self.numbered), what);
            self.numbered += 1;
        }
        // What is empty keeps its memory for the next window.
        self.fresh = fresh;
        Ok(Delivered { told: pace.told, stopped })
    }
}

/// A record that was kept, in its place.
type Kept<'k> = OccupiedEntry<'k, (Time, u32, u64), What>;

/// What was told.
pub(crate) struct Delivered {
    /// Records.
    pub told: usize,
    /// The last instant that was told, if somebody asked to stop there.
    pub stopped: Option<Time>,
}

/// Records between two looks at whether to stop, unless sinks take longer than [`PATIENCE`] for fewer.
const LOOK_EVERY: usize = 64;

/// Records between two looks at the clock: a sink may search a second for what a measurement asks of one.
const CLOCK_EVERY: usize = 8;

/// How far a delivery has come.
struct Pace {
    told: usize,
    /// Records told when it was asked whether to stop, and when that was.
    asked: (usize, Instant),
    /// Records told at the last look at the clock.
    looked: usize,
    /// The instant of the last of them.
    instant: Option<Time>,
}

impl Pace {
    fn new() -> Self {
        Self { told: 0, asked: (0, Instant::now()), looked: 0, instant: None }
    }

    /// Whether it is time to ask again.
    fn is_due(&mut self) -> bool {
        let (told, at) = self.asked;
        if self.told >= told + LOOK_EVERY {
            return true;
        }
        if self.told < self.looked + CLOCK_EVERY {
            return false;
        }
        self.looked = self.told;
        at.elapsed() >= PATIENCE
    }

    /// Counts a record of the instant `at`; or, if one before it is complete and `stop` says so, gives that one.
    fn ends_before(&mut self, at: Time, stop: &mut dyn FnMut(Time) -> bool) -> Option<Time> {
        if let Some(last) = self.instant.replace(at).filter(|last| *last < at)
            && self.is_due()
        {
            let stops = stop(last);
            (self.asked, self.looked) = ((self.told, Instant::now()), self.told);
            if stops {
                return Some(last);
            }
        }
        self.told += 1;
        None
    }
}

fn tell(at: Time, what: What, probes: &Probes, sinks: &mut [&mut dyn Sink]) -> io::Result<()> {
    match what {
        What::Device(event) => sinks.iter_mut().try_for_each(|sink| sink.device(at, event)),
        What::Form(number, form) => {
            let listeners = &probes.signals[number as usize].listeners;
            let mut all = listeners.iter();
            all.try_for_each(|(sink, signal)| sinks[*sink].waveform(at, *signal, &form))
        }
    }
}
