//! Who is connected to whom.

use std::ops::Range;

/// One synapse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Synapse {
    /// The neuron it comes from, counted through all populations.
    pub source: u32,
    /// The neuron it goes to, counted likewise.
    pub target: u32,
    /// What a spike does: a potential (V) of a LIF neuron, a current (A) of one with exponential currents, the change of the
    /// asymptote (V) of one with pulses. A relay does not ask.
    pub weight: f64,
    /// How long a spike takes (fs).
    pub delay_fs: u64,
}

/// All synapses of a network, told target by target so that each part of the targets can be built alone.
pub trait Wiring: Sync {
    /// Tells every synapse whose target lies in the range. Those of one target come in an order that does not
    /// depend on the range; it numbers them.
    fn visit(&self, targets: Range<u32>, each: &mut dyn FnMut(Synapse));
}

/// A list of synapses as they are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Synapses(pub Vec<Synapse>);

impl Wiring for Synapses {
    fn visit(&self, targets: Range<u32>, each: &mut dyn FnMut(Synapse)) {
        self.0.iter().filter(|synapse| targets.contains(&synapse.target)).for_each(|&s| each(s));
    }
}
