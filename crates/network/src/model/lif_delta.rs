//! LIF neurons with instantaneous synapses.

use serde::{Deserialize, Serialize};

use super::{Effect, Emission, Membrane, Neuron, Parameter, ParameterError, parameter};

/// Neurons whose membrane a spike moves at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifDelta {
    /// The membrane.
    pub membrane: Membrane,
    /// How far a constant drive alone would move the membrane from its rest (V).
    #[serde(default)]
    pub drive_v: f64,
}

impl LifDelta {
    /// Potential to which the membrane leaks under its drive (V).
    #[must_use]
    pub fn asymptote_v(&self) -> f64 {
        self.membrane.rest_v + self.drive_v
    }
}

impl Neuron for LifDelta {
    const NAME: &'static str = "lif_delta";
    const EMITS: Emission = Emission::Spikes;
    const ACTS_LATER: bool = true;

    fn takes(effect: Effect, of: Emission) -> bool {
        matches!((effect, of), (Effect::Volt(_), Emission::Spikes))
    }

    fn check(&self) -> Result<(), ParameterError> {
        parameter::within([("drive_v", self.drive_v, parameter::POTENTIAL)])?;
        self.membrane.check(parameter::LEAK)
    }

    fn laws(&mut self) -> Vec<Parameter<'_>> {
        self.membrane.laws()
    }
}
