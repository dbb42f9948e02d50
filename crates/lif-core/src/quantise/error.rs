//! Why weights cannot be quantised.

use std::fmt;

use super::Rounded;
use crate::SpecError;

/// Why weights cannot be quantised. Layers are counted from 0.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum QuantiseError {
    /// Nothing to scale.
    #[error("layer {0}: all weights are zero")]
    AllZero(usize),
    /// A scale that leaves nothing of the weights.
    #[error(
        "layer {layer}: at the scale {} all weights round to zero; the largest is {}",
        Figure(*scale), Figure(*largest)
    )]
    AllLost {
        /// The layer.
        layer: usize,
        /// The scale.
        scale: f64,
        /// The largest magnitude of a weight.
        largest: f64,
    },
    /// A constant that makes no sense.
    #[error("layer {layer}: {name} is {}, it must be {allowed}", Figure(*value))]
    Dynamics {
        /// The layer.
        layer: usize,
        /// What.
        name: &'static str,
        /// What it is.
        value: f64,
        /// What it may be.
        allowed: &'static str,
    },
    /// A weight that its width does not hold at the scale that was asked for.
    #[error(
        "layer {layer}: weight {} of input {input} to neuron {neuron} is {} at the scale {}, \
         which {bits} bits do not hold; {remedy}",
        Figure(*value), Figure(*scaled), Figure(*scale)
    )]
    Weight {
        /// The layer.
        layer: usize,
        /// The input.
        input: usize,
        /// The neuron.
        neuron: usize,
        /// The weight.
        value: f64,
        /// What it would become.
        scaled: f64,
        /// The scale.
        scale: f64,
        /// Width of weights (bit).
        bits: u32,
        /// What would fit.
        remedy: String,
    },
    /// A number that integers do not meet as nearly as they must.
    #[error(
        "{place}: {name} {} becomes {}, an error of {error}; rounding may make {allowed}. \
         {remedy}, or allow more rounding",
        Figure(rounded.wanted), Figure(rounded.obtained)
    )]
    Rounding {
        /// The core, or a layer.
        place: String,
        /// What.
        name: &'static str,
        /// As it was asked for, and as it would be.
        rounded: Rounded,
        /// The relative error, and what it is counted by.
        error: String,
        /// The largest that is allowed.
        allowed: String,
        /// What makes it smaller.
        remedy: &'static str,
    },
    /// Widths of another number of layers.
    #[error("widths of {widths} layers for {layers} layers; give one, or one for each layer")]
    Widths {
        /// Layers with widths.
        widths: usize,
        /// Layers.
        layers: usize,
    },
    /// The result is no core.
    #[error(transparent)]
    Spec(#[from] SpecError),
}

/// A number as people write it: far from one with a power of ten instead of hundreds of digits.
pub(super) struct Figure(pub f64);

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(value) = self;
        match value.abs() {
            0.0 | 1e-4..1e9 => write!(f, "{value}"),
            _ => write!(f, "{value:e}"),
        }
    }
}
