//! One island at run time: its closed form since an anchor, and when that form ends.

mod device;
mod forming;
mod orbit;
mod reading;
mod search;
mod solution;
mod swing;

use std::sync::Arc;

use memspike_circuit::{Circuit, ElementId, Island, NetId, NodeId, SystemError};
use memspike_device::{Model, State, Transition};
use memspike_random::{Draws, Owner};
use memspike_waveform::{Waveform, continues};

use smallvec::SmallVec;

use crate::DeviceEvent;
use crate::family::{Configuration, Family};
use device::DeviceRun;
use memspike_time::Time;
pub(crate) use orbit::Lap;
use orbit::Orbit;
use solution::Solution;
pub(crate) use swing::Swing;

/// States of an island; one in most networks.
pub(crate) type States = SmallVec<[f64; 2]>;

/// Closed forms of an island's inputs; one in most networks.
pub(crate) type Inputs = SmallVec<[Waveform; 1]>;

/// Phase changes of one wake-up.
type Events = SmallVec<[DeviceEvent; 1]>;

/// Why an island wants to be woken.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Wake {
    /// Devices change their phase.
    Transition,
    /// The search for transitions goes on from here.
    SearchOn,
    /// The closed form ends here and is set up anew.
    Anchor,
}

/// When and why an island wants to be woken.
#[derive(Debug, Clone, Copy)]
struct Due {
    /// Local time (s), and the instant that it is.
    at_s: f64,
    at: Time,
    wake: Wake,
}

impl Due {
    /// For a transition at this local time (s) after an anchor.
    fn transition(anchor: Time, at_s: f64) -> Self {
        Self { at_s, at: anchor.plus(at_s), wake: Wake::Transition }
    }
}

/// What happened in one wake-up.
pub(crate) struct Outcome {
    pub events: Events,
    /// Whether the closed form changed.
    pub anchored: bool,
}

/// Why an island cannot go on.
pub(crate) enum Failure {
    System(SystemError),
    Chatter(ElementId),
    /// Nothing switches, and yet closed forms end without time passing.
    Stalled(NodeId),
    RunAway(NodeId, f64),
    /// A loop of digital blocks without delay.
    Endless(NetId),
    /// A digital block, by its place in the circuit, says why it cannot go on.
    Block(usize, String),
}

/// Beyond this a state has run away (V).
const RUNAWAY_VOLT: f64 = 1e9;

/// Wake-ups in a row within one femtosecond that count as chatter, and so many more for each device.
const STALLS: usize = 1000;
const STALLS_PER_DEVICE: usize = 8;

/// Transitions this close together (s), or this close relative to their local time, are one instant.
const SAME_INSTANT_S: f64 = 1e-18;
const SAME_INSTANT: f64 = 4.0 * f64::EPSILON;

pub(crate) struct IslandRun<'c> {
    spec: &'c Island,
    family: Arc<Family<'c>>,
    configuration: Option<Arc<Configuration>>,
    /// The configuration before it: most devices go to and fro between two.
    former: Option<Arc<Configuration>>,
    /// Whether devices read the same of states and inputs in both.
    reads_alike: bool,
    anchor: Time,
    /// The first state at the anchor.
    anchor_x: f64,
    orbit: Orbit,
    inputs: Inputs,
    solution: Solution,
    devices: SmallVec<[DeviceRun<'c>; 1]>,
    /// When the next of the island's sources changes its form.
    source_change: Option<Time>,
    /// Local time up to which transitions were searched (s), and the length of the next search.
    searched_s: f64,
    due: Option<Due>,
    stalls: usize,
    last_wake: Time,
}

impl<'c> IslandRun<'c> {
    pub fn new(
        circuit: &'c Circuit,
        spec: &'c Island,
        family: Arc<Family<'c>>,
        devices: Vec<State>,
        seed: u64,
    ) -> Self {
        let devices = spec
            .devices
            .iter()
            .zip(devices)
            .filter_map(|(&element, state)| {
                let (model, _) = circuit.element(element).device()?;
                let model: &dyn Model = &**model;
                let draws = Draws::new(seed, Owner::Device(&circuit.element(element).name))
                    .repetition(circuit.repetition());
                let state = if state.cycle == 0 { model.draw(&state, &draws) } else { state };
                let input = spec.inputs.binary_search(&element).ok();
                Some(DeviceRun::new(element, model, input, draws, state))
            })
            .collect();
        Self {
            spec,
            family,
            configuration: None,
            former: None,
            reads_alike: false,
            anchor: Time::ZERO,
            anchor_x: f64::NAN,
            orbit: Orbit::default(),
            inputs: Inputs::new(),
            solution: Solution::Static,
            devices,
            source_change: None,
            searched_s: 0.0,
            due: None,
            stalls: 0,
            last_wake: Time::ZERO,
        }
    }

    pub fn devices(&self) -> impl Iterator<Item = (ElementId, State)> + '_ {
        self.devices.iter().map(|d| (d.element, d.state))
    }

    /// The states that given voltages of capacitors and currents of inductors mean.
    pub fn states_from_charges(
        &mut self,
        circuit: &Circuit,
        volts: &[(ElementId, f64)],
    ) -> Result<Vec<f64>, Failure> {
        self.configure()?;
        let of_first: Vec<(ElementId, f64)> = volts
            .iter()
            .filter_map(|&(id, volt)| Some((self.family.element_of_first(self.spec, id)?, volt)))
            .collect();
        let configuration = self.configuration.as_ref().expect("it was configured");
        configuration.system.states_from_charges(circuit, &of_first).map_err(Failure::System)
    }

    /// When the island wants to be woken.
    pub fn wake_time(&self) -> Option<Time> {
        self.due.map(|due| due.at)
    }

    /// Sets the inputs (anchored at `at`) and the states at `at`.
    pub fn start(
        &mut self,
        at: Time,
        x: &[f64],
        inputs: Inputs,
        source_change: Option<Time>,
    ) -> Result<Outcome, Failure> {
        self.anchor = at;
        self.inputs = inputs;
        self.source_change = source_change;
        self.settle(x, None, Events::new())
    }

    /// Sources changed at `at`: the same states go on under new inputs, anchored at `at`, at the
    /// given positions. All others must be constant.
    pub fn change_inputs(
        &mut self,
        at: Time,
        new: Vec<(usize, Waveform)>,
        source_change: Option<Time>,
    ) -> Result<Outcome, Failure> {
        self.orbit.forget();
        let local_s = at.since(self.anchor).max(0.0);
        let x = self.states_at(local_s);
        self.advance_devices(local_s);
        self.anchor = at;
        new.into_iter().for_each(|(position, form)| self.inputs[position] = form);
        self.source_change = source_change;
        self.settle(&x, Some(local_s), Events::new())
    }

    /// Handles what the island asked to be woken for.
    pub fn wake(&mut self) -> Result<Outcome, Failure> {
        let Some(due) = self.due.take() else {
            return Ok(Outcome { events: Events::new(), anchored: false });
        };
        let Due { at_s, at, wake } = due;
        self.stalls = if at.tick > self.last_wake.tick { 0 } else { self.stalls + 1 };
        self.last_wake = at;
        if self.stalls > STALLS + STALLS_PER_DEVICE * self.devices.len() {
            return Err(self.stalled(at_s));
        }
        if wake != Wake::Transition {
            self.orbit.forget();
        }
        match wake {
            Wake::SearchOn => {
                self.check_bounds(&self.states_at(at_s))?;
                self.search(at_s, &[]);
                Ok(Outcome { events: Events::new(), anchored: false })
            }
            Wake::Anchor => self.anchor_at(&due, Events::new()),
            Wake::Transition => {
                let cycle = self.devices.first().map_or(0, |device| device.state.cycle);
                let outcome = self.transition(&due)?;
                self.note_change(&outcome, cycle);
                Ok(outcome)
            }
        }
    }

    /// Why no time passes: a device that wants to switch, or motion too fast to follow.
    fn stalled(&self, at_s: f64) -> Failure {
        let switches = |device: &&DeviceRun<'_>| device.next.is_some_and(|next| next.at_s <= at_s);
        match self.devices.iter().find(switches) {
            Some(device) => Failure::Chatter(device.element),
            None => Failure::Stalled(self.spec.nodes.first().copied().unwrap_or(NodeId::GROUND)),
        }
    }

    fn transition(&mut self, due: &Due) -> Result<Outcome, Failure> {
        let at_s = due.at_s;
        let same = at_s + SAME_INSTANT_S + SAME_INSTANT * at_s;
        let mut events = Events::new();
        let mut switched = false;
        let mut changed: SmallVec<[usize; 4]> = SmallVec::new();
        for (position, device) in self.devices.iter_mut().enumerate() {
            let Some(next) = device.next.filter(|next| next.at_s <= same) else { continue };
            let (from, law) = (device.state.phase, device.law());
            let next = Transition { at_s, ..next };
            let state = device.model.transit(&device.state, &device.v, device.since_s, next);
            device.enter(state);
            device.since_s = at_s;
            switched |= device.law() != law;
            changed.push(position);
            events.push(device.event(from));
        }
        if switched {
            return self.anchor_at(due, events);
        }
        self.search(at_s, &changed);
        Ok(Outcome { events, anchored: false })
    }

    /// Moves the anchor to where the island is due and solves anew.
    fn anchor_at(&mut self, due: &Due, events: Events) -> Result<Outcome, Failure> {
        let at_s = due.at_s;
        let x = self.states_at(at_s);
        self.advance_devices(at_s);
        self.anchor = due.at;
        for input in &mut self.inputs {
            if !input.is_constant() {
                *input = input.shifted(at_s);
            }
        }
        self.settle(&x, Some(at_s), events)
    }

    /// Solves from states `x` at the anchor, letting devices whose voltage jumped take the phase that it
    /// asks for and filaments that have just bridged the width that the circuit gives them, until
    /// all agree.
    ///
    /// Where a voltage goes on from the last form, that form's certified crossings have said in which phase the
    /// device is, and rounding must not take that back. `left_s` is where the last form ended, in its local
    /// time; none if nothing was before.
    fn settle(
        &mut self,
        x: &[f64],
        mut left_s: Option<f64>,
        mut events: Events,
    ) -> Result<Outcome, Failure> {
        self.check_bounds(x)?;
        for round in 0.. {
            self.configure()?;
            self.solve(x);
            let mut switched = None;
            for device in &mut self.devices {
                let from = device.state.phase;
                let settled = device.model.settle(&device.state, &device.v, 0.0);
                device.since_s = 0.0;
                if from != settled.phase
                    && !left_s.is_some_and(|s| continues(&device.v_before, s, &device.v))
                {
                    let law = device.law();
                    device.enter(settled);
                    events.push(device.event(from));
                    if device.law() != law {
                        switched = Some(device.element);
                    }
                }
            }
            if switched.is_none() {
                switched = self.form_next(x)?;
            }
            let Some(element) = switched else { break };
            if round > 16 + 4 * self.devices.len() {
                return Err(Failure::Chatter(element));
            }
            left_s = Some(0.0);
        }
        self.anchor_x = x.first().copied().unwrap_or(f64::NAN);
        self.searched_s = 0.0;
        for device in &mut self.devices {
            device.next = None;
        }
        self.search(0.0, &[]);
        Ok(Outcome { events, anchored: true })
    }

    fn configure(&mut self) -> Result<(), Failure> {
        self.configure_with(|device| device.ohm())
    }

    fn configure_with(&mut self, ohm: impl Fn(&DeviceRun<'_>) -> f64) -> Result<(), Failure> {
        let is = |known: &Option<Arc<Configuration>>, devices: &[DeviceRun<'_>]| {
            known.as_ref().is_some_and(|known| known.is_of(devices.iter().map(&ohm)))
        };
        if is(&self.configuration, &self.devices) {
            return Ok(());
        }
        if !is(&self.former, &self.devices) {
            let ohms = self.devices.iter().map(&ohm);
            let found = self.family.configuration(ohms).map_err(Failure::System)?;
            self.reads_alike =
                self.configuration.as_ref().is_some_and(|present| present.reads_as(&found));
            self.former = Some(found);
        }
        std::mem::swap(&mut self.configuration, &mut self.former);
        Ok(())
    }

    fn advance_devices(&mut self, local_s: f64) {
        for device in &mut self.devices {
            if device.since_s < local_s {
                device.state =
                    device.model.advance(&device.state, &device.v, device.since_s, local_s);
                device.since_s = local_s;
            }
        }
    }

    fn check_bounds(&self, x: &[f64]) -> Result<(), Failure> {
        let Some(state) = x.iter().position(|v| v.is_nan() || v.abs() > RUNAWAY_VOLT) else {
            return Ok(());
        };
        let node = self.configuration.as_ref().and_then(|c| c.system.state_node(state));
        let node = node.and_then(|node| self.family.node_of_member(self.spec, node));
        Err(Failure::RunAway(node.unwrap_or(NodeId::GROUND), x[state]))
    }
}
