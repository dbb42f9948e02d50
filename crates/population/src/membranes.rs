//! Membranes whose potential jumps, many side by side, in the order of time.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use memspike_time::Time;

use crate::kernel::{Tally, Words, time_of, words_of};
use crate::lif::LifLaw;
use crate::spike::{Spike, Window};

/// The scaled state of a refractory neuron: whatever arrives is absorbed by it, and no threshold is near.
const DEAF: f64 = -1e300;

/// A refractory neuron.
#[derive(Debug, Clone, Copy)]
struct Rest {
    end: Time,
    local: u32,
    /// Its potential, from the asymptote.
    potential: f64,
}

/// A neuron: what arrives at it is beside what it changes, so that both are in one line of the cache.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell {
    /// The scaled state.
    pub u: f64,
    /// The weights of several volleys that arrive at one instant, while they are added up; otherwise 0.
    pub sum: f64,
}

/// Scaled states, and what they will do of their own accord.
#[derive(Debug, Clone)]
pub(crate) struct Membranes {
    law: LifLaw,
    /// The number of the first neuron.
    first: u32,
    cells: Vec<Cell>,
    /// Refractory neurons, by their ends: all are so for the same time.
    resting: VecDeque<Rest>,
    due: Due,
    origin: u64,
    /// Whether neurons that start above their threshold have fired.
    begun: bool,
    pub tally: Tally,
}

/// Neurons that may cross within the window, by the scale of their crossing.
#[derive(Debug, Clone, Default)]
struct Due {
    /// Scales are positive, so that their bits are in their order.
    heap: BinaryHeap<Reverse<(u64, u32)>>,
    /// Of each neuron, the least scale that is in the heap.
    least: Vec<f64>,
    /// The scale at the end of the window.
    end: f64,
}

impl Due {
    fn queue(&mut self, local: u32, scale: f64) {
        let least = &mut self.least[local as usize];
        if scale < *least && LifLaw::may_precede(scale, self.end) {
            *least = scale;
            self.heap.push(Reverse((scale.to_bits(), local)));
        }
    }

    fn pop(&mut self) {
        if let Some(Reverse((_, local))) = self.heap.pop() {
            self.least[local as usize] = f64::INFINITY;
        }
    }
}

impl Membranes {
    pub fn new(law: LifLaw, first: u32, potentials: impl Iterator<Item = f64>) -> Self {
        let cell = |v| Cell { u: v - law.asymptote_v, sum: 0.0 };
        let cells: Vec<Cell> = potentials.map(cell).collect();
        let due = Due { least: vec![f64::INFINITY; cells.len()], ..Due::default() };
        let (resting, tally) = (VecDeque::new(), Tally::default());
        Self { law, first, cells, resting, due, origin: 0, begun: false, tally }
    }

    /// Begins a window: states are written anew where their origin has moved on, and all that could cross is found.
    pub fn begin(&mut self, window: Window, spikes: &mut Vec<Spike>) {
        self.rebase(self.law.grid.origin(window.start));
        self.due.end = self.law.factor(window.end, self.origin);
        if !self.begun {
            self.begun = true;
            let factor = self.factor(window.start);
            self.test(0..self.cells.len() as u32, window.start, factor, spikes);
        }
        if self.law.is_driven() {
            let bar = self.law.bar(self.due.end);
            for (local, &Cell { u, .. }) in self.cells.iter().enumerate() {
                if u >= bar {
                    self.due.queue(local as u32, self.law.scale_of_crossing(u));
                }
            }
        }
    }

    fn rebase(&mut self, origin: u64) {
        while self.origin < origin {
            for cell in &mut self.cells {
                cell.u = self.law.turned(cell.u);
            }
            for rest in &self.resting {
                self.cells[rest.local as usize].u = DEAF;
            }
            self.origin += self.law.grid.period_fs;
            self.tally.rebased += 1;
        }
    }

    /// The scale at an instant.
    pub fn factor(&self, at: Time) -> f64 {
        self.law.factor(at, self.origin)
    }

    /// The least state that may fire between an instant of this scale and the end of the window.
    pub fn bar(&self, factor: f64) -> f64 {
        self.law.bar(if self.law.is_driven() { self.due.end } else { factor })
    }

    /// The neurons.
    pub fn cells_mut(&mut self) -> &mut [Cell] {
        &mut self.cells
    }

    /// All that neurons do of their own accord before `limit`, whose scale is `factor`.
    pub fn settle(&mut self, limit: Time, factor: f64, spikes: &mut Vec<Spike>) {
        loop {
            let end = self.resting.front().map(|rest| rest.end).filter(|end| *end < limit);
            match (self.next_crossing(limit, factor), end) {
                (Some((at, local)), end) if end.is_none_or(|end| at < end) => {
                    self.tally.certified += 1;
                    self.due.pop();
                    self.fire(local, at, self.law.theta_v, spikes);
                }
                (_, Some(end)) => {
                    let factor = self.factor(end);
                    let woken = self.wake(factor);
                    self.test(woken, end, factor, spikes);
                }
                _ => break,
            }
        }
    }

    /// Wakes neurons whose refractoriness ends just at an instant of this scale: what arrives then is theirs before they are tested.
    pub fn wake_at(&mut self, at: Time, factor: f64, woken: &mut Vec<u32>) {
        while self.resting.front().is_some_and(|rest| rest.end == at) {
            woken.extend(self.wake(factor));
        }
    }

    /// The next crossing before `limit`, if the first entry of the heap is one.
    fn next_crossing(&mut self, limit: Time, factor: f64) -> Option<(Time, u32)> {
        while let Some(&Reverse((bits, local))) = self.due.heap.peek() {
            let scale = f64::from_bits(bits);
            if !LifLaw::may_precede(scale, factor) {
                return None;
            }
            self.tally.tested += 1;
            let u = self.cells[local as usize].u;
            let now = self.law.scale_of_crossing(u);
            if now > scale {
                // Something has arrived since, and the neuron crosses later.
                self.due.pop();
                self.due.queue(local, now);
                continue;
            }
            let at = self.law.crossing(u, self.origin);
            return (at < limit).then_some((at, local));
        }
        None
    }

    /// Wakes the neuron that rests no longer than any other, where its rest ends.
    fn wake(&mut self, factor: f64) -> Option<u32> {
        let rest = self.resting.pop_front()?;
        self.cells[rest.local as usize].u = rest.potential * factor;
        Some(rest.local)
    }

    /// Tests neurons after all that arrived at an instant of this scale.
    pub fn test(
        &mut self,
        locals: impl IntoIterator<Item = u32>,
        at: Time,
        factor: f64,
        spikes: &mut Vec<Spike>,
    ) {
        for local in locals {
            let u = self.cells[local as usize].u;
            if self.law.fires(u, factor, at, self.origin) {
                self.fire(local, at, u / factor, spikes);
            } else if self.law.is_driven() {
                self.due.queue(local, self.law.scale_of_crossing(u));
            }
        }
    }

    /// A spike from a potential, counted from the asymptote; several if a neuron that is never refractory stays above.
    fn fire(&mut self, local: u32, at: Time, from: f64, spikes: &mut Vec<Spike>) {
        let neuron = self.first + local;
        let mut potential = from;
        loop {
            spikes.push(Spike { at, neuron });
            potential = self.law.land(potential);
            if self.law.refractory_fs > 0 {
                self.cells[local as usize].u = DEAF;
                let end = at.later(self.law.refractory_fs);
                self.resting.push_back(Rest { end, local, potential });
                return;
            }
            if potential < self.law.theta_v {
                break;
            }
        }
        let u = potential * self.law.factor(at, self.origin);
        self.cells[local as usize].u = u;
        if self.law.is_driven() {
            self.due.queue(local, self.law.scale_of_crossing(u));
        }
    }

    /// Moves the asymptote to a potential (V); membranes keep theirs.
    pub fn drive(&mut self, asymptote_v: f64, at: Time) {
        let by = asymptote_v - self.law.asymptote_v;
        let factor = self.factor(at);
        for cell in self.cells.iter_mut().filter(|cell| cell.u > 0.5 * DEAF) {
            cell.u -= by * factor;
        }
        self.resting.iter_mut().for_each(|rest| rest.potential -= by);
        self.law = self.law.shifted(by);
    }

    /// Ends a window.
    pub fn end(&mut self) {
        for Reverse((_, local)) in self.due.heap.drain() {
            self.due.least[local as usize] = f64::INFINITY;
        }
    }

    /// The potential (V) of a neuron at an instant that nothing precedes any more.
    pub fn potential(&self, local: usize, at: Time) -> f64 {
        let is_deaf = self.cells[local].u < 0.5 * DEAF;
        let find = || self.resting.iter().find(|rest| rest.local as usize == local);
        let resting = is_deaf.then(find).flatten();
        let from_asymptote = match resting {
            Some(rest) => rest.potential,
            None => self.cells[local].u / self.law.factor(at, self.origin),
        };
        self.law.asymptote_v + from_asymptote
    }

    /// States, or where a refractory neuron is held and until when, behind what others have saved.
    pub fn save(&self, words: &mut Vec<Words>) {
        let (from, begun) = (words.len(), u64::from(self.begun));
        words.extend(self.cells.iter().map(|cell| [cell.u.to_bits(), 0, 0, 0, 0, begun, 0, 0]));
        for rest in &self.resting {
            let [tick, frac] = words_of(rest.end);
            let place = from + rest.local as usize;
            words[place] = [rest.potential.to_bits(), tick, frac, 1, 0, begun, 0, 0];
        }
    }

    /// Takes what [`Self::save`] gave. `now` is where the next window begins.
    pub fn load(&mut self, words: &[Words], now: Time) {
        self.origin = self.law.grid.origin(now);
        self.begun = words.iter().all(|words| words[5] == 1);
        let mut resting = Vec::new();
        for (local, words) in words.iter().enumerate() {
            let value = f64::from_bits(words[0]);
            self.cells[local].u = if words[3] == 1 { DEAF } else { value };
            if words[3] == 1 {
                let (end, local) = (time_of(&words[1..3]), local as u32);
                resting.push(Rest { end, local, potential: value });
            }
        }
        resting.sort_by_key(|rest| rest.end);
        self.resting = resting.into();
    }

    /// Bytes that they take.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.cells[..]) + size_of_val(&self.due.least[..])
    }
}
