//! One-shot drivers of rows.

use serde::{Deserialize, Serialize};

use super::{Effect, Emission, Neuron, ParameterError, parameter};

/// A driver that holds its row at a voltage for a while after a spike, and does not hear further ones meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneShotRow {
    /// Voltage of a pulse (V).
    pub pulse_v: f64,
    /// Width of a pulse (s).
    pub pulse_s: f64,
}

impl Neuron for OneShotRow {
    const NAME: &'static str = "one_shot";
    const EMITS: Emission = Emission::Pulses;

    fn takes(effect: Effect, of: Emission) -> bool {
        matches!((effect, of), (Effect::Trigger, Emission::Spikes))
    }

    fn check(&self) -> Result<(), ParameterError> {
        parameter::within([
            ("pulse_v", self.pulse_v, parameter::VOLT),
            ("pulse_s", self.pulse_s, parameter::SECOND),
        ])
    }
}
