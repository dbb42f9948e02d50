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
