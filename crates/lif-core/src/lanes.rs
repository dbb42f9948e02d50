//! A layer of the event-level model in vector lanes.
//!
//! Events wait until a tick, which adds their weights up in 16 bits and the sums to the potentials. That is exact as long as
//! no potential can have come to an end of its range meanwhile: a bound says for how many events that is certain, and when
//! it is used up, potentials are looked at again. Only where nothing is certain are potentials stopped event by event.

use std::array::from_fn;

use crate::{LayerSpec, Leak, Reset};

/// Neurons are worked on in groups of so many: lanes of 16 and of 32 bits fill whole vector registers.
const LANES: usize = 16;

/// Most events that wait.
const MOST_WAITING: usize = 1024;

/// A layer whose rows of weights and states are filled up to whole groups of lanes; those beyond the neurons stay at zero.
///
/// Groups are read and written as whole values: then the compiler sees that they do not overlap, and takes vectors.
#[derive(Debug, Clone)]
pub struct Layer {
    neurons: usize,
    inputs: usize,
    lowest: i32,
    highest: i32,
    threshold: i32,
    leak: Leak,
    reset: Reset,
    refractory_ticks: i32,
    /// The largest magnitude of a weight; no less than 1.
    heaviest: i32,
    /// Events whose sums 16 bits hold, whatever the weights.
    holds: usize,
    /// Events after which no potential can have come to an end of its range.
    room: usize,
    rows: Vec<[i16; LANES]>,
    /// Inputs of the events that wait.
    waiting: Vec<u32>,
    v: Vec<[i32; LANES]>,
    refractory: Vec<[i32; LANES]>,
    /// Neurons that fired at the last tick, and their potentials after it.
    fired: Vec<usize>,
    after: Vec<i32>,
}

impl Layer {
    pub fn new<'w>(spec: &LayerSpec, rows: impl Iterator<Item = &'w [i32]>) -> Self {
        // A potential has at most 31 bits and a weight 16, so that 32 bits hold their sum.
        let narrow = |value: i64| i32::try_from(value).expect("a checked core has narrow numbers");
        let groups = spec.neurons.div_ceil(LANES);
        let lanes = |chunk: &[i32]| {
            let mut lanes = [0; LANES];
            for (lane, weight) in lanes.iter_mut().zip(chunk) {
                *lane = i16::try_from(*weight).expect("a checked core has narrow weights");
            }
            lanes
        };
        let rows: Vec<_> = rows.flat_map(|row| row.chunks(LANES).map(lanes)).collect();
        let magnitudes = rows.as_flattened().iter().map(|weight| i32::from(*weight).abs());
        let heaviest = magnitudes.max().unwrap_or(0).max(1);
        Self {
            neurons: spec.neurons,
            inputs: spec.inputs,
            lowest: narrow(spec.lowest()),
            highest: narrow(spec.highest()),
            threshold: narrow(spec.threshold),
            leak: spec.leak,
            reset: spec.reset,
            refractory_ticks: spec.refractory_ticks as i32,
            heaviest,
            holds: (i32::from(i16::MAX) / heaviest) as usize,
            room: 0,
            rows,
            waiting: Vec::with_capacity(MOST_WAITING),
            v: vec![[0; LANES]; groups],
            refractory: vec![[0; LANES]; groups],
            fired: Vec::with_capacity(spec.neurons),
            after: Vec::with_capacity(spec.neurons),
        }
    }

    /// Everything to zero.
    pub fn clear(&mut self) {
        self.waiting.clear();
        self.v.fill([0; LANES]);
        self.refractory.fill([0; LANES]);
        self.room = 0;
    }

    /// An event of an input; nothing if there is no such input.
    #[inline]
    pub fn event(&mut self, input: usize) {
        if input < self.inputs {
            if self.waiting.len() == self.waiting.capacity() {
                self.settle();
            }
            self.waiting.push(input as u32);
        }
    }

    /// Brings the potentials up to date with the events that wait.
    fn settle(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        let mut left = &waiting[..];
        while let Some(first) = left.first() {
            if self.room == 0 {
                self.room = self.room();
            }
            let count = left.len().min(self.room).min(self.holds);
            if count == 0 {
                self.add_and_stop(*first as usize);
                left = &left[1..];
            } else {
                self.add(&left[..count]);
                self.room -= count;
                left = &left[count..];
            }
        }
        self.waiting = waiting;
        self.waiting.clear();
    }

    /// For how many events it is certain that no potential comes to an end of its range. Ticks between them do no harm: they
    /// bring a potential nearer to zero, or to zero or the hold value, or to what is above the threshold.
    #[cold]
    fn room(&self) -> usize {
        let hold = match self.reset {
            Reset::Hold { value } => value as i32,
            Reset::Zero | Reset::Subtract => 0,
        };
        let v = self.v.as_flattened();
        let highest = v.iter().fold(0, |highest, v| highest.max(*v));
        let lowest = v.iter().fold(hold.min(0), |lowest, v| lowest.min(*v));
        let distance = (self.highest - highest).min(lowest - self.lowest);
        (distance / self.heaviest) as usize
    }

    /// Events that bring no potential to an end of its range, few enough for sums of 16 bits.
    fn add(&mut self, inputs: &[u32]) {
        let groups = self.v.len();
        for (group, v) in self.v.iter_mut().enumerate() {
            let first = self.rows.get(group..).unwrap_or_default();
            let (now, sum) = (*v, sum(first, groups, inputs));
            if self.refractory_ticks == 0 {
                *v = from_fn(|lane| now[lane] + i32::from(sum[lane]));
            } else {
                let left = self.refractory[group];
                let added: [i32; LANES] = from_fn(|lane| i32::from(sum[lane]));
                *v = from_fn(|lane| now[lane] + if left[lane] == 0 { added[lane] } else { 0 });
            }
        }
    }

    /// An event that may bring potentials to the ends of their range.
    #[cold]
    fn add_and_stop(&mut self, input: usize) {
        let row = &self.rows[input * self.v.len()..];
        let states = self.v.iter_mut().zip(&self.refractory);
        for ((v, refractory), row) in states.zip(row) {
            let (now, row, left) = (*v, *row, *refractory);
            *v = from_fn(|lane| {
                let weight = if left[lane] == 0 { i32::from(row[lane]) } else { 0 };
                (now[lane] + weight).clamp(self.lowest, self.highest)
            });
        }
    }

    /// Ends a time step; the neurons that fire, in order.
    pub fn tick(&mut self) -> &[usize] {
        self.settle();
        self.fired.clear();
        self.after.clear();
        if any_at(self.threshold, self.v.as_flattened()) {
            self.find_fired();
        }
        if self.refractory_ticks == 0 {
            leak(self.leak, self.v.as_flattened_mut());
        } else {
            leak_or_rest(self.leak, &mut self.v, &mut self.refractory);
        }
        let (v, refractory) = (self.v.as_flattened_mut(), self.refractory.as_flattened_mut());
        for (neuron, after) in self.fired.iter().zip(&self.after) {
            v[*neuron] = *after;
            refractory[*neuron] = self.refractory_ticks;
        }
        &self.fired
    }

    fn find_fired(&mut self) {
        let states = self.v.as_flattened().iter().zip(self.refractory.as_flattened());
        for (neuron, (v, left)) in states.enumerate() {
            if *v >= self.threshold && *left == 0 {
                self.fired.push(neuron);
                self.after.push(match self.reset {
                    Reset::Zero => 0,
                    Reset::Hold { value } => value as i32,
                    Reset::Subtract => *v - self.threshold,
                });
            }
        }
    }

    /// The potential of each neuron.
    pub fn potentials(&self) -> Vec<i32> {
        let mut settled = self.clone();
        settled.settle();
        settled.v.as_flattened()[..self.neurons].to_vec()
    }
}

/// Sum of the rows of inputs, which stand `stride` groups apart. Where it is inlined, the compiler spreads it over registers of 32 bits.
#[inline(never)]
fn sum(rows: &[[i16; LANES]], stride: usize, inputs: &[u32]) -> [i16; LANES] {
    let mut sum = [0; LANES];
    for input in inputs {
        let row = rows[*input as usize * stride];
        sum = from_fn(|lane| sum[lane] + row[lane]);
    }
    sum
}

/// Whether a potential is at the threshold or above.
fn any_at(threshold: i32, v: &[i32]) -> bool {
    // The sign of a conjunction is set if all signs are: if all are below.
    v.iter().fold(-1, |all, v| all & (v - threshold)) >= 0
}

/// The leak of a tick.
fn leak(leak: Leak, v: &mut [i32]) {
    match leak {
        Leak::None => {}
        Leak::Shift { shift } => v.iter_mut().for_each(|v| *v -= *v >> shift),
        Leak::Multiply { factor, shift } => {
            let factor = i64::from(factor);
            v.iter_mut().for_each(|v| *v = ((i64::from(*v) * factor) >> shift) as i32);
        }
    }
}

/// The leak of a tick where a neuron does not rest, and a tick less of rest where it does.
fn leak_or_rest(kind: Leak, v: &mut [[i32; LANES]], refractory: &mut [[i32; LANES]]) {
    for (v, left) in v.iter_mut().zip(refractory) {
        let (before, resting) = (*v, *left);
        leak(kind, v);
        for lane in 0..LANES {
            v[lane] = if resting[lane] == 0 { v[lane] } else { before[lane] };
        }
        *left = resting.map(|left| left - i32::from(left > 0));
    }
}
