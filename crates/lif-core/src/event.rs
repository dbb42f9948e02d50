//! The event-level model: what a core does, event by event, without clocks.

use crate::{Core, lanes::Layer};

/// What is sent to a core.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stimulus {
    /// Start of an image: everything to zero.
    Start,
    /// A spike of this input. One beyond the inputs is ignored.
    Event(usize),
    /// The end of a time step.
    Tick,
}

/// The event-level model of a core.
#[derive(Debug, Clone)]
pub struct EventModel {
    layers: Vec<Layer>,
    counts: Vec<u32>,
    highest_count: u32,
    /// The neuron that leads, and the count that it was the first to reach.
    leader: usize,
    most: u32,
}

impl EventModel {
    /// A core at rest.
    #[must_use]
    pub fn new(core: &Core) -> Self {
        let layers = core.layers().map(|(spec, weights)| {
            Layer::new(spec, (0..spec.inputs).map(|input| weights.row(input)))
        });
        let spec = core.spec();
        Self {
            layers: layers.collect(),
            counts: vec![0; spec.last().neurons],
            highest_count: (1 << spec.count_bits) - 1,
            leader: 0,
            most: 0,
        }
    }

    /// Everything to zero.
    pub fn start(&mut self) {
        self.layers.iter_mut().for_each(Layer::clear);
        self.counts.fill(0);
        (self.leader, self.most) = (0, 0);
    }

    /// A spike of an input; one beyond the inputs is ignored.
    #[inline]
    pub fn event(&mut self, input: usize) {
        self.layers[0].event(input);
    }

    /// The end of a time step; calls `spike` with each neuron of the last layer that fires, in order.
    pub fn tick(&mut self, mut spike: impl FnMut(usize)) {
        for layer in 0..self.layers.len() {
            let (before, after) = self.layers.split_at_mut(layer + 1);
            let fired = before[layer].tick();
            match after.first_mut() {
                Some(next) => fired.iter().for_each(|neuron| next.event(*neuron)),
                None => {
                    for neuron in fired {
                        let count = (self.counts[*neuron] + 1).min(self.highest_count);
                        self.counts[*neuron] = count;
                        if count > self.most {
                            (self.leader, self.most) = (*neuron, count);
                        }
                        spike(*neuron);
                    }
                }
            }
        }
    }

    /// Spikes of each neuron of the last layer since the start of the image.
    #[must_use]
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// The neuron with most spikes; of several the one that had so many first, and of those that had them in one tick the lowest.
    ///
    /// Who had them first has charged for its next spike longest, so this is near to asking for the highest potential, and it asks for
    /// nothing that a counter of spikes has not.
    #[must_use]
    pub const fn class(&self) -> usize {
        self.leader
    }

    /// Potentials of a layer, one number a neuron.
    ///
    /// # Panics
    /// If there is no such layer.
    #[must_use]
    pub fn potentials(&self, layer: usize) -> Vec<i32> {
        self.layers[layer].potentials()
    }
}

/// Runs a core on stimuli; for each tick, the neurons of the last layer that fire, in order.
#[must_use]
pub fn run(core: &Core, stimuli: &[Stimulus]) -> Vec<Vec<usize>> {
    let mut model = EventModel::new(core);
    let mut ticks = Vec::new();
    for stimulus in stimuli {
        match *stimulus {
            Stimulus::Start => model.start(),
            Stimulus::Event(input) => model.event(input),
            Stimulus::Tick => {
                let mut fired = Vec::new();
                model.tick(|neuron| fired.push(neuron));
                ticks.push(fired);
            }
        }
    }
    ticks
}
