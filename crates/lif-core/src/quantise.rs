//! From trained floating-point weights to a core.

use crate::{
    Core, LayerSpec, Leak, Reset, Saturation, Spec, SpecError, VERSION, Weights,
    validate::signed_bits,
};

/// Trained weights of a layer, by input, then by neuron.
#[derive(Debug, Clone, PartialEq)]
pub struct FloatLayer {
    /// Number of neurons.
    pub neurons: usize,
    /// `inputs * neurons` finite numbers.
    pub weights: Vec<f64>,
}

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

/// Why weights cannot be quantised.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum QuantiseError {
    /// Nothing to scale.
    #[error("layer {0}: all weights are zero")]
    AllZero(usize),
    /// A constant that makes no sense.
    #[error("layer {layer}: {name} is {value}, it must be {allowed}")]
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
    /// The result is no core.
    #[error(transparent)]
    Spec(#[from] SpecError),
}

/// Bits of a leak's factor.
const LEAK_BITS: u32 = 8;

/// Quantises layers to `weight_bits`; the largest weight of a layer becomes the largest integer.
///
/// Threshold and reset are scaled alike and rounded. A retention of `1 - 2^-k` becomes a shift, any other one the nearest
/// factor of 8 bits. Potentials are as wide as the sums of weights and the threshold need, and one bit more.
///
/// # Errors
/// Constants that make no sense, all-zero weights, or a result that is no [`Core`].
pub fn quantise(
    layers: &[(FloatLayer, Dynamics)],
    weight_bits: u32,
    count_bits: u32,
    time_step_ns: u64,
) -> Result<Core, QuantiseError> {
    if !(2..=16).contains(&weight_bits) {
        let (name, value) = ("weight_bits", weight_bits.into());
        return Err(
            SpecError::Range { place: "the core".into(), name, value, low: 2, high: 16 }.into()
        );
    }
    let mut specs = Vec::new();
    let mut weights = Vec::new();
    for (layer, (floats, dynamics)) in layers.iter().enumerate() {
        let (spec, integers) = quantise_layer(layer, floats, dynamics, weight_bits)?;
        specs.push(spec);
        weights.push(integers);
    }
    let spec = Spec { version: VERSION, layers: specs, count_bits, time_step_ns };
    Ok(Core::new(spec, weights)?)
}

fn quantise_layer(
    layer: usize,
    floats: &FloatLayer,
    dynamics: &Dynamics,
    weight_bits: u32,
) -> Result<(LayerSpec, Weights), QuantiseError> {
    let wrong = |name, value, allowed| QuantiseError::Dynamics { layer, name, value, allowed };
    let largest = floats.weights.iter().fold(0.0_f64, |most, weight| most.max(weight.abs()));
    if largest == 0.0 {
        return Err(QuantiseError::AllZero(layer));
    }
    let scale = f64::from((1 << (weight_bits - 1)) - 1) / largest;
    let scaled = |value: f64| (value * scale).round();
    let rows: Vec<i32> = floats.weights.iter().map(|weight| scaled(*weight) as i32).collect();
    let weights = Weights::new(floats.neurons, rows);

    // Beyond these, potentials would be too wide anyway; Core::new says so.
    let threshold = scaled(dynamics.threshold);
    if !(1.0..=f64::from(i32::MAX)).contains(&threshold) {
        let allowed = "at least a step of the weights, and within 31 bits";
        return Err(wrong("the threshold", dynamics.threshold, allowed));
    }
    let threshold = threshold as i64;
    let reset = match dynamics.reset {
        None => Reset::Subtract,
        Some(0.0) => Reset::Zero,
        Some(value) if scaled(value).abs() < f64::from(i32::MAX) => {
            // A reset that rounds up to the threshold would fire for ever.
            let rounded = scaled(value) as i64;
            let below = if value < dynamics.threshold { threshold - 1 } else { rounded };
            Reset::Hold { value: rounded.min(below) }
        }
        Some(value) => return Err(wrong("the reset", value, "below the threshold")),
    };
    let leak = leak_of(dynamics.retention)
        .ok_or_else(|| wrong("the retention", dynamics.retention, "above 0 and at most 1"))?;

    let spec = LayerSpec {
        inputs: weights.inputs(),
        neurons: floats.neurons,
        weight_bits,
        potential_bits: potential_bits(&weights, threshold, weight_bits),
        threshold,
        leak,
        reset,
        saturation: dynamics.saturation,
        refractory_ticks: dynamics.refractory_ticks,
    };
    Ok((spec, weights))
}

/// The leak nearest to a retention; none of it is outside of (0, 1].
fn leak_of(retention: f64) -> Option<Leak> {
    if !(retention > 0.0 && retention <= 1.0) {
        return None;
    }
    let factor = (retention * f64::from(1 << LEAK_BITS)).round() as u32;
    let factor = factor.max(1);
    let lost = (1 << LEAK_BITS) - factor;
    Some(match lost {
        0 => Leak::None,
        lost if lost.is_power_of_two() && lost < 1 << LEAK_BITS => {
            Leak::Shift { shift: LEAK_BITS - lost.trailing_zeros() }
        }
        _ => Leak::Multiply { factor, shift: LEAK_BITS },
    })
}

/// The width that holds the threshold and the sums of one sign of every neuron's weights, and one bit for what earlier steps left.
fn potential_bits(weights: &Weights, threshold: i64, weight_bits: u32) -> u32 {
    let sums = (0..weights.neurons()).map(|neuron| {
        let (mut above, mut below) = (0, 0);
        for weight in weights.column(neuron).map(i64::from) {
            above += weight.max(0);
            below += weight.min(0);
        }
        signed_bits(above).max(signed_bits(below))
    });
    let widest = sums.max().unwrap_or(0).max(signed_bits(threshold)) + 1;
    widest.max(weight_bits).clamp(4, 31)
}
