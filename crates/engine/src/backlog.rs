//! What islands did ahead of the others, kept until everything before it is known.

use std::collections::BTreeMap;
use std::io;

use memspike_waveform::Waveform;

use crate::probes::Probes;
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
    /// `until`. Gives the number of records told.
    pub fn deliver(
        &mut self,
        until: Time,
        probes: &Probes,
        sinks: &mut [&mut dyn Sink],
    ) -> io::Result<usize> {
        // Stable: what one island did at one instant stays in its order. Whole numbers compare fast:
        // fractions, not negative, are in the order of their bits.
        self.fresh
            .sort_by_cached_key(|record| (record.at.tick, record.at.frac.to_bits(), record.island));
        let due = self.fresh.partition_point(|record| record.at <= until);
        let mut told = due;
        let mut fresh = std::mem::take(&mut self.fresh);
        for Record { at, island, what } in fresh.drain(..due) {
            while let Some(entry) = self.kept.first_entry() {
                let (kept_at, kept_island, _) = *entry.key();
                if (kept_at, kept_island) > (at, island) {
                    break;
                }
                tell(kept_at, entry.remove(), probes, sinks)?;
                told += 1;
            }
            tell(at, what, probes, sinks)?;
        }
        while let Some(entry) = self.kept.first_entry().filter(|entry| entry.key().0 <= until) {
            let at = entry.key().0;
            tell(at, entry.remove(), probes, sinks)?;
            told += 1;
        }
        for Record { at, island, what } in fresh.drain(..) {
            self.kept.insert((at, island, self.numbered), what);
            self.numbered += 1;
        }
        // What is empty keeps its memory for the next window.
        self.fresh = fresh;
        Ok(told)
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
