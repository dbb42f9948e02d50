//! `.op`, `.dc` and `.ac` against closed forms and ngspice.

#[path = "common/program.rs"]
mod program;

use std::f64::consts::TAU;
use std::fs;
use std::path::Path;
use std::process::Command;

use memspike_netlist::{Deck, Elaborated};
use memspike_run::{Options, Outcome, Points, simulate};
use num_complex::Complex64;
use program::{memspike, text};
use std::ops::ControlFlow;
use tempfile::TempDir;

fn elaborated(deck: &str) -> Elaborated {
    let deck = Deck::parse("deck.cir", deck).unwrap_or_else(|report| panic!("{report}"));
    let point = deck.steps().expect("points").remove(0);
    deck.elaborate(&point, 0).unwrap_or_else(|report| panic!("{report}"))
}

fn run(deck: &str) -> Outcome {
    let deck = elaborated(deck);
    simulate(&deck, &Options::default(), &mut [], &mut |_| ControlFlow::Continue(())).expect("runs")
}

fn points<'o>(outcome: &'o Outcome, kind: &str) -> &'o Points {
    outcome.at_rest.iter().find(|points| points.kind == kind).expect("it was asked for")
}

fn column(points: &Points, name: &str) -> Vec<f64> {
    let at = points.columns.iter().position(|(known, _)| known == name).expect(name);
    points.rows.iter().map(|row| row[at]).collect()
}

fn amplitudes(points: &Points, signal: &str) -> Vec<Complex64> {
    let parts = ["re", "im"].map(|part| column(points, &format!("{signal}.{part}")));
    parts[0].iter().zip(&parts[1]).map(|(re, im)| Complex64::new(*re, *im)).collect()
}

/// Rows of numbers that ngspice writes of some vectors after it ran a deck.
fn ngspice(deck: &str, vectors: &str) -> Vec<Vec<f64>> {
    let folder = TempDir::new().expect("a folder");
    let body = deck.trim_end().strip_suffix(".end").expect("a deck ends with .end");
    let control = format!(
        ".control\nset numdgt=15\nset wr_singlescale\nrun\nwrdata out.txt {vectors}\nquit\n.endc\n.end\n"
    );
    fs::write(folder.path().join("deck.cir"), format!("{body}{control}")).expect("written");
    let output =
        Command::new("ngspice").args(["-b", "deck.cir"]).current_dir(folder.path()).output();
    let output = output.expect("ngspice is installed");
    let table = fs::read_to_string(folder.path().join("out.txt"));
    let table = table.unwrap_or_else(|_| panic!("{}", text(&output.stdout)));
    let row = |line: &str| line.split_whitespace().map(|x| x.parse().expect("a number")).collect();
    table.lines().map(row).collect()
}

fn close(found: f64, truth: f64, relative: f64) -> bool {
    (found - truth).abs() <= relative * truth.abs().max(1e-12)
}

#[test]
fn an_operating_point_is_that_of_ohm_and_kirchhoff() {
    let outcome = run(
        "a bridge with a coil and a capacitor\nV1 in 0 DC 10 PULSE(3 4 0 1u 1u 1m 2m)\n\
         R1 in a 1k\nR2 a 0 3k\nC1 a b 1u\nR3 b 0 1meg\nL1 in c 1m\nR4 c 0 2k\nI1 0 d 2m\nR5 d 0 1k\n.op\n.end\n",
    );
    let op = points(&outcome, "op");
    for (signal, truth) in [
        ("v(in)", 10.0),
        ("v(a)", 7.5),
        ("v(b)", 0.0),
        ("v(c)", 10.0),
        ("v(d)", 2.0),
        ("i(l1)", 5e-3),
        ("i(v1)", -7.5e-3),
    ] {
        assert!((column(op, signal)[0] - truth).abs() < 1e-14, "{signal}: {op:?}");
    }
    assert!(outcome.measures.is_empty() && outcome.counters.fired == 0);
}

#[test]
fn a_sweep_of_a_parameter_or_the_temperature_is_a_run_at_each_value() {
    let values = |deck: &str| -> Vec<f64> {
        let deck = Deck::parse("deck.cir", deck).unwrap_or_else(|report| panic!("{report}"));
        let runs = deck.steps().expect("points").into_iter().map(|point| {
            let deck = deck.elaborate(&point, 0).unwrap_or_else(|report| panic!("{report}"));
            let watch = &mut |_| ControlFlow::Continue(());
            simulate(&deck, &Options::default(), &mut [], watch).expect("runs")
        });
        runs.map(|outcome| column(&outcome.at_rest[0], "v(out)")[0]).collect()
    };
    let divider = "V1 in 0 1\nR1 in out {p}\nR2 out 0 1k tc1=1m\n.param p=1k\n";
    let swept = values(&format!("t\n{divider}.dc p 1k 3k 1k\n.end\n"));
    for (found, truth) in swept.iter().zip([1.0 / 2.0, 1.0 / 3.0, 1.0 / 4.0]) {
        assert!(close(*found, truth, 1e-14), "{swept:?}");
    }
    let heated = |r: f64| r / (r + 1.0);
    for card in [".dc temp 27 127 100", ".temp 27 127\n.op"] {
        let found = values(&format!("t\n{divider}{card}\n.end\n"));
        assert_eq!(found.len(), 2);
        assert!(close(found[0], heated(1.0), 1e-14) && close(found[1], heated(1.1), 1e-14));
    }
}

#[test]
fn a_resistance_of_zero_is_a_short_and_one_below_zero_gives_power() {
    let outcome = run("t\nV1 in 0 1\nR1 in a 0\nR2 a b 1k\nR3 b 0 -3k\n.op\n.end\n");
    let op = points(&outcome, "op");
    // The divider is -3k / (1k - 3k).
    assert!(close(column(op, "v(a)")[0], 1.0, 1e-14) && close(column(op, "v(b)")[0], 1.5, 1e-14));
    assert!(close(column(op, "i(r1)")[0], -0.5e-3, 1e-14), "{op:?}");
}

#[test]
fn parameters_of_elements_are_stepped() {
    let deck = "t\nV1 in 0 1\nR1 in out 1k m=2\nR2 out 0 1k\n.step R1:m list 1 4\n.op\n.end\n";
    let deck = Deck::parse("deck.cir", deck).unwrap_or_else(|report| panic!("{report}"));
    for (point, truth) in deck.steps().expect("points").into_iter().zip([0.5, 0.8]) {
        let deck = deck.elaborate(&point, 0).unwrap_or_else(|report| panic!("{report}"));
        let watch = &mut |_| ControlFlow::Continue(());
        let outcome = simulate(&deck, &Options::default(), &mut [], watch).expect("runs");
        assert!(close(column(&outcome.at_rest[0], "v(out)")[0], truth, 1e-14));
    }
}

#[test]
fn a_nested_sweep_agrees_with_ngspice() {
    let deck = "two sources, a law with a corner, a switch with hysteresis\n\
        V1 in 0 1\nV2 b 0 0\nR1 in out 1k\nR2 out b 2k\nB1 y 0 V={max(v(out),v(b)-0.3)}\nR3 y 0 1k\n\
        S1 out 0 in 0 sw1\n.model sw1 sw(vt=2 vh=0.6 ron=1k roff=1meg)\nG1 0 z in b 1m\nR4 z 0 1k\n\
        .dc V1 0 4 0.25 V2 -1 2 1\n.end\n";
    let outcome = run(deck);
    let ours = points(&outcome, "dc");
    let theirs = ngspice(deck, "v(out) v(y) v(z) i(v1)");
    assert_eq!((ours.rows.len(), theirs.len()), (68, 68));
    for (at, signal) in ["v1", "v(out)", "v(y)", "v(z)", "i(v1)"].into_iter().enumerate() {
        for (row, ours) in column(ours, signal).into_iter().enumerate() {
            let truth = theirs[row][at];
            assert!(
                (ours - truth).abs() < 1e-6 * (1.0 + truth.abs()),
                "{signal}, row {row}: {ours} {truth}"
            );
        }
    }
    // Up it turns on above 2.6 V, and down, after the sweep has jumped back, below 1.4 V.
    assert_eq!(column(ours, "v2")[67], 2.0);
}

#[test]
fn a_memristor_sweeps_through_its_static_thresholds() {
    let deck = |end: &str| {
        format!(
            "current against voltage\n.model m ts_memristor(von=0.25 vhold=0.1 ron=1k roff=1g)\n\
             V1 in 0 0\nR1 in d 1k\nN1 d 0 m\n.dc V1 {end}\n.end\n"
        )
    };
    let up = run(&deck("0 1 0.01"));
    let current = column(points(&up, "dc"), "i(n1)");
    for (at, ampere) in current.iter().enumerate() {
        let volt = at as f64 / 100.0;
        // At the threshold itself nothing grows.
        let truth = if at <= 25 { volt / (1e9 + 1e3) } else { volt / 2e3 };
        assert!(close(*ampere, truth, 1e-9), "{volt} V: {ampere}");
    }
    // Down it holds until 0.1 V are left of it, at 0.2 V.
    let down = run(
        "back\n.model m ts_memristor(von=0.25 vhold=0.1 ron=1k roff=1g)\nV1 in 0 0\nR1 in d 1k\nN1 d 0 m\n\
                    .dc V1 list 1 0.5 0.21 0.19 0.24 0.26\n.end\n",
    );
    let current = column(points(&down, "dc"), "i(n1)");
    let on: Vec<bool> = current.iter().map(|ampere| *ampere > 1e-6).collect();
    assert_eq!(on, [true, true, true, false, false, true]);
}

#[test]
fn a_point_without_rest_is_empty_and_told() {
    // Of 1 V the device takes too little to stay on behind 1 MOhm, and too much to stay off.
    let outcome = run(
        "a neuron under direct current\n.model m ts_memristor(von=0.25 vhold=0.1 ron=1k roff=1g vform=0)\n\
                       V1 in 0 0\nR1 in d 1meg\nC1 d 0 1n\nN1 d 0 m\n.dc V1 0 1 0.5\n.end\n",
    );
    let dc = points(&outcome, "dc");
    assert!(column(dc, "v(d)")[0] == 0.0 && column(dc, "v(d)")[1].is_nan());
    assert!(
        outcome.warnings.iter().any(|warning| warning.contains("2 of 3 points")),
        "{:?}",
        outcome.warnings
    );
}

#[test]
fn small_signals_are_those_of_the_closed_form_and_of_ngspice() {
    let deck = "a tank behind a resistor\nV1 in 0 DC 1 AC 2 30\nR1 in a 1k\nL1 a 0 1m\nC1 a 0 1u\nR2 a 0 10k\n\
                I1 0 c AC 1m\nRc c 0 1k\nCc c 0 1n\nE1 e 0 a c 2\nRe e 0 1k\n.ac dec 20 10 1meg\n.end\n";
    let outcome = run(deck);
    let ac = points(&outcome, "ac");
    let frequencies = column(ac, "frequency");
    assert_eq!(frequencies.len(), 101);
    let theirs = ngspice(deck, "v(a) v(c) v(e) i(v1)");
    for (at, hertz) in frequencies.iter().enumerate() {
        let s = Complex64::new(0.0, TAU * hertz);
        let admittance = 1e-3 + 1.0 / (s * 1e-3) + s * 1e-6 + 1e-4;
        let a = Complex64::from_polar(2.0, 30f64.to_radians()) * 1e-3 / admittance;
        let c = 1e-3 / (1e-3 + s * 1e-9);
        let (found_a, found_c) = (amplitudes(ac, "v(a)")[at], amplitudes(ac, "v(c)")[at]);
        assert!((found_a - a).norm() < 1e-12 * a.norm(), "{hertz} Hz: {found_a} {a}");
        assert!((found_c - c).norm() < 1e-12 * c.norm());
        for (number, signal) in ["v(a)", "v(c)", "v(e)", "i(v1)"].into_iter().enumerate() {
            let [re, im] = [0, 1].map(|part| theirs[at][1 + 2 * number + part]);
            let ours = amplitudes(ac, signal)[at];
            let error = (ours - Complex64::new(re, im)).norm();
            assert!(error < 1e-6 * ours.norm() + 1e-9, "{signal} at {hertz} Hz: {ours} {re} {im}");
        }
    }
}

#[test]
fn what_a_long_ladder_leaves_has_its_digits() {
    let mut deck = "ladder\nV1 n0 0 AC 1\n".to_owned();
    for at in 1..=12 {
        deck += &format!("R{at} n{} n{at} 1k\nC{at} n{at} 0 1u\n", at - 1);
    }
    let outcome = run(&format!("{deck}.ac lin 1 1meg 1meg\n.end\n"));
    // Chained from the far end: 1 V there needs so much before each section.
    let s = Complex64::new(0.0, TAU * 1e6);
    let (mut volt, mut ampere) = (Complex64::ONE, Complex64::ZERO);
    for _ in 0..12 {
        ampere += s * 1e-6 * volt;
        volt += ampere * 1e3;
    }
    let truth = 1.0 / volt;
    let found = amplitudes(points(&outcome, "ac"), "v(n12)")[0];
    assert!(truth.norm() < 1e-44);
    assert!((found - truth).norm() < 1e-11 * truth.norm(), "{found} {truth}");
}

#[test]
fn a_switch_is_taken_as_it_rests_and_a_capacitor_between_sources_draws_its_current() {
    let outcome = run("on at rest\nV1 in 0 DC 3 AC 1\nR1 in a 1k\nS1 a 0 in 0 s on\n\
                       .model s sw(vt=1 ron=1k roff=1g)\nC2 in 0 2u\n.ac list 1k\n.end\n");
    let ac = points(&outcome, "ac");
    assert!((amplitudes(ac, "v(a)")[0] - 0.5).norm() < 1e-12);
    let truth = -Complex64::new(1.0 / 2e3, TAU * 1e3 * 2e-6);
    assert!((amplitudes(ac, "i(v1)")[0] - truth).norm() < 1e-12 * truth.norm());
}

#[test]
fn a_mode_without_losses_is_told_where_it_is_met() {
    let outcome = run("a tank\nI1 0 a AC 1\nL1 a 0 1\nC1 a 0 1\n.ac list 0 1\n.op\n.end\n");
    let ac = points(&outcome, "ac");
    assert!(amplitudes(ac, "v(a)")[0].norm() < 1e-12, "direct current flows through the coil");
    let truth = 1.0 / (Complex64::new(0.0, TAU) + 1.0 / Complex64::new(0.0, TAU));
    assert!((amplitudes(ac, "v(a)")[1] - truth).norm() < 1e-12);
}

fn in_folder(deck: &str, arguments: &[&str]) -> (TempDir, bool, String, String) {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("deck.cir"), deck).expect("written");
    let output = memspike(folder.path(), arguments);
    (folder, output.status.success(), text(&output.stdout), text(&output.stderr))
}

const CURVE: &str = "curve\nV1 a 0 DC 2 AC 1\nR1 a b 1k\nC1 b 0 1u\nR2 b 0 1k\n.op\n.dc V1 0 1 0.5\n.ac list 1 1k\n.end\n";

#[test]
fn a_deck_without_tran_is_checked_run_and_written() {
    let (_, done, out, _) = in_folder(CURVE, &["check", "deck.cir"]);
    assert!(done && out.contains("an operating point, 3 points of .dc, 2 frequencies"), "{out}");
    let files = ["run", "deck.cir", "--dc", "dc.csv", "--ac", "ac.csv", "--json"];
    let (folder, done, out, _) = in_folder(CURVE, &files);
    assert!(done);
    let json: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(json["op"]["v(b)"], 1.0);
    assert_eq!(json["dc"]["columns"][0], "v1");
    assert_eq!(json["dc"]["rows"][2][2], 0.5);
    let read =
        |name: &str| fs::read_to_string(Path::new(folder.path()).join(name)).expect("a file");
    assert_eq!(
        read("dc.csv"),
        "v1,v(a),v(b),i(v1)\n0,0,0,0\n0.5,0.5,0.25,-0.00025\n1,1,0.5,-0.0005\n"
    );
    assert!(read("ac.csv").starts_with("frequency,v(a).re,v(a).im,"));
    let (_, done, out, _) = in_folder(CURVE, &["run", "deck.cir"]);
    assert!(
        done && out.contains("i(v1)") && out.contains("v(b) dB") && !out.contains("events"),
        "{out}"
    );
}

#[test]
fn a_file_of_what_the_deck_does_not_ask_for_is_refused() {
    for (option, card) in [("--csv", ".tran"), ("--vcd", ".tran")] {
        let (_, done, _, err) = in_folder(CURVE, &["run", "deck.cir", option, "x.out"]);
        assert!(!done && err.contains(&format!("the deck has no {card}")), "{err}");
    }
    let deck = "t\nV1 a 0 1\nR1 a 0 1k\n.tran 1\n.end\n";
    for (option, card) in [("--dc", ".dc"), ("--ac", ".ac")] {
        let (_, done, _, err) = in_folder(deck, &["run", "deck.cir", option, "x.out"]);
        assert!(!done && err.contains(&format!("the deck has no {card}")), "{err}");
    }
}

#[test]
fn analyses_of_a_control_block_are_read() {
    let outcome = run(
        "control\nV1 a 0 DC 2 AC 1\nR1 a 0 1k\n.control\nop\nprint v(a)\ndc v1 0 1 1\nac lin 1 1 1\n\
                       plot v(a)\n.endc\n.end\n",
    );
    let kinds: Vec<&str> = outcome.at_rest.iter().map(|points| points.kind).collect();
    assert_eq!(kinds, ["op", "dc", "ac"]);
}

#[test]
fn a_resistor_is_swept_within_a_source_and_devices_keep_their_states() {
    let deck = "a switch behind a divider\nV1 in 0 0\nR1 in a 1k\nR2 a 0 1k\nS1 b 0 a 0 s\nV2 c 0 1\nR3 c b 1k\n\
                .model s sw(vt=1 vh=0.3 ron=1k roff=1meg)\n.dc V1 1 3 1 R2 1k 3k 1k\n.end\n";
    let outcome = run(deck);
    let ours = points(&outcome, "dc");
    let theirs = ngspice(deck, "v(a) v(b)");
    assert_eq!((ours.rows.len(), theirs.len()), (9, 9));
    for (row, truth) in theirs.iter().enumerate() {
        let (volt, ohm) = (column(ours, "v1")[row], column(ours, "r2")[row]);
        assert!(close(column(ours, "v(a)")[row], volt * ohm / (ohm + 1e3), 1e-14));
        for (at, signal) in ["v(a)", "v(b)"].into_iter().enumerate() {
            assert!(
                (column(ours, signal)[row] - truth[1 + at]).abs() < 1e-6,
                "{signal}, row {row}"
            );
        }
    }
}

#[test]
fn a_table_of_many_pieces_finds_its_point_of_rest() {
    // A diode by points that end: a leap beyond the last would bring it back before the first.
    let outcome = run(
        "a diode\nV1 in 0 1.9\nG1 in out TABLE {v(in,out)} = (-10,0) (0.6,0) (0.8,1m) (1,10m)\n\
                       R1 out 0 2k\n.op\n.dc V1 -1 3 1\n.end\n",
    );
    assert!(close(column(points(&outcome, "op"), "v(out)")[0], 13.0 / 11.0, 1e-12));
    let swept = column(points(&outcome, "dc"), "v(out)");
    let truth = [0.0, 0.0, 10.0 * 0.4 / 11.0, 10.0 * 1.4 / 11.0, 90.0 / 91.0 * 2.2 + 2.0 / 91.0];
    for (found, truth) in swept.iter().zip(truth) {
        assert!((found - truth).abs() < 1e-12, "{swept:?}");
    }
}
