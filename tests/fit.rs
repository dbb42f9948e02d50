//! `memspike fit` from outside, the cards that it ships, and parameters that it must find again.

#[path = "fit/example.rs"]
mod example;
#[path = "fit/recovery.rs"]
mod recovery;

use std::{
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use memspike::{Options, simulate};
use memspike_netlist::Deck;
use serde_json::Value;
use tempfile::TempDir;

fn netlists() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists")
}

fn fit(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_memspike"))
        .arg("fit")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("memspike starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Three thresholds that do not quite agree with each other, and a hold voltage.
const GOOD: &str = r#"name = "mine"
model = "ts_memristor"
source = "a test"
[parameters]
von = { start = 0.15, min = 0.1, max = 0.2 }
vs = 0.02
dissolution = "exponential"
gres = 0.5
vform = 0
t0 = { start = 0.5, min = 0.01, max = 10 }
vhold = { start = 0.09, min = 0.05, max = 0.12 }
[[measurements]]
kind = "threshold"
value = 0.165
tolerance = 0.01
rate = 0.05
[[measurements]]
kind = "threshold"
value = 0.251
tolerance = 0.01
rate = 5
note = "a faster ramp"
[[measurements]]
kind = "threshold"
value = 0.208
tolerance = 0.01
rate = 0.5
[[measurements]]
kind = "hold"
value = 0.1
tolerance = 0.02
rate = 0.05
peak = 0.3
"#;

fn folder_with(content: &str) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join("m.toml"), content).expect("the file is written");
    folder
}

fn listing(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("the folder exists")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn tables_and_card_read_well() {
    let folder = folder_with(GOOD);
    let output = fit(folder.path(), &["m.toml", "-o", "card.lib"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    insta::assert_snapshot!("fit_tables", text(&output.stdout));
    assert_eq!(text(&output.stderr), "");
    let card = fs::read_to_string(folder.path().join("card.lib")).expect("the card");
    insta::assert_snapshot!("fit_card", card);
    assert_eq!(listing(folder.path()), ["card.lib", "m.toml"]);
}

#[test]
fn a_deck_runs_with_the_card() {
    let folder = folder_with(GOOD);
    let output = fit(folder.path(), &["m.toml", "-o", "card.lib"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let deck = "ramp\n.include card.lib\nV1 a 0 PWL(0 0 10 0.5)\nN1 a 0 mine\n.tran 10 uic\n\
                .meas tran at first_spike N1\n.end\n";
    fs::write(folder.path().join("ramp.cir"), deck).expect("the deck is written");
    let deck = Deck::load(&folder.path().join("ramp.cir")).expect("a good deck");
    let threshold = 0.05 * measure(&deck, "at");
    assert!((threshold / 0.165 - 1.0).abs() < 0.01, "{threshold}");
}

#[test]
fn json_has_rows_parameters_and_warnings() {
    let folder = folder_with(GOOD);
    let output = fit(folder.path(), &["m.toml", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let fit: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let names: Vec<&Value> =
        fit["parameters"].as_array().unwrap().iter().map(|p| &p["name"]).collect();
    assert_eq!(names, ["von", "t0", "vhold"]);
    assert_eq!(fit["freedom"], 1);
    assert_eq!(fit["rows"][1]["quantity"]["kind"], "threshold");
    assert_eq!(fit["rows"][1]["quantity"]["rate"], 5.0);
    assert_eq!(fit["rows"][1]["note"], "a faster ramp");
    assert_eq!(fit["contradiction"], Value::Null);
    let sensitivity = fit["rows"][3]["sensitivity"][2].as_f64().unwrap();
    assert!((sensitivity - 1.0).abs() < 1e-6, "the hold voltage is vhold: {sensitivity}");
}

#[test]
fn what_the_data_leave_open_is_warned_of() {
    for (from, to, expected) in [
        (
            "dissolution = \"exponential\"",
            "trelax = { start = 0.01, min = 1e-4, max = 1 }",
            "warning: the data cannot determine trelax: fix it, or measure what depends on it",
        ),
        // The growth rate depends on t0 exp(von / vs) alone; where it begins is told from the rest
        // only by good measurements.
        (
            "tolerance = 0.01",
            "tolerance = 0.2",
            "warning: the data determine von, t0 only together: fix one of them, or measure more",
        ),
        (
            "max = 0.12 }",
            "max = 0.095 }",
            "warning: vhold ends at its bound: widen the bounds 0.05 to 0.095, or fix it",
        ),
    ] {
        let content = GOOD.replace(from, to);
        let content = content.replace("min = 0.1, max = 0.2", "min = 0.01, max = 0.2");
        let output = fit(folder_with(&content).path(), &["m.toml"]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(said.lines().any(|line| line == expected), "{to}: {said}");
    }
}

#[test]
fn a_measurement_that_is_missed_is_said() {
    // A threshold of 0.2 V +- 1 % cannot be had of a device that does nothing below 0.21 V, and of one at 0.208 V it
    // is four percent: beyond three standard deviations, short of a contradiction.
    let fixed = GOOD.replace("von = { start = 0.15, min = 0.1, max = 0.2 }", "von = 0.21");
    let first = fixed.find("[[measurements]]").expect("measurements");
    let content = format!(
        "{}[[measurements]]\nkind = \"threshold\"\nvalue = 0.2\ntolerance = 0.014\nrate = 0.05\n",
        &fixed[..first]
    );
    let content =
        content.replace("vhold = { start = 0.09, min = 0.05, max = 0.12 }", "vhold = 0.09");
    let output = fit(folder_with(&content).path(), &["m.toml", "-o", "card.lib"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let missed = "warning: threshold at 0.05 V/s is missed by ";
    assert!(
        said.contains(missed) && said.contains(": 0.2 V was measured, and the fit gives 0.21"),
        "{said}"
    );
    assert!(
        said.contains("warning: chi-squared is ") && said.contains(", where about 0 is"),
        "{said}"
    );
    assert!(!text(&fit(folder_with(GOOD).path(), &["m.toml"]).stderr).contains("missed"));
}

#[test]
fn a_contradiction_at_bounds_names_these() {
    // 0.165 V at 0.05 V/s and more in faster ramps, of a device whose t0 may not be long enough.
    let content = GOOD
        .replace("min = 0.1, max = 0.2 }", "min = 0.149, max = 0.151 }")
        .replace("start = 0.5, min = 0.01, max = 10 }", "start = 5, min = 4, max = 10 }");
    let output = fit(folder_with(&content).path(), &["m.toml"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("widen"), "{said}");
    assert!(said.contains("t0 (4 s to 10 s)"), "{said}");
}

#[test]
fn a_fit_that_does_not_converge_exits_with_1() {
    // The data want vhold at 0.16 V, and the model only knows hold voltages below von.
    let content = GOOD
        .replace("value = 0.1\n", "value = 0.16\n")
        .replace("max = 0.2 }", "max = 0.155 }")
        .replace("max = 0.12 }", "max = 0.2 }");
    let folder = folder_with(&content);
    let output = fit(folder.path(), &["m.toml", "-o", "card.lib"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("error: the fit did not converge: after 6 searches"), "{said}");
    let refused = "the data may want values that the model refuses: vhold = ";
    assert!(said.contains(refused) && said.contains("below von = "), "{said}");
    assert_eq!(listing(folder.path()), ["m.toml"]);
}

#[test]
fn what_cannot_be_fitted_leaves_nothing_behind_and_says_why() {
    let fifth = "[[measurements]]\nkind = \"threshold\"\ntolerance = 0.01\nrate = 0.2\nvalue = ";
    for (content, status, expected) in [
        (GOOD.replace("0.165", "\"x\""), 2, "error: m.toml:14:9: 'value': "),
        (GOOD.replace("value = 0.1\n", "value = 0.17\n"), 2, "error: contradictory data: a hold"),
        (format!("{GOOD}{fifth}0.5\n"), 2, "error: contradictory data: chi-squared is"),
        (
            GOOD.replace(
                "vs = 0.02",
                "vs = { start = 0.02, min = 0.01, max = 0.03 }\n\
                 ron = { start = 1e3, min = 100, max = 1e4 }",
            ),
            2,
            "error: too little data: 4 measurements cannot determine 5 free parameters",
        ),
        (String::new(), 2, "error: m.toml:1:1: a measurement file lacks 'name'"),
    ] {
        let folder = folder_with(&content);
        fs::write(folder.path().join("card.lib"), "* old\n").expect("an older card");
        let output = fit(folder.path(), &["m.toml", "-o", "card.lib"]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{said}");
        assert!(said.lines().any(|line| line.starts_with(expected)), "{said}");
        assert_eq!(listing(folder.path()), ["card.lib", "m.toml"]);
        let card = fs::read_to_string(folder.path().join("card.lib")).expect("the older card");
        assert_eq!(card, "* old\n");
    }
}

#[test]
fn paths_that_cannot_be_used_are_refused_before_the_fit() {
    let folder = folder_with(GOOD);
    for arguments in [&["no.toml"][..], &["m.toml", "-o", "m.toml"], &["m.toml", "-o", "no/c.lib"]]
    {
        let output = fit(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(text(&output.stdout), "");
    }
    assert_eq!(fs::read_to_string(folder.path().join("m.toml")).expect("the file"), GOOD);
}

/// Names and values of the parameters in the `.model` lines of a card, in their order.
fn model_values(card: &str) -> Vec<(String, f64)> {
    let lines = card.lines().filter(|line| !line.starts_with('*'));
    let all = lines.map(|line| line.trim_start_matches('+')).collect::<Vec<_>>().join(" ");
    all.split(['(', ')', ' '])
        .filter_map(|word| word.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.parse().expect("a number")))
        .collect()
}

#[test]
fn the_shipped_card_is_what_its_measurement_file_gives() {
    let output = TempDir::new().expect("a temporary folder");
    let card = output.path().join("zno.lib");
    let arguments = ["measurements/zno.toml", "-o", &card.to_string_lossy()];
    let made = fit(&netlists(), &arguments);
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    assert_eq!(text(&made.stderr), "", "the data determine every free parameter");
    let made = model_values(&fs::read_to_string(card).expect("the card"));
    let shipped = fs::read_to_string(netlists().join("cards/zno.lib")).expect("the card");
    let shipped = model_values(&shipped);
    assert_eq!(made.len(), shipped.len());
    assert_eq!(made.iter().filter(|(name, _)| name == "von").count(), 2, "two models");
    for ((name, made), (shipped_name, shipped)) in made.iter().zip(&shipped) {
        assert_eq!(name, shipped_name);
        assert!((made / shipped - 1.0).abs() < 1e-4, "{name}: {made} {shipped}");
    }
}

#[test]
fn the_shipped_card_shows_what_the_paper_measured_of_the_device_within_3_percent() {
    let text = "device\n.include cards/zno.lib\n\
                V1 a 0 PWL(0 0 6 0.3 12 0)\nN1 a 0 zno\n\
                .meas tran on WHEN v(a)=0 RISE=1\n\
                .meas tran at first_spike N1\n.meas tran threshold PARAM='0.05*at'\n\
                .meas tran hold_at WHEN i(V1)=-100n CROSS=LAST\n\
                .meas tran hold PARAM='0.6-0.05*hold_at'\n\
                V2 b 0 1.5\nN2 b 0 zno\n.meas tran delay first_spike N2\n\
                V3 c 0 0.14\nN3 c 0 zno\n.meas tran leak FIND i(N3) AT=1n\n\
                .meas tran roff PARAM='0.14/leak'\n.tran 12 uic\n.end\n"
        .replace(".meas tran on WHEN v(a)=0 RISE=1\n", "");
    let path = netlists().join("device.cir");
    let deck = Deck::parse(&path.to_string_lossy(), &text)
        .unwrap_or_else(|report| panic!("{}", report.render(false)));
    for (name, measured) in [("threshold", 0.17), ("hold", 0.1), ("delay", 20e-9), ("roff", 130e6)]
    {
        let simulated = measure(&deck, name);
        assert!((simulated / measured - 1.0).abs() < 0.03, "{name}: {simulated}");
    }
}

/// A measurement of a deck's only run.
fn measure(deck: &Deck, name: &str) -> f64 {
    let points = deck.steps().unwrap_or_else(|report| panic!("{}", report.render(false)));
    let elaborated =
        deck.elaborate(&points[0], 0).unwrap_or_else(|report| panic!("{}", report.render(false)));
    let mut go_on = |_| ControlFlow::Continue(());
    let outcome = simulate(&elaborated, &Options::default(), &mut [], &mut go_on)
        .unwrap_or_else(|error| panic!("{error}"));
    outcome.measure(name).unwrap_or_else(|| panic!("no {name}: {:?}", outcome.warnings))
}
