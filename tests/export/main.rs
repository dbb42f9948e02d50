//! Exported decks in ngspice, beside our own runs of them.

#![allow(clippy::print_stdout, reason = "one test reports its deviations")]

#[path = "../common/mod.rs"]
mod common;
mod measured;

use std::{
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use common::ngspice::{rises, voltages};
use memspike::{Outcome, simulate};
use memspike_netlist::{Deck, Elaborated};
use memspike_spice::{ExportError, Options, export};

const NOMINAL: Options = Options { nominal: true };

fn netlists() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists")
}

/// Decks of netlists/ and of the shelf.
fn decks() -> Vec<PathBuf> {
    let folders = [netlists(), netlists().join("shelf")];
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("the folder"));
    let mut decks: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "cir"))
        .collect();
    decks.sort();
    decks
}

/// Runs of a deck by number.
fn elaborate(deck: &Deck, number: usize) -> Elaborated {
    let points = deck.steps().unwrap_or_else(|e| panic!("{}", e.render(false)));
    deck.elaborate(&points[number], 0).unwrap_or_else(|e| panic!("{}", e.render(false)))
}

fn load(path: &Path) -> Deck {
    Deck::load(path).unwrap_or_else(|e| panic!("{}", e.render(false)))
}

/// The first run of a deck that lies at `path`.
fn parse(path: &Path, text: &str) -> Elaborated {
    let deck = Deck::parse(&path.to_string_lossy(), text);
    elaborate(&deck.unwrap_or_else(|e| panic!("{}", e.render(false))), 0)
}

/// The first run of a deck whose devices repeat themselves: its text, and that of its cards,
/// without what varies from cycle to cycle.
fn repeating(path: &Path) -> Elaborated {
    parse(path, &without_variation(path))
}

fn without_variation(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let varies = |word: &&str| word.starts_with("sigma_") || word.starts_with("drift_");
    let line = |line: &str| {
        if let Some(card) = line.strip_prefix(".include ") {
            return without_variation(&path.with_file_name(card));
        }
        if line.starts_with('*') || !line.split_whitespace().any(|word| varies(&word)) {
            return format!("{line}\n");
        }
        let kept: Vec<&str> = line.split_whitespace().filter(|word| !varies(word)).collect();
        let open = kept.last().is_none_or(|word| !word.ends_with(')'));
        let end = if line.ends_with(')') && open { ")" } else { "" };
        format!("{}{end}\n", kept.join(" "))
    };
    text.lines().map(line).collect()
}

fn run(deck: &Elaborated) -> Outcome {
    let options = memspike::Options { spike_times: true, ..memspike::Options::default() };
    simulate(deck, &options, &mut [], &mut |_| ControlFlow::Continue(()))
        .unwrap_or_else(|e| panic!("{e}"))
}

/// Spikes of every device (s), in the order of names.
fn spikes(outcome: &Outcome) -> Vec<Vec<f64>> {
    let of = |s: &memspike::Spikes| s.times.iter().map(|time| time.as_s()).collect();
    outcome.spikes.iter().map(of).collect()
}

/// The same of an exported deck: rises of each phase. It must reach its end.
fn spikes_in_ngspice(text: &str, stop_s: f64) -> Vec<Vec<f64>> {
    let saved = text.lines().filter_map(|line| line.strip_prefix(".save v(")?.strip_suffix(')'));
    let (phases, others): (Vec<&str>, Vec<&str>) =
        saved.partition(|node| node.starts_with("x.") && node.ends_with(".phase"));
    let signals = if phases.is_empty() { &others[..1] } else { &phases };
    let rows = voltages(text, signals);
    let reached = rows.last().expect("points")[0];
    assert!(reached > stop_s * (1.0 - 1e-9), "ngspice ended at {reached} of {stop_s} s:\n{text}");
    (1..=phases.len()).map(|column| rises(&rows, column, 0.5)).collect()
}

/// An exported deck with another end, tolerance and longest step.
fn with_tran(text: &str, stop_s: f64, reltol: f64, step_s: f64) -> String {
    let change = |line: &str| match line.split_whitespace().next() {
        Some(".tran") => format!(".tran {step_s:e} {stop_s:e} 0 {step_s:e} uic\n"),
        Some(".options") => {
            format!(".options reltol={reltol:e} abstol=1e-15 vntol=1e-9 method=gear\n")
        }
        _ => format!("{line}\n"),
    };
    text.lines().map(change).collect()
}

fn frequency(spikes: &[f64]) -> f64 {
    (spikes.len() - 1) as f64 / (spikes[spikes.len() - 1] - spikes[0])
}

/// An array of 784 neurons as one of 8, unless weights need them all: ngspice steps them all
/// whenever one spikes.
fn shortened(deck: &str) -> String {
    if deck.contains("weights=") { deck.to_owned() } else { deck.replace("783", "7") }
}

#[test]
fn every_deck_spikes_alike_in_ngspice_or_is_refused_with_a_remedy() {
    let mut refused = Vec::new();
    for path in decks() {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("the deck");
        let deck = parse(&path, &shortened(&text));
        let text = match export(&deck, NOMINAL) {
            Ok(text) => text,
            Err(error) => {
                refused.push((path, error));
                continue;
            }
        };
        let ours = spikes(&run(&parse(&path, &shortened(&without_variation(&path)))));
        // To a little after the third spike of the first device.
        let whole_s = deck.tran.stop_s;
        let stop_s =
            ours.first().and_then(|spikes| spikes.get(2)).map_or(whole_s, |third| 1.02 * third);
        let theirs = spikes_in_ngspice(&with_tran(&text, stop_s, 1e-7, whole_s / 1e4), stop_s);
        for (ours, theirs) in ours.iter().zip(&theirs) {
            let ours: Vec<f64> = ours.iter().copied().filter(|at| *at < 0.99 * stop_s).collect();
            assert!(theirs.len() >= ours.len(), "{name}: {theirs:?} for {ours:?}");
            for (ours, theirs) in ours.iter().zip(theirs) {
                assert!((theirs / ours - 1.0).abs() < 2e-3, "{name}: {theirs} for {ours} s");
            }
        }
    }
    // What each of them has that SPICE lacks, and what to do about it.
    let reasons = [
        ("lif_core(", "digital parts are not written"),
        ("compliance=", "remove compliance="),
        ("SPIKE(", "put a PULSE or PWL into the place of SPIKE"),
    ];
    for (part, _) in reasons {
        let has = |(path, _): &(PathBuf, ExportError)| {
            fs::read_to_string(path).expect("the deck").contains(part)
        };
        assert!(refused.iter().any(has), "no deck has {part}");
    }
    for (path, error) in refused {
        let text = fs::read_to_string(&path).expect("the deck");
        let (part, remedy) =
            reasons.iter().find(|(part, _)| text.contains(part)).expect("a reason");
        assert!(error.to_string().contains(remedy), "{} has {part}: {error}", path.display());
    }
}

#[test]
fn oscillation_frequencies_agree_and_the_difference_vanishes_with_ngspices_tolerances() {
    let path = netlists().join("oscillation.cir");
    let deck = repeating(&path);
    let text = export(&deck, NOMINAL).expect("it has a form");
    let ours = frequency(&spikes(&run(&deck))[0]);
    let off = |reltol, step_s| {
        let stop_s = deck.tran.stop_s;
        let theirs = spikes_in_ngspice(&with_tran(&text, stop_s, reltol, step_s), stop_s);
        frequency(&theirs[0]) / ours - 1.0
    };
    let loose = [1e-4, 1e-5, 1e-6, 1e-7].map(|reltol| off(reltol, 1e-3));
    let tight = off(1e-7, 1e-4);
    println!("frequency of ngspice beside ours, by reltol: {loose:?}; as written {tight:.1e}");
    assert!(loose.windows(2).all(|pair| pair[1].abs() < pair[0].abs()), "{loose:?}");
    assert!(loose[0].abs() < 0.02 && tight.abs() < 5e-4 && loose[3].abs() < 1e-4);
}

/// Energy a spike that ngspice's voltages give for a neuron of `ohm` and `farad`: what the source
/// sent to the membrane between the first and the last spike, less what stayed there.
fn energy_in_ngspice(text: &str, ohm: f64, farad: f64) -> f64 {
    let rows = voltages(text, &["in", "out", "x.n1.phase"]);
    let ends: Vec<f64> = rises(&rows, 3, 0.5);
    let (from_s, to_s) = (ends[0], ends[ends.len() - 1]);
    let between: Vec<&Vec<f64>> = rows.iter().filter(|r| (from_s..to_s).contains(&r[0])).collect();
    let power = |row: &[f64]| row[2] * (row[1] - row[2]) / ohm;
    let sent: f64 = between
        .windows(2)
        .map(|pair| 0.5 * (power(pair[0]) + power(pair[1])) * (pair[1][0] - pair[0][0]))
        .sum();
    let stored = |row: &[f64]| 0.5 * farad * row[2] * row[2];
    let kept = stored(between[between.len() - 1]) - stored(between[0]);
    (sent - kept) / (ends.len() - 1) as f64
}

#[test]
fn energies_a_spike_agree() {
    let neurons = [
        ("oscillation.cir", 1e6, 47e-9),
        ("shelf/taox.cir", 220e3, 3.25e-6),
        ("shelf/hfalox.cir", 1e6, 29.5e-12),
        ("shelf/hbn.cir", 1e6, 9.35e-9),
    ];
    for (name, ohm, farad) in neurons {
        let deck = repeating(&netlists().join(name));
        // To a little after the fifth spike.
        let until_s = 1.02 * spikes(&run(&deck))[0][4];
        let options = memspike::Options { until_s: Some(until_s), ..memspike::Options::default() };
        let ours = simulate(&deck, &options, &mut [], &mut |_| ControlFlow::Continue(()));
        let ours = ours.expect("a run").measure("energy_per_spike").expect("spikes");
        let text = export(&deck, Options::default()).expect("it has a form");
        let text = with_tran(&text, until_s, 1e-7, until_s / 1e3);
        let theirs = energy_in_ngspice(&text, ohm, farad);
        assert!((theirs / ours - 1.0).abs() < 5e-3, "{name}: {theirs:e} for {ours:e} J");
    }
}

#[test]
fn a_filament_that_a_resistor_feeds_is_as_wide_in_ngspice() {
    // No capacitor: the current that forms the filament is the resistor's.
    let text = "A filament that a resistor feeds
V1 in 0 PULSE(0 -1 0 0.5 0.5 0 1 1)
R1 in out 100k
N1 out 0 formed
.model formed ts_memristor(ron=130 vform=0.13)
.save v(out)
.tran 1 uic
.end
";
    let deck = parse(&netlists().join("fed.cir"), text);
    let theirs = voltages(&export(&deck, NOMINAL).expect("it has a form"), &["out"]);
    let mut ours = common::rig::Trace::of(&deck.circuit, &["out"]);
    common::rig::run_into(&deck.circuit, 1.0, &mut [&mut ours]);
    // At rest, conducting, at the top, on the way down, and ruptured; not at an edge.
    for at_s in [0.1, 0.2, 0.5, 0.7, 0.89, 0.95] {
        let near = theirs.iter().min_by(|a, b| (a[0] - at_s).abs().total_cmp(&(b[0] - at_s).abs()));
        let row = near.expect("points");
        let (found, truth) = (row[1], ours.at(0, row[0]));
        assert!((found - truth).abs() < 1e-3 * truth.abs(), "at {at_s} s: {found} for {truth} V");
    }
}

#[test]
fn variation_from_cycle_to_cycle_is_refused_unless_it_is_left_out() {
    let deck = elaborate(&load(&netlists().join("shelf/hbn.cir")), 0);
    let refused: ExportError = export(&deck, Options::default()).expect_err("it varies");
    assert_eq!(refused.element, "n1");
    assert!(refused.to_string().contains("--nominal"), "{refused}");
    let text = export(&deck, NOMINAL).expect("it has a form");
    assert!(text.contains("\n* Its variation from cycle to cycle is left out: n1.\n"), "{text}");
    // The card's own threshold, not that of its first cycle.
    assert!(text.contains(" von=1.65e-1 "), "{text}");
}

#[test]
fn a_discharge_of_picoseconds_agrees() {
    // 100 ohm and 10 fF: a thousand times faster than the subcircuit would switch by itself.
    let text = "A small neuron
V1 in 0 0.8
R1 in out 10Meg
C1 out 0 10f
N1 out 0 fast
.model fast ts_memristor(t0=1u ron=100)
.tran 1u uic
.end
";
    let deck = parse(&netlists().join("fast.cir"), text);
    let text = export(&deck, Options::default()).expect("it has a form");
    let (ours, theirs) = (spikes(&run(&deck)), spikes_in_ngspice(&text, deck.tran.stop_s));
    assert!(ours[0].len() > 5 && ours[0].len() == theirs[0].len(), "{ours:?} {theirs:?}");
    let (ours, theirs) = (frequency(&ours[0]), frequency(&theirs[0]));
    assert!((theirs / ours - 1.0).abs() < 1e-3, "{theirs} for {ours} Hz");
}

#[test]
fn a_hold_of_zero_is_refused() {
    let text = "A device that holds for ever\nV1 a 0 1\nR1 a b 1k\nN1 b 0 kept\n\
                .model kept ts_memristor(vhold=0)\n.tran 1\n.end\n";
    let refused = export(&parse(&netlists().join("kept.cir"), text), NOMINAL);
    let told = refused.expect_err("it has no form").to_string();
    assert!(told.contains("'n1'") && told.contains("give it a vhold"), "{told}");
}

#[test]
fn every_sample_is_exported_with_what_it_draws_for_its_devices() {
    let text = "Samples of a device
V1 in 0 0.8
R1 in out 1Meg
C1 out 0 47n
N1 out 0 spread
.model spread ts_memristor(spread_von=5m)
.mc 2
.tran 60m uic
.end
";
    let path = netlists().join("samples.cir");
    let deck = Deck::parse(&path.to_string_lossy(), text).expect("a deck");
    let first_spikes = [0, 1].map(|number| {
        let sample = elaborate(&deck, number);
        let ours = spikes(&run(&sample))[0][0];
        let text = export(&sample, Options::default()).expect("it has a form");
        let theirs = spikes_in_ngspice(&text, 60e-3)[0][0];
        assert!((theirs / ours - 1.0).abs() < 1e-3, "sample {number}: {theirs} for {ours} s");
        ours
    });
    assert!((first_spikes[0] / first_spikes[1] - 1.0).abs() > 0.01, "{first_spikes:?}");
}
