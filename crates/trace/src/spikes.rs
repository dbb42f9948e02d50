//! Spikes: the instants at which devices turn on.

use std::io::{self, Write};

use memspike_circuit::{Circuit, ElementId};
use memspike_device::Phase;
use memspike_engine::{DeviceEvent, Sink};
use memspike_time::Time;

use crate::number::Number;
use crate::table::io_error;

/// Collects the instants at which each device turns on.
#[derive(Debug, Clone, Default)]
pub struct SpikeSink {
    by_element: Vec<Vec<Time>>,
}

impl SpikeSink {
    /// Nothing collected yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Turn-on instants of one element, in order; empty if it never turned on or cannot.
    #[must_use]
    pub fn of(&self, element: ElementId) -> &[Time] {
        self.by_element.get(element.index()).map_or(&[], Vec::as_slice)
    }

    /// Turn-on instants (s) of every element of the circuit, in the order of
    /// [`Circuit::elements`].
    #[must_use]
    pub fn seconds(&self) -> Vec<Vec<f64>> {
        let seconds = |times: &Vec<Time>| times.iter().map(|t| t.as_s()).collect();
        self.by_element.iter().map(seconds).collect()
    }

    /// Number of spikes of all elements.
    #[must_use]
    pub fn count(&self) -> usize {
        self.by_element.iter().map(Vec::len).sum()
    }
}

impl Sink for SpikeSink {
    fn follows_phases(&self) -> bool {
        false
    }

    fn begin(
        &mut self,
        circuit: &Circuit,
        _start: Time,
        _phases: &[(ElementId, Phase)],
    ) -> io::Result<()> {
        self.by_element.resize(circuit.elements().len(), Vec::new());
        Ok(())
    }

    fn device(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        if event.is_spike() {
            let index = event.element.index();
            if index >= self.by_element.len() {
                self.by_element.resize(index + 1, Vec::new());
            }
            self.by_element[index].push(at);
        }
        Ok(())
    }
}

/// Streams a spike list, a table `time_s,element` in the order of time.
pub struct SpikeWriter<W: Write> {
    writer: csv::Writer<W>,
    names: Vec<String>,
    field: Vec<u8>,
}

impl<W: Write> SpikeWriter<W> {
    /// Writes to `writer`.
    #[must_use]
    pub fn new(writer: W) -> Self {
        Self { writer: csv::Writer::from_writer(writer), names: Vec::new(), field: Vec::new() }
    }

    /// The writer; what was written is complete after [`Sink::end`].
    ///
    /// # Errors
    /// Any error of the writer on the rest of the list.
    pub fn into_inner(self) -> io::Result<W> {
        self.writer.into_inner().map_err(|error| error.into_error())
    }
}

impl<W: Write> Sink for SpikeWriter<W> {
    fn follows_phases(&self) -> bool {
        false
    }

    fn begin(
        &mut self,
        circuit: &Circuit,
        _start: Time,
        _phases: &[(ElementId, Phase)],
    ) -> io::Result<()> {
        self.names = circuit.elements().iter().map(|e| e.name.clone()).collect();
        self.writer.write_record(["time_s", "element"]).map_err(io_error)
    }

    fn device(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        if !event.is_spike() {
            return Ok(());
        }
        self.field.clear();
        write!(self.field, "{}", Number(at.as_s()))?;
        let name = self.names.get(event.element.index()).map_or("", String::as_str);
        self.writer.write_record([self.field.as_slice(), name.as_bytes()]).map_err(io_error)
    }

    fn end(&mut self, _at: Time) -> io::Result<()> {
        self.writer.flush()
    }
}
