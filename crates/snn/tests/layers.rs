//! Several layers: gradients, and the point level beside the unrolled network.

mod common;
mod differences;
mod tangents;

use common::zno;
use differences::hold_against_differences;
use memspike_snn::{
    Encoding, LEVELS, Lif, Parameters, PointLayers, PointNetwork, PointStage, Synapses, Weights,
    ideal_neuron,
    training::{ByAnswer, Loss, Pass, Seen, Shown, Spiking, Stage, Surrogate, Unrolled, Volts},
};
use tangents::{Membrane, Tangent};

/// Numbers in `[0, 1)` that look random: multiples of the golden ratio.
fn spread(n: usize) -> f64 {
    (n as f64 * 0.618_033_988_749_894_9).fract()
}

/// Three layers, the middle one of other neurons. Pulses are so long that drivers are deaf now and then.
fn stages(deaf_s: f64) -> Vec<Stage> {
    let lif = ideal_neuron(&Parameters::default(), &zno()).unwrap();
    let slow = Lif { tau_s: 0.03, threshold_v: 0.2, reset_v: 0.05 };
    let stage = |(inputs, neurons, lif)| Stage {
        inputs,
        neurons,
        lif,
        volts_per_weight: 0.017,
        deaf_s,
        recurrent: false,
    };
    [(36, 9, lif), (9, 7, slow), (7, 4, lif)].map(stage).to_vec()
}

/// Weights in volts.
fn volts(stages: &[Stage]) -> Vec<Vec<f64>> {
    let weight = |layer: usize, k: usize| match layer {
        0 => 30e-3 * (spread(17 * k) - 0.2),
        _ => 100e-3 * (spread(17 * k + layer) - 0.1),
    };
    let layers = stages.iter().enumerate();
    layers.map(|(at, s)| (0..s.inputs * s.neurons).map(|k| weight(at, k)).collect()).collect()
}

fn image() -> Vec<u8> {
    (0..36).map(|k| 100 + (155.0 * spread(k)) as u8).collect()
}

#[test]
fn gradients_of_several_layers_are_those_of_finite_differences() {
    let encoding = Encoding::new(&Parameters::default(), &zno());
    let (stages, image) = (stages(4e-4), image());
    let volts = volts(&stages);
    for steps in [None, Some(50)] {
        let encoding = steps.map_or(encoding.clone(), |steps| encoding.in_steps(0.1, steps));
        let network = Unrolled::new(&encoding, stages.clone(), 0.1);
        let mut deviations = network.nominal();
        for (at, thresholds) in deviations.thresholds_v.iter_mut().enumerate() {
            thresholds.iter_mut().enumerate().for_each(|(j, v)| *v += 0.01 * spread(j + 3 * at));
        }
        let gains = |neurons: usize| (0..neurons).map(|j| [0.0, 1.25][usize::from(j % 3 > 0)]);
        deviations.gains = Some(vec![gains(9).collect(), gains(7).collect()]);
        for how in [(Loss::CrossEntropy, 4.0), (Loss::Mse, 9.0)] {
            hold_against_differences(&network, &volts, Seen::Image(&image), &deviations, how);
        }
    }
}

/// Of the weight that moves, what a change of it makes of everything, along with the network itself: forwards, pixel by pixel,
/// with lists of spikes. It knows nothing of grey levels, or of the way back.
fn tangent(
    encoding: &Encoding,
    stages: &[Stage],
    volts: &[Vec<f64>],
    image: &[u8],
    (layer, place): (usize, usize),
    how: Surrogate,
) -> Tangent {
    let outputs = stages[stages.len() - 1].neurons;
    let (mut counts, mut fired) = (vec![0.0; outputs], vec![0.0; outputs]);
    let zeros = || stages.iter().map(|stage| vec![0.0; stage.neurons]).collect::<Vec<_>>();
    let mut deaf_until_s = zeros();
    let mut membranes: Vec<Vec<Membrane>> =
        stages.iter().map(|stage| vec![Membrane::default(); stage.neurons]).collect();
    let mut last_s = 0.0;
    let events: Vec<(f64, u8)> =
        encoding.events().iter().map(|event| (event.at_s, event.level)).collect();
    for together in events.chunk_by(|a, b| a.0 == b.0) {
        let at_s = together[0].0;
        let heard = |level: u8| together.iter().filter(|(_, other)| *other == level).count();
        let mut spikes: Vec<(f64, f64)> =
            image.iter().map(|level| (heard(*level) as f64, 0.0)).collect();
        if spikes.iter().all(|(spikes, _)| *spikes == 0.0) {
            continue;
        }
        for (at, stage) in stages.iter().enumerate() {
            let decay = (-(at_s - last_s) / stage.lif.tau_s).exp();
            let mut next = Vec::new();
            for j in 0..stage.neurons {
                let (mut jump, mut moved) = (0.0, 0.0);
                for (i, (spike, by)) in spikes.iter().enumerate() {
                    let k = i * stage.neurons + j;
                    jump += spike * volts[at][k];
                    moved += by * volts[at][k];
                    moved += if (at, k) == (layer, place) { *spike } else { 0.0 };
                }
                let neuron = &mut membranes[at][j];
                let (spike, by) = neuron.step((stage.lif, how), decay, (jump, moved));
                if at + 1 == stages.len() {
                    counts[j] += spike;
                    fired[j] += by;
                } else {
                    let open = at_s >= deaf_until_s[at][j];
                    next.push(if open { (spike, by) } else { (0.0, 0.0) });
                    if open && spike > 0.0 {
                        deaf_until_s[at][j] = at_s + stages[at + 1].deaf_s;
                    }
                }
            }
            spikes = next;
        }
        last_s = at_s;
    }
    let decay = (-(0.1 - last_s) / stages[stages.len() - 1].lif.tau_s).exp();
    let moved_v = membranes[stages.len() - 1].iter().map(|neuron| neuron.by * decay).collect();
    Tangent { counts, fired, moved_v }
}

#[test]
fn gradients_of_layers_whose_spikes_are_steps_are_those_of_tangents() {
    let encoding = Encoding::new(&Parameters::default(), &zno());
    let image = image();
    for deaf_s in [4e-4, 12e-3] {
        let stages = stages(deaf_s);
        let volts = volts(&stages);
        let network = Unrolled::new(&encoding, stages.clone(), 0.1);
        let arrays: Vec<Volts<f64>> = (volts.iter().zip(&stages))
            .map(|(rows, stage)| Volts::new(rows.clone(), stage.neurons))
            .collect();
        let how = Surrogate { slope: 3.0, spiking: Spiking::Hard, through_reset: true };
        let deviations = network.nominal();
        let shown = Shown {
            seen: Seen::Image(&image),
            volts: &arrays,
            deviations: &deviations,
            surrogate: how,
        };
        let mut pass = Pass::new(&stages);
        network.forward(&mut pass, &shown);
        let by = ByAnswer { counts: vec![0.7, 0.2, -0.4, 1.0], potentials_v: vec![3.0; 4] };
        let zeros = |stage: &Stage| vec![0.0; stage.inputs * stage.neurons];
        let mut gradients: Vec<Vec<f64>> = stages.iter().map(zeros).collect();
        let counts = pass.counts.clone();
        network.backward(&mut pass, &shown, &by, &mut gradients);
        for (layer, gradient) in gradients.iter().enumerate() {
            for k in 0..12 {
                let place = (k * 977) % gradient.len();
                let moves = (layer, place);
                let moved = tangent(&encoding, &stages, &volts, &image, moves, how);
                assert_eq!(moved.counts, counts);
                assert!(counts.iter().sum::<f64>() > 4.0, "{counts:?}");
                let ways = by.counts.iter().zip(&moved.fired).map(|(by, fired)| by * fired);
                let expected: f64 =
                    ways.sum::<f64>() + moved.moved_v.iter().map(|v| 3.0 * v).sum::<f64>();
                let error = (gradient[place] - expected).abs();
                assert!(
                    error < 1e-9 * (1.0 + expected.abs()),
                    "deaf {deaf_s}, layer {layer}, weight {place}: {} and {expected}",
                    gradient[place]
                );
            }
        }
    }
}

#[test]
fn the_point_level_of_layers_is_what_is_trained() {
    let encoding = Encoding::new(&Parameters::default(), &zno());
    for deaf_s in [4e-4, 12e-3] {
        let stages = stages(deaf_s);
        let circuit = Parameters {
            pulse_s: deaf_s,
            pulse_v: 0.8 * 1e-3 / deaf_s,
            weight_siemens: 1e-5,
            ..Parameters::default()
        };
        let per_weight = circuit.volts_per_siemens() * circuit.weight_siemens;
        let tables: Vec<Vec<f64>> = (volts(&stages).into_iter())
            .map(|rows| rows.into_iter().map(|v| (v / per_weight).clamp(-1.0, 1.0)).collect())
            .collect();
        let synapses: Vec<Synapses> = (tables.iter().zip(&stages))
            .map(|(rows, stage)| {
                let weights = Weights::new(stage.inputs, stage.neurons, rows.clone()).unwrap();
                Synapses::ideal(&circuit, &weights).unwrap()
            })
            .collect();
        let first = PointNetwork::new(&circuit, &encoding, stages[0].lif, &synapses[0]);
        let behind = [1, 2].map(|at| PointStage {
            parameters: &circuit,
            lif: stages[at].lif,
            synapses: &synapses[at],
        });
        let response = PointLayers::new(first, behind.to_vec()).respond(&image());
        let arrays: Vec<Volts<f64>> = (tables.iter().zip(&stages))
            .map(|(rows, s)| Volts::new(rows.iter().map(|w| w * per_weight).collect(), s.neurons))
            .collect();
        let network = Unrolled::new(&encoding, stages.clone(), 0.1);
        let deviations = network.nominal();
        let surrogate = Surrogate { slope: 1.0, spiking: Spiking::Hard, through_reset: true };
        let image = image();
        let mut pass = Pass::new(&stages);
        network.forward(
            &mut pass,
            &Shown {
                seen: Seen::Image(&image),
                volts: &arrays,
                deviations: &deviations,
                surrogate,
            },
        );
        let counts: Vec<u32> = pass.counts.iter().map(|count| *count as u32).collect();
        assert_eq!(response.counts, counts);
        assert!(counts.iter().sum::<u32>() > 4, "{counts:?}");
        for (v, expected) in response.potentials_v.iter().zip(&pass.potentials_v) {
            assert!((v - expected).abs() < 1e-12, "{v} and {expected}");
        }
    }
}

/// One pixel that spikes at 10, 11 and 20 ms, one hidden neuron that each spike makes fire, one output that two of them do. What
/// they do is written down by hand.
#[test]
fn a_driver_that_is_deaf_hears_no_spike_of_a_hidden_neuron() {
    let mut trains = vec![Vec::new(); LEVELS];
    trains[9] = vec![0.010, 0.011, 0.020];
    let encoding = Encoding::from_trains(trains);
    let lif = Lif { tau_s: 0.05, threshold_v: 0.3, reset_v: 0.1 };
    let one = Weights::new(1, 1, vec![1.0_f32]).unwrap();
    for (pulse_s, heard_s) in [(5e-4, vec![0.010, 0.011, 0.020]), (2e-3, vec![0.010, 0.020])] {
        // 0.4 V a spike into the hidden neuron, 0.2 V into the output.
        let circuit = |volts: f64| Parameters {
            pulse_s,
            pulse_v: volts / pulse_s * 1e-3,
            weight_siemens: 47e-9 * 1e3,
            ..Parameters::default()
        };
        let [before, behind] = [circuit(0.4), circuit(0.2)];
        let synapses = [before, behind].map(|of| Synapses::ideal(&of, &one).unwrap());
        let first = PointNetwork::new(&before, &encoding, lif, &synapses[0]);
        let stage = PointStage { parameters: &behind, lif, synapses: &synapses[1] };
        let response = PointLayers::new(first, vec![stage]).respond(&[9]);
        let (mut v, mut last_s, mut count) = (0.0, 0.0, 0);
        for at_s in heard_s {
            v = v * f64::exp(-(at_s - last_s) / 0.05) + 0.2;
            last_s = at_s;
            if v >= 0.3 {
                (v, count) = (0.1, count + 1);
            }
        }
        assert_eq!(response.counts, [count]);
        let ends_v = v * f64::exp(-(0.1 - last_s) / 0.05);
        assert!((response.potentials_v[0] - ends_v).abs() < 1e-9, "{}", response.potentials_v[0]);
    }
}
