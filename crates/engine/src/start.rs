//! The state at time zero, before an edge of a source there.

use std::collections::BTreeMap;
use std::sync::Arc;

use memspike_circuit::{Circuit, ElementId, ElementKind, NodeId};
use memspike_device::{Phase, State, Transition};
use memspike_digital::Level;
use memspike_time::Time;
use memspike_waveform::Waveform;

use crate::error::explain;
use crate::family::{Family, signature};
use crate::island::{Inputs, IslandRun};
use crate::logic::LogicAtRest;
use crate::rest::{IslandRest, Part};
use crate::sources::{Sources, is_source};
use crate::{EngineError, Options};

/// Islands at time zero, the families that they are of, and the digital side.
pub(crate) type Begun<'c> = (Vec<IslandRun<'c>>, Vec<Arc<Family<'c>>>, LogicAtRest);

/// Both sides at time zero: voltages that follow from levels, and levels that follow from voltages.
pub(crate) fn begin<'c>(circuit: &'c Circuit, options: &Options) -> Result<Begun<'c>, EngineError> {
    let solve = |levels: &[Level]| {
        let (islands, families) = Start::new(circuit, options, levels).islands(options)?;
        let devices = islands.iter().flat_map(IslandRun::devices);
        let phases = devices.map(|(id, state)| (id, state.phase));
        let read = LogicAtRest::read(circuit, phases);
        Ok(((islands, families), read))
    };
    // Without a state of rest levels begin as they may, and what contradicts them is heard at once.
    let ((islands, families), rest) =
        LogicAtRest::agree(circuit, options.from_initial_conditions, solve)?;
    Ok((islands, families, rest))
}

/// Islands at time zero, and what they share.
pub(crate) struct Start<'c> {
    circuit: &'c Circuit,
    seed: u64,
    sources: Sources<'c>,
    families: BTreeMap<Vec<u64>, Arc<Family<'c>>>,
}

impl<'c> Start<'c> {
    /// `levels` are those of all nets.
    pub fn new(circuit: &'c Circuit, options: &Options, levels: &[Level]) -> Self {
        let sources = circuit.element_ids().filter(|id| is_source(circuit, *id));
        let sources = Sources::new(circuit, sources, levels);
        Self { circuit, seed: options.seed, sources, families: BTreeMap::new() }
    }

    /// The islands of a circuit, and the families that they are of.
    pub fn islands(
        mut self,
        options: &Options,
    ) -> Result<(Vec<IslandRun<'c>>, Vec<Arc<Family<'c>>>), EngineError> {
        let mut islands = Vec::new();
        for position in 0..self.circuit.islands().len() {
            let (inputs, change) = self.inputs_of(position);
            let (states, x) = if options.from_initial_conditions {
                self.initial_conditions(position)?
            } else {
                self.operating_point(position, &inputs)?
            };
            let mut island = self.island(position, states);
            let result = island.start(Time::ZERO, &x, inputs, change);
            result.map_err(|failure| explain(self.circuit, failure, Time::ZERO))?;
            islands.push(island);
        }
        Ok((islands, self.families.into_values().collect()))
    }

    /// The forms of an island's inputs, and when the first of them ends. What its own devices drive it knows
    /// itself; here it is zero.
    fn inputs_of(&self, position: usize) -> (Inputs, Option<Time>) {
        let source = |id: &ElementId| self.sources.position(*id);
        let inputs = &self.circuit.islands()[position].inputs;
        let form = |id| {
            source(id)
                .map_or_else(Waveform::default, |source| self.sources.form(source, Time::ZERO))
        };
        let first_end =
            inputs.iter().filter_map(source).filter_map(|at| self.sources.ends(at)).min();
        (inputs.iter().map(form).collect(), first_end)
    }

    fn island(&mut self, position: usize, states: Vec<State>) -> IslandRun<'c> {
        let (circuit, spec) = (self.circuit, &self.circuit.islands()[position]);
        IslandRun::new(circuit, spec, self.family(position), states, self.seed)
    }

    /// The family that an island is of.
    fn family(&mut self, position: usize) -> Arc<Family<'c>> {
        let (circuit, spec) = (self.circuit, &self.circuit.islands()[position]);
        let family = self.families.entry(signature(circuit, spec));
        Arc::clone(family.or_insert_with(|| Arc::new(Family::new(circuit, spec))))
    }

    /// Device states before anything happened: at rest, switches as the deck says.
    pub fn resting(&self, position: usize) -> Vec<State> {
        let devices = self.circuit.islands()[position].devices.iter();
        devices
            .filter_map(|id| match &self.circuit.element(*id).kind {
                ElementKind::Memristor(model)
                | ElementKind::Limiter(model)
                | ElementKind::Curve { model, .. } => Some(model.rest()),
                ElementKind::Comparator(comparator) => Some(comparator.model.rest()),
                ElementKind::Switch { model, on, .. }
                | ElementKind::CurrentSwitch { model, on, .. } => {
                    let rest = model.rest();
                    let on_now = Transition { at_s: 0.0, to: Phase::On };
                    let still = Waveform::default();
                    Some(if *on { model.transit(&rest, &still, 0.0, on_now) } else { rest })
                }
                _ => None,
            })
            .collect()
    }

    /// SPICE's `uic`: capacitors at their `ic=`, else at the difference of the `.ic` of their nodes; inductors at their
    /// `ic=`, else without current.
    fn initial_conditions(
        &mut self,
        position: usize,
    ) -> Result<(Vec<State>, Vec<f64>), EngineError> {
        let fixed = self.circuit.initial_voltages();
        let at = |node: &NodeId| fixed.get(node).copied().unwrap_or(0.0);
        let mut given = Vec::new();
        for id in &self.circuit.islands()[position].elements {
            let element = self.circuit.element(*id);
            if let ElementKind::Capacitor { initial, .. } = element.kind {
                let [plus, minus] = &element.nodes;
                given.push((*id, initial.unwrap_or_else(|| at(plus) - at(minus))));
            }
            if let ElementKind::Inductor { initial, .. } = element.kind {
                given.push((*id, initial.unwrap_or(0.0)));
            }
        }
        let states = self.resting(position);
        let mut island = self.island(position, states.clone());
        let x = island.states_from_charges(self.circuit, &given);
        let x = x.map_err(|failure| explain(self.circuit, failure, Time::ZERO))?;
        Ok((states, x))
    }

    /// All currents at rest, `.ic` nodes held, memristors as at rest; switches agree with it.
    fn operating_point(
        &mut self,
        position: usize,
        inputs: &[Waveform],
    ) -> Result<(Vec<State>, Vec<f64>), EngineError> {
        let u: Vec<f64> = inputs.iter().map(|input| input.eval(0.0)).collect();
        let states = self.resting(position);
        let circuit = self.circuit;
        let mut part = self.part(position, circuit.initial_voltages());
        let rest = part.settle(states, u, false)?;
        let IslandRest { states, x, .. } = rest.ok_or_else(|| part.no_point())?;
        Ok((states, x))
    }

    /// An island as what can be at rest, some of its nodes held (V).
    pub fn part<'s>(&mut self, position: usize, clamps: &'s BTreeMap<NodeId, f64>) -> Part<'c, 's> {
        let spec = &self.circuit.islands()[position];
        Part::new(self.circuit, spec, self.family(position), clamps, self.seed)
    }
}
