//! Kirchhoff's laws of an island as matrices, and their elimination down to the states.

mod stamp;

use std::collections::BTreeMap;

use nalgebra::DMatrix;
use num_traits::{One, Zero};

use crate::charge::Capacitances;
use crate::dense::{self, Matrix};
use crate::double::{Double, Real};
use crate::layout::Layout;
use crate::limits::{self, Failure};
use crate::reduced::{Reduced, TiedRows};
use crate::tied::{Laws, Moved};
use crate::{Circuit, ElementId, ElementKind, Island, NodeId};

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
