//! A core of LIF neurons behind oscillation neurons, against a loop written from what its specification says.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use memspike_digital::Level;
use memspike_engine::{Events, Follows, Recording};
use memspike_lif_core::{Core, Dynamics, Reset, Rules, Saturation, Trained, Widths, quantise};
use memspike_netlist::Deck;
use memspike_npy::Weights;
use memspike_run::{Options, simulate};
use memspike_time::Time;

const TICK_FS: u64 = 1_000_000_000_000;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The core that the deck describes.
fn core() -> Core {
    let weights = Weights::read(root().join("weights/mnist.npy"), None).expect("weights");
    let dv = 2.0 * 400e-6 * 1e-6 / 47e-9;
    let dynamics = Dynamics {
        threshold: 0.17 / dv,
        retention: (-1e-3_f64 / 47e-3).exp(),
        reset: Some(0.1 / dv),
        saturation: Saturation::Signed,
        refractory_ticks: 0,
    };
    let rules = Rules { widths: &[Widths::of(8)], count_bits: 8, time_step_s: 1e-3, rounding: 0.1 };
    quantise(&[Trained { weights, dynamics, scale: None }], &rules).expect("a core").core
}

/// Neurons that fire at each tick, given the inputs that spike before it: the specification, word for word.
fn fired(core: &Core, spikes: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let (spec, weights) = core.layers().next().expect("a layer");
    let high = (1_i64 << (spec.potential_bits - 1)) - 1;
    let mut potentials = vec![0_i64; spec.neurons];
    let mut all = Vec::new();
    for inputs in spikes {
        for (neuron, v) in potentials.iter_mut().enumerate() {
            for input in inputs {
                *v = (*v + i64::from(weights.row(*input)[neuron])).clamp(-high - 1, high);
            }
        }
        let mut now = Vec::new();
        for (neuron, v) in potentials.iter_mut().enumerate() {
            if *v >= spec.threshold {
                now.push(neuron);
                *v = match spec.reset {
                    Reset::Hold { value } => value,
                    Reset::Zero => 0,
                    Reset::Subtract => *v - spec.threshold,
                };
            } else {
                *v = spec.leak.after(*v);
            }
        }
        all.push(now);
    }
    all
}

#[test]
fn a_core_in_a_deck_fires_as_its_specification_says_and_decides_the_drawn_digits() {
    let deck = Deck::load(&root().join("netlists/cosim/snn_core.cir"));
    let deck = deck.unwrap_or_else(|report| panic!("{}", report.render(false)));
    let core = core();
    for (digit, point) in deck.steps().expect("points").iter().enumerate() {
        let elaborated =
            deck.elaborate(point, 0).unwrap_or_else(|report| panic!("{}", report.render(false)));
        let circuit = &elaborated.circuit;
        let nets =
            (0..10).map(|n| circuit.find_net(&format!("out[{n}]")).expect("a net")).collect();
        let mut recording =
            Recording::new(Follows { nets, events: Events::Spikes, ..Follows::default() });
        let mut go_on = |_| ControlFlow::Continue(());
        let run = simulate(&elaborated, &Options::default(), &mut [&mut recording], &mut go_on);
        let measured = run.expect("a run").measures;
        // Tick k ends (k + 1/2) ms; what spikes at that very moment still counts.
        let mut spikes = vec![Vec::new(); 100];
        for pixel in 0..784 {
            let device = circuit.find_element(&format!("xosc[{pixel}].n1")).expect("a device");
            for at in recording.spikes(device) {
                let whole = at.tick + TICK_FS / 2 - 1 + u64::from(at.frac > 0.0);
                spikes
                    .get_mut((whole / TICK_FS) as usize)
                    .into_iter()
                    .for_each(|tick| tick.push(pixel));
            }
        }
        let expected = fired(&core, &spikes);
        let mut counts = [0; 10];
        for (neuron, count) in counts.iter_mut().enumerate() {
            let truth: Vec<Time> = (0..100_u64)
                .filter(|tick| expected[*tick as usize].contains(&neuron))
                .map(|tick| Time::from_tick(tick * TICK_FS + TICK_FS / 2 + 1_000_000))
                .collect();
            let rises: Vec<Time> = recording
                .levels(neuron)
                .iter()
                .filter(|(_, level)| *level == Level::One)
                .map(|(at, _)| *at)
                .collect();
            assert_eq!(rises, truth, "digit {digit}, neuron {neuron}");
            *count = rises.len();
        }
        let most = (0..10).max_by_key(|neuron| counts[*neuron]).expect("ten neurons");
        assert_eq!(most, digit, "{counts:?}");
        let measured: Vec<f64> =
            measured.into_iter().map(|(_, value)| value.expect("a value")).collect();
        let counted = counts.iter().map(|count| *count as f64).chain([digit as f64]);
        assert_eq!(measured, counted.collect::<Vec<f64>>(), "what the deck itself measures");
        assert!(counts[digit] >= 3, "{counts:?}");
    }
}

/// What the runs of a deck measure.
fn measured(deck: &str) -> Vec<BTreeMap<String, f64>> {
    let deck = Deck::load(&root().join(deck)).expect("a deck");
    let points = deck.steps().expect("points");
    let run = |point| {
        let elaborated = deck.elaborate(point, 0).expect("a circuit");
        let mut watch = |_| ControlFlow::Continue(());
        let outcome =
            simulate(&elaborated, &Options::default(), &mut [], &mut watch).expect("a run");
        let measures = outcome.measures.into_iter();
        measures.map(|(name, value)| (name, value.expect("a value"))).collect()
    };
    points.iter().map(run).collect()
}

#[test]
fn the_layers_that_are_taken_apart_begin_with_those_of_both_decks() {
    let apart = measured("netlists/cosim/agreement.cir");
    assert_eq!(apart.len(), 10);
    for (whole, layer) in [("snn_784x10.cir", "analog"), ("snn_cosim.cir", "core")] {
        for (one, other) in apart.iter().zip(measured(&format!("netlists/{whole}"))) {
            for neuron in 0..10 {
                let count = one[&format!("{layer}[{neuron}]")];
                assert_eq!(count, other[&format!("spikes[{neuron}]")], "{layer} {neuron}");
            }
        }
    }
    let layers =
        ["analog", "same", "short", "ideal", "point", "core", "fine", "often", "both", "high"];
    for (digit, run) in apart.iter().enumerate() {
        layers.iter().for_each(|layer| assert_eq!(run[*layer], digit as f64, "{layer}"));
    }
}
