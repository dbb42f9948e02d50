//! The decks of netlists/ against the paper and against closed forms.
//!
//! Measured numbers: Wang, Zhang, Hua, Fu, Guo, "Leaky integrate-and-fire and oscillation neurons
//! based on ZnO diffusive memristors for spiking neural networks", 2025.

use std::{
    f64::consts::{LN_2, PI},
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use memspike::{Options, Outcome, simulate};
use memspike_netlist::Deck;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists")
}

/// A deck from memory, as if it lay in netlists/.
fn parse(name: &str, text: &str) -> Deck {
    let path = folder().join(name);
    Deck::parse(&path.to_string_lossy(), text).unwrap_or_else(|e| panic!("{}", e.render(false)))
}

fn outcomes(name: &str) -> Vec<Outcome> {
    let text = fs::read_to_string(folder().join(name)).expect("the deck");
    outcomes_of(parse(name, &text))
}

/// Every run of a deck.
fn outcomes_of(deck: Deck) -> Vec<Outcome> {
    let points = deck.steps().unwrap_or_else(|e| panic!("{}", e.render(false)));
    points
        .iter()
        .map(|point| {
            let elaborated =
                deck.elaborate(point, 0).unwrap_or_else(|e| panic!("{}", e.render(false)));
            let mut go_on = |_| ControlFlow::Continue(());
            simulate(&elaborated, &Options::default(), &mut [], &mut go_on)
                .unwrap_or_else(|e| panic!("{e}"))
        })
        .collect()
}

/// A measurement that must have succeeded, of every run.
fn measure(outcomes: &[Outcome], name: &str) -> Vec<f64> {
    outcomes
        .iter()
        .map(|o| o.measure(name).unwrap_or_else(|| panic!("no {name}: {:?}", o.warnings)))
        .collect()
}

fn falls(values: &[f64]) -> bool {
    values.windows(2).all(|pair| pair[1] < pair[0])
}

#[test]
fn every_deck_says_its_purpose() {
    let entries =
        [folder(), folder().join("shelf")].map(|folder| fs::read_dir(folder).expect("it exists"));
    let decks: Vec<PathBuf> = entries
        .into_iter()
        .flatten()
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "cir"))
        .collect();
    assert!(decks.len() >= 15, "{decks:?}");
    for deck in decks {
        let text = fs::read_to_string(&deck).expect("a deck is text");
        assert!(text.contains("\n* Purpose: "), "{}", deck.display());
    }
}

#[test]
fn oscillation_frequencies_are_within_4_percent_of_the_paper_and_the_energy_within_3() {
    let runs = outcomes("oscillation.cir");
    let frequencies = measure(&runs, "frequency");
    // 0.8 V: the mean of 73.1 and 73.5 Hz. Why not nearer is explained in measurements/zno.toml.
    for (simulated, measured) in frequencies.iter().zip([38.0, 73.3, 176.0]) {
        assert!((simulated / measured - 1.0_f64).abs() < 0.04, "{simulated} {measured}");
    }
    let energy = measure(&runs, "energy_per_spike")[0];
    assert!((energy / 1.442e-9 - 1.0).abs() < 0.03, "{energy}");
}

#[test]
fn an_array_of_neurons_spans_the_frequencies_of_the_paper() {
    let run = outcomes("array.cir");
    for (name, measured) in [("slowest", 38.0), ("fastest", 176.0)] {
        let simulated = measure(&run, name)[0];
        assert!((simulated / measured - 1.0_f64).abs() < 0.08, "{name}: {simulated}");
    }
}

#[test]
fn sweeps_switch_at_the_paper_s_voltages_whatever_the_compliance() {
    // Figures 2a and 2e: 0.17 V and 0.1 V, in steps of 5 mV; about alike at each limit.
    let runs = outcomes("sweep.cir");
    let limits = [100e-9, 1e-6, 10e-6, 100e-6];
    assert_eq!(runs.len(), limits.len());
    for (name, level) in [("vth", 0.17), ("vhold", 0.1), ("vth_reverse", -0.17)] {
        for simulated in measure(&runs, name) {
            assert!((simulated - level).abs() < 5.001e-3, "{name}: {simulated}");
        }
    }
    for (current, limit) in measure(&runs, "on_current").iter().zip(limits) {
        assert!((current / limit - 1.0).abs() < 1e-6, "{current} at {limit}");
    }
}

#[test]
fn the_first_peak_of_an_oscillation_is_the_highest_where_a_filament_is_left() {
    let ratios = measure(&outcomes("oscillation.cir"), "peak_ratio");
    // At 0.5 V nothing of the filament is left when it begins to grow again.
    assert!((ratios[0] - 1.0).abs() < 1e-9, "{ratios:?}");
    assert!(ratios[1..].iter().all(|ratio| *ratio > 1.05), "{ratios:?}");
}

#[test]
fn wider_pulses_need_fewer_for_a_spike_and_the_first_needs_the_most() {
    let runs = outcomes("lif.cir");
    assert_eq!(runs.len(), 4);
    let (first, later) = (measure(&runs, "pulses_to_first"), measure(&runs, "pulses_between"));
    assert!(falls(&first), "{first:?}");
    assert!(falls(&later), "{later:?}");
    assert!(first.iter().zip(&later).all(|(first, later)| first > later), "{first:?} {later:?}");
}

#[test]
fn the_rectifier_follows_its_closed_forms() {
    let runs = outcomes("rectifier.cir");
    let beyond = (0.5 - 0.75 * 3_f64.sqrt() / PI).sqrt();
    for (name, truth) in [("mean", 2.0 / PI), ("charged", 2.0 / PI), ("beyond", beyond)] {
        let found = measure(&runs, name)[0];
        assert!((found - truth).abs() < 1e-12, "{name}: {found}, {truth}");
    }
}

#[test]
fn the_switch_oscillator_follows_its_closed_form() {
    let runs = outcomes("switch_oscillator.cir");
    assert_eq!(runs[0].spikes.len(), 1);
    assert_eq!(runs[0].spikes[0].count, 80);
    // One state, two configurations: the switch beside a source of 0.8 V behind 1 Mohm.
    let relax = |switch: f64, from: f64, to: f64| {
        let target = 0.8 * switch / (1e6 + switch);
        let tau = 47e-9 * 1e6 * switch / (1e6 + switch);
        tau * ((from - target) / (to - target)).ln()
    };
    let (on, off) = (1e3, 1e12);
    let first = relax(off, 0.0, 0.25) + relax(on, 0.25, 0.15);
    let period = relax(off, 0.085, 0.25) + relax(on, 0.25, 0.085);
    assert!((measure(&runs, "first")[0] / first - 1.0).abs() < 1e-10);
    assert!((measure(&runs, "frequency")[0] * period - 1.0).abs() < 1e-10);
}

#[test]
fn a_coupling_capacitor_slows_both_neurons() {
    // It is charge that each must supply on top of its own membrane's.
    let text = fs::read_to_string(folder().join("coupled.cir")).expect("the deck");
    let apart: String =
        text.lines().filter(|l| !l.starts_with("Cc ")).map(|l| l.to_owned() + "\n").collect();
    assert_ne!(text, apart);
    let (coupled, apart) = (outcomes("coupled.cir"), outcomes_of(parse("coupled.cir", &apart)));
    for name in ["frequency1", "frequency2"] {
        let (with, without) = (measure(&coupled, name)[0], measure(&apart, name)[0]);
        assert!(with < without, "{name}: {with} {without}");
    }
}

#[test]
fn every_neuron_of_the_chain_oscillates_through_the_whole_run() {
    let runs = outcomes("chain.cir");
    assert_eq!(runs[0].spikes.len(), 5);
    for spikes in &runs[0].spikes {
        let last = spikes.ends.expect("it spikes").1.as_s();
        assert!(last > 0.95, "{} fell silent at {last}", spikes.element);
    }
}

#[test]
fn the_mean_voltage_falls_along_the_ladder() {
    let runs = outcomes("ladder.cir");
    let (head, tail) = (measure(&runs, "head_average")[0], measure(&runs, "tail_average")[0]);
    assert!(0.8 > head && head > tail && tail > 0.0, "{head} {tail}");
    assert!(measure(&runs, "spikes")[0] >= 2.0);
}

/// Numbers of the decks that docs/exactness.md tells of: closed forms, evaluated with 40 digits or more (exponentials from
/// corner to corner, eigenvalues of two states).
#[test]
fn decks_of_exactness_are_right() {
    let decks: [(&str, &str, &[f64], f64); 15] = [
        // 0.44452 s hold the first rise, 2.408 us, and 261,000.97 periods of 1.7031 us, all logarithms.
        ("lost-events", "n", &[261_001.0], 0.0),
        ("short-ramp", "rising", &[0.124_999_999_979_166_67], 1e-15),
        ("short-ramp", "corner", &[0.499_999_999_833_333_3], 1e-15),
        ("short-ramp", "level", &[0.999_999_999_458_333_3], 1e-15),
        ("level-on-leak", "v", &[0.123_456_788_999_992_38], 1e-15),
        (
            "short-edges",
            "v",
            &[0.880_886_679_896_738, 0.880_882_261_159_698_6, 0.880_882_256_740_961_7],
            1e-13,
        ),
        ("slow-beside-fast", "v", &[0.999_954_599_616_236_4], 1e-14),
        ("weak-coupling", "v", &[-0.999_999_958_749_235_3], 1e-14),
        ("edge-at-zero", "start", &[0.0], 0.0),
        ("edge-at-zero", "tau", &[1.0 - (-1.0_f64).exp()], 1e-14),
        ("edge-at-zero", "half", &[LN_2 * 1e-3], 1e-18),
        // Of a line without end, 5 n times the integral of exp(-2x) I_n(2x) / x from 0 to 1000 RC.
        ("ladder", "v", &[4.115_299_146_689_613], 5e-14),
        // As many as with vform=0: the capacitor lets a filament of any kind reach its widest.
        ("forming-above-threshold", "n", &[17.0], 0.0),
        ("no-hysteresis", "on", &[0.2_f64.asin() / (60.0 * PI)], 1e-15),
        ("no-hysteresis", "off", &[1.0 / 60.0 - 0.2_f64.asin() / (60.0 * PI)], 1e-15),
    ];
    for (deck, name, right, tolerance) in decks {
        let found = measure(&outcomes(&format!("exactness/{deck}.cir")), name);
        assert_eq!(found.len(), right.len(), "{deck}");
        for (found, right) in found.iter().zip(right) {
            assert!((found - right).abs() <= tolerance, "{deck}: {name} {found:e} for {right:e}");
        }
    }
}
