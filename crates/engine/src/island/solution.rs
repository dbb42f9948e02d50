//! The closed form of an island's states, and of what is read from them.

use memspike_circuit::Trajectory;
use memspike_waveform::{Term, Waveform};

use crate::family::{Configuration, Reading};

/// The closed form of the states since the anchor.
#[derive(Debug, Clone)]
pub(super) enum Solution {
    /// No states.
    Static,
    /// One state under constant inputs: `end + (start - end) exp(rate t)`.
    Scalar { start: f64, end: f64, rate: f64 },
    /// The general case.
    Modal(Trajectory),
}

impl Reading {
    /// The quantity's closed form since the anchor.
    pub(super) fn form(
        &self,
        configuration: &Configuration,
        solution: &Solution,
        inputs: &[Waveform],
    ) -> Waveform {
        match solution {
            Solution::Static => {
                let mut form = Waveform::default();
                for (weight, input) in self.row.inputs.iter().zip(inputs) {
                    form.add_scaled(*weight, input);
                }
                form
            }
            Solution::Scalar { start, end, rate } => {
                let weight = self.row.states[0];
                let direct: f64 =
                    self.row.inputs.iter().zip(inputs).map(|(w, u)| w * u.offset).sum();
                let end_value = weight * end + direct;
                let mut form = Waveform::constant(end_value);
                form.push(Term {
                    degree: 0,
                    amp: (weight * (start - end)).into(),
                    rate: (*rate).into(),
                });
                form
            }
            Solution::Modal(trajectory) => {
                configuration.system.modes().waveform(&self.modal, trajectory, inputs)
            }
        }
    }
}
