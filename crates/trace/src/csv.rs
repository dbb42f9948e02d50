//! Tables for spreadsheets and scripts.

use std::io::{self, Write};

use memspike_circuit::Signal;
use memspike_time::Time;

use crate::Sampling;
use crate::number::Number;
use crate::rows::{Row, TableSink};
use crate::table::io_error;

/// Writes a table: `time` in seconds, then a column for each signal.
///
/// A row stands wherever one of the signals needs a point, and holds the values of all. Where a
/// signal jumps there are two rows at one time, before and after. With a grid, rows stand at its
/// multiples only, and a jump on one shows the later value. Numbers read back as the same `f64`.
pub type CsvSink<W> = TableSink<CsvPen<W>>;

impl<W: Write> CsvSink<W> {
    /// Writes the given signals to `writer`.
    #[must_use]
    pub fn new(writer: W, signals: Vec<Signal>, sampling: Sampling) -> Self {
        let pen = CsvPen { writer: csv::Writer::from_writer(writer), field: Vec::new() };
        Self::of_rows(pen, signals, sampling)
    }

    /// The writer; what was written is complete after [`memspike_engine::Sink::end`].
    ///
    /// # Errors
    /// Any error of the writer on the rest of the table.
    pub fn into_inner(self) -> io::Result<W> {
        self.into_rows().writer.into_inner().map_err(|error| error.into_error())
    }
}

/// The syntax of CSV, on a writer.
pub struct CsvPen<W: Write> {
    writer: csv::Writer<W>,
    field: Vec<u8>,
}

impl<W: Write> CsvPen<W> {
    fn number(&mut self, value: f64) -> io::Result<()> {
        self.field.clear();
        Number(value).append(&mut self.field);
        self.writer.write_field(&self.field).map_err(io_error)
    }
}

impl<W: Write> Row for CsvPen<W> {
    fn begin(&mut self, _: &[Signal], names: Vec<String>) -> io::Result<()> {
        let names = std::iter::once("time".to_owned()).chain(names);
        self.writer.write_record(names).map_err(io_error)
    }

    fn row(&mut self, at: Time, values: &[f64]) -> io::Result<()> {
        self.number(at.as_s())?;
        for &value in values {
            self.number(value)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(io_error)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
