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
    /// What [`Reading::form`] gives, in the memory of the form that it takes the place of.
    pub(super) fn form_into(
        &self,
        configuration: &Configuration,
        solution: &Solution,
        inputs: &[Waveform],
        form: &mut Waveform,
    ) {
        match solution {
            Solution::Scalar(state) => {
                form.set_scaled(self.row.states()[0].value(), state);
                let inputs = self.row.input_weights().zip(inputs);
                form.offset += inputs.map(|(w, u)| w * u.offset).sum::<f64>();
            }
            _ => *form = self.form(configuration, solution, inputs),
        }
    }

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
                for (weight, input) in self.row.slope_weights().zip(inputs) {
                    form.add_scaled(weight, &input.derivative());
                }
                form
            }
            Solution::Scalar(_) => {
                let mut form = Waveform::default();
                self.form_into(configuration, solution, inputs, &mut form);
                form
            }
            Solution::Modal(trajectory) => {
                configuration.system.modes().waveform(&self.modal, trajectory, inputs)
            }
        }
    }
}
