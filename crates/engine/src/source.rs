//! Independent sources at run time.

use memspike_circuit::{Segment, Stimulus};
use memspike_waveform::Waveform;

use crate::Time;

/// An independent source at run time.
pub(crate) struct SourceRun<'c> {
    stimulus: &'c Stimulus,
    segment: Segment,
    /// For a spike driver: when its next pulse begins, and when the present one ends.
    rise: Option<Time>,
    fall: Option<Time>,
}

impl<'c> SourceRun<'c> {
    /// The source at time zero.
    pub fn new(stimulus: &'c Stimulus) -> Self {
        let segment = stimulus.segment(0);
        Self { stimulus, segment, rise: None, fall: None }
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
            Stimulus::Spikes(_) => self.rise.or(self.fall),
            _ => self.segment.end_fs.map(Time::from_tick),
        }
    }

    /// The device that it watches, a spike driver, has turned on.
    pub fn trigger(&mut self, at: Time) {
        self.rise = Some(at);
    }

    /// Takes the form that begins at `at`.
    pub fn change(&mut self, at: Time) {
        let Stimulus::Spikes(driver) = self.stimulus else {
            self.segment = self.stimulus.segment(at.tick);
            return;
        };
        let rises = self.rise.take().is_some();
        self.fall = rises.then(|| at.plus(driver.width_s));
        let value = if rises { driver.high } else { driver.low };
        self.segment.form = Waveform::constant(value);
    }
}
