//! Circuits at rest: where everything stays as it is under constant sources.

mod analysis;

use std::collections::BTreeMap;
use std::sync::Arc;

use memspike_circuit::{Circuit, ElementKind, Island, NodeId, System, SystemError};
use memspike_device::{Model, Phase, State, Transition, Width, formed_ohm};
use memspike_random::{Draws, Owner};
use memspike_waveform::Waveform;

use crate::EngineError;
use crate::family::{Configuration, Family, Functional};

pub use analysis::{Left, Rest, Unbounded};

/// Rounds in which devices go piece by piece, all of them and one after the other.
const MOST_PIECES_PASSED: usize = 256;
const MOST_SINGLE: usize = 2000;

/// The piece of a law next to the one that it is on, on the way to another; of any other device where it is to go.
fn next_piece(from: State, to: State) -> State {
    match (from.phase, to.phase) {
        (Phase::Piece(from), Phase::Piece(target)) if target > from => {
            State { phase: Phase::Piece(from + 1), ..to }
        }
        (Phase::Piece(from), Phase::Piece(target)) if target < from => {
            State { phase: Phase::Piece(from - 1), ..to }
        }
        _ => to,
    }
}

/// An island at rest.
pub(crate) struct IslandRest {
    /// Of its devices.
    pub states: Vec<State>,
    pub x: Vec<f64>,
    /// Of its inputs, currents of its own devices among them.
    pub u: Vec<f64>,
}

/// A device of an island that is to come to rest.
struct Device<'c> {
    model: &'c Arc<dyn Model>,
    draws: Draws,
    /// Which of the island's inputs is the current that it drives, if it does.
    input: Option<usize>,
    /// Whether it takes its time to switch: its filament has to grow.
    is_slow: bool,
}

/// An island that is to come to rest.
pub(crate) struct Part<'c, 's> {
    circuit: &'c Circuit,
    spec: &'c Island,
    family: Arc<Family<'c>>,
    clamps: &'s BTreeMap<NodeId, f64>,
    devices: Vec<Device<'c>>,
}

impl<'c, 's> Part<'c, 's> {
    pub fn new(
        circuit: &'c Circuit,
        spec: &'c Island,
        family: Arc<Family<'c>>,
        clamps: &'s BTreeMap<NodeId, f64>,
        seed: u64,
    ) -> Self {
        let device = |id| {
            let element = circuit.element(id);
            Some(Device {
                model: element.device()?.0,
                draws: Draws::new(seed, Owner::Device(&element.name))
                    .repetition(circuit.repetition()),
                input: spec.inputs.binary_search(&id).ok(),
                is_slow: matches!(element.kind, ElementKind::Memristor(_)),
            })
        };
        let devices = spec.devices.iter().filter_map(|id| device(*id)).collect();
        Self { circuit, spec, family, clamps, devices }
    }

    /// The island at rest under inputs `u`, beginning with its devices in these states: each goes on from there to where its
    /// voltage puts it. Memristors stay as they are, or, if they are `patient`, have all the time that
    /// their filaments need. None if it never comes to rest.
    pub fn settle(
        &mut self,
        mut states: Vec<State>,
        mut u: Vec<f64>,
        patient: bool,
    ) -> Result<Option<IslandRest>, EngineError> {
        for (device, state) in self.devices.iter().zip(&mut states) {
            if state.cycle == 0 {
                *state = device.model.draw(state, &device.draws);
            }
        }
        let count = states.len();
        // Where leaps to the piece that a voltage asks for go round in circles, going piece by piece may arrive, and, with laws
        // that are monotonous, one device after the other does.
        let leaps = 16 + 4 * count;
        let together = 2 * leaps + MOST_PIECES_PASSED;
        for round in 0..together + (4 * count * count).min(MOST_SINGLE) {
            let (x, volts) = self.solve(&states, &mut u)?;
            let mut settled = self.settled(&states, &volts, patient);
            if round >= leaps {
                states.iter().zip(&mut settled).for_each(|(from, to)| *to = next_piece(*from, *to));
            }
            let moved: Vec<usize> = (0..count).filter(|&at| settled[at] != states[at]).collect();
            let Some(&first) = moved.first() else {
                if !(patient && self.form_next(&mut states, &volts, &u)?) {
                    return Ok(Some(IslandRest { states, x, u }));
                }
                continue;
            };
            // What is fast has come to rest before a filament grows.
            let is_fast = |at: &&usize| !self.devices[**at].is_slow;
            let fast: Vec<usize> = moved.iter().filter(is_fast).copied().collect();
            let now = match (round < together, fast.as_slice()) {
                (true, []) => &moved[..],
                (true, fast) => fast,
                (false, []) => &[first][..],
                (false, [first, ..]) => std::slice::from_ref(first),
            };
            now.iter().for_each(|&at| states[at] = settled[at]);
        }
        Ok(None)
    }

    /// States at rest with the devices as they are, and what controls each device (V or A).
    fn solve(&self, states: &[State], u: &mut [f64]) -> Result<(Vec<f64>, Vec<f64>), EngineError> {
        for (device, state) in self.devices.iter().zip(states) {
            if let Some(input) = device.input {
                u[input] = device.model.source_current(state);
            }
        }
        let ohms: Vec<f64> = self.ohms(states).collect();
        let x = System::operating_point(self.circuit, self.spec, &ohms, self.clamps, u);
        let x = x.map_err(|error| self.explain(error))?;
        let found = self.configuration(states)?;
        let volts = found.devices.iter().map(|device| device.row.value(&x, u)).collect();
        Ok((x, volts))
    }

    fn ohms(&self, states: &[State]) -> impl Iterator<Item = f64> {
        self.devices.iter().zip(states).map(|(device, state)| device.model.resistance(state))
    }

    /// The equations with devices in these states.
    pub fn configuration(&self, states: &[State]) -> Result<Arc<Configuration>, EngineError> {
        let found = self.family.configuration(self.ohms(states));
        found.map_err(|source| EngineError::System { source, at_s: 0.0 })
    }

    /// The family that it is of.
    pub fn family(&self) -> Arc<Family<'c>> {
        Arc::clone(&self.family)
    }

    /// Registers a quantity to be read later; gives its number.
    pub fn register(&self, functional: &Functional) -> usize {
        self.family.register(self.spec, functional)
    }

    fn settled(&self, states: &[State], volts: &[f64], patient: bool) -> Vec<State> {
        let one = |((device, state), volt): ((&Device<'_>, &State), &f64)| {
            if device.is_slow && !patient {
                return *state;
            }
            let v = Waveform::constant(*volt);
            let mut settled = device.model.settle(state, &v, 0.0);
            if matches!(settled.phase, Phase::Growing | Phase::Saturated) {
                settled = device.model.transit(
                    &settled,
                    &v,
                    0.0,
                    Transition { at_s: 0.0, to: Phase::On },
                );
            }
            if settled.cycle == state.cycle {
                settled
            } else {
                device.model.draw(&settled, &device.draws)
            }
        };
        self.devices.iter().zip(states).zip(volts).map(one).collect()
    }

    /// Lets the first filament that has just bridged find its width; whether one did.
    fn form_next(
        &self,
        states: &mut [State],
        volts: &[f64],
        u: &[f64],
    ) -> Result<bool, EngineError> {
        for (at, device) in self.devices.iter().enumerate() {
            let Some(level) = device.model.forms_at(&states[at]) else { continue };
            let widest = Width { ohm: device.model.resistance(&states[at]), volt: volts[at] };
            let ohm = if widest.volt.abs() < level {
                let mut narrow = states.to_vec();
                narrow[at] = State { phase: Phase::Off, formed_ohm: None, ..states[at] };
                let (_, volts) = self.solve(&narrow, &mut u.to_vec())?;
                let narrowest =
                    Width { ohm: device.model.resistance(&narrow[at]), volt: volts[at] };
                formed_ohm(level, narrowest, widest)
            } else {
                widest.ohm
            };
            states[at] = device.model.formed(&states[at], ohm);
            return Ok(true);
        }
        Ok(false)
    }

    fn explain(&self, error: SystemError) -> EngineError {
        match error {
            SystemError::Singular { .. } => self.no_point(),
            source => EngineError::System { source, at_s: 0.0 },
        }
    }

    /// Nothing says where it rests.
    pub fn no_point(&self) -> EngineError {
        let (circuit, spec) = (self.circuit, self.spec);
        let pins = spec.elements.iter().flat_map(|id| circuit.element(*id).nodes);
        let held = || pins.filter(|node| *node != NodeId::GROUND).min();
        let node = spec.nodes.first().copied().or_else(held).unwrap_or(NodeId::GROUND);
        EngineError::NoOperatingPoint { node: circuit.nodes()[node.index()].clone() }
    }
}
