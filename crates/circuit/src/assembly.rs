//! Kirchhoff's laws of an island as matrices, and their elimination down to the states.

use std::collections::BTreeMap;

use nalgebra::{DMatrix, DVector};

use crate::layout::Layout;
use crate::modes::Modes;
use crate::spectrum::Spectrum;
use crate::{Circuit, ElementId, ElementKind, Island, NodeId};

/// Kirchhoff's laws before elimination, over the columns `[x; z; u]`, `z = [roots; branches]`.
pub(crate) struct Assembly {
    /// Node voltages over all columns.
    voltages: DMatrix<f64>,
    /// Static current out of each node over all columns.
    currents: DMatrix<f64>,
    /// Branch equations over all columns.
    constraints: DMatrix<f64>,
    /// Capacitance between states.
    mass: DMatrix<f64>,
    pub conductance: BTreeMap<ElementId, f64>,
    reciprocal: bool,
    columns: Columns,
    root_of: Vec<Option<usize>>,
    state_of: Vec<Option<usize>>,
}

#[derive(Clone, Copy)]
struct Columns {
    states: usize,
    algebraic: usize,
    inputs: usize,
    roots: usize,
}

/// The state space after elimination.
pub(crate) struct Reduced {
    pub a: DMatrix<f64>,
    pub b: DMatrix<f64>,
    pub voltages: DMatrix<f64>,
    pub branches: DMatrix<f64>,
    mass: DMatrix<f64>,
    stiffness: DMatrix<f64>,
    reciprocal: bool,
}

impl Assembly {
    pub fn new(
        circuit: &Circuit,
        island: &Island,
        layout: &Layout,
        device_ohm: &[f64],
        clamps: &BTreeMap<NodeId, f64>,
    ) -> Self {
        let nodes = island.nodes.len();
        let branches = layout.branch_at.len() + clamps.len();
        let columns = Columns {
            states: layout.states,
            algebraic: layout.roots + branches,
            inputs: island.inputs.len(),
            roots: layout.roots,
        };
        let width = columns.states + columns.algebraic + columns.inputs;
        let mut voltages = DMatrix::zeros(nodes, width);
        for at in 0..nodes {
            if let Some(state) = layout.state_of[at] {
                voltages[(at, state)] = 1.0;
            }
            if let Some(root) = layout.root_of[at] {
                voltages[(at, columns.states + root)] = 1.0;
            }
            for (source, sign) in
                layout.driven_root[at].iter().flat_map(|n| circuit.topology().driven(*n)).flatten()
            {
                let input = layout.input_at[source];
                voltages[(at, columns.states + columns.algebraic + input)] += f64::from(*sign);
            }
        }
        let mut assembly = Self {
            voltages,
            currents: DMatrix::zeros(nodes, width),
            constraints: DMatrix::zeros(branches, width),
            mass: DMatrix::zeros(columns.states, columns.states),
            conductance: BTreeMap::new(),
            reciprocal: true,
            columns,
            root_of: layout.root_of.clone(),
            state_of: layout.state_of.clone(),
        };
        for id in &island.elements {
            let device = island.devices.iter().position(|d| d == id).map(|at| device_ohm[at]);
            assembly.stamp(circuit, layout, *id, device);
        }
        for (position, id) in island.inputs.iter().enumerate() {
            let element = circuit.element(*id);
            if element.is_current_input() {
                let column = columns.states + columns.algebraic + position;
                assembly.inject(layout, element.nodes, column, 1.0);
            }
        }
        for (position, node) in clamps.keys().enumerate() {
            let branch = layout.branch_at.len() + position;
            let at = layout.node_at[node];
            let row = assembly.voltages.row(at).clone_owned();
            assembly.constraints.set_row(branch, &row);
            assembly.currents[(at, columns.states + columns.roots + branch)] += 1.0;
        }
        assembly
    }

    /// A current `factor * column` that leaves the plus node and enters the minus node.
    fn inject(&mut self, layout: &Layout, nodes: [NodeId; 2], column: usize, factor: f64) {
        for (node, sign) in nodes.into_iter().zip([1.0, -1.0]) {
            if let Some(&at) = layout.node_at.get(&node) {
                self.currents[(at, column)] += sign * factor;
            }
        }
    }

    fn node_row(&self, circuit: &Circuit, layout: &Layout, node: NodeId) -> DVector<f64> {
        if let Some(&at) = layout.node_at.get(&node) {
            return self.voltages.row(at).transpose();
        }
        let mut row = DVector::zeros(self.voltages.ncols());
        let first = self.columns.states + self.columns.algebraic;
        for (source, sign) in circuit.topology().driven(node).into_iter().flatten() {
            row[first + layout.input_at[source]] += f64::from(*sign);
        }
        row
    }

    fn voltage(&self, circuit: &Circuit, layout: &Layout, nodes: [NodeId; 2]) -> DVector<f64> {
        self.node_row(circuit, layout, nodes[0]) - self.node_row(circuit, layout, nodes[1])
    }

    fn stamp(&mut self, circuit: &Circuit, layout: &Layout, id: ElementId, device: Option<f64>) {
        let element = circuit.element(id);
        let columns = self.columns;
        match &element.kind {
            ElementKind::Resistor { ohm } => {
                self.conduct(circuit, layout, id, element.nodes, 1.0 / ohm);
            }
            ElementKind::Memristor(_) | ElementKind::Limiter(_) | ElementKind::Switch { .. } => {
                let ohm = device.unwrap_or(f64::INFINITY);
                self.conduct(circuit, layout, id, element.nodes, 1.0 / ohm);
            }
            ElementKind::Vccs { siemens, control } => {
                self.reciprocal = false;
                self.conduct(circuit, layout, id, *control, *siemens);
            }
            ElementKind::Capacitor { farad, .. } => self.store(layout, element.nodes, *farad),
            ElementKind::VoltageSource(_) | ElementKind::Vcvs { .. } => {
                let branch = layout.branch_at[&id];
                let mut row = self.voltage(circuit, layout, element.nodes);
                if let ElementKind::Vcvs { gain, control } = &element.kind {
                    self.reciprocal = false;
                    row -= self.voltage(circuit, layout, *control) * *gain;
                } else {
                    let input = layout.input_at[&id];
                    row[columns.states + columns.algebraic + input] -= 1.0;
                }
                self.constraints.set_row(branch, &row.transpose());
                let column = columns.states + columns.roots + branch;
                self.inject(layout, element.nodes, column, 1.0);
            }
            ElementKind::CurrentSource(_) | ElementKind::WeightedSum(_) => {}
        }
    }

    /// A current `siemens * voltage(control)` from the element's plus to its minus node.
    fn conduct(
        &mut self,
        circuit: &Circuit,
        layout: &Layout,
        id: ElementId,
        control: [NodeId; 2],
        siemens: f64,
    ) {
        let current = self.voltage(circuit, layout, control).transpose() * siemens;
        for (node, sign) in circuit.element(id).nodes.into_iter().zip([1.0, -1.0]) {
            if let Some(&at) = layout.node_at.get(&node) {
                let mut row = self.currents.row_mut(at);
                row += &current * sign;
            }
        }
        self.conductance.insert(id, siemens);
    }

    fn store(&mut self, layout: &Layout, nodes: [NodeId; 2], farad: f64) {
        let state = |node| layout.node_at.get(&node).and_then(|&at: &usize| self.state_of[at]);
        let [plus, minus] = nodes.map(state);
        if let Some(i) = plus {
            self.mass[(i, i)] += farad;
        }
        if let Some(j) = minus {
            self.mass[(j, j)] += farad;
        }
        if let (Some(i), Some(j)) = (plus, minus) {
            self.mass[(i, j)] -= farad;
            self.mass[(j, i)] -= farad;
        }
    }

    /// Rows of the current law: one for each state, then one for each root's group.
    fn laws(&self) -> (DMatrix<f64>, DMatrix<f64>) {
        let width = self.currents.ncols();
        let mut dynamic = DMatrix::zeros(self.columns.states, width);
        let mut groups = DMatrix::zeros(self.columns.roots, width);
        for at in 0..self.currents.nrows() {
            if let Some(state) = self.state_of[at] {
                dynamic.row_mut(state).copy_from(&self.currents.row(at));
            }
            if let Some(root) = self.root_of[at] {
                let mut row = groups.row_mut(root);
                row += self.currents.row(at);
            }
        }
        (dynamic, groups)
    }

    fn algebraic(&self, groups: &DMatrix<f64>) -> DMatrix<f64> {
        let mut rows = DMatrix::zeros(self.columns.algebraic, groups.ncols());
        rows.rows_mut(0, self.columns.roots).copy_from(groups);
        rows.rows_mut(self.columns.roots, self.constraints.nrows()).copy_from(&self.constraints);
        rows
    }

    pub fn reduce(&self, layout: &Layout) -> Option<Reduced> {
        let Columns { states: n, algebraic: m, inputs: k, roots } = self.columns;
        let (dynamic, groups) = self.laws();
        let laws = self.algebraic(&groups);
        // z = zx x + zu u, over the columns [x; u].
        let known = join(&laws, 0, n, n + m, k);
        let z = if m == 0 {
            DMatrix::zeros(0, n + k)
        } else {
            -solve_scaled(laws.columns(n, m).clone_owned(), known)?
        };
        let substitute = |rows: &DMatrix<f64>| join(rows, 0, n, n + m, k) + rows.columns(n, m) * &z;
        let flow = substitute(&dynamic);
        let rates =
            if n == 0 { DMatrix::zeros(0, k) } else { -self.mass.clone().cholesky()?.solve(&flow) };
        Some(Reduced {
            a: rates.columns(0, n).clone_owned(),
            b: rates.columns(n, k).clone_owned(),
            voltages: substitute(&self.voltages),
            branches: z.rows(roots, layout.branch_at.len()).clone_owned(),
            mass: self.mass.clone(),
            stiffness: flow.columns(0, n).clone_owned(),
            reciprocal: self.reciprocal,
        })
    }

    /// Solves all laws with every capacitor current zero.
    pub fn rest(
        &self,
        layout: &Layout,
        clamps: &BTreeMap<NodeId, f64>,
        u: &[f64],
    ) -> Option<Vec<f64>> {
        let Columns { states: n, algebraic: m, inputs: k, roots } = self.columns;
        if n == 0 {
            return Some(Vec::new());
        }
        let (dynamic, groups) = self.laws();
        let laws = self.algebraic(&groups);
        let mut all = DMatrix::zeros(n + m, n + m + k);
        all.rows_mut(0, n).copy_from(&dynamic);
        all.rows_mut(n, m).copy_from(&laws);
        let mut right = -(all.columns(n + m, k) * DVector::from_row_slice(u));
        for (position, volt) in clamps.values().enumerate() {
            right[n + roots + layout.branch_at.len() + position] += volt;
        }
        let right = DMatrix::from_column_slice(n + m, 1, right.as_slice());
        let solution = solve_scaled(all.columns(0, n + m).clone_owned(), right)?;
        Some(solution.column(0).iter().take(n).copied().collect())
    }
}

/// Two ranges of columns side by side.
fn join(rows: &DMatrix<f64>, a: usize, na: usize, b: usize, nb: usize) -> DMatrix<f64> {
    let mut out = DMatrix::zeros(rows.nrows(), na + nb);
    out.columns_mut(0, na).copy_from(&rows.columns(a, na));
    out.columns_mut(na, nb).copy_from(&rows.columns(b, nb));
    out
}

/// Solves `matrix X = right` after scaling rows and columns to like size; none if singular to rounding.
fn solve_scaled(mut matrix: DMatrix<f64>, mut right: DMatrix<f64>) -> Option<DMatrix<f64>> {
    let n = matrix.nrows();
    for i in 0..n {
        let scale = matrix.row(i).amax();
        if scale == 0.0 {
            return None;
        }
        matrix.row_mut(i).scale_mut(1.0 / scale);
        right.row_mut(i).scale_mut(1.0 / scale);
    }
    let mut scales = vec![1.0; n];
    for (j, scale) in scales.iter_mut().enumerate() {
        *scale = matrix.column(j).amax();
        if *scale == 0.0 {
            return None;
        }
        matrix.column_mut(j).scale_mut(1.0 / *scale);
    }
    let lu = matrix.full_piv_lu();
    let smallest = (0..n).map(|i| lu.u()[(i, i)].abs()).fold(f64::INFINITY, f64::min);
    if smallest < 1e-14 {
        return None;
    }
    let mut solution = lu.solve(&right)?;
    for (j, scale) in scales.iter().enumerate() {
        solution.row_mut(j).scale_mut(1.0 / scale);
    }
    solution.iter().all(|x| x.is_finite()).then_some(solution)
}

impl Reduced {
    pub fn modes(&self) -> Option<Modes> {
        let spectrum = if self.reciprocal {
            Spectrum::reciprocal(&self.mass, &self.stiffness)
                .or_else(|| Spectrum::general(&self.a))?
        } else {
            Spectrum::general(&self.a)?
        };
        Some(Modes::new(spectrum, &self.b))
    }
}
