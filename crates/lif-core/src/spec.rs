//! The specification of a core.

use serde::{Deserialize, Serialize};

/// The version of the specification's form that this crate reads and writes.
pub const VERSION: u32 = 1;

/// A core: layers of LIF neurons, one feeding the next, and the counter of the last one's spikes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Form of this specification, [`VERSION`].
    pub version: u32,
    /// Layers from the input on; each has as many inputs as the one before has neurons.
    pub layers: Vec<LayerSpec>,
    /// Width of a spike count of the last layer (bit); a count stays at its largest value.
    pub count_bits: u32,
    /// Length of a time step (ns). The core does not use it: whoever sends ticks keeps it.
    pub time_step_ns: u64,
}

/// One layer, fully connected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerSpec {
    /// Number of inputs, which are the addresses `0..inputs` of events.
    pub inputs: usize,
    /// Number of neurons, which are the addresses `0..neurons` of spikes.
    pub neurons: usize,
    /// Width of a weight, two's complement (bit).
    pub weight_bits: u32,
    /// Width of a potential, two's complement (bit).
    pub potential_bits: u32,
    /// A neuron fires at the tick that finds its potential here or above.
    pub threshold: i64,
    /// What a tick takes from a potential below threshold.
    pub leak: Leak,
    /// The potential after a spike.
    pub reset: Reset,
    /// Where a potential stops.
    pub saturation: Saturation,
    /// Ticks after a spike during which a neuron stays as it is.
    pub refractory_ticks: u32,
}

/// What becomes of a potential `v` at a tick. Shifts are arithmetic: they round down.
///
/// So a shift takes nothing from potentials of `0..2^shift`, and at least 1 of negative ones; a product takes at least 1 of
/// positive potentials, and nothing from negative ones above `-2^shift / (2^shift - factor)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leak {
    /// It stays.
    None,
    /// `v - (v >> shift)`: a factor of `1 - 2^-shift`.
    Shift {
        /// Distance of the shift (bit).
        shift: u32,
    },
    /// `(v * factor) >> shift`.
    Multiply {
        /// Numerator, below `2^shift`.
        factor: u32,
        /// Power of two of the denominator, at most [`LONGEST_SHIFT`].
        shift: u32,
    },
}

/// The longest shift of a [`Leak::Multiply`] (bit): products of 31 bits with such a factor stay within 55.
pub const LONGEST_SHIFT: u32 = 24;

impl Leak {
    /// What a tick makes of a potential below threshold.
    #[must_use]
    pub fn after(self, v: i64) -> i64 {
        match self {
            Self::None => v,
            Self::Shift { shift } => v - (v >> shift),
            Self::Multiply { factor, shift } => (v * i64::from(factor)) >> shift,
        }
    }

    /// What remains of a potential so large that rounding does not matter, as a part of it.
    #[must_use]
    pub fn retention(self) -> f64 {
        match self {
            Self::None => 1.0,
            Self::Shift { shift } => 1.0 - 0.5_f64.powi(shift as i32),
            Self::Multiply { factor, shift } => f64::from(factor) * 0.5_f64.powi(shift as i32),
        }
    }
}

/// The potential after a spike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reset {
    /// Zero.
    Zero,
    /// A value below the threshold: the hold voltage of a device.
    Hold {
        /// That value.
        value: i64,
    },
    /// What it was, less the threshold.
    Subtract,
}

/// Where a potential stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Saturation {
    /// At the ends of its width.
    Signed,
    /// At zero and at the upper end of its width.
    NonNegative,
}

impl LayerSpec {
    /// The largest potential.
    #[must_use]
    pub const fn highest(&self) -> i64 {
        (1 << (self.potential_bits - 1)) - 1
    }

    /// The smallest potential.
    #[must_use]
    pub const fn lowest(&self) -> i64 {
        match self.saturation {
            Saturation::Signed => -(1 << (self.potential_bits - 1)),
            Saturation::NonNegative => 0,
        }
    }

    /// What the layer keeps in memory: its weights, and potentials and refractory ticks of its neurons (bit).
    #[must_use]
    pub const fn memory_bits(&self) -> u64 {
        let state = self.potential_bits as u64 + self.refractory_bits() as u64;
        let (inputs, neurons) = (self.inputs as u64, self.neurons as u64);
        neurons * (inputs * self.weight_bits as u64 + state)
    }

    /// Width of the counter of refractory ticks (bit); zero if there are none.
    #[must_use]
    pub const fn refractory_bits(&self) -> u32 {
        u32::BITS - self.refractory_ticks.leading_zeros()
    }
}

impl Spec {
    /// The layer that sees the events.
    ///
    /// # Panics
    /// If there is no layer, which no [`crate::Core`] has.
    #[must_use]
    pub fn first(&self) -> &LayerSpec {
        self.layers.first().expect("a core has a layer")
    }

    /// The layer whose spikes are counted.
    ///
    /// # Panics
    /// If there is no layer, which no [`crate::Core`] has.
    #[must_use]
    pub fn last(&self) -> &LayerSpec {
        self.layers.last().expect("a core has a layer")
    }
}
