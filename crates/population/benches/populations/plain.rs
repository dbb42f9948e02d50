//! The loop that somebody would write for job B alone: scaled states, a float a synapse, one delay, no generality.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use memspike_population::{Synapse, Wiring};

const TAU_S: f64 = 20e-3;
const DELAY_S: f64 = 1.5e-3;
const REFRACTORY_S: f64 = 2e-3;
/// From the asymptote (mV).
const THETA: f64 = -20.0;
const RESET: f64 = -30.0;
/// Windows after which states are written anew.
const TURN: u64 = 100;

/// Job B as compressed rows.
pub struct Plain {
    starts: Vec<u32>,
    synapses: Vec<(u32, f32)>,
    potentials: Vec<f64>,
}

impl Plain {
    pub fn new(wiring: &dyn Wiring, potentials: &[f64]) -> Self {
        let all = 0..potentials.len() as u32;
        let mut starts = vec![0_u32; potentials.len() + 1];
        wiring.visit(all.clone(), &mut |synapse| starts[synapse.source as usize + 1] += 1);
        for k in 1..starts.len() {
            starts[k] += starts[k - 1];
        }
        let mut next = starts.clone();
        let mut synapses = vec![(0, 0.0); starts[potentials.len()] as usize];
        wiring.visit(all, &mut |Synapse { source, target, weight, .. }| {
            let place = &mut next[source as usize];
            synapses[*place as usize] = (target, weight as f32);
            *place += 1;
        });
        Self { starts, synapses, potentials: potentials.to_vec() }
    }

    /// Spikes up to an end (s).
    pub fn run(&self, until_s: f64) -> u64 {
        let mut state = State {
            u: self.potentials.iter().map(|v| v - 40.0).collect(),
            due: BinaryHeap::new(),
            resting: VecDeque::new(),
            spikes: Vec::new(),
            end: 0.0,
        };
        let (mut count, mut arriving) = (0, Vec::new());
        for window in 0..(until_s / DELAY_S).ceil() as u64 {
            if window > 0 && window.is_multiple_of(TURN) {
                state.turn(TURN as f64 * DELAY_S);
                arriving.iter_mut().for_each(|(at, _)| *at -= TURN as f64 * DELAY_S);
            }
            let start = (window % TURN) as f64 * DELAY_S;
            state.begin(start + DELAY_S);
            for &(at, source) in &arriving {
                let at: f64 = at + DELAY_S;
                state.settle(at);
                let factor = (at / TAU_S).exp();
                let row = self.starts[source as usize]..self.starts[source as usize + 1];
                for &(target, weight) in &self.synapses[row.start as usize..row.end as usize] {
                    let u = &mut state.u[target as usize];
                    *u += f64::from(weight) * factor;
                    if *u >= state.end {
                        let crossing = (TAU_S * (*u / THETA).ln()).max(at);
                        state.due.push(Reverse((crossing.to_bits(), target)));
                    }
                }
            }
            state.settle(start + DELAY_S);
            state.due.clear();
            state.spikes.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
            let last = window as f64 * DELAY_S - start;
            count += state.spikes.iter().filter(|(at, _)| at + last <= until_s).count() as u64;
            arriving.clear();
            arriving.append(&mut state.spikes);
        }
        count
    }
}

struct State {
    u: Vec<f64>,
    due: BinaryHeap<Reverse<(u64, u32)>>,
    resting: VecDeque<(f64, u32)>,
    spikes: Vec<(f64, u32)>,
    /// The threshold at the end of the window.
    end: f64,
}

impl State {
    fn turn(&mut self, by: f64) {
        let factor = (-by / TAU_S).exp();
        self.u.iter_mut().filter(|u| **u > -1e299).for_each(|u| *u *= factor);
        self.resting.iter_mut().for_each(|(end, _)| *end -= by);
    }

    fn begin(&mut self, end: f64) {
        self.end = THETA * (end / TAU_S).exp();
        for (target, u) in self.u.iter().enumerate() {
            if *u >= self.end {
                let crossing = (TAU_S * (u / THETA).ln()).max(0.0);
                self.due.push(Reverse((crossing.to_bits(), target as u32)));
            }
        }
    }

    /// All crossings and ends of refractoriness before an instant.
    fn settle(&mut self, limit: f64) {
        loop {
            let end = self.resting.front().map_or(f64::INFINITY, |(end, _)| *end);
            let due = self.due.peek().map_or(f64::INFINITY, |due| f64::from_bits(due.0.0));
            if end.min(due) >= limit {
                return;
            }
            if end <= due {
                let (_, target) = self.resting.pop_front().expect("there is one");
                self.u[target as usize] = RESET * (end / TAU_S).exp();
                continue;
            }
            let Reverse((_, target)) = self.due.pop().expect("there is one");
            let u = &mut self.u[target as usize];
            let now = TAU_S * (*u / THETA).ln();
            if *u < self.end {
                continue;
            }
            if now > due {
                self.due.push(Reverse((now.to_bits(), target)));
                continue;
            }
            *u = -1e300;
            self.spikes.push((due, target));
            self.resting.push_back((due + REFRACTORY_S, target));
        }
    }
}
