//! Parameters that a fit must find again.

use memspike_fit::{Fit, Task};
use memspike_netlist::Deck;
use memspike_random::Draws;

use crate::measure;

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
                "bench\n.model d ts_memristor({card}vform=0)\n{at}{bench}\n.tran 50 uic\n.end\n"
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
