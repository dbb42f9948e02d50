//! Piecewise linear sources, once and over and over.

use memspike_time::ticks;

use crate::Segment;
use crate::repeats::Repeats;

/// Lines from point to point; after the last point time goes back to an earlier one, for ever.
#[derive(Debug, Clone, PartialEq)]
pub struct RepeatedPwl {
    /// `(time_s, value)`, times not decreasing.
    pub points: Vec<(f64, f64)>,
    /// Where time goes back to (s): the time of a point before the last.
    pub from_s: f64,
    /// How much later all of it happens (s); earlier, below zero.
    pub delay_s: f64,
}

impl RepeatedPwl {
    fn lead_fs(&self) -> u64 {
        ticks(-self.delay_s)
    }

    /// The value just before time zero.
    pub(crate) fn before_start(&self) -> f64 {
        match self.lead_fs() {
            0 => self.points.first().map_or(0.0, |(_, value)| *value),
            lead_fs => self.unshifted(lead_fs - 1).value_at(lead_fs),
        }
    }

    pub(crate) fn segment(&self, at_fs: u64) -> Segment {
        let (lead_fs, delay_fs) = (self.lead_fs(), ticks(self.delay_s));
        let Some(own_fs) = at_fs.saturating_add(lead_fs).checked_sub(delay_fs) else {
            return Segment::constant(0, Some(delay_fs), self.before_start());
        };
        self.unshifted(own_fs).later(delay_fs).earlier(lead_fs)
    }

    /// As if there were no delay.
    fn unshifted(&self, at_fs: u64) -> Segment {
        let last_s = self.points.last().map_or(0.0, |(s, _)| *s);
        let repeats = Repeats { first_fs: ticks(last_s), period_s: last_s - self.from_s };
        if at_fs < repeats.first_fs {
            return pwl_segment(&self.points, at_fs);
        }
        let number = repeats.number(at_fs);
        let (start_fs, from_fs) = (repeats.start_fs(number), ticks(self.from_s));
        // The point that time goes back to comes before the start of every repetition.
        let back_fs = start_fs.saturating_sub(from_fs);
        let segment = pwl_segment(&self.points, at_fs - back_fs);
        segment.later(back_fs).until(repeats.start_fs(number + 1))
    }
}

/// The line in force at an instant.
pub(crate) fn pwl_segment(points: &[(f64, f64)], at_fs: u64) -> Segment {
    let after = points.partition_point(|(s, _)| ticks(*s) <= at_fs);
    match (after.checked_sub(1).map(|i| points[i]), points.get(after)) {
        (None, Some(&(s, value))) => Segment::constant(0, Some(ticks(s)), value),
        (Some((s, value)), None) => Segment::constant(ticks(s), None, value),
        (Some((s0, v0)), Some(&(s1, v1))) => {
            if v0 == v1 {
                Segment::constant(ticks(s0), Some(ticks(s1)), v0)
            } else {
                Segment::line([ticks(s0), ticks(s1)], [v0, v1], s1 - s0)
            }
        }
        (None, None) => Segment::constant(0, None, 0.0),
    }
}
