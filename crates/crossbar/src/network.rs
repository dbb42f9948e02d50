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
    pub output: Admittance,
    /// Conductance that each row's source sees while all others and the columns are at 0 V (S).
    pub input: DVector<f64>,
}

/// The admittance of the ends of the columns (S). Without wires no column knows of another, and the
/// matrix, which would be larger than the array, is its diagonal.
#[derive(Debug, Clone, PartialEq)]
pub enum Admittance {
    /// Of each physical column.
    Diagonal(DVector<f64>),
    /// Physical columns x physical columns, symmetric.
    Full(DMatrix<f64>),
}

impl Admittance {
    /// Current into a column's end per volt on another's (S).
    ///
    /// # Panics
    /// If there is no such column.
    #[must_use]
    pub fn entry(&self, row: usize, column: usize) -> f64 {
        match self {
            Self::Diagonal(own) if row == column => own[row],
            Self::Diagonal(_) => 0.0,
            Self::Full(matrix) => matrix[(row, column)],
        }
    }

    fn entries(&self) -> &[f64] {
        match self {
            Self::Diagonal(own) => own.as_slice(),
            Self::Full(matrix) => matrix.as_slice(),
        }
    }
}

/// Greatest rows x columns^2 of an array with wires: a matrix a row then takes 0.5 GB. 784 x 128 pairs of devices are below.
const MAX_ENTRIES: usize = 1 << 26;

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
    let values = [ports.transfer.as_slice(), ports.output.entries(), ports.input.as_slice()];
    let finite = values.into_iter().flatten().all(|value| value.is_finite());
    finite.then_some(ports)
}

fn ideal(conductance: &DMatrix<f64>) -> Ports {
    Ports {
        transfer: conductance.transpose(),
        output: Admittance::Diagonal(conductance.row_sum().transpose()),
        input: conductance.column_sum(),
    }
}

/// One row with all rows before it, seen from its column nodes towards the sense side.
struct Level {
    /// Currents into the columns, held at 0 V, for 1 V on the row.
    drive: DVector<f64>,
    /// `F`: share of short-circuit currents that passes on through the next segment.
    passes: DMatrix<f64>,
    /// Resistance of that segment (ohm).
    segment_ohm: f64,
}

fn wired(conductance: &DMatrix<f64>, wires: &Wires) -> Option<Ports> {
    let (levels, output) = eliminate(conductance, wires)?;
    let (rows, columns) = conductance.shape();
    let mut transfer = DMatrix::zeros(columns, rows);
    let mut input = DVector::zeros(rows);
    // From the sense side back: share of a current that reaches it, and `P`, the impedance between
    // column nodes with all around them. A current `J` there makes `u' = P' F J` at the next row
    // and `u = F (u' + r J)`.
    let mut reaches: DMatrix<f64> = DMatrix::identity(columns, columns);
    let mut impedance: DMatrix<f64> = DMatrix::zeros(columns, columns);
    let mut product = DMatrix::zeros(columns, columns);
    for (index, Level { drive, passes, segment_ohm }) in levels.iter().enumerate().rev() {
        reaches.mul_to(passes, &mut product);
        std::mem::swap(&mut reaches, &mut product);
        transfer.set_column(index, &(&reaches * drive));
        passes.mul_to(&impedance, &mut product);
        impedance.copy_from(passes);
        impedance.gemm(1.0, &product, passes, *segment_ohm);
        input[index] = drive.sum() - drive.dot(&(&impedance * drive));
    }
    Some(Ports { transfer, output: Admittance::Full(output), input })
}

/// From the far end of the columns to the sense side: each row in parallel with all before it,
/// those behind a segment of the column wires. Also gives the admittance of the columns' ends.
fn eliminate(conductance: &DMatrix<f64>, wires: &Wires) -> Option<(Vec<Level>, DMatrix<f64>)> {
    let (rows, columns) = conductance.shape();
    let mut levels: Vec<Level> = Vec::with_capacity(rows);
    // Of all rows so far, in front of and behind the next segment.
    let mut above = DMatrix::zeros(columns, columns);
    let mut behind = DMatrix::zeros(columns, columns);
    for (index, devices) in conductance.row_iter().enumerate() {
        let row = Row::new(devices.transpose(), wires)?;
        row.add_admittance(&mut behind);
        std::mem::swap(&mut above, &mut behind);
        let end_ohm = if index + 1 == rows { wires.sense_ohm } else { 0.0 };
        let segment_ohm = wires.column_ohm + end_ohm;
        let mut loaded = &above * segment_ohm;
        (0..columns).for_each(|column| loaded[(column, column)] += 1.0);
        let passes = inverse(loaded)?;
        passes.mul_to(&above, &mut behind);
        levels.push(Level { drive: row.drive(), passes, segment_ohm });
    }
    Some((levels, behind))
}

/// One row alone: a ladder of its wire from the driver on, with a device from each node to a
/// column.
struct Row {
    devices: DVector<f64>,
    /// Conductance at each node beyond it, away from the driver (S).
    outwards: DVector<f64>,
    /// Conductance at each node towards the driver (S); infinite if nothing is between them.
    inwards: DVector<f64>,
    /// Voltage at each node for 1 V at the one before it, the driver before the first.
    follows: DVector<f64>,
}

impl Row {
    /// Nothing if a number overflows.
    fn new(devices: DVector<f64>, wires: &Wires) -> Option<Self> {
        let columns = devices.len();
        let [mut outwards, mut inwards, mut follows] = [(); 3].map(|()| DVector::zeros(columns));
        let ohm = |node| wires.row_ohm + if node == 0 { wires.driver_ohm } else { 0.0 };
        let mut beyond = 0.0;
        for node in (0..columns).rev() {
            outwards[node] = beyond;
            let here = beyond + devices[node];
            follows[node] = 1.0 / (1.0 + ohm(node) * here);
            beyond = here * follows[node];
        }
        let mut before = f64::INFINITY;
        for node in 0..columns {
            inwards[node] = 1.0 / (ohm(node) + 1.0 / before);
            before = inwards[node] + devices[node];
        }
        let overflow = follows.iter().any(|share| *share == 0.0);
        (!overflow).then_some(Self { devices, outwards, inwards, follows })
    }

    /// Currents into the columns, held at 0 V, for 1 V at the driver.
    fn drive(&self) -> DVector<f64> {
        let mut volts = 1.0;
        self.devices.zip_map(&self.follows, |siemens, follows| {
            volts *= follows;
            siemens * volts
        })
    }

    /// Adds currents into the row for 1 V on a column, the driver at 0 V.
    fn add_admittance(&self, sum: &mut DMatrix<f64>) {
        for (column, siemens) in self.devices.iter().enumerate() {
            let rest = self.outwards[column] + self.inwards[column];
            sum[(column, column)] += siemens / (1.0 + siemens / rest);
            // Of the volt on the column, what nodes of the row see.
            let mut volts = siemens / (siemens + rest);
            for other in column + 1..self.devices.len() {
                volts *= self.follows[other];
                let through = self.devices[other] * volts;
                sum[(other, column)] -= through;
                sum[(column, other)] -= through;
            }
        }
    }
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
    let (rows, columns) = conductance.shape();
    if rows.saturating_mul(rows.max(columns * columns)) > MAX_ENTRIES {
        return Err(Error::TooLarge { rows, columns, limit: MAX_ENTRIES });
    }
    let (levels, _) = eliminate(conductance, wires).ok_or(Error::Overflow)?;
    let mut matrix = DMatrix::zeros(rows, rows);
    for driven in 0..rows {
        matrix.set_column(driven, &row_currents(&levels, driven));
    }
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
