//! The state space of an island in one switch configuration, by modified nodal analysis.
//!
//! Unknowns are node voltages, currents of floating voltage-defined branches, and, as states,
//! voltages across a tree of each group of connected capacitors: the voltage of a node against
//! the group's root, which is a driven node if the group touches one. Then
//!
//! - Kirchhoff's current law at every node that is a state gives `M x' = -(Rx x + Rz z + Ru u)`,
//! - the law summed over a group without a driven node, the law at nodes without capacitor and
//!   the branch equations give the algebraic part `Ax x + Az z + Au u = 0`,
//!
//! and elimination of `z` leaves `x' = A x + B u`. Sources may jump: no derivative of `u` enters.

use std::collections::BTreeMap;

use nalgebra::{DMatrix, DVector};

use crate::assembly::{Assembly, Reduced};
use crate::layout::Layout;
use crate::modes::Modes;
use crate::{Circuit, Element, ElementId, ElementKind, Island, NodeId};

/// Why an island cannot be solved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SystemError {
    /// Kirchhoff's laws leave something open, or contradict each other.
    #[error(
        "the equations around node '{node}' have no unique solution: a controlled source cancels what would fix its voltage"
    )]
    Singular {
        /// A node of the island.
        node: String,
    },
    /// The eigenvalues could not be computed.
    #[error("the modes of the part around node '{node}' could not be computed")]
    NoModes {
        /// A node of the island.
        node: String,
    },
}

/// A quantity as a linear function of an island's states and inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Weight of each state.
    pub states: Vec<f64>,
    /// Weight of each of [`Island::inputs`].
    pub inputs: Vec<f64>,
}

/// An island in one configuration of its switches.
#[derive(Debug)]
pub struct System {
    states: usize,
    inputs: usize,
    /// `x' = a x + b u`.
    a: DMatrix<f64>,
    b: DMatrix<f64>,
    /// Node voltages over `[x; u]`.
    voltages: DMatrix<f64>,
    /// Currents of floating voltage-defined branches over `[x; u]`.
    branches: DMatrix<f64>,
    layout: Layout,
    conductance: BTreeMap<ElementId, f64>,
    modes: Modes,
}

impl System {
    /// Solves an island with the resistance (ohm) of each of its devices given, in the order of
    /// [`Island::devices`].
    ///
    /// # Errors
    /// [`SystemError`] where the equations determine no solution.
    pub fn new(
        circuit: &Circuit,
        island: &Island,
        device_ohm: &[f64],
    ) -> Result<Self, SystemError> {
        let layout = Layout::new(circuit, island);
        let assembly = Assembly::new(circuit, island, &layout, device_ohm, &BTreeMap::new());
        let label = || label(circuit, island);
        let reduced =
            assembly.reduce(&layout).ok_or_else(|| SystemError::Singular { node: label() })?;
        let modes = reduced.modes().ok_or_else(|| SystemError::NoModes { node: label() })?;
        let conductance = assembly.conductance;
        let Reduced { a, b, voltages, branches, .. } = reduced;
        let (states, inputs) = (layout.states, island.inputs.len());
        Ok(Self { states, inputs, a, b, voltages, branches, layout, conductance, modes })
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
        let moves = self.states == 1 && self.a[(0, 0)] != 0.0;
        moves.then(|| (self.a[(0, 0)], self.b.row(0).iter().copied().collect()))
    }

    /// The quantity that is always zero.
    #[must_use]
    pub fn zero_row(&self) -> Row {
        Row { states: vec![0.0; self.states], inputs: vec![0.0; self.inputs] }
    }

    fn row(&self, matrix: &DMatrix<f64>, index: usize) -> Row {
        let all: Vec<f64> = matrix.row(index).iter().copied().collect();
        Row { states: all[..self.states].to_vec(), inputs: all[self.states..].to_vec() }
    }

    /// Voltage of a node against ground. Nodes that are neither in the island nor driven are zero here.
    #[must_use]
    pub fn node_voltage(&self, circuit: &Circuit, node: NodeId) -> Row {
        if let Some(&at) = self.layout.node_at.get(&node) {
            return self.row(&self.voltages, at);
        }
        let mut row = self.zero_row();
        for (source, sign) in circuit.topology().driven(node).into_iter().flatten() {
            if let Some(&at) = self.layout.input_at.get(source) {
                row.inputs[at] += f64::from(*sign);
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

    /// Current through an element of the island from its plus to its minus node.
    #[must_use]
    pub fn current(&self, circuit: &Circuit, id: ElementId) -> Row {
        let element = circuit.element(id);
        if let Some(&at) = self.layout.branch_at.get(&id) {
            return self.row(&self.branches, at);
        }
        if let Some(siemens) = self.conductance.get(&id) {
            let nodes = element.control().filter(|_| is_vccs(element)).unwrap_or(element.nodes);
            let mut row = self.voltage(circuit, nodes).scaled(*siemens);
            if let Some(&at) = self.layout.input_at.get(&id) {
                row.inputs[at] += 1.0;
            }
            return row;
        }
        match element.kind {
            ElementKind::Capacitor { farad, .. } => self.charging(element.nodes).scaled(farad),
            _ => self.zero_row(),
        }
    }

    /// Rate of change of the voltage between two nodes of one capacitor group (V/s).
    fn charging(&self, nodes: [NodeId; 2]) -> Row {
        let mut row = self.zero_row();
        for (node, sign) in nodes.into_iter().zip([1.0, -1.0]) {
            let state = self.layout.node_at.get(&node).and_then(|&at| self.layout.state_of[at]);
            if let Some(state) = state {
                let rate = Row {
                    states: self.a.row(state).iter().copied().collect(),
                    inputs: self.b.row(state).iter().copied().collect(),
                };
                row.add_scaled(sign, &rate);
            }
        }
        row
    }

    /// States that follow from given capacitor voltages: least squares over the capacitors of
    /// the island, exact where their voltages agree around every loop. Unlisted ones are zero.
    #[must_use]
    pub fn states_from_capacitors(
        &self,
        circuit: &Circuit,
        volts: &[(ElementId, f64)],
    ) -> Vec<f64> {
        if self.states == 0 {
            return Vec::new();
        }
        let mut normal = DMatrix::zeros(self.states, self.states);
        let mut right = DVector::zeros(self.states);
        for &(id, volt) in volts {
            let element = circuit.element(id);
            let ElementKind::Capacitor { farad, .. } = element.kind else { continue };
            let ends: Vec<(usize, f64)> = element
                .nodes
                .into_iter()
                .zip([1.0, -1.0])
                .filter_map(|(node, sign)| {
                    let at = *self.layout.node_at.get(&node)?;
                    Some((self.layout.state_of[at]?, sign))
                })
                .collect();
            for &(i, si) in &ends {
                right[i] += farad * si * volt;
                for &(j, sj) in &ends {
                    normal[(i, j)] += farad * si * sj;
                }
            }
        }
        match normal.cholesky() {
            Some(factor) => factor.solve(&right).iter().copied().collect(),
            None => vec![0.0; self.states],
        }
    }

    /// The states at rest under inputs `u`, some nodes clamped to given voltages against
    /// ground; none if no rest exists or more than one.
    #[must_use]
    pub fn operating_point(
        circuit: &Circuit,
        island: &Island,
        device_ohm: &[f64],
        clamps: &BTreeMap<NodeId, f64>,
        u: &[f64],
    ) -> Option<Vec<f64>> {
        let layout = Layout::new(circuit, island);
        let clamps: BTreeMap<NodeId, f64> = clamps
            .iter()
            .filter(|(node, _)| layout.node_at.contains_key(node))
            .map(|(node, volt)| (*node, *volt))
            .collect();
        let assembly = Assembly::new(circuit, island, &layout, device_ohm, &clamps);
        assembly.rest(&layout, &clamps, u)
    }

    /// Where a row that reads a node's state stands: for messages.
    #[must_use]
    pub fn state_node(&self, state: usize) -> Option<NodeId> {
        let at = self.layout.state_of.iter().position(|s| *s == Some(state))?;
        self.layout.node_at.iter().find(|(_, p)| **p == at).map(|(node, _)| *node)
    }
}

impl Row {
    /// Adds `factor * other`.
    pub fn add_scaled(&mut self, factor: f64, other: &Self) {
        for (mine, theirs) in self.states.iter_mut().zip(&other.states) {
            *mine += factor * theirs;
        }
        for (mine, theirs) in self.inputs.iter_mut().zip(&other.inputs) {
            *mine += factor * theirs;
        }
    }

    fn scaled(mut self, factor: f64) -> Self {
        self.states.iter_mut().chain(&mut self.inputs).for_each(|w| *w *= factor);
        self
    }
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
