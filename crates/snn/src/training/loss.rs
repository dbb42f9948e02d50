//! How far an answer is from its label.

use serde::{Deserialize, Serialize};

use crate::CLASSES;

/// A loss over the scores of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Mean square difference between spikes per step and the label as one-hot: the paper's.
    Mse,
    /// Cross entropy of the softmax of the scores.
    CrossEntropy,
}

impl Loss {
    /// Loss and its derivatives by the scores.
    #[must_use]
    pub fn of(self, scores: &[f64; CLASSES], label: u8) -> (f64, [f64; CLASSES]) {
        let label = usize::from(label);
        let target = |class: usize| if class == label { 1.0 } else { 0.0 };
        match self {
            Self::Mse => {
                let n = CLASSES as f64;
                let miss: [f64; CLASSES] = std::array::from_fn(|j| scores[j] - target(j));
                let loss = miss.iter().map(|d| d * d).sum::<f64>() / n;
                (loss, miss.map(|d| 2.0 * d / n))
            }
            Self::CrossEntropy => {
                let greatest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let powers = scores.map(|s| (s - greatest).exp());
                let sum: f64 = powers.iter().sum();
                let slope = std::array::from_fn(|j| powers[j] / sum - target(j));
                (sum.ln() + greatest - scores[label], slope)
            }
        }
    }
}
