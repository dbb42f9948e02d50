//! Waveforms of independent sources.

use std::f64::consts::TAU;

use memspike_digital::Level;
use memspike_time::{FS, ticks};
use memspike_waveform::{Term, Waveform};
use num_complex::Complex64;

use crate::pwl::pwl_segment;
use crate::{DeviceId, Exponential, LevelDriver, Pulse, RepeatedPwl, Retrigger, Staircase};

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
    /// Delay (s). Below zero the sine began that long before time zero.
    pub delay_s: f64,
    /// Damping (1/s).
    pub damping_per_s: f64,
    /// Phase (rad).
    pub phase_rad: f64,
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
    /// The same, over and over.
    RepeatedPwl(RepeatedPwl),
    /// Exponential rise and fall.
    Exponential(Exponential),
    /// Sine.
    Sine(Sine),
    /// Levels of a source-measure unit.
    Staircase(Staircase),
    /// A pulse for every spike of a device. Independent of its own circuit, but not of time alone.
    Spikes(SpikeDriver),
    /// The voltage of a net's level.
    Levels(LevelDriver),
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

impl Segment {
    pub(crate) fn constant(start_fs: u64, end_fs: Option<u64>, value: f64) -> Self {
        Self { start_fs, end_fs, form: Waveform::constant(value) }
    }

    /// A line from one value to another; continuous at both. An end beyond the range of time is never
    /// reached, but its distance as it was written gives the slope.
    pub(crate) fn line([start_fs, end_fs]: [u64; 2], [from, to]: [f64; 2], written_s: f64) -> Self {
        let whole_s = (end_fs - start_fs) as f64 / FS;
        let length_s = if end_fs < u64::MAX { whole_s } else { written_s };
        let form = Waveform::ramp(from, (to - from) / length_s);
        Self { start_fs, end_fs: Some(end_fs), form }
    }

    /// The same, ended by `end_fs` at the latest.
    pub(crate) fn until(mut self, end_fs: u64) -> Self {
        if end_fs < u64::MAX {
            self.end_fs = Some(self.end_fs.map_or(end_fs, |own| own.min(end_fs)));
        }
        self
    }

    /// The same so much earlier; what would begin before the start of time is cut there.
    pub(crate) fn earlier(self, lead_fs: u64) -> Self {
        let before_fs = lead_fs.saturating_sub(self.start_fs);
        Self {
            start_fs: self.start_fs.saturating_sub(lead_fs),
            end_fs: self.end_fs.map(|end| end.saturating_sub(lead_fs)),
            form: if before_fs == 0 { self.form } else { self.form.shifted(before_fs as f64 / FS) },
        }
    }

    /// The same so much later.
    pub(crate) fn later(self, by_fs: u64) -> Self {
        Self {
            start_fs: self.start_fs.saturating_add(by_fs),
            end_fs: self.end_fs.map(|end| end.saturating_add(by_fs)),
            form: self.form,
        }
    }

    /// Its value at an instant not before its start.
    pub(crate) fn value_at(&self, at_fs: u64) -> f64 {
        self.form.eval((at_fs - self.start_fs) as f64 / FS)
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
    /// The same with values that are so many times as high; the factor is above zero.
    #[must_use]
    pub fn times(&self, factor: f64) -> Self {
        let all = |points: &[(f64, f64)]| {
            points.iter().map(|(time_s, value)| (*time_s, value * factor)).collect()
        };
        match self.clone() {
            Self::Dc(value) => Self::Dc(value * factor),
            Self::Pulse(of) => {
                Self::Pulse(Pulse { low: of.low * factor, high: of.high * factor, ..of })
            }
            Self::Pwl(points) => Self::Pwl(all(&points)),
            Self::RepeatedPwl(of) => {
                Self::RepeatedPwl(RepeatedPwl { points: all(&of.points), ..of })
            }
            Self::Exponential(of) => {
                Self::Exponential(Exponential { from: of.from * factor, to: of.to * factor, ..of })
            }
            Self::Sine(of) => Self::Sine(Sine {
                offset: of.offset * factor,
                amplitude: of.amplitude * factor,
                ..of
            }),
            Self::Staircase(of) => Self::Staircase(of.times(factor)),
            Self::Spikes(of) => {
                Self::Spikes(SpikeDriver { high: of.high * factor, low: of.low * factor, ..of })
            }
            Self::Levels(of) => Self::Levels(LevelDriver {
                low: of.low * factor,
                high: of.high * factor,
                unknown: of.unknown * factor,
                ..of
            }),
        }
    }

    /// The value just before time zero, under which the operating point is: an edge at time zero starts from
    /// it.
    #[must_use]
    pub fn before_start(&self) -> f64 {
        match self {
            Self::Pulse(pulse) => pulse.before_start(),
            Self::RepeatedPwl(pwl) => pwl.before_start(),
            Self::Pwl(points) => points.first().map_or(0.0, |(_, value)| *value),
            Self::Spikes(driver) => driver.low,
            Self::Levels(driver) => driver.voltage(Level::Unknown),
            // What holds at zero, a sine's value at its delay included, held before.
            Self::Dc(_) | Self::Sine(_) | Self::Exponential(_) | Self::Staircase(_) => {
                self.segment(0).form.eval(0.0)
            }
        }
    }

    /// The segment in force at an instant: it starts at or before `at_fs` and ends after it. For a
    /// spike driver that of its rest, for what follows a net that of a level that nobody knows.
    #[must_use]
    pub fn segment(&self, at_fs: u64) -> Segment {
        let mut segment = match self {
            Self::Dc(value) => Segment::constant(0, None, *value),
            Self::Pulse(pulse) => pulse.segment(at_fs),
            Self::Pwl(points) => pwl_segment(points, at_fs),
            Self::RepeatedPwl(pwl) => pwl.segment(at_fs),
            Self::Exponential(exponential) => exponential.segment(at_fs),
            Self::Sine(sine) => sine.segment(at_fs),
            Self::Staircase(staircase) => staircase.segment(at_fs),
            Self::Spikes(driver) => Segment::constant(0, None, driver.low),
            Self::Levels(_) => Segment::constant(0, None, self.before_start()),
        };
        // What is shorter than a femtosecond, or at the end of time, must still let time pass.
        if segment.end_fs.is_some_and(|end| end <= at_fs) {
            segment.end_fs = at_fs.checked_add(1);
        }
        segment
    }
}

impl Sine {
    fn segment(&self, at_fs: u64) -> Segment {
        let (start, lead_fs) = (ticks(self.delay_s), ticks(-self.delay_s));
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
        Segment { start_fs: start, end_fs: None, form }.earlier(lead_fs)
    }
}
