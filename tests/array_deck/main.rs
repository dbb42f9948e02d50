//! Crossbar arrays in decks, held against the network's equations, ngspice and the file itself.

#[path = "../common/mod.rs"]
mod common;
mod language;

use std::{fs, ops::ControlFlow, path::Path};

use common::ngspice::voltages;
use common::rig::{Record, record, simulation};
use memspike::{Options, Outcome, simulate};
use memspike_crossbar::{Array, Config, Wires};
use memspike_netlist::{Deck, Elaborated};
use memspike_time::Time;
use nalgebra::DMatrix;
use tempfile::TempDir;

/// Four rows, two columns; also as `w.csv` beside every deck here.
const WEIGHTS: [[f64; 2]; 4] = [[0.5, -0.25], [1.0, 0.0], [-0.75, 0.125], [0.0, 1.0]];

fn folder() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let lines: String = WEIGHTS.iter().map(|[a, b]| format!("{a}, {b}\n")).collect();
    fs::write(folder.path().join("w.csv"), lines).expect("written");
    folder
}

fn elaborate(folder: &Path, cards: &str, seed: u64) -> Elaborated {
    let text = format!("arrays\n{cards}\n.end\n");
    let deck = Deck::parse(&folder.join("deck.cir").to_string_lossy(), &text);
    let deck = deck.unwrap_or_else(|e| panic!("{}", e.render(false)));
    let point = deck.steps().expect("steps").remove(0);
    deck.elaborate(&point, seed).unwrap_or_else(|e| panic!("{}", e.render(false)))
}

fn run_deck(deck: &Elaborated) -> Outcome {
    let options = Options { spike_times: true, ..Options::default() };
    simulate(deck, &options, &mut [], &mut |_| ControlFlow::Continue(()))
        .unwrap_or_else(|e| panic!("{e}"))
}

fn run(cards: &str) -> Outcome {
    run_deck(&elaborate(folder().path(), cards, 0))
}

fn measure(outcome: &Outcome, name: &str) -> f64 {
    outcome.measure(name).unwrap_or_else(|| panic!("no {name}: {:?}", outcome.warnings))
}

#[track_caller]
fn assert_near(found: f64, exact: f64) {
    assert!((found / exact - 1.0).abs() < 1e-12, "{found:e} is not {exact:e}");
}

#[test]
fn a_column_s_current_charges_its_node_as_the_weights_and_the_rows_say() {
    // Rows at 1 V, a pulse of 2 V from 1 to 3 ms, 0 V and the sum of two sources. A weight of 1 is 10 uS.
    let outcome = run("V0 row[0] 0 1
        V1 row[1] 0 PULSE(0 2 1m 0 0 2m)
        V2 row[2] 0 0
        Va half 0 0.3
        Vb row[3] half -0.8
        A1 row[0:3] col[0:1] array weights=w.csv
        R1[0:1] col[0:1] 0 10k
        C1[0:1] col[0:1] 0 100n
        .model array crossbar(gmin=1u gmax=11u weight_max=1)
        .tran 4m uic
        .meas tran first find v(col[0]) at=4m
        .meas tran second find v(col[1]) at=4m
        .meas tran current avg i(A1[0])");
    let answer = |from_s: f64| 1.0 - (-(4e-3 - from_s) / 1e-3_f64).exp();
    let (step, pulse) = (answer(0.0), answer(1e-3) - answer(3e-3));
    let volts = 10e-6 * 10e3;
    assert_near(measure(&outcome, "first"), volts * (0.5 * step + 2.0 * pulse));
    assert_near(measure(&outcome, "second"), volts * (-0.25 - 0.5) * step);
    // From ground through the array into the column.
    assert_near(measure(&outcome, "current"), 10e-6 * (0.5 + 2.0 * 0.5));
}

#[test]
fn what_a_row_s_source_delivers_is_what_its_devices_take() {
    let outcome = run("V0 row[0] 0 1
        V1 row[1] 0 0.5
        V2[2:3] row[2:3] 0 0
        A1 row[0:3] col[0:1] array weights=w.csv
        R1[0:1] col[0:1] 0 10k
        .model array crossbar(gmin=1u gmax=11u weight_max=1 gain=3)
        .tran 1m
        .meas tran first avg i(V0)
        .meas tran second avg i(V1)
        .meas tran none avg i(V2[2])");
    // Four devices a row: 1 uS each, and 10 uS for each unit of weight, whatever the amplifiers do.
    assert_near(measure(&outcome, "first"), -(4e-6 + 10e-6 * 0.75));
    assert_near(measure(&outcome, "second"), -0.5 * (4e-6 + 10e-6));
    assert_eq!(measure(&outcome, "none"), 0.0);
}

#[test]
fn an_array_with_wires_is_its_network_of_resistors_written_out() {
    let wires = Wires { row_ohm: 300.0, column_ohm: 500.0, driver_ohm: 200.0, sense_ohm: 100.0 };
    let rows: Vec<f64> = WEIGHTS.iter().flatten().copied().collect();
    let weights = DMatrix::from_row_slice(4, 2, &rows);
    let config = Config { wires, weight_max: Some(1.0), ..Config::ideal(1e-6, 100e-6) };
    let network = Array::program(&weights, &config, 0).expect("it fits").spice_subcircuit("net");
    let sources = "V0 row[0] 0 1\nV1 row[1] 0 -0.5\nV2 row[2] 0 0.25\nV3 row[3] 0 0\n";
    // Physical columns end at sources of 0 V, which measure; plus to minus is out of the column.
    let written_out = run(&format!(
        "{sources}{network}X1 row[0] row[1] row[2] row[3] p0 m0 p1 m1 net
        Vp0 p0 0 0\nVm0 m0 0 0\nVp1 p1 0 0\nVm1 m1 0 0
        .tran 1m
        .meas tran p0 avg i(Vp0)\n.meas tran m0 avg i(Vm0)
        .meas tran p1 avg i(Vp1)\n.meas tran m1 avg i(Vm1)
        .meas tran i0 avg i(V0)\n.meas tran i1 avg i(V1)\n.meas tran i3 avg i(V3)"
    ));
    let element = run(&format!(
        "{sources}A1 row[0:3] col[0:1] array weights=w.csv
        R1[0:1] col[0:1] 0 1k
        .model array crossbar(gmin=1u gmax=100u weight_max=1
        + rrow=300 rcolumn=500 rdriver=200 rsense=100)
        .tran 1m
        .meas tran c0 avg i(A1[0])\n.meas tran c1 avg i(A1[1])
        .meas tran i0 avg i(V0)\n.meas tran i1 avg i(V1)\n.meas tran i3 avg i(V3)"
    ));
    let of = |name: &str| measure(&written_out, name);
    for (name, exact) in [
        ("c0", of("p0") - of("m0")),
        ("c1", of("p1") - of("m1")),
        ("i0", of("i0")),
        ("i1", of("i1")),
        ("i3", of("i3")),
    ] {
        let found = measure(&element, name);
        assert!((found / exact - 1.0).abs() < 1e-10, "{name}: {found:e} is not {exact:e}");
    }
}

#[test]
fn ngspice_finds_the_same_voltages_in_the_exported_deck() {
    let folder = folder();
    let deck = elaborate(
        folder.path(),
        "V0 row[0] 0 PWL(0 0 1m 1 2m 1 3m -1)
        V1 row[1] 0 PULSE(0 2 0.5m 0.2m 0.2m 0.3m 1m)
        V2 row[2] 0 SIN(0 1 700)
        V3 row[3] 0 0.5
        A1 row[0:3] col[0:1] array weights=w.csv
        R1[0:1] col[0:1] 0 10k
        C1[0:1] col[0:1] 0 20n
        .model array crossbar(gmin=1u gmax=100u rrow=100 rcolumn=100)
        .tran 4m uic
        .meas tran a find v(col[0]) at=3.7m
        .meas tran b find v(col[1]) at=3.7m
        .meas tran current find i(A1[1]) at=3.7m",
        0,
    );
    let ours = run_deck(&deck);
    let text =
        memspike_spice::export(&deck, memspike_spice::Options::default()).expect("it has a form");
    let rows = voltages(&text, &["col_0_", "col_1_"]);
    for (column, name) in [(1, "a"), (2, "b")] {
        let pair = rows.windows(2).find(|w| w[1][0] >= 3.7e-3).expect("the end is reached");
        let share = (3.7e-3 - pair[0][0]) / (pair[1][0] - pair[0][0]);
        let theirs = pair[0][column] + share * (pair[1][column] - pair[0][column]);
        let found = measure(&ours, name);
        assert!((found - theirs).abs() < 1e-5 * theirs.abs(), "{name}: {found} {theirs}");
    }
}

#[test]
fn spikes_reach_the_next_layer_through_an_array_as_through_written_out_sources() {
    let layers = ".model zno ts_memristor()
        .subckt neuron pix row
        Rs pix m 1Meg
        Cm m 0 47n
        N1 m 0 zno
        Vd row 0 SPIKE(N1 2 1m)
        .ends
        .subckt lif mem
        R1 mem 0 1Meg
        C1 mem 0 47n
        N1 mem 0 zno
        .ends
        Vpix[0:3] pix[0:3] 0 {0.7+0.3*index}
        Xosc[0:3] pix[0:3] row[0:3] neuron
        Xlif[0:1] mem[0:1] lif
        .tran 0.5 uic
        .meas tran n[0:1] spikes Xlif[0:1].N1\n";
    let array = run(&format!(
        "{layers}A1 row[0:3] mem[0:1] array weights=w.csv\n.model array crossbar(gmax=20u weight_max=1)"
    ));
    let sources: String = (0..4)
        .flat_map(|row| (0..2).map(move |column| (row, column)))
        .map(|(row, column)| {
            let siemens = 20e-6 * WEIGHTS[row][column];
            format!("G{row}{column} 0 mem[{column}] row[{row}] 0 {siemens:e}\n")
        })
        .collect();
    let written_out = run(&format!("{layers}{sources}"));
    assert!(measure(&array, "n[0]") > 5.0);
    let times = |outcome: &Outcome| -> Vec<f64> {
        let all = outcome.spikes.iter().flat_map(|spikes| &spikes.times);
        all.map(|at| at.as_s()).collect()
    };
    let (found, exact) = (times(&array), times(&written_out));
    assert_eq!(found.len(), exact.len());
    for (found, exact) in found.iter().zip(&exact) {
        assert!((found / exact - 1.0).abs() < 1e-10, "{found} {exact}");
    }
}

#[test]
fn asking_for_currents_or_writing_lines_in_another_order_changes_no_bit() {
    let (head, array, tail) = (
        "V0 row[0] 0 PULSE(0 1 0 0 0 3m 10m)\nV1[1:3] row[1:3] 0 SIN(0 1 {50*index})\n",
        "A1 row[0:3] col[0:1] array weights=w.csv
        .model array crossbar(programming_noise=0.1 stuck_on=0.2 rrow=10)\n",
        "R1[0:1] col[0:1] 0 1Meg\nC1[0:1] col[0:1] 0 47n\nN1[0:1] col[0:1] 0 zno
        .model zno ts_memristor(sigma_von=5m)\n.tran 1 uic\n",
    );
    let one = run(&format!("{head}{array}{tail}"));
    let other =
        run(&format!("{tail}{array}{head}.meas tran charge integ i(V0)\n.save i(A1.row[2])"));
    assert!(one.spikes.iter().any(|spikes| spikes.count > 3));
    for (one, other) in one.spikes.iter().zip(&other.spikes) {
        assert_eq!(one.times, other.times, "{}", one.element);
    }
}

#[test]
fn a_run_of_a_network_split_anywhere_gives_the_same_bits() {
    let folder = folder();
    let deck = elaborate(
        folder.path(),
        ".model zno ts_memristor(sigma_von=4m)
        Vpix[0:3] pix[0:3] 0 {0.9+0.3*index}
        Rs[0:3] pix[0:3] m[0:3] 1Meg
        Cm[0:3] m[0:3] 0 47n
        N1[0:3] m[0:3] 0 zno
        Vd0 row[0] 0 SPIKE(N1[0] 2 1m)
        Vd1 row[1] 0 SPIKE(N1[1] 2 1m)
        Vd2 row[2] 0 SPIKE(N1[2] 2 1m)
        Vd3 row[3] 0 SIN(0 1 90)
        A1 row[0:3] mem[0:1] array weights=w.csv
        .model array crossbar(gmax=20u weight_max=1 rrow=10)
        Rl[0:1] mem[0:1] 0 1Meg
        Cl[0:1] mem[0:1] 0 47n
        N2[0:1] mem[0:1] 0 zno
        .tran 0.3 uic",
        0,
    );
    let whole = record(&deck.circuit, 0.3);
    let fired = |record: &Record| record.spikes().get("n2[0]").map_or(0, Vec::len);
    assert!(fired(&whole) > 5, "{}", fired(&whole));
    for split in [1e-4, 0.0317, 0.1, 0.2999] {
        let (mut simulation, mut pieces) = (simulation(&deck.circuit), Record::default());
        for until in [split, 0.3] {
            let mut go_on = |_| ControlFlow::Continue(());
            simulation.run(Time::from_s(until), &mut [&mut pieces], &mut go_on).expect("it runs");
        }
        assert_eq!(pieces, whole, "split at {split} s");
    }
}

#[test]
fn flaws_follow_the_seed_and_the_name_of_the_array() {
    let folder = folder();
    let cards = "V0[0:3] row[0:3] 0 1
        A1 row[0:3] a[0:1] array weights=w.csv
        A2 row[0:3] b[0:1] array weights=w.csv
        R1[0:1] a[0:1] 0 1k
        R2[0:1] b[0:1] 0 1k
        .model array crossbar(programming_noise=0.05 read_noise=0.05)
        .tran 1m
        .meas tran first avg v(a[0])
        .meas tran second avg v(b[0])";
    let of = |seed| {
        let outcome = run_deck(&elaborate(folder.path(), cards, seed));
        (measure(&outcome, "first"), measure(&outcome, "second"))
    };
    let (one, again, other) = (of(1), of(1), of(2));
    assert_eq!(one, again);
    assert!(one.0 != one.1 && one.0 != other.0, "{one:?} {other:?}");
    // All of them are near what the weights say.
    for value in [one.0, one.1, other.0, other.1] {
        assert!((value - 0.75e-3).abs() < 0.4e-3, "{value}");
    }
}

#[test]
fn the_network_of_the_paper_decides_ten_drawn_digits() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists/snn_784x10.cir");
    assert!(fs::read_to_string(&path).expect("the deck").lines().count() <= 50, "a screen");
    let deck = Deck::load(&path).unwrap_or_else(|e| panic!("{}", e.render(false)));
    let points = deck.steps().expect("steps");
    assert_eq!(points.len(), 10);
    for (digit, point) in points.iter().enumerate() {
        let deck = deck.elaborate(point, 0).unwrap_or_else(|e| panic!("{}", e.render(false)));
        assert_eq!(measure(&run_deck(&deck), "digit"), digit as f64);
    }
}
