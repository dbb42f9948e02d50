//! One device on one state under constant inputs, as most neurons are: from one switching to the next a few numbers
//! change, and nothing else is set up anew.

use memspike_device::{Phase, State, Transition};
use memspike_waveform::Waveform;

use super::{Due, IslandRun, RUNAWAY_VOLT, Wake, solution::Solution};
use crate::DeviceEvent;

impl IslandRun<'_> {
    /// What [`IslandRun::wake`] does, bit for bit the same and in fewer steps, where the island swings through what it
    /// is due for: gives the event, and whether the closed form changed. Elsewhere nothing happens.
    pub fn swing(&mut self) -> Option<(DeviceEvent, bool)> {
        let due = self.due?;
        let ([device], Solution::Scalar(solution)) =
            (self.devices.as_mut_slice(), &mut self.solution)
        else {
            return None;
        };
        let is_alone = device.input.is_none() && self.source_change.is_none();
        let is_switching = due.wake == Wake::Transition && due.at.tick > self.last_wake.tick;
        if !is_alone || !is_switching || self.configuration.as_ref()?.can_grow {
            return None;
        }
        let next = Transition { at_s: due.at_s, ..device.next? };
        let from = device.state.phase;
        // A filament that the circuit is to widen is none of this.
        let formless = State { phase: next.to, formed_ohm: None, ..device.state };
        if next.to == Phase::On && device.model.forms_at(formless).is_some() {
            return None;
        }
        let (state, ohm) =
            device.entered(device.model.transit(device.state, &device.v, device.since_s, next));
        let anchored = ohm != device.ohm();
        if anchored {
            // It goes on in the configuration before the present one, if that is what its resistance asks for, it
            // relaxes there too, and it reads the same of the state in both: then its voltage does not jump, so that
            // its phase stands.
            let x = solution.eval(due.at_s);
            let former = self.former.as_ref()?;
            let (rate, weights) = former.scalar.as_ref()?;
            let goes_back = self.reads_alike && former.is_of(std::iter::once(ohm));
            let is_sound = x.abs() <= RUNAWAY_VOLT && !former.can_grow;
            if !goes_back || !is_sound {
                return None;
            }
            let inputs = weights.iter().zip(&self.inputs);
            let drive: f64 = inputs.map(|(weight, input)| weight * input.offset).sum();
            *solution = Waveform::relaxation(x, -drive / rate, *rate);
            former.devices[0].relaxation_into(solution, &self.inputs, &mut device.v);
            std::mem::swap(&mut self.configuration, &mut self.former);
            (self.anchor, self.searched_s) = (due.at, f64::INFINITY);
        }
        device.take((state, ohm), if anchored { 0.0 } else { due.at_s });
        let event = device.event(from);
        device.next = device.model.next(device.state, &device.v, device.since_s, f64::INFINITY);
        (self.stalls, self.last_wake) = (0, due.at);
        let wake = Wake::Transition;
        self.due =
            device.next.map(|next| Due { at_s: next.at_s, at: self.anchor.plus(next.at_s), wake });
        Some((event, anchored))
    }
}
