//! Every spike of random networks against arbitrary precision.
#![allow(
    clippy::print_stdout,
    reason = "what was compared is shown on demand, and where a test fails"
)]

mod common;
mod truth;

use common::{RandomState, job_a, population, run};
use memspike_population::{
    Currents, Initial, Input, Membrane, Model, Options, Population, Precision, Reset, Synapse,
    Synapses,
};
use memspike_time::Time;

/// Networks of each kind: more if `MEMSPIKE_EXACTNESS_CASES` says so.
fn cases() -> u32 {
    let wanted = std::env::var("MEMSPIKE_EXACTNESS_CASES").ok();
    wanted.map_or(3, |wanted| wanted.parse().expect("a number"))
}

#[test]
fn each_spike_of_job_a_is_within_two_femtoseconds_and_a_part_in_a_million_million() {
    let (input, synapses) = job_a();
    let recording = run(&input, &synapses, &Options::default(), 1.0);
    let seen = truth::compare(&input, &synapses.0, &recording, Time::from_s(1.0));
    assert_eq!(seen.spikes, 420);
}

/// A network drawn at random: regular and recorded sources, relays, and neurons of one kind that hear them and each other.
struct Drawn {
    random: RandomState,
    input: Input,
    synapses: Synapses,
}

const SOURCES: u32 = 8;
const NEURONS: u32 = 12;

impl Drawn {
    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.random.uniform()
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.random.below(0, choices.len() as u32) as usize]
    }

    fn membrane(&mut self) -> Membrane {
        let rest_v = self.one_of(&[0.0, -0.065]);
        let threshold_v = rest_v + self.one_of(&[0.015, 0.02]);
        let reset = match self.random.below(0, 3) {
            0 => Reset::To(rest_v),
            1 => Reset::To(rest_v - 0.005),
            _ => Reset::Lower(0.015),
        };
        // Below, above, and far above the threshold.
        let drives = [0.05, 0.0, 0.025, 0.012];
        let asymptote_v = rest_v + drives[self.input.seed as usize % drives.len()];
        let refractory_s = self.one_of(&[0.0, 1e-3, 2e-3, 0.7345e-3]);
        let tau_s = self.one_of(&[5e-3, 10e-3, 20e-3]);
        Membrane { tau_s, rest_v, asymptote_v, threshold_v, reset, refractory_s }
    }

    fn neurons(&mut self, name: &str, model: Model, membrane: &Membrane) -> Population {
        let low = membrane.threshold_v - 0.02;
        // Currents, lowered and refractory: a start above the threshold is refused.
        let is_lowered = matches!(membrane.reset, Reset::Lower(_)) && membrane.refractory_s > 0.0;
        let top = if is_lowered && matches!(model, Model::LifExp(_)) { 0.02 } else { 0.021 };
        let potentials = (0..NEURONS).map(|_| self.between(low, low + top)).collect();
        Population { initial: Initial::Each(potentials), ..population(name, NEURONS, model) }
    }

    /// Spikes on a raster of 0.1 ms, so that many arrive together.
    fn recorded(&mut self) -> Model {
        let train = |random: &mut RandomState| {
            let raster = (1..2000).filter(|_| random.uniform() < 0.02);
            raster.map(|k| Time::from_tick(k * 100_000_000_000)).collect()
        };
        Model::Recorded((0..SOURCES).map(|_| train(&mut self.random)).collect())
    }

    fn new(seed: u32) -> Self {
        let input = Input {
            populations: Vec::new(),
            tick_fs: if seed.is_multiple_of(3) { 0 } else { 1_000_000_000 },
            precision: if seed.is_multiple_of(2) { Precision::Single } else { Precision::Double },
            seed: u64::from(seed),
        };
        let mut drawn =
            Self { random: RandomState::new(seed), input, synapses: Synapses::default() };
        let recorded = drawn.recorded();
        drawn.input.populations.push(population("recorded", SOURCES, recorded));
        let rate_hz = (0..SOURCES).map(|_| drawn.between(10.0, 150.0)).collect();
        let phase = (0..SOURCES).map(|_| drawn.between(0.0, 1.0)).collect();
        let regular = Model::Regular { rate_hz, phase };
        drawn.input.populations.push(population("regular", SOURCES, regular));
        let poisson = Model::Poisson { rate_hz: vec![80.0; SOURCES as usize] };
        drawn.input.populations.push(population("poisson", SOURCES, poisson));
        drawn
    }

    /// Synapses between all pairs of two ranges with a probability.
    fn connect(&mut self, from: [u32; 2], to: [u32; 2], probability: f64, heaviest: f64) {
        let few = self.random.below(0, 2) == 0;
        // Only sources hear no one, so that theirs may be without delay.
        let least = u32::from(from != ALL_SOURCES);
        for source in from[0]..from[1] {
            for target in to[0]..to[1] {
                // Some pairs have two synapses.
                while self.random.uniform() < probability {
                    let ticks = if few { 15 } else { u64::from(self.random.below(least, 40)) };
                    let delay_fs = ticks * 100_000_000_000;
                    // Equal weights, and opposite ones, beside those that are drawn.
                    let drawn = self.random.uniform();
                    let size = self.one_of(&[0.25, 0.5, -0.25, -0.5, drawn]);
                    let weight = size * heaviest;
                    self.synapses.0.push(Synapse { source, target, weight, delay_fs });
                }
            }
        }
    }

    fn compare(&self, kind: &str) -> truth::Seen {
        let recording = run(&self.input, &self.synapses, &Options::default(), 0.2);
        let seen = truth::compare(&self.input, &self.synapses.0, &recording, Time::from_s(0.2));
        self.same_bits(&recording);
        println!("{kind}: {seen:?}");
        seen
    }

    /// Threads, windows and parts change nothing.
    fn same_bits(&self, recording: &memspike_population::Recording) {
        for (threads, window_s, part_size) in
            [(2, None, Some(5)), (3, Some(0.33e-4), None), (1, Some(0.71e-3), Some(1))]
        {
            let block_size = part_size.map(|size| u32::div_ceil(size, 2));
            let options = Options { threads, window_s, part_size, block_size };
            let other = run(&self.input, &self.synapses, &options, 0.2);
            assert!(*recording == other, "{options:?}");
        }
    }
}

const ALL_SOURCES: [u32; 2] = [0, 3 * SOURCES];

fn drawn_networks(kind: &str, draw: impl Fn(u32) -> Drawn) {
    let (mut spikes, mut crossings) = (0, 0);
    for seed in 0..cases() {
        let seen = draw(seed).compare(kind);
        spikes += seen.spikes;
        crossings += seen.crossings;
    }
    assert!(spikes > 100 * cases() as usize, "{spikes} spikes");
    assert!(crossings > 10 * cases() as usize, "{crossings} crossings between arrivals");
}

#[test]
fn potentials_that_jump_cross_where_arbitrary_precision_says() {
    drawn_networks("jump", |seed| {
        let mut drawn = Drawn::new(seed);
        let membrane = drawn.membrane();
        let neurons = drawn.neurons("neurons", Model::Lif(membrane), &membrane);
        drawn.input.populations.push(neurons);
        let own = [ALL_SOURCES[1], ALL_SOURCES[1] + NEURONS];
        drawn.connect(ALL_SOURCES, own, 0.4, 0.01);
        drawn.connect(own, own, 0.3, 0.008);
        drawn
    });
}

#[test]
fn potentials_under_currents_cross_where_arbitrary_precision_says() {
    drawn_networks("currents", |seed| {
        let mut drawn = Drawn::new(seed);
        let membrane = drawn.membrane();
        // Equal to the membrane's, apart by little, faster, slower.
        let near = membrane.tau_s * (1.0 + drawn.one_of(&[0.0, 1e-15, 1e-12, 1e-9, 1e-4]));
        let currents = Currents {
            membrane,
            capacitance_farad: 250e-12,
            tau_excitatory_s: drawn.one_of(&[0.5e-3, 2e-3, near, 30e-3]),
            tau_inhibitory_s: drawn.one_of(&[0.5e-3, 8e-3, near, near]),
        };
        let neurons = drawn.neurons("neurons", Model::LifExp(currents), &membrane);
        drawn.input.populations.push(neurons);
        let own = [ALL_SOURCES[1], ALL_SOURCES[1] + NEURONS];
        let heaviest = 0.08 * 250e-12 / currents.tau_excitatory_s;
        drawn.connect(ALL_SOURCES, own, 0.4, heaviest);
        // Without a refractory time nothing else keeps a network from running away.
        let own_heaviest = if membrane.refractory_s == 0.0 { heaviest / 64.0 } else { heaviest };
        drawn.connect(own, own, 0.3, own_heaviest);
        drawn
    });
}

#[test]
fn potentials_under_pulses_cross_where_arbitrary_precision_says() {
    drawn_networks("pulses", |seed| {
        let mut drawn = Drawn::new(seed);
        let deaf_s = drawn.one_of(&[1e-3, 0.25e-3, 12e-3]);
        let relays = population("relays", SOURCES, Model::Parrot { deaf_s });
        drawn.input.populations.push(relays);
        let membrane = drawn.membrane();
        let neurons = drawn.neurons("neurons", Model::LifPulse(membrane), &membrane);
        drawn.input.populations.push(neurons);
        let relays = [ALL_SOURCES[1], ALL_SOURCES[1] + SOURCES];
        let own = [relays[1], relays[1] + NEURONS];
        drawn.connect(ALL_SOURCES, relays, 0.2, 1.0);
        drawn.connect(own, relays, 0.2, 1.0);
        drawn.connect(relays, own, 0.6, 0.06);
        drawn
    });
}

#[test]
fn a_neuron_that_starts_far_above_its_threshold_is_lowered_until_it_is_below() {
    let membrane = Membrane {
        tau_s: 20e-3,
        rest_v: 0.0,
        asymptote_v: 0.03,
        threshold_v: 0.02,
        reset: Reset::Lower(0.015),
        refractory_s: 0.0,
    };
    let currents = Currents {
        membrane,
        capacitance_farad: 250e-12,
        tau_excitatory_s: 2e-3,
        tau_inhibitory_s: 8e-3,
    };
    let kinds = [Model::Lif(membrane), Model::LifExp(currents), Model::LifPulse(membrane)];
    let populations = kinds.into_iter().zip(["jump", "currents", "pulses"]);
    let populations = populations.map(|(model, name)| Population {
        initial: Initial::Same(0.04),
        ..population(name, 1, model)
    });
    let (populations, precision) = (populations.collect(), Precision::Single);
    let input = Input { populations, tick_fs: 0, precision, seed: 1 };
    let recording = run(&input, &Synapses::default(), &Options::default(), 0.02);
    // Twice at once, from 40 to 25 to 10 mV, and then on the way to 30 mV.
    let third_s = 20e-3 * 2.0_f64.ln();
    for population in 0..3 {
        let own: Vec<f64> = recording
            .spikes
            .iter()
            .filter(|(_, of, _)| *of == population)
            .map(|(at, ..)| at.as_s())
            .collect();
        assert_eq!(own[..2], [0.0, 0.0], "{own:?}");
        assert!(own.len() == 3 && (own[2] - third_s).abs() < 1e-15, "{own:?} {third_s}");
    }
}
