//! Tables for spreadsheets and scripts.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use memspike_circuit::{Circuit, ElementId, Signal};
use memspike_device::Phase;
use memspike_engine::{Follows, Sink};
use memspike_time::Time;
use memspike_waveform::Waveform;

use crate::Sampling;
use crate::name::signal_name;
use crate::number::Number;
use crate::rows::{Row, Rows};
use crate::table::io_error;

/// Writes a table: `time` in seconds, then a column for each signal.
///
/// A row stands wherever one of the signals needs a point, and holds the values of all. Where a
/// signal jumps there are two rows at one time, before and after. With a grid, rows stand at its
/// multiples only, and a jump on one shows the later value. Numbers read back as the same `f64`.
pub struct CsvSink<W: Write>(Rows<CsvPen<W>>);

impl<W: Write> CsvSink<W> {
    /// Writes the given signals to `writer`.
    #[must_use]
    pub fn new(writer: W, signals: Vec<Signal>, sampling: Sampling) -> Self {
        let pen = CsvPen { writer: csv::Writer::from_writer(writer), field: Vec::new() };
        Self(Rows::new(pen, signals, sampling))
    }

    /// Once `stop` is set, ends within about a second with what was written by then, however long it would still
    /// take; what the run tells after that is not written.
    #[must_use]
    pub fn stopping(mut self, stop: Arc<AtomicBool>) -> Self {
        self.0.tracker.stop_with(stop);
        self
    }

    /// Where that happened, if it did: everything is complete up to there.
    #[must_use]
    pub fn stopped_at(&self) -> Option<Time> {
        self.0.tracker.stopped_at()
    }

    /// The writer; what was written is complete after [`Sink::end`].
    ///
    /// # Errors
    /// Any error of the writer on the rest of the table.
    pub fn into_inner(self) -> io::Result<W> {
        self.0.into_rows().writer.into_inner().map_err(|error| error.into_error())
    }
}

impl<W: Write> Sink for CsvSink<W> {
    fn follows(&self) -> Follows {
        Follows::waveforms(self.0.signals.clone())
    }

    fn begin(
        &mut self,
        circuit: &Circuit,
        start: Time,
        _phases: &[(ElementId, Phase)],
    ) -> io::Result<()> {
        self.0.tracker.begin(start);
        let names = self.0.signals.iter().map(|signal| signal_name(circuit, *signal));
        let names: Vec<String> = std::iter::once("time".to_owned()).chain(names).collect();
        self.0.rows().writer.write_record(names).map_err(io_error)
    }

    fn waveform(&mut self, at: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        self.0.waveform(at, signal, form)
    }

    fn end(&mut self, at: Time) -> io::Result<()> {
        self.0.end(at)?;
        self.0.rows().writer.flush()
    }
}

struct CsvPen<W: Write> {
    writer: csv::Writer<W>,
    field: Vec<u8>,
}

impl<W: Write> CsvPen<W> {
    fn number(&mut self, value: f64) -> io::Result<()> {
        self.field.clear();
        write!(self.field, "{}", Number(value))?;
        self.writer.write_field(&self.field).map_err(io_error)
    }
}

impl<W: Write> Row for CsvPen<W> {
    fn row(&mut self, at: Time, values: &[f64]) -> io::Result<()> {
        self.number(at.as_s())?;
        for &value in values {
            self.number(value)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(io_error)
    }
}
