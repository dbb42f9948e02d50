//! Point level: a pulse is a charge that arrives at once, a LIF neuron a leak and a threshold.
//!
//! Between charges a potential decays by `exp(-dt / tau)`, exactly. Charges that arrive at one instant
//! are added before the threshold is asked. A potential at or above it is a spike and falls to the
//! hold voltage.

use memspike_device::BuiltModel;
use memspike_network::Lif;
use memspike_random::{Draws, Owner};

use crate::{Encoding, Neuron, Parameters, Response, Synapses, encoding::LEVELS};

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
        let decay = self.lif.decay(at_s - self.at_s);
        self.at_s = at_s;
        for ((v, count), jump_v) in self.potentials_v.iter_mut().zip(&mut self.counts).zip(jumps_v)
        {
            *count += u32::from(self.lif.arrive(v, decay, *jump_v));
        }
    }

    /// Spikes so far, and potentials at `at_s`.
    #[must_use]
    pub fn response(mut self, at_s: f64) -> Response {
        let decay = self.lif.decay(at_s - self.at_s);
        self.potentials_v.iter_mut().for_each(|v| *v *= decay);
        Response { counts: self.counts, potentials_v: self.potentials_v, ..Response::default() }
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
        // Pixels of one grey level spike together: their charges are one.
        let volts = self.parameters.volts_per_siemens();
        let outputs = self.synapses.outputs();
        let mut sums_v = vec![0.0; LEVELS * outputs];
        let mut present = [false; LEVELS];
        let mut array_j = 0.0;
        let pulse_j = self.parameters.pulse_v.powi(2) * self.parameters.pulse_s;
        for (row, level) in image.iter().enumerate() {
            let spikes = self.encoding.train(*level).len();
            if spikes > 0 {
                let level = usize::from(*level);
                present[level] = true;
                let sum = &mut sums_v[level * outputs..][..outputs];
                for (v, siemens) in sum.iter_mut().zip(self.synapses.signed(row)) {
                    *v += volts * siemens;
                }
                array_j += pulse_j * self.synapses.total(row) * spikes as f64;
            }
        }
        let sum_v = |level: u8| {
            let level = usize::from(level);
            present[level].then(|| &sums_v[level * outputs..][..outputs])
        };
        let mut layer = PointLayer::new(self.lif, outputs);
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
            layer.charge(event.at_s, &jump_v);
        }
        let mut response = layer.response(self.parameters.duration_s);
        response.energy.array_j = array_j;
        response
    }
}
