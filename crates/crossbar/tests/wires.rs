//! Wire resistance against nodal solves of the full resistor network.

mod common;

use common::{Network, relative_error, weights};
use memspike_crossbar::{Array, Config, Wires};
use nalgebra::{DMatrix, DVector};

const WIRES: Wires = Wires { row_ohm: 1.0, column_ohm: 2.0, driver_ohm: 30.0, sense_ohm: 50.0 };

fn array(rows: usize, columns: usize, wires: Wires) -> Array {
    let config = Config { wires, ..Config::ideal(1e-6, 100e-6) };
    Array::program(&weights(rows, columns), &config, 1).unwrap()
}

/// Voltages of all nodes by a dense Cholesky factorisation.
fn dense(network: &Network, injected: &DMatrix<f64>) -> DMatrix<f64> {
    let mut nodal = DMatrix::zeros(network.nodes(), network.nodes());
    network.branches(|a, b, siemens| {
        nodal[(a, a)] += siemens;
        if let Some(b) = b {
            nodal[(b, b)] += siemens;
            nodal[(a, b)] -= siemens;
            nodal[(b, a)] -= siemens;
        }
    });
    nodal.cholesky().expect("a resistor network is positive definite").solve(injected)
}

/// Column currents for 1 V on each row alone, and the current of that row, by the dense solve.
fn reference(array: &Array) -> (DMatrix<f64>, DVector<f64>) {
    let network = Network::new(array.conductances(), &array.config().wires);
    let unit = |row| (0..network.rows).map(|i| f64::from(u8::from(i == row))).collect::<Vec<_>>();
    let columns: Vec<DVector<f64>> =
        (0..network.rows).map(|row| network.injected(&unit(row)).into()).collect();
    let volts = dense(&network, &DMatrix::from_columns(&columns));
    let transfer: Vec<DVector<f64>> =
        volts.column_iter().map(|v| network.column_currents(v.as_slice()).into()).collect();
    let input = volts.column_iter().enumerate();
    let input = input.map(|(row, v)| network.row_current(v.as_slice(), row));
    let input = DVector::from_iterator(network.rows, input);
    (DMatrix::from_columns(&transfer), input)
}

#[test]
fn small_arrays_agree_with_a_dense_nodal_solve() {
    for (rows, columns) in [(1, 1), (8, 2), (8, 4), (3, 6)] {
        let array = array(rows, columns, WIRES);
        let (transfer, input) = reference(&array);
        let ports = array.response().ports();
        let error = relative_error(ports.transfer.as_slice(), transfer.as_slice());
        assert!(error < 1e-10, "{rows} x {columns}: transfer differs by {error:e}");
        let error = relative_error(ports.input.as_slice(), input.as_slice());
        assert!(error < 1e-10, "{rows} x {columns}: input differs by {error:e}");
    }
}

#[test]
fn the_transfer_of_the_paper_size_satisfies_the_closed_form_of_a_ladder() {
    // A column of equal devices on ideal rows is a ladder: with cosh(theta) = 1 + r g / 2 the
    // voltage of node i, counted from the far end, goes as cosh((i - 1/2) theta).
    const ROWS: usize = 784;
    let wires = Wires { column_ohm: 1.0, ..Wires::default() };
    for gmax_s in [1e-6, 10e-6, 100e-6] {
        let config = Config { wires, ..Config::ideal(0.0, gmax_s) };
        let array = Array::program(&DMatrix::from_element(ROWS, 10, 1.0), &config, 1).unwrap();
        let theta = 2.0 * (gmax_s / 4.0).sqrt().asinh();
        let cosh = |i: usize| ((i as f64 - 0.5) * theta).cosh();
        let expected: Vec<f64> = (1..=ROWS).map(|i| gmax_s * cosh(i) / cosh(ROWS + 1)).collect();
        for column in array.transfer().row_iter() {
            let found: Vec<f64> = column.iter().copied().collect();
            let error = relative_error(&found, &expected);
            assert!(error < 1e-12, "gmax {gmax_s}: {error:e}");
        }
    }
}
