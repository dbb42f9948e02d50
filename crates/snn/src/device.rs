//! Device level: every neuron is its circuit, every pulse has its width.
//!
//! A spike of an oscillation neuron, or of a neuron of a layer before the last, starts a one-shot driver, which holds
//! the neuron's row at the pulse voltage for the pulse width and does not hear further spikes until then. The columns'
//! currents flow into the membranes of the next layer. Between two edges of pulses all currents are constant, so
//! that the membranes relax in closed form; devices change phase when their own model says so.
//!
//! A layer feeds only the next, so all pulses of a layer are known before the next one begins, and each of its neurons
//! goes from the beginning of an image to its end by itself.
//!
//! Each device varies by itself: what is drawn is keyed by the seed, its name (`xosc[17].n1`, `xlif1[5].n1` of the first
//! hidden layer, `xlif[3].n1` of the last one, as in a deck), the number of the image and that of the cycle. An image
//! finds every device at rest and as new, in its first cycle, so that images can be shown in any order, or alone:
//! a drift counts the cycles of one image. The image's number decides what is drawn and nothing else.

mod layer;
mod pulses;

use memspike_device::BuiltModel;
use memspike_random::{Draws, Owner};

use self::{
    layer::{DeviceLayer, Ears},
    pulses::{Driver, Edge, Pulse},
};
use crate::{Energy, Layered, Neuron, Response, Spike, Synapses};

/// The whole network at device level.
#[derive(Debug, Clone)]
pub struct DeviceNetwork {
    duration_s: f64,
    /// Voltage of a white pixel (V).
    full_v: f64,
    oscillator: Neuron,
    oscillators: Vec<Draws>,
    layers: Vec<DeviceLayer>,
}

/// Working memory of [`DeviceNetwork::respond`].
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    /// On the rows of the present layer.
    pulses: Vec<Pulse>,
    /// Where they begin and end.
    edges: Vec<Edge>,
    /// On the rows of the next layer.
    next: Vec<Pulse>,
}

/// Watches the layers while they answer, one after another; each neuron of a layer by itself, in the order of time.
/// Layers are counted from 0, the oscillation neurons not among them.
pub trait Observer {
    /// Neuron `neuron` of a layer fires.
    fn spike(&mut self, layer: usize, neuron: usize, spike: Spike) {
        let _ = (layer, neuron, spike);
    }

    /// Its membrane has `volts` where a pulse begins or ends, and at the end.
    fn membrane(&mut self, layer: usize, neuron: usize, at_s: f64, volts: f64) {
        let _ = (layer, neuron, at_s, volts);
    }
}

/// Watches nothing.
impl Observer for () {}

/// Draws of so many devices of a name.
fn draws(seed: u64, kind: &str, count: usize) -> Vec<Draws> {
    let draws = |n| Draws::new(seed, Owner::Device(&format!("{kind}[{n}].n1")));
    (0..count).map(draws).collect()
}

impl DeviceNetwork {
    /// The network with such memristors in its oscillation and in its LIF neurons, and with synapses for each layer.
    /// Devices of LIF neurons should not fire at negative voltages (`unipolar`), which their membranes may reach.
    ///
    /// # Panics
    /// If there are not as many synapses as layers, or of another shape.
    #[must_use]
    pub fn new<'s>(
        layered: &Layered<'_>,
        [oscillator, lif]: [&BuiltModel; 2],
        synapses: impl IntoIterator<Item = &'s Synapses>,
        seed: u64,
    ) -> Self {
        let shape = layered.shape();
        let mut layers = Vec::with_capacity(layered.layers.len());
        for (position, synapses) in synapses.into_iter().enumerate() {
            assert_eq!([synapses.inputs(), synapses.outputs()], shape[position..][..2]);
            let kind = format!("xlif{}", layered.suffix(position));
            let parameters = layered.parameters(position);
            let draws = draws(seed, &kind, synapses.outputs());
            layers.push(DeviceLayer::new(&parameters, lif, draws, synapses));
        }
        assert_eq!(layers.len(), layered.layers.len(), "synapses for each layer");
        Self {
            duration_s: layered.duration_s,
            full_v: layered.inputs.full_v,
            oscillator: Neuron::new(&layered.input_parameters(), oscillator),
            oscillators: draws(seed, "xosc", layered.pixels()),
            layers,
        }
    }

    /// The same neurons behind other synapses of the same shapes, such as another reading of their arrays.
    #[must_use]
    pub fn with_synapses<'s>(&self, synapses: impl IntoIterator<Item = &'s Synapses>) -> Self {
        let mut other = self.clone();
        for (layer, synapses) in other.layers.iter_mut().zip(synapses) {
            layer.set_synapses(synapses);
        }
        other
    }

    /// Shows image number `number`, counted from 0, a grey level for each input: the number decides what is
    /// drawn for the devices.
    pub fn respond(&self, workspace: &mut Workspace, number: u32, image: &[u8]) -> Response {
        self.observe(workspace, number, image, &mut ())
    }

    /// [`DeviceNetwork::respond`], while an observer watches the layers.
    pub fn observe(
        &self,
        workspace: &mut Workspace,
        number: u32,
        image: &[u8],
        observer: &mut impl Observer,
    ) -> Response {
        let Workspace { pulses, edges, next } = workspace;
        let mut by_layer = vec![self.oscillate(pulses, number, image)];
        let mut response = Response::default();
        for (position, layer) in self.layers.iter().enumerate() {
            let array_j = layer.array_j(pulses, self.duration_s);
            layer.edges(edges, pulses, self.duration_s);
            next.clear();
            let behind = self.layers.get(position + 1).map(|behind| (behind.pulse_s(), &mut *next));
            let mut ears = Ears { layer: position, observer, next: behind };
            response = layer.respond(edges, number.into(), self.duration_s, &mut ears);
            response.energy.array_j = array_j;
            by_layer.push(response.energy);
            std::mem::swap(pulses, next);
        }
        for energy in by_layer.iter().rev().skip(1) {
            response.energy += *energy;
        }
        response.by_layer = by_layer;
        response
    }

    /// Pulses that the oscillation neurons start, row by row.
    fn oscillate(&self, pulses: &mut Vec<Pulse>, number: u32, image: &[u8]) -> Energy {
        let pulse_s = self.layers[0].pulse_s();
        let mut energy = Energy::default();
        pulses.clear();
        let rows = (0..).zip(image).zip(&self.oscillators);
        for ((row, pixel), draws) in rows.filter(|((_, pixel), _)| **pixel > 0) {
            let mut neuron = self.oscillator.rest(draws.repetition(number.into()));
            let mut driver = Driver::new(row, pulse_s);
            let input_v = self.full_v * f64::from(*pixel) / 255.0;
            neuron.advance(input_v, self.duration_s, |spike| driver.spike(spike.at_s, pulses));
            energy += neuron.driven();
        }
        energy
    }
}
