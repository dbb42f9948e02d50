//! Point level: a pulse is a charge that arrives at once, a LIF neuron a leak and a threshold.
//!
//! Between charges a potential decays by `exp(-dt / tau)`, exactly. Charges that arrive at one instant
//! are added before the threshold is asked. A potential at or above it is a spike and falls to the
//! hold voltage.

use memspike_device::BuiltModel;
use memspike_random::{Draws, Owner};
use serde::{Deserialize, Serialize};

use crate::{
    CLASSES, Encoding, Energy, Image, Neuron, Parameters, Response, Synapses, encoding::LEVELS,
};

/// An ideal LIF neuron.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lif {
    /// Time constant of the leak towards 0 V (s).
    pub tau_s: f64,
    /// Potential of a spike (V).
    pub threshold_v: f64,
    /// Potential after it (V).
    pub reset_v: f64,
}

/// Input to the device neuron at which the ideal one has its threshold and reset (V): it fires about
/// every 9 ms then, as often as the output neuron of the right class.
const CALIBRATION_V: f64 = 1.2;

/// When calibration ends (s): the first spikes are behind.
const CALIBRATION_S: f64 = 0.2;

impl Lif {
    /// The ideal neuron nearest to a device: the voltages between which it swings when it is driven
    /// as strongly as the output neurons are. `model` should be without variation.
    ///
    /// Nothing if the device does not fire at such an input.
    #[must_use]
    pub fn of_device(parameters: &Parameters, model: &BuiltModel) -> Option<Self> {
        let neuron = Neuron::new(parameters, model);
        let mut last = None;
        let mut membrane = neuron.rest(Draws::new(0, Owner::Device("")));
        membrane.advance(CALIBRATION_V, CALIBRATION_S, |spike| last = Some(spike));
        let (threshold_v, reset_v) = (last?.peak_v, membrane.valley_v()?);
        Some(Self { tau_s: neuron.tau_s(), threshold_v, reset_v })
    }
}

/// LIF neurons that charges arrive at.
#[derive(Debug, Clone)]
pub struct PointLayer {
    lif: Lif,
    at_s: f64,
    potentials_v: [f64; CLASSES],
    counts: [u32; CLASSES],
}

impl PointLayer {
    /// Neurons at 0 V, at time zero.
    #[must_use]
    pub fn new(lif: Lif) -> Self {
        Self { lif, at_s: 0.0, potentials_v: [0.0; CLASSES], counts: [0; CLASSES] }
    }

    /// All charges of one instant arrive, not before those of the last call: each moves its neuron's
    /// potential by so many volts.
    pub fn charge(&mut self, at_s: f64, jumps_v: &[f64; CLASSES]) {
        let decay = (-(at_s - self.at_s) / self.lif.tau_s).exp();
        self.at_s = at_s;
        for ((v, count), jump_v) in self.potentials_v.iter_mut().zip(&mut self.counts).zip(jumps_v)
        {
            *v = *v * decay + jump_v;
            if *v >= self.lif.threshold_v {
                *v = self.lif.reset_v;
                *count += 1;
            }
        }
    }

    /// Spikes so far, and potentials at `at_s`.
    #[must_use]
    pub fn response(&self, at_s: f64) -> Response {
        let decay = (-(at_s - self.at_s) / self.lif.tau_s).exp();
        Response {
            counts: self.counts,
            potentials_v: self.potentials_v.map(|v| v * decay),
            energy: Energy::default(),
        }
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

    /// Shows an image. Of energies it knows that of the array alone.
    #[must_use]
    pub fn respond(&self, image: &Image) -> Response {
        // Pixels of one grey level spike together: their charges are one.
        let volts = self.parameters.volts_per_siemens();
        let mut jumps_v = [None; LEVELS];
        let mut array_j = 0.0;
        let pulse_j = self.parameters.pulse_v.powi(2) * self.parameters.pulse_s;
        for (row, level) in image.iter().enumerate() {
            let spikes = self.encoding.train(*level).len();
            if spikes > 0 {
                let sum = jumps_v[usize::from(*level)].get_or_insert([0.0; CLASSES]);
                for (v, siemens) in sum.iter_mut().zip(self.synapses.signed(row)) {
                    *v += volts * siemens;
                }
                array_j += pulse_j * self.synapses.total(row) * spikes as f64;
            }
        }
        let mut layer = PointLayer::new(self.lif);
        let mut events = self.encoding.events().iter().peekable();
        while let Some(event) = events.next() {
            let Some(mut jump_v) = jumps_v[usize::from(event.level)] else { continue };
            while let Some(same) = events.next_if(|next| next.at_s == event.at_s) {
                if let Some(more_v) = jumps_v[usize::from(same.level)] {
                    for (v, more) in jump_v.iter_mut().zip(more_v) {
                        *v += more;
                    }
                }
            }
            layer.charge(event.at_s, &jump_v);
        }
        let mut response = layer.response(self.parameters.duration_s);
        response.energy.array_j = array_j;
        response
    }
}
