//! The spikes of each device, as a summary or as a list.

use std::io;

use memspike_circuit::Circuit;
use memspike_engine::{DeviceEvent, Sink};
use memspike_time::Time;

/// The spikes of one device: the instants at which it turned on.
#[derive(Debug, Clone, PartialEq)]
pub struct Spikes {
    /// Hierarchical name of the device.
    pub element: String,
    /// How many.
    pub count: u64,
    /// The first and the last.
    pub ends: Option<(Time, Time)>,
    /// All of them in order, if they were asked for.
    pub times: Vec<Time>,
}

impl Spikes {
    /// Spikes a second by the paper's rule, (spikes - 1) / (last spike - first spike); none for
    /// fewer than two spikes.
    #[must_use]
    pub fn frequency_hz(&self) -> Option<f64> {
        let (first, last) = self.ends?;
        (self.count > 1).then(|| (self.count - 1) as f64 / last.since(first))
    }
}

/// Collects spikes. Without the list, memory does not grow with the length of a run.
pub(crate) struct SpikeCollector {
    list: bool,
    by_device: Vec<Spikes>,
    /// Position in `by_device` by element.
    device_of: Vec<Option<usize>>,
}

impl SpikeCollector {
    /// A collector for the devices of `circuit`; `list` keeps every instant.
    pub(crate) fn new(circuit: &Circuit, list: bool) -> Self {
        let mut collector = Self { list, by_device: Vec::new(), device_of: Vec::new() };
        for element in circuit.elements() {
            let device = element.spikes().then_some(collector.by_device.len());
            collector.device_of.push(device);
            if device.is_some() {
                let element = element.name.clone();
                collector.by_device.push(Spikes {
                    element,
                    count: 0,
                    ends: None,
                    times: Vec::new(),
                });
            }
        }
        collector
    }

    /// Spikes by device, in the order of names.
    pub(crate) fn finish(self) -> Vec<Spikes> {
        self.by_device
    }
}

impl Sink for SpikeCollector {
    fn follows_phases(&self) -> bool {
        false
    }

    fn device(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        let device = self.device_of[event.element.index()].filter(|_| event.is_spike());
        if let Some(spikes) = device.map(|device| &mut self.by_device[device]) {
            spikes.count += 1;
            spikes.ends = Some((spikes.ends.map_or(at, |(first, _)| first), at));
            if self.list {
                spikes.times.push(at);
            }
        }
        Ok(())
    }
}
