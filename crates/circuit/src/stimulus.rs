//! Waveforms of independent sources.

use std::f64::consts::TAU;

use memspike_time::{FS, ticks};
use memspike_waveform::{Term, Waveform};
use num_complex::Complex64;

use crate::{DeviceId, Retrigger, Staircase};

/// A damped sine, `offset + amplitude * exp(-(t - delay) * damping) * sin(2 pi frequency (t - delay) + phase)`
/// after `delay`; before it the value at `delay`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sine {
    /// Offset (V or A).
    pub offset: f64,
    /// Amplitude (V or A).
    pub amplitude: f64,
    /// Frequency (Hz).
    pub frequency_hz: f64,
    /// Delay (s).
    pub delay_s: f64,
    /// Damping (1/s).
    pub damping_per_s: f64,
    /// Phase (rad).
    pub phase_rad: f64,
}

/// A pulse train. Rise and fall may be zero: then the source jumps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pulse {
    /// Initial value.
    pub low: f64,
    /// Pulsed value.
    pub high: f64,
    /// Delay (s).
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

/// A source that follows devices: a pulse begins where one of them turns on, or a delay later.
#[derive(Debug, Clone, PartialEq)]
pub struct SpikeDriver {
    /// The devices; a turn-on of any of them counts.
    pub devices: Vec<DeviceId>,
    /// Value during a pulse.
    pub high: f64,
    /// Value at rest.
    pub low: f64,
    /// Length of a pulse (s), above zero. Less than a femtosecond counts as one: a ring of drivers must
    /// let time pass.
    pub width_s: f64,
    /// From a turn-on to its pulse (s), not negative; whole femtoseconds of it count.
    pub delay_s: f64,
    /// What a turn-on within a pulse does.
    pub retrigger: Retrigger,
}

/// What an independent source does over time.
#[derive(Debug, Clone, PartialEq)]
pub enum Stimulus {
    /// Constant.
    Dc(f64),
    /// Pulse train.
    Pulse(Pulse),
    /// Piecewise linear through `(time_s, value)`, times not decreasing; two points at one time are a jump.
    Pwl(Vec<(f64, f64)>),
    /// Sine.
    Sine(Sine),
    /// Levels of a source-measure unit.
    Staircase(Staircase),
    /// A pulse for every spike of a device. Independent of its own circuit, but not of time alone.
    Spikes(SpikeDriver),
}

/// The closed form of a source on one interval.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Start (fs).
    pub start_fs: u64,
    /// End (fs), exclusive; none if the form holds for ever.
    pub end_fs: Option<u64>,
    /// Form, anchored at `start_fs`.
    pub form: Waveform,
}

/// Pulses that are counted: beyond these, counts are no longer exact in an `f64`.
const MOST_PULSES: f64 = 9e15;

impl Segment {
    pub(crate) fn constant(start_fs: u64, end_fs: Option<u64>, value: f64) -> Self {
        Self { start_fs, end_fs, form: Waveform::constant(value) }
    }

    /// A line from one value to another; continuous at both. An end beyond the range of time is never
    /// reached, but its distance as it was written gives the slope.
    fn line([start_fs, end_fs]: [u64; 2], [from, to]: [f64; 2], written_s: f64) -> Self {
        let whole_s = (end_fs - start_fs) as f64 / FS;
        let length_s = if end_fs < u64::MAX { whole_s } else { written_s };
        let form = Waveform::ramp(from, (to - from) / length_s);
        Self { start_fs, end_fs: Some(end_fs), form }
    }
}

impl SpikeDriver {
    /// From a turn-on to its pulse (fs).
    #[must_use]
    pub fn delay_fs(&self) -> u64 {
        ticks(self.delay_s)
    }
}

impl Stimulus {
    /// The value just before time zero, under which the operating point is: an edge at time zero starts from
    /// it.
    #[must_use]
    pub fn before_start(&self) -> f64 {
        match self {
            Self::Pulse(pulse) => pulse.low,
            Self::Pwl(points) => points.first().map_or(0.0, |(_, value)| *value),
            Self::Spikes(driver) => driver.low,
            // What holds at zero, a sine's value at its delay included, held before.
            Self::Dc(_) | Self::Sine(_) | Self::Staircase(_) => self.segment(0).form.eval(0.0),
        }
    }

    /// The segment in force at an instant: it starts at or before `at_fs` and ends after it. For a
    /// spike driver that of its rest.
    #[must_use]
    pub fn segment(&self, at_fs: u64) -> Segment {
        let mut segment = match self {
            Self::Dc(value) => Segment::constant(0, None, *value),
            Self::Pulse(pulse) => pulse.segment(at_fs),
            Self::Pwl(points) => pwl_segment(points, at_fs),
            Self::Sine(sine) => sine.segment(at_fs),
            Self::Staircase(staircase) => staircase.segment(at_fs),
            Self::Spikes(driver) => Segment::constant(0, None, driver.low),
        };
        // What is shorter than a femtosecond, or at the end of time, must still let time pass.
        if segment.end_fs.is_some_and(|end| end <= at_fs) {
            segment.end_fs = at_fs.checked_add(1);
        }
        segment
    }
}

impl Pulse {
    fn segment(&self, at_fs: u64) -> Segment {
        let first = ticks(self.delay_s);
        if at_fs < first {
            return Segment::constant(0, Some(first), self.low);
        }
        let number = self.number(at_fs);
        if let Some(count) = self.count.filter(|count| number >= *count) {
            let end = if count == 0 { first } else { self.corners_fs(count - 1)[3] };
            return Segment::constant(end, None, self.low);
        }
        let next = self.start_fs(number + 1);
        let [start, rise_end, fall_start, fall_end] =
            self.corners_fs(number).map(|corner| corner.min(next));
        let ends = |end: u64| (end < u64::MAX).then_some(end);
        if at_fs < rise_end {
            Segment::line([start, rise_end], [self.low, self.high], self.rise_s)
        } else if at_fs < fall_start {
            Segment::constant(rise_end, ends(fall_start), self.high)
        } else if at_fs < fall_end {
            Segment::line([fall_start, fall_end], [self.high, self.low], self.fall_s)
        } else {
            let another = self.count.is_none_or(|count| number + 1 < count);
            Segment::constant(fall_end, ends(next).filter(|_| another), self.low)
        }
    }

    /// Start of a pulse (fs); beyond all time if it never comes.
    ///
    /// Counted from the delay in whole femtoseconds: as seconds, an edge late in a run would lie where an
    /// `f64` has a number, and pulses would differ in width.
    fn start_fs(&self, number: u64) -> u64 {
        let first = ticks(self.delay_s);
        if number == 0 {
            return first;
        }
        let (number, period) = (number as f64, self.period_s * FS);
        let passed = number * period;
        if passed >= u64::MAX as f64 {
            return u64::MAX;
        }
        let whole = passed as u64;
        // With what rounding of the product has lost.
        let rest = (passed - whole as f64) + number.mul_add(period, -passed);
        first.saturating_add(whole.saturating_add_signed(rest.round() as i64))
    }

    /// Start, end of rise, start of fall and end of fall of a pulse (fs).
    fn corners_fs(&self, number: u64) -> [u64; 4] {
        let start = self.start_fs(number);
        let rise = start.saturating_add(ticks(self.rise_s));
        let fall = rise.saturating_add(ticks(self.width_s));
        [start, rise, fall, fall.saturating_add(ticks(self.fall_s))]
    }

    /// The pulse whose period holds an instant at or after the delay.
    fn number(&self, at_fs: u64) -> u64 {
        if !self.period_s.is_finite() {
            return 0;
        }
        let passed = (at_fs - ticks(self.delay_s)) as f64 / (self.period_s * FS);
        let mut number = passed.clamp(0.0, MOST_PULSES) as u64;
        while number > 0 && self.start_fs(number) > at_fs {
            number -= 1;
        }
        while number < MOST_PULSES as u64
            && self.start_fs(number + 1) <= at_fs
            && self.start_fs(number + 1) > self.start_fs(number)
        {
            number += 1;
        }
        number
    }
}

impl Sine {
    fn segment(&self, at_fs: u64) -> Segment {
        let start = ticks(self.delay_s);
        if at_fs < start {
            let value = self.offset + self.amplitude * self.phase_rad.sin();
            return Segment::constant(0, Some(start), value);
        }
        let mut form = Waveform::constant(self.offset);
        // sin(w t + phase) = Re(-i e^(i phase) e^(i w t))
        let (sin, cos) = self.phase_rad.sin_cos();
        let rate = Complex64::new(-self.damping_per_s, TAU * self.frequency_hz);
        if rate == Complex64::ZERO {
            form.offset += self.amplitude * sin;
        } else {
            form.push(Term::free(0, self.amplitude * Complex64::new(sin, -cos), rate));
        }
        Segment { start_fs: start, end_fs: None, form }
    }
}

fn pwl_segment(points: &[(f64, f64)], at_fs: u64) -> Segment {
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
