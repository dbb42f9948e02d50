//! Curves with no more points than a picture can show.

use std::io;

use memspike_circuit::Signal;
use memspike_time::Time;

use crate::Sampling;
use crate::rows::{Row, TableSink};

/// Stretches of a curve, each about as wide as a line is drawn.
const STRETCHES: usize = 480;

/// Points that a stretch may have before some are left out.
const POINTS: usize = 4;

/// A curve of at most 1,920 points, whatever it was made of: of each of 480 stretches of time those are left that a drawing
/// shows, which are the first, the least, the greatest and the last. A value that is no number is a gap, and a stretch
/// with one keeps it as a fifth point.
#[derive(Debug, Clone)]
pub struct Thinned {
    from_s: f64,
    until_s: f64,
    kept: Vec<(f64, f64)>,
    /// Where the points of the present stretch begin.
    begin: usize,
    stretch: usize,
}

impl Thinned {
    /// Of the time from one instant (s) to a later one.
    #[must_use]
    pub fn new([from_s, until_s]: [f64; 2]) -> Self {
        Self { from_s, until_s, kept: Vec::new(), begin: 0, stretch: 0 }
    }

    /// The curve goes on, straight, to a value at an instant (s). Instants do not decrease.
    pub fn line_to(&mut self, at_s: f64, value: f64) {
        let part = (at_s - self.from_s) / (self.until_s - self.from_s);
        let stretch = ((part * STRETCHES as f64) as usize).min(STRETCHES - 1);
        if stretch != self.stretch {
            (self.stretch, self.begin) = (stretch, self.kept.len());
        }
        self.kept.push((at_s, value));
        if self.kept.len() - self.begin > POINTS {
            self.leave_out();
        }
    }

    /// The curve stays until an instant (s).
    pub fn hold_to(&mut self, at_s: f64) {
        if let Some(&(_, value)) = self.kept.last() {
            self.line_to(at_s, value);
        }
    }

    /// The curve stays until an instant (s) and then has another value.
    pub fn step_to(&mut self, at_s: f64, value: f64) {
        self.hold_to(at_s);
        self.line_to(at_s, value);
    }

    /// Keeps of the present stretch what is drawn.
    fn leave_out(&mut self) {
        let own = &self.kept[self.begin..];
        let numbers = || (0..own.len()).filter(|place| !own[*place].1.is_nan());
        let by_value = |a: &usize, b: &usize| own[*a].1.total_cmp(&own[*b].1);
        let (least, greatest) = (numbers().min_by(by_value), numbers().max_by(by_value));
        let gap = own.iter().position(|(_, value)| value.is_nan());
        let shown = [Some(0), least, greatest, gap, Some(own.len() - 1)];
        let left: Vec<(f64, f64)> = (0..own.len())
            .filter(|place| shown.contains(&Some(*place)))
            .map(|place| own[place])
            .collect();
        self.kept.truncate(self.begin);
        self.kept.extend(left);
    }

    /// The points `(s, value)`, in order; of several equal values in a row the first and the last.
    #[must_use]
    pub fn finish(self) -> Vec<(f64, f64)> {
        let all = self.kept;
        let is_within = |place: usize| {
            let value = |place: usize| all[place].1.to_bits();
            place > 0
                && place + 1 < all.len()
                && value(place - 1) == value(place)
                && value(place) == value(place + 1)
        };
        (0..all.len()).filter(|place| !is_within(*place)).map(|place| all[place]).collect()
    }
}

/// Keeps thinned curves of the rows that a [`crate::CsvSink`] would write: memory does not grow with the length of a run.
pub type ThinnedCurves = TableSink<ThinnedRows>;

/// Curves in memory.
pub struct ThinnedRows {
    curves: Vec<Thinned>,
}

impl Row for ThinnedRows {
    fn begin(&mut self, _: &[Signal], _: Vec<String>) -> io::Result<()> {
        Ok(())
    }

    fn row(&mut self, at: Time, values: &[f64]) -> io::Result<()> {
        let at_s = at.as_s();
        self.curves.iter_mut().zip(values).for_each(|(curve, value)| curve.line_to(at_s, *value));
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl ThinnedCurves {
    /// Of these signals from one instant (s) to a later one.
    #[must_use]
    pub fn new(signals: Vec<Signal>, sampling: Sampling, interval_s: [f64; 2]) -> Self {
        let curves = vec![Thinned::new(interval_s); signals.len()];
        Self::of_rows(ThinnedRows { curves }, signals, sampling)
    }

    /// Points `(s, value)` of each signal, in order.
    #[must_use]
    pub fn finish(self) -> Vec<Vec<(f64, f64)>> {
        self.into_rows().curves.into_iter().map(Thinned::finish).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn thinned(points: &[(f64, f64)], interval_s: [f64; 2]) -> Vec<(f64, f64)> {
        let mut curve = Thinned::new(interval_s);
        points.iter().for_each(|&(at_s, value)| curve.line_to(at_s, value));
        curve.finish()
    }

    #[test]
    fn a_peak_among_a_million_points_is_kept() {
        let value = |k: usize| match k {
            654_321 => 7.0,
            654_322 => -7.0,
            k => (k as f64 * 0.1).sin(),
        };
        let points: Vec<(f64, f64)> = (0..1_000_000).map(|k| (k as f64 * 1e-6, value(k))).collect();
        let left = thinned(&points, [0.0, 1.0]);
        assert!(left.len() <= 1920, "{}", left.len());
        assert!(left.contains(&points[654_321]) && left.contains(&points[654_322]));
        assert_eq!((left[0], left[left.len() - 1]), (points[0], points[999_999]));
    }

    #[test]
    fn a_gap_among_many_points_is_kept() {
        let value = |k: u32| if k == 5000 { f64::NAN } else { f64::from(k % 7) };
        let points: Vec<(f64, f64)> =
            (0..100_000).map(|k| (f64::from(k) * 1e-5, value(k))).collect();
        let left = thinned(&points, [0.0, 1.0]);
        assert_eq!(left.iter().filter(|(_, value)| value.is_nan()).count(), 1);
    }

    #[test]
    fn a_step_holds_its_value_until_the_next() {
        let mut curve = Thinned::new([0.0, 4.0]);
        for (at_s, value) in [(0.0, 1.0), (2.0, 3.0), (3.0, 3.0), (4.0, 0.0)] {
            curve.step_to(at_s, value);
        }
        assert_eq!(curve.finish(), [(0.0, 1.0), (2.0, 1.0), (2.0, 3.0), (4.0, 3.0), (4.0, 0.0)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn the_extremes_of_every_stretch_are_left_in_order(
            values in prop::collection::vec(-5_i8..5, 1..4000),
        ) {
            let last = values.len();
            let points: Vec<(f64, f64)> =
                values.iter().enumerate().map(|(k, v)| (k as f64, f64::from(*v))).collect();
            let left = thinned(&points, [0.0, last as f64]);
            prop_assert!(left.len() <= 1920);
            prop_assert!(left.windows(2).all(|pair| pair[0].0 < pair[1].0));
            prop_assert!(left.iter().all(|point| points[point.0 as usize] == *point));
            let stretch = |at: f64| ((at / last as f64 * 480.0) as usize).min(479);
            let mut ends = vec![(f64::INFINITY, f64::NEG_INFINITY); 480];
            for &(at, value) in &points {
                let (low, high) = ends[stretch(at)];
                ends[stretch(at)] = (low.min(value), high.max(value));
            }
            // Equal values in a row have their ends left alone, so the curve through the points is what is asked.
            let on_curve = |at: f64| {
                let behind = left.partition_point(|(other, _)| *other <= at);
                left[behind - 1].1
            };
            for &(at, value) in &points {
                let (low, high) = ends[stretch(at)];
                if value == low || value == high {
                    let is_it = |point: &(f64, f64)| stretch(point.0) == stretch(at) && point.1 == value;
                    prop_assert!(on_curve(at) == value || left.iter().any(is_it));
                }
            }
        }
    }
}
