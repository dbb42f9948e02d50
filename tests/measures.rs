//! Measurements of expressions, energies and instants of extremes, against closed forms.

#[path = "common/program.rs"]
mod program;

use std::collections::BTreeMap;
use std::f64::consts::PI;
use std::fs;
use std::ops::ControlFlow;

use memspike_netlist::Deck;
use memspike_run::{Options, simulate};
use program::{memspike, text};
use tempfile::TempDir;

/// The measurements of a deck.
fn measured(deck: &str) -> BTreeMap<String, f64> {
    let deck = Deck::parse("deck.cir", deck).unwrap_or_else(|report| panic!("{report}"));
    let point = deck.steps().expect("points").remove(0);
    let deck = deck.elaborate(&point, 0).unwrap_or_else(|report| panic!("{report}"));
    let outcome = simulate(&deck, &Options::default(), &mut [], &mut |_| ControlFlow::Continue(()));
    let outcome = outcome.expect("it runs");
    let value = |(name, value): (String, Option<f64>)| {
        let value = value.unwrap_or_else(|| panic!("{name}: {:?}", outcome.warnings));
        (name, value)
    };
    outcome.measures.into_iter().map(value).collect()
}

fn assert_close(found: &BTreeMap<String, f64>, name: &str, truth: f64) {
    let value = found[name];
    assert!(
        (value - truth).abs() <= 1e-12 * truth.abs().max(1e-9),
        "{name}: {value:e}, not {truth:e}"
    );
}

/// 1 V on 1 kOhm and 1 uF for 3 time constants.
const CHARGING: &str = "charging\nV1 in 0 1\nR1 in out 1k\nC1 out 0 1u\n.tran 3m uic\n";

#[test]
fn what_is_computed_of_signals_is_their_value_at_the_end_of_the_window() {
    let found = measured(&format!(
        "{CHARGING}.meas tran last EQN {{v(in)-2*v(out)}}\n.meas tran inside PARAM 'v(out)+1' to=1m\n\
         .meas tran half avg from=1m to=2m v(in)\n.meas tran early when v(out)=0.5 td=-1m\n.end\n"
    ));
    let charged = |x: f64| 1.0 - (-x).exp();
    assert_close(&found, "last", 1.0 - 2.0 * charged(3.0));
    assert_close(&found, "inside", 1.0 + charged(1.0));
    assert_close(&found, "half", 1.0);
    assert_close(&found, "early", 1e-3 * 2.0_f64.ln());
}

#[test]
fn a_signal_may_be_compared_with_an_expression_of_another() {
    let found = measured(&format!(
        "{CHARGING}.param half=0.5\nV2 ramp 0 PWL(0 0 3m 3)\nR2 ramp 0 1k\n.meas tran plain WHEN v(ramp)={{v(in)+half}}\n\
         .meas tran left WHEN {{v(ramp)-half}}=v(in)\n.meas tran par WHEN v(ramp)=PAR('half')\n\
         .meas tran there FIND v(out) WHEN v(ramp)={{v(in)-half}}\n.end\n"
    ));
    assert_close(&found, "plain", 1.5e-3);
    assert_close(&found, "left", 1.5e-3);
    assert_close(&found, "par", 0.5e-3);
    assert_close(&found, "there", 1.0 - (-0.5_f64).exp());
}

#[test]
fn products_of_closed_forms_integrate_exactly() {
    let found = measured(&format!(
        "{CHARGING}.param k=2\n.meas tran charged INTEG v(out)*i(R1)\n.meas tran part INTEG {{k*v(in,out)*i(r1)+1m}} from=1m to=2m\n\
         .meas tran mean AVG par('v(out)^2')\n.meas tran sum AVG 'v(in)+v(out)/2'\n.meas tran lost energy R1\n\
         .meas tran given energy V1\n.meas tran kept INTEG p(C1)\n.meas tran watt power r1\n.end\n"
    ));
    let (x, c, r) = (3.0_f64, 1e-6, 1e3);
    let e = |k: f64| (-k).exp();
    assert_close(&found, "charged", c * ((1.0 - e(x)) - (1.0 - e(2.0 * x)) / 2.0));
    assert_close(&found, "part", 2.0 / r * 1e-3 / 2.0 * (e(2.0) - e(4.0)) + 1e-6);
    assert_close(&found, "mean", (3.0 - 2.0 * (1.0 - e(3.0)) + (1.0 - e(6.0)) / 2.0) / 3.0);
    assert_close(&found, "sum", 1.5 - (1.0 - e(3.0)) / 6.0);
    assert_close(&found, "lost", c / 2.0 * (1.0 - e(6.0)));
    assert_close(&found, "given", -c * (1.0 - e(3.0)));
    assert_close(&found, "kept", c / 2.0 * (1.0 - e(3.0)).powi(2));
    assert_close(&found, "watt", c / 2.0 * (1.0 - e(6.0)) / 3e-3);
    assert_close(&found, "given", -(found["lost"] + found["kept"]));
}

#[test]
fn values_and_crossings_of_expressions_are_those_of_the_closed_form() {
    let found = measured(&format!(
        "{CHARGING}.meas tran square FIND {{v(out)*v(out)-1}} AT=1m\n.meas tran found FIND 'v(in)*i(r1)' WHEN v(out)=0.5\n\
         .meas tran double WHEN {{2*v(out)-0.5}}=0.5\n.meas tran left WHEN par('v(in)-v(out)')=0.25 FALL=1\n\
         .meas tran mirrored WHEN {{-v(out)}}=-0.75 FALL=1\n.meas tran span TRIG {{v(out)/2}} VAL=0.25 RISE=1 TARG v(out) VAL=0.75 RISE=1\n\
         .meas tran peak MAX {{1-v(out)}} TD=1m\n.end\n"
    ));
    let late = |level: f64| -1e-3 * (1.0 - level).ln();
    assert_close(&found, "square", (1.0 - (-1.0_f64).exp()).powi(2) - 1.0);
    assert_close(&found, "found", 0.5e-3);
    assert_close(&found, "double", late(0.5));
    assert_close(&found, "left", late(0.75));
    assert_close(&found, "mirrored", late(0.75));
    assert_close(&found, "span", late(0.75) - late(0.5));
    assert_close(&found, "peak", (-1.0_f64).exp());
}

#[test]
fn extremes_have_instants_and_windows_of_crossings_have_two_ends() {
    // 1 V of step on 1 mH, 1 uF and 10 Ohm: overshoots at pi / wd, and rings around 1 V.
    let found = measured(
        "ringing\nV1 in 0 1\nR1 in a 10\nL1 a out 1m\nC1 out 0 1u\n.tran 2m uic\n\
         .meas tran top MAX_AT v(out)\n.meas tran high MAX v(out)\n.meas tran dip MIN_AT v(out) from=0.12m\n\
         .meas tran least MIN_AT {-v(out)} to=0.3m\n.meas tran end MAX_AT {v(in)-v(out)}\n\
         .meas tran second WHEN v(out)=1 CROSS=1 from=0.1m\n.meas tran last WHEN v(out)=1 CROSS=LAST to=0.4m\n.end\n",
    );
    let (decay, w0) = (5e3_f64, (1e9_f64).sqrt());
    let wd = (w0 * w0 - decay * decay).sqrt();
    assert!((found["top"] - PI / wd).abs() < 1e-10, "{}", found["top"]);
    assert!((found["high"] - 1.0 - (-decay * PI / wd).exp()).abs() < 1e-12);
    assert!((found["dip"] - 2.0 * PI / wd).abs() < 1e-10);
    assert!((found["least"] - PI / wd).abs() < 1e-10);
    assert_close(&found, "end", 0.0);
    // v = 1 - e^(-at) (cos + a/wd sin) is 1 where tan(wd t) = -wd/a.
    let cross = |k: f64| (k * PI - (wd / decay).atan()) / wd;
    assert!((found["second"] - cross(2.0)).abs() < 1e-13 && cross(1.0) < 1e-4 && cross(2.0) > 1e-4);
    let last =
        (1..).map(|k| cross(f64::from(k))).take_while(|at| *at <= 4e-4).last().expect("some");
    assert!((found["last"] - last).abs() < 1e-13);
}

#[test]
fn an_energy_is_printed_with_its_unit_and_a_charge_at_a_jump_counts_in_a_sum() {
    let folder = TempDir::new().expect("a folder");
    let deck = format!("{CHARGING}.meas tran lost energy R1\n.end\n");
    fs::write(folder.path().join("deck.cir"), deck).expect("written");
    let output = memspike(folder.path(), &["run", "deck.cir"]);
    assert!(text(&output.stdout).contains("498.761 nJ"), "{}", text(&output.stdout));
    // Twice the charge that a step of 1 V brings to 1 uF, in no time, and once more with a resistor's own.
    let found = measured(
        "a step across a capacitor\nV1 a 0 PULSE(0 1 1m 0 0 1 2)\nC1 a 0 1u\nR1 a 0 1k\n.tran 2m\n\
         .meas tran charge INTEG {2*i(C1)+i(R1)}\n.end\n",
    );
    assert_close(&found, "charge", 2e-6 + 1e-6);
}

#[test]
fn a_measurement_that_is_left_out_is_named_and_fails_the_run_unless_it_is_lenient() {
    let folder = TempDir::new().expect("a folder");
    let deck = format!(
        "{CHARGING}.meas tran part DUTY v(out) on=0.5 off=0.2\n.meas tran twice PARAM='2*part'\n\
         .meas tran top MAX v(out)\n.end\n"
    );
    fs::write(folder.path().join("deck.cir"), deck).expect("written");
    let strict = memspike(folder.path(), &["run", "deck.cir"]);
    let said = text(&strict.stderr);
    assert_eq!(strict.status.code(), Some(1), "{said}");
    assert!(said.contains("ignored-measure") && said.contains("'part'"), "{said}");
    assert!(said.contains("'twice'") && !said.contains("'top'"), "{said}");
    assert!(text(&strict.stdout).contains("top"), "the others have values");
    assert!(memspike(folder.path(), &["run", "deck.cir", "--lenient"]).status.success());
}

#[test]
fn the_table_of_measurements_has_a_line_for_each_run_and_the_numbers_of_json() {
    let folder = TempDir::new().expect("a folder");
    let deck = folder.path().join("deck.cir");
    let cards = ".param r=1k\n.step param r list 1k 3k\n.mc 2\n.meas tran last MAX v(out)\n.meas tran late WHEN v(out)=0.9\n.meas tran ratio PARAM '1/3'";
    fs::write(
        &deck,
        CHARGING.replace("in out 1k", "in out {r*agauss(1,0.1,1)}") + cards + "\n.end\n",
    )
    .expect("written");
    let out = folder.path().join("table.csv");
    let [deck, table] = [&deck, &out].map(|path| path.to_str().expect("text"));
    let output =
        memspike(folder.path(), &["run", deck, "--measures", table, "--json", "--lenient"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let runs = json["runs"].as_array().expect("runs");
    let mut csv = csv::Reader::from_path(&out).expect("a table");
    let header = csv.headers().expect("headings").clone();
    assert_eq!(&header, &["r", "sample", "last (V)", "late (s)", "ratio"][..]);
    let rows: Vec<csv::StringRecord> = csv.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 4);
    let number = |field: &str| field.parse::<f64>().ok();
    for (row, run) in rows.iter().zip(runs) {
        assert_eq!(number(&row[0]), run["params"]["r"].as_f64());
        assert_eq!(number(&row[1]), run["sample"].as_f64());
        for (at, name) in [(2, "last"), (3, "late"), (4, "ratio")] {
            assert_eq!(number(&row[at]), run["measures"][name].as_f64(), "{name}");
        }
    }
    // With 3 kOhm nothing comes near 0.9 V within a time constant.
    assert!(rows.iter().any(|row| row[3].is_empty()) && rows.iter().any(|row| !row[3].is_empty()));
    // A file that was read is not written over, and without .meas there is nothing to write.
    let output =
        memspike(folder.path(), &["run", deck, "--csv", table, "--measures", table, "--lenient"]);
    assert_eq!(output.status.code(), Some(0), "files of runs have numbers in their names");
    let refused = memspike(folder.path(), &["run", deck, "--measures", deck]);
    assert_eq!(refused.status.code(), Some(2));
    let bare = folder.path().join("bare.cir");
    fs::write(&bare, CHARGING.to_owned() + ".end\n").expect("written");
    let refused =
        memspike(folder.path(), &["run", bare.to_str().expect("text"), "--measures", table]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("has no .meas"), "{}", text(&refused.stderr));
}
