//! Spikes, and the stretch of time in which they are looked for.

use memspike_time::Time;

/// A spike of a neuron.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spike {
    /// When.
    pub at: Time,
    /// Which neuron, counted through all populations in their order.
    pub neuron: u32,
}

/// A stretch of time, `[start, end)`, within which no spike reaches another neuron.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub start: Time,
    pub end: Time,
}
