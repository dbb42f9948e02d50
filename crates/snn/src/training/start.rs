//! Weights at the beginning.

use super::{Stage, noise::Noise};

/// Mean weight of the last layer at the beginning: every output neuron fires a few times, so that the surrogate has a slope to
/// follow.
const LAST: f64 = 0.06;

/// Standard deviation of one layer's weights at the beginning: its neurons are told apart by their labels.
const ALONE_SIGMA: f64 = 0.01;

/// Mean weight of a hidden layer at the beginning.
const HIDDEN: f64 = 0.03;

/// Standard deviation of weights of several layers at the beginning: hidden neurons are told apart by it alone.
const SIGMA: f64 = 0.1;

/// Weights of all layers, row by row.
pub(super) fn weights(noise: &Noise, stages: &[Stage]) -> Vec<f64> {
    let sigma = if stages.len() == 1 { ALONE_SIGMA } else { SIGMA };
    let mut weights = Vec::new();
    for (at, stage) in stages.iter().enumerate() {
        let mean = if at + 1 == stages.len() { LAST } else { HIDDEN };
        let mut layer = vec![mean; stage.inputs * stage.neurons];
        // Numbers that no batch has.
        noise.perturb(sigma, &mut layer, (u64::MAX >> 16) - at as u64);
        weights.extend(layer);
    }
    weights
}
