//! The forward pass against the simulation of the same network.

#![allow(clippy::print_stdout, reason = "figures for people who ask for them")]

mod common;

use common::Case;
use memspike_adjoint::{Layers, Loss, Options, Pass, Shown, Spike};
use memspike_network::Network;
use memspike_population::{Description, Options as Running, Precision, Recording, Simulation};
use memspike_time::Time;

/// Spikes of a population in a simulation of its network.
fn simulated(network: &Network, until_s: f64) -> impl Fn(&str) -> Vec<Spike> + '_ {
    let description = Description::new(network, 0, Precision::Double).expect("point neurons");
    let running = Running::default();
    let mut simulation =
        Simulation::new(&description.input, &description, &running).expect("a network");
    let mut recording = Recording::default();
    let mut on = |_: &Simulation| std::ops::ControlFlow::Continue(());
    simulation.run(Time::from_s(until_s), &mut recording, &mut on).expect("it runs");
    let names: Vec<String> = description
        .populations
        .iter()
        .map(|id| network.population(*id).name().to_owned())
        .collect();
    move |name| {
        let own = recording.spikes.iter().filter(|(_, population, _)| names[*population] == name);
        own.map(|(at, _, neuron)| Spike { at_s: at.as_s(), neuron: *neuron }).collect()
    }
}

#[test]
fn all_layers_fire_when_the_simulation_of_their_network_says() {
    let (mut fired, mut networks, mut recurrent) = (0, 0, 0);
    for number in 0..300 {
        let mut case = Case::new(number);
        let (inputs, until_s) = (case.whole(1, 6), 0.1);
        let spikes = case.spikes(inputs, until_s);
        let network = case.network(&spikes, inputs);
        let layers = Layers::of(&network).expect("layers");
        let volts = layers.in_volts(&layers.weights_of(&network));
        let (terms, mut pass) = (Options::new(Loss::Fraction, until_s).terms, Pass::default());
        let shown = Shown { spikes: &spikes, until_s, label: 0 };
        layers.forward(&volts, &shown, &terms, &mut pass).expect("it ends");
        let spikes_of = simulated(&network, until_s);
        for (at, layer) in layers.layers().iter().enumerate() {
            let (found, truth) = (pass.spikes(at), spikes_of(&format!("n{at}")));
            assert_eq!(found.len(), truth.len(), "case {number}, layer {at}");
            for (found, truth) in found.iter().zip(&truth) {
                assert_eq!(found.neuron, truth.neuron, "case {number}, layer {at}");
                let off_s = (found.at_s - truth.at_s).abs();
                assert!(off_s <= 1e-15, "case {number}, layer {at}: off by {off_s:e} s");
            }
            fired += truth.len();
            recurrent += usize::from(layer.recurrent.is_some());
        }
        networks += 1;
    }
    println!("{networks} networks, {recurrent} layers with recurrence, {fired} spikes");
    assert!(fired > 5000 && recurrent > 50, "{fired} spikes, {recurrent} recurrent layers");
}
