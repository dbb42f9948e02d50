//! One device on one state under constant inputs, as most neurons are: from one switching to the next a few numbers
//! change, and nothing else is set up anew.

use std::sync::Arc;

use memspike_device::{Phase, Transition};
use memspike_time::Time;
use memspike_waveform::Waveform;

use super::{Due, IslandRun, RUNAWAY_VOLT, Wake, solution::Solution};
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

impl IslandRun<'_> {
    /// What [`IslandRun::wake`] does, bit for bit the same and in fewer steps, as long as the island swings through
    /// what it is due for and `goes_on` says so of what happened. Elsewhere nothing happens.
    pub fn swing(&mut self, mut goes_on: impl FnMut(&Swing) -> bool) {
        let ([device], Solution::Scalar(solution), Some(configuration)) =
            (self.devices.as_mut_slice(), &mut self.solution, &self.configuration)
        else {
            return;
        };
        let is_alone = device.input.is_none() && self.source_change.is_none();
        if !is_alone || configuration.can_grow {
            return;
        }
        // Of the configuration before the present one and of that, as far as they were asked for; and the one to go to.
        let mut sides: [Option<Side>; 2] = [None, None];
        let mut turn = 0;
        let model = device.model;
        while let Some(due) = self.due {
            if due.wake != Wake::Transition || due.at.tick <= self.last_wake.tick {
                break;
            }
            let Some(next) = device.next else { break };
            let next = Transition { at_s: due.at_s, ..next };
            let from = device.state.phase;
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
                (self.anchor, self.searched_s) = (due.at, f64::INFINITY);
            }
            device.take(&state, ohm, if anchored { 0.0 } else { due.at_s });
            device.next = model.next(&device.state, &device.v, device.since_s, f64::INFINITY);
            (self.stalls, self.last_wake) = (0, due.at);
            let wake = Wake::Transition;
            self.due = device.next.map(|next| Due {
                at_s: next.at_s,
                at: self.anchor.plus(next.at_s),
                wake,
            });
            let next = self.due.map(|due| due.at);
            if !goes_on(&Swing { at: due.at, event: device.event(from), anchored, next }) {
                break;
            }
        }
        if turn == 1 {
            std::mem::swap(&mut self.configuration, &mut self.former);
        }
    }
}
