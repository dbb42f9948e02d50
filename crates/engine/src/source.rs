//! Independent sources at run time.

use std::collections::VecDeque;

use memspike_circuit::{OneShot, Retrigger, Segment, Stimulus};
use memspike_digital::Level;
use memspike_time::{FEMTOSECOND_S, Time};
use memspike_waveform::Waveform;

/// When something is due: an instant, and the round within it.
pub(crate) type Due = (Time, u32);

/// An independent source at run time.
pub(crate) struct SourceRun<'c> {
    stimulus: &'c Stimulus,
    form: Waveform,
    /// Where its form is anchored, and where it ends.
    start: Time,
    end: Option<Time>,
    /// For a spike driver: its pulses, when the next of them begins, and whether one has begun.
    pulses: OneShot<Time>,
    rise: Option<Time>,
    in_pulse: bool,
    /// For what follows a net: the level to which it goes or went last.
    level: Level,
    /// Spikes and levels that it is yet to hear, in order; a spike is a one.
    spikes: VecDeque<(Due, Level)>,
}

impl<'c> SourceRun<'c> {
    /// The source at time zero, before an edge there; `levels` are those of all nets.
    pub fn new(stimulus: &'c Stimulus, levels: &[Level]) -> Self {
        let Segment { start_fs, end_fs, form } = stimulus.segment(0);
        let mut level = Level::Unknown;
        let before = match stimulus {
            Stimulus::Levels(driver) => {
                level = levels[driver.hears.net.index()];
                driver.voltage(level)
            }
            _ => stimulus.before_start(),
        };
        let (mut start, mut end) = (Time::from_tick(start_fs), end_fs.map(Time::from_tick));
        let mut form = form;
        if form.eval(0.0) != before {
            (start, form) = (Time::ZERO, Waveform::constant(before));
            end = (!matches!(stimulus, Stimulus::Levels(_))).then_some(Time::ZERO);
        }
        let retrigger = match stimulus {
            Stimulus::Spikes(driver) => driver.retrigger,
            _ => Retrigger::default(),
        };
        let (pulses, spikes) = (OneShot::new(retrigger), VecDeque::new());
        Self { stimulus, form, start, end, pulses, rise: None, in_pulse: false, level, spikes }
    }

    /// The closed form from `at` on, anchored at `at`.
    pub fn form(&self, at: Time) -> Waveform {
        if self.form.is_constant() {
            return self.form.clone();
        }
        self.form.shifted(at.since(self.start))
    }

    /// Its value, if it is a constant now.
    pub fn constant(&self) -> Option<f64> {
        self.form.is_constant().then_some(self.form.offset)
    }

    /// When its form changes next, as far as it has heard.
    pub fn ends(&self) -> Option<Time> {
        match self.stimulus {
            // A pulse that the next one follows at once still ends.
            Stimulus::Spikes(_) | Stimulus::Levels(_) if self.rise.is_some() => self.rise,
            Stimulus::Spikes(_) => self.pulses.ends().filter(|_| self.in_pulse),
            _ => self.end,
        }
    }

    /// When it is to hear something next.
    pub fn next_spike(&self) -> Option<Due> {
        self.spikes.front().map(|(due, _)| *due)
    }

    /// The device that it watches, a spike driver, turns on, or the net that it follows takes a level: it hears that when
    /// it is due.
    pub fn will_hear(&mut self, spike: Due, level: Level) {
        let at = self.spikes.partition_point(|(earlier, _)| *earlier <= spike);
        self.spikes.insert(at, (spike, level));
    }

    /// Hears what is due. Gives whether that changes when its form changes next.
    pub fn hear(&mut self, due: Due) -> bool {
        let mut heard = false;
        while let Some(&((at, _), level)) = self.spikes.front().filter(|(spike, _)| *spike <= due) {
            self.spikes.pop_front();
            heard |= match self.stimulus {
                Stimulus::Levels(_) => {
                    self.level = level;
                    self.rise = Some(at);
                    true
                }
                _ => self.spike(at),
            };
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
        match self.stimulus {
            Stimulus::Spikes(driver) => {
                self.in_pulse = !self.in_pulse && self.rise.take().is_some();
                let value = if self.in_pulse { driver.high } else { driver.low };
                self.form = Waveform::constant(value);
            }
            Stimulus::Levels(driver) => {
                // A level is heard, or the line to the last one ends.
                let line =
                    self.rise.take().and_then(|_| driver.line(self.form(at).eval(0.0), self.level));
                let there = || Waveform::constant(driver.voltage(self.level));
                (self.start, self.end) =
                    (at, line.as_ref().map(|(_, length_s)| at.plus(*length_s)));
                self.form = line.map_or_else(there, |(form, _)| form);
            }
            _ => {
                let Segment { start_fs, end_fs, form } = self.stimulus.segment(at.tick);
                (self.start, self.end) = (Time::from_tick(start_fs), end_fs.map(Time::from_tick));
                self.form = form;
            }
        }
    }
}
