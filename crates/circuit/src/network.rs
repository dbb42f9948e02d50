//! Islands of resistors, switches, sources and capacitors against driven nodes: a network of
//! conductances, reduced to the nodes with capacitors without a subtraction.

use std::collections::BTreeMap;

use num_traits::{One, Zero};

use crate::double::Double;
use crate::layout::Layout;
use crate::limits::Failure;
use crate::mesh::{Mesh, Sparse, conductance};
use crate::{Circuit, ElementId, ElementKind, Island, NodeId};

/// The conductances of an island. Vertices are its nodes in order, then the driven nodes that its
/// elements touch.
pub(crate) struct Network<'a> {
    circuit: &'a Circuit,
    layout: &'a Layout,
    mesh: Mesh,
    driven: Vec<NodeId>,
    /// Conductance of each element that has one (S).
    pub conductance: BTreeMap<ElementId, Double>,
    /// Capacitance of each state (F).
    capacitance: Vec<f64>,
}

/// A network whose vertices are the states: what its modes follow from.
#[derive(Debug, Clone)]
pub(crate) struct StateNetwork {
    /// Conductances of each state to others (S).
    pub links: Vec<Vec<(usize, Double)>>,
    /// Conductance of each state to driven nodes (S).
    pub ground: Vec<Double>,
    /// Capacitance of each state (F).
    pub capacitance: Vec<f64>,
}

/// What the reduction gives.
pub(crate) struct ReducedNetwork {
    pub states: StateNetwork,
    /// `x' = a x + b u`, a row for each state.
    pub rates: Vec<Sparse>,
    /// Node voltages over `[x; u]`.
    pub voltages: Vec<Sparse>,
}

impl<'a> Network<'a> {
    /// None if the island has a controlled source, a floating voltage source, capacitors to several driven nodes,
    /// or, where `capacitors` matter, one between two of its own nodes.
    pub fn new(
        circuit: &'a Circuit,
        island: &Island,
        layout: &'a Layout,
        device_ohm: &[f64],
        capacitors: bool,
    ) -> Option<Self> {
        let count = island.nodes.len();
        let is_plain = layout.branch_at.is_empty() && !layout.has_several_roots;
        if !is_plain || (capacitors && layout.root_of_state()) {
            return None;
        }
        let mut network = Self {
            circuit,
            layout,
            mesh: Mesh::new(count),
            driven: Vec::new(),
            conductance: BTreeMap::new(),
            capacitance: vec![0.0; if capacitors { layout.states } else { 0 }],
        };
        for id in &island.elements {
            let element = circuit.element(*id);
            let siemens = match &element.kind {
                ElementKind::Resistor { ohm } => conductance(*ohm),
                ElementKind::Memristor(_)
                | ElementKind::Limiter(_)
                | ElementKind::Switch { .. }
                | ElementKind::CurrentSwitch { .. } => {
                    conductance(device_ohm[island.devices.binary_search(id).ok()?])
                }
                ElementKind::Capacitor { farad, .. } if capacitors => {
                    match element.nodes.map(|node| layout.node_at.get(&node)) {
                        [Some(_), Some(_)] => return None,
                        [Some(&at), None] | [None, Some(&at)] => {
                            network.capacitance[layout.state_of[at]?] += farad;
                        }
                        [None, None] => {}
                    }
                    continue;
                }
                ElementKind::Capacitor { .. } | ElementKind::Comparator(_) => continue,
                _ => return None,
            };
            let [a, b] = element.nodes.map(|node| network.vertex(node));
            network.mesh.connect(a, b, siemens);
            network.conductance.insert(*id, siemens);
        }
        for (input, id) in island.inputs.iter().enumerate() {
            let element = circuit.element(*id);
            if element.is_current_input() {
                for (node, sign) in element.nodes.into_iter().zip([-1.0, 1.0]) {
                    if let Some(&at) = layout.node_at.get(&node) {
                        network.mesh.feed(at, input, Double::from(sign));
                    }
                }
            }
        }
        Some(network)
    }

    fn vertex(&mut self, node: NodeId) -> usize {
        let first = self.layout.state_of.len();
        if let Some(&at) = self.layout.node_at.get(&node) {
            return at;
        }
        let known = self.driven.iter().position(|driven| *driven == node);
        first
            + known.unwrap_or_else(|| {
                self.driven.push(node);
                self.driven.len() - 1
            })
    }

    /// Voltage of a driven node, `scale` times.
    fn add_driven(&self, node: NodeId, scale: Double, row: &mut Sparse) {
        for (source, sign) in self.circuit.topology().driven(node).into_iter().flatten() {
            let column = self.layout.states + self.layout.input_at[source];
            row.add(column, scale.scaled(f64::from(*sign)));
        }
    }

    /// Eliminates the nodes without capacitor; fails if one of them floats.
    pub fn reduce(&self) -> Result<ReducedNetwork, Failure> {
        let layout = self.layout;
        let count = layout.state_of.len();
        let mut mesh = self.mesh.clone();
        let without: Vec<usize> = (0..count).filter(|&at| layout.state_of[at].is_none()).collect();
        let order = mesh.eliminate_all(&without)?;

        let mut voltages = vec![Sparse::default(); count];
        let mut rates = vec![Sparse::default(); layout.states];
        let mut links = vec![Vec::new(); layout.states];
        let mut ground = vec![Double::zero(); layout.states];
        for (at, voltage) in voltages.iter_mut().enumerate() {
            let Some(state) = layout.state_of[at] else { continue };
            *voltage = Sparse::unit(state);
            if let Some(node) = layout.driven_root[at] {
                self.add_driven(node, Double::one(), voltage);
            }
            self.rate(&mesh, at, state, &mut rates[state]);
            for &(to, conductance) in mesh.links(at) {
                match layout.state_of.get(to) {
                    Some(&Some(other)) => links[state].push((other, conductance)),
                    _ => ground[state] += conductance,
                }
            }
        }
        for eliminated in order.iter().rev() {
            let mut row = Sparse::default();
            for &(to, weight) in &eliminated.weights {
                match to.checked_sub(count) {
                    Some(driven) => self.add_driven(self.driven[driven], weight, &mut row),
                    None => row.add_scaled(weight, &voltages[to]),
                }
            }
            for &(input, weight) in &eliminated.inputs {
                row.add(layout.states + input, weight);
            }
            voltages[eliminated.vertex] = row;
        }
        let states = StateNetwork { links, ground, capacitance: self.capacitance.clone() };
        Ok(ReducedNetwork { states, rates, voltages })
    }

    /// `C dv/dt` at a node over its capacitance: states are voltages against driven roots.
    fn rate(&self, mesh: &Mesh, at: usize, state: usize, row: &mut Sparse) {
        let layout = self.layout;
        let elastance = Double::one() / Double::from(self.capacitance[state]);
        let root = layout.driven_root[at];
        for &(to, conductance) in mesh.links(at) {
            let weight = conductance * elastance;
            row.add(state, -weight);
            if let Some(&Some(other)) = layout.state_of.get(to) {
                row.add(other, weight);
            }
            let far = match to.checked_sub(layout.state_of.len()) {
                Some(driven) => Some(self.driven[driven]),
                None => layout.driven_root[to],
            };
            if far != root {
                far.into_iter().for_each(|node| self.add_driven(node, weight, row));
                root.into_iter().for_each(|node| self.add_driven(node, -weight, row));
            }
        }
        for &(input, weight) in mesh.feeds(at) {
            row.add(layout.states + input, weight * elastance);
        }
    }

    /// The states with every capacitor current zero, some nodes held at given voltages, under
    /// inputs `u`; fails if a node floats.
    pub fn rest(&self, clamps: &BTreeMap<NodeId, f64>, u: &[f64]) -> Result<Vec<f64>, Failure> {
        let layout = self.layout;
        let count = layout.state_of.len();
        // Vertices with given voltage stand after all others.
        let mut place = Vec::with_capacity(count + self.driven.len());
        let mut given: Vec<f64> = Vec::new();
        let held: Vec<Option<f64>> =
            layout.node_at.keys().map(|n| clamps.get(n).copied()).collect();
        let free = held.iter().filter(|held| held.is_none()).count();
        for held in &held {
            match held {
                Some(volt) => {
                    place.push(free + given.len());
                    given.push(*volt);
                }
                None => place.push(place.len() - given.len()),
            }
        }
        for node in &self.driven {
            place.push(free + given.len());
            given.push(self.driven_volt(*node, u).value());
        }
        // Links between two vertices are stored at both.
        let mut mesh = Mesh::new(free);
        for at in 0..count {
            for &(to, conductance) in self.mesh.links(at) {
                if to > at {
                    mesh.connect(place[at], place[to], conductance);
                }
            }
            for &(input, weight) in self.mesh.feeds(at) {
                mesh.feed(place[at], 0, weight.scaled(u[input]));
            }
        }
        let volts = mesh.solve(&given)?;
        let volts: Vec<Double> =
            (0..count).map(|at| held[at].map_or_else(|| volts[place[at]], Double::from)).collect();
        Ok(self.states_at(&volts, u))
    }

    /// Voltages of states against the roots of their groups.
    fn states_at(&self, volts: &[Double], u: &[f64]) -> Vec<f64> {
        let layout = self.layout;
        let mut of_root = vec![Double::zero(); layout.roots];
        for (at, volt) in volts.iter().enumerate() {
            if let (Some(root), None) = (layout.root_of[at], layout.state_of[at]) {
                of_root[root] = *volt;
            }
        }
        let mut states = vec![0.0; layout.states];
        for (at, volt) in volts.iter().enumerate() {
            let Some(state) = layout.state_of[at] else { continue };
            let root = match (layout.driven_root[at], layout.root_of[at]) {
                (Some(node), _) => self.driven_volt(node, u),
                (None, Some(root)) => of_root[root],
                (None, None) => Double::zero(),
            };
            states[state] = (*volt - root).value();
        }
        states
    }

    fn driven_volt(&self, node: NodeId, u: &[f64]) -> Double {
        let sources = self.circuit.topology().driven(node).into_iter().flatten();
        let volt = |(source, sign): &(ElementId, i8)| {
            Double::from(f64::from(*sign) * u[self.layout.input_at[source]])
        };
        sources.map(volt).sum()
    }
}

impl StateNetwork {
    /// Groups of states that conductances connect, each ascending.
    pub fn parts(&self) -> Vec<Vec<usize>> {
        let count = self.links.len();
        let mut part = vec![usize::MAX; count];
        let mut parts: Vec<Vec<usize>> = Vec::new();
        for start in 0..count {
            if part[start] != usize::MAX {
                continue;
            }
            let mut members = vec![start];
            part[start] = parts.len();
            let mut seen = 0;
            while let Some(&at) = members.get(seen) {
                seen += 1;
                for &(to, _) in &self.links[at] {
                    if part[to] == usize::MAX {
                        part[to] = parts.len();
                        members.push(to);
                    }
                }
            }
            members.sort_unstable();
            parts.push(members);
        }
        parts
    }
}
