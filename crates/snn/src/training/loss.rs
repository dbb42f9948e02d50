//! How far an answer is from its label.

use serde::{Deserialize, Serialize};

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
    pub fn of(self, scores: &[f64], label: usize) -> (f64, Vec<f64>) {
        let target = |class: usize| if class == label { 1.0 } else { 0.0 };
        match self {
            Self::Mse => {
                let n = scores.len() as f64;
                let miss = scores.iter().enumerate().map(|(j, score)| score - target(j));
                let miss: Vec<f64> = miss.collect();
                let loss = miss.iter().map(|d| d * d).sum::<f64>() / n;
                (loss, miss.into_iter().map(|d| 2.0 * d / n).collect())
            }
            Self::CrossEntropy => {
                let greatest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let powers: Vec<f64> = scores.iter().map(|s| (s - greatest).exp()).collect();
                let sum: f64 = powers.iter().sum();
                let slope = powers.iter().enumerate().map(|(j, p)| p / sum - target(j)).collect();
                (sum.ln() + greatest - scores[label], slope)
            }
        }
    }
}
