//! One device on one state under constant inputs, as most neurons are: from one switching to the next a few numbers
//! change, and nothing else is set up anew.

use memspike_device::{Phase, Transition};
use memspike_waveform::Waveform;
use smallvec::SmallVec;

use super::{Due, Failure, IslandRun, Outcome, Wake, solution::Solution};

impl IslandRun<'_> {
    /// Whether the present form allows [`IslandRun::swing`].
    pub(super) fn swings(&self) -> bool {
        let alone = matches!(self.devices.as_slice(), [device] if device.input.is_none());
        alone
            && self.source_change.is_none()
            && matches!(self.solution, Solution::Scalar(_))
            && !self.can_grow()
    }

    /// What [`IslandRun::transition`] does, for an island that swings: bit for bit the same.
    pub(super) fn swing(&mut self, due: &Due) -> Result<Outcome, Failure> {
        let at_s = due.at_s;
        let [device] = self.devices.as_mut_slice() else { return self.transition(due) };
        let (Some(next), Solution::Scalar(state)) = (device.next, &self.solution) else {
            return self.transition(due);
        };
        let (from, before) = (device.state.phase, device.ohm());
        let next = Transition { at_s, ..next };
        device.enter(device.model.transit(device.state, &device.v, device.since_s, next));
        device.since_s = at_s;
        let event = device.event(from);
        let anchored = device.ohm() != before;
        if anchored {
            let x = state.eval(at_s);
            let turned_on = device.state.phase == Phase::On;
            let forms = turned_on && device.model.forms_at(device.state).is_some();
            if forms || !self.relaxes_on(x) {
                return self.anchor_at(due, SmallVec::from_buf([event]));
            }
            self.anchor = due.at;
            self.searched_s = f64::INFINITY;
        }
        let [device] = self.devices.as_mut_slice() else { return self.transition(due) };
        let found = device.model.next(device.state, &device.v, device.since_s, f64::INFINITY);
        device.next = found;
        self.due = found.map(|Transition { at_s, .. }| Due {
            at_s,
            at: self.anchor.plus(at_s),
            wake: Wake::Transition,
        });
        Ok(Outcome { events: SmallVec::from_buf([event]), anchored })
    }

    /// Goes on from the state `x` in the configuration before the present one, if that is what the device's
    /// resistance asks for, it relaxes too, and the device reads the same of the state in both: then its voltage does
    /// not jump, so that its phase stands. Else nothing changes.
    fn relaxes_on(&mut self, x: f64) -> bool {
        let ([device], Some(former)) = (self.devices.as_mut_slice(), &self.former) else {
            return false;
        };
        let (Some((rate, weights)), Solution::Scalar(state)) = (&former.scalar, &mut self.solution)
        else {
            return false;
        };
        let is_sound = x.abs() <= super::RUNAWAY_VOLT;
        let fits = self.reads_alike && former.is_of(std::iter::once(device.ohm()));
        if former.can_grow || !is_sound || !fits {
            return false;
        }
        let drive: f64 = weights.iter().zip(&self.inputs).map(|(w, input)| w * input.offset).sum();
        *state = Waveform::relaxation(x, -drive / rate, *rate);
        std::mem::swap(&mut device.v, &mut device.v_before);
        former.devices[0].relaxation_into(state, &self.inputs, &mut device.v);
        device.since_s = 0.0;
        std::mem::swap(&mut self.configuration, &mut self.former);
        true
    }
}
