//! The state from which a training goes on.

use serde::{Deserialize, Serialize};

use super::{Options, adam::Adam};

/// Everything that a training needs to go on as if it had not been interrupted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Number of the data set: [`Data::fingerprint`](super::Data::fingerprint).
    pub(super) data: u64,
    /// What it was learnt with: other options would not go on with it, but begin something else.
    pub options: Options,
    pub(super) weights: Vec<f64>,
    pub(super) adam: Adam,
    /// Epochs that are done.
    pub history: Vec<Epoch>,
    /// The best of them.
    pub best: Option<Best>,
}

impl State {
    /// Checks what a file can get wrong: options, and a history that tells of itself. Numbers that their
    /// types do not hold the parser refuses.
    ///
    /// # Errors
    /// What is wrong.
    pub(crate) fn check(&self) -> Result<(), String> {
        self.options.validate().map_err(|error| error.to_string())?;
        let done = self.history.len();
        if done > self.options.epochs as usize {
            return Err(format!("it tells of {done} epochs, and has {}", self.options.epochs));
        }
        let miscounted = (1..).zip(&self.history).find(|(number, epoch)| epoch.number != *number);
        if let Some((number, epoch)) = miscounted {
            return Err(format!("epoch {number} calls itself {}", epoch.number));
        }
        if let Some(best) = &self.best
            && !self.history.contains(&best.epoch)
        {
            return Err("its best epoch is none of its epochs".to_owned());
        }
        if self.adam.steps > MAX_STEPS {
            return Err(format!(
                "it has taken {} steps; {MAX_STEPS} are possible",
                self.adam.steps
            ));
        }
        Ok(())
    }
}

/// Steps of the optimiser that a file may tell of, far from where their counter ends.
const MAX_STEPS: u32 = 1 << 30;

/// What an epoch gave.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Epoch {
    /// From 1.
    pub number: u32,
    /// Mean loss over the training images, while it fell.
    pub loss: f64,
    /// Part of the training images that was decided rightly, while training.
    pub training_accuracy: f64,
    /// Part of the validation images that is decided rightly; of the training images if none are
    /// kept for validation.
    pub validation_accuracy: f64,
}

/// The weights of the epoch with the best validation accuracy, the earliest of several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Best {
    /// The epoch.
    pub epoch: Epoch,
    /// Its weights, rounded to levels if training knew some; layer by layer, row by row.
    pub weights: Vec<f32>,
}
