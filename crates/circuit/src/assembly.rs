//! Kirchhoff's laws of an island as matrices, and their elimination down to the states.

use std::collections::BTreeMap;

use nalgebra::{DMatrix, DVector, RowDVector};
use num_traits::{One, Zero};

use crate::charge::Capacitances;
use crate::dense::{self, Matrix};
use crate::double::{Double, Real};
use crate::layout::Layout;
use crate::limits::{self, Failure};
use crate::mesh::conductance;
use crate::reduced::{Reduced, TiedRows};
use crate::tied::{Laws, Moved};
use crate::{Circuit, ElementId, ElementKind, Island, Law, NodeId};

/// Kirchhoff's laws before elimination, over the columns `[x; z; u]`, `z = [roots; branches]`.
pub(crate) struct Assembly {
    /// Node voltages over all columns.
    voltages: Matrix,
    /// Static current out of each node over all columns.
    currents: Matrix,
    /// Branch equations over all columns.
    constraints: Matrix,
    /// Capacitance between states that are voltages, inductance between those that are currents.
    mass: Matrix,
    /// Voltage of each inductor, with the opposite sign, over all columns.
    fluxes: Matrix,
    /// See [`Capacitances::shares`].
    pub shares: Option<Matrix>,
    pub conductance: BTreeMap<ElementId, Double>,
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

impl Columns {
    /// How many there are.
    fn all(self) -> usize {
        self.states + self.algebraic + self.inputs
    }
}

/// Node voltages over all columns: of each the state, the root and the inputs that it adds up.
fn node_voltages(
    circuit: &Circuit,
    layout: &Layout,
    columns: Columns,
    shares: Option<&Matrix>,
) -> Matrix {
    let first_input = columns.states + columns.algebraic;
    let mut voltages = DMatrix::zeros(layout.state_of.len(), columns.all());
    for at in 0..layout.state_of.len() {
        if let Some(state) = layout.state_of[at] {
            voltages[(at, state)] = Double::one();
        }
        if let Some(root) = layout.root_of[at] {
            voltages[(at, columns.states + root)] = Double::one();
        }
        if let Some(node) = layout.driven_root[at] {
            for (input, sign) in layout.driven(circuit, node) {
                voltages[(at, first_input + input)] += sign;
            }
        }
        if let (Some(shares), Some(state)) = (shares, layout.state_of[at]) {
            let mut row = voltages.view_mut((at, first_input), (1, columns.inputs));
            row += shares.row(state);
        }
    }
    voltages
}

/// Capacitances and inductances between states.
fn mass(circuit: &Circuit, layout: &Layout, capacitances: &Matrix) -> Matrix {
    let mut mass = DMatrix::zeros(layout.states, layout.states);
    let voltages = layout.voltages;
    mass.view_mut((0, 0), (voltages, voltages)).copy_from(capacitances);
    let henry = |id: &ElementId| match circuit.element(*id).kind {
        ElementKind::Inductor { henry, .. } => Double::from(henry),
        _ => Double::zero(),
    };
    for (id, &state) in &layout.inductor_at {
        mass[(state, state)] += henry(id);
        let ElementKind::Inductor { coupled, .. } = &circuit.element(*id).kind else { continue };
        for (other, factor) in coupled {
            let mutual = Double::from(*factor) * (henry(id) * henry(other)).root();
            let other = layout.inductor_at[other];
            mass[(state, other)] += mutual;
            mass[(other, state)] += mutual;
        }
    }
    mass
}

impl Assembly {
    pub fn new(
        circuit: &Circuit,
        island: &Island,
        layout: &Layout,
        device_ohm: &[f64],
        clamps: &BTreeMap<NodeId, f64>,
    ) -> Result<Self, Failure> {
        let nodes = island.nodes.len();
        let branches = layout.branch_at.len() + clamps.len();
        let columns = Columns {
            states: layout.states,
            algebraic: layout.roots + branches,
            inputs: island.inputs.len(),
            roots: layout.roots,
        };
        let width = columns.all();
        limits::elimination(columns.algebraic, columns.states, width)?;
        let Capacitances { mass: capacitances, shares } =
            Capacitances::new(circuit, island, layout)?;
        let voltages = node_voltages(circuit, layout, columns, shares.as_ref());
        let mut assembly = Self {
            voltages,
            currents: DMatrix::zeros(nodes, width),
            constraints: DMatrix::zeros(branches, width),
            mass: mass(circuit, layout, &capacitances),
            fluxes: DMatrix::zeros(layout.inductor_at.len(), width),
            shares,
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
                assembly.inject(layout, element.nodes, column, Double::one());
            }
        }
        assembly.clamp(layout, clamps.keys());
        Ok(assembly)
    }

    /// Holds nodes by branches, which come after those of elements.
    fn clamp<'a>(&mut self, layout: &Layout, nodes: impl Iterator<Item = &'a NodeId>) {
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
    fn inject(&mut self, layout: &Layout, nodes: [NodeId; 2], column: usize, factor: Double) {
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

    fn stamp(&mut self, circuit: &Circuit, layout: &Layout, id: ElementId, device: Option<f64>) {
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

    /// The equations of motion, one for each state, and the current law of each root's group.
    fn laws(&self) -> (Matrix, Matrix) {
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
        let voltages = self.columns.states - self.fluxes.nrows();
        dynamic.rows_mut(voltages, self.fluxes.nrows()).copy_from(&self.fluxes);
        (dynamic, groups)
    }

    fn algebraic(&self, groups: &Matrix) -> Matrix {
        let mut rows = DMatrix::zeros(self.columns.algebraic, groups.ncols());
        rows.rows_mut(0, self.columns.roots).copy_from(groups);
        rows.rows_mut(self.columns.roots, self.constraints.nrows()).copy_from(&self.constraints);
        rows
    }

    /// Eliminates what is no state; fails if the laws do not determine it.
    pub fn reduce(
        &self,
        circuit: &Circuit,
        island: &Island,
        layout: &Layout,
    ) -> Result<Reduced, Failure> {
        let Columns { states: n, algebraic: m, inputs: k, roots } = self.columns;
        limits::modes(n, k)?;
        if self.reciprocal {
            limits::rotations(n)?
        } else {
            limits::schur(n)?
        }
        let (dynamic, groups) = self.laws();
        let laws = self.algebraic(&groups);
        // z = zx x + zu u, over the columns [x; u].
        let known = join(&laws, 0, n, n + m, k);
        let z = match m {
            0 => Some(DMatrix::zeros(0, n + k)),
            _ => dense::solve(laws.columns(n, m).clone_owned(), known).map(|z| -z),
        };
        let (Some(z), Some(lower)) = (z, dense::cholesky(&self.mass)) else {
            return self.tie(circuit, island, layout);
        };
        let substitute = |rows: &Matrix| join(rows, 0, n, n + m, k) + rows.columns(n, m) * &z;
        let flow = substitute(&dynamic);
        let rates = -dense::solve_transposed(&lower, dense::solve_lower(&lower, flow.clone()));
        Ok(Reduced {
            rates,
            voltages: substitute(&self.voltages),
            branches: z.rows(roots, layout.branch_at.len()).clone_owned(),
            lower,
            stiffness: flow.columns(0, n).clone_owned(),
            reciprocal: self.reciprocal,
            tied: None,
        })
    }

    fn all_laws(&self) -> Laws {
        let Columns { states, algebraic: unknowns, inputs, .. } = self.columns;
        let (dynamic, groups) = self.laws();
        let algebraic = self.algebraic(&groups);
        Laws { mass: self.mass.clone(), dynamic, algebraic, states, unknowns, inputs }
    }

    /// The same where states depend on each other. What the states are must not change with the resistances of devices:
    /// those of one ohm decide.
    fn tie(&self, circuit: &Circuit, island: &Island, layout: &Layout) -> Result<Reduced, Failure> {
        limits::schur(self.columns.states)?;
        let ones = vec![1.0; island.devices.len()];
        let with_ones = Self::new(circuit, island, layout, &ones, &BTreeMap::new())?;
        let tied = self.all_laws().tie()?.in_states_of(&with_ones.all_laws().tie()?)?;
        let roots = self.columns.roots;
        let voltages = tied.read(&self.voltages);
        let of_branches = (roots, layout.branch_at.len());
        let branches = Moved {
            values: tied.unknowns.values.rows(of_branches.0, of_branches.1).clone_owned(),
            charges: tied.unknowns.charges.rows(of_branches.0, of_branches.1).clone_owned(),
        };
        Ok(Reduced {
            rates: tied.rates.clone(),
            voltages: voltages.values,
            branches: branches.values,
            lower: DMatrix::zeros(0, 0),
            stiffness: DMatrix::zeros(0, 0),
            reciprocal: false,
            tied: Some(TiedRows {
                tied,
                voltage_charges: voltages.charges,
                branch_charges: branches.charges,
            }),
        })
    }

    /// Solves all laws with every capacitor current zero.
    pub fn rest(
        &self,
        layout: &Layout,
        clamps: &BTreeMap<NodeId, f64>,
        u: &[f64],
    ) -> Result<Vec<f64>, Failure> {
        let Columns { states: n, algebraic: m, inputs: k, roots } = self.columns;
        if n == 0 {
            return Ok(Vec::new());
        }
        limits::elimination(n + m, 0, n + m + k)?;
        let (dynamic, groups) = self.laws();
        let laws = self.algebraic(&groups);
        let mut all = DMatrix::zeros(n + m, n + m + k);
        all.rows_mut(0, n).copy_from(&dynamic);
        all.rows_mut(n, m).copy_from(&laws);
        let mut right =
            -(all.columns(n + m, k) * Matrix::from_iterator(k, 1, u.iter().map(|&u| u.into())));
        for (position, volt) in clamps.values().enumerate() {
            right[(n + roots + layout.branch_at.len() + position, 0)] += Double::from(*volt);
        }
        let solution = dense::solve(all.columns(0, n + m).clone_owned(), right);
        let solution = solution.ok_or(Failure::Singular)?;
        Ok(solution.column(0).iter().take(n).map(|x| x.value()).collect())
    }
}

/// Two ranges of columns side by side.
fn join(rows: &Matrix, a: usize, na: usize, b: usize, nb: usize) -> Matrix {
    let mut out = DMatrix::zeros(rows.nrows(), na + nb);
    out.columns_mut(0, na).copy_from(&rows.columns(a, na));
    out.columns_mut(na, nb).copy_from(&rows.columns(b, nb));
    out
}
