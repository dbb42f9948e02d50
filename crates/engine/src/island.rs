//! One island at run time: its closed form since an anchor, and when that form ends.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use memspike_circuit::{Circuit, ElementId, Island, NodeId, SystemError, Trajectory};
use memspike_device::{Draws, Model, State, Transition};
use memspike_waveform::{Term, Waveform};
use num_complex::Complex64;

use smallvec::{SmallVec, smallvec};

use crate::family::{Configuration, Family, Functional, Reading};
use crate::{DeviceEvent, Time};

/// States of an island; one in most networks.
pub(crate) type States = SmallVec<[f64; 2]>;

/// Closed forms of an island's inputs; one in most networks.
pub(crate) type Inputs = SmallVec<[Waveform; 1]>;

/// Phase changes of one wake-up.
type Events = SmallVec<[DeviceEvent; 1]>;

/// The closed form of the states since the anchor.
#[derive(Debug, Clone)]
enum Solution {
    /// No states.
    Static,
    /// One state under constant inputs: `end + (start - end) exp(rate t)`.
    Scalar { start: f64, end: f64, rate: f64 },
    /// The general case.
    Modal(Trajectory),
}

/// A device at run time.
#[derive(Debug, Clone)]
struct DeviceRun {
    element: ElementId,
    model: Arc<dyn Model>,
    /// Which of the island's inputs is the current that the device drives, if it does.
    input: Option<usize>,
    draws: Draws,
    state: State,
    /// Local time of `state` (s).
    since_s: f64,
    /// Its controlling voltage since the anchor.
    v: Waveform,
    next: Option<Transition>,
}

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
    RunAway(NodeId, f64),
}

/// Beyond this a state has run away (V).
const RUNAWAY_VOLT: f64 = 1e9;

/// Time constants after which nothing is left of a mode.
const LIFE: f64 = 100.0;

/// Turns of the fastest oscillation that one search looks through.
const TURNS_SEARCHED: f64 = 4096.0;

/// Wake-ups in a row without time passing that count as chatter.
const STALLS: u32 = 1000;

/// Transitions this close together (s), or this close relative to their local time, are one instant.
const SAME_INSTANT_S: f64 = 1e-18;
const SAME_INSTANT: f64 = 4.0 * f64::EPSILON;

/// A quantity that is read while the run goes on.
struct Probe {
    functional: Functional,
    /// Its row in each configuration met so far, by the configuration's serial number.
    readings: RefCell<BTreeMap<u64, Reading>>,
}

pub(crate) struct IslandRun<'c> {
    spec: &'c Island,
    family: Rc<Family<'c>>,
    configuration: Option<Rc<Configuration>>,
    probes: Vec<Probe>,
    anchor: Time,
    inputs: Inputs,
    solution: Solution,
    devices: SmallVec<[DeviceRun; 1]>,
    /// When the next of the island's sources changes its form.
    source_change: Option<Time>,
    /// Local time up to which transitions were searched (s), and the length of the next search.
    searched_s: f64,
    wake: Option<(f64, Wake)>,
    stalls: u32,
    last_wake: Time,
}

impl<'c> IslandRun<'c> {
    pub fn new(
        circuit: &'c Circuit,
        spec: &'c Island,
        family: Rc<Family<'c>>,
        devices: Vec<State>,
        seed: u64,
    ) -> Self {
        let devices = spec
            .devices
            .iter()
            .zip(devices)
            .filter_map(|(&element, state)| {
                let (model, _) = circuit.element(element).device()?;
                let (model, v) = (Arc::clone(model), Waveform::default());
                let draws = Draws::new(seed, &format!("device {}", circuit.element(element).name));
                let state = if state.cycle == 0 { model.draw(state, &draws) } else { state };
                let input = spec.inputs.binary_search(&element).ok();
                Some(DeviceRun { element, model, input, draws, state, since_s: 0.0, v, next: None })
            })
            .collect();
        Self {
            spec,
            family,
            configuration: None,
            probes: Vec::new(),
            anchor: Time::ZERO,
            inputs: Inputs::new(),
            solution: Solution::Static,
            devices,
            source_change: None,
            searched_s: 0.0,
            wake: None,
            stalls: 0,
            last_wake: Time::ZERO,
        }
    }

    /// Registers a quantity to be read later; gives its number.
    pub fn probe(&mut self, functional: Functional) -> usize {
        self.probes.push(Probe { functional, readings: RefCell::default() });
        self.probes.len() - 1
    }

    pub fn devices(&self) -> impl Iterator<Item = (ElementId, State)> + '_ {
        self.devices.iter().map(|d| (d.element, d.state))
    }

    pub fn device_ohms(&self) -> Vec<f64> {
        self.devices.iter().map(DeviceRun::ohm).collect()
    }

    /// Currents that devices drive, each with the position of the input that it is.
    pub fn source_currents(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.devices.iter().filter_map(|d| Some((d.input?, d.model.source_current(d.state))))
    }

    /// The states that given capacitor voltages mean.
    pub fn states_from_capacitors(
        &mut self,
        circuit: &Circuit,
        volts: &[(ElementId, f64)],
    ) -> Result<Vec<f64>, Failure> {
        let configuration = self.configure()?;
        let of_first: Vec<(ElementId, f64)> = volts
            .iter()
            .filter_map(|&(id, volt)| Some((self.family.element_of_first(self.spec, id)?, volt)))
            .collect();
        Ok(configuration.system.states_from_capacitors(circuit, &of_first))
    }

    /// When the island wants to be woken.
    pub fn wake_time(&self) -> Option<Time> {
        self.wake.map(|(at_s, _)| self.anchor.plus(at_s))
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
        self.settle(x, Events::new())
    }

    /// The device states that the voltages from states `x` ask for, each for itself.
    pub fn settled(&mut self, x: &[f64], inputs: Inputs) -> Result<Vec<State>, Failure> {
        let configuration = self.configure()?;
        self.inputs = inputs;
        self.solve(&configuration, x);
        Ok(self.devices.iter().map(|d| d.model.settle(d.state, &d.v, 0.0)).collect())
    }

    /// Sources changed at `at`: the same states go on under new inputs, anchored at `at`, at the
    /// given positions. All others must be constant.
    pub fn change_inputs(
        &mut self,
        at: Time,
        new: Vec<(usize, Waveform)>,
        source_change: Option<Time>,
    ) -> Result<Outcome, Failure> {
        let local_s = at.since(self.anchor).max(0.0);
        let x = self.states_at(local_s);
        self.advance_devices(local_s);
        let mut inputs = std::mem::take(&mut self.inputs);
        new.into_iter().for_each(|(position, form)| inputs[position] = form);
        self.start(at, &x, inputs, source_change)
    }

    /// Handles what the island asked to be woken for.
    pub fn wake(&mut self) -> Result<Outcome, Failure> {
        let Some((at_s, wake)) = self.wake.take() else {
            return Ok(Outcome { events: Events::new(), anchored: false });
        };
        let at = self.anchor.plus(at_s);
        self.stalls = if at > self.last_wake { 0 } else { self.stalls + 1 };
        self.last_wake = at;
        if self.stalls > STALLS {
            return Err(Failure::Chatter(self.spec.devices[0]));
        }
        match wake {
            Wake::SearchOn => {
                self.check_bounds(&self.states_at(at_s))?;
                self.search(at_s, &[]);
                Ok(Outcome { events: Events::new(), anchored: false })
            }
            Wake::Anchor => self.anchor_at(at_s, Events::new()),
            Wake::Transition => self.transition(at_s),
        }
    }

    fn transition(&mut self, at_s: f64) -> Result<Outcome, Failure> {
        let same = at_s + SAME_INSTANT_S + SAME_INSTANT * at_s;
        let mut events = Events::new();
        let mut switched = false;
        let mut changed: SmallVec<[usize; 4]> = SmallVec::new();
        for (position, device) in self.devices.iter_mut().enumerate() {
            let Some(next) = device.next.filter(|next| next.at_s <= same) else { continue };
            let (from, ohm) = (device.state.phase, device.ohm());
            let next = Transition { at_s, ..next };
            let state = device.model.transit(device.state, &device.v, device.since_s, next);
            device.enter(state);
            device.since_s = at_s;
            switched |= device.ohm() != ohm;
            changed.push(position);
            events.push(device.event(from));
        }
        if switched {
            return self.anchor_at(at_s, events);
        }
        self.search(at_s, &changed);
        Ok(Outcome { events, anchored: false })
    }

    /// Moves the anchor to local time `at_s` and solves anew.
    fn anchor_at(&mut self, at_s: f64, events: Events) -> Result<Outcome, Failure> {
        let x = self.states_at(at_s);
        self.advance_devices(at_s);
        self.anchor = self.anchor.plus(at_s);
        for input in &mut self.inputs {
            if !input.is_constant() {
                *input = input.shifted(at_s);
            }
        }
        self.settle(&x, events)
    }

    /// Solves from states `x` at the anchor, letting devices whose voltage jumped take the phase that it
    /// asks for and filaments that have just bridged the width that the circuit gives them, until
    /// all agree.
    fn settle(&mut self, x: &[f64], mut events: Events) -> Result<Outcome, Failure> {
        self.check_bounds(x)?;
        for round in 0.. {
            let configuration = self.configure()?;
            self.solve(&configuration, x);
            let mut switched = None;
            for device in &mut self.devices {
                let (from, ohm) = (device.state.phase, device.ohm());
                let settled = device.model.settle(device.state, &device.v, 0.0);
                device.enter(settled);
                device.since_s = 0.0;
                if from != settled.phase {
                    events.push(device.event(from));
                    if device.ohm() != ohm {
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
        }
        self.searched_s = 0.0;
        for device in &mut self.devices {
            device.next = None;
        }
        let all: SmallVec<[usize; 4]> = (0..self.devices.len()).collect();
        self.search(0.0, &all);
        Ok(Outcome { events, anchored: true })
    }

    fn configure(&mut self) -> Result<Rc<Configuration>, Failure> {
        self.configure_with(|device| device.ohm())
    }

    fn configure_with(
        &mut self,
        ohm: impl Fn(&DeviceRun) -> f64,
    ) -> Result<Rc<Configuration>, Failure> {
        let ohms = self.devices.iter().map(ohm);
        let configuration = self.family.configuration(ohms).map_err(Failure::System)?;
        self.configuration = Some(Rc::clone(&configuration));
        Ok(configuration)
    }

    /// Lets the first filament that has just bridged find its width; gives the device if its
    /// resistance changed by that.
    fn form_next(&mut self, x: &[f64]) -> Result<Option<ElementId>, Failure> {
        for position in 0..self.devices.len() {
            let device = &self.devices[position];
            let Some(level) = device.model.forms_at(device.state) else { continue };
            let (least, v) = (device.ohm(), device.v.eval(0.0).abs());
            let ohm = if v < level { self.forming_ohm(position, x, level, v)? } else { least };
            let device = &mut self.devices[position];
            device.state = device.model.formed(device.state, ohm);
            if device.ohm() != least {
                return Ok(Some(device.element));
            }
        }
        Ok(None)
    }

    /// The resistance (ohm) at which the circuit leaves a device `level` volts, if it leaves it `v` at
    /// its present one. Seen from the device, the circuit is a source of current and a conductance,
    /// which its voltage at twice the resistance tells.
    fn forming_ohm(
        &mut self,
        position: usize,
        x: &[f64],
        level: f64,
        v: f64,
    ) -> Result<f64, Failure> {
        let element = self.devices[position].element;
        let ohm = self.devices[position].ohm();
        let doubled = self.configure_with(|device| {
            if device.element == element { 2.0 * device.ohm() } else { device.ohm() }
        })?;
        self.solve(&doubled, x);
        let v_doubled = self.devices[position].v.eval(0.0).abs();
        let conductance = (v / ohm - v_doubled / (2.0 * ohm)) / (v_doubled - v);
        let current = v / ohm + conductance * v;
        let formed = level / (current - conductance * level);
        // Formed by like currents, filaments are alike to the bit, and so is their configuration.
        let formed = f64::from(formed as f32);
        Ok(if formed > 0.0 { formed } else { f64::INFINITY })
    }

    fn solve(&mut self, configuration: &Configuration, x: &[f64]) {
        for device in &self.devices {
            if let Some(input) = device.input {
                self.inputs[input] = Waveform::constant(device.model.source_current(device.state));
            }
        }
        let constant = self.inputs.iter().all(Waveform::is_constant);
        self.solution = match (x, &configuration.scalar) {
            ([], _) => Solution::Static,
            (&[start], Some((rate, weights))) if constant => {
                let drive: f64 =
                    weights.iter().zip(&self.inputs).map(|(w, input)| w * input.offset).sum();
                Solution::Scalar { start, end: -drive / rate, rate: *rate }
            }
            _ => Solution::Modal(configuration.system.modes().solve(x, &self.inputs)),
        };
        for (device, reading) in self.devices.iter_mut().zip(&configuration.devices) {
            device.v = reading.form(configuration, &self.solution, &self.inputs);
        }
    }

    fn states_at(&self, local_s: f64) -> States {
        match (&self.solution, &self.configuration) {
            (Solution::Static, _) | (_, None) => States::new(),
            (Solution::Scalar { start, end, rate }, _) => {
                smallvec![end + (start - end) * (rate * local_s).exp()]
            }
            (Solution::Modal(trajectory), Some(configuration)) => {
                configuration.system.modes().states(trajectory, local_s).into()
            }
        }
    }

    fn advance_devices(&mut self, local_s: f64) {
        for device in &mut self.devices {
            if device.since_s < local_s {
                device.state =
                    device.model.advance(device.state, &device.v, device.since_s, local_s);
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

    /// Looks for the next transition of the devices at these positions from local time `from_s`
    /// on (for all others what was found still holds), and sets the next wake-up.
    fn search(&mut self, from_s: f64, positions: &[usize]) {
        let changes_s = self.source_change.map(|at| at.since(self.anchor).max(0.0));
        let ends_s = match &self.solution {
            Solution::Modal(trajectory) => trajectory.valid_s,
            _ => f64::INFINITY,
        };
        let limit_s = changes_s.unwrap_or(f64::INFINITY).min(ends_s);
        let search_on = from_s >= self.searched_s;
        if search_on {
            // Each search is as long as all before it: few of them, however long nothing happens.
            let doubled_s = (self.searched_s * 2.0).max(self.first_search_s());
            self.searched_s = doubled_s.min(from_s + self.turning_s(from_s)).min(limit_s);
        }
        let until_s = self.searched_s;
        for (position, device) in self.devices.iter_mut().enumerate() {
            let stale = search_on && device.next.is_none();
            if stale || positions.contains(&position) {
                let state = if device.since_s < from_s {
                    device.model.advance(device.state, &device.v, device.since_s, from_s)
                } else {
                    device.state
                };
                device.next = device.model.next(state, &device.v, from_s, until_s);
            }
        }
        let first =
            self.devices.iter().filter_map(|d| d.next).map(|n| n.at_s).min_by(f64::total_cmp);
        self.wake = if let Some(at_s) = first {
            Some((at_s, Wake::Transition))
        } else if until_s < limit_s && (!self.devices.is_empty() || self.can_grow()) {
            Some((until_s, Wake::SearchOn))
        } else if ends_s <= limit_s && ends_s.is_finite() {
            Some((ends_s, Wake::Anchor))
        } else {
            None
        };
    }

    /// Length of the first search after an anchor: for ever where forms are monotone, else long enough to
    /// see every mode live out, short enough that no mode grows beyond reason.
    fn first_search_s(&self) -> f64 {
        let simple = |v: &Waveform| v.terms.is_empty() || v.as_relaxation().is_some();
        let bounded = !matches!(self.solution, Solution::Modal(_)) && !self.can_grow();
        if bounded && self.devices.iter().all(|d| simple(&d.v)) {
            return f64::INFINITY;
        }
        self.lifetime_s()
    }

    fn can_grow(&self) -> bool {
        self.configuration.iter().any(|c| c.system.modes().rates().any(|r| r.re > 0.0))
    }

    fn lifetime_s(&self) -> f64 {
        let modes = self.configuration.iter().flat_map(|c| c.system.modes().rates());
        let driven = self.inputs.iter().flat_map(|u| u.terms.iter().map(|t| t.rate));
        let mut longest: f64 = 0.0;
        let mut growth = f64::INFINITY;
        for rate in modes.chain(driven) {
            if rate.re < 0.0 {
                longest = longest.max(LIFE / -rate.re);
            } else if rate.re > 0.0 {
                growth = growth.min(20.0 / rate.re);
            }
            if rate.im != 0.0 && rate.re >= -1e-3 * rate.im.abs() {
                longest = longest.max(16.0 * std::f64::consts::TAU / rate.im.abs());
            }
        }
        let span = if longest > 0.0 { longest.min(growth) } else { growth };
        if span.is_finite() { span } else { 1.0 }
    }

    /// How far a search from `from_s` may go: its work is proportional to the turns of what still
    /// oscillates there.
    fn turning_s(&self, from_s: f64) -> f64 {
        let modes = self.configuration.iter().flat_map(|c| c.system.modes().rates());
        let driven = self.inputs.iter().flat_map(|u| u.terms.iter().map(|t| t.rate));
        let lasts = |rate: &Complex64| rate.im != 0.0 && -rate.re * from_s < LIFE;
        let fastest = modes.chain(driven).filter(lasts).map(|r| r.im.abs()).fold(0.0, f64::max);
        TURNS_SEARCHED * std::f64::consts::TAU / fastest
    }

    /// The closed form of a registered quantity, anchored at `at`.
    pub fn read(&self, number: usize, at: Time) -> Waveform {
        let Some(configuration) = &self.configuration else { return Waveform::default() };
        let probe = &self.probes[number];
        let mut readings = probe.readings.borrow_mut();
        let reading = readings.entry(configuration.serial).or_insert_with(|| {
            self.family.reading(self.spec, &configuration.system, &probe.functional)
        });
        let form = reading.form(configuration, &self.solution, &self.inputs);
        let local_s = at.since(self.anchor);
        if local_s > 0.0 { form.shifted(local_s) } else { form }
    }
}

impl DeviceRun {
    /// Its resistance now (ohm).
    fn ohm(&self) -> f64 {
        self.model.resistance(self.state)
    }

    /// Takes a state; a new cycle draws what is random in it.
    fn enter(&mut self, state: State) {
        let new_cycle = state.cycle != self.state.cycle;
        self.state = if new_cycle { self.model.draw(state, &self.draws) } else { state };
    }

    fn event(&self, from: memspike_device::Phase) -> DeviceEvent {
        DeviceEvent {
            element: self.element,
            from,
            to: self.state.phase,
            filament: self.state.filament,
        }
    }
}

impl Reading {
    /// The quantity's closed form since the anchor.
    fn form(
        &self,
        configuration: &Configuration,
        solution: &Solution,
        inputs: &[Waveform],
    ) -> Waveform {
        match solution {
            Solution::Static => {
                let mut form = Waveform::default();
                for (weight, input) in self.row.inputs.iter().zip(inputs) {
                    form.add_scaled(*weight, input);
                }
                form
            }
            Solution::Scalar { start, end, rate } => {
                let weight = self.row.states[0];
                let direct: f64 =
                    self.row.inputs.iter().zip(inputs).map(|(w, u)| w * u.offset).sum();
                let end_value = weight * end + direct;
                let mut form = Waveform::constant(end_value);
                form.push(Term {
                    degree: 0,
                    amp: (weight * (start - end)).into(),
                    rate: (*rate).into(),
                });
                form
            }
            Solution::Modal(trajectory) => {
                configuration.system.modes().waveform(&self.modal, trajectory, inputs)
            }
        }
    }
}
