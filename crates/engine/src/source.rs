//! Independent sources at run time.

use memspike_circuit::{OneShot, Retrigger, Segment, Stimulus};
use memspike_waveform::Waveform;

use crate::Time;

/// Shortest pulse of a spike driver (s): time passes in a ring of them.
const SHORTEST_PULSE_S: f64 = 1e-15;

/// An independent source at run time.
pub(crate) struct SourceRun<'c> {
    stimulus: &'c Stimulus,
    segment: Segment,
    /// For a spike driver: its pulses, when the next of them begins, and whether one has begun.
    pulses: OneShot<Time>,
    rise: Option<Time>,
    in_pulse: bool,
}

impl<'c> SourceRun<'c> {
    /// The source at time zero, before an edge there.
    pub fn new(stimulus: &'c Stimulus) -> Self {
        let (mut segment, before) = (stimulus.segment(0), stimulus.before_start());
        if segment.form.eval(0.0) != before {
            segment = Segment { start_fs: 0, end_fs: Some(0), form: Waveform::constant(before) };
        }
        let retrigger = match stimulus {
            Stimulus::Spikes(driver) => driver.retrigger,
            _ => Retrigger::default(),
        };
        Self { stimulus, segment, pulses: OneShot::new(retrigger), rise: None, in_pulse: false }
    }

    /// The closed form from `at` on, anchored at `at`.
    pub fn form(&self, at: Time) -> Waveform {
        if self.segment.form.is_constant() {
            return self.segment.form.clone();
        }
        self.segment.form.shifted(at.since(Time::from_tick(self.segment.start_fs)))
    }

    /// Its value, if it is a constant now.
    pub fn constant(&self) -> Option<f64> {
        self.segment.form.is_constant().then_some(self.segment.form.offset)
    }

    /// When its form changes next.
    pub fn ends(&self) -> Option<Time> {
        match self.stimulus {
            // A pulse that the next one follows at once still ends.
            Stimulus::Spikes(_) if self.rise.is_some() => self.rise,
            Stimulus::Spikes(_) => self.pulses.ends().filter(|_| self.in_pulse),
            _ => self.segment.end_fs.map(Time::from_tick),
        }
    }

    /// The device that it watches, a spike driver, has turned on. Gives whether that changes when
    /// its form changes next.
    pub fn trigger(&mut self, at: Time) -> bool {
        let Stimulus::Spikes(driver) = self.stimulus else { return false };
        let within = self.in_pulse && self.pulses.ends().is_some_and(|ends| at < ends);
        let heard = self.pulses.spike(at, at.plus(driver.width_s.max(SHORTEST_PULSE_S)));
        if heard && !within {
            self.rise = Some(at);
        }
        heard
    }

    /// Takes the form that begins at `at`.
    pub fn change(&mut self, at: Time) {
        let Stimulus::Spikes(driver) = self.stimulus else {
            self.segment = self.stimulus.segment(at.tick);
            return;
        };
        self.in_pulse = !self.in_pulse && self.rise.take().is_some();
        let value = if self.in_pulse { driver.high } else { driver.low };
        self.segment.form = Waveform::constant(value);
    }
}
