//! Poisson sources of which each synapse hears a train of its own, against the laws of Poisson processes.

use std::ops::ControlFlow;
use std::path::Path;

use memspike_network::{Form, Network};
use memspike_population::{Description, Options, Precision, Recording, Simulation};
use memspike_time::Time;

const RELAYS: u32 = 200;
const UNTIL_S: f64 = 5.0;

/// Sources of these rates (a list of TOML), heard by `size` neurons of a model by a rule.
fn network(rates: &str, size: u32, model: &str, rule: &str) -> Network {
    let sources = rates.matches(',').count() + 1;
    let text = format!(
        "version = 2
[[populations]]
name = 'noise'
size = {sources}
model.poisson = {{ rate_hz = {rates}, trains = 'per_target' }}
[[populations]]
name = 'hearers'
size = {size}
{model}
[[projections]]
name = 'heard'
from = 'noise'
to = 'hearers'
{rule}
"
    );
    Network::decode(&text, Form::Toml, Path::new("")).expect("a network")
}

const RELAY: &str = "model.parrot = {}";

fn simulation(network: &Network, options: &Options) -> Simulation {
    let description = Description::new(network, 11, Precision::Single).expect("point neurons");
    Simulation::new(&description.input, &description, options).expect("it can be run")
}

fn go_on(simulation: &mut Simulation, recording: &mut Recording, until_s: f64) {
    let until = Time::from_s(until_s);
    simulation.run(until, recording, &mut |_| ControlFlow::Continue(())).expect("memory takes all");
}

/// The spikes of each hearer (s). Nobody else is told of.
fn trains(network: &Network, size: u32, until_s: f64) -> Vec<Vec<f64>> {
    let mut recording = Recording::default();
    go_on(&mut simulation(network, &Options::default()), &mut recording, until_s);
    let mut trains = vec![Vec::new(); size as usize];
    for (at, population, neuron) in recording.spikes {
        assert_eq!(population, 0, "by name, hearers come first");
        trains[neuron as usize].push(at.as_s());
    }
    trains
}

/// Counts vary as much as their mean, and intervals are exponentially distributed.
fn check_poisson(trains: &[Vec<f64>], rate_hz: f64) {
    let mean = rate_hz * UNTIL_S;
    let counts = trains.iter().map(|train| train.len() as f64);
    let total: f64 = counts.clone().sum();
    let expected = mean * trains.len() as f64;
    assert!((total - expected).abs() < 4.5 * expected.sqrt(), "{total} of {expected}");
    // Chi squared with as many degrees of freedom as trains.
    let squares: f64 = counts.map(|count| (count - mean).powi(2) / mean).sum();
    let freedom = trains.len() as f64;
    assert!((squares - freedom).abs() < 4.5 * (2.0 * freedom).sqrt(), "{squares} of {freedom}");
    // Kolmogorov and Smirnov: 1.95 is passed by one of a thousand.
    let mut intervals: Vec<f64> =
        trains.iter().flat_map(|train| train.windows(2).map(|pair| pair[1] - pair[0])).collect();
    intervals.sort_by(f64::total_cmp);
    let size = intervals.len() as f64;
    let law = |s: f64| -(-rate_hz * s).exp_m1();
    let far = |(k, s): (usize, &f64)| {
        (law(*s) - k as f64 / size).abs().max((law(*s) - (k + 1) as f64 / size).abs())
    };
    let distance = intervals.iter().enumerate().map(far).fold(0.0, f64::max);
    // Intervals that the end of the run cuts off are missing: one a train.
    let missing = trains.len() as f64 / size;
    assert!(distance < 1.95 / size.sqrt() + missing, "{distance} of {size} intervals");
}

/// Spikes of neighbours within 1 ms of each other, beside how many independent trains have.
fn check_independent(trains: &[Vec<f64>], rate_hz: f64) {
    let near = |a: &[f64], b: &[f64]| {
        let close = |s: &f64| b.iter().filter(|t| (*t - s).abs() < 1e-3).count();
        a.iter().map(close).sum::<usize>() as f64
    };
    let found: f64 = trains.windows(2).map(|pair| near(&pair[0], &pair[1])).sum();
    let expected = rate_hz * rate_hz * 2e-3 * UNTIL_S * (trains.len() - 1) as f64;
    assert!((found - expected).abs() < 6.0 * expected.sqrt(), "{found} of {expected}");
}

#[test]
fn each_target_hears_a_poisson_train_of_the_joint_rate_of_its_sources() {
    let rule = "effect = 'trigger'\nconnections.all_to_all = {}";
    let network = network("[40, 80, 0]", RELAYS, RELAY, rule);
    let trains = trains(&network, RELAYS, UNTIL_S);
    check_poisson(&trains, 120.0);
    check_independent(&trains, 120.0);
}

#[test]
fn synapses_of_a_target_that_differ_hear_trains_of_their_own() {
    let rule = "effect = 'trigger'
weights = { uniform = { least = 1, greatest = 2 } }
delay_s = { uniform = { least = 1e-3, greatest = 2e-3 } }
connections.in_degree = { degree = 5, multapses = true }";
    let network = network("[8, 8, 8]", RELAYS, RELAY, rule);
    let description = Description::new(&network, 11, Precision::Single).expect("point neurons");
    // Weights are real numbers: no two synapses are alike.
    assert_eq!(description.input.populations[2].size, 5 * RELAYS);
    let trains = trains(&network, RELAYS, UNTIL_S);
    check_poisson(&trains, 40.0);
    check_independent(&trains, 40.0);
}

const LIF: &str = "[populations.model.lif_delta]
membrane = { tau_s = 20e-3, threshold_v = 20e-3, reset = { to_v = 10e-3 }, refractory_s = 2e-3 }";

#[test]
fn the_rate_of_a_source_comes_with_the_weights_of_its_synapses() {
    let rule = "effect = { volt = 1e-3 }\nconnections.dense.rows = [[15, -15], [-15, 15]]";
    // A source that excites one neuron and inhibits the other, and one that would do the opposite and is silent.
    let trains = trains(&network("[200, 0]", 2, LIF, rule), 2, UNTIL_S);
    assert!(trains[0].len() > 100, "{}", trains[0].len());
    assert!(trains[1].is_empty());
}

/// Neurons under noise that hear each other.
fn recurrent() -> Network {
    let rule = "effect = { volt = 1e-3 }
weights = 2
delay_s = 1.5e-3
connections.all_to_all = {}
[[projections]]
name = 'recurrent'
from = 'hearers'
to = 'hearers'
effect = { volt = 1e-3 }
weights = { uniform = { least = -1, greatest = 1 } }
delay_s = { uniform = { least = 1e-3, greatest = 9e-3 } }
connections.in_degree = { degree = 20, multapses = true }";
    network("[300, 400]", 300, LIF, rule)
}

#[test]
fn trains_of_targets_are_the_same_in_any_parts_windows_and_threads_and_when_resumed() {
    let network = recurrent();
    let mut unbroken = Recording::default();
    go_on(&mut simulation(&network, &Options::default()), &mut unbroken, 0.5);
    assert!(unbroken.spikes.len() > 1000, "{}", unbroken.spikes.len());
    for (threads, window_s, part_size) in
        [(2, None, Some(7)), (3, Some(0.4e-3), None), (1, Some(1e-2), Some(1))]
    {
        let block_size = part_size.map(|size| u32::div_ceil(size, 2));
        let options = Options { threads, window_s, part_size, block_size };
        let mut first = Recording::default();
        let mut half = simulation(&network, &options);
        go_on(&mut half, &mut first, 0.2001);
        let mut image = Vec::new();
        half.save(&mut image).expect("memory takes all");
        let mut rest = simulation(&network, &Options::default());
        rest.resume(&mut &image[..]).expect("a whole image");
        go_on(&mut rest, &mut first, 0.5);
        assert!(first == unbroken, "{options:?}");
    }
}

#[test]
fn a_target_hears_the_same_train_whatever_others_hear() {
    let rule = "effect = 'trigger'\nconnections.all_to_all = {}";
    let few = trains(&network("[40, 80]", 3, RELAY, rule), 3, UNTIL_S);
    let many = trains(&network("[40, 80]", 1500, RELAY, rule), 1500, UNTIL_S);
    assert_eq!(few, many[..3]);
    // Beyond the targets that are looked at together.
    assert_ne!(many[0], many[1024]);
}
