//! What is read of an island: closed forms of quantities, and the charge that passes in no time.

use std::sync::Arc;

use memspike_time::Time;
use memspike_waveform::Waveform;

use super::{IslandRun, solution::Solution};
use crate::family::{Configuration, Functional};

impl IslandRun<'_> {
    /// Registers a quantity to be read later; gives its number.
    pub fn probe(&self, functional: &Functional) -> usize {
        self.family.register(self.spec, functional)
    }

    /// Whether the integral of a registered quantity can jump where inputs do.
    pub fn can_jump(&self, number: usize) -> bool {
        let reading =
            |configuration: &Arc<Configuration>| self.family.reading(number, configuration);
        let configuration = self.configuration.as_ref();
        configuration.is_some_and(|of| reading(of).row.slope_weights().len() > 0)
    }

    /// What jumps at `at` in the integral of a registered quantity, if anything does.
    pub fn charge(&self, number: usize, at: Time) -> f64 {
        let Some(configuration) = &self.configuration else { return 0.0 };
        let reading = self.family.reading(number, configuration);
        let local_s = at.since(self.anchor).max(0.0);
        let inputs = self.inputs.iter().map(|input| input.eval(local_s));
        reading.row.charge(&self.states_at(local_s), inputs).unwrap_or(0.0)
    }

    /// The closed form of a registered quantity, anchored at `at`.
    pub fn read(&self, number: usize, at: Time) -> Waveform {
        let Some(configuration) = &self.configuration else { return Waveform::default() };
        let reading = self.family.reading(number, configuration);
        let form = reading.form(configuration, &self.solution, &self.inputs);
        let local_s = at.since(self.anchor);
        if local_s > 0.0 { form.shifted(local_s) } else { form }
    }

    /// Reads from all that a change of inputs looks at, so that memory answers for many islands at once before one after
    /// another is changed: those that a source enters lie anywhere. What it gives means nothing.
    pub fn bring_near(&self) -> u64 {
        let of_devices = self.devices.iter().map(|device| {
            let next_s = device.next.map_or(0.0, |next| next.at_s);
            let read = [device.since_s, device.v.offset, device.v_before.offset, next_s];
            read.iter().fold(u64::from(device.state.cycle), |all, of| all ^ of.to_bits())
        });
        let of_state = match &self.solution {
            Solution::Scalar(state) => state.offset.to_bits(),
            _ => 0,
        };
        let of_inputs = self.inputs.first().map_or(0, |input| input.offset.to_bits());
        let own = self.anchor.tick ^ self.last_wake.tick ^ self.anchor_x.to_bits();
        of_devices.fold(own ^ of_state ^ of_inputs, |all, device| all ^ device)
    }
}
