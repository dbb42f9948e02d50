//! Loops of projections with the shortest delays that there are.

mod common;
mod truth;

use std::ops::ControlFlow;

use common::{RandomState, population};
use memspike_population::{
    Counters, Currents, Initial, Input, Membrane, Model, Options, Population, Precision, Recording,
    Reset, RunError, Simulation, Synapse, Synapses,
};
use memspike_time::{FS, Time};

const NEURONS: u32 = 10;
const MS: u64 = 1_000_000_000_000;
const UNTIL_S: f64 = 0.25;

/// Neurons of each kind beside sources, all of which hear each other after `delay_fs`; `drive` is their asymptote by their threshold.
fn network(seed: u32, delay_fs: u64, drive: f64) -> (Input, Synapses) {
    let mut random = RandomState::new(seed);
    let membrane = Membrane {
        tau_s: 10e-3,
        rest_v: 0.0,
        asymptote_v: 0.02 * drive,
        threshold_v: 0.02,
        reset: Reset::To(0.0),
        refractory_s: 1e-3,
    };
    let currents = Currents {
        membrane,
        capacitance_farad: 250e-12,
        tau_excitatory_s: 2e-3,
        tau_inhibitory_s: 5e-3,
    };
    let potentials = || Initial::Each((0..NEURONS).map(|k| 1.5e-3 * f64::from(k)).collect());
    let cells =
        |name, model| Population { initial: potentials(), ..population(name, NEURONS, model) };
    let populations = vec![
        population("poisson", NEURONS, Model::Poisson { rate_hz: vec![60.0; NEURONS as usize] }),
        cells("jump", Model::Lif(membrane)),
        cells("currents", Model::LifExp(currents)),
        population("relays", NEURONS, Model::Parrot { deaf_s: 2e-3 }),
        cells("pulses", Model::LifPulse(membrane)),
    ];
    let mut synapses = Vec::new();
    let mut connect = |[from, to]: [u32; 2], weight: f64, delay_fs: u64| {
        for _ in 0..3 * NEURONS {
            let number = |population: u32, random: &mut RandomState| {
                population * NEURONS + random.below(0, NEURONS)
            };
            let (source, target) = (number(from, &mut random), number(to, &mut random));
            let weight = weight * (random.uniform() - 0.4);
            synapses.push(Synapse { source, target, weight, delay_fs });
        }
    };
    let ampere = 250e-12 * 5.0;
    connect([0, 1], 0.02, 0);
    connect([0, 2], ampere, 0);
    connect([1, 2], ampere, delay_fs);
    connect([2, 1], 0.01, delay_fs);
    connect([1, 1], 0.01, delay_fs);
    connect([2, 2], ampere, delay_fs + 1);
    connect([2, 3], 1.0, delay_fs);
    connect([3, 4], 0.02, delay_fs);
    connect([4, 3], 1.0, delay_fs);
    connect([4, 2], ampere, 1_000_000_000 + delay_fs);
    let input =
        Input { populations, tick_fs: 1, precision: Precision::Single, seed: u64::from(seed) };
    (input, Synapses(synapses))
}

fn run(input: &Input, synapses: &Synapses, options: &Options, s: f64) -> (Recording, Counters) {
    let mut simulation = Simulation::new(input, synapses, options).expect("a network");
    let mut recording = Recording::default();
    let go_on = &mut |_: &Simulation| ControlFlow::Continue(());
    simulation.run(Time::from_s(s), &mut recording, go_on).expect("memory takes all");
    (recording, simulation.counters())
}

#[test]
fn neurons_in_loops_of_a_few_femtoseconds_spike_where_arbitrary_precision_says() {
    for (seed, delay_fs, drive) in [(1, 1, 1.2), (2, 2, 1.4), (3, 1_000_000, 1.6), (4, 1, 3.0)] {
        let (input, synapses) = network(seed, delay_fs, drive);
        let (recording, _) = run(&input, &synapses, &Options::default(), UNTIL_S);
        let seen = truth::compare(&input, &synapses.0, &recording, Time::from_s(UNTIL_S));
        assert!(seen.spikes > 100, "{seen:?}");
        for (threads, window_s, part_size) in
            [(2, Some(3e-3), None), (1, Some(1e-6), Some(3)), (3, Some(40e-6), Some(1))]
        {
            let block_size = part_size.map(|size| u32::div_ceil(size, 2));
            let options = Options { threads, window_s, part_size, block_size };
            let (other, _) = run(&input, &synapses, &options, UNTIL_S);
            assert!(recording == other, "{delay_fs} fs, {options:?}");
        }
    }
}

#[test]
fn a_loop_of_a_femtosecond_takes_windows_for_its_spikes_and_not_for_its_time() {
    let (input, synapses) = network(5, 1, 0.9);
    let (recording, counters) = run(&input, &synapses, &Options::default(), 2.0);
    let looped = recording.spikes.iter().filter(|(_, population, _)| *population != 0).count();
    assert!(looped > 1000, "{looped}");
    // What stands still needs a window each 0.25 ms and at each turn of the scaled states.
    let still = 2.0 / 0.25e-3 + 3.0 * 2.0 / 16e-3;
    let windows = counters.windows as f64;
    assert!(windows < still + 4.0 * looped as f64, "{windows} windows, {looped} spikes");
}

#[test]
fn a_loop_that_never_fires_takes_no_more_windows_than_one_with_a_long_delay() {
    let windows = |delay_fs| {
        let (mut input, synapses) = network(6, delay_fs, 0.5);
        input.populations[0].model = Model::Poisson { rate_hz: vec![1e-9; NEURONS as usize] };
        let (recording, counters) = run(&input, &synapses, &Options::default(), 1.0);
        assert_eq!(recording.spikes.len(), 0);
        counters.windows
    };
    assert_eq!(windows(1), windows((2e-3 * FS) as u64));
}

#[test]
fn a_run_that_is_resumed_within_a_loop_of_a_femtosecond_has_the_bits_of_an_unbroken_one() {
    let (input, synapses) = network(7, 1, 1.2);
    let (unbroken, _) = run(&input, &synapses, &Options::default(), UNTIL_S);
    let mut recording = Recording::default();
    let mut simulation =
        Simulation::new(&input, &synapses, &Options::default()).expect("a network");
    // Just before, at and just after spikes, and anywhere.
    let spikes: Vec<Time> = unbroken.spikes.iter().step_by(41).map(|(at, ..)| *at).collect();
    let around = spikes.iter().flat_map(|at| [*at, at.later(1), at.later(2), at.later(70_000)]);
    for until in around.filter(|at| *at < Time::from_s(UNTIL_S)) {
        let go_on = &mut |_: &Simulation| ControlFlow::Continue(());
        simulation.run(until, &mut recording, go_on).expect("memory takes all");
        let mut image = Vec::new();
        simulation.save(&mut image).expect("memory takes all");
        simulation = Simulation::new(&input, &synapses, &Options::default()).expect("a network");
        simulation.resume(&mut &image[..]).expect("a whole image");
    }
    let go_on = &mut |_: &Simulation| ControlFlow::Continue(());
    simulation.run(Time::from_s(UNTIL_S), &mut recording, go_on).expect("memory takes all");
    assert!(recording == unbroken);
}

#[test]
fn a_network_that_excites_itself_without_bound_is_ended_before_memory_is() {
    // Windows are as long as the delay: far shorter ones see few spikes each.
    for delay_fs in [MS, MS / 10_000] {
        runs_away(delay_fs);
    }
}

fn runs_away(delay_fs: u64) {
    let currents = Currents {
        membrane: Membrane {
            tau_s: 10e-3,
            rest_v: 0.0,
            asymptote_v: 0.03,
            threshold_v: 0.02,
            reset: Reset::To(0.0),
            refractory_s: 0.0,
        },
        capacitance_farad: 250e-12,
        tau_excitatory_s: 5e-3,
        tau_inhibitory_s: 5e-3,
    };
    let cells = population("cells", NEURONS, Model::LifExp(currents));
    let pairs = (0..NEURONS).flat_map(|source| (0..NEURONS).map(move |target| (source, target)));
    // A spike brings each neuron the charge of a swing.
    let weight = 250e-12 * 0.02 / 5e-3;
    let synapses = pairs.map(|(source, target)| Synapse { source, target, weight, delay_fs });
    let input = Input {
        populations: vec![cells],
        tick_fs: delay_fs,
        precision: Precision::Single,
        seed: 1,
    };
    let options = Options::default();
    let mut simulation = Simulation::new(&input, &Synapses(synapses.collect()), &options).unwrap();
    let mut recording = Recording::default();
    let go_on = &mut |_: &Simulation| ControlFlow::Continue(());
    let ended = simulation.run(Time::from_s(10.0), &mut recording, go_on);
    assert!(matches!(ended, Err(RunError::RunsAway { .. })), "{ended:?}");
    assert!(simulation.now() < Time::from_s(1.0));
}
