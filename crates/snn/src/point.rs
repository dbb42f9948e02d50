//! Point level: a pulse is a charge that arrives at once, a LIF neuron a leak and a threshold.
//!
//! Between charges a potential decays by `exp(-dt / tau)`, exactly. Charges that arrive at one instant
//! are added before the threshold is asked. A potential at or above it is a spike and falls to the
//! hold voltage.

use memspike_device::BuiltModel;
use memspike_network::Lif;
use memspike_random::{Draws, Owner};

use crate::{Encoding, Energy, Neuron, Parameters, Response, Synapses, encoding::LEVELS};

/// Input to the device neuron at which the ideal one has its threshold and reset (V): it fires about
/// every 9 ms then, as often as the output neuron of the right class.
const CALIBRATION_V: f64 = 1.2;

/// When calibration ends (s): the first spikes are behind.
const CALIBRATION_S: f64 = 0.2;

/// The ideal neuron nearest to a device: the voltages between which it swings when it is driven
/// as strongly as the output neurons are. `model` should be without variation.
///
/// Nothing if the device does not fire at such an input.
#[must_use]
pub fn ideal_neuron(parameters: &Parameters, model: &BuiltModel) -> Option<Lif> {
    let neuron = Neuron::new(parameters, model);
    let mut last = None;
    let mut membrane = neuron.rest(Draws::new(0, Owner::Device("")));
    membrane.advance(CALIBRATION_V, CALIBRATION_S, |spike| last = Some(spike));
    let (threshold_v, reset_v) = (last?.peak_v, membrane.valley_v()?);
    Some(Lif { tau_s: neuron.tau_s(), threshold_v, reset_v })
}

/// LIF neurons that charges arrive at.
#[derive(Debug, Clone)]
pub struct PointLayer {
    lif: Lif,
    at_s: f64,
    potentials_v: Vec<f64>,
    counts: Vec<u32>,
}

impl PointLayer {
    /// So many neurons at 0 V, at time zero.
    #[must_use]
    pub fn new(lif: Lif, neurons: usize) -> Self {
        Self { lif, at_s: 0.0, potentials_v: vec![0.0; neurons], counts: vec![0; neurons] }
    }

    /// All charges of one instant arrive, not before those of the last call: each moves its neuron's
    /// potential by so many volts.
    pub fn charge(&mut self, at_s: f64, jumps_v: &[f64]) {
        self.charge_and_tell(at_s, jumps_v, |_| ());
    }

    /// [`PointLayer::charge`]; `fired` hears which neurons fire.
    pub fn charge_and_tell(&mut self, at_s: f64, jumps_v: &[f64], mut fired: impl FnMut(usize)) {
        let decay = self.lif.decay(at_s - self.at_s);
        self.at_s = at_s;
        let neurons = self.potentials_v.iter_mut().zip(&mut self.counts).zip(jumps_v);
        for (neuron, ((v, count), jump_v)) in neurons.enumerate() {
            let fires = self.lif.arrive(v, decay, *jump_v);
            *count += u32::from(fires);
            if fires {
                fired(neuron);
            }
        }
    }

    /// Spikes so far, and potentials at `at_s`.
    #[must_use]
    pub fn response(mut self, at_s: f64) -> Response {
        let decay = self.lif.decay(at_s - self.at_s);
        self.potentials_v.iter_mut().for_each(|v| *v *= decay);
        Response { counts: self.counts, potentials_v: self.potentials_v, energy: Energy::default() }
    }
}

/// The whole network at point level.
#[derive(Debug, Clone, Copy)]
pub struct PointNetwork<'a> {
    parameters: &'a Parameters,
    encoding: &'a Encoding,
    lif: Lif,
    synapses: &'a Synapses,
}

impl<'a> PointNetwork<'a> {
    /// Oscillation neurons that encode so, synapses, and output neurons.
    #[must_use]
    pub fn new(
        parameters: &'a Parameters,
        encoding: &'a Encoding,
        lif: Lif,
        synapses: &'a Synapses,
    ) -> Self {
        Self { parameters, encoding, lif, synapses }
    }

    /// The same neurons behind other synapses, such as another reading of their array.
    #[must_use]
    pub fn with_synapses<'s>(&self, synapses: &'s Synapses) -> PointNetwork<'s>
    where
        'a: 's,
    {
        PointNetwork { synapses, ..*self }
    }

    /// Shows an image, a grey level for each input. Of energies it knows that of the array alone.
    #[must_use]
    pub fn respond(&self, image: &[u8]) -> Response {
        let mut layer = PointLayer::new(self.lif, self.synapses.outputs());
        let array_j = self.drive(image, |at_s, jumps_v| layer.charge(at_s, jumps_v));
        let mut response = layer.response(self.parameters.duration_s);
        response.energy.array_j = array_j;
        response
    }

    /// What an image makes of the oscillation neurons and the array: `charge` hears of each instant at which charges arrive,
    /// and by how much each moves its neuron's potential (V). The answer is what the drivers deliver (J).
    fn drive(&self, image: &[u8], mut charge: impl FnMut(f64, &[f64])) -> f64 {
        // Pixels of one grey level spike together: their charges are one.
        let volts = self.parameters.volts_per_siemens();
        let outputs = self.synapses.outputs();
        let mut sums_v = vec![0.0; LEVELS * outputs];
        let mut present = [false; LEVELS];
        let mut array_j = 0.0;
        for (row, level) in image.iter().enumerate() {
            let spikes = self.encoding.train(*level).len();
            if spikes > 0 {
                let level = usize::from(*level);
                present[level] = true;
                let sum = &mut sums_v[level * outputs..][..outputs];
                for (v, siemens) in sum.iter_mut().zip(self.synapses.signed(row)) {
                    *v += volts * siemens;
                }
                array_j += pulse_j(self.parameters) * self.synapses.total(row) * spikes as f64;
            }
        }
        let sum_v = |level: u8| {
            let level = usize::from(level);
            present[level].then(|| &sums_v[level * outputs..][..outputs])
        };
        let mut jump_v = vec![0.0; outputs];
        let mut events = self.encoding.events().iter().peekable();
        while let Some(event) = events.next() {
            let Some(first_v) = sum_v(event.level) else { continue };
            jump_v.copy_from_slice(first_v);
            while let Some(same) = events.next_if(|next| next.at_s == event.at_s) {
                if let Some(more_v) = sum_v(same.level) {
                    jump_v.iter_mut().zip(more_v).for_each(|(v, more)| *v += more);
                }
            }
            charge(event.at_s, &jump_v);
        }
        array_j
    }
}

/// What a pulse delivers into a conductance (J/S).
fn pulse_j(parameters: &Parameters) -> f64 {
    parameters.pulse_v.powi(2) * parameters.pulse_s
}

/// Several layers at point level. A spike of a hidden neuron is a charge on the next layer's membranes at the same instant; its
/// driver is deaf for as long as its pulse would last.
#[derive(Debug, Clone)]
pub struct PointLayers<'a> {
    first: PointNetwork<'a>,
    behind: Vec<PointStage<'a>>,
}

/// A layer behind another one.
#[derive(Debug, Clone, Copy)]
pub struct PointStage<'a> {
    /// Its circuit.
    pub parameters: &'a Parameters,
    /// Its neurons.
    pub lif: Lif,
    /// The array before them.
    pub synapses: &'a Synapses,
}

/// A layer behind another one, while it is shown an image.
struct Behind<'a> {
    stage: PointStage<'a>,
    layer: PointLayer,
    /// Until when the driver of each row is deaf (s).
    deaf_until_s: Vec<f64>,
    jumps_v: Vec<f64>,
}

impl<'a> PointLayers<'a> {
    /// The first layer, and those behind it.
    #[must_use]
    pub fn new(first: PointNetwork<'a>, behind: Vec<PointStage<'a>>) -> Self {
        Self { first, behind }
    }

    /// Shows an image, a grey level for each input. Of energies it knows those of the arrays alone.
    #[must_use]
    pub fn respond(&self, image: &[u8]) -> Response {
        let PointNetwork { lif, synapses, parameters, .. } = self.first;
        let mut hidden = PointLayer::new(lif, synapses.outputs());
        let mut behind: Vec<Behind<'_>> =
            self.behind.iter().map(|stage| Behind::new(*stage)).collect();
        let mut rows_j = 0.0;
        let mut fired = Vec::new();
        let first_j = self.first.drive(image, |at_s, jumps_v| {
            fired.clear();
            hidden.charge_and_tell(at_s, jumps_v, |neuron| fired.push(neuron));
            for layer in &mut behind {
                if fired.is_empty() {
                    break;
                }
                rows_j += layer.hear(at_s, &mut fired);
            }
        });
        let last = behind.pop().map_or(hidden, |behind| behind.layer);
        let mut response = last.response(parameters.duration_s);
        response.energy.array_j = first_j + rows_j;
        response
    }
}

impl<'a> Behind<'a> {
    fn new(stage: PointStage<'a>) -> Self {
        let (rows, columns) = (stage.synapses.inputs(), stage.synapses.outputs());
        let layer = PointLayer::new(stage.lif, columns);
        Self { stage, layer, deaf_until_s: vec![0.0; rows], jumps_v: vec![0.0; columns] }
    }

    /// Hears which neurons before it fire at an instant, and puts in their place which of its own do. The answer is what the
    /// drivers deliver (J).
    fn hear(&mut self, at_s: f64, fired: &mut Vec<usize>) -> f64 {
        let PointStage { parameters, synapses, .. } = self.stage;
        let deaf_until_s = &mut self.deaf_until_s;
        fired.retain(|row| at_s >= deaf_until_s[*row]);
        if fired.is_empty() {
            return 0.0;
        }
        let volts = parameters.volts_per_siemens();
        let mut rows_j = 0.0;
        self.jumps_v.fill(0.0);
        for row in fired.drain(..) {
            deaf_until_s[row] = at_s + parameters.pulse_s;
            rows_j += pulse_j(parameters) * synapses.total(row);
            for (v, siemens) in self.jumps_v.iter_mut().zip(synapses.signed(row)) {
                *v += volts * siemens;
            }
        }
        self.layer.charge_and_tell(at_s, &self.jumps_v, |neuron| fired.push(neuron));
        rows_j
    }
}
