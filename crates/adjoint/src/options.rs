//! What a training is told.

use serde::{Deserialize, Serialize};

use crate::{Loss, Terms};

/// Options of a training; results depend on them and on the data alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Seed of everything random.
    pub seed: u64,
    /// Passes over the training samples.
    pub epochs: u32,
    /// Samples a step of the optimiser.
    pub batch: u32,
    /// Learning rate of Adam at the beginning, in parts of the weight that is worth a threshold. It falls to zero as half a cosine.
    pub learning_rate: f64,
    /// What is minimised.
    pub terms: Terms,
    /// Weight of half the sum of squares of all weights, each in thresholds.
    pub weight_decay: f64,
    /// Greatest magnitude of a weight.
    pub weight_limit: f64,
    /// Mean of the first weights, in thresholds that all sources of a neuron together shift its asymptote by.
    pub start_mean: f64,
    /// Standard deviation of the first weights, in the same measure: of the sum over all sources.
    pub start_deviation: f64,
    /// How long a sample is shown (s).
    pub until_s: f64,
    /// The longest gradient of one sample by all weights, each in thresholds; a longer one is shortened to it. Near where a spike is born or dies
    /// gradients have no bound.
    pub longest: f64,
}

/// An option out of its range.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{name} is {value}; it must be from {least} to {greatest}")]
pub struct OptionsError {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: f64,
    /// The least that is allowed.
    pub least: f64,
    /// The greatest that is allowed.
    pub greatest: f64,
}

impl Options {
    /// What Yin-Yang is trained with.
    #[must_use]
    pub fn new(loss: Loss, until_s: f64) -> Self {
        let sharpness = match loss {
            Loss::FirstSpike => 4.0,
            Loss::Potential => 10.0,
            Loss::Fraction => 2.0,
        };
        Self {
            seed: 0,
            epochs: 60,
            batch: 50,
            learning_rate: 0.01,
            terms: Terms { loss, sharpness, early: 0.01, alive: 0.5 },
            weight_decay: 0.0,
            weight_limit: 10.0,
            start_mean: 2.0,
            start_deviation: 2.0,
            until_s,
            longest: 0.1,
        }
    }

    /// Checks every value.
    ///
    /// # Errors
    /// The first that is out of range.
    pub fn validate(&self) -> Result<(), OptionsError> {
        let terms = &self.terms;
        for (name, value, least, greatest) in [
            ("the number of epochs", self.epochs.into(), 1.0, 1e6),
            ("the batch", self.batch.into(), 1.0, 1e6),
            ("the learning rate", self.learning_rate, 0.0, 1e3),
            ("the sharpness", terms.sharpness, 1e-6, 1e6),
            ("the weight of early spikes", terms.early, 0.0, 1e6),
            ("the weight of silent neurons", terms.alive, 0.0, 1e6),
            ("the weight decay", self.weight_decay, 0.0, 1e6),
            ("the weight limit", self.weight_limit, 1e-9, 1e9),
            ("the longest gradient", self.longest, 1e-9, f64::MAX),
            ("the mean of the first weights", self.start_mean, -1e6, 1e6),
            ("the deviation of the first weights", self.start_deviation, 0.0, 1e6),
            ("the time that a sample is shown", self.until_s, 1e-9, memspike_time::LONGEST_RUN_S),
        ] {
            if !(least..=greatest).contains(&value) {
                return Err(OptionsError { name, value, least, greatest });
            }
        }
        Ok(())
    }

    /// The learning rate after a part of all steps.
    pub(crate) fn rate_at(&self, part: f64) -> f64 {
        self.learning_rate * 0.5 * (1.0 + (std::f64::consts::PI * part).cos())
    }
}
