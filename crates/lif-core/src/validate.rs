//! What a core must satisfy before any model or hardware is made of it.

use std::ops::RangeInclusive;

use crate::{LONGEST_SHIFT, LayerSpec, Leak, Reset, Spec, VERSION, Weights};

/// The widest weights that a core has (bit).
pub(crate) const WIDEST_WEIGHT: u32 = 16;

/// The narrowest potentials that a core has (bit).
pub(crate) const NARROWEST_POTENTIAL: u32 = 4;

/// The widest potentials that a core has (bit).
pub(crate) const WIDEST_POTENTIAL: u32 = 31;

/// Why a specification, or weights for it, cannot be a core. Layers are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// Made for another version of this crate.
    #[error("the specification has version {0}, this program knows version {VERSION}")]
    Version(u32),
    /// A number is outside of what makes sense or fits.
    #[error("{place}: {name} is {value}, it must be between {low} and {high}")]
    Range {
        /// Which layer, or the core.
        place: String,
        /// What.
        name: &'static str,
        /// What it is.
        value: i64,
        /// The smallest that is allowed.
        low: i64,
        /// The largest that is allowed.
        high: i64,
    },
    /// A layer does not fit to the one before it.
    #[error("layer {layer} has {inputs} inputs, but the layer before it has {neurons} neurons")]
    Chain {
        /// The layer.
        layer: usize,
        /// Its inputs.
        inputs: usize,
        /// Neurons of the one before.
        neurons: usize,
    },
    /// Weights of another number of layers.
    #[error("there are weights for {weights} layers, the specification has {layers}")]
    Layers {
        /// Layers with weights.
        weights: usize,
        /// Layers of the specification.
        layers: usize,
    },
    /// Weights of another shape.
    #[error(
        "layer {layer}: the weights are {found_inputs} x {found_neurons} (inputs x neurons), \
         the specification says {inputs} x {neurons}"
    )]
    Shape {
        /// The layer.
        layer: usize,
        /// Rows of the weights.
        found_inputs: usize,
        /// Columns of the weights.
        found_neurons: usize,
        /// Inputs of the specification.
        inputs: usize,
        /// Neurons of the specification.
        neurons: usize,
    },
    /// A weight that its width cannot hold.
    #[error(
        "layer {layer}: weight {value} of input {input} to neuron {neuron} needs more than {bits} bits"
    )]
    Weight {
        /// The layer.
        layer: usize,
        /// The input.
        input: usize,
        /// The neuron.
        neuron: usize,
        /// The weight.
        value: i32,
        /// Width of weights (bit).
        bits: u32,
    },
}

/// A specification with weights that fit it. Only [`Core::new`] makes one, so whoever has one need not check it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Core {
    spec: Spec,
    weights: Vec<Weights>,
}

impl Core {
    /// Checks a specification and the weights of its layers.
    ///
    /// Potentials may be narrower than [`LayerSpec::sure_bits`]: they stop at the ends of their width.
    ///
    /// # Errors
    /// The first mistake found.
    pub fn new(spec: Spec, weights: Vec<Weights>) -> Result<Self, SpecError> {
        spec.validate()?;
        if weights.len() != spec.layers.len() {
            return Err(SpecError::Layers { weights: weights.len(), layers: spec.layers.len() });
        }
        for (layer, (spec, weights)) in spec.layers.iter().zip(&weights).enumerate() {
            shape(layer, spec, weights)?;
            values(layer, spec, weights)?;
        }
        Ok(Self { spec, weights })
    }

    /// The specification.
    #[must_use]
    pub const fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Weights of each layer.
    #[must_use]
    pub fn weights(&self) -> &[Weights] {
        &self.weights
    }

    /// Specification and weights of each layer.
    pub fn layers(&self) -> impl Iterator<Item = (&LayerSpec, &Weights)> {
        self.spec.layers.iter().zip(&self.weights)
    }
}

impl Spec {
    /// Checks everything that does not need the weights.
    ///
    /// # Errors
    /// The first mistake found.
    pub fn validate(&self) -> Result<(), SpecError> {
        if self.version != VERSION {
            return Err(SpecError::Version(self.version));
        }
        let core = Place("the core".to_owned());
        core.within("number of layers", self.layers.len() as i64, 1..=16)?;
        core.within("count_bits", self.count_bits.into(), 1..=24)?;
        let time_step_ns = i64::try_from(self.time_step_ns).unwrap_or(i64::MAX);
        core.within("time_step_ns", time_step_ns, 1..=1_000_000_000_000)?;
        for (layer, spec) in self.layers.iter().enumerate() {
            spec.validate(&Place(format!("layer {layer}")))?;
        }
        for (layer, pair) in (1..).zip(self.layers.windows(2)) {
            let (neurons, inputs) = (pair[0].neurons, pair[1].inputs);
            if inputs != neurons {
                return Err(SpecError::Chain { layer, inputs, neurons });
            }
        }
        Ok(())
    }
}

impl LayerSpec {
    /// The width of potentials that hold the threshold, and the sums of one sign of every neuron's weights (bit): a step in which every
    /// input has one event does not bring them to their ends from rest.
    #[must_use]
    pub fn sure_bits(&self, weights: &Weights) -> u32 {
        let sums = (0..weights.neurons()).map(|neuron| {
            let (mut above, mut below) = (0, 0);
            for weight in weights.column(neuron).map(i64::from) {
                above += weight.max(0);
                below += weight.min(0);
            }
            signed_bits(above).max(signed_bits(below))
        });
        sums.max().unwrap_or(0).max(signed_bits(self.threshold))
    }

    fn validate(&self, place: &Place) -> Result<(), SpecError> {
        place.within("inputs", self.inputs as i64, 1..=65_536)?;
        place.within("neurons", self.neurons as i64, 1..=4096)?;
        place.within("weight_bits", self.weight_bits.into(), 2..=WIDEST_WEIGHT.into())?;
        let widths = self.weight_bits.max(NARROWEST_POTENTIAL).into()..=WIDEST_POTENTIAL.into();
        place.within("potential_bits", self.potential_bits.into(), widths)?;
        place.within("threshold", self.threshold, 1..=self.highest())?;
        place.within("refractory_ticks", self.refractory_ticks.into(), 0..=255)?;
        match self.leak {
            Leak::None => {}
            Leak::Shift { shift } => {
                let shifts = 1..=i64::from(self.potential_bits) - 1;
                place.within("leak.shift", shift.into(), shifts)?;
            }
            Leak::Multiply { factor, shift } => {
                place.within("leak.shift", shift.into(), 1..=LONGEST_SHIFT.into())?;
                place.within("leak.factor", factor.into(), 1..=(1 << shift) - 1)?;
            }
        }
        if let Reset::Hold { value } = self.reset {
            place.within("reset.value", value, self.lowest()..=self.threshold - 1)?;
        }
        Ok(())
    }
}

struct Place(String);

impl Place {
    fn within(
        &self,
        name: &'static str,
        value: i64,
        allowed: RangeInclusive<i64>,
    ) -> Result<(), SpecError> {
        if allowed.contains(&value) {
            return Ok(());
        }
        let (low, high) = allowed.into_inner();
        Err(SpecError::Range { place: self.0.clone(), name, value, low, high })
    }
}

fn shape(layer: usize, spec: &LayerSpec, weights: &Weights) -> Result<(), SpecError> {
    let (found_inputs, found_neurons) = (weights.inputs(), weights.neurons());
    let (inputs, neurons) = (spec.inputs, spec.neurons);
    if (found_inputs, found_neurons) == (inputs, neurons) {
        return Ok(());
    }
    Err(SpecError::Shape { layer, found_inputs, found_neurons, inputs, neurons })
}

fn values(layer: usize, spec: &LayerSpec, weights: &Weights) -> Result<(), SpecError> {
    let bits = spec.weight_bits;
    let fits = -(1 << (bits - 1))..1 << (bits - 1);
    for input in 0..spec.inputs {
        let row = weights.row(input);
        if let Some(neuron) = row.iter().position(|value| !fits.contains(value)) {
            return Err(SpecError::Weight { layer, input, neuron, value: row[neuron], bits });
        }
    }
    Ok(())
}

/// Bits of two's complement that hold `value`.
pub(crate) const fn signed_bits(value: i64) -> u32 {
    let magnitude = if value < 0 { !value } else { value };
    i64::BITS - magnitude.leading_zeros() + 1
}
