//! LIF neurons that rectangular currents charge.

use serde::{Deserialize, Serialize};

use super::{Effect, Emission, Membrane, Neuron, OneShotRow, Parameter, ParameterError, parameter};

/// Neurons into which a [driver](OneShotRow) sends a constant current while its pulse lasts. The driver is deaf
/// meanwhile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifPulse {
    /// The membrane.
    pub membrane: Membrane,
    /// Capacitance of the membrane (F).
    pub capacitance_farad: f64,
    /// A constant current into the membrane (A).
    #[serde(default)]
    pub drive_ampere: f64,
}

impl LifPulse {
    /// Potential to which the membrane leaks under its drive (V).
    #[must_use]
    pub fn asymptote_v(&self) -> f64 {
        let Self { membrane, capacitance_farad, drive_ampere } = self;
        membrane.rest_v + drive_ampere * membrane.tau_s / capacitance_farad
    }

    /// The current (A) that a weight of 1 with this effect is, from such a driver; nothing if the effect is no current.
    #[must_use]
    pub fn current_ampere(effect: Effect, driver: &OneShotRow) -> Option<f64> {
        match effect {
            Effect::Ampere(unit) => Some(unit),
            Effect::Siemens(unit) => Some(unit * driver.pulse_v),
            Effect::Trigger | Effect::Volt(_) => None,
        }
    }
}

impl Neuron for LifPulse {
    const NAME: &'static str = "lif_pulse";
    const EMITS: Emission = Emission::Spikes;
    const ACTS_LATER: bool = true;

    fn takes(effect: Effect, of: Emission) -> bool {
        matches!((effect, of), (Effect::Ampere(_) | Effect::Siemens(_), Emission::Pulses))
    }

    fn check(&self) -> Result<(), ParameterError> {
        parameter::within([
            ("capacitance_farad", self.capacitance_farad, parameter::FARAD),
            ("drive_ampere", self.drive_ampere, parameter::AMPERE),
        ])?;
        self.membrane.check(parameter::TAU)
    }

    fn laws(&mut self) -> Vec<Parameter<'_>> {
        self.membrane.laws()
    }
}
