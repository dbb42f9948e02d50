//! What passes between populations.

use serde::{Deserialize, Serialize};

/// What the neurons of a model give to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emission {
    /// Instants.
    Spikes,
    /// Voltages that are held for a while.
    Pulses,
}

/// What a connection does to its target, and what a weight of 1 is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// A spike starts a pulse, or is repeated, whatever its weight.
    Trigger,
    /// A pulse drives a current through this conductance (S) into the membrane.
    Siemens(f64),
    /// A spike moves the membrane at once by this voltage (V).
    Volt(f64),
    /// A spike adds this to a synaptic current (A), or a pulse is this current.
    Ampere(f64),
}

impl Effect {
    /// The value of a weight of 1, if weights count.
    #[must_use]
    pub fn unit(&self) -> Option<f64> {
        match self {
            Self::Trigger => None,
            Self::Siemens(unit) | Self::Volt(unit) | Self::Ampere(unit) => Some(*unit),
        }
    }

    /// Its name in files.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Trigger => "trigger",
            Self::Siemens(_) => "siemens",
            Self::Volt(_) => "volt",
            Self::Ampere(_) => "ampere",
        }
    }
}
