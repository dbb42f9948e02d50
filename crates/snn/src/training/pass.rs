//! Working memory of one image's way through the unrolled network.

use super::{Events, Lane, Stage, Surrogate, Volts};
use crate::LEVELS;

/// Deviations of one image's neurons from their nominal values.
#[derive(Debug, Clone)]
pub struct Deviations<T> {
    /// Thresholds of each layer (V).
    pub thresholds_v: Vec<Vec<T>>,
    /// Rates of the oscillation neurons, as factors; none for 1.
    pub rates: Option<Vec<T>>,
    /// What a spike of a hidden neuron counts, layer by layer: 0 for those that are left out; none for 1.
    pub gains: Option<Vec<Vec<T>>>,
}

/// What inputs see.
#[derive(Debug, Clone, Copy)]
pub enum Seen<'a> {
    /// A grey level each, whose spikes the network's encoding says.
    Image(&'a [u8]),
    /// Spikes of their own.
    Events(&'a Events),
}

/// What a sample is shown to, and how.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a, T> {
    /// The sample.
    pub seen: Seen<'a>,
    /// The weights of each array, in the order of [`Table::of`](super::Table::of).
    pub volts: &'a [Volts<T>],
    /// Its neurons.
    pub deviations: &'a Deviations<T>,
    /// How spikes are treated.
    pub surrogate: Surrogate,
}

/// Working memory of a pass, and its answer.
#[derive(Debug, Clone)]
pub struct Pass<T> {
    /// Spikes of each output.
    pub counts: Vec<T>,
    /// Potentials at the end (V).
    pub potentials_v: Vec<T>,
    /// By grey level, what all its pixels do together.
    pub(super) sums: Vec<T>,
    pub(super) present: [bool; LEVELS],
    /// Ticks at which something arrives, and when (s).
    pub(super) ticks: Vec<(usize, f64)>,
    pub(super) traces: Vec<Trace<T>>,
}

/// What a layer did.
#[derive(Debug, Clone, Default)]
pub(super) struct Trace<T> {
    /// What is left of a potential since the tick before.
    pub decays: Vec<T>,
    /// Potentials of all neurons, tick by tick, before they fire.
    pub v: Vec<T>,
    /// Potentials after the last tick; on the way back, derivatives by them.
    pub kept: Vec<T>,
    /// On the way back, derivatives by the potentials of a tick.
    pub by_v: Vec<T>,
    /// Until when the driver behind each neuron is deaf (s).
    pub deaf_until_s: Vec<T>,
    /// Spikes that the next layer hears, tick by tick.
    pub heard: Vec<Heard<T>>,
    /// Where those of each tick end.
    pub ends: Vec<usize>,
}

/// A spike that started a pulse.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heard<T> {
    pub neuron: usize,
    /// What it counts.
    pub gain: T,
    /// Until when its driver had been deaf before (s).
    pub deaf_until_s: T,
}

impl<T: Lane> Pass<T> {
    /// Memory for layers.
    #[must_use]
    pub fn new(stages: &[Stage]) -> Self {
        let (first, last) = (stages[0].neurons, stages[stages.len() - 1].neurons);
        Self {
            counts: vec![T::ZERO; last],
            potentials_v: vec![T::ZERO; last],
            sums: vec![T::ZERO; LEVELS * first],
            present: [false; LEVELS],
            ticks: Vec::new(),
            traces: vec![Trace::default(); stages.len()],
        }
    }

    /// Forgets the image before.
    pub(super) fn clear(&mut self, stages: &[Stage]) {
        self.ticks.clear();
        self.counts.fill(T::ZERO);
        for (trace, stage) in self.traces.iter_mut().zip(stages) {
            let Trace { decays, v, kept, by_v, deaf_until_s, heard, ends } = trace;
            decays.clear();
            v.clear();
            heard.clear();
            ends.clear();
            for lanes in [kept, by_v, deaf_until_s] {
                lanes.clear();
                lanes.resize(stage.neurons, T::ZERO);
            }
        }
    }
}

impl<T> Trace<T> {
    /// The spikes of a tick that were heard.
    pub fn heard_at(&self, tick: usize) -> &[Heard<T>] {
        heard_at(&self.heard, &self.ends, tick)
    }
}

/// The spikes of a tick, of those of all ticks and where each one's end.
pub(super) fn heard_at<'h, T>(
    heard: &'h [Heard<T>],
    ends: &[usize],
    tick: usize,
) -> &'h [Heard<T>] {
    let from = tick.checked_sub(1).map_or(0, |before| ends[before]);
    &heard[from..ends[tick]]
}

/// `sum += factor * row`, lane by lane.
#[inline(always)]
pub(super) fn add<T: Lane>(sum: &mut [T], factor: T, row: &[T]) {
    for (sum, value) in sum.iter_mut().zip(row) {
        *sum += factor * *value;
    }
}
