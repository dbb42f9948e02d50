//! From trained floating-point weights to a core.

mod error;
mod layer;
mod leak;
mod network;
mod rounding;
mod search;

pub use error::QuantiseError;
pub use network::{LayersError, TimeStep, chained, ideal, layers};
pub use rounding::{Quantisation, Rounded, Scaling};
pub use search::{Asked, Search};

use std::ops::RangeInclusive;

use memspike_network::Weights;
use serde::Serialize;

use crate::validate::{NARROWEST_POTENTIAL, WIDEST_POTENTIAL, WIDEST_WEIGHT};
use crate::{Core, Saturation, Spec, SpecError, VERSION};
use layer::Quantiser;
use rounding::Quantity;

/// What the neurons of a layer do, in the unit of its floating-point weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dynamics {
    /// Threshold, in units of the weights.
    pub threshold: f64,
    /// What remains of a potential after a time step, above 0 and at most 1.
    pub retention: f64,
    /// Potential after a spike, in units of the weights; nothing if the threshold is subtracted.
    pub reset: Option<f64>,
    /// Where potentials stop.
    pub saturation: Saturation,
    /// Ticks after a spike during which a neuron stays as it is.
    pub refractory_ticks: u32,
}

/// A layer that is to be quantised.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// Its weights.
    pub weights: Weights,
    /// What its neurons do.
    pub dynamics: Dynamics,
    /// What weights, threshold and reset are multiplied by before they are rounded. If nothing is given, it is 1 for integers that
    /// fit, and for all other weights what makes the largest one the largest integer.
    pub scale: Option<f64>,
}

/// The largest relative error that rounding may make unless something else is asked for.
pub const ROUNDING: f64 = 0.01;

/// How wide the numbers of a layer are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Widths {
    /// Width of a weight (bit).
    pub weight_bits: u32,
    /// Width of a potential (bit); nothing for [`crate::LayerSpec::sure_bits`] and one bit for what earlier steps left.
    pub potential_bits: Option<u32>,
}

impl Widths {
    /// Weights of so many bits, and potentials that they do not bring to their ends.
    #[must_use]
    pub const fn of(weight_bits: u32) -> Self {
        Self { weight_bits, potential_bits: None }
    }
}

/// What a core is to be like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules<'w> {
    /// Widths of each layer; one stands for all.
    pub widths: &'w [Widths],
    /// Width of a spike count (bit).
    pub count_bits: u32,
    /// Length of a time step (s).
    pub time_step_s: f64,
    /// The largest relative error of a threshold, of `1 - retention`, and of the time step; also of a reset, as a part of the threshold.
    pub rounding: f64,
}

/// A core, and what became of the numbers that it is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantised {
    /// The core.
    pub core: Core,
    /// The numbers of each layer.
    pub layers: Vec<Quantisation>,
}

/// Quantises layers: weights, threshold and reset are multiplied by the scale of the layer, then rounded.
///
/// The leak is a shift if one is near enough, otherwise a product with a factor of as many bits as that takes. Potentials are as wide
/// as the sums of weights and the threshold need, and one bit more, unless a width is given: they may then come to their ends,
/// where they stop.
///
/// # Errors
/// Constants that make no sense, weights that are all zero or do not fit, numbers that rounding changes more than it may, widths
/// for another number of layers, or a result that is no [`Core`].
pub fn quantise(layers: &[Trained], rules: &Rules<'_>) -> Result<Quantised, QuantiseError> {
    let widths = each(rules.widths, layers.len())?;
    let time_step_ns = time_step_ns(rules)?;
    let (mut specs, mut weights, mut quantisations) = (Vec::new(), Vec::new(), Vec::new());
    for (number, layer) in layers.iter().enumerate() {
        let (spec, integers, quantisation) =
            Quantiser { number, layer, widths: widths[number], rules }.quantise()?;
        specs.push(spec);
        weights.push(integers);
        quantisations.push(quantisation);
    }
    let spec = Spec { version: VERSION, layers: specs, count_bits: rules.count_bits, time_step_ns };
    Ok(Quantised { core: Core::new(spec, weights)?, layers: quantisations })
}

/// The widths of each layer.
fn each(given: &[Widths], layers: usize) -> Result<Vec<Widths>, QuantiseError> {
    let widths = match given {
        [one] => vec![*one; layers],
        _ if given.len() == layers => given.to_vec(),
        _ => return Err(QuantiseError::Widths { widths: given.len(), layers }),
    };
    for (layer, widths) in widths.iter().enumerate() {
        let Widths { weight_bits, potential_bits } = *widths;
        let place = format!("layer {layer}");
        within(&place, "weight_bits", weight_bits, 2..=WIDEST_WEIGHT)?;
        let least = weight_bits.max(NARROWEST_POTENTIAL);
        if let Some(bits) = potential_bits {
            within(&place, "potential_bits", bits, least..=WIDEST_POTENTIAL)?;
        }
    }
    Ok(widths)
}

/// A width that a core may have.
fn within(
    place: &str,
    name: &'static str,
    value: u32,
    allowed: RangeInclusive<u32>,
) -> Result<(), SpecError> {
    if allowed.contains(&value) {
        return Ok(());
    }
    let (low, high) = (i64::from(*allowed.start()), i64::from(*allowed.end()));
    Err(SpecError::Range { place: place.to_owned(), name, value: value.into(), low, high })
}

fn time_step_ns(rules: &Rules<'_>) -> Result<u64, QuantiseError> {
    let whole_ns = (rules.time_step_s * 1e9).round();
    let rounded = Rounded { wanted: rules.time_step_s, obtained: whole_ns * 1e-9 };
    Quantity::TimeStep.check(rules, "the core", rounded)?;
    Ok(whole_ns as u64)
}
