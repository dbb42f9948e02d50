//! Networks that other tools trained and wrote: in their steps every spike is theirs. Files and generators are in tests/nir.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use memspike_nir::{Graph, Grid, Tool};

/// Spikes by sample: layer, step, neuron.
type Spikes = BTreeMap<usize, BTreeSet<(usize, usize, usize)>>;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/nir").join(name)
}

fn theirs(name: &str) -> Spikes {
    let text = std::fs::read_to_string(file(name)).unwrap();
    let mut spikes = Spikes::new();
    for line in text.lines().skip(1) {
        let numbers: Vec<usize> = line.split(',').map(|word| word.parse().unwrap()).collect();
        let [layer, sample, step, neuron] = numbers[..] else { panic!("{line}") };
        spikes.entry(sample).or_default().insert((layer, step, neuron));
    }
    spikes
}

/// Goes through a file in steps of a tool and compares every spike of every layer.
fn equal(name: &str, tool: Tool, step_s: f64, input: &str, layers: &[&str]) {
    let graph = Graph::read(file(&format!("{name}.nir"))).unwrap();
    let grid = Grid { step_s, steps: 40, tool, subtract: None };
    let all = theirs(&format!("{name}.csv"));
    assert!(all.len() >= 4);
    let mut compared = 0;
    for (sample, spikes) in &all {
        let inputs = spikes.iter().filter(|(layer, ..)| *layer == 0);
        let inputs = inputs.map(|(_, step, neuron)| (*step, *neuron)).collect();
        let stepped = graph.step(&grid, &[(input.to_owned(), inputs)].into(), &|| false).unwrap();
        let ours = stepped.spikes.iter().map(|(step, node, neuron)| {
            let layer = layers.iter().position(|layer| layer == node).unwrap();
            (layer + 1, *step, *neuron)
        });
        let needed: BTreeSet<_> = spikes.iter().copied().filter(|(layer, ..)| *layer > 0).collect();
        assert_eq!(ours.collect::<BTreeSet<_>>(), needed, "{name}, sample {sample}");
        // Where no potential is nearer to its threshold than this, single precision decides nothing.
        let nearest = stepped.nearest.unwrap();
        assert!(nearest > 1e-5, "{name}, sample {sample}: {nearest}");
        eprintln!("{name} {sample}: {} spikes, nearest {nearest:.1e}", needed.len());
        compared += needed.len();
    }
    assert!(compared > 150, "{compared}");
}

#[test]
fn a_network_of_snntorch_fires_as_it_does_there() {
    equal("snntorch", Tool::SnnTorch, 1e-4, "input", &["1", "3"]);
}

#[test]
fn a_network_of_spikingjelly_fires_as_it_does_there() {
    equal("spikingjelly", Tool::SpikingJelly, 1e-4, "input_1", &["_1", "_3"]);
}

#[test]
fn a_convolution_of_spikingjelly_fires_as_it_does_there() {
    equal("convolution", Tool::SpikingJelly, 1e-4, "input_1", &["_1", "_5"]);
}

/// Its exporter gives time constants that belong to the square of its step.
#[test]
fn a_network_of_norse_fires_as_it_does_there() {
    equal("norse", Tool::Norse, 1e-6, "input", &["1", "3"]);
}
