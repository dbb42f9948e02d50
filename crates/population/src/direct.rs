//! Membranes whose potential jumps, where delays are few: a spike's synapses of one delay are added in one sweep.

use memspike_time::Time;

use crate::history::History;
use crate::kernel::{Kernel, Tally, Words};
use crate::membranes::Membranes;
use crate::rows::Rows;
use crate::spike::{Spike, Window};
use crate::stored::Stored;

/// Volleys whose rows are fetched at once.
const TOGETHER: usize = 16;

/// All synapses of one spike that have the same delay: they arrive together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Volley {
    at: Time,
    source: u32,
    /// The spike's number.
    number: u64,
    row: usize,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Direct<S> {
    membranes: Membranes,
    rows: Rows<S>,
    /// The delays (fs).
    classes: Vec<u64>,
    /// Of each level and delay, the number of the first spike that has not arrived.
    next: Vec<Vec<u64>>,
    volleys: Vec<Volley>,
    /// Neurons to be tested at an instant.
    touched: Vec<u32>,
    /// Of each neuron, what arrives by several volleys at one instant; otherwise 0.
    sums: Vec<f64>,
    /// Membranes, and what of each level has not arrived, as they were.
    kept: Option<(Membranes, Vec<Vec<u64>>)>,
}

impl<S: Stored> Direct<S> {
    pub fn new(membranes: Membranes, rows: Rows<S>, classes: Vec<u64>, neurons: usize) -> Self {
        let sums = vec![0.0; neurons];
        let (next, volleys, touched) = (Vec::new(), Vec::new(), Vec::new());
        Self { membranes, rows, classes, next, volleys, touched, sums, kept: None }
    }

    /// Finds what arrives before the end of a window, by instant, source and spike.
    fn collect(&mut self, end: Time, histories: &[History]) {
        let Self { rows, classes: delays, next, volleys, .. } = self;
        volleys.clear();
        let classes = delays.len();
        next.resize(histories.len(), vec![0; classes]);
        for (history, next) in histories.iter().zip(next) {
            for (class, (delay, next)) in delays.iter().zip(next).enumerate() {
                let pending = history.since(*next);
                let arriving = pending.partition_point(|spike| spike.at.later(*delay) < end);
                let numbered = pending[..arriving].iter().zip(*next..);
                let volley = |(spike, number): (&Spike, u64)| Volley {
                    at: spike.at.later(*delay),
                    source: spike.neuron,
                    number,
                    row: spike.neuron as usize * classes + class,
                };
                // Who sends nothing may go later than these neurons, whatever the delay.
                let sends = |volley: &Volley| rows.told(volley.row) > 0;
                volleys.extend(numbered.map(volley).filter(sends));
                *next += arriving as u64;
            }
        }
        let key = |volley: &Volley| (volley.at, volley.source, volley.number);
        if !volleys.is_sorted_by_key(key) {
            volleys.sort_by_key(key);
        }
    }

    /// One volley alone at its instant.
    fn sweep(&mut self, row: usize, factor: f64, bar: f64) {
        let (once, repeated) = self.rows.once_and_repeated(row);
        let (states, touched) = (self.membranes.states_mut(), &mut self.touched);
        add(once, states, (factor, bar), touched);
        for alike in repeated.chunk_by(|a, b| a.target() == b.target()) {
            let (target, weight) = sum(alike);
            let state = &mut states[target];
            *state += weight * factor;
            if *state >= bar {
                touched.push(target as u32);
            }
        }
        self.membranes.tally.delivered += self.rows.told(row);
    }

    /// Several volleys at one instant: each neuron's weights are added up first, so that opposite ones cancel to the last bit.
    fn sweep_together(&mut self, volleys: std::ops::Range<usize>, factor: f64, bar: f64) {
        let Self { rows, sums, touched, membranes, .. } = self;
        for volley in &self.volleys[volleys.clone()] {
            let (once, repeated) = rows.once_and_repeated(volley.row);
            add_up(once, sums);
            for alike in repeated.chunk_by(|a, b| a.target() == b.target()) {
                let (target, weight) = sum(alike);
                sums[target] += weight;
            }
            membranes.tally.delivered += rows.told(volley.row);
        }
        for volley in &self.volleys[volleys] {
            let (once, repeated) = rows.once_and_repeated(volley.row);
            let states = membranes.states_mut();
            take(once, sums, states, (factor, bar), touched);
            take(repeated, sums, states, (factor, bar), touched);
        }
    }

    /// Synapses of spikes that have not arrived.
    fn under_way(&self, histories: &[History]) -> u64 {
        let classes = self.classes.len();
        let of_class = |history: &History, class: usize, next: u64| {
            let row = |spike: &Spike| spike.neuron as usize * classes + class;
            let spikes = history.since(next).iter();
            spikes.map(|spike| self.rows.told(row(spike))).sum::<u64>()
        };
        let levels = histories.iter().zip(&self.next);
        let waiting = levels.flat_map(|(history, next)| {
            next.iter().enumerate().map(move |(class, next)| of_class(history, class, *next))
        });
        waiting.sum()
    }
}

/// A target and the sum of its synapses' weights, in their order.
fn sum<S: Stored>(alike: &[S]) -> (usize, f64) {
    (alike[0].target(), alike.iter().map(|synapse| synapse.weight()).sum())
}

/// Adds synapses of different targets to scaled states, and notes those that reach the bar.
fn add<S: Stored>(
    synapses: &[S],
    states: &mut [f64],
    (factor, bar): (f64, f64),
    touched: &mut Vec<u32>,
) {
    for synapse in synapses {
        let state = &mut states[synapse.target()];
        *state += synapse.weight() * factor;
        if *state >= bar {
            touched.push(synapse.target() as u32);
        }
    }
}

/// Adds up weights.
fn add_up<S: Stored>(synapses: &[S], sums: &mut [f64]) {
    synapses.iter().for_each(|synapse| sums[synapse.target()] += synapse.weight());
}

/// Adds sums to the scaled states of synapses' targets, and notes those that reach the bar. Sums are zero afterwards: who is met
/// again gets nothing more, and who gets nothing does nothing.
fn take<S: Stored>(
    synapses: &[S],
    sums: &mut [f64],
    states: &mut [f64],
    (factor, bar): (f64, f64),
    touched: &mut Vec<u32>,
) {
    for synapse in synapses {
        let weight = std::mem::take(&mut sums[synapse.target()]);
        let state = &mut states[synapse.target()];
        *state += weight * factor;
        if *state >= bar && weight != 0.0 {
            touched.push(synapse.target() as u32);
        }
    }
}

impl<S: Stored> Kernel for Direct<S> {
    fn advance(&mut self, window: Window, histories: &[History], spikes: &mut Vec<Spike>) {
        self.collect(window.end, histories);
        self.membranes.begin(window, spikes);
        let (mut first, mut fetched) = (0, 0);
        while let Some(&Volley { at, row, .. }) = self.volleys.get(first) {
            if first >= fetched {
                fetched = self.volleys.len().min(first + TOGETHER);
                self.rows.fetch_rows(self.volleys[first..fetched].iter().map(|volley| volley.row));
            }
            let together =
                self.volleys[first..].iter().take_while(|volley| volley.at == at).count();
            let factor = self.membranes.factor(at);
            self.membranes.settle(at, factor, spikes);
            self.membranes.wake_at(at, factor, &mut self.touched);
            let bar = self.membranes.bar(factor);
            if together == 1 {
                self.sweep(row, factor, bar);
            } else {
                self.sweep_together(first..first + together, factor, bar);
            }
            self.membranes.test(self.touched.drain(..), at, factor, spikes);
            first += together;
        }
        self.membranes.settle(window.end, self.membranes.factor(window.end), spikes);
        self.membranes.end();
    }

    fn drive(&mut self, asymptote_v: f64, at: Time) -> bool {
        self.membranes.drive(asymptote_v, at);
        true
    }

    fn keep(&mut self) {
        self.kept = Some((self.membranes.clone(), self.next.clone()));
    }

    fn go_back(&mut self) {
        (self.membranes, self.next) = self.kept.take().expect("it was told to keep them");
    }

    fn tally(&self, histories: &[History]) -> Tally {
        Tally { under_way: self.under_way(histories), ..self.membranes.tally }
    }

    fn potential(&self, local: usize, at: Time) -> Option<f64> {
        Some(self.membranes.potential(local, at))
    }

    fn save(&self) -> Vec<Words> {
        self.membranes.save()
    }

    fn load(&mut self, states: &[Words], now: Time, histories: &[History]) {
        self.membranes.load(states, now);
        let next = |history: &History, delay: u64| {
            let kept = history.kept();
            let arrived = kept.partition_point(|spike| spike.at.later(delay) < now);
            history.end() - (kept.len() - arrived) as u64
        };
        let of =
            |history: &History| self.classes.iter().map(|delay| next(history, *delay)).collect();
        self.next = histories.iter().map(of).collect();
    }

    fn bytes(&self) -> usize {
        self.membranes.bytes() + self.rows.bytes() + size_of_val(&self.sums[..])
    }
}
