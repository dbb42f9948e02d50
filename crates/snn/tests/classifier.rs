//! The classifier as a network of populations: the shipped file is what the point level is made of, and decides as it does.

mod common;

use std::path::{Path, PathBuf};

use common::zno;
use memspike_idx::Idx;
use memspike_network::{
    Builder, Connections, Delay, Effect, Form, LifDelta, Membrane, Model, Network, Recorded, Reset,
    Spikes,
};
use memspike_snn::{Encoding, Parameters, PointNetwork, Synapses, Weights, ideal_neuron};

/// The drawn digit that it looks at.
const DIGIT: usize = 3;

const COMMENT: &str = "\
# The paper's classifier, 784 inputs and 10 neurons, at its point level, as it looks at the drawn digit 3 (netlists/digits.idx) for
# 0.1 s. Every pixel has the spikes of the oscillation neuron of netlists/cards/zno.lib at its grey level. A spike is a charge
# that moves a membrane at once: a pulse of 2 V for 400 us through a weight of 1, which is 1 uS, into 47 nF. The membranes leak
# through 1 Mohm, and swing between the voltages between which the device does at 1.2 V; what that reduction loses,
# docs/network.md says. Weights: memspike train, from MNIST (weights/mnist.json).
";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../netlists/networks")
}

fn image() -> Vec<u8> {
    let digits = Idx::read(&folder().join("../digits.idx"), 3).unwrap();
    digits.entries[DIGIT * 784..][..784].to_vec()
}

fn weights() -> Weights {
    Weights::read(folder().join("../../weights/mnist.npy"), None).unwrap()
}

/// The network of the point level.
fn classifier() -> Network {
    let parameters = Parameters::default();
    let encoding = Encoding::new(&parameters, &zno());
    let lif = ideal_neuron(&parameters, &zno()).unwrap();
    let image = image();
    let trains = (0_u32..).zip(&image);
    let mut spikes: Vec<(f64, u32)> = trains
        .flat_map(|(pixel, level)| encoding.train(*level).iter().map(move |at_s| (*at_s, pixel)))
        .collect();
    spikes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let spikes = Spikes::new(spikes).unwrap();
    let mut builder = Builder::new();
    let pixels = builder.population("pixels", 784, Recorded { spikes });
    let membrane = Membrane {
        tau_s: lif.tau_s,
        rest_v: 0.0,
        threshold_v: lif.threshold_v,
        reset: Reset::ToV(lif.reset_v),
        refractory_s: 0.0,
        initial_v: None,
    };
    let digits = builder.population("digits", 10, LifDelta { membrane, drive_v: 0.0 });
    let unit = Effect::Volt(parameters.volts_per_siemens() * parameters.weight_siemens);
    let ends = [pixels, digits];
    builder.projection("synapses", ends, Connections::Dense(weights()), unit, Delay::All(0));
    builder.build().unwrap()
}

#[test]
fn the_shipped_classifier_is_that_of_the_point_level() {
    let written = classifier().encode(Form::Toml);
    let text = written.text.replace("\"synapses.npy\"", "\"../../weights/mnist.npy\"");
    let text = COMMENT.to_owned() + &text.replace("pixels-spikes.npy", "classifier-spikes.npy");
    let (_, spikes) = written.tables.iter().find(|(name, _)| name == "pixels-spikes.npy").unwrap();
    if std::env::var_os("MEMSPIKE_DOCS").is_some() {
        std::fs::write(folder().join("classifier.toml"), &text).unwrap();
        std::fs::write(folder().join("classifier-spikes.npy"), spikes).unwrap();
    }
    assert_eq!(std::fs::read_to_string(folder().join("classifier.toml")).unwrap(), text);
    assert!(std::fs::read(folder().join("classifier-spikes.npy")).unwrap() == *spikes);
    let read = Network::read(folder().join("classifier.toml")).unwrap();
    assert_eq!(read, classifier());
}

/// Spikes of each output neuron, straight from what the words of a network mean.
fn counts(network: &Network) -> Vec<usize> {
    let (_, pixels) = network.populations().next().unwrap();
    let (_, digits) = network.populations().nth(1).unwrap();
    let (id, projection) = network.projections().next().unwrap();
    let (Model::Recorded(recorded), Model::LifDelta(neuron)) = (pixels.model(), digits.model())
    else {
        panic!("recorded spikes and LIF neurons")
    };
    let Effect::Volt(unit_v) = projection.effect() else { panic!("volts") };
    let mut counts = vec![0; digits.size()];
    for target in 0..digits.size() as u32 {
        let mut weight = vec![0.0; pixels.size()];
        network.drawing(id, 0).visit(target..target + 1, |s| weight[s.source as usize] = s.weight);
        let (mut v, mut before_s) = (neuron.membrane.rest_v, 0.0);
        for at_once in recorded.spikes.list().chunk_by(|a, b| a.0 == b.0) {
            let at_s = at_once[0].0;
            v *= f64::exp((before_s - at_s) / neuron.membrane.tau_s);
            v += at_once.iter().map(|(_, pixel)| weight[*pixel as usize] * unit_v).sum::<f64>();
            before_s = at_s;
            if v >= neuron.membrane.threshold_v {
                counts[target as usize] += 1;
                v = neuron.membrane.after_spike_v(v);
            }
        }
    }
    counts
}

#[test]
fn the_shipped_classifier_decides_as_the_point_level_does() {
    let parameters = Parameters::default();
    let encoding = Encoding::new(&parameters, &zno());
    let lif = ideal_neuron(&parameters, &zno()).unwrap();
    let synapses = Synapses::ideal(&parameters, &weights()).unwrap();
    let point = PointNetwork::new(&parameters, &encoding, lif, &synapses).respond(&image());
    let network = Network::read(folder().join("classifier.toml")).unwrap();
    let counts = counts(&network);
    assert_eq!(counts.iter().map(|count| *count as u32).collect::<Vec<_>>(), point.counts);
    assert_eq!(point.decision(), DIGIT);
}
