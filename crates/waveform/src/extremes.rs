//! Least and greatest values.

use crate::Waveform;
use crate::enclosure::Subject;

/// Least and greatest value of `f` on `[from_s, until_s]`, to rounding. Intervals are halved as for
/// crossings, until bounds show that they hold nothing new.
#[must_use]
pub fn minimum_maximum(f: &Waveform, from_s: f64, until_s: f64) -> (f64, f64) {
    let (a, b) = (f.eval(from_s), f.eval(until_s));
    let mut extremes = (a.min(b), a.max(b));
    if f.as_relaxation().is_some() || f.terms.is_empty() || until_s <= from_s {
        return extremes;
    }
    let subject = Subject::new(f);
    let mut left = subject.point(from_s, None);
    let mut ahead = vec![subject.point(until_s, Some(&left))];
    while let Some(right) = ahead.pop() {
        let bounds = subject.enclose(&left, &right);
        let value = bounds.middle.value;
        let inside = bounds.low >= extremes.0 && bounds.high <= extremes.1;
        let flat = bounds.high - bounds.low <= left.noise.min(right.noise);
        let narrow = right.t - left.t <= 2.0 * f64::EPSILON * right.t;
        if bounds.trend.is_none() {
            extremes = (extremes.0.min(value), extremes.1.max(value));
        }
        if inside || flat || narrow || bounds.trend.is_some() {
            left = right;
        } else {
            ahead.extend([right, bounds.middle]);
        }
    }
    extremes
}
