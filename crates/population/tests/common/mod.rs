//! Two jobs that other simulators have run, with the same numbers.
#![allow(dead_code, reason = "each test needs a part of it")]

pub mod zoo;

use memspike_population::{
    Initial, Input, Membrane, Model, Options, Population, Precision, Recording, Reset, Simulation,
    Synapse, Synapses, Wiring,
};
use memspike_time::Time;
use std::ops::{ControlFlow, Range};

/// The Mersenne Twister (Matsumoto and Nishimura 1998), with the draws of NumPy's `RandomState`.
pub struct RandomState {
    words: [u32; 624],
    at: usize,
    spare: Option<f64>,
}

impl RandomState {
    pub fn new(seed: u32) -> Self {
        let mut words = [seed; 624];
        for k in 1..624 {
            let before = words[k - 1];
            words[k] = (before ^ (before >> 30)).wrapping_mul(1_812_433_253).wrapping_add(k as u32);
        }
        Self { words, at: 624, spare: None }
    }

    fn word(&mut self) -> u32 {
        if self.at == 624 {
            self.at = 0;
            for k in 0..624 {
                let y = self.words[k] & 0x8000_0000 | self.words[(k + 1) % 624] & 0x7fff_ffff;
                let odd = if y & 1 == 1 { 0x9908_b0df } else { 0 };
                self.words[k] = self.words[(k + 397) % 624] ^ (y >> 1) ^ odd;
            }
        }
        let mut y = self.words[self.at];
        self.at += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    /// `rand()`: uniform in `[0, 1)`.
    pub fn uniform(&mut self) -> f64 {
        let (high, low) = (self.word() >> 5, self.word() >> 6);
        (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
    }

    /// `randint(low, high)`.
    pub fn below(&mut self, low: u32, high: u32) -> u32 {
        let range = high - low - 1;
        let mask = u32::MAX >> range.leading_zeros();
        loop {
            let value = self.word() & mask;
            if value <= range {
                return low + value;
            }
        }
    }

    /// `normal()`: the polar method.
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (x, y) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let square = x * x + y * y;
            if square < 1.0 && square != 0.0 {
                let factor = (-2.0 * square.ln() / square).sqrt();
                self.spare = Some(factor * x);
                return factor * y;
            }
        }
    }
}

pub fn population(name: &str, size: u32, model: Model) -> Population {
    Population { name: name.to_owned(), size, model, initial: Initial::Same(0.0) }
}

/// 784 regular inputs and 10 LIF neurons behind dense weights without delay.
pub fn job_a() -> (Input, Synapses) {
    let mut random = RandomState::new(1);
    let rates: Vec<f64> = (0..784).map(|_| 38.0 + (176.0 - 38.0) * random.uniform()).collect();
    let phases: Vec<f64> = (0..784).map(|_| random.uniform()).collect();
    let train = |(rate, phase): (&f64, &f64)| -> Vec<Time> {
        // As NumPy's `arange` makes it, in steps of the rounded interval from the rounded first instant.
        let (start, step) = (phase / rate, 1.0 / rate);
        let second = start + step;
        let count = ((1.0 - start) / step).ceil() as usize;
        let instant = |k: usize| start + k as f64 * (second - start);
        (0..count).map(|k| Time::from_s(instant(k))).collect()
    };
    let trains = rates.iter().zip(&phases).map(train).collect();
    let lif = Membrane {
        tau_s: 20e-3,
        rest_v: 0.0,
        asymptote_v: 0.0,
        threshold_v: 1.0,
        reset: Reset::To(0.0),
        refractory_s: 0.0,
    };
    let populations = vec![
        population("inputs", 784, Model::Recorded(trains)),
        population("outputs", 10, Model::Lif(lif)),
    ];
    let mut synapses = Vec::new();
    for source in 0..784 {
        for target in 784..794 {
            let weight = 0.0007 + 0.01 * random.normal();
            synapses.push(Synapse { source, target, weight, delay_fs: 0 });
        }
    }
    let input = Input { populations, tick_fs: 0, precision: Precision::Double, seed: 1 };
    (input, Synapses(synapses))
}

/// Sources of each neuron's synapses.
pub struct FixedIndegree {
    pub sources: Vec<u32>,
    pub indegree: usize,
    pub excitatory: u32,
    pub delay_fs: u64,
}

impl Wiring for FixedIndegree {
    fn visit(&self, targets: Range<u32>, each: &mut dyn FnMut(Synapse)) {
        for target in targets {
            let at = target as usize * self.indegree;
            for &source in &self.sources[at..at + self.indegree] {
                let weight = if source < self.excitatory { 0.1 } else { -0.5 };
                each(Synapse { source, target, weight, delay_fs: self.delay_fs });
            }
        }
    }
}

/// Job B with this many neurons and synapses of each: 10,000 and 800 + 200 are the original. A volt here is a millivolt there:
/// what a weight is when it is stored as a float depends on its unit.
pub fn job_b(neurons: u32, [excitatory, inhibitory]: [usize; 2]) -> (Input, FixedIndegree) {
    let mut random = RandomState::new(2);
    let first_inhibitory = neurons * 8 / 10;
    let indegree = excitatory + inhibitory;
    let mut sources = vec![0; neurons as usize * indegree];
    let rows =
        |sources: &mut [u32], columns: Range<usize>, from: Range<u32>, random: &mut RandomState| {
            for row in sources.chunks_mut(indegree) {
                row[columns.clone()].fill_with(|| random.below(from.start, from.end));
            }
        };
    rows(&mut sources, 0..excitatory, 0..first_inhibitory, &mut random);
    rows(&mut sources, excitatory..indegree, first_inhibitory..neurons, &mut random);
    let potentials = (0..neurons).map(|_| random.uniform() * 20.0).collect();
    let lif = Membrane {
        tau_s: 20e-3,
        rest_v: 0.0,
        asymptote_v: 40.0,
        threshold_v: 20.0,
        reset: Reset::To(10.0),
        refractory_s: 2e-3,
    };
    let population = Population {
        initial: Initial::Each(potentials),
        ..population("neurons", neurons, Model::Lif(lif))
    };
    let (tick_fs, precision) = (1_000_000_000, Precision::Single);
    let input = Input { populations: vec![population], tick_fs, precision, seed: 0 };
    let wiring = FixedIndegree {
        sources,
        indegree,
        excitatory: first_inhibitory,
        delay_fs: 1_500_000_000_000,
    };
    (input, wiring)
}

/// Runs from 0 to an end (s).
pub fn run(input: &Input, wiring: &dyn Wiring, options: &Options, until_s: f64) -> Recording {
    let mut simulation = Simulation::new(input, wiring, options).expect("a network");
    let mut recording = Recording::default();
    let until = Time::from_s(until_s);
    simulation
        .run(until, &mut recording, &mut |_| ControlFlow::Continue(()))
        .expect("memory takes all");
    recording
}
