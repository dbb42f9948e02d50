//! Waveforms in memory, as points.

use std::io;

use memspike_circuit::Signal;
use memspike_time::Time;

use crate::Sampling;
use crate::rows::{Row, TableSink};

/// Numbers that are kept at most, of all signals and their instants: 256 MiB.
const MOST_KEPT: usize = 1 << 25;

/// Keeps the rows that a [`crate::CsvSink`] would write.
pub type Curves = TableSink<Kept>;

/// Rows in memory.
pub struct Kept {
    at_s: Vec<f64>,
    /// For each signal its values.
    values: Vec<Vec<f64>>,
}

impl Row for Kept {
    fn begin(&mut self, _: &[Signal], _: Vec<String>) -> io::Result<()> {
        Ok(())
    }

    fn row(&mut self, at: Time, values: &[f64]) -> io::Result<()> {
        if self.at_s.len() == MOST_KEPT / (1 + self.values.len()) {
            let most = self.at_s.len();
            return Err(io::Error::other(format!(
                "more than {most} points, which is as many as are kept in memory: a greater tolerance or a longer step gives fewer"
            )));
        }
        self.at_s.push(at.as_s());
        self.values.iter_mut().zip(values).for_each(|(all, value)| all.push(*value));
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Curves {
    /// Of these signals.
    #[must_use]
    pub fn new(signals: Vec<Signal>, sampling: Sampling) -> Self {
        let kept = Kept { at_s: Vec::new(), values: vec![Vec::new(); signals.len()] };
        Self::of_rows(kept, signals, sampling)
    }

    /// Points `(s, value)` of each signal, in order.
    #[must_use]
    pub fn finish(self) -> Vec<Vec<(f64, f64)>> {
        let Kept { at_s, values } = self.into_rows();
        let curve = |values: Vec<f64>| at_s.iter().copied().zip(values).collect();
        values.into_iter().map(curve).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_memory_is_not_for_are_refused() {
        let signals = 1 << 20;
        let mut kept = Kept { at_s: Vec::new(), values: vec![Vec::new(); signals] };
        let row = vec![0.0; signals];
        let kept = (0..40).take_while(|_| kept.row(Time::ZERO, &row).is_ok()).count();
        // 31 rows of 2^20 numbers and an instant are less than 2^25 numbers, 32 are more.
        assert_eq!(kept, 31);
    }
}
