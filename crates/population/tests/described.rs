//! Networks of files, run: against arbitrary precision, and whatever the order of their tables.

mod common;
mod truth;

use std::collections::BTreeMap;
use std::path::Path;

use common::run;
use memspike_network::{Form, Network};
use memspike_population::{
    Description, DescriptionError, Options, Precision, Recording, Synapse, Wiring,
};
use memspike_time::Time;

fn decode(text: &str) -> Network {
    Network::decode(text, Form::Toml, Path::new("")).expect("a network")
}

fn synapses(description: &Description<'_>) -> Vec<Synapse> {
    let mut synapses = Vec::new();
    description.visit(0..u32::MAX, &mut |synapse| synapses.push(synapse));
    synapses
}

/// Runs a network, compares every spike, and gives those of each population by its name.
fn check(network: &Network, until_s: f64) -> BTreeMap<String, Vec<(Time, u32)>> {
    let description = Description::new(network, 3, Precision::Single).expect("point neurons");
    let recording = run(&description.input, &description, &Options::default(), until_s);
    let synapses = synapses(&description);
    let until = Time::from_s(until_s);
    let seen = truth::compare(&description.input, &synapses, &recording, until);
    assert!(seen.spikes > 0);
    let Recording { spikes } = recording;
    let mut named: BTreeMap<String, Vec<(Time, u32)>> = BTreeMap::new();
    for (at, population, neuron) in spikes {
        let id = description.populations[population];
        let name = network.population(id).name().to_owned();
        named.entry(name).or_default().push((at, neuron));
    }
    named
}

const HEAD: &str = "version = 2\n";

const BEATS: &str = "
[[populations]]
name = 'beats'
size = 4
model.regular = { rate_hz = 100, phase = 0.5 }
";

const CELLS: &str = "
[[populations]]
name = 'cells'
size = 6
[populations.model.lif_exp]
capacitance_farad = 250e-12
tau_excitatory_s = 10e-3
tau_inhibitory_s = 2e-3
drive_ampere = 400e-12
membrane = { tau_s = 10e-3, rest_v = -65e-3, threshold_v = -50e-3, reset = { to_v = -65e-3 }, refractory_s = 2e-3 }
";

const FORTH: &str = "
[[projections]]
name = 'forth'
from = 'beats'
to = 'cells'
effect = { ampere = 1e-12 }
weights = { uniform = { least = 100, greatest = 300 } }
delay_s = 0.2e-3
connections.in_degree = { degree = 3, multapses = true }
";

const ROUND: &str = "
[[projections]]
name = 'round'
from = 'cells'
to = 'cells'
effect = { ampere = 1e-12 }
weights = -50
delay_s = { normal = { mean = 1.5e-3, deviation = 0.75e-3, least = 0.1e-3 } }
connections.probability = { probability = 0.5 }
";

#[test]
fn a_described_network_spikes_where_arbitrary_precision_says_whatever_the_order_of_its_tables() {
    let one = check(&decode(&[HEAD, BEATS, CELLS, FORTH, ROUND].concat()), 0.3);
    let other = check(&decode(&[HEAD, CELLS, BEATS, ROUND, FORTH].concat()), 0.3);
    assert!(one["cells"].len() > 50);
    assert_eq!(one, other);
}

#[test]
fn the_papers_classifier_at_its_point_level_spikes_where_arbitrary_precision_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../netlists/networks");
    let network = Network::read(folder.join("classifier.toml")).expect("it is shipped");
    let spikes = check(&network, 0.02);
    assert!(spikes.len() > 1, "{:?}", spikes.keys());
}

#[test]
fn what_cannot_be_run_is_refused_by_name() {
    let circuits = "
[[populations]]
name = 'rings'
size = 2
model.oscillator = { resistance_ohm = 1e6, capacitance_farad = 47e-9, full_v = 2 }
";
    let network = decode(&[HEAD, circuits].concat());
    let error = Description::new(&network, 1, Precision::Single).unwrap_err();
    let population = "rings".to_owned();
    assert_eq!(error, DescriptionError::Circuit { population, model: "oscillator" });
}
