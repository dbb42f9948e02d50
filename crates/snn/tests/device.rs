//! Device level against the circuit engine, and against the point level.

mod common;

use std::path::Path;

use common::{EngineNeuron, devices, digits, engine, paper_variation};
use memspike_circuit::Stimulus;
use memspike_random::{Draws, Owner};
use memspike_snn::{
    CLASSES, DeviceNetwork, Encoding, Image, Neuron, Observer, PIXELS, Parameters, Part,
    PointNetwork, Spike, Synapses, Weights, Workspace, ideal_neuron,
};

/// Numbers in `[0, 1)` that look random: multiples of the golden ratio.
fn spread(n: usize) -> f64 {
    (n as f64 * 0.618_033_988_749_894_9).fract()
}

fn image() -> Image {
    (0..PIXELS).map(|k| if k % 7 == 0 { (256.0 * spread(k)) as u8 } else { 0 }).collect()
}

fn weights() -> Weights {
    let weight = |k: usize| 1.4 * (spread(k) as f32 - 0.3);
    Weights::new(PIXELS, CLASSES, (0..PIXELS * CLASSES).map(weight).collect::<Vec<f32>>()).unwrap()
}

/// The current into output `column` times 1 Mohm, as the corners of its steps.
fn steps(pulses: &[(f64, usize)], column: usize, weights: &Weights) -> Stimulus {
    // 1 uS at 2 V is 2 uA for a weight of 1, and 2 V behind 1 Mohm.
    let mut edges: Vec<(f64, f64)> = Vec::new();
    for (at, row) in pulses {
        let volt = 2.0 * weights.get(*row, column);
        edges.extend([(*at, volt), (at + 400e-6, -volt)]);
    }
    edges.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut points = vec![(0.0, 0.0)];
    let mut level = 0.0;
    for (at, change) in edges {
        points.push((at, level));
        level += change;
        points.push((at, level));
    }
    Stimulus::Pwl(points)
}

/// All weights the same.
fn uniform(weight: f32) -> Weights {
    Weights::new(PIXELS, CLASSES, vec![weight; PIXELS * CLASSES]).unwrap()
}

#[test]
fn the_network_is_what_the_circuit_engine_makes_of_its_circuits() {
    let parameters = Parameters::default();
    let (image, weights) = (image(), weights());
    let synapses = Synapses::ideal(&parameters, &weights).unwrap();
    for variation in [vec![], paper_variation()] {
        let (input, output) = devices(&variation);
        let seed = 5;
        let oscillators: Vec<EngineNeuron> = (0..PIXELS)
            .filter(|row| image[*row] > 0)
            .map(|row| EngineNeuron {
                name: format!("xosc[{row}]"),
                input: Stimulus::Dc(2.0 * f64::from(image[row]) / 255.0),
                device: input.clone(),
            })
            .collect();
        let rows = (0..PIXELS).filter(|row| image[*row] > 0);
        let pulses: Vec<(f64, usize)> = engine(&oscillators, seed)
            .iter()
            .zip(rows)
            .flat_map(|(answer, row)| answer.spikes_s.iter().map(move |at| (*at, row)))
            .collect();
        let lifs: Vec<EngineNeuron> = (0..CLASSES)
            .map(|column| EngineNeuron {
                name: format!("xlif[{column}]"),
                input: steps(&pulses, column, &weights),
                device: output.clone(),
            })
            .collect();
        let expected = engine(&lifs, seed);

        let network = DeviceNetwork::new(&parameters, [&input, &output], &synapses, seed);
        let mut heard = Heard::default();
        let found = network.observe(&mut Workspace::default(), 0, &image, &mut heard);
        let counts: [u32; CLASSES] = std::array::from_fn(|j| expected[j].spikes_s.len() as u32);
        assert_eq!(found.counts, counts);
        assert!(counts.iter().all(|count| *count >= 3), "{counts:?}");
        for (j, answer) in expected.iter().enumerate() {
            let error = (found.potentials_v[j] - answer.potential_v).abs();
            assert!(error < 1e-8, "output {j}: {error:e}");
            let pairs = heard.spikes[j].iter().zip(&answer.spikes_s);
            let error = pairs.map(|(spike, at_s)| (spike.at_s - at_s).abs()).fold(0.0, f64::max);
            assert!(error < 1e-10, "output {j}: {error:e} s");
        }
    }
}

#[test]
fn an_image_does_not_depend_on_those_before_it() {
    let parameters = Parameters::default();
    let synapses = Synapses::ideal(&parameters, &weights()).unwrap();
    let (input, output) = devices(&paper_variation());
    let network = DeviceNetwork::new(&parameters, [&input, &output], &synapses, 1);
    let mut workspace = Workspace::default();
    let all: Vec<_> = (0..4).map(|n| network.respond(&mut workspace, n, &image())).collect();
    assert_eq!(network.respond(&mut Workspace::default(), 3, &image()), all[3]);
    // The same image again is seen by the same devices with other draws, in both layers.
    assert_ne!(all[0], all[1]);
    assert_ne!(all[0].energy.input_neurons_j, all[1].energy.input_neurons_j);
}

#[test]
fn an_image_beyond_a_thousand_cycles_has_draws_that_no_other_image_has() {
    // At 2 V a neuron fires every 6 ms: 1,500 cycles in 9 s.
    let parameters = Parameters { duration_s: 9.0, ..Parameters::default() };
    let (input, _) = devices(&paper_variation());
    let neuron = Neuron::new(&parameters, &input);
    let device = Draws::new(1, Owner::Device("xosc[3].n1"));
    let periods = |image: u64| {
        let mut at: Vec<f64> = Vec::new();
        let mut membrane = neuron.rest(device.repetition(image));
        membrane.advance(2.0, parameters.duration_s, |spike| at.push(spike.at_s));
        at.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<f64>>()
    };
    let (first, second) = (periods(0), periods(1));
    assert!(first.len() > 1100, "{}", first.len());
    // The same thresholds in the same order would give the same periods.
    for lag in [0, 1023, 1024, 1025] {
        let alike = first[lag..].iter().zip(&second).filter(|(a, b)| (*a - *b).abs() < 1e-12);
        assert!(alike.count() < 3, "lag {lag}");
    }
}

#[test]
fn a_drift_counts_the_cycles_of_an_image_and_not_the_images_before() {
    let parameters = Parameters::default();
    let synapses = Synapses::ideal(&parameters, &weights()).unwrap();
    let drift = [("drift_von", 20e-6)];
    let respond = |changes: &[(&str, f64)], number| {
        let (input, output) = devices(changes);
        let network = DeviceNetwork::new(&parameters, [&input, &output], &synapses, 1);
        network.respond(&mut Workspace::default(), number, &image())
    };
    let first = respond(&drift, 0);
    for number in [1, 3999, u32::MAX] {
        assert_eq!(respond(&drift, number), first);
    }
    // Some 16 cycles of 20 uV move a threshold of 0.15 V by 0.2 %.
    let without = respond(&[], 0);
    assert_ne!(first, without);
    for (a, b) in first.counts.iter().zip(without.counts) {
        assert!(a.abs_diff(b) <= 1, "{a} {b}");
    }
}

#[test]
fn a_drift_of_a_microvolt_a_cycle_moves_the_accuracy_by_as_little() {
    let parameters = Parameters::default();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../weights/robust.npy");
    let weights = Weights::read(&path, Some((PIXELS, CLASSES))).unwrap();
    let synapses = Synapses::ideal(&parameters, &weights).unwrap();
    let data = digits(Part::Test, 100);
    let decisions = |drift| {
        let (input, output) = devices(&[&CARD[..], &[("drift_von", drift)]].concat());
        let network = DeviceNetwork::new(&parameters, [&input, &output], &synapses, 0);
        // As the last of 4,000 images.
        let decide = |(number, image): (u32, &Image)| {
            let response = network.respond(&mut Workspace::default(), number, image);
            (response.decision(), response.counts)
        };
        (3900..).zip(&data.images).map(decide).collect::<Vec<_>>()
    };
    let (without, with) = (decisions(0.0), decisions(1e-6));
    // Some 16 cycles of 1 uV are a ten-thousandth of a threshold.
    let other = without.iter().zip(&with).filter(|(a, b)| a.0 != b.0).count();
    assert!(other <= 1, "{other} of 100 decisions differ");
    let spikes = without.iter().zip(&with).flat_map(|(a, b)| a.1.iter().zip(&b.1));
    let moved: u32 = spikes.map(|(a, b)| a.abs_diff(*b)).sum();
    assert!(moved < 30, "{moved} spikes of some 10,000 appear or vanish");
}

#[test]
fn without_variation_neither_seed_nor_number_matters() {
    let parameters = Parameters::default();
    let synapses = Synapses::ideal(&parameters, &weights()).unwrap();
    let (input, output) = devices(&[]);
    let respond = |seed, number| {
        let network = DeviceNetwork::new(&parameters, [&input, &output], &synapses, seed);
        network.respond(&mut Workspace::default(), number, &image())
    };
    assert_eq!(respond(1, 0), respond(2, 77));
}

#[test]
fn a_spike_of_an_oscillation_neuron_costs_what_the_paper_measured() {
    // O3: 1.442 nJ a spike at 0.5 V, which is nearly the grey level 64.
    let parameters = Parameters { duration_s: 1.0, ..Parameters::default() };
    let mut image = [0; PIXELS];
    image[300] = 64;
    let synapses = Synapses::ideal(&parameters, &uniform(0.001)).unwrap();
    let (input, output) = devices(&[]);
    let network = DeviceNetwork::new(&parameters, [&input, &output], &synapses, 0);
    let energy = network.respond(&mut Workspace::default(), 0, &image).energy;
    // Ten pairs of 1 nS, 2 V, 400 us.
    let spikes = energy.array_j / (10e-9 * 4.0 * 400e-6);
    assert!((spikes - spikes.round()).abs() < 1e-4 && (35.0..42.0).contains(&spikes), "{spikes}");
    let each = energy.input_neurons_j / spikes;
    assert!((each / 1.442e-9 - 1.0).abs() < 0.05, "{each:e}");
}

#[test]
fn what_sources_deliver_is_what_parts_turn_into_heat_or_keep() {
    let parameters = Parameters::default();
    let (input, output) = devices(&paper_variation());
    let synapses = Synapses::ideal(&parameters, &weights()).unwrap();
    let network = DeviceNetwork::new(&parameters, [&input, &output], &synapses, 3);
    for (number, image) in digits(Part::Test, 20).images.iter().enumerate() {
        let energy = network.respond(&mut Workspace::default(), number as u32, image).energy;
        let (delivered, spent) = (energy.delivered_j(), energy.total_j());
        assert!((delivered / spent - 1.0).abs() < 1e-9, "{number}: {energy:?}");
        // The two layers by themselves.
        assert!(energy.series_resistors_j > energy.input_neurons_j, "{energy:?}");
        assert!(energy.leak_resistors_j > 0.0 && energy.output_neurons_j >= 0.0, "{energy:?}");
    }
}

#[test]
fn a_membrane_that_never_fires_costs_what_a_resistor_and_a_capacitor_do() {
    // At 0.15 V, the grey level 19, nothing grows. With R the resistor, r the device when off, and
    // tau = C R r / (R + r): the source gives V (V T - integral of u) / R.
    let parameters = Parameters::default();
    let mut image = [0; PIXELS];
    image[7] = 19;
    let synapses = Synapses::ideal(&parameters, &uniform(0.0)).unwrap();
    let (input, output) = devices(&[]);
    let network = DeviceNetwork::new(&parameters, [&input, &output], &synapses, 0);
    let energy = network.respond(&mut Workspace::default(), 0, &image).energy;
    let (volt, ohm, off_ohm) = (2.0 * 19.0 / 255.0, 1e6, 128.7e6);
    let tau = 47e-9 * ohm * off_ohm / (ohm + off_ohm);
    let end = volt * off_ohm / (ohm + off_ohm);
    let (left, passed) = ((-0.1_f64 / tau).exp(), 0.1);
    let mean = end * (passed - tau * (1.0 - left));
    let square = end * end * (passed - 2.0 * tau * (1.0 - left) + 0.5 * tau * (1.0 - left * left));
    let near = |found: f64, right: f64, what: &str| {
        assert!((found / right - 1.0).abs() < 1e-10, "{what}: {found:e} for {right:e}");
    };
    near(energy.pixels_j, volt * (volt * passed - mean) / ohm, "pixels");
    near(energy.input_neurons_j, square / off_ohm, "memristor");
    let series = (volt * volt * passed - 2.0 * volt * mean + square) / ohm;
    near(energy.series_resistors_j, series, "resistor");
    near(energy.stored_j, 0.5 * 47e-9 * (end * (1.0 - left)).powi(2), "stored");
    assert_eq!((energy.array_j, energy.mirrors_j, energy.leak_resistors_j), (0.0, 0.0, 0.0));
}

#[test]
fn a_driver_does_not_hear_spikes_during_its_pulse() {
    // At 2 V a neuron fires every 6 ms. Pulses of 8 ms pass on every second spike.
    let energy = |pulse_s| {
        let parameters = Parameters { pulse_s, ..Parameters::default() };
        let weights = uniform(0.001);
        let synapses = Synapses::ideal(&parameters, &weights).unwrap();
        let (input, output) = devices(&[]);
        let mut image = [0; PIXELS];
        image[5] = 255;
        DeviceNetwork::new(&parameters, [&input, &output], &synapses, 0)
            .respond(&mut Workspace::default(), 0, &image)
            .energy
            .array_j
    };
    let (short, long) = (energy(1e-3) / 1e-3, energy(8e-3) / 8e-3);
    assert!((0.4..0.6).contains(&(long / short)), "{long} {short}");
}

/// The card of the paper's device when the shipped weights were trained.
const CARD: [(&str, f64); 7] = [
    ("von", 0.152),
    ("vs", 0.026126),
    ("t0", 0.50924),
    ("ton_min", 2e-8),
    ("vhold", 0.10029),
    ("ron", 130.0),
    ("vform", 0.13),
];

#[test]
fn both_levels_decide_alike() {
    let parameters = Parameters::default();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../weights/robust.npy");
    let weights = Weights::read(&path, Some((PIXELS, CLASSES))).unwrap();
    let synapses = Synapses::ideal(&parameters, &weights).unwrap();
    let data = digits(Part::Test, 300);
    let (nominal, _) = devices(&CARD);
    let encoding = Encoding::new(&parameters, &nominal);
    let lif = ideal_neuron(&parameters, &nominal).unwrap();
    let point = PointNetwork::new(&parameters, &encoding, lif, &synapses);
    for (variation, most_spikes) in [(vec![], 0.6), (paper_variation(), 0.8)] {
        let card = [CARD.to_vec(), variation].concat();
        let (input, output) = devices(&card);
        let network = DeviceNetwork::new(&parameters, [&input, &output], &synapses, 0);
        let (mut alike, mut difference, mut right) = (0, 0.0, [0; 2]);
        for ((number, image), label) in (0..).zip(&data.images).zip(&data.labels) {
            let ideal = point.respond(image);
            let real = network.respond(&mut Workspace::default(), number, image);
            alike += u32::from(ideal.decision() == real.decision());
            right[0] += u32::from(ideal.decision() == usize::from(*label));
            right[1] += u32::from(real.decision() == usize::from(*label));
            let miss = |j: usize| f64::from(ideal.counts[j].abs_diff(real.counts[j]));
            difference += (0..CLASSES).map(miss).sum::<f64>() / 3000.0;
        }
        // A spike of a dozen, where the threshold of a device depends on how fast it is reached.
        assert!(difference < most_spikes, "spikes differ by {difference}");
        assert!(alike >= 282, "{alike} of 300 decisions are alike");
        assert!(right[0].abs_diff(right[1]) <= 9, "{right:?} of 300 are right");
    }
}

/// What an observer has heard.
#[derive(Default)]
struct Heard {
    spikes: [Vec<Spike>; CLASSES],
    membranes: [Vec<(f64, f64)>; CLASSES],
}

impl Observer for Heard {
    fn spike(&mut self, class: usize, spike: Spike) {
        self.spikes[class].push(spike);
    }

    fn membrane(&mut self, class: usize, at_s: f64, volts: f64) {
        self.membranes[class].push((at_s, volts));
    }
}

#[test]
fn an_observer_hears_of_every_spike_and_changes_nothing() {
    let parameters = Parameters::default();
    let synapses = Synapses::ideal(&parameters, &weights()).unwrap();
    let (input, output) = devices(&paper_variation());
    let network = DeviceNetwork::new(&parameters, [&input, &output], &synapses, 2);
    let mut heard = Heard::default();
    let seen = network.observe(&mut Workspace::default(), 4, &image(), &mut heard);
    assert_eq!(seen, network.respond(&mut Workspace::default(), 4, &image()));
    for class in 0..CLASSES {
        let (spikes, points) = (&heard.spikes[class], &heard.membranes[class]);
        assert_eq!(spikes.len() as u32, seen.counts[class]);
        assert!(spikes.is_sorted_by(|a, b| a.at_s < b.at_s));
        // The device turns on between its hold voltage and a bit above its threshold.
        assert!(spikes.iter().all(|spike| (0.12..0.5).contains(&spike.peak_v)));
        assert!(points.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(points.last(), Some(&(0.1, seen.potentials_v[class])));
    }
}
