//! What is read of an island whose states depend on each other.

use std::collections::BTreeMap;

use num_traits::Zero;

use crate::assembly::Assembly;
use crate::dense::Matrix;
use crate::double::Double;
use crate::layout::Layout;
use crate::limits::Failure;
use crate::mesh::Sparse;
use crate::reduced::TiedRows;
use crate::{Circuit, Island};

/// Rows of an island whose states depend on each other.
#[derive(Debug)]
pub(crate) struct Dependent {
    /// Each voltage or current that would be a state, and its rate, over states and inputs, with what the integral of
    /// the rate has beside that.
    pub values: Vec<Sparse>,
    pub rates: Vec<(Sparse, Sparse)>,
    /// What integrals of node voltages and of currents of branches have beside those of their rows.
    pub voltage_charges: Vec<Sparse>,
    pub branch_charges: Vec<Sparse>,
    /// States over the voltages and currents that would be states.
    pub projection: Matrix,
    /// Which of these each state is.
    pub kept: Vec<usize>,
}

impl Dependent {
    pub fn new(rows: TiedRows) -> Self {
        let TiedRows { tied, voltage_charges, branch_charges } = rows;
        let rates = sparse(&tied.motion.values).into_iter().zip(sparse(&tied.motion.charges));
        Self {
            values: sparse(&tied.states.values),
            rates: rates.collect(),
            voltage_charges: sparse(&voltage_charges),
            branch_charges: sparse(&branch_charges),
            projection: tied.projection,
            kept: tied.kept,
        }
    }
}

/// The states that are left of voltages and currents that depend on each other.
pub(crate) fn independent(
    circuit: &Circuit,
    island: &Island,
    layout: &Layout,
    device_ohm: &[f64],
    rest: Vec<f64>,
) -> Result<Vec<f64>, Failure> {
    if layout.branch_at.is_empty() && layout.inductor_at.is_empty() {
        return Ok(rest);
    }
    let assembly = Assembly::new(circuit, island, layout, device_ohm, &BTreeMap::new())?;
    let Some(rows) = assembly.reduce(circuit, island, layout)?.tied else { return Ok(rest) };
    let states = projected(&rows.tied.projection, rest.into_iter().map(Double::from).collect());
    Ok(states.iter().map(|x| x.value()).collect())
}

pub(crate) fn projected(projection: &Matrix, states: Vec<Double>) -> Vec<Double> {
    let product = projection * nalgebra::DVector::from_vec(states);
    product.iter().copied().collect()
}

/// The rows of a matrix by their nonzero entries.
pub(crate) fn sparse(matrix: &Matrix) -> Vec<Sparse> {
    let nonzero = |row: usize| {
        let entries = matrix.row(row).iter().copied().enumerate().collect::<Vec<_>>();
        Sparse(entries.into_iter().filter(|(_, weight)| !weight.is_zero()).collect())
    };
    (0..matrix.nrows()).map(nonzero).collect()
}
