//! Points of several signals as rows of a table, wherever the table goes.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use memspike_circuit::{Circuit, ElementId, Signal};
use memspike_device::Phase;
use memspike_engine::{Follows, Sink};
use memspike_time::Time;
use memspike_waveform::Waveform;

use crate::Sampling;
use crate::name::signal_name;
use crate::tracker::{Grouping, Pen, Side, Tracker};

/// Takes rows, times never decreasing.
pub trait Row {
    /// The signals and their names; comes first.
    fn begin(&mut self, signals: &[Signal], names: Vec<String>) -> io::Result<()>;
    /// The values of all signals at an instant.
    fn row(&mut self, at: Time, values: &[f64]) -> io::Result<()>;
    /// Nothing follows.
    fn finish(&mut self) -> io::Result<()>;
}

/// Follows signals, and gives a row of all of them to `R` wherever one of them needs a point.
pub struct TableSink<R> {
    signals: Vec<Signal>,
    tracker: Tracker,
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

impl<R: Row> TableSink<R> {
    /// Gives rows of these signals to `rows`.
    pub(crate) fn of_rows(rows: R, signals: Vec<Signal>, sampling: Sampling) -> Self {
        let tracker = Tracker::new(signals.len(), sampling, Grouping::Together);
        Self { signals, tracker, points: Points { rows, last: None } }
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

    /// Begins without a circuit, which names alone need.
    pub(crate) fn begin_at(&mut self, start: Time) {
        self.tracker.begin(start);
    }

    /// What took the rows.
    pub(crate) fn into_rows(self) -> R {
        self.points.rows
    }

    /// Shows all up to `at`.
    fn reach(&mut self, at: Time) -> io::Result<()> {
        if at == self.tracker.now() || self.stopped_at().is_some() {
            return Ok(());
        }
        if at < self.tracker.now() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "time went backwards"));
        }
        self.tracker.settle(&mut self.points)?;
        self.tracker.advance(at, &mut self.points)
    }
}

impl<R: Row> Sink for TableSink<R> {
    fn follows(&self) -> Follows {
        Follows::waveforms(self.signals.clone())
    }

    fn begin(
        &mut self,
        circuit: &Circuit,
        start: Time,
        _: &[(ElementId, Phase)],
    ) -> io::Result<()> {
        self.begin_at(start);
        let names = self.signals.iter().map(|signal| signal_name(circuit, *signal)).collect();
        self.points.rows.begin(&self.signals, names)
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
        // Rows that have been shown are complete as they are.
        if self.stopped_at().is_none() {
            self.tracker.settle(&mut self.points)?;
            self.tracker.finish(&mut self.points)?;
        }
        self.points.rows.finish()
    }
}
