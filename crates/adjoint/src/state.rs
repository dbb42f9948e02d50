//! The state from which a training goes on.

use memspike_snn::training::{Adam, Best, Epoch};
use serde::{Deserialize, Serialize};

use crate::Options;

/// Everything that a training needs to go on as if it had not been interrupted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Number of the training samples: [`Samples::fingerprint`].
    pub(crate) data: u64,
    /// What it was learnt with.
    pub options: Options,
    /// In thresholds.
    pub(crate) weights: Vec<f64>,
    pub(crate) adam: Adam,
    /// Of the neurons of all layers: whether each was silent in the last batch.
    pub(crate) dead: Vec<bool>,
    /// Epochs that are done.
    pub history: Vec<Epoch>,
    /// The best of them.
    pub best: Option<Best>,
}

impl State {
    /// Checks what a file can get wrong: options, and a history that tells of itself.
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
        if self.adam.steps > MOST_STEPS {
            return Err(format!(
                "it has taken {} steps; {MOST_STEPS} are possible",
                self.adam.steps
            ));
        }
        match &self.best {
            Some(best) if !self.history.contains(&best.epoch) => {
                Err("its best epoch is none of its epochs".to_owned())
            }
            _ => Ok(()),
        }
    }
}

/// Steps of the optimiser that a file may tell of, far from where their counter ends.
const MOST_STEPS: u32 = 1 << 30;

/// Why a training cannot go on from a state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResumeError {
    /// The data are not those that it began with.
    #[error("the training samples are not those that this training began with")]
    OtherData,
    /// The options are not those that it began with.
    #[error("the options are not those that this training began with")]
    OtherOptions,
    /// The state is not one of this network.
    #[error("the state is not one of a network with {weights} weights and {neurons} neurons")]
    Size {
        /// Weights of the network.
        weights: usize,
        /// Its neurons.
        neurons: usize,
    },
}
