//! LIF neurons.

use serde::{Deserialize, Serialize};

use super::{Effect, Emission, Neuron, ParameterError, parameter};
use crate::Lif;

/// A capacitor that currents charge, a resistor through which it leaks, and a device across it that fires.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifNeuron {
    /// Resistor across the capacitor (ohm).
    pub resistance_ohm: f64,
    /// Capacitor of the membrane (F).
    pub capacitance_farad: f64,
    /// What stands for the circuit where devices are ideal. Left out where each is the device of a card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ideal: Option<Lif>,
}

impl LifNeuron {
    /// How far a pulse on a row moves the membrane through a conductance, as a charge that arrives at once (V/S).
    #[must_use]
    pub fn volts_per_siemens(&self, pulse: &super::OneShotRow) -> f64 {
        pulse.pulse_v * pulse.pulse_s / self.capacitance_farad
    }
}

impl Neuron for LifNeuron {
    const NAME: &'static str = "lif";
    const EMITS: Emission = Emission::Spikes;

    fn takes(effect: Effect, of: Emission) -> bool {
        matches!(
            (effect, of),
            (Effect::Siemens(_), Emission::Pulses) | (Effect::Volt(_), Emission::Spikes)
        )
    }

    fn check(&self) -> Result<(), ParameterError> {
        parameter::membrane(self.resistance_ohm, self.capacitance_farad, self.ideal.as_ref())
    }
}
