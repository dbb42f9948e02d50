//! ngspice's binary raw files: a table of points behind a header of text.

use std::io::{self, Seek, SeekFrom, Write};

use memspike_circuit::Signal;
use memspike_time::{FEMTOSECOND_S, Time};

use crate::Sampling;
use crate::number::finite;
use crate::rows::{Row, TableSink};

/// Writes a raw file as `ngspice -r` does: the variables `time` and the signals, at every point all of them as binary numbers
/// of 64 bits, least byte first.
///
/// Times rise from point to point. Where a signal jumps, its old value stands a femtosecond earlier, or as little earlier as a
/// number of seconds can be. A value that is not a finite number ends the file with an error.
pub type RawSink<W> = TableSink<RawPen<W>>;

impl<W: Write + Seek> RawSink<W> {
    /// Writes the given signals to `writer`.
    #[must_use]
    pub fn new(writer: W, signals: Vec<Signal>, sampling: Sampling) -> Self {
        let pen = RawPen {
            writer,
            names: Vec::new(),
            count_at: 0,
            points: 0,
            last_s: f64::NEG_INFINITY,
            held: None,
            bytes: Vec::new(),
        };
        Self::of_rows(pen, signals, sampling)
    }

    /// The writer; what was written is complete after [`memspike_engine::Sink::end`].
    #[must_use]
    pub fn into_inner(self) -> W {
        self.into_rows().writer
    }
}

/// Digits that the number of points has room for.
const COUNT_WIDTH: usize = 20;

/// The syntax of raw files, on a writer.
pub struct RawPen<W: Write + Seek> {
    writer: W,
    names: Vec<String>,
    /// Where the number of points stands in the file.
    count_at: u64,
    points: u64,
    /// The time that was written last (s).
    last_s: f64,
    /// The point that is written once the time of the next is known.
    held: Option<(Time, Vec<f64>)>,
    bytes: Vec<u8>,
}

impl<W: Write + Seek> RawPen<W> {
    /// Writes the point that is held back, at `at_s` seconds.
    fn write_held(&mut self, at_s: f64) -> io::Result<()> {
        let Some((_, values)) = &self.held else { return Ok(()) };
        self.bytes.clear();
        self.bytes.extend_from_slice(&at_s.to_le_bytes());
        for (value, name) in values.iter().zip(&self.names) {
            self.bytes.extend_from_slice(&finite(*value, || name.clone())?.to_le_bytes());
        }
        self.points += 1;
        self.last_s = at_s;
        self.writer.write_all(&self.bytes)
    }
}

impl<W: Write + Seek> Row for RawPen<W> {
    fn begin(&mut self, signals: &[Signal], names: Vec<String>) -> io::Result<()> {
        // No date: the same run writes the same bytes.
        let version = env!("CARGO_PKG_VERSION");
        let mut head = format!(
            "Title: memspike {version}\nPlotname: Transient Analysis\nFlags: real\nNo. Variables: {}\nNo. Points: ",
            names.len() + 1
        );
        self.count_at = head.len() as u64;
        head.push_str(&" ".repeat(COUNT_WIDTH));
        head.push_str("\nVariables:\n\t0\ttime\ttime\n");
        for (number, (name, signal)) in names.iter().zip(signals).enumerate() {
            let kind = match signal {
                Signal::Voltage(..) => "voltage",
                Signal::Current(_) => "current",
            };
            head.push_str(&format!("\t{}\t{name}\t{kind}\n", number + 1));
        }
        head.push_str("Binary:\n");
        self.names = names;
        self.writer.write_all(head.as_bytes())
    }

    fn row(&mut self, at: Time, values: &[f64]) -> io::Result<()> {
        if let Some(held) = self.held.as_ref().map(|(held, _)| *held) {
            let (before_s, at_s) = (held.as_s(), at.as_s());
            if before_s < at_s {
                self.write_held(before_s)?;
            } else {
                // What ends there stands a little earlier, unless something else does.
                let earlier_s = (at_s - FEMTOSECOND_S).min(at_s.next_down());
                if earlier_s > self.last_s && earlier_s >= 0.0 {
                    self.write_held(earlier_s)?;
                }
            }
        }
        let mut kept = self.held.take().map_or_else(Vec::new, |(_, kept)| kept);
        kept.clear();
        kept.extend_from_slice(values);
        self.held = Some((at, kept));
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        if let Some(at_s) = self.held.as_ref().map(|(at, _)| at.as_s()) {
            self.write_held(at_s)?;
        }
        self.writer.seek(SeekFrom::Start(self.count_at))?;
        write!(self.writer, "{:<COUNT_WIDTH$}", self.points)?;
        self.writer.seek(SeekFrom::End(0))?;
        self.writer.flush()
    }
}
