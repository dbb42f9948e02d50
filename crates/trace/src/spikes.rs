//! Spikes, the instants at which devices turn on: of each device in memory, or as a list in a file.

use std::io::{self, BufWriter, IntoInnerError, Write};

use memspike_circuit::{Circuit, ElementId};
use memspike_device::Phase;
use memspike_engine::{DeviceEvent, Events, Follows, Sink};
use memspike_time::Time;

use crate::number::Number;
use crate::table::io_error;

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

/// Collects the spikes of each device. Without the list, memory does not grow with the length of a run.
#[derive(Debug, Clone)]
pub struct SpikeSink {
    list: bool,
    by_device: Vec<Spikes>,
    /// Position in `by_device` by element.
    device_of: Vec<Option<usize>>,
}

impl SpikeSink {
    /// Of the devices of `circuit`; `list` keeps every instant.
    #[must_use]
    pub fn new(circuit: &Circuit, list: bool) -> Self {
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
    #[must_use]
    pub fn finish(self) -> Vec<Spikes> {
        self.by_device
    }
}

impl Sink for SpikeSink {
    fn follows(&self) -> Follows {
        Follows::events(Events::Spikes)
    }

    fn event(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        let device = self.device_of[event.element.index()];
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

/// Streams a spike list, a table `time_s,element` in the order of time.
pub struct SpikeWriter<W: Write> {
    writer: BufWriter<W>,
    /// The rest of a line after its time, by element.
    ends: Vec<Vec<u8>>,
    /// A line, whose memory is used again.
    line: Vec<u8>,
}

impl<W: Write> SpikeWriter<W> {
    /// Writes to `writer`.
    #[must_use]
    pub fn new(writer: W) -> Self {
        Self { writer: BufWriter::new(writer), ends: Vec::new(), line: Vec::new() }
    }

    /// The writer; what was written is complete after [`Sink::end`].
    ///
    /// # Errors
    /// Any error of the writer on the rest of the list.
    pub fn into_inner(self) -> io::Result<W> {
        self.writer.into_inner().map_err(IntoInnerError::into_error)
    }
}

/// For each element the rest of a line after its time; nothing for what cannot spike.
fn ends_of_lines(circuit: &Circuit) -> io::Result<Vec<Vec<u8>>> {
    let mut lines = csv::Writer::from_writer(Vec::new());
    let mut ends = Vec::with_capacity(circuit.elements().len());
    for element in circuit.elements() {
        let begin = lines.get_ref().len();
        if element.spikes() {
            // The field of the time is empty.
            lines.write_record(["", &element.name]).map_err(io_error)?;
            lines.flush()?;
        }
        let line = &lines.get_ref()[begin..];
        let comma = line.iter().position(|byte| *byte == b',');
        ends.push(comma.map_or(Vec::new(), |at| line[at..].to_vec()));
    }
    Ok(ends)
}

impl<W: Write> Sink for SpikeWriter<W> {
    fn follows(&self) -> Follows {
        Follows::events(Events::Spikes)
    }

    fn begin(
        &mut self,
        circuit: &Circuit,
        _start: Time,
        _phases: &[(ElementId, Phase)],
    ) -> io::Result<()> {
        self.ends = ends_of_lines(circuit)?;
        writeln!(self.writer, "time_s,element")
    }

    fn event(&mut self, at: Time, event: DeviceEvent) -> io::Result<()> {
        let end = self.ends.get(event.element.index()).map_or(&b",\n"[..], Vec::as_slice);
        self.line.clear();
        Number(at.as_s()).append(&mut self.line);
        self.line.extend_from_slice(end);
        self.writer.write_all(&self.line)
    }

    fn end(&mut self, _at: Time) -> io::Result<()> {
        self.writer.flush()
    }
}
