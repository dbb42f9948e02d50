//! What groups did ahead of the others, kept until everything before it is known.

use std::collections::BTreeMap;
use std::collections::btree_map::OccupiedEntry;
use std::time::Instant;

use memspike_time::Time;

use crate::group::PATIENCE;
use crate::{Half, Moment, Place};

/// Records of all groups; those of one place come in the order in which they were made.
#[derive(Debug)]
pub(crate) struct Backlog<R> {
    /// Since the last delivery.
    pub fresh: Vec<(Moment, Place, R)>,
    /// From before it, and too late for it.
    kept: BTreeMap<(Moment, Place, u64), R>,
    /// Records kept so far, which keeps those of one place in their order.
    numbered: u64,
}

impl<R> Default for Backlog<R> {
    fn default() -> Self {
        Self { fresh: Vec::new(), kept: BTreeMap::new(), numbered: 0 }
    }
}

/// A record that was kept, in its place.
type Kept<'k, R> = OccupiedEntry<'k, (Moment, Place, u64), R>;

/// What was told.
pub(crate) struct Delivered {
    /// Records.
    pub told: usize,
    /// The last instant that was told, if somebody asked to stop there.
    pub stopped: Option<Time>,
}

/// Whole numbers in the order of places, which compare fast: fractions, not negative, are in the order of their bits.
fn rank((moment, place): (&Moment, &Place)) -> (u64, u64, u64) {
    let half = u64::from(moment.half == Half::Change);
    // Rounds are few: a loop of them ends in a failure long before 2^23.
    let within = u64::from(moment.round) << 41 | half << 40 | u64::from(place.kind) << 32;
    (moment.at.tick, moment.at.frac.to_bits(), within | u64::from(place.position))
}

impl<R> Backlog<R> {
    /// When the first record that an earlier delivery left is due.
    pub fn next(&self) -> Option<Time> {
        self.kept.first_key_value().map(|((moment, ..), _)| moment.at)
    }

    /// Tells all that happened up to and including `until`, in order, or to the end of an instant after which `stop`
    /// says so; that is asked now and then. What is not told is kept.
    pub fn deliver<E>(
        &mut self,
        until: Time,
        tell: &mut dyn FnMut(Time, R) -> Result<(), E>,
        stop: &mut dyn FnMut(Time) -> bool,
    ) -> Result<Delivered, E> {
        // Stable: what one place holds stays in its order.
        self.fresh.sort_by_cached_key(|(moment, place, _)| rank((moment, place)));
        let mut fresh = std::mem::take(&mut self.fresh);
        let mut pace = LookNowAndThen::new();
        let mut rest = fresh.drain(..).peekable();
        let stopped = loop {
            let next = rest.peek().map(|(moment, place, _)| (*moment, *place));
            let kept = self.kept.first_entry();
            let earlier = |entry: &Kept<'_, R>| {
                let (moment, place, _) = *entry.key();
                next.is_none_or(|next| (moment, place) <= next)
            };
            let kept = kept.filter(earlier);
            let first = kept.as_ref().map(|entry| entry.key().0).or(next.map(|(moment, _)| moment));
            let Some(at) = first.map(|moment| moment.at).filter(|at| *at <= until) else {
                break None;
            };
            if let Some(last) = pace.ends_before(at, stop) {
                break Some(last);
            }
            let record = kept.map(Kept::remove).or_else(|| rest.next().map(|(.., record)| record));
            tell(at, record.expect("one of the two is next"))?;
        };
        for (moment, place, record) in rest {
            self.kept.insert((moment, place, self.numbered), record);
            self.numbered += 1;
        }
        // What is empty keeps its memory for the next window.
        self.fresh = fresh;
        Ok(Delivered { told: pace.told, stopped })
    }
}

/// Records between two looks at whether to stop, unless sinks take longer than [`PATIENCE`] for fewer.
const LOOK_EVERY: usize = 64;

/// Records between two looks at the clock: a sink may search a second for what a measurement asks of one.
const CLOCK_EVERY: usize = 8;

/// How far a delivery has come.
struct LookNowAndThen {
    told: usize,
    /// Records told when it was asked whether to stop, and when that was.
    asked: (usize, Instant),
    /// Records told at the last look at the clock.
    looked: usize,
    /// The instant of the last of them.
    instant: Option<Time>,
}

impl LookNowAndThen {
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
