//! Device level against the circuit engine, and against the point level.

mod common;

use common::{EngineNeuron, devices, engine, paper_variation};
use memspike_circuit::Stimulus;
use memspike_snn::{
    CLASSES, DeviceNetwork, Image, PIXELS, Parameters, Synapses, Weights, Workspace,
};

/// Numbers in `[0, 1)` that look random: multiples of the golden ratio.
fn spread(n: usize) -> f64 {
    (n as f64 * 0.618_033_988_749_894_9).fract()
}

fn image() -> Image {
    std::array::from_fn(|k| if k % 7 == 0 { (256.0 * spread(k)) as u8 } else { 0 })
}

fn weights() -> Weights {
    let weight = |k: usize| 1.4 * (spread(k) as f32 - 0.3);
    Weights::new(PIXELS, CLASSES, (0..PIXELS * CLASSES).map(weight).collect())
}

/// The current into output `column` times 1 Mohm, as the corners of its steps.
fn steps(pulses: &[(f64, usize)], column: usize, weights: &Weights) -> Stimulus {
    // 1 uS at 2 V is 2 uA for a weight of 1, and 2 V behind 1 Mohm.
    let mut edges: Vec<(f64, f64)> = Vec::new();
    for (at, row) in pulses {
        let volt = 2.0 * f64::from(weights.row(*row)[column]);
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
        let found = network.respond(&mut Workspace::default(), 0, &image);
        let counts: [u32; CLASSES] = std::array::from_fn(|j| expected[j].spikes_s.len() as u32);
        assert_eq!(found.counts, counts);
        assert!(counts.iter().all(|count| *count >= 3), "{counts:?}");
        for (j, answer) in expected.iter().enumerate() {
            let error = (found.potentials_v[j] - answer.potential_v).abs();
            assert!(error < 1e-8, "output {j}: {error:e}");
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
    // The same image again is seen by the same devices in other cycles.
    assert_ne!(all[0], all[1]);
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
    let synapses =
        Synapses::ideal(&parameters, &Weights::new(PIXELS, CLASSES, vec![0.001; PIXELS * CLASSES]))
            .unwrap();
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
fn a_driver_does_not_hear_spikes_during_its_pulse() {
    // At 2 V a neuron fires every 6 ms. Pulses of 8 ms pass on every second spike.
    let energy = |pulse_s| {
        let parameters = Parameters { pulse_s, ..Parameters::default() };
        let weights = Weights::new(PIXELS, CLASSES, vec![0.001; PIXELS * CLASSES]);
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
