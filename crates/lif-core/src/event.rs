//! The event-level model: what a core does, event by event, without clocks.

use crate::{Core, LayerSpec, Leak, Reset};

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
        }
    }

    /// Everything to zero.
    pub fn start(&mut self) {
        self.layers.iter_mut().for_each(Layer::clear);
        self.counts.fill(0);
    }

    /// A spike of an input; one beyond the inputs is ignored.
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
                        self.counts[*neuron] = (self.counts[*neuron] + 1).min(self.highest_count);
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

    /// The neuron with most spikes; the first of several.
    #[must_use]
    pub fn class(&self) -> usize {
        let most = self.counts.iter().max();
        self.counts.iter().position(|count| Some(count) == most).unwrap_or(0)
    }

    /// Potentials of a layer, one number a neuron.
    ///
    /// # Panics
    /// If there is no such layer.
    #[must_use]
    pub fn potentials(&self, layer: usize) -> &[i32] {
        let layer = &self.layers[layer];
        &layer.v[..layer.neurons]
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

/// Neurons are worked on in groups of so many: as many 32-bit lanes as vector units have.
const LANES: usize = 16;

/// A layer whose rows of weights and potentials are filled up to whole groups of lanes.
#[derive(Debug, Clone)]
struct Layer {
    neurons: usize,
    inputs: usize,
    lowest: i32,
    highest: i32,
    threshold: i32,
    leak: Leak,
    reset: Reset,
    refractory_ticks: u32,
    weights: Vec<[i32; LANES]>,
    groups: usize,
    v: Vec<i32>,
    refractory: Vec<u32>,
    fired: Vec<usize>,
}

impl Layer {
    fn new<'w>(spec: &LayerSpec, rows: impl Iterator<Item = &'w [i32]>) -> Self {
        // A potential has at most 31 bits and a weight 16, so that 32 bits hold their sum.
        let narrow = |value: i64| i32::try_from(value).expect("a checked core has narrow numbers");
        let groups = spec.neurons.div_ceil(LANES);
        let weights = rows.flat_map(|row| {
            row.chunks(LANES).map(|chunk| {
                let mut lanes = [0; LANES];
                lanes[..chunk.len()].copy_from_slice(chunk);
                lanes
            })
        });
        Self {
            neurons: spec.neurons,
            inputs: spec.inputs,
            lowest: narrow(spec.lowest()),
            highest: narrow(spec.highest()),
            threshold: narrow(spec.threshold),
            leak: spec.leak,
            reset: spec.reset,
            refractory_ticks: spec.refractory_ticks,
            weights: weights.collect(),
            groups,
            v: vec![0; groups * LANES],
            refractory: vec![0; groups * LANES],
            fired: Vec::with_capacity(spec.neurons),
        }
    }

    fn clear(&mut self) {
        self.v.fill(0);
        self.refractory.fill(0);
    }

    fn event(&mut self, input: usize) {
        if input >= self.inputs {
            return;
        }
        let row = &self.weights[input * self.groups..][..self.groups];
        let (lowest, highest) = (self.lowest, self.highest);
        let (potentials, _) = self.v.as_chunks_mut::<LANES>();
        if self.refractory_ticks == 0 {
            for (v, w) in potentials.iter_mut().zip(row) {
                for (v, w) in v.iter_mut().zip(w) {
                    *v = (*v + w).clamp(lowest, highest);
                }
            }
            return;
        }
        let (refractory, _) = self.refractory.as_chunks::<LANES>();
        for ((v, w), left) in potentials.iter_mut().zip(row).zip(refractory) {
            for ((v, w), left) in v.iter_mut().zip(w).zip(left) {
                let w = if *left == 0 { *w } else { 0 };
                *v = (*v + w).clamp(lowest, highest);
            }
        }
    }

    /// Ends a time step; the neurons that fire, in order.
    fn tick(&mut self) -> &[usize] {
        self.fired.clear();
        for neuron in 0..self.neurons {
            let v = &mut self.v[neuron];
            if self.refractory[neuron] > 0 {
                self.refractory[neuron] -= 1;
            } else if *v >= self.threshold {
                *v = match self.reset {
                    Reset::Zero => 0,
                    Reset::Hold { value } => value as i32,
                    Reset::Subtract => *v - self.threshold,
                };
                self.refractory[neuron] = self.refractory_ticks;
                self.fired.push(neuron);
            } else {
                *v = match self.leak {
                    Leak::None => *v,
                    Leak::Shift { shift } => *v - (*v >> shift),
                    Leak::Multiply { factor, shift } => {
                        ((i64::from(*v) * i64::from(factor)) >> shift) as i32
                    }
                };
            }
        }
        &self.fired
    }
}
