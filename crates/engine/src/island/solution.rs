//! The closed form of an island's states, and of what is read from them.

use memspike_circuit::Trajectory;
use memspike_waveform::Waveform;

use crate::family::{Configuration, Reading};

/// The closed form of the states since the anchor.
#[derive(Debug, Clone)]
pub(super) enum Solution {
    /// No states.
    Static,
    /// One state under constant inputs.
    Scalar(Waveform),
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
                for (weight, input) in self.row.input_weights().zip(inputs) {
                    form.add_scaled(weight, input);
                }
                form
            }
            Solution::Scalar(state) => {
                let mut form = state.scaled(self.row.states()[0].value());
                let inputs = self.row.input_weights().zip(inputs);
                form.offset += inputs.map(|(w, u)| w * u.offset).sum::<f64>();
                form
            }
            Solution::Modal(trajectory) => {
                configuration.system.modes().waveform(&self.modal, trajectory, inputs)
            }
        }
    }
}
