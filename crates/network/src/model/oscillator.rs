//! Oscillation neurons.

use serde::{Deserialize, Serialize};

use super::{Effect, Emission, Neuron, ParameterError, parameter};
use crate::Lif;

/// A resistor from an input voltage to a membrane, across which a device fires and discharges it: the higher the
/// input, the faster it spikes. Its input is a part of `full_v`, given when the network is run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oscillator {
    /// Resistor from the input to the membrane (ohm).
    pub resistance_ohm: f64,
    /// Capacitor of the membrane (F).
    pub capacitance_farad: f64,
    /// Voltage of a full input (V).
    pub full_v: f64,
    /// What stands for the circuit where devices are ideal. Left out where each is the device of a card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ideal: Option<Lif>,
}

impl Neuron for Oscillator {
    const NAME: &'static str = "oscillator";
    const EMITS: Emission = Emission::Spikes;

    fn takes(_: Effect, _: Emission) -> bool {
        false
    }

    fn check(&self) -> Result<(), ParameterError> {
        parameter::within([("full_v", self.full_v, parameter::VOLT)])?;
        parameter::membrane(self.resistance_ohm, self.capacitance_farad, self.ideal.as_ref())
    }
}
