//! Inputs: sources whose spikes come from outside while a run goes on.

use serde::{Deserialize, Serialize};

use super::{Effect, Emission, Neuron, ParameterError};

/// Sources that spike when they are told to, by the circuit around the network. Alone they are silent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {}

impl Neuron for Input {
    const NAME: &'static str = "input";
    const EMITS: Emission = Emission::Spikes;

    fn takes(_: Effect, _: Emission) -> bool {
        false
    }

    fn check(&self) -> Result<(), ParameterError> {
        Ok(())
    }
}
