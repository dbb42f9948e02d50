//! What can be chosen about a training.

use serde::{Deserialize, Serialize};

use super::Loss;
use crate::{CLASSES, Code, Ideal, PIXELS};

/// A set of options with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// What gives the best weights found so far.
    Default,
    /// The paper's set-up: rates of figure 4c's line, threshold and hold voltage of figure 2a, mean
    /// square error, 50 epochs, in steps.
    Paper,
    /// The default for arrays with flaws: weights, thresholds and rates are perturbed, weights have 16
    /// levels a device.
    Robust,
}

/// Everything that decides a training, apart from its data and the network's parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Seed of everything random.
    pub seed: u64,
    /// Passes over the training images.
    pub epochs: u32,
    /// Images a step of the optimiser.
    pub batch: u32,
    /// Learning rate of Adam at the beginning; it falls to zero as a cosine over all epochs if
    /// `cosine`.
    pub learning_rate: f64,
    /// Whether the learning rate falls.
    pub cosine: bool,
    /// The loss.
    pub loss: Loss,
    /// Score of one spike.
    pub score: f64,
    /// Whether the potential left at the end adds its part of a spike to the score.
    pub residual: bool,
    /// Slope of the sigmoid, per swing of the potential.
    pub slope: f64,
    /// Whether the gradient follows the reset of the potential by a spike.
    pub through_reset: bool,
    /// What turns a pixel into spikes.
    pub encoding: Code,
    /// Threshold of an output neuron (V); the device's if left out.
    pub lif_threshold: Option<f64>,
    /// Potential of an output neuron after a spike (V); the device's if left out.
    pub lif_reset: Option<f64>,
    /// Equal steps of time; the instants of the spikes themselves if left out.
    pub steps: Option<u32>,
    /// Greatest magnitude of a weight.
    pub weight_limit: f64,
    /// Standard deviation of the perturbation of weights in each batch.
    pub weight_noise: f64,
    /// Standard deviation of the output neurons' thresholds for each image (V).
    pub threshold_noise: f64,
    /// Relative standard deviation of the oscillation neurons' rates for each image.
    pub rate_noise: f64,
    /// Conductance levels of a device that weights are rounded to in the forward pass.
    pub levels: Option<u32>,
    /// Images at the end of the training set that are kept for validation.
    pub validation: u32,
    /// Inputs, and the neurons of each layer behind them; 784 and 10 if left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shape: Vec<usize>,
    /// Whether inputs spike themselves, instead of seeing images.
    #[serde(default, skip_serializing_if = "is_false")]
    pub events: bool,
    /// Whether an array leads from each hidden layer back to itself, a step later.
    #[serde(default, skip_serializing_if = "is_false")]
    pub recurrent: bool,
    /// Part of the hidden neurons whose spikes are left out, drawn for each image; those of the others count for them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dropout: f64,
    /// Pixels by which images are moved at most, along both sides, drawn for each image.
    #[serde(default, skip_serializing_if = "none_of_them")]
    pub shift: u32,
    /// What a step takes from every weight, as a part of it and of the learning rate.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub weight_decay: f64,
    /// Steps of time in the first `coarse_epochs` epochs, where they are not those of the network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coarse_steps: Option<u32>,
    /// Epochs in these steps.
    #[serde(default, skip_serializing_if = "none_of_them")]
    pub coarse_epochs: u32,
    /// Epochs without a better validation accuracy after which training ends; never if left out.
    pub patience: Option<u32>,
}

fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

fn is_false(value: &bool) -> bool {
    !value
}

fn none_of_them(count: &u32) -> bool {
    *count == 0
}

/// Options that cannot be worked with.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{name} = {value}: {reason}")]
pub struct OptionsError {
    /// Name of the option on the command line.
    pub name: &'static str,
    /// Its value.
    pub value: f64,
    /// What it must satisfy.
    pub reason: &'static str,
}

/// Weights that a training has at most: with what the optimiser keeps they take some 2 GB.
const MOST_WEIGHTS: usize = 1 << 26;

/// Steps of a sample of events.
const MOST_STEPS: u32 = 10_000;

const IMAGES_ALONE: &str = "it is of images: leave it out beside --data";

const LOOPS_STEP: &str = "a spike goes back to its own layer in the next of equal steps: say --steps N, or train loops between events by --gradient exact";

/// Threshold of the paper's output neurons, from its figure 2a (V).
const PAPER_THRESHOLD_V: f64 = 0.17;

/// Hold voltage of figure 2a, to which they fall (V).
const PAPER_HOLD_V: f64 = 0.1;

/// Steps of the paper's network: assumed, because the paper does not say. Of those tried, these decide
/// most of the training images that were kept for validation (docs/network.md).
const PAPER_STEPS: u32 = 18;

impl Preset {
    /// Its options.
    #[must_use]
    pub fn options(self) -> Options {
        let default = Options {
            seed: 0,
            epochs: 10,
            batch: 128,
            learning_rate: 6e-3,
            cosine: true,
            loss: Loss::CrossEntropy,
            score: 0.5,
            residual: true,
            slope: 6.0,
            through_reset: true,
            encoding: Code::Device,
            lif_threshold: None,
            lif_reset: None,
            steps: None,
            weight_limit: 1.0,
            weight_noise: 0.0,
            threshold_noise: 0.0,
            rate_noise: 0.0,
            levels: None,
            validation: 5000,
            shape: Vec::new(),
            events: false,
            recurrent: false,
            dropout: 0.0,
            shift: 0,
            weight_decay: 0.0,
            coarse_steps: None,
            coarse_epochs: 0,
            patience: None,
        };
        match self {
            Self::Default => default,
            Self::Paper => Options {
                epochs: 50,
                learning_rate: 1e-3,
                cosine: false,
                loss: Loss::Mse,
                residual: false,
                encoding: Code::Line,
                lif_threshold: Some(PAPER_THRESHOLD_V),
                lif_reset: Some(PAPER_HOLD_V),
                ..default
            }
            .in_steps(Some(PAPER_STEPS)),
            Self::Robust => Options {
                weight_noise: 0.01,
                threshold_noise: 8e-3,
                rate_noise: 0.05,
                levels: Some(16),
                ..default
            },
        }
    }
}

impl Options {
    /// The same options in so many steps. The mean square error compares spikes per step with the label
    /// as one-hot, so the score of a spike follows the steps.
    #[must_use]
    pub fn in_steps(self, steps: Option<u32>) -> Self {
        let score = match (self.loss, steps) {
            (Loss::Mse, Some(steps)) => 1.0 / f64::from(steps),
            _ => self.score,
        };
        Self { steps, score, ..self }
    }

    /// Inputs, and the neurons of each layer behind them.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        if self.shape.is_empty() { &[PIXELS, CLASSES] } else { &self.shape }
    }

    /// What samples are called: images, unless their inputs spike themselves.
    #[must_use]
    pub fn samples(&self) -> &'static str {
        if self.events { "samples" } else { "images" }
    }

    /// The neurons that are trained.
    #[must_use]
    pub fn ideal(&self) -> Ideal {
        Ideal {
            code: self.encoding,
            threshold_v: self.lif_threshold,
            reset_v: self.lif_reset,
            steps: self.steps,
        }
    }

    /// Checks every value.
    ///
    /// # Errors
    /// The first that is out of range.
    pub fn validate(&self) -> Result<(), OptionsError> {
        let positive = "must be finite and above zero";
        let not_negative = "must be finite, and not negative";
        let above: fn(f64) -> bool = |value| value > 0.0 && value.is_finite();
        let from: fn(f64) -> bool = |value| value >= 0.0 && value.is_finite();
        let levels = self.levels.map_or(2.0, f64::from);
        let limit = self.weight_limit;
        let (threshold, reset) = (self.lif_threshold.unwrap_or(1.0), self.lif_reset.unwrap_or(0.0));
        let swings = self.lif_threshold.is_none() || self.lif_reset.is_none() || reset < threshold;
        let dropout = self.dropout;
        let coarsens = self.coarse_epochs > 0;
        let coarse = self.coarse_steps.is_some() == coarsens;
        let shape = self.shape();
        let layers = shape.len() >= 2 && !shape.contains(&0);
        let weights = shape.windows(2).map(|two| two[0].saturating_mul(two[1]));
        let back = shape.iter().skip(1).rev().skip(1).filter(|_| self.recurrent);
        let weights = weights.chain(back.map(|neurons| neurons.saturating_mul(*neurons)));
        let weights = weights.fold(0, usize::saturating_add);
        let (steps, recurrent) = (self.steps.unwrap_or(0), f64::from(u8::from(self.recurrent)));
        let few_steps = !self.events || steps <= MOST_STEPS;
        let of_images = !self.events;
        let checks: [(&str, f64, bool, &str); 30] = [
            ("--epochs", f64::from(self.epochs), self.epochs > 0, "must be at least 1"),
            ("--batch", f64::from(self.batch), self.batch > 0, "must be at least 1"),
            ("--learning-rate", self.learning_rate, above(self.learning_rate), positive),
            ("--score", self.score, above(self.score), positive),
            ("--slope", self.slope, above(self.slope), positive),
            ("--steps", self.steps.map_or(1.0, f64::from), self.steps != Some(0), positive),
            ("--lif-threshold", threshold, above(threshold), positive),
            ("--lif-reset", reset, from(reset), not_negative),
            ("--lif-reset", reset, swings, "must be below --lif-threshold"),
            ("--weight-limit", limit, limit > 0.0 && limit <= 1.0, "must lie in 0 < limit <= 1"),
            ("--weight-noise", self.weight_noise, from(self.weight_noise), not_negative),
            ("--threshold-noise", self.threshold_noise, from(self.threshold_noise), not_negative),
            ("--rate-noise", self.rate_noise, from(self.rate_noise), not_negative),
            ("--levels", levels, levels >= 2.0, "a device has at least 2 levels"),
            ("--shape", shape.len() as f64, layers, "inputs and layers of at least one neuron"),
            ("--shape", weights as f64, weights <= MOST_WEIGHTS, "so many weights: at most 2^26"),
            ("--dropout", dropout, (0.0..1.0).contains(&dropout), "must lie in 0 <= dropout < 1"),
            ("--shift", f64::from(self.shift), self.shift <= 1000, "at most 1000 pixels"),
            ("--weight-decay", self.weight_decay, from(self.weight_decay), not_negative),
            ("--coarse-steps", 0.0, self.coarse_steps != Some(0), "must be at least 1"),
            ("--coarse-epochs", f64::from(self.coarse_epochs), coarse, "goes with --coarse-steps"),
            ("--steps", f64::from(steps), few_steps, "at most 10,000 of events"),
            ("--shift", f64::from(self.shift), of_images || self.shift == 0, IMAGES_ALONE),
            ("--rate-noise", self.rate_noise, of_images || self.rate_noise == 0.0, IMAGES_ALONE),
            (
                "--coarse-epochs",
                f64::from(self.coarse_epochs),
                of_images || !coarsens,
                IMAGES_ALONE,
            ),
            ("--encoding", 0.0, of_images || self.encoding == Code::Device, IMAGES_ALONE),
            (
                "--recurrent",
                recurrent,
                self.events || !self.recurrent,
                "loops are of events: give --data FILE",
            ),
            (
                "--recurrent",
                recurrent,
                shape.len() > 2 || !self.recurrent,
                "a hidden layer is needed, such as --shape 700-128-20",
            ),
            ("--recurrent", recurrent, steps > 0 || !self.recurrent, LOOPS_STEP),
            ("--patience", 0.0, self.patience != Some(0), "must be at least 1"),
        ];
        match checks.into_iter().find(|(_, _, good, _)| !good) {
            Some((name, value, _, reason)) => Err(OptionsError { name, value, reason }),
            None => Ok(()),
        }
    }

    /// Learning rate at `done` of all steps, from 0 to 1.
    pub(super) fn rate_at(&self, done: f64) -> f64 {
        if self.cosine {
            self.learning_rate * 0.5 * (1.0 + (std::f64::consts::PI * done).cos())
        } else {
            self.learning_rate
        }
    }
}
