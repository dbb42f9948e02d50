//! Waveforms in memory, as points.

use std::io;

use memspike_circuit::{Circuit, ElementId, Signal};
use memspike_device::Phase;
use memspike_engine::{Follows, Sink};
use memspike_time::Time;
use memspike_waveform::Waveform;

use crate::Sampling;
use crate::rows::{Row, Rows};

/// Keeps the rows that a [`crate::CsvSink`] would write.
pub struct Curves(Rows<Points>);

struct Points {
    at_s: Vec<f64>,
    /// For each signal its values.
    values: Vec<Vec<f64>>,
}

impl Row for Points {
    fn row(&mut self, at: Time, values: &[f64]) -> io::Result<()> {
        self.at_s.push(at.as_s());
        self.values.iter_mut().zip(values).for_each(|(all, value)| all.push(*value));
        Ok(())
    }
}

impl Curves {
    /// Of these signals.
    #[must_use]
    pub fn new(signals: Vec<Signal>, sampling: Sampling) -> Self {
        let points = Points { at_s: Vec::new(), values: vec![Vec::new(); signals.len()] };
        Self(Rows::new(points, signals, sampling))
    }

    /// Points `(s, value)` of each signal, in order.
    #[must_use]
    pub fn finish(self) -> Vec<Vec<(f64, f64)>> {
        let Points { at_s, values } = self.0.into_rows();
        let curve = |values: Vec<f64>| at_s.iter().copied().zip(values).collect();
        values.into_iter().map(curve).collect()
    }
}

impl Sink for Curves {
    fn follows(&self) -> Follows {
        Follows::waveforms(self.0.signals.clone())
    }

    fn begin(&mut self, _: &Circuit, start: Time, _: &[(ElementId, Phase)]) -> io::Result<()> {
        self.0.tracker.begin(start);
        Ok(())
    }

    fn waveform(&mut self, at: Time, signal: usize, form: &Waveform) -> io::Result<()> {
        self.0.waveform(at, signal, form)
    }

    fn end(&mut self, at: Time) -> io::Result<()> {
        self.0.end(at)
    }
}
