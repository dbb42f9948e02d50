//! The spiking network as a core with a clock: images as streams of events, weights as integers.

use memspike_lif_core::{
    Dynamics, FloatLayer, QuantiseError, Quantised, Rules, Saturation, Stimulus, Trained, quantise,
};
use memspike_snn::{Encoding, Image, LEVELS, Lif, Parameters};

/// Width of a spike count (bit): an output neuron fires about every 9 ms at most.
pub const COUNT_BITS: u32 = 8;

/// Time steps that are as long as a leak by shift needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeStep {
    /// Length (s).
    pub step_s: f64,
    /// What remains of a potential after it: `1 - 2^-shift`.
    pub retention: f64,
}

impl TimeStep {
    /// The step after which a membrane has lost `2^-shift` of its potential: its core leaks without a multiplier.
    #[must_use]
    pub fn of_shift(lif: &Lif, shift: u32) -> Self {
        let retention = 1.0 - 0.5_f64.powi(shift as i32);
        Self { step_s: -lif.tau_s * retention.ln(), retention }
    }
}

/// What the output neurons do in such steps, in units of weights: a weight of 1 moves a membrane by the charge of one pulse.
#[must_use]
pub fn dynamics(parameters: &Parameters, lif: &Lif, step: TimeStep) -> Dynamics {
    let unit_v = parameters.volts_per_siemens() * parameters.weight_siemens;
    Dynamics {
        threshold: lif.threshold_v / unit_v,
        retention: step.retention,
        reset: Some(lif.reset_v / unit_v),
        saturation: Saturation::Signed,
        refractory_ticks: 0,
    }
}

/// The output layer with weights of so many bits, however far that rounds its numbers: what it costs is to be measured.
///
/// # Errors
/// All weights are zero, or a width that no core has.
pub fn output_layer(
    weights: &FloatLayer,
    dynamics: Dynamics,
    step: TimeStep,
    weight_bits: u32,
) -> Result<Quantised, QuantiseError> {
    let layer = Trained { weights: weights.clone(), dynamics, scale: None };
    let rules = Rules {
        weight_bits,
        count_bits: COUNT_BITS,
        time_step_s: step.step_s,
        rounding: f64::INFINITY,
    };
    quantise(&[layer], &rules)
}

/// The spikes of all grey levels, by time step.
#[derive(Debug, Clone, PartialEq)]
pub struct Stream {
    /// Levels that spike in each step, in the order of time.
    steps: Vec<Vec<u8>>,
}

impl Stream {
    /// Cuts an encoding into steps. A spike belongs to the tick that is nearest to it, so that on average it leaks neither too
    /// much nor too little.
    #[must_use]
    pub fn new(encoding: &Encoding, step: TimeStep, duration_s: f64) -> Self {
        let count = (duration_s / step.step_s).ceil() as usize + 1;
        let mut steps = vec![Vec::new(); count];
        for arrival in encoding.events() {
            let tick = (arrival.at_s / step.step_s).round() as usize;
            steps[tick.min(count - 1)].push(arrival.level);
        }
        Self { steps }
    }

    /// An image as a core is sent it: a start, then the events of each step and its tick. Pixels that spike at one instant follow
    /// each other by number.
    #[must_use]
    pub fn of(&self, image: &Image) -> Vec<Stimulus> {
        let mut pixels = vec![Vec::new(); LEVELS];
        for (pixel, level) in image.iter().enumerate() {
            pixels[usize::from(*level)].push(pixel);
        }
        let mut stimuli = vec![Stimulus::Start];
        for levels in &self.steps {
            let inputs = levels.iter().flat_map(|level| &pixels[usize::from(*level)]);
            stimuli.extend(inputs.map(|pixel| Stimulus::Event(*pixel)));
            stimuli.push(Stimulus::Tick);
        }
        stimuli
    }
}
