//! Points of several signals as rows of a table, wherever the table goes.

use std::io;

use memspike_circuit::Signal;
use memspike_time::Time;
use memspike_waveform::Waveform;

use crate::Sampling;
use crate::tracker::{Grouping, Pen, Side, Tracker};

/// Takes rows, times never decreasing.
pub(crate) trait Row {
    /// The values of all signals at an instant.
    fn row(&mut self, at: Time, values: &[f64]) -> io::Result<()>;
}

/// Signals that are followed, and where their rows go.
pub(crate) struct Rows<R> {
    pub signals: Vec<Signal>,
    pub tracker: Tracker,
    points: Points<R>,
}

/// One row an instant, two where something jumps.
struct Points<R> {
    rows: R,
    /// Where the last row stands.
    last: Option<(Time, Side)>,
}

impl<R: Row> Pen for Points<R> {
    fn points(&mut self, at: Time, side: Side, _due: &[usize], values: &[f64]) -> io::Result<()> {
        if self.last == Some((at, Side::After)) {
            return Ok(());
        }
        self.last = Some((at, side));
        self.rows.row(at, values)
    }
}

impl<R: Row> Rows<R> {
    pub fn new(rows: R, signals: Vec<Signal>, sampling: Sampling) -> Self {
        let tracker = Tracker::new(signals.len(), sampling, Grouping::Together);
        Self { signals, tracker, points: Points { rows, last: None } }
    }

    pub fn rows(&mut self) -> &mut R {
        &mut self.points.rows
    }

    pub fn into_rows(self) -> R {
        self.points.rows
    }

    /// Shows all up to `at`.
    fn reach(&mut self, at: Time) -> io::Result<()> {
        if at == self.tracker.now() || self.tracker.stopped_at().is_some() {
            return Ok(());
        }
        if at < self.tracker.now() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "time went backwards"));
        }
        self.tracker.settle(&mut self.points)?;
        self.tracker.advance(at, &mut self.points)
    }

    pub fn waveform(&mut self, at: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        self.reach(at)?;
        if self.tracker.stopped_at().is_none() {
            self.tracker.change(signal, form);
        }
        Ok(())
    }

    pub fn end(&mut self, at: Time) -> io::Result<()> {
        self.reach(at)?;
        // Rows that have been shown are complete as they are.
        if self.tracker.stopped_at().is_none() {
            self.tracker.settle(&mut self.points)?;
            self.tracker.finish(&mut self.points)?;
        }
        Ok(())
    }
}
