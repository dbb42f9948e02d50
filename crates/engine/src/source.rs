//! Independent sources at run time.

use std::collections::VecDeque;

use memspike_circuit::{OneShot, Retrigger, Segment, Stimulus};
use memspike_time::{FEMTOSECOND_S, Time};
use memspike_waveform::Waveform;

/// When something is due: an instant, and the round within it.
pub(crate) type Due = (Time, u32);

/// An independent source at run time.
pub(crate) struct SourceRun<'c> {
    stimulus: &'c Stimulus,
    segment: Segment,
    /// For a spike driver: its pulses, when the next of them begins, and whether one has begun.
    pulses: OneShot<Time>,
    rise: Option<Time>,
    in_pulse: bool,
    /// Spikes that it is yet to hear, in order.
    spikes: VecDeque<Due>,
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
        let (pulses, spikes) = (OneShot::new(retrigger), VecDeque::new());
        Self { stimulus, segment, pulses, rise: None, in_pulse: false, spikes }
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

    /// When its form changes next, as far as it has heard.
    pub fn ends(&self) -> Option<Time> {
        match self.stimulus {
            // A pulse that the next one follows at once still ends.
            Stimulus::Spikes(_) if self.rise.is_some() => self.rise,
            Stimulus::Spikes(_) => self.pulses.ends().filter(|_| self.in_pulse),
            _ => self.segment.end_fs.map(Time::from_tick),
        }
    }

    /// When it is to hear a spike next.
    pub fn next_spike(&self) -> Option<Due> {
        self.spikes.front().copied()
    }

    /// The device that it watches, a spike driver, turns on: it hears that when it is due.
    pub fn will_hear(&mut self, spike: Due) {
        let at = self.spikes.partition_point(|earlier| *earlier <= spike);
        self.spikes.insert(at, spike);
    }

    /// Hears the spikes that are due. Gives whether that changes when its form changes next.
    pub fn hear(&mut self, due: Due) -> bool {
        let mut heard = false;
        while let Some(&(at, _)) = self.spikes.front().filter(|spike| **spike <= due) {
            self.spikes.pop_front();
            heard |= self.spike(at);
        }
        heard
    }

    fn spike(&mut self, at: Time) -> bool {
        let Stimulus::Spikes(driver) = self.stimulus else { return false };
        let within = self.in_pulse && self.pulses.ends().is_some_and(|ends| at < ends);
        // Time passes in a ring of drivers.
        let heard = self.pulses.spike(at, at.plus(driver.width_s.max(FEMTOSECOND_S)));
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
