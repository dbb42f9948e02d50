//! One device on one state under constant inputs, as most neurons are: from one switching to the next a few numbers
//! change, and nothing else is set up anew.

use std::sync::Arc;

use memspike_device::{Phase, State, Transition};
use memspike_time::Time;
use memspike_waveform::Waveform;

use super::device::DeviceRun;
use super::orbit::{Lap, Point};
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
            cycles: u8::try_from(cycle.checked_sub(self.cycle)?).ok()?,
        })
    }
}

/// The configuration before the present one and that, as far as they were asked for.
#[derive(Default)]
struct Sides {
    of: [Option<Side>; 2],
    /// Which of them is to come next.
    turn: usize,
}

impl IslandRun<'_> {
    /// What [`IslandRun::wake`] does, bit for bit the same and in fewer steps, as long as the island swings through
    /// what it is due for, `goes_on` says so of what happened, and it does not [go round](IslandRun::lap). Elsewhere
    /// nothing happens.
    pub fn swing(&mut self, mut goes_on: impl FnMut(&Swing) -> bool) {
        let is_simple = self.configuration.as_ref().is_some_and(|present| !present.can_grow);
        if !is_simple || self.source_change.is_some() {
            return;
        }
        let mut sides = Sides::default();
        while let Some(swing) = self.swing_once(&mut sides) {
            if !goes_on(&swing) || self.orbit.is_closed() {
                break;
            }
        }
        if sides.turn == 1 {
            std::mem::swap(&mut self.configuration, &mut self.former);
        }
    }

    fn swing_once(&mut self, sides: &mut Sides) -> Option<Swing> {
        let is_ahead =
            |due: &Due| due.wake == Wake::Transition && due.at.tick > self.last_wake.tick;
        let due = self.due.filter(is_ahead)?;
        let ([device], Solution::Scalar(solution)) =
            (self.devices.as_mut_slice(), &mut self.solution)
        else {
            return None;
        };
        let next = device.next.filter(|_| device.input.is_none())?;
        let next = Transition { at_s: due.at_s, ..next };
        let (model, from, cycle) = (device.model, device.state.phase, device.state.cycle);
        let mut state = model.transit(&device.state, &device.v, device.since_s, next);
        let ohm = device.prepare(&mut state);
        // A filament that the circuit is to widen is none of this.
        if next.to == Phase::On && model.forms_at(&state).is_some() {
            return None;
        }
        let anchored = ohm != device.ohm();
        if anchored {
            let asked = &mut sides.of[sides.turn];
            let other = if sides.turn == 0 { &self.former } else { &self.configuration };
            if asked.is_none() {
                // Its voltage does not jump, so that its phase stands, where it reads the same of the state in both.
                let is_fit =
                    |other: &&Arc<Configuration>| self.reads_alike && other.ohm_of_first() == ohm;
                let other = other.as_ref().filter(is_fit);
                *asked = other.and_then(|other| Side::of(other, &self.inputs));
            }
            let x = solution.eval(due.at_s);
            let side = asked.as_ref().filter(|side| side.ohm == ohm && x.abs() <= RUNAWAY_VOLT)?;
            *solution = Waveform::relaxation(x, side.end, side.rate);
            device.v.set_scaled(side.factor, solution);
            device.v.offset += side.offset;
            sides.turn = 1 - sides.turn;
            (self.anchor, self.anchor_x, self.searched_s) = (due.at, x, f64::INFINITY);
        }
        device.take(&state, ohm, if anchored { 0.0 } else { due.at_s });
        device.next = model.next(&device.state, &device.v, device.since_s, f64::INFINITY);
        (self.stalls, self.last_wake) = (0, due.at);
        self.due = device.next.map(|next| Due::transition(self.anchor, next.at_s));
        let arrival = Arrival { anchor_x: self.anchor_x, anchored, cycle };
        if let Some(point) = arrival.at(device) {
            self.orbit.pass(point);
        }
        let next = self.due.map(|due| due.at);
        Some(Swing { at: due.at, event: device.event(from), anchored, next })
    }

    /// The way round from here, if the island has come to where all goes on as it did before. Whoever takes it lets the
    /// island know where it stands before the island is asked for anything.
    pub fn lap(&self) -> Option<Lap> {
        let element = self.devices.first()?.element;
        self.orbit.lap(element, self.anchor, self.last_wake)
    }

    /// Lets the island know how far it went round, as if all swings that led it there had been solved for.
    ///
    /// # Errors
    /// Where modes cannot be found.
    pub fn stand_at(&mut self, lap: &mut Lap) -> Result<(), Failure> {
        let ([device], true) = (self.devices.as_mut_slice(), lap.last != self.last_wake) else {
            return Ok(());
        };
        let here = self.orbit.point(lap);
        let state = here.state(&device.state, std::mem::take(&mut lap.cycles));
        device.take(&state, here.ohm, here.since_s);
        device.next = Some(here.next);
        self.due = Some(Due { at_s: here.next.at_s, at: lap.due, wake: Wake::Transition });
        (self.anchor, self.last_wake) = (lap.anchor, lap.last);
        (self.anchor_x, self.stalls, self.searched_s) = (here.x, 0, f64::INFINITY);
        self.configure()?;
        self.solve(&[here.x]);
        Ok(())
    }

    /// What comes next is not what the orbit says.
    pub fn leave_orbit(&mut self) {
        self.orbit.forget();
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
            Some(point) => self.orbit.pass(point),
            None => self.orbit.forget(),
        }
    }
}
