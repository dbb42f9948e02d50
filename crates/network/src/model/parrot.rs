//! Relays.

use serde::{Deserialize, Serialize};

use super::{Effect, Emission, Neuron, ParameterError};

/// Neurons that repeat every spike at the instant at which it arrives; several at one instant are one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parrot {}

impl Neuron for Parrot {
    const NAME: &'static str = "parrot";
    const EMITS: Emission = Emission::Spikes;
    const ACTS_LATER: bool = true;

    fn takes(effect: Effect, of: Emission) -> bool {
        matches!((effect, of), (Effect::Trigger, Emission::Spikes))
    }

    fn check(&self) -> Result<(), ParameterError> {
        Ok(())
    }
}
