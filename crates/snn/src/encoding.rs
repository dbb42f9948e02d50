//! Pixels as spikes: what the oscillation neuron makes of each grey level.

use memspike_device::BuiltModel;
use memspike_random::{Draws, Owner};

use crate::{Neuron, Parameters};

/// Grey levels.
pub const LEVELS: usize = 256;

/// The spikes of a nominal oscillation neuron for every grey level, from rest.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoding {
    trains: Vec<Vec<f64>>,
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
        Self { trains, events }
    }

    /// Spike times of a grey level (s).
    #[must_use]
    pub fn train(&self, level: u8) -> &[f64] {
        &self.trains[usize::from(level)]
    }

    /// The spikes of all grey levels in the order of time.
    #[must_use]
    pub fn events(&self) -> &[Arrival] {
        &self.events
    }
}
