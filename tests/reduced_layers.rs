//! The network of 784, 128 and 10 neurons on drawn digits: its circuit, device by device, beside the point neurons that it is reduced to.
//!
//! Two digits; `MEMSPIKE_DIGITS=10 cargo test --release --test reduced_layers -- --nocapture` shows all ten.

#[path = "common/layers.rs"]
mod layers;
#[path = "common/program.rs"]
mod program;

use layers::{Layers, folder};
use memspike_random::{Draws, Owner};
use rand::TryRng as _;

const SIZES: [usize; 3] = [784, 128, 10];

/// Drawn digits, 28 x 28 pixels of a byte behind a head of 16 bytes.
const DIGITS: &[u8] = include_bytes!("../netlists/digits.idx");

/// How long each is shown (s): long enough for rates.
const SHOWN: (&str, f64) = ("0.5", 0.5);

/// Weights from -0.8 to 1, drawn under a seed and the name of the array, and scaled so that most neurons fire at 40 to 160 Hz: a tenth of the
/// sum of weights is left of some 130 bright pixels, and of 128 neurons.
fn network(digit: usize) -> Layers {
    let table = |name: &str, rows: usize, columns: usize| {
        let draws = Draws::new(5, Owner::Neurons(name, "weights"));
        let mut generator = draws.generator(0);
        let mut next = || {
            let Ok(bits) = generator.try_next_u32();
            (1.8 * f64::from(bits) / f64::from(u32::MAX) * 1e3).round() / 1e3 - 0.8
        };
        (0..rows).map(|_| (0..columns).map(|_| next()).collect()).collect()
    };
    let [inputs, hidden, outputs] = SIZES;
    let pixels = &DIGITS[16 + inputs * digit..][..inputs];
    // White is 2 V.
    let inputs_v = pixels.iter().map(|pixel| 2.0 * f64::from(*pixel) / 255.0).collect();
    let (first, second) = (table("first", inputs, hidden), table("second", hidden, outputs));
    Layers { inputs_v, first, second, microsiemens: [0.7, 1.5] }
}

/// By how much the rate of a point neuron may differ from that of its circuit, behind one array and behind two: docs/networks.md.
fn tolerance(layer: usize, rate_hz: f64) -> Option<f64> {
    match rate_hz {
        60.0..=160.0 => Some([0.2, 0.25][layer]),
        40.0..60.0 => Some([0.35, 0.45][layer]),
        _ => None,
    }
}

#[test]
fn the_network_of_784_128_10_fires_as_its_reduction_does_within_what_the_page_says() {
    let shown = std::env::var("MEMSPIKE_DIGITS").map_or(2, |count| count.parse().expect("a count"));
    let folder = folder();
    let mut compared = [0, 0];
    let mut worst = [0.0_f64; 2];
    for digit in 0..shown {
        for (name, reduced, circuit) in network(digit).spikes(folder.path(), SHOWN.0) {
            let layer = usize::from(name.starts_with("outputs"));
            let rate_hz = circuit as f64 / SHOWN.1;
            let Some(tolerance) = tolerance(layer, rate_hz) else { continue };
            // A run may end just before a spike of one of both.
            let apart = (reduced.abs_diff(circuit) as f64 - 1.0).max(0.0) / circuit as f64;
            assert!(apart < tolerance, "digit {digit}, {name}: {reduced}, {circuit}");
            compared[layer] += 1;
            worst[layer] = worst[layer].max(apart);
        }
    }
    eprintln!("{compared:?} neurons compared, at worst {worst:?} apart");
    assert!(compared[0] >= 60 * shown && compared[1] >= 4 * shown, "{compared:?}");
}
