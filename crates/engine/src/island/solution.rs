//! The closed form of an island's states, and of what is read from them.

use memspike_circuit::Trajectory;
use memspike_waveform::Waveform;
use smallvec::smallvec;

use super::{IslandRun, States};
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

impl IslandRun<'_> {
    /// Solves from states `x` at the anchor in the present configuration.
    pub(super) fn solve(&mut self, x: &[f64]) {
        let Some(configuration) = &self.configuration else { return };
        for device in &self.devices {
            if let Some(input) = device.input {
                self.inputs[input] = Waveform::constant(device.model.source_current(&device.state));
            }
        }
        let constant = self.inputs.iter().all(Waveform::is_constant);
        self.solution = match (x, &configuration.scalar) {
            ([], _) => Solution::Static,
            (&[start], Some((rate, weights))) if constant => {
                let drive: f64 =
                    weights.iter().zip(&self.inputs).map(|(w, input)| w * input.offset).sum();
                Solution::Scalar(Waveform::relaxation(start, -drive / rate, *rate))
            }
            _ => Solution::Modal(configuration.system.modes().solve(x, &self.inputs)),
        };
        for (device, reading) in self.devices.iter_mut().zip(&configuration.devices) {
            std::mem::swap(&mut device.v, &mut device.v_before);
            reading.form_into(configuration, &self.solution, &self.inputs, &mut device.v);
        }
    }

    pub(super) fn states_at(&self, local_s: f64) -> States {
        match (&self.solution, &self.configuration) {
            (Solution::Static, _) | (_, None) => States::new(),
            (Solution::Scalar(state), _) => smallvec![state.eval(local_s)],
            (Solution::Modal(trajectory), Some(configuration)) => {
                configuration.system.modes().states(trajectory, local_s).into()
            }
        }
    }
}
