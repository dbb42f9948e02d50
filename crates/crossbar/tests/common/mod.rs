//! The nodal equations of an array's resistor network, written without the crate's own solver.
#![allow(dead_code, reason = "each test program uses a part")]

use memspike_crossbar::{Array, Config, Wires};
use memspike_random::Draws;
use nalgebra::DMatrix;
use rand_distr::{Distribution as _, StandardUniform};

/// Weights from -1 to 1, different in every place.
pub fn weights(rows: usize, columns: usize) -> DMatrix<f64> {
    let mut generator = Draws::new(11, "weights of the tests").generator(0);
    let mut draw = || -> f64 { StandardUniform.sample(&mut generator) };
    DMatrix::from_fn(rows, columns, |_, _| 2.0 * draw() - 1.0)
}

/// Random weights on devices of 1 to 100 uS, rows x 2 columns of them.
pub fn array(rows: usize, columns: usize, wires: Wires) -> Array {
    let config = Config { wires, ..Config::ideal(1e-6, 100e-6) };
    Array::program(&weights(rows, columns), &config, 1).unwrap()
}

/// Kirchhoff's current law at every node between the drivers and the ends of the columns. The node
/// of row `i` at column `j` is `2 (i columns + j)`, that of the column there is one more.
pub struct Network {
    pub rows: usize,
    pub columns: usize,
    conductance: DMatrix<f64>,
    row_s: f64,
    column_s: f64,
    head_s: f64,
    foot_s: f64,
}

impl Network {
    /// All wires have some resistance.
    pub fn new(conductance: &DMatrix<f64>, wires: &Wires) -> Self {
        let (rows, columns) = conductance.shape();
        Self {
            rows,
            columns,
            conductance: conductance.clone(),
            row_s: 1.0 / wires.row_ohm,
            column_s: 1.0 / wires.column_ohm,
            head_s: 1.0 / (wires.row_ohm + wires.driver_ohm),
            foot_s: 1.0 / (wires.column_ohm + wires.sense_ohm),
        }
    }

    pub fn nodes(&self) -> usize {
        2 * self.rows * self.columns
    }

    pub fn row_node(&self, row: usize, column: usize) -> usize {
        2 * (row * self.columns + column)
    }

    pub fn column_node(&self, row: usize, column: usize) -> usize {
        self.row_node(row, column) + 1
    }

    /// Calls `branch(a, b, siemens)` for every resistor; `None` is a port.
    pub fn branches(&self, mut branch: impl FnMut(usize, Option<usize>, f64)) {
        for i in 0..self.rows {
            for j in 0..self.columns {
                let (row, column) = (self.row_node(i, j), self.column_node(i, j));
                branch(row, Some(column), self.conductance[(i, j)]);
                if j == 0 {
                    branch(row, None, self.head_s);
                } else {
                    branch(row, Some(self.row_node(i, j - 1)), self.row_s);
                }
                if i + 1 == self.rows {
                    branch(column, None, self.foot_s);
                } else {
                    branch(column, Some(self.column_node(i + 1, j)), self.column_s);
                }
            }
        }
    }

    /// Currents that the sources push into the nodes for these voltages of the rows.
    pub fn injected(&self, volts: &[f64]) -> Vec<f64> {
        let mut amperes = vec![0.0; self.nodes()];
        for (row, volt) in volts.iter().enumerate() {
            amperes[self.row_node(row, 0)] = volt * self.head_s;
        }
        amperes
    }

    /// Currents out of the columns, given the voltages of the nodes.
    pub fn column_currents(&self, node_volts: &[f64]) -> Vec<f64> {
        let foot = |column| node_volts[self.column_node(self.rows - 1, column)];
        (0..self.columns).map(|column| self.foot_s * foot(column)).collect()
    }

    /// Current that the driver of `row` delivers at `volt`, as the sum of what its devices take.
    pub fn row_current(&self, node_volts: &[f64], row: usize) -> f64 {
        let device = |j| {
            let across = node_volts[self.row_node(row, j)] - node_volts[self.column_node(row, j)];
            self.conductance[(row, j)] * across
        };
        (0..self.columns).map(device).sum()
    }
}

/// Largest difference in relation to the largest reference value.
pub fn relative_error(found: &[f64], reference: &[f64]) -> f64 {
    assert_eq!(found.len(), reference.len());
    let scale = reference.iter().fold(0.0, |m: f64, r| m.max(r.abs()));
    assert!(scale > 0.0, "a reference that is not zero");
    found.iter().zip(reference).fold(0.0, |m: f64, (f, r)| m.max((f - r).abs())) / scale
}
