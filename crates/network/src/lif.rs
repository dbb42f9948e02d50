//! The law of a leaky integrate-and-fire neuron.

use serde::{Deserialize, Serialize};

/// A leaky integrate-and-fire neuron as its law has it: between events its potential decays by `exp(-dt / tau)`,
/// exactly; a potential at or above the threshold is a spike, and falls to the reset.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lif {
    /// Time constant of the leak towards 0 V (s).
    pub tau_s: f64,
    /// Potential of a spike (V).
    pub threshold_v: f64,
    /// Potential after it (V).
    pub reset_v: f64,
}

impl Lif {
    /// Part of a potential that is left after `dt_s` seconds.
    #[must_use]
    pub fn decay(&self, dt_s: f64) -> f64 {
        (-dt_s / self.tau_s).exp()
    }

    /// All that arrives at one instant moves a potential, of which `decay` is left since the last one, by `jump_v`
    /// volts. The answer is whether the neuron fires.
    #[inline]
    pub fn arrive(&self, potential_v: &mut f64, decay: f64, jump_v: f64) -> bool {
        self.gather(potential_v, decay, jump_v) && self.fire(potential_v)
    }

    /// The first half of [`Lif::arrive`]: the potential moves; the answer is whether it reaches the threshold.
    #[inline]
    pub fn gather(&self, potential_v: &mut f64, decay: f64, jump_v: f64) -> bool {
        *potential_v = *potential_v * decay + jump_v;
        *potential_v >= self.threshold_v
    }

    /// The second half: a potential at the threshold or above is a spike, and falls. The answer is whether it was.
    #[inline]
    pub fn fire(&self, potential_v: &mut f64) -> bool {
        let fires = *potential_v >= self.threshold_v;
        if fires {
            *potential_v = self.reset_v;
        }
        fires
    }
}
