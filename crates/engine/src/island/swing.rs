//! One device on one state under constant inputs, as most neurons are: from one switching to the next a few numbers
//! change, and nothing else is set up anew.

use std::sync::Arc;

use memspike_device::{Phase, State, Transition};
use memspike_time::Time;
use memspike_waveform::Waveform;

use super::device::DeviceRun;
use super::orbit::Point;
use super::solution::Solution;
use super::{Due, Failure, IslandRun, Outcome, RUNAWAY_VOLT, Wake};
use crate::DeviceEvent;
use crate::family::Configuration;

/// One switching of an island that swings.
pub(crate) struct Swing {
    pub at: Time,
    pub event: DeviceEvent,
    /// Whether the closed form changed.
    pub anchored: bool,
    /// When the island wants to be woken next.
    pub next: Option<Time>,
}

/// What a configuration makes of one state under constant inputs.
struct Side {
    /// Resistance of the device (ohm).
    ohm: f64,
    /// Where the state relaxes to, and at which rate (1/s).
    end: f64,
    rate: f64,
    /// What the device reads: `factor` times the state, and `offset` (V or A).
    factor: f64,
    offset: f64,
}

impl Side {
    fn of(configuration: &Configuration, inputs: &[Waveform]) -> Option<Self> {
        let (rate, weights) = configuration.scalar.as_ref().filter(|_| !configuration.can_grow)?;
        let drive: f64 = weights.iter().zip(inputs).map(|(w, input)| w * input.offset).sum();
        let row = &configuration.devices[0].row;
        let read = row.input_weights().zip(inputs).map(|(w, input)| w * input.offset);
        Some(Self {
            ohm: configuration.ohm_of_first(),
            end: -drive / rate,
            rate: *rate,
            factor: row.states()[0].value(),
            offset: read.sum(),
        })
    }
}

/// How an island came to where it stands.
struct Arrival {
    /// Its state at the anchor, if it has one.
    anchor_x: f64,
    /// Whether the closed form changed.
    anchored: bool,
    /// The device's cycle before.
    cycle: u32,
}

impl Arrival {
    /// The point of an orbit that this is, if what follows depends on nothing else.
    fn at(&self, device: &DeviceRun<'_>) -> Option<Point> {
        let State { phase, filament, formed_ohm, cycle, .. } = device.state;
        let next = device.next.filter(|_| device.repeats)?;
        Some(Point {
            x: self.anchor_x,
            ohm: device.ohm(),
            phase,
            filament,
            formed_ohm,
            since_s: device.since_s,
            next,
            anchored: self.anchored,
            cycles: cycle.checked_sub(self.cycle)?,
        })
    }
}

impl IslandRun<'_> {
    /// What [`IslandRun::wake`] does, bit for bit the same and in fewer steps, as long as the island swings through
    /// what it is due for and `goes_on` says so of what happened. Elsewhere nothing happens.
    ///
    /// # Errors
    /// As those of `wake`.
    pub fn swing(&mut self, mut goes_on: impl FnMut(&Swing) -> bool) -> Result<(), Failure> {
        if self.orbit.here().is_some() || self.swing_anew(&mut goes_on) {
            self.go_round(&mut goes_on)?;
        }
        Ok(())
    }

    /// Swings and solves for each; says whether what follows repeats, and is to go on.
    fn swing_anew(&mut self, goes_on: &mut impl FnMut(&Swing) -> bool) -> bool {
        let ([device], Solution::Scalar(solution), Some(configuration)) =
            (self.devices.as_mut_slice(), &mut self.solution, &self.configuration)
        else {
            return false;
        };
        let is_alone = device.input.is_none() && self.source_change.is_none();
        if !is_alone || configuration.can_grow {
            return false;
        }
        // Of the configuration before the present one and of that, as far as they were asked for; and the one to go to.
        let mut sides: [Option<Side>; 2] = [None, None];
        let mut turn = 0;
        let mut repeats = false;
        let model = device.model;
        while let Some(due) = self.due {
            if due.wake != Wake::Transition || due.at.tick <= self.last_wake.tick {
                break;
            }
            let Some(next) = device.next else { break };
            let next = Transition { at_s: due.at_s, ..next };
            let (from, cycle) = (device.state.phase, device.state.cycle);
            let mut state = model.transit(&device.state, &device.v, device.since_s, next);
            let ohm = device.prepare(&mut state);
            // A filament that the circuit is to widen is none of this.
            if next.to == Phase::On && model.forms_at(&state).is_some() {
                break;
            }
            let anchored = ohm != device.ohm();
            if anchored {
                if sides[turn].is_none() {
                    // Its voltage does not jump, so that its phase stands, where it reads the same of the state in both.
                    let other = if turn == 0 { &self.former } else { &self.configuration };
                    let is_fit = |other: &&Arc<Configuration>| {
                        self.reads_alike && other.ohm_of_first() == ohm
                    };
                    let other = other.as_ref().filter(is_fit);
                    sides[turn] = other.and_then(|other| Side::of(other, &self.inputs));
                }
                let Some(side) = &sides[turn] else { break };
                let x = solution.eval(due.at_s);
                let is_sound = x.abs() <= RUNAWAY_VOLT;
                if side.ohm != ohm || !is_sound {
                    break;
                }
                *solution = Waveform::relaxation(x, side.end, side.rate);
                device.v.set_scaled(side.factor, solution);
                device.v.offset += side.offset;
                turn = 1 - turn;
                (self.anchor, self.anchor_x, self.searched_s) = (due.at, x, f64::INFINITY);
            }
            device.take(&state, ohm, if anchored { 0.0 } else { due.at_s });
            device.next = model.next(&device.state, &device.v, device.since_s, f64::INFINITY);
            (self.stalls, self.last_wake) = (0, due.at);
            self.due = device.next.map(|next| Due::transition(self.anchor, next.at_s));
            let arrival = Arrival { anchor_x: self.anchor_x, anchored, cycle };
            repeats = arrival.at(device).is_some_and(|point| self.orbit.pass(point));
            let next = self.due.map(|due| due.at);
            let goes_on = goes_on(&Swing { at: due.at, event: device.event(from), anchored, next });
            if !goes_on || repeats {
                repeats &= goes_on;
                break;
            }
        }
        if turn == 1 {
            std::mem::swap(&mut self.configuration, &mut self.former);
        }
        repeats
    }

    /// Goes round an orbit: nothing is solved for, and the island is left as if it had been.
    fn go_round(&mut self, goes_on: &mut impl FnMut(&Swing) -> bool) -> Result<(), Failure> {
        let ([device], Some(mut due)) = (self.devices.as_slice(), self.due) else { return Ok(()) };
        let element = device.element;
        let (mut anchor, mut last_wake) = (self.anchor, self.last_wake);
        let mut cycles: u32 = 0;
        while due.at.tick > last_wake.tick
            && let Some([here, there]) = self.orbit.go_on()
        {
            if there.anchored {
                anchor = due.at;
            }
            cycles = cycles.saturating_add(there.cycles);
            last_wake = due.at;
            due = Due::transition(anchor, there.next.at_s);
            let event = there.event(element, here.phase);
            let anchored = there.anchored;
            if !goes_on(&Swing { at: last_wake, event, anchored, next: Some(due.at) }) {
                break;
            }
        }
        let went = last_wake != self.last_wake;
        (self.anchor, self.last_wake, self.due) = (anchor, last_wake, Some(due));
        if went { self.stand_here(cycles) } else { Ok(()) }
    }

    /// Leaves the island as if all swings that led it to where its orbit stands, so many cycles of its device, had been
    /// solved for.
    fn stand_here(&mut self, cycles: u32) -> Result<(), Failure> {
        let ([device], Some(here)) = (self.devices.as_mut_slice(), self.orbit.here().copied())
        else {
            return Ok(());
        };
        let state = here.state(&device.state, cycles);
        device.take(&state, here.ohm, here.since_s);
        device.next = Some(here.next);
        (self.anchor_x, self.stalls, self.searched_s) = (here.x, 0, f64::INFINITY);
        self.configure()?;
        self.solve(&[here.x]);
        Ok(())
    }

    /// Notes that the island came to where it is by one change of its device, with `cycle` before it.
    pub(super) fn note_change(&mut self, outcome: &Outcome, cycle: u32) {
        let is_repeatable = matches!(self.solution, Solution::Scalar(_))
            && self.source_change.is_none()
            && self.searched_s == f64::INFINITY
            && outcome.events.len() == 1;
        let arrival = Arrival { anchor_x: self.anchor_x, anchored: outcome.anchored, cycle };
        let point = match self.devices.as_slice() {
            [device] if is_repeatable && device.input.is_none() => arrival.at(device),
            _ => None,
        };
        match point {
            Some(point) => _ = self.orbit.pass(point),
            None => self.orbit.forget(),
        }
    }
}
