//! Training, as far as the gate has time for it.

#![allow(clippy::print_stdout, reason = "figures for people who ask for them")]

use std::ops::ControlFlow;

use memspike_adjoint::{
    Checkpoint, Design, Layers, Loss, Options, Samples, State, Trainer, YinYang, accuracy,
};
use memspike_network::{Network, Recorded, Spikes};
use memspike_population::{Description, Options as Running, Precision, Recording, Simulation};
use memspike_time::Time;

/// A task with so many samples, seen so many times.
fn task(loss: Loss, samples: usize, epochs: u32) -> (Network, [Samples; 2], Options) {
    let network = Design::default().network(&[5, 40, 3]).expect("a network");
    let code = YinYang::default();
    let parts =
        ["yin-yang training", "yin-yang validation"].map(|part| code.samples(1, part, samples));
    (network, parts, Options { epochs, seed: 1, ..Options::new(loss, YinYang::UNTIL_S) })
}

/// Trains on some threads, from a state if there is one, up to an epoch.
fn trained(threads: usize, from: Option<State>, until: usize) -> State {
    let (network, [training, validation], options) = task(Loss::Potential, 200, 4);
    let layers = Layers::of(&network).expect("layers");
    let mut trainer = Trainer::new(&options, &layers, (&training, &validation), None);
    if let Some(state) = from {
        trainer.resume(state).expect("its own state");
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| {
        while trainer.state().history.len() < until {
            let epoch = trainer.epoch(|_| ControlFlow::Continue(()));
            epoch.expect("it ends").expect("nobody stops it");
        }
    });
    trainer.state().clone()
}

#[test]
fn threads_and_interruptions_change_no_bit() {
    let one = trained(1, None, 4);
    assert_eq!(one, trained(2, None, 4));
    assert_eq!(one, trained(3, None, 4));
    let state = trained(2, None, 2);
    let bytes = Checkpoint { exact_form: Checkpoint::FORM, network: String::new(), state }.bytes();
    let read = Checkpoint::decode(&bytes).expect("its own bytes");
    assert_eq!(one, trained(1, Some(read.state), 4));
}

#[test]
fn an_epoch_that_is_stopped_leaves_the_state_as_it_was() {
    let (network, [training, validation], options) = task(Loss::Potential, 200, 4);
    let layers = Layers::of(&network).expect("layers");
    let mut trainer = Trainer::new(&options, &layers, (&training, &validation), None);
    let before = trainer.state().clone();
    let stop = |done| if done > 100 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    assert_eq!(trainer.epoch(stop), Ok(None));
    assert_eq!(*trainer.state(), before);
}

/// A single layer gets 64.3 % of Yin-Yang right (Kriener and others, 20 trainings): a hidden layer must have learnt something to be far above. What is
/// then written is what decides so in a simulation of the network.
#[test]
fn yin_yang_is_learnt_beyond_what_one_layer_can_and_its_network_decides_so() {
    let (network, [training, validation], options) = task(Loss::Potential, 1500, 12);
    let layers = Layers::of(&network).expect("layers");
    let mut trainer = Trainer::new(&options, &layers, (&training, &validation), None);
    while !trainer.is_over() {
        trainer.epoch(|_| ControlFlow::Continue(())).expect("it ends");
    }
    let best = trainer.state().best.clone().expect("epochs were done");
    let found = accuracy(&layers, &best.weights, &validation, &options).expect("it ends");
    assert_eq!(found, best.epoch.validation_accuracy);
    println!("{:.1} % after epoch {}", 100.0 * found, best.epoch.number);
    assert!(found > 0.85, "{found}");
    let shown = Samples { samples: validation.samples[..60].to_vec(), ..validation.clone() };
    let own = accuracy(&layers, &best.weights, &shown, &options).expect("it ends");
    let right = shown.samples.iter().filter(|sample| {
        let spikes = sample.spikes.iter().map(|spike| (spike.at_s, spike.neuron)).collect();
        let inputs = Recorded { spikes: Spikes::new(spikes).expect("in order") };
        let network = layers.network_with(&network, &best.weights, Some(inputs.into()));
        simulated(&network.expect("a network"), options.until_s) == sample.label as usize
    });
    assert_eq!(right.count() as f64 / 60.0, own);
}

/// The output neuron of a simulated network whose potential is highest on average, at four thousand instants: where two are as near as that is coarse,
/// this would differ from an integral.
fn simulated(network: &Network, until_s: f64) -> usize {
    let description = Description::new(network, 0, Precision::Double).expect("point neurons");
    let running = Running::default();
    let mut simulation =
        Simulation::new(&description.input, &description, &running).expect("a network");
    let outputs =
        description.populations.iter().position(|id| network.population(*id).name() == "outputs");
    let mut recording = Recording::default();
    let mut sums = [0.0; 3];
    for step in 0..4000 {
        let at = Time::from_s(until_s * (f64::from(step) + 0.5) / 4000.0);
        let mut on = |_: &Simulation| ControlFlow::Continue(());
        simulation.run(at, &mut recording, &mut on).expect("it runs");
        for (neuron, sum) in (0..).zip(&mut sums) {
            let potential = simulation.potential(outputs.expect("outputs"), neuron);
            *sum += potential.expect("a membrane");
        }
    }
    let highest = (0..3).max_by(|a, b| sums[*a].total_cmp(&sums[*b]));
    highest.expect("three classes")
}
