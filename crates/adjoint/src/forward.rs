//! The layer as it runs: from edge to edge of its pulses, all spikes between them in closed form.

use crate::pulses::{Change, Edge, Pulses};
use crate::{Layer, RunsAway};

/// A spike of a source, or of a neuron of a layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spike {
    /// When (s).
    pub at_s: f64,
    /// Whose, counted within its layer.
    pub neuron: u32,
}

/// Spikes of a layer in a run beyond which it has run away.
pub(crate) const MOST_SPIKES: usize = 1 << 20;

/// What happens to one neuron between two edges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Event {
    pub neuron: u32,
    pub at_s: f64,
    /// Slope of the potential (V/s): just before a spike, just after the end of a refractory time.
    pub slope: f64,
    /// The number of the spike; of an end of a refractory time none.
    pub spike: Option<u32>,
}

/// What a layer did, as far as its derivatives need it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Trace {
    pub until_s: f64,
    /// In the order of time, then of neurons.
    pub spikes: Vec<Spike>,
    /// Where stretches end, except the last one, which ends with the run.
    pub edges: Vec<Edge>,
    /// Stretch by stretch; within one, neuron by neuron in the order of time.
    pub events: Vec<Event>,
    /// Events up to the end of each stretch.
    pub ends: Vec<usize>,
    /// Potential of each neuron at the end (V).
    pub potential_v: Vec<f64>,
    /// Whether it is held at its reset there.
    pub resting: Vec<bool>,
    /// The integral of its potential (V s), if that is asked for.
    pub integral_vs: Vec<f64>,
}

impl Trace {
    fn clear(&mut self, until_s: f64) {
        self.until_s = until_s;
        self.spikes.clear();
        self.edges.clear();
        self.events.clear();
        self.ends.clear();
        self.integral_vs.clear();
    }
}

/// A neuron that is no plain exponential in a stretch: how it leaves it.
#[derive(Debug, Clone, Copy)]
struct Outcome {
    neuron: usize,
    potential_v: f64,
    until_s: f64,
    integral_vs: f64,
}

/// Until when a neuron is refractory that is not.
const AWAKE: f64 = f64::NEG_INFINITY;

/// The state of a layer's membranes, and lists that are used again.
#[derive(Debug, Default)]
pub(crate) struct Membranes {
    potential_v: Vec<f64>,
    asymptote_v: Vec<f64>,
    /// Until when each neuron is refractory (s).
    until_s: Vec<f64>,
    next_v: Vec<f64>,
    outcomes: Vec<Outcome>,
    feeding: Pulses,
    own: Pulses,
}

/// A layer with its weights as shifts of asymptotes (V), row by row of each array.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weighted<'a> {
    pub layer: &'a Layer,
    pub feed_v: &'a [f64],
    pub own_v: &'a [f64],
}

impl<'a> Weighted<'a> {
    pub fn new(layer: &'a Layer, volts: &'a [f64]) -> Self {
        let own = layer.recurrent.as_ref();
        let own_v = own.map_or(&[][..], |feed| &volts[feed.range(layer.neurons)]);
        Self { layer, feed_v: &volts[layer.feed.range(layer.neurons)], own_v }
    }

    /// The row of weights behind a driver (V).
    pub fn row(&self, edge: &Edge) -> &'a [f64] {
        let array = if edge.own { self.own_v } else { self.feed_v };
        &array[edge.source as usize * self.layer.neurons..][..self.layer.neurons]
    }

    /// Runs the layer on the spikes of its sources, which stand in the order of time. `integrates` asks for integrals.
    pub fn run(
        &self,
        spikes: &[Spike],
        (until_s, integrates): (f64, bool),
        membranes: &mut Membranes,
        trace: &mut Trace,
    ) -> Result<(), RunsAway> {
        trace.clear(until_s);
        trace.integral_vs.resize(if integrates { self.layer.neurons } else { 0 }, 0.0);
        membranes.start(self.layer, spikes);
        let mut now_s = 0.0;
        loop {
            let next_s = membranes.feeding.next_s().min(membranes.own.next_s());
            let end_s = self.stretch((now_s, next_s.min(until_s)), membranes, trace);
            trace.ends.push(trace.events.len());
            if trace.spikes.len() > MOST_SPIKES {
                return Err(RunsAway { until_s: end_s });
            }
            if end_s >= until_s {
                break;
            }
            let edge = membranes.take(end_s);
            self.apply(&edge, membranes);
            trace.edges.push(edge);
            now_s = end_s;
        }
        trace.potential_v.clone_from(&membranes.potential_v);
        trace.resting.clear();
        trace.resting.extend(membranes.until_s.iter().map(|until_s| *until_s > AWAKE));
        Ok(())
    }

    fn apply(&self, edge: &Edge, membranes: &mut Membranes) {
        let sign = match edge.change {
            Change::Start => 1.0,
            Change::End => -1.0,
            Change::Nothing => return,
        };
        for (asymptote_v, weight_v) in membranes.asymptote_v.iter_mut().zip(self.row(edge)) {
            *asymptote_v += sign * weight_v;
        }
    }

    /// Goes through a stretch in which no asymptote moves, and says where it ended: earlier, if the layer hears a spike of
    /// its own before.
    fn stretch(&self, stretch: (f64, f64), membranes: &mut Membranes, trace: &mut Trace) -> f64 {
        let (now_s, mut end_s) = stretch;
        let begun = trace.events.len();
        self.attempt((now_s, end_s), membranes, &mut trace.events);
        if let Some(own) = &self.layer.recurrent {
            let new = trace.events[begun..].iter().filter(|event| event.spike.is_some());
            let first_s = new.map(|event| event.at_s).fold(f64::INFINITY, f64::min);
            if first_s + own.delay_s < end_s {
                end_s = first_s + own.delay_s;
                trace.events.truncate(begun);
                self.attempt((now_s, end_s), membranes, &mut trace.events);
            }
        }
        membranes.commit(&self.layer.cell, end_s - now_s, &mut trace.integral_vs);
        let mut new: Vec<usize> = (begun..trace.events.len()).collect();
        new.retain(|at| trace.events[*at].spike.is_some());
        let key = |at: &usize| (trace.events[*at].at_s, trace.events[*at].neuron);
        new.sort_by(|a, b| key(a).0.total_cmp(&key(b).0).then(key(a).1.cmp(&key(b).1)));
        for at in new {
            let event = &mut trace.events[at];
            let (number, spike) =
                (trace.spikes.len() as u32, Spike { at_s: event.at_s, neuron: event.neuron });
            event.spike = Some(number);
            trace.spikes.push(spike);
            if self.layer.recurrent.is_some() {
                membranes.own.spike(spike, number);
            }
        }
        end_s
    }

    /// Finds what all neurons do in a stretch, and leaves the state as it was.
    fn attempt(
        &self,
        (now_s, end_s): (f64, f64),
        membranes: &mut Membranes,
        events: &mut Vec<Event>,
    ) {
        let Membranes { potential_v, asymptote_v, until_s, next_v, outcomes, .. } = membranes;
        let cell = &self.layer.cell;
        let left = (-(end_s - now_s) / cell.tau_s).exp();
        for ((next_v, v), a) in next_v.iter_mut().zip(&*potential_v).zip(&*asymptote_v) {
            *next_v = a + (v - a) * left;
        }
        outcomes.clear();
        for (neuron, next_v) in next_v.iter().enumerate() {
            if until_s[neuron] > AWAKE
                || (*next_v >= cell.threshold_v && asymptote_v[neuron] > cell.threshold_v)
            {
                let walk =
                    Walk { neuron, asymptote_v: asymptote_v[neuron], end_s, layer: self.layer };
                outcomes.push(walk.walk(now_s, (potential_v[neuron], until_s[neuron]), events));
            }
        }
    }
}

impl Membranes {
    fn start(&mut self, layer: &Layer, spikes: &[Spike]) {
        let fill = |list: &mut Vec<f64>, value| {
            list.clear();
            list.resize(layer.neurons, value);
        };
        fill(&mut self.potential_v, layer.cell.initial_v);
        fill(&mut self.asymptote_v, layer.cell.asymptote_v);
        fill(&mut self.until_s, AWAKE);
        fill(&mut self.next_v, 0.0);
        self.feeding.reset(&layer.feed, false);
        for (number, spike) in (0..).zip(spikes) {
            self.feeding.spike(*spike, number);
        }
        self.own.silence();
        if let Some(own) = &layer.recurrent {
            self.own.reset(own, true);
        }
    }

    /// The edge at an instant.
    fn take(&mut self, at_s: f64) -> Edge {
        if self.feeding.next_s() <= at_s {
            return self.feeding.take();
        }
        if self.own.next_s() <= at_s {
            return self.own.take();
        }
        Edge { at_s, source: 0, spike: 0, change: Change::Nothing, own: true }
    }

    /// Makes what was found the state.
    fn commit(&mut self, cell: &crate::Cell, length_s: f64, integral_vs: &mut [f64]) {
        let Self { potential_v, asymptote_v, until_s, next_v, outcomes, .. } = self;
        if !integral_vs.is_empty() {
            for outcome in outcomes.iter_mut() {
                outcome.integral_vs += integral_vs[outcome.neuron];
            }
            for (at, integral_vs) in integral_vs.iter_mut().enumerate() {
                let [from_v, to_v] = [potential_v[at], next_v[at]];
                *integral_vs += asymptote_v[at] * length_s + (from_v - to_v) * cell.tau_s;
            }
            outcomes.iter().for_each(|one| integral_vs[one.neuron] = one.integral_vs);
        }
        std::mem::swap(potential_v, next_v);
        for outcome in outcomes {
            potential_v[outcome.neuron] = outcome.potential_v;
            until_s[outcome.neuron] = outcome.until_s;
        }
    }
}

/// One neuron in a stretch.
struct Walk<'a> {
    neuron: usize,
    asymptote_v: f64,
    end_s: f64,
    layer: &'a Layer,
}

impl Walk<'_> {
    /// From spike to spike.
    fn walk(&self, now_s: f64, state: (f64, f64), events: &mut Vec<Event>) -> Outcome {
        let Self { neuron, asymptote_v, end_s, layer } = *self;
        let cell = &layer.cell;
        let (mut at_s, (mut v, mut until_s), mut integral_vs) = (now_s, state, 0.0);
        let mut tell = |at_s, slope, spike| {
            events.push(Event { neuron: neuron as u32, at_s, slope, spike });
        };
        // One spike more than a layer may have, which is then told.
        for _ in 0..=MOST_SPIKES {
            if until_s > AWAKE {
                let wakes = until_s <= end_s;
                let to_s = if wakes { until_s } else { end_s };
                integral_vs += v * (to_s - at_s);
                at_s = to_s;
                if !wakes {
                    break;
                }
                until_s = AWAKE;
                tell(at_s, (asymptote_v - v) / cell.tau_s, None);
            }
            let next_v = asymptote_v + (v - asymptote_v) * (-(end_s - at_s) / cell.tau_s).exp();
            if next_v < cell.threshold_v || asymptote_v <= cell.threshold_v {
                integral_vs += asymptote_v * (end_s - at_s) + (v - next_v) * cell.tau_s;
                v = next_v;
                break;
            }
            let over_v = asymptote_v - cell.threshold_v;
            let after_s = cell.tau_s * ((cell.threshold_v - v) / over_v).ln_1p();
            let fires_s = (at_s + after_s.max(0.0)).min(end_s);
            integral_vs += asymptote_v * (fires_s - at_s) + (v - cell.threshold_v) * cell.tau_s;
            tell(fires_s, over_v / cell.tau_s, Some(0));
            (at_s, v, until_s) = (fires_s, cell.reset_v, fires_s + cell.refractory_s);
        }
        Outcome { neuron, potential_v: v, until_s, integral_vs }
    }
}
