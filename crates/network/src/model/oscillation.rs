//! Oscillation neurons of a card.

use serde::{Deserialize, Serialize};

use super::{Effect, Emission, Neuron, Parameter, ParameterError, parameter};
use crate::Law;

/// Neurons of a resistor from a constant input to a membrane, a capacitor, and a device of a card across it, which fires and
/// discharges it. To be run as populations they are reduced to what their circuits do in the end: each beats steadily.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oscillation {
    /// The file with the card of the device, as seen from that of the network.
    pub card: String,
    /// The name of its model in that file. Left out: the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Resistor from the input to the membrane (ohm).
    pub resistance_ohm: f64,
    /// Capacitor of the membrane (F).
    pub capacitance_farad: f64,
    /// Input of each neuron (V).
    pub input_v: Law,
}

impl Neuron for Oscillation {
    const NAME: &'static str = "oscillation";
    const EMITS: Emission = Emission::Spikes;

    fn takes(_: Effect, _: Emission) -> bool {
        false
    }

    fn check(&self) -> Result<(), ParameterError> {
        parameter::membrane(self.resistance_ohm, self.capacitance_farad, None)
    }

    fn laws(&mut self) -> Vec<Parameter<'_>> {
        vec![Parameter { name: "input_v", law: &mut self.input_v, range: 0.0..=10.0 }]
    }
}
