//! Device level: every neuron is its circuit, every pulse has its width.
//!
//! A spike of an oscillation neuron starts a one-shot driver, which holds the neuron's row at the pulse
//! voltage for the pulse width and does not hear further spikes until then. The columns' currents flow
//! into the membranes of the output neurons. Between two edges of pulses all currents are constant, so
//! that the membranes relax in closed form; devices change phase when their own model says so.
//!
//! Each device varies by itself: what is drawn is keyed by the seed, its name (`xosc[17].n1`,
//! `xlif[3].n1`, as in a deck), the number of the image and that of the cycle. An image finds every
//! device at rest and as new, in its first cycle, so that images can be shown in any order, or alone:
//! a drift counts the cycles of one image. The image's number decides what is drawn and nothing else.

use memspike_circuit::{OneShot, Retrigger};
use memspike_device::BuiltModel;
use memspike_random::{Draws, Owner};

use crate::{Energy, Neuron, Parameters, Response, Spike, Synapses, neuron::Membrane};

/// The whole network at device level.
#[derive(Debug, Clone)]
pub struct DeviceNetwork<'a> {
    parameters: &'a Parameters,
    synapses: &'a Synapses,
    oscillator: Neuron,
    lif: Neuron,
    oscillators: Vec<Draws>,
    lifs: Vec<Draws>,
}

/// A pulse that begins on a row.
#[derive(Debug, Clone, Copy)]
struct Pulse {
    at_s: f64,
    row: u32,
}

/// Working memory of [`DeviceNetwork::respond`].
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    pulses: Vec<Pulse>,
}

/// Watches the output layer while it answers; for each neuron in the order of time.
pub trait Observer {
    /// Neuron `class` fires.
    fn spike(&mut self, class: usize, spike: Spike) {
        let _ = (class, spike);
    }

    /// The membrane of neuron `class` has `volts` where a pulse begins or ends, and at the end.
    fn membrane(&mut self, class: usize, at_s: f64, volts: f64) {
        let _ = (class, at_s, volts);
    }
}

/// Watches nothing.
impl Observer for () {}

impl<'a> DeviceNetwork<'a> {
    /// The network with such memristors in its two layers. Those of the output layer should not fire
    /// at negative voltages (`unipolar`), which their membranes may reach.
    #[must_use]
    pub fn new(
        parameters: &'a Parameters,
        [oscillator, lif]: [&BuiltModel; 2],
        synapses: &'a Synapses,
        seed: u64,
    ) -> Self {
        let draws = |kind: &str, count: usize| {
            (0..count)
                .map(|n| Draws::new(seed, Owner::Device(&format!("{kind}[{n}].n1"))))
                .collect()
        };
        Self {
            parameters,
            synapses,
            oscillator: Neuron::new(parameters, oscillator),
            lif: Neuron::new(parameters, lif),
            oscillators: draws("xosc", synapses.inputs()),
            lifs: draws("xlif", synapses.outputs()),
        }
    }

    /// The same neurons behind other synapses of the same shape, such as another reading of their array.
    #[must_use]
    pub fn with_synapses<'s>(&self, synapses: &'s Synapses) -> DeviceNetwork<'s>
    where
        'a: 's,
    {
        DeviceNetwork { synapses, ..self.clone() }
    }

    /// Shows image number `number`, counted from 0, a grey level for each input: the number decides what is
    /// drawn for the devices.
    pub fn respond(&self, workspace: &mut Workspace, number: u32, image: &[u8]) -> Response {
        self.observe(workspace, number, image, &mut ())
    }

    /// [`DeviceNetwork::respond`], while an observer watches the output layer.
    pub fn observe(
        &self,
        workspace: &mut Workspace,
        number: u32,
        image: &[u8],
        observer: &mut impl Observer,
    ) -> Response {
        let energy = self.oscillate(&mut workspace.pulses, number, image);
        workspace.pulses.sort_unstable_by(|a, b| a.at_s.total_cmp(&b.at_s).then(a.row.cmp(&b.row)));
        let mut response = self.integrate(&workspace.pulses, number, observer);
        response.energy += energy;
        response
    }

    /// Pulses of all rows, row by row.
    fn oscillate(&self, pulses: &mut Vec<Pulse>, number: u32, image: &[u8]) -> Energy {
        let Parameters { duration_s, pulse_v, pulse_s, .. } = *self.parameters;
        let mut energy = Energy::default();
        pulses.clear();
        for (row, pixel) in (0..).zip(image).filter(|(_, pixel)| **pixel > 0) {
            let index = row as usize;
            let mut neuron =
                self.oscillator.rest(self.oscillators[index].repetition(number.into()));
            let before = pulses.len();
            let mut driver = OneShot::new(Retrigger::Deaf);
            neuron.advance(self.parameters.pixel_v(*pixel), duration_s, |spike| {
                if driver.spike(spike.at_s, spike.at_s + pulse_s) {
                    pulses.push(Pulse { at_s: spike.at_s, row });
                }
            });
            let width_s: f64 =
                pulses[before..].iter().map(|pulse| pulse_s.min(duration_s - pulse.at_s)).sum();
            energy.array_j += pulse_v * pulse_v * self.synapses.total(index) * width_s;
            energy += neuron.driven();
        }
        energy
    }

    /// What the output neurons make of pulses in the order of time.
    fn integrate(&self, pulses: &[Pulse], number: u32, observer: &mut impl Observer) -> Response {
        let Parameters { duration_s, neuron_ohm, pulse_v, pulse_s, .. } = *self.parameters;
        let mut layer = Layer {
            neurons: self
                .lifs
                .iter()
                .map(|draws| self.lif.rest(draws.repetition(number.into())))
                .collect(),
            counts: vec![0; self.lifs.len()],
        };
        let mut inputs_v = vec![0.0; self.lifs.len()];
        // All pulses are equally wide, so they end in the order in which they begin.
        let (mut begun, mut ended) = (0, 0);
        let mut now_s = 0.0;
        loop {
            let begin_s = pulses.get(begun).map_or(f64::INFINITY, |pulse| pulse.at_s);
            let end_s = pulses[..begun].get(ended).map_or(f64::INFINITY, |p| p.at_s + pulse_s);
            let next_s = begin_s.min(end_s).min(duration_s);
            if next_s > now_s {
                layer.advance(&inputs_v, next_s, self.lif.decay(next_s - now_s), observer);
                now_s = next_s;
            }
            if begin_s.min(end_s) >= duration_s {
                return layer.response();
            }
            let (row, sign) = if end_s <= begin_s {
                ended += 1;
                (pulses[ended - 1].row, -1.0)
            } else {
                begun += 1;
                (pulses[begun - 1].row, 1.0)
            };
            let siemens = self.synapses.signed(row as usize);
            for (volts, siemens) in inputs_v.iter_mut().zip(siemens) {
                *volts += sign * neuron_ohm * pulse_v * siemens;
            }
            if begun == ended {
                // What rounding left behind.
                inputs_v.fill(0.0);
            }
        }
    }
}

/// The output layer in motion.
struct Layer<'n> {
    neurons: Vec<Membrane<'n>>,
    counts: Vec<u32>,
}

impl Layer<'_> {
    fn advance(
        &mut self,
        inputs_v: &[f64],
        until_s: f64,
        decay: f64,
        observer: &mut impl Observer,
    ) {
        for (class, (neuron, input_v)) in self.neurons.iter_mut().zip(inputs_v).enumerate() {
            if !neuron.glide(*input_v, until_s, decay) {
                neuron.advance(*input_v, until_s, |spike| {
                    self.counts[class] += 1;
                    observer.spike(class, spike);
                });
            }
            observer.membrane(class, until_s, neuron.volts());
        }
    }

    fn response(self) -> Response {
        let mut energy = Energy::default();
        for neuron in &self.neurons {
            energy += neuron.fed();
        }
        let potentials_v = self.neurons.iter().map(Membrane::volts).collect();
        Response { counts: self.counts, potentials_v, energy }
    }
}
