//! Pulse trains.

use memspike_time::ticks;

use crate::Segment;
use crate::repeats::Repeats;

/// A pulse train. Rise and fall may be zero: then the source jumps. A pulse that lasts longer than its period
/// is cut where the next one begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pulse {
    /// Initial value.
    pub low: f64,
    /// Pulsed value.
    pub high: f64,
    /// Delay (s). Below zero the first pulse began that long before time zero.
    pub delay_s: f64,
    /// Rise time (s).
    pub rise_s: f64,
    /// Fall time (s).
    pub fall_s: f64,
    /// Width at the pulsed value (s).
    pub width_s: f64,
    /// Period (s); infinite for one pulse.
    pub period_s: f64,
    /// Number of pulses; no number means for ever.
    pub count: Option<u64>,
}

impl Pulse {
    /// From the start of a pulse to the end of its fall (s), if the period allows that.
    #[must_use]
    pub fn length_s(&self) -> f64 {
        self.rise_s + self.width_s + self.fall_s
    }

    /// How long before time zero the first pulse began (fs).
    fn lead_fs(&self) -> u64 {
        ticks(-self.delay_s)
    }

    /// The value just before time zero.
    pub(crate) fn before_start(&self) -> f64 {
        match self.lead_fs() {
            0 => self.low,
            lead_fs => self.unshifted(lead_fs - 1).value_at(lead_fs),
        }
    }

    pub(crate) fn segment(&self, at_fs: u64) -> Segment {
        let lead_fs = self.lead_fs();
        self.unshifted(at_fs.saturating_add(lead_fs)).earlier(lead_fs)
    }

    /// As if a delay below zero were none.
    fn unshifted(&self, at_fs: u64) -> Segment {
        let repeats = Repeats { first_fs: ticks(self.delay_s), period_s: self.period_s };
        if at_fs < repeats.first_fs {
            return Segment::constant(0, Some(repeats.first_fs), self.low);
        }
        let number = repeats.number(at_fs);
        if let Some(count) = self.count.filter(|count| number >= *count) {
            let ends =
                |last| self.corners_fs(repeats.start_fs(last))[3].min(repeats.start_fs(count));
            let end = count.checked_sub(1).map_or(repeats.first_fs, ends);
            return Segment::constant(end, None, self.low);
        }
        let next = repeats.start_fs(number + 1);
        // A pulse that fills its period may miss its end by a rounding: it is not cut for that.
        let fitted = |corner: u64| if corner == next.saturating_add(1) { next } else { corner };
        let [start, rise_end, fall_start, fall_end] =
            self.corners_fs(repeats.start_fs(number)).map(fitted);
        if at_fs < rise_end {
            Segment::line([start, rise_end], [self.low, self.high], self.rise_s).until(next)
        } else if at_fs < fall_start {
            Segment::constant(rise_end, None, self.high).until(fall_start).until(next)
        } else if at_fs < fall_end {
            Segment::line([fall_start, fall_end], [self.high, self.low], self.fall_s).until(next)
        } else {
            let last = self.count.is_some_and(|count| number + 1 >= count);
            Segment::constant(fall_end, None, self.low).until(if last { u64::MAX } else { next })
        }
    }

    /// Start, end of rise, start of fall and end of fall of a pulse (fs).
    fn corners_fs(&self, start: u64) -> [u64; 4] {
        let rise = start.saturating_add(ticks(self.rise_s));
        let fall = rise.saturating_add(ticks(self.width_s));
        [start, rise, fall, fall.saturating_add(ticks(self.fall_s))]
    }
}
