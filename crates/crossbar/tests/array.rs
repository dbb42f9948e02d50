//! Mapping of weights, ideal products, energy, and what is refused.

mod common;

use common::{Network, array, relative_error, weights};
use memspike_crossbar::{Array, Config, Drift, Faults, Noise, Wires};
use nalgebra::DMatrix;

const WIRES: Wires = Wires { row_ohm: 5.0, column_ohm: 3.0, driver_ohm: 100.0, sense_ohm: 20.0 };

fn message(weights: &DMatrix<f64>, config: &Config) -> String {
    Array::program(weights, config, 1).expect_err("an error").to_string()
}

#[test]
fn an_ideal_array_multiplies_by_its_weights() {
    let weights = weights(30, 4);
    let config = Config { weight_max: Some(1.0), ..Config::ideal(1e-6, 21e-6) };
    let array = Array::program(&weights, &config, 1).unwrap();
    let volts: Vec<f64> = (0..30).map(|i| f64::from(i) / 30.0 - 0.4).collect();
    let expected: Vec<f64> = (0..4)
        .map(|column| (0..30).map(|row| 20e-6 * weights[(row, column)] * volts[row]).sum())
        .collect();
    assert!(relative_error(&array.currents(&volts).unwrap(), &expected) < 1e-14);
    let found = array.effective_weights();
    assert!(relative_error(found.as_slice(), weights.as_slice()) < 1e-14);
    assert_eq!((array.rows(), array.columns()), (30, 4));
}

#[test]
fn the_pair_of_a_weight_has_one_device_at_gmin() {
    let weights = DMatrix::from_row_slice(1, 3, &[2.0, -1.0, 0.0]);
    let array = Array::program(&weights, &Config::ideal(1.0, 5.0), 1).unwrap();
    // 4 S are a weight of 2, the largest magnitude.
    let expected = DMatrix::from_row_slice(1, 6, &[5.0, 1.0, 1.0, 3.0, 1.0, 1.0]);
    assert_eq!(*array.conductances(), expected);
    assert_eq!(array.scale_s(), 2.0);
}

#[test]
fn levels_are_evenly_spaced_and_the_nearest_one_is_taken() {
    let weights = weights(40, 3);
    let config = Config { levels: Some(5), weight_max: Some(1.0), ..Config::ideal(10.0, 50.0) };
    let array = Array::program(&weights, &config, 1).unwrap();
    for (device, &conductance) in array.conductances().transpose().iter().enumerate() {
        assert!([10.0, 20.0, 30.0, 40.0, 50.0].contains(&conductance), "{conductance}");
        let weight = weights[(device / 6, device % 6 / 2)];
        let part = if device % 2 == 0 { weight } else { -weight };
        assert!((conductance - (10.0 + 40.0 * part.max(0.0))).abs() <= 5.0 + 1e-12);
    }
}

#[test]
fn a_pulse_costs_what_all_resistors_turn_into_heat() {
    let array = array(8, 2, WIRES);
    let network = Network::new(array.conductances(), &WIRES);
    let mut nodal: DMatrix<f64> = DMatrix::zeros(network.nodes(), network.nodes());
    network.branches(|a, b, siemens| {
        nodal[(a, a)] += siemens;
        if let Some(b) = b {
            nodal[(b, b)] += siemens;
            nodal[(a, b)] -= siemens;
            nodal[(b, a)] -= siemens;
        }
    });
    let nodal = nodal.cholesky().unwrap();
    for row in 0..8 {
        let mut volts = [0.0; 8];
        volts[row] = 0.3;
        let nodes = nodal.solve(&DMatrix::from_column_slice(64, 1, &network.injected(&volts)));
        let mut watts = 0.0;
        network.branches(|a, b, siemens| {
            // A branch to a port ends at its row's voltage if it is a driver, else at 0 V.
            let driven = (0..8).find(|&row| network.row_node(row, 0) == a);
            let end = b.map_or_else(|| driven.map_or(0.0, |row| volts[row]), |b| nodes[b]);
            watts += siemens * (nodes[a] - end).powi(2);
        });
        let energy = array.energy_of_row_pulse(row, 0.3, 2e-6).unwrap();
        assert!((energy / (watts * 2e-6) - 1.0).abs() < 1e-11, "row {row}: {energy:e}");
    }
}

#[test]
fn a_weight_out_of_range_is_named_with_its_place() {
    let mut weights = weights(3, 4);
    weights[(2, 1)] = -1.25;
    let config = Config { weight_max: Some(1.0), ..Config::ideal(0.0, 1e-6) };
    insta::assert_snapshot!(message(&weights, &config), @"the weight -1.25 in row 2, column 1 is out of range: weight_max is 1");
    weights[(0, 3)] = f64::NAN;
    insta::assert_snapshot!(message(&weights, &config), @"the weight in row 0, column 3 is NaN, not a finite number");
    insta::assert_snapshot!(message(&DMatrix::zeros(0, 3), &config), @"weights are 0 x 3: an array needs at least one row and one column");
}

#[test]
fn every_value_of_a_configuration_out_of_its_range_is_named() {
    let ideal = || Config::ideal(1e-6, 1e-4);
    let noise = |sigma| Noise { sigma, ..Noise::default() };
    let wrong = [
        Config { gmin_s: -1e-6, ..ideal() },
        Config { gmax_s: 1e-6, ..ideal() },
        Config { gmax_s: f64::INFINITY, ..ideal() },
        Config { levels: Some(1), ..ideal() },
        Config { weight_max: Some(0.0), ..ideal() },
        Config { programming_noise: noise(-0.1), ..ideal() },
        Config { read_noise: noise(f64::NAN), ..ideal() },
        Config { faults: Faults { stuck_on: 1.5, stuck_off: 0.0 }, ..ideal() },
        Config { faults: Faults { stuck_on: 0.75, stuck_off: 0.5 }, ..ideal() },
        Config { drift: Drift { nu: f64::NAN, ..Drift::default() }, ..ideal() },
        Config { drift: Drift { t0_s: 0.0, ..Drift::default() }, ..ideal() },
        Config { drift: Drift { time_s: 0.5, ..Drift::default() }, ..ideal() },
        Config { wires: Wires { row_ohm: -1.0, ..Wires::default() }, ..ideal() },
    ];
    let messages: Vec<String> =
        wrong.iter().map(|config| message(&DMatrix::zeros(1, 1), config)).collect();
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn vectors_and_rows_that_do_not_fit_are_refused() {
    let array = array(3, 2, Wires::default());
    insta::assert_snapshot!(array.currents(&[1.0; 4]).unwrap_err(), @"4 voltages are given, the array has 3 rows");
    insta::assert_snapshot!(array.energy_of_row_pulse(3, 1.0, 1.0).unwrap_err(), @"there is no row 3, the array has 3 rows, from 0 on");
    insta::assert_snapshot!(array.energy_of_row_pulse(0, 1.0, -1.0).unwrap_err(), @"seconds = -1 must be finite, and not negative");
}

#[test]
fn an_array_too_large_for_wires_is_refused_and_works_without() {
    let config = Config { wires: WIRES, ..Config::ideal(0.0, 1e-6) };
    let weights = DMatrix::from_element(800, 150, 1.0);
    insta::assert_snapshot!(message(&weights, &config), @"an array of 800 x 300 devices is too large for wire resistance: rows x columns^2, and for the currents of rows rows^2, may be 67108864 at most; split it into tiles");
    assert!(Array::program(&weights, &Config::ideal(0.0, 1e-6), 1).is_ok());
}

#[test]
fn resistances_beyond_all_numbers_are_an_error() {
    let wires = Wires { column_ohm: 1e300, row_ohm: 1e300, ..Wires::default() };
    let config = Config { wires, ..Config::ideal(0.0, 1e300) };
    insta::assert_snapshot!(message(&weights(3, 2), &config), @"the array cannot be solved: conductances and resistances are too far apart");
}
