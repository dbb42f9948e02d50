//! All that an array does at its ports, against its nodal equations solved with 200 bits.

mod common;

use common::{Network, array, relative_error};
use dashu_float::{FBig, round::mode::HalfEven};
use memspike_crossbar::Wires;

/// A binary number of 200 bits.
type Real = FBig<HalfEven, 2>;

fn real(x: f64) -> Real {
    Real::try_from(x).expect("finite").with_precision(200).value()
}

/// Gaussian elimination without pivots, which a positive definite matrix does not need; every
/// column of `right` is a right side.
fn solve(mut matrix: Vec<Vec<Real>>, mut right: Vec<Vec<Real>>) -> Vec<Vec<Real>> {
    let size = matrix.len();
    for pivot in 0..size {
        let (upper, lower) = matrix.split_at_mut(pivot + 1);
        let top = &upper[pivot];
        for (row, below) in lower.iter_mut().enumerate() {
            let share = &below[pivot] / &top[pivot];
            if share == Real::ZERO {
                continue;
            }
            for k in pivot..size {
                below[k] -= &share * &top[k];
            }
            for column in &mut right {
                let eliminated = &share * &column[pivot];
                column[pivot + 1 + row] -= eliminated;
            }
        }
    }
    for column in &mut right {
        for node in (0..size).rev() {
            let later =
                (node + 1..size).fold(real(0.0), |sum, k| sum + &matrix[node][k] * &column[k]);
            column[node] = (&column[node] - later) / &matrix[node][node];
        }
    }
    right
}

/// Currents at the ports (rows, then columns) per volt on one of them, all others at 0 V: into the
/// rows, out of the columns.
fn ports(network: &Network) -> Vec<Vec<f64>> {
    let (rows, columns, nodes) = (network.rows, network.columns, network.nodes());
    let mut nodal = vec![vec![real(0.0); nodes]; nodes];
    // A resistor to a port is the first of a row or the last of a column.
    let mut to_port = vec![real(0.0); nodes];
    network.branches(|a, b, siemens| {
        let siemens = real(siemens);
        nodal[a][a] += &siemens;
        if let Some(b) = b {
            nodal[b][b] += &siemens;
            nodal[a][b] -= &siemens;
            nodal[b][a] -= &siemens;
        } else {
            to_port[a] = siemens;
        }
    });
    let port: Vec<usize> = (0..rows)
        .map(|row| network.row_node(row, 0))
        .chain((0..columns).map(|column| network.column_node(rows - 1, column)))
        .collect();
    let driven = |&node: &usize| {
        let mut right = vec![real(0.0); nodes];
        right[node] = to_port[node].clone();
        right
    };
    let volts = solve(nodal, port.iter().map(driven).collect());
    let currents = volts.iter().enumerate().map(|(driven, volts)| {
        let current = |(at, &node): (usize, &usize)| {
            let own = real(f64::from(u8::from(at == driven)));
            let into = &to_port[node] * (own - &volts[node]);
            let sign = if at < rows { 1.0 } else { -1.0 };
            (into * real(sign)).to_f64().value()
        };
        port.iter().enumerate().map(current).collect()
    });
    currents.collect()
}

#[test]
fn every_current_at_every_port_is_that_of_the_nodal_equations_to_13_digits() {
    for wires in [
        Wires { row_ohm: 1.0, column_ohm: 2.0, driver_ohm: 30.0, sense_ohm: 50.0 },
        // Wires like devices: most of a current comes back by another row.
        Wires { row_ohm: 20e3, column_ohm: 30e3, driver_ohm: 5e3, sense_ohm: 40e3 },
        Wires { row_ohm: 1e-3, column_ohm: 1e-3, driver_ohm: 0.0, sense_ohm: 0.0 },
    ] {
        let (rows, columns) = (5, 6);
        let array = array(rows, columns / 2, wires);
        let network = Network::new(array.conductances(), &wires);
        let expected = ports(&network);
        let found = array.response().ports();
        let between_rows = array.row_admittance(0).unwrap();
        for row in 0..rows {
            let error =
                relative_error(found.transfer.column(row).as_slice(), &expected[row][rows..]);
            assert!(error < 1e-13, "out of the columns, row {row}: {error:e}");
            let error = relative_error(&[found.input[row]], &[expected[row][row]]);
            assert!(error < 1e-13, "into row {row}: {error:e}");
            // What comes back by the other rows, beside itself and not beside what goes in.
            let others = |all: &[f64]| -> Vec<f64> {
                all.iter().enumerate().filter(|(at, _)| *at != row).map(|(_, i)| *i).collect()
            };
            let back = others(between_rows.column(row).as_slice());
            let error = relative_error(&back, &others(&expected[row][..rows]));
            assert!(error < 1e-12, "back by other rows, row {row}: {error:e}");
            let error = relative_error(&[between_rows[(row, row)]], &[expected[row][row]]);
            assert!(error < 1e-13, "into row {row}: {error:e}");
        }
        for column in 0..columns {
            let out: Vec<f64> =
                (0..columns).map(|other| -found.output.entry(other, column)).collect();
            let error = relative_error(&out, &expected[rows + column][rows..]);
            assert!(error < 1e-13, "between columns, column {column}: {error:e}");
        }
    }
}
