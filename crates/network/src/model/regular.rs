//! Sources with a steady beat.

use serde::{Deserialize, Serialize};

use super::{Effect, Emission, Neuron, Parameter, ParameterError};
use crate::Law;

/// Sources of which each spikes at `(phase + k) / rate`, for `k` from 0 on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regular {
    /// Spikes a second (Hz); a source of 0 Hz is silent.
    pub rate_hz: Law,
    /// When the first spike comes, in periods.
    #[serde(default = "no_phase", skip_serializing_if = "is_no_phase")]
    pub phase: Law,
}

const fn no_phase() -> Law {
    Law::Value(0.0)
}

fn is_no_phase(law: &Law) -> bool {
    *law == no_phase()
}

impl Neuron for Regular {
    const NAME: &'static str = "regular";
    const EMITS: Emission = Emission::Spikes;

    fn takes(_: Effect, _: Emission) -> bool {
        false
    }

    fn check(&self) -> Result<(), ParameterError> {
        Ok(())
    }

    fn laws(&mut self) -> Vec<Parameter<'_>> {
        vec![
            Parameter { name: "rate_hz", law: &mut self.rate_hz, range: super::parameter::HERTZ },
            Parameter { name: "phase", law: &mut self.phase, range: 0.0..=1e6 },
        ]
    }
}
