//! Wire resistance against nodal solves of the full resistor network, and closed forms.

mod common;

use common::{Network, array, relative_error};
use memspike_crossbar::{Array, Config, Wires, matrix};
use memspike_npy::Weights;
use nalgebra::{DMatrix, DVector};

const WIRES: Wires = Wires { row_ohm: 1.0, column_ohm: 2.0, driver_ohm: 30.0, sense_ohm: 50.0 };

fn unit(rows: usize, row: usize) -> Vec<f64> {
    (0..rows).map(|i| f64::from(u8::from(i == row))).collect()
}

/// Compares the whole transfer matrix and the current of every row alone with nodal solves.
fn compare(array: &Array, solve: impl Fn(&Network, &DMatrix<f64>) -> DMatrix<f64>) {
    let network = Network::new(array.conductances(), &array.config().wires);
    let rows = network.rows;
    let injected: Vec<DVector<f64>> =
        (0..rows).map(|row| network.injected(&unit(rows, row)).into()).collect();
    let volts = solve(&network, &DMatrix::from_columns(&injected));
    let ports = array.response().ports();
    for (row, volts) in volts.column_iter().enumerate() {
        let currents = network.column_currents(volts.as_slice());
        let error = relative_error(ports.transfer.column(row).as_slice(), &currents);
        assert!(error < 1e-10, "row {row} of {rows}: currents differ by {error:e}");
        let current = network.row_current(volts.as_slice(), row);
        let error = relative_error(&[ports.input[row]], &[current]);
        assert!(error < 1e-10, "row {row} of {rows}: its own current differs by {error:e}");
    }
}

/// Dense Cholesky factorisation of the nodal matrix.
fn dense(network: &Network, injected: &DMatrix<f64>) -> DMatrix<f64> {
    let mut nodal: DMatrix<f64> = DMatrix::zeros(network.nodes(), network.nodes());
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

#[test]
fn small_arrays_agree_with_a_dense_nodal_solve() {
    for (rows, columns) in [(1, 1), (8, 1), (8, 2), (3, 6)] {
        compare(&array(rows, columns, WIRES), dense);
    }
}

#[test]
fn columns_that_do_not_end_at_zero_volt_agree_with_a_dense_nodal_solve() {
    let array = array(5, 2, WIRES);
    let network = Network::new(array.conductances(), &WIRES);
    let ports = array.response().ports();
    let (rows, ends) = ([0.3, -0.1, 0.0, 0.2, 0.5], [0.05, -0.02, 0.1, 0.0]);
    let mut injected = network.injected(&rows);
    for (column, volt) in ends.iter().enumerate() {
        injected[network.column_node(4, column)] += volt / (WIRES.column_ohm + WIRES.sense_ohm);
    }
    let nodes = dense(&network, &DMatrix::from_column_slice(network.nodes(), 1, &injected));
    let into_ends = network.column_currents(nodes.as_slice());
    let expected: Vec<f64> = std::iter::zip(into_ends, ends)
        .map(|(current, volt)| current - volt / (WIRES.column_ohm + WIRES.sense_ohm))
        .collect();
    let output = DMatrix::from_fn(ends.len(), ends.len(), |row, end| ports.output.entry(row, end));
    let found = &ports.transfer * DVector::from_column_slice(&rows)
        - output * DVector::from_column_slice(&ends);
    let error = relative_error(found.as_slice(), &expected);
    assert!(error < 1e-10, "currents differ by {error:e}");
}

/// Gaussian elimination of the nodal matrix within its band: a node knows the one of the row
/// before, 2 columns further up, and nothing beyond it.
fn banded(network: &Network, injected: &DMatrix<f64>) -> DMatrix<f64> {
    let (nodes, band) = (network.nodes(), 2 * network.columns);
    // lower[(k, n)]: entry of node n with node n - k.
    let mut lower: DMatrix<f64> = DMatrix::zeros(band + 1, nodes);
    network.branches(|a, b, siemens| {
        lower[(0, a)] += siemens;
        if let Some(b) = b {
            lower[(0, b)] += siemens;
            lower[(a.abs_diff(b), a.max(b))] -= siemens;
        }
    });
    let mut x = injected.clone();
    for pivot in 0..nodes {
        let below = (nodes - pivot).min(band + 1);
        for k in 1..below {
            let share = lower[(k, pivot + k)] / lower[(0, pivot)];
            if share == 0.0 {
                continue;
            }
            for l in k..below {
                let eliminated = share * lower[(l, pivot + l)];
                lower[(l - k, pivot + l)] -= eliminated;
            }
            for mut column in x.column_iter_mut() {
                let eliminated = share * column[pivot];
                column[pivot + k] -= eliminated;
            }
        }
    }
    for node in (0..nodes).rev() {
        for mut column in x.column_iter_mut() {
            let later = (1..(nodes - node).min(band + 1))
                .map(|k| lower[(k, node + k)] * column[node + k])
                .sum::<f64>();
            column[node] = (column[node] - later) / lower[(0, node)];
        }
    }
    x
}

#[test]
fn the_banded_elimination_of_these_tests_agrees_with_the_dense_one() {
    let array = array(6, 3, WIRES);
    let network = Network::new(array.conductances(), &WIRES);
    let injected = DMatrix::from_column_slice(network.nodes(), 1, &network.injected(&[0.7; 6]));
    let (found, expected) = (banded(&network, &injected), dense(&network, &injected));
    assert!(relative_error(found.as_slice(), expected.as_slice()) < 1e-13);
}

#[test]
fn arrays_of_8_x_4_and_64_x_20_agree_with_an_elimination_of_all_nodes() {
    let equal = Wires { row_ohm: 1.0, column_ohm: 1.0, ..Wires::default() };
    for wires in [WIRES, equal] {
        compare(&array(8, 2, wires), banded);
        compare(&array(64, 10, wires), banded);
    }
}

#[test]
fn every_current_of_the_array_of_the_paper_agrees_with_an_elimination_of_all_nodes() {
    // By reciprocity, the current of column j for 1 V on row i is that of row i for 1 V on column j:
    // 20 right sides instead of 784.
    let array = array(784, 10, WIRES);
    let network = Network::new(array.conductances(), &WIRES);
    let (head_s, foot_s) =
        (1.0 / (WIRES.row_ohm + WIRES.driver_ohm), 1.0 / (WIRES.column_ohm + WIRES.sense_ohm));
    let mut injected = DMatrix::zeros(network.nodes(), 20);
    for column in 0..20 {
        injected[(network.column_node(783, column), column)] = foot_s;
    }
    let volts = banded(&network, &injected);
    let transfer = &array.response().ports().transfer;
    for row in 0..784 {
        let expected = volts.row(network.row_node(row, 0)) * head_s;
        let error =
            relative_error(transfer.column(row).as_slice(), expected.transpose().as_slice());
        assert!(error < 1e-10, "row {row}: currents differ by {error:e}");
    }
}

/// Conjugate gradients with the diagonal as preconditioner, to the end of their accuracy.
fn conjugate_gradients(network: &Network, injected: &[f64]) -> Vec<f64> {
    let nodes = network.nodes();
    let mut branches = Vec::new();
    let mut diagonal: DVector<f64> = DVector::zeros(nodes);
    network.branches(|a, b, siemens| {
        diagonal[a] += siemens;
        if let Some(b) = b {
            diagonal[b] += siemens;
            branches.push((a, b, siemens));
        }
    });
    let nodal_times = |v: &DVector<f64>| {
        let mut product = v.component_mul(&diagonal);
        for &(a, b, siemens) in &branches {
            product[a] -= siemens * v[b];
            product[b] -= siemens * v[a];
        }
        product
    };
    let mut volts: DVector<f64> = DVector::zeros(nodes);
    let mut residual = DVector::from_column_slice(injected);
    let mut direction = residual.component_div(&diagonal);
    let mut size = residual.dot(&direction);
    let first = size;
    for _ in 0..20_000 {
        let along = nodal_times(&direction);
        let step = size / direction.dot(&along);
        volts.axpy(step, &direction, 1.0);
        residual.axpy(-step, &along, 1.0);
        let scaled = residual.component_div(&diagonal);
        let next = residual.dot(&scaled);
        if next < 1e-34 * first {
            return volts.as_slice().to_vec();
        }
        direction = scaled + direction * (next / size);
        size = next;
    }
    panic!("conjugate gradients did not converge: {size:e} of {first:e}");
}

#[test]
fn the_array_of_the_paper_agrees_with_conjugate_gradients() {
    let array = array(784, 10, WIRES);
    let network = Network::new(array.conductances(), &WIRES);
    let volts: Vec<f64> = (0..784).map(|i| f64::from(i * 37 % 101) / 100.0).collect();
    for volts in [volts, unit(784, 0)] {
        let nodes = conjugate_gradients(&network, &network.injected(&volts));
        let expected = network.column_currents(&nodes);
        let ports = array.response().ports();
        let found = &ports.transfer * DVector::from_column_slice(&volts);
        let error = relative_error(found.as_slice(), &expected);
        assert!(error < 1e-10, "currents differ by {error:e}");
    }
}

#[test]
fn a_column_of_equal_devices_follows_the_closed_form_of_a_ladder() {
    // On ideal rows, with cosh(theta) = 1 + r g / 2, the voltage of node i, counted from the far
    // end, goes as cosh((i - 1/2) theta); by reciprocity so does the current of row i.
    const ROWS: usize = 784;
    let wires = Wires { column_ohm: 1.0, ..Wires::default() };
    for gmax_s in [1e-9, 1e-6, 10e-6, 100e-6] {
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

#[test]
fn a_row_of_equal_devices_follows_the_closed_form_of_a_ladder() {
    // On ideal columns, counted from the driver: the current of device j is g times its voltage.
    const DEVICES: usize = 40;
    let wires = Wires { row_ohm: 1.0, ..Wires::default() };
    for gmin_s in [1e-9, 1e-6, 100e-6] {
        // Weights of zero put both devices of a pair at gmin.
        let config = Config { wires, ..Config::ideal(gmin_s, 1e-3) };
        let array = Array::program(&DMatrix::zeros(3, DEVICES / 2), &config, 1).unwrap();
        let theta = 2.0 * (gmin_s / 4.0).sqrt().asinh();
        let cosh = |j: usize| ((DEVICES - j) as f64 * theta + 0.5 * theta).cosh();
        let expected: Vec<f64> = (1..=DEVICES).map(|j| gmin_s * cosh(j) / cosh(0)).collect();
        for row in array.response().ports().transfer.column_iter() {
            let found: Vec<f64> = row.iter().copied().collect();
            let error = relative_error(&found, &expected);
            assert!(error < 1e-12, "gmin {gmin_s}: {error:e}");
        }
    }
}

/// Part of each column's current that wires of 1 ohm a segment take, with 1 V on every row.
fn losses(weights: &DMatrix<f64>, gmin_s: f64, gmax_s: f64) -> Vec<f64> {
    let wires = Wires { row_ohm: 1.0, column_ohm: 1.0, ..Wires::default() };
    let config = Config { wires, ..Config::ideal(gmin_s, gmax_s) };
    let array = Array::program(weights, &config, 1).unwrap();
    let found = array.response().ports().transfer.column_sum();
    let without = array.conductances().row_sum();
    found.iter().zip(&without).map(|(found, without)| 1.0 - found / without).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Gmax, and what a flat array of 784 x 20 devices was measured to lose.
const PUBLISHED: [(f64, f64); 3] = [(100e-6, 0.69), (10e-6, 0.24), (1e-6, 0.033)];

#[test]
fn the_published_loss_of_a_784_x_20_array_is_reproduced() {
    // The table does not say at which conductances. With every device at the same one, a sixth of
    // Gmax gives all digits; with all at Gmax it would be 87, 60 and 16.5 %.
    for (gmax_s, published) in PUBLISHED {
        let loss = mean(&losses(&DMatrix::zeros(784, 10), gmax_s / 6.0, gmax_s));
        let digit = if published < 0.1 { 0.0005 } else { 0.005 };
        assert!((loss - published).abs() <= digit, "Gmax {gmax_s}: {loss}");
    }
}

#[test]
fn trained_weights_lose_what_was_published_to_a_percentage_point() {
    // The likely origin of that sixth: weights trained on MNIST, as pairs of which one device is
    // off. Ours lose 67 to 68.4, 23 to 24.3 and 3.1 to 3.4 % over ten trainings; uniform or normal
    // weights, and other inputs than 1 V on every row, are further away.
    let weights = concat!(env!("CARGO_MANIFEST_DIR"), "/../../weights/mnist.npy");
    let weights = matrix(&Weights::read(weights, Some((784, 10))).unwrap());
    for (gmax_s, published) in PUBLISHED {
        let loss = mean(&losses(&weights, 0.0, gmax_s));
        assert!((loss - published).abs() <= 0.01, "Gmax {gmax_s}: {loss}");
    }
}
