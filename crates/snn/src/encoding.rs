//! Pixels as spikes: what the oscillation neuron, or a line, makes of each grey level.

use memspike_device::BuiltModel;
use memspike_random::{Draws, Owner};

use crate::{Neuron, Parameters};

/// Grey levels.
pub const LEVELS: usize = 256;

/// A rate of spikes that grows with the input voltage as a straight line, and is zero where that is
/// negative.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Rate at 0 V, as the line has it (Hz).
    pub hz_at_zero: f64,
    /// Slope (Hz/V).
    pub hz_per_v: f64,
}

impl Line {
    /// The line of the paper's figure 4c, from 38 Hz at 0.5 V to 176 Hz at 2 V. The paper gives these
    /// two ends and no coefficients.
    pub const FIGURE_4C: Self = Self { hz_at_zero: -8.0, hz_per_v: 92.0 };

    /// The rate at an input voltage (Hz).
    #[must_use]
    pub fn hz(&self, volts: f64) -> f64 {
        (self.hz_at_zero + self.hz_per_v * volts).max(0.0)
    }
}

/// The spikes of a neuron for every grey level, from rest.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoding {
    trains: Vec<Vec<f64>>,
    /// How many spikes each train has.
    spikes: Box<[u32; LEVELS]>,
    events: Vec<Arrival>,
}

/// A spike of every pixel of one grey level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrival {
    /// When (s).
    pub at_s: f64,
    /// The grey level.
    pub level: u8,
}

impl Encoding {
    /// Runs the neuron for every grey level. The model's variation is left out: `model` should have
    /// none.
    #[must_use]
    pub fn new(parameters: &Parameters, model: &BuiltModel) -> Self {
        let neuron = Neuron::new(parameters, model);
        let train = |pixel| {
            let mut train = Vec::new();
            neuron.rest(Draws::new(0, Owner::Device(""))).advance(
                parameters.pixel_v(pixel),
                parameters.duration_s,
                |spike| train.push(spike.at_s),
            );
            train
        };
        Self::from_trains((0..=u8::MAX).map(train).collect())
    }

    /// Spikes at equal distances, at the rate that the line gives to a pixel's voltage; the first comes
    /// after one distance.
    #[must_use]
    pub fn of_line(parameters: &Parameters, line: Line) -> Self {
        let train = |pixel| {
            let hz = line.hz(parameters.pixel_v(pixel));
            let spikes = (hz * parameters.duration_s).floor() as u64;
            (1..=spikes).map(|number| number as f64 / hz).collect()
        };
        Self::from_trains((0..=u8::MAX).map(train).collect())
    }

    /// The same spikes, each at the end of that of so many equal steps in which it falls.
    #[must_use]
    pub fn in_steps(&self, duration_s: f64, steps: u32) -> Self {
        let step_s = duration_s / f64::from(steps);
        let place = |at_s: &f64| ((at_s / step_s).ceil() * step_s).min(duration_s);
        Self::from_trains(self.trains.iter().map(|t| t.iter().map(place).collect()).collect())
    }

    /// An encoding with these spike times (s) for each grey level.
    ///
    /// # Panics
    /// If there is not one train for each of the [`LEVELS`].
    #[must_use]
    pub fn from_trains(trains: Vec<Vec<f64>>) -> Self {
        assert_eq!(trains.len(), LEVELS, "one train for each grey level");
        let mut events: Vec<Arrival> = (0..=u8::MAX)
            .zip(&trains)
            .flat_map(|(level, train)| train.iter().map(move |at_s| Arrival { at_s: *at_s, level }))
            .collect();
        events.sort_by(|a, b| a.at_s.total_cmp(&b.at_s).then(a.level.cmp(&b.level)));
        let spikes = Box::new(std::array::from_fn(|level| trains[level].len() as u32));
        Self { trains, spikes, events }
    }

    /// Spike times of a grey level (s).
    #[must_use]
    pub fn train(&self, level: u8) -> &[f64] {
        &self.trains[usize::from(level)]
    }

    /// How many spikes a grey level has.
    #[inline]
    #[must_use]
    pub fn spikes(&self, level: u8) -> u32 {
        self.spikes[usize::from(level)]
    }

    /// The spikes of all grey levels in the order of time.
    #[must_use]
    pub fn events(&self) -> &[Arrival] {
        &self.events
    }
}
