//! Graphs in steps of time, as tools go through them: for comparison with what such a tool gives, and for nothing else.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{cannot, parameter};
use crate::flat::Flat;
use crate::map::{Map, bias};
use crate::node::Kind;
use crate::stepper::{State, Stepper};
use crate::{Graph, NirError};

/// Whose order of updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// snnTorch: a spike subtracts the threshold, in the step after it.
    SnnTorch,
    /// SpikingJelly: a spike is where the potential reaches the threshold, and resets it at once.
    SpikingJelly,
    /// Norse: a spike is where the potential lies above the threshold, and resets it at once.
    Norse,
}

/// Steps of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// Length of a step (s).
    pub step_s: f64,
    /// How many.
    pub steps: usize,
    /// Whose order of updates.
    pub tool: Tool,
    /// A spike subtracts the threshold, or sets the potential to `v_reset`; left out: as the tool does unless it is told
    /// otherwise.
    pub subtract: Option<bool>,
}

impl Grid {
    /// Whether a spike subtracts the threshold, by what is said or as the tool does unless it is told otherwise.
    #[must_use]
    pub fn subtracts(&self) -> bool {
        self.subtract.unwrap_or(self.tool == Tool::SnnTorch)
    }
}

/// What steps gave.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stepped {
    /// Steps that were gone through.
    pub steps: usize,
    /// Step, node and neuron of each spike, in order.
    pub spikes: Vec<(usize, String, usize)>,
    /// How near a potential was to its threshold at least, as a part of it: rounding of tools in single precision may
    /// decide below some 1e-6.
    pub nearest: Option<f64>,
    /// Potentials of integrators that do not spike after the last step, by their node.
    pub potentials: BTreeMap<String, Vec<f64>>,
}

impl Graph {
    /// Goes through steps of time in double precision, until it is `asked` to stop. `inputs` has step and neuron of the
    /// spikes of each Input.
    ///
    /// # Errors
    /// As [`Graph::flat`]; delays that are no whole number of steps; inputs and neurons that are not there.
    pub fn step(
        &self,
        grid: &Grid,
        inputs: &BTreeMap<String, Vec<(usize, usize)>>,
        asked: &dyn Fn() -> bool,
    ) -> Result<Stepped, NirError> {
        let flat = self.flat()?;
        let mut run = Run::new(&flat, grid)?;
        let due = due(&flat, grid, inputs)?;
        let mut result = Stepped::default();
        for step in 0..grid.steps {
            if asked() {
                break;
            }
            run.advance(step, due.get(&step), &mut result);
            result.steps = step + 1;
        }
        for (at, state) in run.states.iter().enumerate() {
            let node = &flat.nodes[at];
            if node.primitive.kind.is_neuron() && !node.primitive.kind.is_spiking() {
                result.potentials.insert(node.name.clone(), state.potential.clone());
            }
        }
        Ok(result)
    }
}

/// Spikes of inputs: node and neuron, by step.
type Due = BTreeMap<usize, Vec<(usize, usize)>>;

fn due(
    flat: &Flat,
    grid: &Grid,
    inputs: &BTreeMap<String, Vec<(usize, usize)>>,
) -> Result<Due, NirError> {
    let entries: BTreeMap<&str, usize> = (0..flat.nodes.len())
        .filter(|at| flat.is_entry(*at))
        .map(|at| (flat.nodes[at].name.as_str(), at))
        .collect();
    let mut due = Due::new();
    for (name, spikes) in inputs {
        let Some(&at) = entries.get(name.as_str()) else {
            let inputs = entries.keys().map(|each| format!("'{each}'")).collect();
            return Err(NirError::NoInput { name: name.clone(), inputs });
        };
        let size = flat.nodes[at].size();
        for &(step, neuron) in spikes.iter().filter(|(step, _)| *step < grid.steps) {
            if neuron >= size {
                let why = format!("neuron {neuron} is to spike; it has {size}, from 0 on");
                return Err(cannot(name, why));
            }
            due.entry(step).or_default().push((at, neuron));
        }
    }
    Ok(due)
}

/// What a node does in a step.
enum Action<'f> {
    /// Its input, mapped, and a constant.
    Map(Map<'f>, Option<Vec<f64>>),
    /// 1 where its input lies above these.
    Threshold(Vec<f64>),
    /// Its input of so many steps before.
    Delay(usize),
    /// Neurons.
    Neurons(Vec<Stepper>),
}

struct Run<'f> {
    flat: &'f Flat,
    order: Vec<usize>,
    before: Vec<Vec<usize>>,
    actions: Vec<Action<'f>>,
    states: Vec<State>,
}

impl<'f> Run<'f> {
    fn new(flat: &'f Flat, grid: &Grid) -> Result<Self, NirError> {
        let mut states = Vec::new();
        let mut actions = Vec::new();
        for (at, node) in flat.nodes.iter().enumerate() {
            let action = action(flat, at, grid)?;
            let mut state = State { given: vec![0.0; node.size()], ..State::default() };
            match &action {
                Action::Neurons(steppers) => {
                    state.potential = steppers.iter().map(|each| each.initial).collect();
                    state.current = vec![0.0; steppers.len()];
                }
                Action::Delay(steps) => state.owed = vec![vec![0.0; node.size()]; *steps].into(),
                _ => {}
            }
            actions.push(action);
            states.push(state);
        }
        let before = (0..flat.nodes.len()).map(|at| flat.before(at).collect()).collect();
        Ok(Self { flat, order: order(flat), before, actions, states })
    }

    fn advance(&mut self, step: usize, due: Option<&Vec<(usize, usize)>>, result: &mut Stepped) {
        for place in 0..self.order.len() {
            let at = self.order[place];
            let node = &self.flat.nodes[at];
            let mut input = vec![0.0; node.input.iter().product()];
            for from in &self.before[at] {
                input
                    .iter_mut()
                    .zip(&self.states[*from].given)
                    .for_each(|(sum, each)| *sum += each);
            }
            if self.before[at].is_empty() {
                let own = due.into_iter().flatten().filter(|(entry, _)| *entry == at);
                own.for_each(|(_, neuron)| input[*neuron] += 1.0);
            }
            let state = &mut self.states[at];
            match &self.actions[at] {
                Action::Map(map, constant) => {
                    state.given = map.apply(&input);
                    if let Some(constant) = constant {
                        let sums = state.given.iter_mut().zip(constant);
                        sums.for_each(|(sum, each)| *sum += each);
                    }
                }
                Action::Threshold(levels) => {
                    let above = input.iter().zip(levels).map(|(x, level)| f64::from(x > level));
                    state.given = above.collect();
                }
                Action::Delay(_) => {
                    state.owed.push_back(input);
                    state.given = state.owed.pop_front().unwrap_or_default();
                }
                Action::Neurons(steppers) => {
                    for (neuron, stepper) in steppers.iter().enumerate() {
                        let fired = stepper.advance(state, neuron, input[neuron]);
                        if let Some(distance) = fired {
                            let nearest =
                                result.nearest.map_or(distance, |each| each.min(distance));
                            result.nearest = Some(nearest);
                            if state.given[neuron] > 0.0 {
                                result.spikes.push((step, node.name.clone(), neuron));
                            }
                        }
                    }
                }
            }
        }
    }
}

fn action<'f>(flat: &'f Flat, at: usize, grid: &Grid) -> Result<Action<'f>, NirError> {
    let node = &flat.nodes[at];
    match node.primitive.kind {
        Kind::Threshold => {
            let level = crate::shape::array(node, "threshold")?;
            Ok(Action::Threshold((0..node.size()).map(|at| level.spread(at)).collect()))
        }
        Kind::Delay => {
            let delays = crate::shape::array(node, "delay")?;
            let steps = delays.get(0) / grid.step_s;
            let is_one = (0..delays.len()).all(|at| delays.get(at) == delays.get(0));
            let whole = steps.round();
            if !is_one
                || (steps - whole).abs() > 1e-6 * whole.max(1.0)
                || !(0.0..=1e6).contains(&whole)
            {
                let why =
                    format!("is no whole number of steps of {} s, the same for all", grid.step_s);
                return Err(parameter(&node.name, "delay", why));
            }
            Ok(Action::Delay(whole as usize))
        }
        kind if kind.is_neuron() => Ok(Action::Neurons(
            (0..node.size()).map(|each| Stepper::of(node, each, grid)).collect(),
        )),
        _ => Ok(Action::Map(Map::of(node)?, bias(node)?)),
    }
}

/// Nodes in the order in which a step reaches them: each after those that feed it, but for what closes a loop, which a
/// step hears of the one before.
fn order(flat: &Flat) -> Vec<usize> {
    let mut open: Vec<usize> = (0..flat.nodes.len()).map(|at| flat.before(at).count()).collect();
    let mut left: BTreeSet<usize> = (0..flat.nodes.len()).collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let closed = left.iter().copied().find(|at| open[*at] == 0);
        // Where a loop begins: a neuron or a delay that has heard something, or the first one.
        let heard = |at: &usize| flat.before(*at).any(|from| !left.contains(&from));
        let breaks = |at: &usize| !flat.nodes[*at].primitive.kind.is_immediate();
        let next = closed
            .or_else(|| left.iter().copied().find(|at| breaks(at) && heard(at)))
            .or_else(|| left.iter().copied().find(breaks))
            .or_else(|| left.first().copied());
        let Some(next) = next else { break };
        left.remove(&next);
        order.push(next);
        for to in flat.behind(next) {
            open[to] = open[to].saturating_sub(1);
        }
    }
    order
}
