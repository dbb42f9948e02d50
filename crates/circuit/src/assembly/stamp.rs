//! What each element adds to Kirchhoff's laws.

use nalgebra::{DVector, RowDVector};
use num_traits::One;

use super::{Assembly, Columns};
use crate::double::Double;
use crate::layout::Layout;
use crate::mesh::conductance;
use crate::{Circuit, ElementId, ElementKind, Law, NodeId};

impl Assembly {
    /// Holds nodes by branches, which come after those of elements.
    pub(super) fn clamp<'a>(&mut self, layout: &Layout, nodes: impl Iterator<Item = &'a NodeId>) {
        let Columns { states, roots, .. } = self.columns;
        for (position, node) in nodes.enumerate() {
            let branch = layout.branch_at.len() + position;
            let at = layout.node_at[node];
            let row = self.voltages.row(at).clone_owned();
            self.constraints.set_row(branch, &row);
            self.currents[(at, states + roots + branch)] += Double::one();
        }
    }

    /// A current `factor * column` that leaves the plus node and enters the minus node.
    pub(super) fn inject(
        &mut self,
        layout: &Layout,
        nodes: [NodeId; 2],
        column: usize,
        factor: Double,
    ) {
        for (node, sign) in nodes.into_iter().zip([1.0, -1.0].map(Double::from)) {
            if let Some(&at) = layout.node_at.get(&node) {
                self.currents[(at, column)] += sign * factor;
            }
        }
    }

    fn node_row(&self, circuit: &Circuit, layout: &Layout, node: NodeId) -> DVector<Double> {
        if let Some(&at) = layout.node_at.get(&node) {
            return self.voltages.row(at).transpose();
        }
        let mut row = DVector::zeros(self.voltages.ncols());
        let first = self.columns.states + self.columns.algebraic;
        for (input, sign) in layout.driven(circuit, node) {
            row[first + input] += sign;
        }
        row
    }

    fn voltage(&self, circuit: &Circuit, layout: &Layout, nodes: [NodeId; 2]) -> DVector<Double> {
        self.node_row(circuit, layout, nodes[0]) - self.node_row(circuit, layout, nodes[1])
    }

    pub(super) fn stamp(
        &mut self,
        circuit: &Circuit,
        layout: &Layout,
        id: ElementId,
        device: Option<f64>,
    ) {
        let element = circuit.element(id);
        let columns = self.columns;
        match &element.kind {
            ElementKind::Resistor { ohm } => {
                self.conduct(circuit, layout, id, element.nodes, conductance(*ohm));
            }
            ElementKind::Memristor(_)
            | ElementKind::Limiter(_)
            | ElementKind::Switch { .. }
            | ElementKind::CurrentSwitch { .. } => {
                let ohm = device.unwrap_or(f64::INFINITY);
                self.conduct(circuit, layout, id, element.nodes, conductance(ohm));
            }
            ElementKind::Vccs { siemens, control } => {
                self.reciprocal = false;
                self.conduct(circuit, layout, id, *control, (*siemens).into());
            }
            ElementKind::CurrentLaw { law, .. } => {
                self.reciprocal = false;
                let current = self.law(circuit, layout, law);
                self.carry(layout, element.nodes, &current.transpose());
            }
            ElementKind::Curve { argument, .. } => {
                self.reciprocal = false;
                let slope = conductance(device.unwrap_or(f64::INFINITY));
                let mut row = self.law(circuit, layout, argument) * -slope;
                row[columns.states + columns.roots + layout.branch_at[&id]] += Double::one();
                row[columns.states + columns.algebraic + layout.input_at[&id]] -= Double::one();
                self.constraints.set_row(layout.branch_at[&id], &row.transpose());
            }
            ElementKind::VoltageSource(_)
            | ElementKind::Vcvs { .. }
            | ElementKind::VoltageLaw { .. } => self.stamp_branch(circuit, layout, id),
            ElementKind::Inductor { .. } => {
                self.reciprocal = false;
                let state = layout.inductor_at[&id];
                let volt = -self.voltage(circuit, layout, element.nodes).transpose();
                self.fluxes.set_row(state - layout.voltages, &volt);
                self.inject(layout, element.nodes, state, Double::one());
            }
            ElementKind::Capacitor { .. }
            | ElementKind::Comparator(_)
            | ElementKind::CurrentSource(_)
            | ElementKind::WeightedSum(_) => {}
        }
    }

    /// A voltage between nodes, which is given or follows others, and the current that it takes.
    fn stamp_branch(&mut self, circuit: &Circuit, layout: &Layout, id: ElementId) {
        let (element, columns) = (circuit.element(id), self.columns);
        let branch = layout.branch_at[&id];
        let mut row = self.voltage(circuit, layout, element.nodes);
        let followed = match &element.kind {
            ElementKind::Vcvs { gain, control } => {
                Some(self.voltage(circuit, layout, *control) * Double::from(*gain))
            }
            ElementKind::VoltageLaw { law, .. } => Some(self.law(circuit, layout, law)),
            _ => None,
        };
        self.reciprocal &= followed.is_none();
        followed.into_iter().for_each(|followed| row -= followed);
        if let Some(input) = layout.input_at.get(&id) {
            row[columns.states + columns.algebraic + input] -= Double::one();
        }
        self.constraints.set_row(branch, &row.transpose());
        let column = columns.states + columns.roots + branch;
        self.inject(layout, element.nodes, column, Double::one());
    }

    /// What a law makes of voltages and currents.
    fn law(&self, circuit: &Circuit, layout: &Layout, law: &Law) -> DVector<Double> {
        let mut row = DVector::zeros(self.voltages.ncols());
        for (node, weight) in law.voltages() {
            row += self.node_row(circuit, layout, node) * Double::from(weight);
        }
        for (element, weight) in law.currents() {
            let column = match layout.inductor_at.get(element) {
                Some(&state) => state,
                None => self.columns.states + self.columns.roots + layout.branch_at[element],
            };
            row[column] += Double::from(*weight);
        }
        row
    }

    /// A current `siemens * voltage(control)` from the element's plus to its minus node.
    fn conduct(
        &mut self,
        circuit: &Circuit,
        layout: &Layout,
        id: ElementId,
        control: [NodeId; 2],
        siemens: Double,
    ) {
        let current = self.voltage(circuit, layout, control).transpose() * siemens;
        self.carry(layout, circuit.element(id).nodes, &current);
        self.conductance.insert(id, siemens);
    }

    /// A current, over all columns, that leaves the plus node and enters the minus node.
    fn carry(&mut self, layout: &Layout, nodes: [NodeId; 2], current: &RowDVector<Double>) {
        for (node, sign) in nodes.into_iter().zip([1.0, -1.0].map(Double::from)) {
            if let Some(&at) = layout.node_at.get(&node) {
                let mut row = self.currents.row_mut(at);
                row += current * sign;
            }
        }
    }
}
