//! The state space of an island in one switch configuration, by modified nodal analysis.
//!
//! Unknowns are node voltages, currents of floating voltage-defined branches, and, as states,
//! voltages across a tree of each group of connected capacitors: the voltage of a node against
//! the group's root, which is a driven node if the group touches one (`charge.rs` says what a state is where it
//! touches several). Then
//!
//! - Kirchhoff's current law at every node that is a state gives `M x' = -(Rx x + Rz z + Ru u)`,
//! - the law summed over a group without a driven node, the law at nodes without capacitor and
//!   the branch equations give the algebraic part `Ax x + Az z + Au u = 0`,
//!
//! and elimination of `z` leaves `x' = A x + B u`. Sources may jump: no derivative of `u` enters.

mod error;
mod initial;
mod response;

use std::collections::BTreeMap;

use num_traits::One;

use crate::assembly::Assembly;
use crate::dependent::{Dependent, independent, sparse};
use crate::double::Double;
use crate::layout::Layout;
use crate::limits::Failure;
use crate::mesh::Sparse;
use crate::modes::Modes;
use crate::network::{Network, ReducedNetwork};
use crate::row::Row;
use crate::spectrum::{Drive, Spectrum};
use crate::{Circuit, Control, Element, ElementId, ElementKind, Island, Law, NodeId};

pub use error::SystemError;

/// An island in one configuration of its switches.
#[derive(Debug)]
pub struct System {
    states: usize,
    inputs: usize,
    /// `x' = a x + b u` over `[x; u]`.
    rates: Vec<Sparse>,
    /// Node voltages over `[x; u]`.
    voltages: Vec<Sparse>,
    /// Currents of floating voltage-defined branches over `[x; u]`.
    branches: Vec<Sparse>,
    layout: Layout,
    conductance: BTreeMap<ElementId, Double>,
    modes: Modes,
    /// Capacitance of each capacitor (F).
    capacitors: Vec<(ElementId, f64)>,
    /// What each state's node takes from each input at constant charge; empty where nothing.
    shares: Vec<Sparse>,
    /// Where states depend on each other.
    tied: Option<Dependent>,
}

impl System {
    /// Solves an island with the resistance (ohm) of each of its devices given, in the order of
    /// [`Island::devices`].
    ///
    /// # Errors
    /// [`SystemError`] where the equations determine no solution, or none to full accuracy.
    pub fn new(
        circuit: &Circuit,
        island: &Island,
        device_ohm: &[f64],
    ) -> Result<Self, SystemError> {
        let layout = Layout::new(circuit, island);
        match Network::new(circuit, island, &layout, device_ohm, true) {
            Some(network) => Self::of_network(circuit, network, island, layout.clone()),
            None => Self::of_assembly(circuit, island, layout, device_ohm),
        }
        .map_err(|failure| failure.at(label(circuit, island)))
    }

    /// Resistors, switches and capacitors to driven nodes: without a subtraction.
    fn of_network(
        circuit: &Circuit,
        network: Network,
        island: &Island,
        layout: Layout,
    ) -> Result<Self, Failure> {
        let ReducedNetwork { states: state_network, rates, voltages } = network.reduce()?;
        let (states, inputs) = (layout.states, island.inputs.len());
        let drive = Drive::new(&rates, inputs);
        let spectrum = Spectrum::of_network(&state_network, &drive)?;
        let (modes, conductance) = (Modes::new(spectrum), network.conductance);
        Ok(Self {
            states,
            inputs,
            rates,
            voltages,
            branches: Vec::new(),
            capacitors: capacitors(circuit, island),
            layout,
            conductance,
            modes,
            shares: Vec::new(),
            tied: None,
        })
    }

    /// Any island, as matrices.
    fn of_assembly(
        circuit: &Circuit,
        island: &Island,
        layout: Layout,
        device_ohm: &[f64],
    ) -> Result<Self, Failure> {
        let assembly = Assembly::new(circuit, island, &layout, device_ohm, &BTreeMap::new())?;
        let reduced = assembly.reduce(circuit, island, &layout)?;
        let (states, inputs) = (reduced.rates.nrows(), island.inputs.len());
        let rates = sparse(&reduced.rates);
        let spectrum = reduced.spectrum(&Drive::new(&rates, inputs))?;
        Ok(Self {
            states,
            inputs,
            rates,
            voltages: sparse(&reduced.voltages),
            branches: sparse(&reduced.branches),
            capacitors: capacitors(circuit, island),
            layout,
            conductance: assembly.conductance,
            modes: Modes::new(spectrum),
            shares: assembly.shares.as_ref().map(sparse).unwrap_or_default(),
            tied: reduced.tied.map(Dependent::new),
        })
    }

    /// Number of states.
    #[must_use]
    pub fn states(&self) -> usize {
        self.states
    }

    /// The modes of `x' = A x + B u`.
    #[must_use]
    pub fn modes(&self) -> &Modes {
        &self.modes
    }

    /// Rate (1/s) of the only state and the weights of the inputs in its equation, if there is
    /// exactly one state and it moves.
    #[must_use]
    pub fn scalar(&self) -> Option<(f64, Vec<f64>)> {
        let [row] = self.rates.as_slice() else { return None };
        let row = self.row(row);
        let rate = row.states[0].value();
        (rate != 0.0).then(|| (rate, row.input_weights().collect()))
    }

    /// The quantity that is always zero.
    #[must_use]
    pub fn zero_row(&self) -> Row {
        Row::zero(self.states, self.inputs)
    }

    fn row(&self, sparse: &Sparse) -> Row {
        let mut row = self.zero_row();
        for &(column, weight) in &sparse.0 {
            match column.checked_sub(self.states) {
                Some(input) => row.inputs[input] = weight,
                None => row.states[column] = weight,
            }
        }
        row
    }

    /// A row, and what its integral has beside that of it.
    fn moved(&self, sparse: &Sparse, charges: Option<&Sparse>) -> Row {
        let mut row = self.row(sparse);
        for (column, weight) in charges.into_iter().flat_map(|charges| &charges.0) {
            row.add_charge(*column, *weight);
        }
        row
    }

    /// Current of a branch.
    fn branch(&self, at: usize) -> Row {
        self.moved(&self.branches[at], self.tied.as_ref().map(|tied| &tied.branch_charges[at]))
    }

    /// What would be a state if states did not depend on each other.
    fn value(&self, state: usize) -> Row {
        match &self.tied {
            Some(tied) => self.row(&tied.values[state]),
            None => self.row(&Sparse::unit(state)),
        }
    }

    /// Its rate (1/s).
    fn rate(&self, state: usize) -> Row {
        match &self.tied {
            Some(tied) => self.moved(&tied.rates[state].0, Some(&tied.rates[state].1)),
            None => self.row(&self.rates[state]),
        }
    }

    /// Voltage of a node against ground. Nodes that are neither in the island nor driven are zero here.
    #[must_use]
    pub fn node_voltage(&self, circuit: &Circuit, node: NodeId) -> Row {
        if let Some(&at) = self.layout.node_at.get(&node) {
            let charges = self.tied.as_ref().map(|tied| &tied.voltage_charges[at]);
            return self.moved(&self.voltages[at], charges);
        }
        let mut row = self.zero_row();
        for (source, sign) in circuit.topology().driven(node).into_iter().flatten() {
            if let Some(&at) = self.layout.input_at.get(source) {
                row.inputs[at] += f64::from(*sign).into();
            }
        }
        row
    }

    /// Voltage between two nodes.
    #[must_use]
    pub fn voltage(&self, circuit: &Circuit, [plus, minus]: [NodeId; 2]) -> Row {
        let mut row = self.node_voltage(circuit, plus);
        row.add_scaled(-1.0, &self.node_voltage(circuit, minus));
        row
    }

    /// What controls a device of the island.
    #[must_use]
    pub fn control(&self, circuit: &Circuit, control: Control<'_>) -> Row {
        match control {
            Control::Voltage(nodes) => self.voltage(circuit, nodes),
            Control::Law(law) => self.law(circuit, law),
            Control::Current { of, reversed } => {
                let sign = if reversed { -1.0 } else { 1.0 };
                self.current(circuit, of).scaled(sign.into())
            }
        }
    }

    /// What a law makes of the island.
    fn law(&self, circuit: &Circuit, law: &Law) -> Row {
        let mut row = self.zero_row();
        for (node, weight) in law.voltages() {
            row.add_scaled(weight, &self.node_voltage(circuit, node));
        }
        for (element, weight) in law.currents() {
            row.add_scaled(*weight, &self.current(circuit, *element));
        }
        row
    }

    /// Current through an element of the island from its plus to its minus node.
    #[must_use]
    pub fn current(&self, circuit: &Circuit, id: ElementId) -> Row {
        let element = circuit.element(id);
        if let Some(&at) = self.layout.branch_at.get(&id) {
            return self.branch(at);
        }
        if let Some(siemens) = self.conductance.get(&id) {
            let nodes = element.control().filter(|_| is_vccs(element)).unwrap_or(element.nodes);
            let mut row = self.voltage(circuit, nodes).scaled(*siemens);
            if let Some(&at) = self.layout.input_at.get(&id) {
                row.inputs[at] += Double::one();
            }
            return row;
        }
        match &element.kind {
            ElementKind::Capacitor { farad, .. } => {
                self.charging(circuit, element.nodes).scaled((*farad).into())
            }
            ElementKind::Inductor { .. } => self.value(self.layout.inductor_at[&id]),
            ElementKind::CurrentLaw { law, .. } => {
                let mut row = self.law(circuit, law);
                if let Some(&at) = self.layout.input_at.get(&id) {
                    row.inputs[at] += Double::one();
                }
                row
            }
            _ => self.zero_row(),
        }
    }

    /// Rate of change of the voltage of a capacitor between two nodes (V/s). The root of their group has no part in it.
    fn charging(&self, circuit: &Circuit, nodes: [NodeId; 2]) -> Row {
        let mut row = self.zero_row();
        let mut held = Vec::new();
        for (node, sign) in nodes.into_iter().zip([1.0, -1.0]) {
            let Some(&at) = self.layout.node_at.get(&node) else {
                held.push((node, sign));
                continue;
            };
            held.extend(self.layout.driven_root[at].map(|root| (root, sign)));
            if let Some(state) = self.layout.state_of[at] {
                row.add_scaled(sign, &self.rate(state));
                for (input, share) in self.shares.get(state).into_iter().flat_map(|row| &row.0) {
                    row.add_charge(self.states + input, share.scaled(sign));
                }
            }
        }
        if let [(one, _), (other, _)] = held.as_slice()
            && one == other
        {
            return row;
        }
        for (node, sign) in held {
            for (input, weight) in self.layout.driven(circuit, node) {
                row.add_charge(self.states + input, weight.scaled(sign));
            }
        }
        row
    }

    /// The states at rest under inputs `u`, some nodes clamped to given voltages against ground.
    ///
    /// # Errors
    /// [`SystemError::Singular`] if no rest exists or more than one.
    pub fn operating_point(
        circuit: &Circuit,
        island: &Island,
        device_ohm: &[f64],
        clamps: &BTreeMap<NodeId, f64>,
        u: &[f64],
    ) -> Result<Vec<f64>, SystemError> {
        let layout = Layout::new(circuit, island);
        let clamps: BTreeMap<NodeId, f64> = clamps
            .iter()
            .filter(|(node, _)| layout.node_at.contains_key(node))
            .map(|(node, volt)| (*node, *volt))
            .collect();
        match Network::new(circuit, island, &layout, device_ohm, false) {
            Some(network) => network.rest(&clamps, u),
            None => Assembly::new(circuit, island, &layout, device_ohm, &clamps)
                .and_then(|assembly| assembly.rest(&layout, &clamps, u))
                .and_then(|rest| independent(circuit, island, &layout, device_ohm, rest)),
        }
        .map_err(|failure| failure.at(label(circuit, island)))
    }

    /// Where a row that reads a node's state stands: for messages.
    #[must_use]
    pub fn state_node(&self, state: usize) -> Option<NodeId> {
        let state = self.tied.as_ref().map_or(state, |tied| tied.kept[state]);
        let at = self.layout.state_of.iter().position(|s| *s == Some(state))?;
        self.layout.node_at.iter().find(|(_, p)| **p == at).map(|(node, _)| *node)
    }
}

/// The capacitors of an island and their capacitances (F).
fn capacitors(circuit: &Circuit, island: &Island) -> Vec<(ElementId, f64)> {
    let farad = |&id: &ElementId| match circuit.element(id).kind {
        ElementKind::Capacitor { farad, .. } => Some((id, farad)),
        _ => None,
    };
    island.elements.iter().filter_map(farad).collect()
}

fn is_vccs(element: &Element) -> bool {
    matches!(element.kind, ElementKind::Vccs { .. })
}

fn label(circuit: &Circuit, island: &Island) -> String {
    match island.nodes.first() {
        Some(node) => circuit.nodes()[node.index()].clone(),
        None => "0".to_owned(),
    }
}
