//! Layers behind inputs that spike themselves, with loops: gradients, and what results must not depend on.

mod differences;
mod tangents;
mod trained;

use std::ops::ControlFlow;

use differences::hold_against_differences;
use memspike_snn::{
    Lif, Parameters, Steps,
    training::{
        ByAnswer, EventSet, Events, InputSpike, Loss, Options, Pass, Preset, Seen, Shown, Spiking,
        Stage, State, Surrogate, Table, Trainer, Unrolled, Volts,
    },
};
use tangents::{Membrane, Tangent};
use trained::to_the_end;

const UNTIL_S: f64 = 0.1;
const STEPS: u32 = 25;

/// Numbers in `[0, 1)` that look random: multiples of the golden ratio.
fn spread(n: usize) -> f64 {
    (n as f64 * 0.618_033_988_749_894_9).fract()
}

/// Three layers, the first two with loops. Drivers are deaf for so long after a spike.
fn stages(deaf_s: f64) -> Vec<Stage> {
    let quick = Lif { tau_s: 0.02, threshold_v: 0.25, reset_v: 0.1 };
    let slow = Lif { tau_s: 0.03, threshold_v: 0.2, reset_v: 0.05 };
    let stage = |(inputs, neurons, lif, recurrent)| Stage {
        inputs,
        neurons,
        lif,
        volts_per_weight: 0.2,
        deaf_s,
        recurrent,
    };
    [(12, 9, quick, true), (9, 7, slow, true), (7, 4, quick, false)].map(stage).to_vec()
}

/// Weights in volts, array by array.
fn volts(stages: &[Stage]) -> Vec<Vec<f64>> {
    let weight = |array: usize, k: usize| match array {
        0 => 150e-3 * (spread(17 * k) - 0.2),
        1 | 2 => 140e-3 * (spread(17 * k + array) - 0.15),
        _ => 90e-3 * (spread(17 * k + array) - 0.4),
    };
    let tables = Table::of(stages).into_iter().enumerate();
    tables.map(|(at, table)| (0..table.weights()).map(|k| weight(at, k)).collect()).collect()
}

/// Spikes of twelve inputs, some of them several in a step.
fn spikes(seed: usize) -> Vec<InputSpike> {
    let spike = |k: usize| (UNTIL_S * spread(31 * k + seed), (7 * k + seed) as u32 % 12);
    let mut spikes: Vec<InputSpike> = (0..90).map(spike).collect();
    spikes.sort_by(|a, b| a.0.total_cmp(&b.0));
    spikes
}

fn steps() -> Steps {
    Steps::new(UNTIL_S, STEPS).unwrap()
}

#[test]
fn gradients_of_loops_in_steps_are_those_of_finite_differences() {
    let stages = stages(0.0);
    let volts = volts(&stages);
    let network = Unrolled::of_events(stages, UNTIL_S);
    let mut deviations = network.nominal();
    for (at, thresholds) in deviations.thresholds_v.iter_mut().enumerate() {
        thresholds.iter_mut().enumerate().for_each(|(j, v)| *v += 0.01 * spread(j + 3 * at));
    }
    let gains = |neurons: usize| (0..neurons).map(|j| [0.0, 1.25][usize::from(j % 3 > 0)]);
    deviations.gains = Some(vec![gains(9).collect(), gains(7).collect()]);
    let events = Events::in_steps(spikes(3), steps());
    for how in [(Loss::CrossEntropy, 4.0), (Loss::Mse, 6.0)] {
        hold_against_differences(&network, &volts, Seen::Events(&events), &deviations, how);
    }
}

#[test]
fn gradients_of_events_at_their_own_instants_are_those_of_finite_differences() {
    let mut stages = stages(0.0);
    stages.iter_mut().for_each(|stage| stage.recurrent = false);
    let volts = volts(&stages);
    let network = Unrolled::of_events(stages, UNTIL_S);
    let events = Events::new(spikes(5));
    let how = (Loss::CrossEntropy, 4.0);
    hold_against_differences(&network, &volts, Seen::Events(&events), &network.nominal(), how);
}

/// Of the weight that moves, what a change of it makes of everything, along with the network itself: forwards, step by step,
/// neuron by neuron. It knows nothing of the way back.
fn tangent(
    stages: &[Stage],
    volts: &[Vec<f64>],
    spikes: &[InputSpike],
    (array, place): (usize, usize),
    how: Surrogate,
) -> Tangent {
    let outputs = stages[stages.len() - 1].neurons;
    let (mut counts, mut fired) = (vec![0.0; outputs], vec![0.0; outputs]);
    let zeros = || stages.iter().map(|stage| vec![0.0; stage.neurons]).collect::<Vec<_>>();
    let mut deaf_until_s = zeros();
    let mut membranes: Vec<Vec<Membrane>> =
        stages.iter().map(|stage| vec![Membrane::default(); stage.neurons]).collect();
    // What each layer made in the step before, with its derivative.
    let mut echoes: Vec<Vec<(f64, f64)>> =
        stages.iter().map(|stage| vec![(0.0, 0.0); stage.neurons]).collect();
    let step_s = UNTIL_S / f64::from(STEPS);
    for step in 1..=STEPS {
        let (begin_s, at_s) = (f64::from(step - 1) * step_s, f64::from(step) * step_s);
        let falls = |&&(when_s, _): &&InputSpike| begin_s < when_s && when_s <= at_s;
        let within: Vec<u32> = spikes.iter().filter(falls).map(|(_, input)| *input).collect();
        let mut arriving: Vec<(f64, f64)> = (0..stages[0].inputs as u32)
            .map(|input| (f64::from(u8::from(within.contains(&input))), 0.0))
            .collect();
        let mut loops = stages.len()..;
        for (at, stage) in stages.iter().enumerate() {
            let decay = (-step_s / stage.lif.tau_s).exp();
            let mut heard = vec![(at, arriving.clone())];
            if stage.recurrent {
                heard.push((loops.next().unwrap(), echoes[at].clone()));
            }
            let mut next = Vec::new();
            for j in 0..stage.neurons {
                let (mut jump, mut moved) = (0.0, 0.0);
                for (own, spikes) in &heard {
                    for (i, (spike, by)) in spikes.iter().enumerate() {
                        let k = i * stage.neurons + j;
                        jump += spike * volts[*own][k];
                        moved += by * volts[*own][k];
                        moved += if (*own, k) == (array, place) { *spike } else { 0.0 };
                    }
                }
                let neuron = &mut membranes[at][j];
                let (spike, by) = neuron.step((stage.lif, how), decay, (jump, moved));
                if at + 1 == stages.len() {
                    counts[j] += spike;
                    fired[j] += by;
                } else {
                    let open = at_s >= deaf_until_s[at][j] - 1e-12;
                    next.push(if open { (spike, by) } else { (0.0, 0.0) });
                    if open && spike > 0.0 {
                        deaf_until_s[at][j] = at_s + stages[at + 1].deaf_s;
                    }
                }
            }
            echoes[at].clone_from(&next);
            arriving = next;
        }
    }
    let moved_v = membranes[stages.len() - 1].iter().map(|neuron| neuron.by).collect();
    Tangent { counts, fired, moved_v }
}

#[test]
fn gradients_of_loops_whose_spikes_are_steps_are_those_of_tangents() {
    let spikes = spikes(3);
    // The second is between two and three steps.
    for deaf_s in [0.0, 2.5 * UNTIL_S / f64::from(STEPS)] {
        let stages = stages(deaf_s);
        let volts = volts(&stages);
        let network = Unrolled::of_events(stages.clone(), UNTIL_S);
        let tables = network.tables();
        let arrays: Vec<Volts<f64>> = (volts.iter().zip(&tables))
            .map(|(rows, table)| Volts::new(rows.clone(), table.neurons))
            .collect();
        let how = Surrogate { slope: 3.0, spiking: Spiking::Hard, through_reset: true };
        let deviations = network.nominal();
        let events = Events::in_steps(spikes.clone(), steps());
        let shown = Shown {
            seen: Seen::Events(&events),
            volts: &arrays,
            deviations: &deviations,
            surrogate: how,
        };
        let mut pass = Pass::new(&stages);
        network.forward(&mut pass, &shown);
        let by = ByAnswer { counts: vec![0.7, 0.2, -0.4, 1.0], potentials_v: vec![3.0; 4] };
        let mut gradients: Vec<Vec<f64>> =
            tables.iter().map(|table| vec![0.0; table.weights()]).collect();
        let counts = pass.counts.clone();
        assert!(counts.iter().sum::<f64>() > 4.0, "{counts:?}");
        network.backward(&mut pass, &shown, &by, &mut gradients);
        for (array, gradient) in gradients.iter().enumerate() {
            let most = gradient.iter().fold(0.0, |most: f64, d| most.max(d.abs()));
            assert!(most > 1e-2, "array {array}: {most}");
            for (place, found) in gradient.iter().enumerate() {
                let moved = tangent(&stages, &volts, &spikes, (array, place), how);
                assert_eq!(moved.counts, counts);
                let ways = by.counts.iter().zip(&moved.fired).map(|(by, fired)| by * fired);
                let expected: f64 =
                    ways.sum::<f64>() + moved.moved_v.iter().map(|v| 3.0 * v).sum::<f64>();
                let error = (found - expected).abs();
                assert!(
                    error < 1e-9 * (1.0 + expected.abs()),
                    "deaf {deaf_s}, array {array}, weight {place}: {found} and {expected}",
                );
            }
        }
    }
}

/// One input that spikes in the second of five steps, one hidden neuron that keeps itself going through its loop, one output: what they do is
/// written down by hand.
#[test]
fn a_spike_comes_back_to_its_own_layer_one_step_later() {
    let lif = Lif { tau_s: 1.0, threshold_v: 0.5, reset_v: 0.0 };
    let stage = |recurrent| Stage {
        inputs: 1,
        neurons: 1,
        lif,
        volts_per_weight: 1.0,
        deaf_s: 0.0,
        recurrent,
    };
    let network = Unrolled::of_events(vec![stage(true), stage(false)], 0.5);
    let events = Events::in_steps([(0.15, 0)], Steps::new(0.5, 5).unwrap());
    for (back_v, heard) in [(0.0, 1), (0.6, 4), (0.4, 1)] {
        let arrays = [0.7, 0.1, back_v].map(|volts| Volts::new(vec![volts], 1));
        let mut pass = Pass::new(network.stages());
        let surrogate = Surrogate { slope: 3.0, spiking: Spiking::Hard, through_reset: true };
        let deviations = network.nominal();
        let seen = Seen::Events(&events);
        network.forward(
            &mut pass,
            &Shown { seen, volts: &arrays, deviations: &deviations, surrogate },
        );
        // The output hears 0.1 V at 0.2 s and, if the loop is strong enough, in each step behind it.
        let expected: f64 =
            (0..heard).map(|k| 0.1 * f64::exp(-(0.5 - 0.2 - 0.1 * f64::from(k)))).sum();
        assert_eq!(pass.counts, [0.0]);
        let found = pass.potentials_v[0];
        assert!((found - expected).abs() < 1e-12, "{back_v}: {found} and {expected}");
    }
}

/// Samples of three classes, whose inputs spike in another order.
fn data() -> EventSet {
    data_in(steps())
}

fn data_in(steps: Steps) -> EventSet {
    let of_class = |label: u32, number: usize| {
        let spike = |input: u32| {
            let order = (input * (label + 1)) % 12;
            let at_s = UNTIL_S * (f64::from(order) + spread(number + input as usize)) / 13.0;
            (at_s, input)
        };
        let mut spikes: Vec<InputSpike> = (0..12).map(spike).collect();
        spikes.sort_by(|a, b| a.0.total_cmp(&b.0));
        Events::in_steps(spikes, steps)
    };
    let samples = (0..120).map(|number| of_class(number as u32 % 3, number));
    EventSet { samples: samples.collect(), labels: (0..120).map(|number| number % 3).collect() }
}

fn options() -> Options {
    Options {
        epochs: 3,
        batch: 20,
        validation: 20,
        shape: vec![12, 16, 3],
        steps: Some(STEPS),
        events: true,
        recurrent: true,
        dropout: 0.1,
        threshold_noise: 0.01,
        ..Preset::Default.options()
    }
}

fn trainer(data: &EventSet) -> Trainer<'_> {
    trainer_of(data, &options())
}

fn trainer_of<'a>(data: &'a EventSet, options: &Options) -> Trainer<'a> {
    let lif = Lif { tau_s: 0.047, threshold_v: 0.2, reset_v: 0.05 };
    let encoding = memspike_snn::Encoding::from_trains(vec![Vec::new(); memspike_snn::LEVELS]);
    let parameters = Parameters { duration_s: UNTIL_S, ..Parameters::default() };
    options.validate().unwrap();
    let (network, coarse) = options.unrolled(&parameters, &encoding, lif).unwrap();
    Trainer::new(options, network, coarse, data)
}

fn trained(data: &EventSet, threads: usize) -> State {
    to_the_end(trainer(data), threads)
}

#[test]
fn loops_trained_on_one_thread_on_two_and_after_an_interruption_have_the_same_bits() {
    let data = data();
    let one = trained(&data, 1);
    assert_eq!(one.history.len(), 3);
    assert_eq!(one, trained(&data, 2));
    let mut first = trainer(&data);
    first.epoch(|_| ControlFlow::Continue(())).unwrap();
    let file = serde_json::to_string(first.state()).unwrap();
    let mut second = trainer(&data);
    second.resume(serde_json::from_str(&file).unwrap()).unwrap();
    while !second.is_over() {
        second.epoch(|_| ControlFlow::Continue(())).unwrap();
    }
    assert_eq!(*second.state(), one);
}

#[test]
fn loops_need_events_steps_and_a_hidden_layer() {
    let own = options();
    for (options, said) in [
        (Options { steps: None, ..own.clone() }, "--gradient exact"),
        (Options { events: false, ..own.clone() }, "loops are of events"),
        (Options { shape: vec![12, 3], ..own.clone() }, "a hidden layer is needed"),
        (Options { steps: Some(10_001), ..own.clone() }, "at most 10,000"),
    ] {
        let error = options.validate().expect_err("it is none").to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn a_gradient_beyond_all_numbers_ends_the_training_as_the_epoch_before_left_it() {
    // Around a loop a derivative is multiplied in every step.
    let data = data_in(Steps::new(UNTIL_S, 10_000).unwrap());
    let options = Options { steps: Some(10_000), slope: 20.0, ..options() };
    let mut trainer = trainer_of(&data, &options);
    let before = trainer.state().clone();
    let error = trainer.epoch(|_| ControlFlow::Continue(())).expect_err("it overflows");
    assert_eq!(error.epoch, 1);
    assert_eq!(*trainer.state(), before);
}
