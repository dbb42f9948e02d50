//! An exported array, as ngspice solves it.

mod common;

use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::process::Command;

use common::{array, relative_error};
use memspike_crossbar::{Array, Wires};
use nalgebra::DVector;

/// Currents out of the physical columns of `array`, by ngspice.
fn ngspice(array: &Array, volts: &[f64]) -> Vec<f64> {
    let columns = 2 * array.columns();
    let mut deck = format!("exported array\n{}X1", array.spice_subcircuit("crossbar"));
    (0..volts.len()).for_each(|i| write!(deck, " r{i}").unwrap());
    (0..columns).for_each(|j| write!(deck, " c{j}").unwrap());
    deck.push_str(" crossbar\n");
    volts.iter().enumerate().for_each(|(i, v)| writeln!(deck, "Vr{i} r{i} 0 {v:e}").unwrap());
    (0..columns).for_each(|j| writeln!(deck, "Vc{j} c{j} 0 0").unwrap());
    deck.push_str(".control\nset numdgt=15\nset wr_singlescale\nop\nwrdata out.txt");
    (0..columns).for_each(|j| write!(deck, " i(vc{j})").unwrap());
    deck.push_str("\nquit\n.endc\n.end\n");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("deck.cir"), deck).unwrap();
    let run = Command::new("ngspice").args(["-b", "deck.cir"]).current_dir(&folder).output();
    let output = match run {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            panic!("ngspice is missing: install the Debian package `ngspice`")
        }
        Err(error) => panic!("ngspice does not start: {error}"),
    };
    let text = fs::read_to_string(folder.path().join("out.txt")).unwrap_or_else(|_| {
        panic!("ngspice wrote nothing: {}", String::from_utf8_lossy(&output.stderr))
    });
    let numbers = text.split_whitespace().map(|number| number.parse().expect("a number"));
    // The first number is the scale.
    numbers.skip(1).collect()
}

#[test]
fn ngspice_finds_the_same_currents_in_an_exported_array() {
    let wires = [
        Wires { row_ohm: 1.0, column_ohm: 2.0, driver_ohm: 30.0, sense_ohm: 50.0 },
        Wires { row_ohm: 1.0, ..Wires::default() },
        Wires { column_ohm: 1.0, ..Wires::default() },
        Wires { driver_ohm: 100.0, sense_ohm: 100.0, ..Wires::default() },
        Wires::default(),
    ];
    let volts = [0.1, 0.0, 0.25, -0.1, 0.05, 0.2, 0.0, 0.3];
    for wires in wires {
        let array = array(8, 2, wires);
        let found = &array.response().ports().transfer * DVector::from_column_slice(&volts);
        let error = relative_error(found.as_slice(), &ngspice(&array, &volts));
        assert!(error < 1e-10, "{wires:?}: currents differ by {error:e}");
    }
}
