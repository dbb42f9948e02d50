//! Layers at point level: a pulse is a charge that arrives at once, and what fires charges the next layer at the same instant.

use memspike_network::Lif;
use memspike_snn::{Encoding, LEVELS, Layer, Layered, Response};

/// Layers of ideal neurons behind an encoding.
pub struct PointLayers<'e> {
    encoding: &'e Encoding,
    duration_s: f64,
    layers: Vec<PointLayer>,
}

struct PointLayer {
    lif: Lif,
    neurons: usize,
    /// How far a spike of an input moves each neuron, row by row (V).
    jumps_v: Vec<f64>,
}

/// The membranes of a layer, as they were at an instant.
struct Membranes {
    at_s: f64,
    potentials_v: Vec<f64>,
    counts: Vec<u32>,
}

impl PointLayer {
    fn new(layer: &Layer<'_>) -> Self {
        let unit_v = layer.volts_per_weight();
        Self {
            lif: layer.neuron.ideal.expect("neurons without an ideal have been given one"),
            neurons: layer.weights.columns(),
            jumps_v: layer.weights.values().iter().map(|weight| weight * unit_v).collect(),
        }
    }

    fn add(&self, input: usize, sum_v: &mut [f64]) {
        let row = &self.jumps_v[input * self.neurons..][..self.neurons];
        sum_v.iter_mut().zip(row).for_each(|(sum, jump)| *sum += jump);
    }

    /// All charges of an instant arrive; the neurons that fire.
    fn charge(&self, membranes: &mut Membranes, at_s: f64, jumps_v: &[f64]) -> Vec<usize> {
        let decay = self.lif.decay(at_s - membranes.at_s);
        membranes.at_s = at_s;
        let mut fired = Vec::new();
        for (neuron, jump_v) in jumps_v.iter().enumerate() {
            if self.lif.arrive(&mut membranes.potentials_v[neuron], decay, *jump_v) {
                membranes.counts[neuron] += 1;
                fired.push(neuron);
            }
        }
        fired
    }

    fn at_rest(&self) -> Membranes {
        let (potentials_v, counts) = (vec![0.0; self.neurons], vec![0; self.neurons]);
        Membranes { at_s: 0.0, potentials_v, counts }
    }
}

impl<'e> PointLayers<'e> {
    /// Layers whose neurons all have an ideal.
    pub fn new(layered: &Layered<'_>, encoding: &'e Encoding) -> Self {
        let layers = layered.layers.iter().map(PointLayer::new).collect();
        Self { encoding, duration_s: layered.duration_s, layers }
    }

    /// Shows an image, a grey level for each input.
    pub fn respond(&self, image: &[u8]) -> Response {
        let first = &self.layers[0];
        // Pixels of one grey level spike together: their charges are one.
        let mut levels_v: Vec<Option<Vec<f64>>> = vec![None; LEVELS];
        for (pixel, level) in image.iter().enumerate() {
            if !self.encoding.train(*level).is_empty() {
                let sum_v = &mut levels_v[usize::from(*level)];
                first.add(pixel, sum_v.get_or_insert_with(|| vec![0.0; first.neurons]));
            }
        }
        let mut membranes: Vec<Membranes> = self.layers.iter().map(PointLayer::at_rest).collect();
        for together in self.encoding.events().chunk_by(|one, next| one.at_s == next.at_s) {
            let arriving =
                together.iter().filter_map(|one| levels_v[usize::from(one.level)].as_ref());
            let sum_v = arriving.fold(None, |sum: Option<Vec<f64>>, more| match sum {
                None => Some(more.clone()),
                Some(sum) => Some(sum.iter().zip(more).map(|(sum, more)| sum + more).collect()),
            });
            if let Some(sum_v) = sum_v {
                self.arrive(&mut membranes, together[0].at_s, sum_v);
            }
        }
        self.response(membranes)
    }

    /// Charges at the first layer, and what follows from them at the same instant.
    fn arrive(&self, membranes: &mut [Membranes], at_s: f64, mut jumps_v: Vec<f64>) {
        for (number, layer) in self.layers.iter().enumerate() {
            let fired = layer.charge(&mut membranes[number], at_s, &jumps_v);
            let Some(next) = self.layers.get(number + 1) else { return };
            if fired.is_empty() {
                return;
            }
            jumps_v = vec![0.0; next.neurons];
            fired.iter().for_each(|neuron| next.add(*neuron, &mut jumps_v));
        }
    }

    fn response(&self, mut membranes: Vec<Membranes>) -> Response {
        let (Some(mut last), Some(layer)) = (membranes.pop(), self.layers.last()) else {
            return Response::default();
        };
        let decay = layer.lif.decay(self.duration_s - last.at_s);
        last.potentials_v.iter_mut().for_each(|v| *v *= decay);
        Response { counts: last.counts, potentials_v: last.potentials_v, ..Response::default() }
    }
}

#[cfg(test)]
mod tests {
    use memspike_network::{Network, Weights};
    use memspike_snn::{Parameters, PointNetwork, Synapses};

    use super::*;

    const LIF: Lif = Lif { tau_s: 0.046, threshold_v: 0.3, reset_v: 0.1 };

    fn weights(inputs: usize, neurons: usize) -> Weights {
        let weight = |at: usize| ((at * 13 + 5) % 17) as f64 / 8.0 - 0.8;
        let values = (0..inputs * neurons).map(weight).collect::<Vec<f64>>();
        Weights::new(inputs, neurons, values).expect("finite weights")
    }

    fn network(tables: Vec<Weights>) -> Network {
        Parameters::default().layered(tables, Some(LIF)).expect("a network")
    }

    /// Level k spikes every (k + 3) ms.
    fn encoding() -> Encoding {
        let train = |level: usize| {
            let spikes = (1..).map(move |number| number as f64 * (level + 3) as f64 * 1e-3);
            spikes.take_while(|at_s| level > 0 && *at_s < 0.1).collect()
        };
        Encoding::from_trains((0..LEVELS).map(train).collect())
    }

    const IMAGES: [[u8; 5]; 3] = [[1, 2, 0, 4, 1], [9, 9, 9, 0, 3], [0, 1, 1, 7, 2]];

    #[test]
    fn one_layer_answers_as_the_network_of_one_layer() {
        let network = network(vec![weights(5, 4)]);
        let layered = Layered::of(&network, 0.1).expect("layers");
        let (parameters, encoding) = (Parameters::default(), encoding());
        let synapses = Synapses::ideal(&parameters, &weights(5, 4)).expect("synapses");
        let one = PointNetwork::new(&parameters, &encoding, LIF, &synapses);
        let layers = PointLayers::new(&layered, &encoding);
        let mut spikes = 0;
        for image in IMAGES {
            let (found, expected) = (layers.respond(&image), one.respond(&image));
            assert_eq!(found.counts, expected.counts);
            spikes += found.counts.iter().sum::<u32>();
            let pairs = found.potentials_v.iter().zip(&expected.potentials_v);
            assert!(pairs.into_iter().all(|(found, expected)| (found - expected).abs() < 1e-12));
        }
        assert!(spikes > 10, "{spikes}");
    }

    /// Instants at which a neuron fires, from all charges that arrive at it: its potential is their sum since its last spike, each
    /// decayed from its own instant.
    fn fires(charges: &[(f64, f64)]) -> Vec<f64> {
        let (mut spikes, mut kept) = (Vec::new(), Vec::new());
        for together in charges.chunk_by(|one, next| one.0 == next.0) {
            let at_s = together[0].0;
            kept.extend_from_slice(together);
            let decayed = |(from_s, v): &(f64, f64)| v * ((from_s - at_s) / LIF.tau_s).exp();
            if kept.iter().map(decayed).sum::<f64>() >= LIF.threshold_v {
                spikes.push(at_s);
                kept = vec![(at_s, LIF.reset_v)];
            }
        }
        spikes
    }

    /// What charges each neuron of a layer, in the order of time.
    fn charges(spikes: &[Vec<f64>], weights: &Weights, unit_v: f64) -> Vec<Vec<(f64, f64)>> {
        let neurons = weights.columns();
        let to = |neuron: usize| {
            let from = |input: usize| {
                let jump_v = weights.values().get(input * neurons + neuron) * unit_v;
                spikes[input].iter().map(move |at_s| (*at_s, jump_v))
            };
            let mut all: Vec<(f64, f64)> = (0..spikes.len()).flat_map(from).collect();
            all.sort_by(|one, other| one.0.total_cmp(&other.0));
            all
        };
        (0..neurons).map(to).collect()
    }

    #[test]
    fn three_layers_fire_as_the_sums_of_all_their_charges_say() {
        let tables = vec![weights(5, 6), weights(6, 5), weights(5, 3)];
        let network = network(tables.clone());
        let layered = Layered::of(&network, 0.1).expect("layers");
        let encoding = encoding();
        let layers = PointLayers::new(&layered, &encoding);
        // 2 V for 400 us through 1 uS into 47 nF.
        let unit_v = 2.0 * 400e-6 * 1e-6 / 47e-9;
        let mut last = 0;
        for image in IMAGES {
            let mut spikes: Vec<Vec<f64>> =
                image.iter().map(|level| encoding.train(*level).to_vec()).collect();
            for table in &tables {
                spikes = charges(&spikes, table, unit_v).iter().map(|all| fires(all)).collect();
            }
            let expected: Vec<u32> = spikes.iter().map(|spikes| spikes.len() as u32).collect();
            assert_eq!(layers.respond(&image).counts, expected);
            last += expected.iter().sum::<u32>();
        }
        assert!(last > 5, "{last}");
    }
}
