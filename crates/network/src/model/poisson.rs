//! Sources that spike at random.

use serde::{Deserialize, Serialize};

use super::{Effect, Emission, Neuron, Parameter, ParameterError};
use crate::Law;

/// Sources whose spikes are a Poisson process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Poisson {
    /// Mean number of spikes a second (Hz).
    pub rate_hz: Law,
    /// Who hears which spikes.
    #[serde(default)]
    pub trains: Trains,
}

/// Who hears which spikes of a Poisson source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trains {
    /// All targets of a source hear the same spikes.
    #[default]
    Shared,
    /// Each synapse hears spikes of its own, independent of all others; the source itself has none.
    PerTarget,
}

impl Neuron for Poisson {
    const NAME: &'static str = "poisson";
    const EMITS: Emission = Emission::Spikes;

    fn takes(_: Effect, _: Emission) -> bool {
        false
    }

    fn check(&self) -> Result<(), ParameterError> {
        Ok(())
    }

    fn laws(&mut self) -> Vec<Parameter<'_>> {
        vec![Parameter { name: "rate_hz", law: &mut self.rate_hz, range: super::parameter::HERTZ }]
    }
}
