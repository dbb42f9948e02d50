//! Tables for spreadsheets and scripts.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use memspike_circuit::{Circuit, ElementId, Signal};
use memspike_device::Phase;
use memspike_engine::Sink;
use memspike_time::Time;
use memspike_waveform::Waveform;

use crate::Sampling;
use crate::name::signal_name;
use crate::number::Number;
use crate::table::io_error;
use crate::tracker::{Grouping, Pen, Side, Tracker};

/// Writes a table: `time` in seconds, then a column for each signal.
///
/// A row stands wherever one of the signals needs a point, and holds the values of all. Where a
/// signal jumps there are two rows at one time, before and after. With a grid, rows stand at its
/// multiples only, and a jump on one shows the later value. Numbers read back as the same `f64`.
pub struct CsvSink<W: Write> {
    signals: Vec<Signal>,
    tracker: Tracker,
    pen: CsvPen<W>,
}

impl<W: Write> CsvSink<W> {
    /// Writes the given signals to `writer`.
    #[must_use]
    pub fn new(writer: W, signals: Vec<Signal>, sampling: Sampling) -> Self {
        Self {
            tracker: Tracker::new(signals.len(), sampling, Grouping::Together),
            signals,
            pen: CsvPen { writer: csv::Writer::from_writer(writer), field: Vec::new(), last: None },
        }
    }

    /// Once `stop` is set, ends within about a second with what was written by then, however long it would still
    /// take; what the run tells after that is not written.
    #[must_use]
    pub fn stopping(mut self, stop: Arc<AtomicBool>) -> Self {
        self.tracker.stop_with(stop);
        self
    }

    /// Where that happened, if it did: everything is complete up to there.
    #[must_use]
    pub fn stopped_at(&self) -> Option<Time> {
        self.tracker.stopped_at()
    }

    /// The writer; what was written is complete after [`Sink::end`].
    ///
    /// # Errors
    /// Any error of the writer on the rest of the table.
    pub fn into_inner(self) -> io::Result<W> {
        self.pen.writer.into_inner().map_err(|error| error.into_error())
    }

    fn reach(&mut self, at: Time) -> io::Result<()> {
        if at == self.tracker.now() || self.stopped_at().is_some() {
            return Ok(());
        }
        if at < self.tracker.now() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "time went backwards"));
        }
        self.tracker.settle(&mut self.pen)?;
        self.tracker.advance(at, &mut self.pen)
    }
}

impl<W: Write> Sink for CsvSink<W> {
    fn signals(&self) -> Vec<Signal> {
        self.signals.clone()
    }

    fn begin(
        &mut self,
        circuit: &Circuit,
        start: Time,
        _phases: &[(ElementId, Phase)],
    ) -> io::Result<()> {
        self.tracker.begin(start);
        self.pen.writer.write_field("time").map_err(io_error)?;
        for &signal in &self.signals {
            self.pen.writer.write_field(signal_name(circuit, signal)).map_err(io_error)?;
        }
        self.pen.writer.write_record(None::<&[u8]>).map_err(io_error)
    }

    fn waveform(&mut self, at: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        self.reach(at)?;
        if self.stopped_at().is_none() {
            self.tracker.change(signal, form);
        }
        Ok(())
    }

    fn end(&mut self, at: Time) -> io::Result<()> {
        self.reach(at)?;
        // Rows that have been written are complete as they are.
        if self.stopped_at().is_none() {
            self.tracker.settle(&mut self.pen)?;
            self.tracker.finish(&mut self.pen)?;
        }
        self.pen.writer.flush()
    }
}

struct CsvPen<W: Write> {
    writer: csv::Writer<W>,
    field: Vec<u8>,
    /// Where the last row stands.
    last: Option<(Time, Side)>,
}

impl<W: Write> CsvPen<W> {
    fn number(&mut self, value: f64) -> io::Result<()> {
        self.field.clear();
        write!(self.field, "{}", Number(value))?;
        self.writer.write_field(&self.field).map_err(io_error)
    }
}

impl<W: Write> Pen for CsvPen<W> {
    fn points(&mut self, at: Time, side: Side, _due: &[usize], values: &[f64]) -> io::Result<()> {
        if self.last == Some((at, Side::After)) {
            return Ok(());
        }
        self.last = Some((at, side));
        self.number(at.as_s())?;
        for &value in values {
            self.number(value)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(io_error)
    }
}
