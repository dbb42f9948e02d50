//! A plain simulator of one neuron after another in arbitrary precision.
//!
//! Each neuron hears what the run under test says that others did, and starts again after each spike from the instant that the
//! run gave it: so an error does not spread, and every spike is compared for itself, however chaotic the network.

mod roots;

use std::cell::RefCell;
use std::collections::BTreeMap;

use dashu_float::FBig;
use dashu_float::round::mode::HalfEven;
use memspike_population::{Initial, Input, Membrane, Model, Precision, Recording, Reset, Synapse};
use memspike_time::{FS, Time};

/// A binary number of 160 bits.
pub type Real = FBig<HalfEven, 2>;

pub fn real(x: f64) -> Real {
    Real::try_from(x).expect("finite").with_precision(160).value()
}

pub fn float(x: &Real) -> f64 {
    x.to_f64().value()
}

/// An instant in femtoseconds.
fn instant(at: Time) -> Real {
    real((at.tick >> 32) as f64) * real(4_294_967_296.0)
        + real((at.tick & 0xffff_ffff) as f64)
        + real(at.frac)
}

/// What a comparison has seen.
#[derive(Debug, Default)]
pub struct Seen {
    pub spikes: usize,
    /// Spikes between arrivals.
    pub crossings: usize,
    /// The largest difference from the truth (fs).
    pub worst_fs: f64,
}

/// Compares every spike of a run that ended at `until`.
///
/// # Panics
/// If a spike is missing, there without a cause, or elsewhere.
pub fn compare(input: &Input, synapses: &[Synapse], recording: &Recording, until: Time) -> Seen {
    let firsts: Vec<u32> = input
        .populations
        .iter()
        .scan(0, |end, population| Some(std::mem::replace(end, *end + population.size)))
        .collect();
    let total = input.populations.iter().map(|population| population.size).sum::<u32>() as usize;
    let mut fired: Vec<Vec<Time>> = vec![Vec::new(); total];
    for &(at, population, neuron) in &recording.spikes {
        fired[(firsts[population] + neuron) as usize].push(at);
    }
    let mut incoming: Vec<Vec<Synapse>> = vec![Vec::new(); total];
    synapses.iter().for_each(|&synapse| incoming[synapse.target as usize].push(synapse));
    let mut seen = Seen::default();
    let decays = RefCell::default();
    for (number, population) in input.populations.iter().enumerate() {
        for local in 0..population.size {
            let neuron = (firsts[number] + local) as usize;
            let width = |source: u32| {
                let from = firsts.partition_point(|first| *first <= source) - 1;
                match input.populations[from].model {
                    Model::Parrot { deaf_s } => (deaf_s * FS).round() as u64,
                    _ => 0,
                }
            };
            let pulses = matches!(population.model, Model::LifPulse(_));
            let heard =
                arrivals(
                    input,
                    &incoming[neuron],
                    &fired,
                    |source| {
                        if pulses { width(source) } else { 0 }
                    },
                );
            let start = match &population.initial {
                Initial::Same(v) => *v,
                Initial::Each(each) => each[local as usize],
            };
            let spikes = &fired[neuron];
            match &population.model {
                Model::Parrot { deaf_s } => {
                    relay((deaf_s * FS).round() as u64, &heard, spikes, until)
                }
                Model::Lif(_) | Model::LifExp(_) | Model::LifPulse(_) => {
                    let mut cell = Cell::new(&population.model, start, spikes, &decays);
                    cell.run(&heard, until, &mut seen);
                    assert_eq!(cell.told, spikes.len(), "neuron {neuron}: spikes without a cause");
                }
                _ => {}
            }
        }
    }
    seen
}

/// What arrives at a neuron: the sum of weights at each instant, and how many are positive and negative.
fn arrivals(
    input: &Input,
    synapses: &[Synapse],
    fired: &[Vec<Time>],
    width: impl Fn(u32) -> u64,
) -> BTreeMap<Time, [Real; 2]> {
    let mut heard: BTreeMap<Time, [Real; 2]> = BTreeMap::new();
    for synapse in synapses {
        let weight = match input.precision {
            Precision::Single => f64::from(synapse.weight as f32),
            Precision::Double => synapse.weight,
        };
        for at in &fired[synapse.source as usize] {
            let mut add = |at: Time, weight: f64, kind: usize| {
                let sums = heard.entry(at).or_insert([real(0.0), real(0.0)]);
                sums[kind] += real(weight);
            };
            let at = at.later(synapse.delay_fs);
            add(at, weight, usize::from(weight < 0.0));
            let width = width(synapse.source);
            if width > 0 {
                add(at.later(width), -weight, usize::from(weight > 0.0));
            }
        }
    }
    heard
}

fn relay(deaf_fs: u64, heard: &BTreeMap<Time, [Real; 2]>, spikes: &[Time], until: Time) {
    let mut expected: Vec<Time> = Vec::new();
    for &at in heard.keys().filter(|at| **at <= until) {
        if expected.last().is_none_or(|last| at >= last.later(deaf_fs)) {
            expected.push(at);
        }
    }
    assert_eq!(expected, spikes);
}

/// What an arrival does.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Effect {
    Jump,
    Current,
    Shift,
}

/// A membrane and where it is. Rates are per femtosecond.
struct Cell<'s> {
    effect: Effect,
    membrane: Membrane,
    rate: Real,
    rates: [Real; 2],
    capacitance: Real,
    now: Time,
    v: Real,
    level: Real,
    slopes: [Real; 2],
    /// When it hears again.
    end: Option<Time>,
    spikes: &'s [Time],
    told: usize,
    decays: &'s RefCell<Decays>,
}

/// What is left of a membrane's mode from one instant to another, for membranes with the same rate: neurons of one population
/// that hear the same inputs share most of them.
type Decays = BTreeMap<(u64, Time, Time), Real>;

impl<'s> Cell<'s> {
    fn new(model: &Model, start: f64, spikes: &'s [Time], decays: &'s RefCell<Decays>) -> Self {
        let rate = |tau_s: f64| real(1.0) / (real(tau_s) * real(FS));
        let (effect, membrane, taus, farad) = match *model {
            Model::Lif(membrane) => (Effect::Jump, membrane, [1e-3, 1e-3], 1.0),
            Model::LifPulse(membrane) => (Effect::Shift, membrane, [1e-3, 1e-3], 1.0),
            Model::LifExp(currents) => {
                let taus = [currents.tau_excitatory_s, currents.tau_inhibitory_s];
                (Effect::Current, currents.membrane, taus, currents.capacitance_farad)
            }
            _ => unreachable!("no membrane"),
        };
        // Equal time constants are set apart by far less than is looked at.
        let apart = |tau_s: f64| {
            let near = real(1.0) + real(2.0_f64.powi(-60));
            if tau_s == membrane.tau_s { rate(tau_s) * near } else { rate(tau_s) }
        };
        Self {
            effect,
            membrane,
            rate: rate(membrane.tau_s),
            rates: taus.map(apart),
            capacitance: real(farad) * real(FS),
            now: Time::ZERO,
            v: real(start),
            level: real(membrane.asymptote_v),
            slopes: [real(0.0), real(0.0)],
            end: None,
            spikes,
            told: 0,
            decays,
        }
    }

    fn run(&mut self, heard: &BTreeMap<Time, [Real; 2]>, until: Time, seen: &mut Seen) {
        self.test(seen);
        let mut arrivals = heard.range(..=until).peekable();
        loop {
            let next = arrivals.peek().map_or(until, |(at, _)| **at);
            let next = self.end.map_or(next, |end| end.min(next));
            if self.end.is_none() && self.cross(next, seen) {
                continue;
            }
            self.go(next);
            if self.end == Some(next) {
                self.end = None;
            }
            let arriving = arrivals.next_if(|(at, _)| **at == next);
            let last = arriving.is_none() && next == until;
            if let Some((_, sums)) = arriving {
                self.arrive(sums);
            }
            self.test(seen);
            if last {
                break;
            }
        }
    }

    fn theta(&self) -> Real {
        real(self.membrane.threshold_v)
    }

    /// Factors of the membrane's own mode and of those of the currents.
    fn modes(&self) -> (Real, [Real; 2]) {
        let of = |k: usize| &self.slopes[k] / (&self.rate - &self.rates[k]);
        let currents = [of(0), of(1)];
        (&self.v - &self.level - &currents[0] - &currents[1], currents)
    }

    fn decay(&self, to: Time) -> Real {
        let exact = || (-(&self.rate * (instant(to) - instant(self.now)))).exp();
        let key = (self.membrane.tau_s.to_bits(), self.now, to);
        self.decays.borrow_mut().entry(key).or_insert_with(exact).clone()
    }

    /// Moves on to an instant.
    fn go(&mut self, to: Time) {
        let x = instant(to) - instant(self.now);
        let own_decay = self.decay(to);
        self.now = to;
        if self.effect != Effect::Current {
            if self.end.is_none() {
                self.v = &self.level + (&self.v - &self.level) * own_decay;
            }
            return;
        }
        let decays = [0, 1].map(|k| (-(&self.rates[k] * &x)).exp());
        if self.end.is_none() {
            let (own, currents) = self.modes();
            self.v = &self.level
                + own * own_decay
                + &currents[0] * &decays[0]
                + &currents[1] * &decays[1];
        }
        for (slope, decay) in self.slopes.iter_mut().zip(decays) {
            *slope *= decay;
        }
    }

    fn arrive(&mut self, sums: &[Real; 2]) {
        match self.effect {
            Effect::Jump if self.end.is_some() => {}
            Effect::Jump => self.v += &sums[0] + &sums[1],
            Effect::Shift => self.level += &sums[0] + &sums[1],
            Effect::Current => {
                for (slope, sum) in self.slopes.iter_mut().zip(sums) {
                    *slope += sum / &self.capacitance;
                }
            }
        }
    }

    /// A spike at this instant, if the potential is there.
    fn test(&mut self, seen: &mut Seen) {
        while self.end.is_none() && self.v >= self.theta() {
            assert_eq!(self.spikes.get(self.told), Some(&self.now), "a spike at an arrival");
            self.fire(seen);
        }
    }

    fn fire(&mut self, seen: &mut Seen) {
        (self.told, seen.spikes) = (self.told + 1, seen.spikes + 1);
        self.v = match self.membrane.reset {
            Reset::To(v) => real(v),
            Reset::Lower(by) => &self.v - real(by),
        };
        let refractory_fs = (self.membrane.refractory_s * FS).round() as u64;
        self.end = (refractory_fs > 0).then(|| self.now.later(refractory_fs));
    }

    /// Goes to a crossing before `limit`, if there is one.
    fn cross(&mut self, limit: Time, seen: &mut Seen) -> bool {
        let zero = real(0.0);
        let pull: Real = self.slopes.iter().map(|slope| slope.clone().max(zero.clone())).sum();
        if &self.level + pull / &self.rate < self.theta() {
            return false;
        }
        let x = instant(limit) - instant(self.now);
        let (own, [excitatory, inhibitory]) = self.modes();
        let terms = vec![
            (&self.level - self.theta(), zero.clone()),
            (own, self.rate.clone()),
            (excitatory, self.rates[0].clone()),
            (inhibitory, self.rates[1].clone()),
        ];
        let found = roots::all(&terms, &zero, &x);
        let Some(after) = found.first() else { return false };
        let exact = instant(self.now) + after;
        let told = *self.spikes.get(self.told).unwrap_or_else(|| {
            panic!("no spike at {} fs", float(&exact));
        });
        let off = float(&(instant(told) - &exact)).abs();
        let bound = 2.0 + 1e-12 * float(&exact);
        assert!(off <= bound, "a spike at {told:?} is {off} fs from the truth");
        seen.worst_fs = seen.worst_fs.max(off);
        seen.crossings += 1;
        self.go(told);
        self.v = self.theta();
        self.fire(seen);
        self.test(seen);
        true
    }
}
