//! What islands did ahead of the others, kept until everything before it is known.

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

/// Records of all islands; those of one island are in the order of time.
#[derive(Default)]
pub(crate) struct Backlog {
    records: Vec<Record>,
}

/// A backlog of this length is worth a visit to every island, and still small.
const WORTH: usize = 1 << 16;

impl Backlog {
    pub fn device(&mut self, at: Time, island: usize, event: DeviceEvent) {
        self.records.push(Record { at, island: island as u32, what: What::Device(event) });
    }

    pub fn form(&mut self, at: Time, island: usize, number: usize, form: Waveform) {
        let what = What::Form(number as u32, Box::new(form));
        self.records.push(Record { at, island: island as u32, what });
    }

    /// Whether islands should stop running ahead.
    pub fn is_full(&self) -> bool {
        self.records.len() >= 4 * WORTH
    }

    /// Tells the sinks, in the order of time and then of islands, all that happened up to and including
    /// `until`. Gives the factor by which the next window should be longer.
    pub fn deliver(
        &mut self,
        until: Time,
        probes: &Probes,
        sinks: &mut [&mut dyn Sink],
    ) -> io::Result<f64> {
        // Stable: what one island did at one instant stays in its order.
        self.records.sort_by_key(|record| (record.at, record.island));
        let due = self.records.partition_point(|record| record.at <= until);
        for record in self.records.drain(..due) {
            match record.what {
                What::Device(event) => {
                    for sink in sinks.iter_mut() {
                        sink.device(record.at, event)?;
                    }
                }
                What::Form(number, form) => {
                    for (sink, signal) in &probes.signals[number as usize].listeners {
                        sinks[*sink].waveform(record.at, *signal, &form)?;
                    }
                }
            }
        }
        Ok(match due {
            0..WORTH => 2.0,
            n if n > 2 * WORTH => 0.5,
            _ => 1.0,
        })
    }
}
