//! The shelf: each number of Table 1 against a run of its card.
//!
//! Table 1 is that of Wang, Zhang, Hua, Fu, Guo, "Leaky integrate-and-fire and oscillation neurons
//! based on ZnO diffusive memristors for spiking neural networks", 2025.

use std::{
    collections::BTreeSet,
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use memspike::{Options, Outcome, simulate};
use memspike_netlist::Deck;

/// A row of Table 1.
struct Row {
    card: &'static str,
    threshold: f64,
    hold: f64,
    /// Standard deviation of the threshold over its mean, if the row has one.
    variation: Option<f64>,
    /// Cycles that were measured.
    cycles: u32,
    /// Joules a spike, if the row has them.
    energy: Option<f64>,
}

/// Where the row states no number of cycles.
const CYCLES: u32 = 500;

const ROWS: [Row; 8] = [
    row("taox", 0.3, 0.1, None, 1000, Some(250e-9)),
    row("hfo2", 0.607, 0.201, Some(0.048), CYCLES, None),
    row("hfalox", 0.4, 0.0, Some(0.063), 200, Some(16e-12)),
    row("zrox", 0.4, 0.02, Some(0.056), 50, None),
    row("igzo", 1.69, 0.18, Some(0.12), 50, None),
    row("sio2", 0.5, 0.3, None, 500, None),
    row("hbn", 0.202, 0.024, Some(0.168), 500, Some(634e-12)),
    // Its variation is that of variation.rs.
    row("zno", 0.17, 0.1, None, 1000, Some(1.442e-9)),
];

const fn row(
    card: &'static str,
    threshold: f64,
    hold: f64,
    variation: Option<f64>,
    cycles: u32,
    energy: Option<f64>,
) -> Row {
    Row { card, threshold, hold, variation, cycles, energy }
}

/// The slow sweep that the cards assume (V/s).
const RATE: f64 = 0.05;

fn netlists() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists")
}

/// Every run of a deck that lies at `path` below netlists/.
fn outcomes(path: &str, text: &str, seed: u64) -> Vec<Outcome> {
    let file = netlists().join(path);
    let fail = |report: memspike_netlist::Report| -> ! { panic!("{}", report.render(false)) };
    let deck = Deck::parse(&file.to_string_lossy(), text).unwrap_or_else(|e| fail(e));
    let options = Options { spike_times: true, ..Options::default() };
    let points = deck.steps().unwrap_or_else(|e| fail(e));
    let run = |point| {
        let elaborated = deck.elaborate(point, seed).unwrap_or_else(|e| fail(e));
        simulate(&elaborated, &options, &mut [], &mut |_| ControlFlow::Continue(()))
            .unwrap_or_else(|e| panic!("{path}: {e}"))
    };
    points.iter().map(run).collect()
}

fn shelf_deck(card: &str) -> String {
    let path = netlists().join(format!("shelf/{card}.cir"));
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn run_shelf(card: &str, seed: u64) -> Vec<Outcome> {
    outcomes(&format!("shelf/{card}.cir"), &shelf_deck(card), seed)
}

fn measure(outcome: &Outcome, name: &str) -> f64 {
    outcome.measure(name).unwrap_or_else(|| panic!("no {name}: {:?}", outcome.warnings))
}

/// Slow triangular sweeps of a row's cycles: the voltage of each turn-on, and of the first turn-off.
fn sweep(row: &Row) -> (Vec<f64>, f64) {
    let (card, cycles) = (row.card, row.cycles);
    // Above the highest threshold that the cycles can be expected to draw.
    let peak = row.threshold * (1.2 + 5.0 * row.variation.unwrap_or(0.0));
    let half_s = peak / RATE;
    let period_s = 2.0 * half_s;
    let deck = format!(
        "Slow sweeps
.include cards/{card}.lib
V1 a 0 PWL(0 0 {half_s} {peak} {period_s} 0) r=0
N1 a 0 {card}
.tran {until_s} uic
* Between the currents of the two states, whose ratio is 1e4 at least.
.meas tran hold FIND v(a) WHEN i(N1)=1u FALL=1
.end
",
        until_s = f64::from(cycles) * period_s,
    );
    let outcome = outcomes("sweep.cir", &deck, 0).remove(0);
    let volts = outcome.spikes[0].times.iter().zip(0..).map(|(time, cycle)| {
        let since_s = time.as_s() - f64::from(cycle) * period_s;
        assert!((0.0..half_s).contains(&since_s), "{card}: cycle {cycle} did not switch");
        since_s * RATE
    });
    let volts: Vec<f64> = volts.collect();
    assert_eq!(volts.len(), cycles as usize, "{card}: a cycle did not switch");
    (volts, measure(&outcome, "hold"))
}

fn mean_and_sigma(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt())
}

/// Names of the files of a folder below netlists/ with this extension.
fn stems(folder: &str, extension: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(netlists().join(folder)).expect("the folder");
    entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect()
}

#[test]
fn every_row_has_a_card_a_deck_and_a_line_in_the_table_of_the_shelf() {
    let rows: BTreeSet<String> = ROWS.iter().map(|row| row.card.to_owned()).collect();
    assert_eq!(stems("cards", "lib"), rows);
    assert_eq!(stems("shelf", "cir"), rows);
    let table = fs::read_to_string(netlists().join("cards/README.md")).expect("the table");
    let listed = |card: &String| table.contains(&format!("\n| `{card}` |"));
    assert!(rows.iter().all(listed), "{rows:?}");
}

#[test]
fn a_card_says_its_source_and_what_is_measured_assumed_and_derived() {
    for row in ROWS.iter().filter(|row| row.card != "zno") {
        let path = netlists().join(format!("cards/{}.lib", row.card));
        let card = fs::read_to_string(path).expect("the card");
        for word in ["Source", "Measured", "Assumed", "Derived"] {
            assert!(card.contains(&format!("\n* {word}  ")), "{}: {word}", row.card);
        }
    }
}

#[test]
fn thresholds_and_holds_in_a_slow_sweep_are_those_of_table_1() {
    for row in &ROWS {
        let (volts, hold) = sweep(row);
        let (mean, _) = mean_and_sigma(&volts);
        // Three standard errors of the mean beside the rounding of a card. The zno card fits a
        // whole paper at once.
        let sampled = 3.0 * row.variation.unwrap_or(0.0) / f64::from(row.cycles).sqrt();
        let fitted = if row.card == "zno" { 0.03 } else { 0.001 };
        let off = (mean / row.threshold - 1.0).abs();
        assert!(off < sampled + fitted, "{}: threshold {mean} V", row.card);
        // A hold of 0 is one that rounds to 0.00.
        let allowed = if row.hold > 0.0 { fitted * row.hold } else { 0.005_000_1 };
        assert!((hold - row.hold).abs() < allowed, "{}: hold {hold} V", row.card);
    }
}

#[test]
fn thresholds_vary_from_cycle_to_cycle_as_in_table_1() {
    for row in &ROWS {
        let Some(variation) = row.variation else { continue };
        let (mean, sigma) = mean_and_sigma(&sweep(row).0);
        // Of n normal draws, sigma/mu = c has the standard error c sqrt((1 + 2 c^2) / (2 n)).
        let error = ((1.0 + 2.0 * variation * variation) / (2.0 * f64::from(row.cycles))).sqrt();
        let off = (sigma / mean / variation - 1.0).abs();
        assert!(off < 3.0 * error, "{}: {} for {variation}", row.card, sigma / mean);
    }
}

#[test]
fn a_spike_takes_the_energy_of_table_1_whatever_the_seed() {
    for row in &ROWS {
        let Some(energy) = row.energy else { continue };
        for seed in 0..4 {
            let found = measure(&run_shelf(row.card, seed)[0], "energy_per_spike");
            assert!((found / energy - 1.0).abs() < 0.03, "{}, seed {seed}: {found:e}", row.card);
        }
    }
}

/// Spikes of the neuron that integrates pulses: the last device of the deck.
fn integrated(outcome: &Outcome) -> u64 {
    outcome.spikes.last().expect("a device").count
}

#[test]
fn lif_neurons_integrate_several_pulses_and_leak_between_them() {
    for row in ROWS.iter().filter(|row| row.card != "hfo2") {
        let card = row.card;
        let outcome = &run_shelf(card, 0)[0];
        assert!(integrated(outcome) > 10, "{card} hardly fires");
        for count in ["pulses_to_first", "pulses_between"] {
            let pulses = measure(outcome, count);
            assert!((3.0..100.0).contains(&pulses), "{card}: {count} is {pulses}");
        }
        let dense = shelf_deck(card);
        let sparse = dense.replace("period={width+gap}", "period={width+100*gap}");
        assert_ne!(dense, sparse);
        let outcome = &outcomes(&format!("shelf/{card}.cir"), &sparse, 0)[0];
        assert_eq!(integrated(outcome), 0, "{card} does not leak");
    }
}

#[test]
fn the_hfo2_neuron_oscillates_from_1_volt_faster_with_voltage_and_slower_with_load() {
    // As reference 35 of the paper measured.
    let deck = shelf_deck("hfo2");
    let frequencies = |deck: &str| -> Vec<f64> {
        outcomes("shelf/hfo2.cir", deck, 0).iter().map(|o| measure(o, "frequency")).collect()
    };
    let light = frequencies(&deck);
    let loaded = deck.replace("load=1Meg", "load=2Meg");
    assert_ne!(loaded, deck);
    let heavy = frequencies(&loaded);
    assert!(light[0] > 0.0 && light.is_sorted() && heavy.is_sorted(), "{light:?} {heavy:?}");
    assert!(heavy.iter().zip(&light).all(|(heavy, light)| heavy < light), "{light:?} {heavy:?}");
}

#[test]
fn the_taox_neuron_fires_at_1_to_200_hertz_on_less_than_a_microwatt() {
    // As reference 26 of the paper measured.
    let outcome = &run_shelf("taox", 0)[0];
    let rate = measure(outcome, "rate");
    assert!((1.0..200.0).contains(&rate), "{rate}");
    assert!(rate * measure(outcome, "energy_per_spike") < 1e-6);
}
