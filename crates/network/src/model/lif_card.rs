//! LIF neurons of a card.

use serde::{Deserialize, Serialize};

use super::{Effect, Emission, Neuron, ParameterError, parameter};

/// Neurons of a capacitor that currents charge, a resistor through which it leaks, and a device of a card across it that
/// fires. To be run as populations they are reduced to the law whose leak, threshold and reset are those of the circuit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifCard {
    /// The file with the card of the device, as seen from that of the network.
    pub card: String,
    /// The name of its model in that file. Left out: the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Resistor across the capacitor (ohm).
    pub resistance_ohm: f64,
    /// Capacitor of the membrane (F).
    pub capacitance_farad: f64,
    /// The voltage (V) that a constant current makes at the resistor alone, under which the circuit is looked at.
    #[serde(default = "operating_v")]
    pub operating_v: f64,
    /// A constant current into the membrane (A).
    #[serde(default)]
    pub drive_ampere: f64,
}

/// At 1.2 V the paper's neuron fires every 9 ms, as often as the output neuron of the right class.
const fn operating_v() -> f64 {
    1.2
}

impl Neuron for LifCard {
    const NAME: &'static str = "lif_card";
    const EMITS: Emission = Emission::Spikes;
    const ACTS_LATER: bool = true;

    fn takes(effect: Effect, of: Emission) -> bool {
        matches!(
            (effect, of),
            (Effect::Ampere(_) | Effect::Siemens(_), Emission::Pulses)
                | (Effect::Volt(_), Emission::Spikes)
        )
    }

    fn check(&self) -> Result<(), ParameterError> {
        parameter::within([
            ("operating_v", self.operating_v, parameter::VOLT),
            ("drive_ampere", self.drive_ampere, parameter::AMPERE),
        ])?;
        parameter::membrane(self.resistance_ohm, self.capacitance_farad, None)
    }
}
