//! Point level: a pulse is a charge that arrives at once, a LIF neuron a leak and a threshold.
//!
//! Between charges a potential decays by `exp(-dt / tau)`, exactly. Charges that arrive at one instant
//! are added before the threshold is asked. A potential at or above it is a spike and falls to the
//! hold voltage.

use memspike_device::BuiltModel;
use memspike_network::Lif;
use memspike_random::{Draws, Owner};
use pulp::{Arch, NullaryFnOnce};

use crate::{Encoding, Neuron, Parameters, Response, Synapses, encoding::LEVELS, lanes};

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
    #[inline(always)]
    pub fn charge(&mut self, at_s: f64, jumps_v: &[f64]) {
        self.charge_and_tell(at_s, jumps_v, |_| ());
    }

    /// [`PointLayer::charge`]; `fired` hears which neurons fire.
    #[inline(always)]
    pub fn charge_and_tell(&mut self, at_s: f64, jumps_v: &[f64], mut fired: impl FnMut(usize)) {
        let decay = self.lif.decay(at_s - self.at_s);
        self.at_s = at_s;
        if gather(self.lif, &mut self.potentials_v, decay, jumps_v) {
            let neurons = self.potentials_v.iter_mut().zip(&mut self.counts);
            for (neuron, (v, count)) in neurons.enumerate() {
                if self.lif.fire(v) {
                    *count += 1;
                    fired(neuron);
                }
            }
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

/// The potentials of one instant. The answer is whether one of them reaches the threshold, as few instants make one do: all
/// are asked at once, by the processor's vectors.
#[inline(always)]
fn gather(lif: Lif, potentials_v: &mut [f64], decay: f64, jumps_v: &[f64]) -> bool {
    let mut reached = 0_u64;
    lanes::for_each(potentials_v, jumps_v, |v, jump_v| {
        reached |= u64::from(lif.gather(v, decay, jump_v));
    });
    reached != 0
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
        let array_j = self.drive(image, &mut layer);
        let mut response = layer.response(self.parameters.duration_s);
        response.energy.array_j = array_j;
        response
    }

    /// What an image makes of the oscillation neurons and the array: those behind hear of each instant at which charges arrive.
    /// The answer is what the drivers deliver (J).
    fn drive(&self, image: &[u8], behind: &mut impl Hears) -> f64 {
        Arch::new().dispatch(Drive { network: *self, image, behind })
    }

    #[inline(always)]
    fn drive_by_lanes(&self, image: &[u8], behind: &mut impl Hears) -> f64 {
        let (sums_v, array_j) = self.sums(image);
        let mut together_v = vec![0.0; self.synapses.outputs()];
        let events = self.encoding.events().iter().filter(|event| sums_v.has(event.level));
        let mut charges = events.map(|event| (event.at_s, sums_v.of(event.level))).peekable();
        while let Some((at_s, first_v)) = charges.next() {
            let mut alone = true;
            while let Some((_, more_v)) = charges.next_if(|(same_s, _)| *same_s == at_s) {
                if alone {
                    together_v.copy_from_slice(first_v);
                    alone = false;
                }
                lanes::for_each(&mut together_v, more_v, |v, more_v| *v += more_v);
            }
            behind.hear(at_s, if alone { first_v } else { &together_v });
        }
        array_j
    }

    /// What the pixels of each grey level charge the neurons with, as they spike together; and what the drivers deliver (J).
    #[inline(always)]
    fn sums(&self, image: &[u8]) -> (LevelSums, f64) {
        let volts = self.parameters.volts_per_siemens();
        let mut sums_v = LevelSums::new(self.synapses.outputs(), image.len());
        let mut array_j = 0.0;
        for (row, level) in image.iter().enumerate() {
            let spikes = self.encoding.spikes(*level);
            if spikes > 0 {
                let sum_v = sums_v.of_mut(*level);
                lanes::for_each(sum_v, self.synapses.signed(row), |v, g| *v += volts * g);
                array_j += pulse_j(self.parameters) * self.synapses.total(row) * f64::from(spikes);
            }
        }
        (sums_v, array_j)
    }
}

/// What is behind the array of the oscillation neurons.
trait Hears {
    /// All charges of one instant arrive: each moves its neuron's potential by so many volts.
    fn hear(&mut self, at_s: f64, jumps_v: &[f64]);
}

impl Hears for PointLayer {
    #[inline(always)]
    fn hear(&mut self, at_s: f64, jumps_v: &[f64]) {
        self.charge(at_s, jumps_v);
    }
}

/// [`PointNetwork::drive`], compiled for each width of registers ([`pulp::Arch`]), for which all that is done at an instant is inlined.
/// No width fuses a product with a sum: the bits are the same on every machine.
struct Drive<'a, H> {
    network: PointNetwork<'a>,
    image: &'a [u8],
    behind: &'a mut H,
}

impl<H: Hears> NullaryFnOnce for Drive<'_, H> {
    type Output = f64;

    #[inline(always)]
    fn call(self) -> f64 {
        self.network.drive_by_lanes(self.image, self.behind)
    }
}

/// A sum for each output (V), for each grey level that an image has.
struct LevelSums {
    outputs: usize,
    /// Which of the sums are a level's; [`LevelSums::ABSENT`] without.
    places: [u16; LEVELS],
    /// How many levels have sums.
    levels: u16,
    volts: Vec<f64>,
}

impl LevelSums {
    const ABSENT: u16 = u16::MAX;

    /// No sums; there is room for those of so many pixels.
    fn new(outputs: usize, pixels: usize) -> Self {
        let volts = Vec::with_capacity(pixels.min(LEVELS) * outputs);
        Self { outputs, places: [Self::ABSENT; LEVELS], levels: 0, volts }
    }

    /// Whether the image has a level.
    #[inline]
    fn has(&self, level: u8) -> bool {
        self.places[usize::from(level)] != Self::ABSENT
    }

    /// The sums of a level that the image has.
    #[inline]
    fn of(&self, level: u8) -> &[f64] {
        &self.volts[usize::from(self.places[usize::from(level)]) * self.outputs..][..self.outputs]
    }

    /// The sums of a level, zero if they were not there.
    #[inline]
    fn of_mut(&mut self, level: u8) -> &mut [f64] {
        let place = &mut self.places[usize::from(level)];
        if *place == Self::ABSENT {
            *place = self.levels;
            self.levels += 1;
            self.volts.resize(self.volts.len() + self.outputs, 0.0);
        }
        let begin = usize::from(*place) * self.outputs;
        &mut self.volts[begin..][..self.outputs]
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
        let mut shown = ShownLayers {
            hidden: PointLayer::new(lif, synapses.outputs()),
            behind: self.behind.iter().map(|stage| Behind::new(*stage)).collect(),
            fired: Vec::new(),
            rows_j: 0.0,
        };
        let first_j = self.first.drive(image, &mut shown);
        let last = shown.behind.pop().map_or(shown.hidden, |behind| behind.layer);
        let mut response = last.response(parameters.duration_s);
        response.energy.array_j = first_j + shown.rows_j;
        response
    }
}

/// All layers, while they are shown an image.
struct ShownLayers<'a> {
    hidden: PointLayer,
    behind: Vec<Behind<'a>>,
    /// Which neurons of a layer fire at this instant.
    fired: Vec<usize>,
    /// What the drivers of the layers behind have delivered (J).
    rows_j: f64,
}

impl Hears for ShownLayers<'_> {
    #[inline(always)]
    fn hear(&mut self, at_s: f64, jumps_v: &[f64]) {
        let Self { hidden, behind, fired, rows_j } = self;
        fired.clear();
        hidden.charge_and_tell(at_s, jumps_v, |neuron| fired.push(neuron));
        for layer in behind {
            if fired.is_empty() {
                break;
            }
            *rows_j += layer.hear(at_s, fired);
        }
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
    #[inline(always)]
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
            lanes::for_each(&mut self.jumps_v, synapses.signed(row), |v, g| *v += volts * g);
        }
        self.layer.charge_and_tell(at_s, &self.jumps_v, |neuron| fired.push(neuron));
        rows_j
    }
}
