//! Weights at the beginning.

use super::{Data, EventSet, Table, Unrolled, noise::Noise};

/// Mean weight of the last layer at the beginning: every output neuron fires a few times, so that the surrogate has a slope to
/// follow.
const LAST: f64 = 0.06;

/// Standard deviation of one layer's weights at the beginning: its neurons are told apart by their labels.
const ALONE_SIGMA: f64 = 0.01;

/// Mean weight of a hidden layer at the beginning.
const HIDDEN: f64 = 0.03;

/// Standard deviation of weights of several layers at the beginning: hidden neurons are told apart by it alone.
const SIGMA: f64 = 0.1;

/// Mean sum of the weights through which a neuron of a network of events hears within its time constant, in thresholds.
const MEAN_SUM: f64 = 0.5;

/// Standard deviation of that sum: potentials come to their threshold by chance (Rossbroich, Gygax and Zenke, Neuromorphic Computing and
/// Engineering 2 (2022) 044016).
const SUM_SIGMA: f64 = 1.0;

/// The same of what comes back from the neuron's own layer, whose mean is 0.
const LOOP_SIGMA: f64 = 0.5;

/// Weights of all arrays, row by row.
pub(super) fn weights(noise: &Noise, network: &Unrolled, data: Data<'_>) -> Vec<f64> {
    let tables = network.tables();
    let layers = network.stages().len();
    let beginning = |at: usize| match data {
        Data::Images(_) => {
            let mean = if at + 1 == layers { LAST } else { HIDDEN };
            [mean, if layers == 1 { ALONE_SIGMA } else { SIGMA }]
        }
        Data::Events(data) => of_events(network, &tables, data, at),
    };
    let mut weights = Vec::new();
    for (at, table) in tables.iter().enumerate() {
        let [mean, sigma] = beginning(at);
        let mut array = vec![mean; table.weights()];
        // Numbers that no batch has.
        noise.perturb(sigma, &mut array, (u64::MAX >> 16) - at as u64);
        weights.extend(array);
    }
    weights
}

/// Mean and standard deviation of an array's weights behind inputs that spike themselves: what is heard within a time constant is counted for
/// the inputs, and one spike of each neuron is assumed for layers.
fn of_events(network: &Unrolled, tables: &[Table], data: &EventSet, at: usize) -> [f64; 2] {
    let layers = network.stages().len();
    let heard = if at == 0 {
        let spikes: usize = data.samples.iter().map(|events| events.inputs.len()).sum();
        let mean = spikes as f64 / data.samples.len().max(1) as f64;
        mean * (network.stages()[0].lif.tau_s / network.end_s).min(1.0)
    } else {
        tables[at].inputs as f64
    }
    .max(1.0);
    if at < layers {
        [MEAN_SUM / heard, SUM_SIGMA / heard.sqrt()]
    } else {
        [0.0, LOOP_SIGMA / heard.sqrt()]
    }
}
