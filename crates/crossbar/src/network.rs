//! The resistor network of an array, reduced to its ports without a cancelling subtraction.
//!
//! Nodal matrices of such networks subtract numbers near `1 / wire ohm` that differ by a device's
//! conductance, and lose the digits in between. Here wires enter by their resistance: every matrix
//! that is factorised is the identity plus a positive semidefinite one, so the result is good to
//! rounding for wires of any resistance, zero included.

use nalgebra::{Cholesky, DMatrix, DVector};

use crate::Error;
use crate::config::Wires;

/// What an array does at its ports: with rows driven by `v` and the ends of the columns held at
/// `u`, the currents out of the columns are `i = T v - Y u`.
#[derive(Debug, Clone, PartialEq)]
pub struct Ports {
    /// `T`: physical columns x rows (S).
    pub transfer: DMatrix<f64>,
    /// `Y`: physical columns x physical columns (S).
    pub output: DMatrix<f64>,
    /// Conductance that each row's source sees while all others and the columns are at 0 V (S).
    pub input: DVector<f64>,
}

/// Greatest rows x columns^2 of an array with wires: three matrices a row then take 0.8 GB.
const MAX_ENTRIES: usize = 1 << 25;

/// Reduces an array of conductances, rows x physical columns (S).
pub(crate) fn reduce(conductance: &DMatrix<f64>, wires: &Wires) -> Result<Ports, Error> {
    let (rows, columns) = conductance.shape();
    if wires.are_ideal() {
        return finite(ideal(conductance)).ok_or(Error::Overflow);
    }
    if rows.saturating_mul(columns).saturating_mul(columns) > MAX_ENTRIES {
        return Err(Error::TooLarge { rows, columns, limit: MAX_ENTRIES });
    }
    wired(conductance, wires).and_then(finite).ok_or(Error::Overflow)
}

/// The ports, unless one of their numbers overflowed.
fn finite(ports: Ports) -> Option<Ports> {
    let values = [ports.transfer.as_slice(), ports.output.as_slice(), ports.input.as_slice()];
    let finite = values.into_iter().flatten().all(|value| value.is_finite());
    finite.then_some(ports)
}

fn ideal(conductance: &DMatrix<f64>) -> Ports {
    Ports {
        transfer: conductance.transpose(),
        output: DMatrix::from_diagonal(&conductance.row_sum().transpose()),
        input: conductance.column_sum(),
    }
}

/// One row and all that the columns connect beyond it, seen from its column nodes.
struct Level {
    /// Admittance of the row alone.
    row: DMatrix<f64>,
    /// Currents into the columns, held at 0 V, for 1 V on the row.
    drive: DVector<f64>,
    /// Admittance of the row and all rows before it.
    above: DMatrix<f64>,
    /// Share of their short-circuit currents that passes on through the next segment.
    passes: DMatrix<f64>,
    /// Resistance of that segment (ohm).
    segment_ohm: f64,
}

fn wired(conductance: &DMatrix<f64>, wires: &Wires) -> Option<Ports> {
    let levels = eliminate(conductance, wires)?;
    let (rows, columns) = conductance.shape();
    let identity = DMatrix::identity(columns, columns);
    let mut transfer = DMatrix::zeros(columns, rows);
    let mut input = DVector::zeros(rows);
    // From the sense side back: share that reaches it, and impedance seen towards it.
    let mut reaches: DMatrix<f64> = identity.clone();
    let mut below: DMatrix<f64> = DMatrix::zeros(columns, columns);
    for (index, level) in levels.iter().enumerate().rev() {
        reaches *= &level.passes;
        transfer.set_column(index, &(&reaches * &level.drive));
        let towards = below + &identity * level.segment_ohm;
        let lifted =
            (&identity + &towards * &level.above).lu().solve(&(&towards * &level.drive))?;
        input[index] = level.drive.sum() - level.drive.dot(&lifted);
        below = (&identity + &towards * &level.row).lu().solve(&towards)?;
    }
    let last = levels.last()?;
    Some(Ports { transfer, output: &last.passes * &last.above, input })
}

/// From the far end of the columns to the sense side: each row in parallel with all before it,
/// those behind a segment of the column wires.
fn eliminate(conductance: &DMatrix<f64>, wires: &Wires) -> Option<Vec<Level>> {
    let (rows, columns) = conductance.shape();
    let identity = DMatrix::identity(columns, columns);
    let mut levels: Vec<Level> = Vec::with_capacity(rows);
    for index in 0..rows {
        let row = row_admittance(conductance.row(index).transpose(), wires)?;
        let drive = row.column_sum();
        let above = match levels.last() {
            Some(before) => &row + &before.passes * &before.above,
            None => row.clone(),
        };
        let end_ohm = if index + 1 == rows { wires.sense_ohm } else { 0.0 };
        let segment_ohm = wires.column_ohm + end_ohm;
        let passes = inverse(&identity + &above * segment_ohm)?;
        levels.push(Level { row, drive, above, passes, segment_ohm });
    }
    Some(levels)
}

/// `(G^-1 + R)^-1` for devices `G` on a row whose wire has `R_jk = driver + (1 + min(j, k)) row`
/// ohm in common between its driver and devices `j` and `k`.
fn row_admittance(devices: DVector<f64>, wires: &Wires) -> Option<DMatrix<f64>> {
    if wires.row_ohm == 0.0 && wires.driver_ohm == 0.0 {
        return Some(DMatrix::from_diagonal(&devices));
    }
    // Symmetric, and with devices of no conductance: D (1 + D R D)^-1 D, D^2 = G.
    let columns = devices.len();
    let root = devices.map(f64::sqrt);
    let loaded = DMatrix::from_fn(columns, columns, |j, k| {
        let common_ohm = wires.driver_ohm + (1 + j.min(k)) as f64 * wires.row_ohm;
        f64::from(u8::from(j == k)) + root[j] * common_ohm * root[k]
    });
    let inverse = inverse(loaded)?;
    Some(DMatrix::from_fn(columns, columns, |j, k| root[j] * inverse[(j, k)] * root[k]))
}

/// Inverse of a symmetric positive definite matrix: `L^-T L^-1`. For matrices of a row's size one
/// inverse of a triangle and a product are faster than two solves for every column.
fn inverse(matrix: DMatrix<f64>) -> Option<DMatrix<f64>> {
    let lower = Cholesky::new(matrix)?.unpack();
    let size = lower.nrows();
    let mut inverse = DMatrix::identity(size, size);
    for (from, mut column) in inverse.column_iter_mut().enumerate() {
        // What stands above the diagonal stays zero.
        let below = lower.view_range(from.., from..);
        below.solve_lower_triangular_mut(&mut column.rows_mut(from, size - from));
    }
    Some(inverse.transpose() * inverse)
}

/// Currents into the rows per volt on each row (S), columns at 0 V: rows x rows, symmetric.
pub(crate) fn row_admittance_matrix(
    conductance: &DMatrix<f64>,
    wires: &Wires,
) -> Result<DMatrix<f64>, Error> {
    let matrix = if wires.are_ideal() {
        DMatrix::from_diagonal(&conductance.column_sum())
    } else {
        let levels = eliminate(conductance, wires).ok_or(Error::Overflow)?;
        let mut matrix = DMatrix::zeros(levels.len(), levels.len());
        for driven in 0..levels.len() {
            let currents = row_currents(&levels, driven);
            matrix.set_column(driven, &currents);
        }
        matrix
    };
    if matrix.iter().all(|value| value.is_finite()) { Ok(matrix) } else { Err(Error::Overflow) }
}

/// Currents into all rows for 1 V on one of them.
fn row_currents(levels: &[Level], driven: usize) -> DVector<f64> {
    let columns = levels[driven].drive.len();
    // Short-circuit currents of each row and all before it: none before the driven one.
    let mut short = vec![DVector::zeros(columns); driven];
    short.push(levels[driven].drive.clone());
    for before in &levels[driven..levels.len() - 1] {
        let passed = &before.passes * &short[short.len() - 1];
        short.push(passed);
    }
    let mut currents = DVector::zeros(levels.len());
    let mut below = DVector::zeros(columns);
    for (index, level) in levels.iter().enumerate().rev() {
        let lifted = &level.passes * (below + &short[index] * level.segment_ohm);
        currents[index] = -level.drive.dot(&lifted);
        below = lifted;
    }
    currents[driven] += levels[driven].drive.sum();
    currents
}
