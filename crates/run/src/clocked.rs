//! The spiking network as a core with a clock: images as streams of events, weights as integers.

use memspike_lif_core::{Rules, Stimulus, TimeStep, Widths};
use memspike_snn::{Encoding, LEVELS};

/// Width of a spike count (bit): an output neuron fires about every 9 ms at most.
pub const COUNT_BITS: u32 = 8;

/// Rules of these widths, of each layer or of all, however far they round its numbers: what that costs is to be measured.
#[must_use]
pub const fn rules(widths: &[Widths], step: TimeStep) -> Rules<'_> {
    Rules { widths, count_bits: COUNT_BITS, time_step_s: step.step_s(), rounding: f64::INFINITY }
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
        let count = (duration_s / step.step_s()).ceil() as usize + 1;
        let mut steps = vec![Vec::new(); count];
        for arrival in encoding.events() {
            let tick = (arrival.at_s / step.step_s()).round() as usize;
            steps[tick.min(count - 1)].push(arrival.level);
        }
        Self { steps }
    }

    /// An image as a core is sent it: a start, then the events of each step and its tick. Pixels that spike at one instant follow
    /// each other by number.
    #[must_use]
    pub fn of(&self, image: &[u8]) -> Vec<Stimulus> {
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
