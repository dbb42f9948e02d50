//! Networks from graphs.

use std::collections::{BTreeMap, BTreeSet};

use memspike_network::{
    Builder, Connections, Delay, Effect as Unit, Input, Network, PopulationId, Recorded, Spikes,
    Weights,
};
use memspike_npy::Values;
use memspike_time::FS;

use crate::arrival::{Arrivals, Way, arrivals};
use crate::error::{cannot, parameter};
use crate::flat::Flat;
use crate::neuron::{Effect, Groups, Neuron, groups};
use crate::node::Kind;
use crate::{Graph, NirError};

/// The delay of a connection between neurons that has none in NIR (fs): the shortest that there is, so that a spike comes
/// after what made it.
pub const SHORTEST_DELAY_FS: u64 = 1;

/// What a file does not say.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The area of a spike (s, of a current of height 1): 1 for the Dirac of NIR. In the files of tools that step by `dt` a
    /// spike is a current of 1 during a step, and has an area of `dt`.
    pub spike_area_s: f64,
    /// A spike subtracts the threshold instead of setting the potential to `v_reset`.
    pub subtract: bool,
    /// Delay of connections that close a loop of neurons without a Delay (s).
    pub loop_delay_s: Option<f64>,
    /// Spikes of inputs by their names; an input without is one that is played from outside.
    pub spikes: BTreeMap<String, Spikes>,
    /// Neurons as layers of a core have them, without delays between.
    pub core: bool,
}

impl Default for Options {
    fn default() -> Self {
        let spikes = BTreeMap::new();
        Self { spike_area_s: 1.0, subtract: false, loop_delay_s: None, spikes, core: false }
    }
}

/// A network of a graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The network.
    pub network: Network,
    /// Populations of each input and neuron node, in order; of a node with several, each with the places of its neurons.
    pub populations: Vec<Placed>,
}

/// A population, and what it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The node.
    pub node: String,
    /// The population.
    pub population: String,
    /// Which of the node's neurons these are, where they are not all.
    pub neurons: Option<Vec<usize>>,
    /// Whether an Output hears them.
    pub is_output: bool,
}

impl Graph {
    /// The network that this graph is.
    ///
    /// # Errors
    /// What is wrong with the graph or cannot be represented, by the name of its node.
    pub fn network(&self, options: &Options) -> Result<Imported, NirError> {
        let flat = self.flat()?;
        let mut import = Import {
            flat: &flat,
            options,
            builder: Builder::new(),
            names: BTreeSet::new(),
            nodes: vec![Vec::new(); flat.nodes.len()],
            populations: Vec::new(),
            loops: BTreeSet::new(),
        };
        import.inputs()?;
        let mut heard = Vec::new();
        for at in (0..flat.nodes.len()).filter(|at| flat.nodes[*at].primitive.kind.is_neuron()) {
            let arrived = arrivals(&flat, at)?;
            let groups = groups(&flat.nodes[at], arrived.constant.as_deref())?;
            import.neurons(at, &groups)?;
            heard.push((at, arrived, groups));
        }
        import.outputs()?;
        for (at, arrived, groups) in &heard {
            import.projections(*at, arrived, groups)?;
        }
        if !import.loops.is_empty() {
            let names = import.loops.iter().map(|at| format!("'{}'", flat.nodes[*at].name));
            return Err(NirError::Loop(names.collect()));
        }
        Ok(Imported { network: import.builder.build()?, populations: import.populations })
    }
}

/// A population under way.
#[derive(Debug, Clone)]
struct Made {
    id: PopulationId,
    name: String,
    /// Places of its neurons in their node.
    members: Vec<usize>,
    unit: Option<Effect>,
}

struct Import<'f> {
    flat: &'f Flat,
    options: &'f Options,
    builder: Builder,
    /// Names that are taken, of populations and projections.
    names: BTreeSet<String>,
    /// Populations of each node.
    nodes: Vec<Vec<Made>>,
    populations: Vec<Placed>,
    /// Neurons that close loops without a delay.
    loops: BTreeSet<usize>,
}

impl Import<'_> {
    /// A name that a network may have, near to a node's.
    fn name(&mut self, node: &str) -> String {
        let letter = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
        let mut base: String = node.chars().map(letter).take(60).collect();
        if !base.starts_with(|first: char| first.is_ascii_alphabetic()) {
            base.insert(0, 'n');
        }
        let mut name = base.clone();
        let mut number = 2;
        while !self.names.insert(name.clone()) {
            name = format!("{base}-{number}");
            number += 1;
        }
        name
    }

    fn inputs(&mut self) -> Result<(), NirError> {
        let entries: Vec<usize> =
            (0..self.flat.nodes.len()).filter(|at| self.flat.is_entry(*at)).collect();
        let inputs: Vec<String> =
            entries.iter().map(|at| self.flat.nodes[*at].name.clone()).collect();
        let spikes = &self.options.spikes;
        if let Some(name) = spikes.keys().find(|name| !inputs.contains(name)) {
            let inputs = inputs.iter().map(|each| format!("'{each}'")).collect();
            return Err(NirError::NoInput { name: name.clone(), inputs });
        }
        for at in entries {
            let node = &self.flat.nodes[at];
            let name = self.name(&node.name);
            let id = match spikes.get(&node.name) {
                Some(spikes) => {
                    let recorded = Recorded { spikes: spikes.clone() };
                    self.builder.population(&name, node.size(), recorded)
                }
                None => self.builder.population(&name, node.size(), Input {}),
            };
            let members = (0..node.size()).collect();
            self.add(at, Made { id, name, members, unit: None });
        }
        Ok(())
    }

    fn add(&mut self, at: usize, made: Made) {
        let node = &self.flat.nodes[at];
        self.populations.push(Placed {
            node: node.name.clone(),
            population: made.name.clone(),
            neurons: (made.members.len() < node.size()).then(|| made.members.clone()),
            is_output: self.flat.behind(at).any(|to| self.leads_out(to)),
        });
        self.nodes[at].push(made);
    }

    /// Whether a node is an Output, or one that a graph within passes on to one.
    fn leads_out(&self, at: usize) -> bool {
        self.flat.nodes[at].primitive.kind == Kind::Output
            && (self.flat.behind(at).next().is_none()
                || self.flat.behind(at).any(|to| self.leads_out(to)))
    }

    fn neurons(&mut self, at: usize, groups: &Groups) -> Result<(), NirError> {
        let flat = self.flat;
        let node = &flat.nodes[at];
        for (neuron, members) in groups {
            let (model, unit) = neuron.model(&node.name, self.options)?;
            let name = self.name(&node.name);
            let id = self.builder.population(&name, members.len(), model);
            let members = members.clone();
            self.add(at, Made { id, name, members, unit: Some(unit) });
        }
        Ok(())
    }

    /// Refuses outputs that hear anything but spikes or a potential.
    fn outputs(&self) -> Result<(), NirError> {
        let flat = self.flat;
        let outputs =
            (0..flat.nodes.len()).filter(|at| flat.nodes[*at].primitive.kind == Kind::Output);
        for (at, from) in outputs.flat_map(|at| flat.before(at).map(move |from| (at, from))) {
            let kind = flat.nodes[from].primitive.kind;
            let is_passed_on = flat.behind(at).next().is_some();
            if !is_passed_on && !kind.is_neuron() && !matches!(kind, Kind::Input | Kind::Output) {
                let why = format!(
                    "it goes out as {} gives it, which is no spike: put a neuron before the Output",
                    kind.name()
                );
                return Err(cannot(&flat.nodes[from].name, why));
            }
        }
        Ok(())
    }

    fn projections(
        &mut self,
        at: usize,
        arrived: &Arrivals,
        groups: &Groups,
    ) -> Result<(), NirError> {
        let reached = self.flat.reached(at);
        for way in &arrived.ways {
            let is_loop = reached.contains(&way.source) || way.source == at;
            let is_loop = is_loop && !self.flat.is_entry(way.source);
            let delay_fs = self.delay(way, at, is_loop)?;
            for place in 0..self.nodes[at].len() {
                self.way(at, place, way, delay_fs)?;
            }
        }
        for (place, (neuron, _)) in groups.iter().enumerate() {
            self.beginning(at, place, neuron)?;
        }
        Ok(())
    }

    /// Delay of a way (fs).
    fn delay(&mut self, way: &Way, at: usize, is_loop: bool) -> Result<u64, NirError> {
        if way.delay_fs > 0 && self.options.core {
            return Err(cannot(&self.flat.nodes[at].name, "a core has no delays"));
        }
        if way.delay_fs > 0 || self.options.core || self.flat.is_entry(way.source) {
            return Ok(way.delay_fs);
        }
        if !is_loop {
            return Ok(SHORTEST_DELAY_FS);
        }
        let Some(delay_s) = self.options.loop_delay_s else {
            self.loops.insert(at);
            return Ok(SHORTEST_DELAY_FS);
        };
        Ok(((delay_s * FS).round() as u64).max(SHORTEST_DELAY_FS))
    }

    /// Projections of a way to one population of a node.
    fn way(&mut self, at: usize, place: usize, way: &Way, delay_fs: u64) -> Result<(), NirError> {
        let target = self.nodes[at][place].clone();
        let Some(unit) = target.unit else { return Ok(()) };
        let (effect, factor) = effect(unit);
        let sources = self.nodes[way.source].clone();
        let whole = way.map.connections(&target.members, factor);
        let lost =
            || cannot(&self.flat.nodes[at].name, "a weight that it hears is beyond all numbers");
        let whole = whole.ok_or_else(lost)?;
        for source in &sources {
            let connections = if sources.len() == 1 {
                whole.clone()
            } else {
                chosen_rows(&whole, &source.members, target.members.len()).ok_or_else(lost)?
            };
            if matches!(&connections, Connections::Sparse(rows) if rows.is_empty()) {
                continue;
            }
            let name = self.name(&format!("{}_{}", source.name, target.name));
            let ends = [source.id, target.id];
            self.builder.projection(&name, ends, connections, effect, Delay::All(delay_fs));
        }
        Ok(())
    }

    /// A spike at the beginning that takes from a constant current what has not grown yet.
    fn beginning(&mut self, at: usize, place: usize, neuron: &Neuron) -> Result<(), NirError> {
        let target = self.nodes[at][place].clone();
        let (Some(weight), Some(unit)) = (neuron.beginning(self.options), target.unit) else {
            return Ok(());
        };
        let (effect, factor) = effect(unit);
        let name = self.name(&format!("{}_start", target.name));
        let spikes = Spikes::new(vec![(0.0, 0)]).expect("one spike at 0 is in order");
        let source = self.builder.population(&name, 1, Recorded { spikes });
        let values = Values::Double(vec![weight * factor; target.members.len()]);
        let wrong =
            || parameter(&self.flat.nodes[at].name, "tau_syn", "makes a weight beyond all numbers");
        let weights = Weights::new(1, target.members.len(), values).map_err(|_| wrong())?;
        let ends = [source, target.id];
        self.builder.projection(&name, ends, Connections::Dense(weights), effect, Delay::All(0));
        Ok(())
    }
}

/// A unit that a projection may have, and what is left of it for the weights: 1 wherever that is possible.
fn effect(unit: Effect) -> (Unit, f64) {
    let (Effect::Volt(value) | Effect::Ampere(value)) = unit;
    let is_possible = (1e-18..=1e3).contains(&value);
    let (value, factor) = if is_possible { (value, 1.0) } else { (1.0, value) };
    match unit {
        Effect::Volt(_) => (Unit::Volt(value), factor),
        Effect::Ampere(_) => (Unit::Ampere(value), factor),
    }
}

/// Connections from some of the sources.
fn chosen_rows(whole: &Connections, members: &[usize], columns: usize) -> Option<Connections> {
    let (mut starts, mut targets, mut weights) = (vec![0], Vec::new(), Vec::new());
    match whole {
        Connections::Dense(table) => {
            let values: Vec<f64> = members
                .iter()
                .flat_map(|row| (0..columns).map(move |column| table.get(*row, column)))
                .collect();
            let table = Weights::new(members.len(), columns, Values::Double(values));
            return table.ok().map(Connections::Dense);
        }
        Connections::Sparse(rows) => {
            for member in members {
                for each in rows.of(*member) {
                    targets.push(rows.targets()[each]);
                    weights.push(rows.weights().get(each));
                }
                starts.push(targets.len());
            }
        }
        Connections::OneToOne => {
            for member in members {
                targets.push(*member as u32);
                weights.push(1.0);
                starts.push(targets.len());
            }
        }
        Connections::Drawn(_) => return None,
    }
    let rows = memspike_network::SparseRows::new(columns, starts, targets, Values::Double(weights));
    rows.ok().map(Connections::Sparse)
}
