//! LIF neurons with synaptic currents that decay exponentially.

use serde::{Deserialize, Serialize};

use super::{Effect, Emission, Membrane, Neuron, Parameter, ParameterError, parameter};

/// Neurons into which a spike sends a current that decays: a weight above zero adds to the current of excitation, one
/// below zero to that of inhibition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifExp {
    /// The membrane.
    pub membrane: Membrane,
    /// Capacitance of the membrane (F).
    pub capacitance_farad: f64,
    /// Time constant of excitatory currents (s). It may be that of the membrane.
    pub tau_excitatory_s: f64,
    /// Time constant of inhibitory currents (s).
    pub tau_inhibitory_s: f64,
    /// A constant current into the membrane (A).
    #[serde(default)]
    pub drive_ampere: f64,
}

impl LifExp {
    /// Potential to which the membrane leaks under its drive (V).
    #[must_use]
    pub fn asymptote_v(&self) -> f64 {
        let Self { membrane, capacitance_farad, drive_ampere, .. } = self;
        membrane.rest_v + drive_ampere * membrane.tau_s / capacitance_farad
    }
}

impl Neuron for LifExp {
    const NAME: &'static str = "lif_exp";
    const EMITS: Emission = Emission::Spikes;
    const ACTS_LATER: bool = true;

    fn takes(effect: Effect, of: Emission) -> bool {
        matches!((effect, of), (Effect::Ampere(_), Emission::Spikes))
    }

    fn check(&self) -> Result<(), ParameterError> {
        parameter::within([
            ("capacitance_farad", self.capacitance_farad, parameter::FARAD),
            ("tau_excitatory_s", self.tau_excitatory_s, parameter::TAU),
            ("tau_inhibitory_s", self.tau_inhibitory_s, parameter::TAU),
            ("drive_ampere", self.drive_ampere, parameter::AMPERE),
        ])?;
        self.membrane.check(parameter::TAU)
    }

    fn laws(&mut self) -> Vec<Parameter<'_>> {
        self.membrane.laws()
    }
}
