//! `memspike fit` from outside, the card that it ships, and parameters that it must find again.

use std::{
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use memspike::{Options, simulate};
use memspike_device::Draws;
use memspike_fit::{Fit, Task};
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
    assert_eq!((made.len(), shipped.len()), (25, 25), "two models");
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

/// The device that is to be found again.
const TRUTH: [(&str, f64); 6] =
    [("von", 0.21), ("vs", 0.018), ("t0", 0.4), ("vhold", 0.12), ("roff", 40e6), ("ron", 900.0)];

/// Relative standard deviation of every measurement.
const NOISE: f64 = 0.01;

/// What is measured of it: the table of the measurement file, the elements of a deck that shows
/// it, and the expression that is measured there.
const BENCHES: [(&str, &str); 12] = [
    (
        "kind = \"threshold\"\nrate = 0.02",
        "V1 a 0 PWL(0 0 50 1)\nN1 a 0 d\n.meas tran m PARAM='0.02*at'",
    ),
    (
        "kind = \"threshold\"\nrate = 0.5",
        "V1 a 0 PWL(0 0 2 1)\nN1 a 0 d\n.meas tran m PARAM='0.5*at'",
    ),
    (
        "kind = \"threshold\"\nrate = 20",
        "V1 a 0 PWL(0 0 50m 1)\nN1 a 0 d\n.meas tran m PARAM='20*at'",
    ),
    ("kind = \"frequency\"\nvoltage = 0.5", NEURON_05),
    ("kind = \"frequency\"\nvoltage = 1", NEURON_1),
    ("kind = \"frequency\"\nvoltage = 3", NEURON_3),
    ("kind = \"delay\"\nvoltage = 0.3", "V1 a 0 0.3\nN1 a 0 d\n.meas tran m PARAM='at'"),
    (
        "kind = \"hold\"\nrate = 0.5\npeak = 1",
        "V1 a 0 PWL(0 0 2 1 4 0)\nN1 a 0 d\n.meas tran t WHEN i(N1)=1u CROSS=LAST\n\
         .meas tran m PARAM='2-0.5*t'",
    ),
    (
        "kind = \"off_resistance\"\nvoltage = 0.1",
        "V1 a 0 0.1\nN1 a 0 d\n.meas tran i FIND i(N1) AT=1m\n.meas tran m PARAM='0.1/i'",
    ),
    (
        "kind = \"off_resistance\"\nvoltage = 0.2",
        "V1 a 0 0.2\nN1 a 0 d\n.meas tran i FIND i(N1) AT=1m\n.meas tran m PARAM='0.2/i'",
    ),
    (
        "kind = \"on_resistance\"\nvoltage = 1",
        "V1 a 0 1\nN1 a 0 d\n.meas tran i FIND i(N1) AT=1\n.meas tran m PARAM='1/i'",
    ),
    (
        "kind = \"on_resistance\"\nvoltage = 0.5",
        "V1 a 0 0.5\nN1 a 0 d\n.meas tran i FIND i(N1) AT=1\n.meas tran m PARAM='0.5/i'",
    ),
];

const NEURON_05: &str = "V1 i 0 0.5\nR1 i a 1meg\nC1 a 0 47n\nN1 a 0 d\n.meas tran m frequency N1";
const NEURON_1: &str = "V1 i 0 1\nR1 i a 1meg\nC1 a 0 47n\nN1 a 0 d\n.meas tran m frequency N1";
const NEURON_3: &str = "V1 i 0 3\nR1 i a 1meg\nC1 a 0 47n\nN1 a 0 d\n.meas tran m frequency N1";

/// What each bench shows, from decks that run like any other.
fn shown() -> Vec<f64> {
    let card: String = TRUTH.iter().map(|(name, value)| format!("{name}={value:e} ")).collect();
    BENCHES
        .iter()
        .map(|(_, bench)| {
            let at = if bench.contains("at'") { ".meas tran at first_spike N1\n" } else { "" };
            let text = format!(
                "bench\n.model d ts_memristor(vform=0 {card})\n{at}{bench}\n.tran 50 uic\n.end\n"
            );
            let deck = Deck::parse("bench.cir", &text)
                .unwrap_or_else(|report| panic!("{}", report.render(false)));
            measure(&deck, "m")
        })
        .collect()
}

/// A fit to those numbers with noise of this seed.
fn recovered(shown: &[f64], seed: u64) -> Fit {
    let mut text = "name = \"d\"\nmodel = \"ts_memristor\"\n[parameters]\nvform = 0\n".to_owned();
    for (name, value) in TRUTH {
        // Started a third off, on either side.
        let start = value * if name.len() % 2 == 0 { 0.9 } else { 1.3 };
        let (min, max) = (value / 20.0, value * 20.0);
        text += &format!("{name} = {{ start = {start:e}, min = {min:e}, max = {max:e} }}\n");
    }
    let draws = Draws::new(seed, "noise");
    for (k, ((bench, _), value)) in BENCHES.iter().zip(shown).enumerate() {
        let noisy = value * (NOISE * draws.normal_pair(k as u64)[0]).exp();
        let neuron = if bench.contains("frequency") {
            "resistance = 1e6\ncapacitance = 47e-9\n"
        } else {
            ""
        };
        text +=
            &format!("[[measurements]]\n{bench}\nvalue = {noisy:e}\ntolerance = {NOISE}\n{neuron}");
    }
    let task = Task::parse("noise.toml", &text).unwrap_or_else(|error| panic!("{error}"));
    task.fit(|_, _| true).unwrap_or_else(|error| panic!("seed {seed}: {error}"))
}

#[test]
fn known_parameters_are_found_again_within_the_confidence_that_is_reported() {
    const SEEDS: u64 = 24;
    let shown = shown();
    let (mut within_one, mut within_two, mut chi_squared) = (0, 0, 0.0);
    for seed in 0..SEEDS {
        let fit = recovered(&shown, seed);
        assert_eq!(fit.contradiction, None);
        chi_squared += fit.chi_squared;
        for (parameter, (name, truth)) in fit
            .parameters
            .iter()
            .zip(TRUTH.iter().filter(|(name, _)| fit.parameters.iter().any(|p| p.name == *name)))
        {
            assert_eq!(parameter.name, *name);
            let sigma = parameter.sigma.expect("a standard deviation");
            let off = (parameter.value - truth).abs() / sigma;
            within_one += u32::from(off <= 1.0);
            within_two += u32::from(off <= 2.0);
        }
    }
    let fits = SEEDS as f64;
    let rate = |count: u32| f64::from(count) / (6.0 * fits);
    let (one, two) = (rate(within_one), rate(within_two));
    eprintln!(
        "within 1 sigma {one:.3}, within 2 sigma {two:.3}, mean chi-squared {:.2}",
        chi_squared / fits
    );
    // 68.3 and 95.4 % are expected. von, vs and t0 go together, so that 24 fits hold about 4
    // independent numbers each: standard errors of 4.7 and 2.1 %, three of them allowed.
    assert!((one - 0.683).abs() < 0.142, "{one}");
    assert!((two - 0.954).abs() < 0.064, "{two}");
    // Chi-squared has the mean 6 and the variance 12: 12 numbers, 6 parameters.
    let error = (12.0 / fits).sqrt();
    assert!((chi_squared / fits - 6.0).abs() < 3.0 * error, "{}", chi_squared / fits);
}
