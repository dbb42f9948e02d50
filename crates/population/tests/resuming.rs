//! Splits of a run, images of it, and what may not change.

mod common;

use std::ops::ControlFlow;

use common::zoo::zoo;
use common::{job_b, population, run};
use memspike_population::{
    BuildError, ImageError, Initial, Input, Model, Options, Precision, Recording, Simulation,
    Synapse, Synapses,
};
use memspike_time::Time;
use proptest::prelude::*;

const UNTIL_S: f64 = 0.15;

fn advance(simulation: &mut Simulation, recording: &mut Recording, until_s: f64) {
    let go_on = &mut |_: &Simulation| ControlFlow::Continue(());
    simulation.run(Time::from_s(until_s), recording, go_on).expect("memory takes all");
}

fn image(simulation: &Simulation) -> Vec<u8> {
    let mut bytes = Vec::new();
    simulation.save(&mut bytes).expect("memory takes all");
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Saved anywhere, and resumed on other threads, with other windows and parts.
    #[test]
    fn a_run_that_is_split_and_resumed_has_the_bits_of_an_unbroken_one(
        splits in prop::collection::vec(0.0..UNTIL_S, 1..4),
        threads in 1_usize..4,
        window_s in prop::option::of(1e-6..2e-3_f64),
        part_size in prop::option::of(1_u32..30),
        block_size in prop::option::of(1_u32..15),
    ) {
        let (input, synapses) = zoo();
        let unbroken = run(&input, &synapses, &Options::default(), UNTIL_S);
        let busy = |(number, size)| unbroken.counts(number, size).iter().sum::<u64>() > 20;
        let sizes = input.populations.iter().map(|population| population.size);
        prop_assert!(sizes.enumerate().all(busy));
        let mut splits = splits;
        splits.sort_by(f64::total_cmp);
        let options = Options { threads, window_s, part_size, block_size };
        let mut simulation = Simulation::new(&input, &synapses, &options).unwrap();
        let mut recording = Recording::default();
        for split in splits {
            advance(&mut simulation, &mut recording, split);
            let bytes = image(&simulation);
            let before = simulation.counters();
            simulation = Simulation::new(&input, &synapses, &Options::default()).unwrap();
            simulation.resume(&mut &bytes[..]).unwrap();
            prop_assert_eq!(simulation.counters(), before);
            prop_assert_eq!(image(&simulation), bytes);
        }
        advance(&mut simulation, &mut recording, UNTIL_S);
        prop_assert!(recording == unbroken);
    }

    #[test]
    fn a_damaged_image_is_refused_and_leaves_the_run_as_it_was(at in 0.0..1.0_f64, bit in 0_u8..8, cut: bool) {
        let (input, synapses) = zoo();
        let mut simulation = Simulation::new(&input, &synapses, &Options::default()).unwrap();
        advance(&mut simulation, &mut Recording::default(), 0.02);
        let whole = image(&simulation);
        let place = (at * whole.len() as f64) as usize;
        let mut bytes = whole.clone();
        if cut {
            bytes.truncate(place);
        } else {
            bytes[place] ^= 1 << bit;
        }
        prop_assert!(simulation.resume(&mut &bytes[..]).is_err());
        prop_assert_eq!(image(&simulation), whole);
    }
}

/// Nine seconds and more are no multiple of a femtosecond's fraction any more: the end is then the last fraction of one.
#[test]
fn a_long_run_is_kept_and_resumed_wherever_it_is_split() {
    let trains = vec![vec![Time::from_s(15.0), Time::from_s(17.0)]];
    let populations = vec![population("late", 1, Model::Recorded(trains))];
    let input = Input { populations, tick_fs: 1, precision: Precision::Single, seed: 0 };
    let build = || Simulation::new(&input, &Synapses(Vec::new()), &Options::default()).unwrap();
    let go_on = &mut |_: &Simulation| ControlFlow::Continue(());
    for split_s in [9.1, 10.0, 12.3, 14.999_999_999_999_998, 15.0, 16.000_000_000_000_004, 17.5] {
        let (mut simulation, mut recording) = (build(), Recording::default());
        let until = Time::last_read_as(split_s);
        for until in [until, Time { tick: until.tick, frac: 1.0_f64.next_down() }] {
            simulation.run(until, &mut recording, go_on).unwrap();
            assert_eq!(simulation.reached(), until);
            let bytes = image(&simulation);
            simulation = build();
            simulation.resume(&mut &bytes[..]).unwrap();
        }
        simulation.run(Time::from_s(18.0), &mut recording, go_on).unwrap();
        assert_eq!(recording.spikes.len(), 2, "{split_s}");
    }
}

/// Also neurons that start above their thresholds, and sources, have done nothing yet.
#[test]
fn an_image_of_the_very_beginning_has_the_whole_run_before_it() {
    let (mut input, synapses) = zoo();
    for population in [0, 2, 4, 6] {
        input.populations[population].initial = Initial::Same(0.016);
    }
    let unbroken = run(&input, &synapses, &Options::default(), 0.02);
    assert!(unbroken.spikes.iter().filter(|spike| spike.0 == Time::ZERO).count() >= 80);
    let bytes = image(&Simulation::new(&input, &synapses, &Options::default()).unwrap());
    let mut simulation = Simulation::new(&input, &synapses, &Options::default()).unwrap();
    simulation.resume(&mut &bytes[..]).unwrap();
    let mut recording = Recording::default();
    advance(&mut simulation, &mut recording, 0.02);
    assert!(recording == unbroken);
}

/// Without the neurons that hear pulses.
#[test]
fn a_branch_takes_the_states_of_a_run_with_other_synapses_and_goes_on_by_its_own() {
    let (mut input, mut synapses) = zoo();
    (input.populations[4].size, input.populations[4].model) =
        (20, input.populations[0].model.clone());
    let mut simulation = Simulation::new(&input, &synapses, &Options::default()).unwrap();
    advance(&mut simulation, &mut Recording::default(), 0.05);
    let bytes = image(&simulation);
    synapses.0.iter_mut().for_each(|synapse| synapse.weight *= 1.25);
    synapses.0.truncate(900);
    input.seed += 1;
    let mut branch = Simulation::new(&input, &synapses, &Options::default()).unwrap();
    assert!(matches!(branch.resume(&mut &bytes[..]), Err(ImageError::Other(_))));
    branch.branch(&mut &bytes[..]).unwrap();
    for (population, own) in (0..).zip(&input.populations) {
        for neuron in 0..own.size {
            let at = |run: &Simulation| run.potential(population, neuron);
            assert_eq!(at(&branch), at(&simulation));
        }
    }
    let [mut old, mut new] = [Recording::default(), Recording::default()];
    advance(&mut simulation, &mut old, UNTIL_S);
    advance(&mut branch, &mut new, UNTIL_S);
    assert!(old != new && new.spikes.len() > 100);
    let Model::Lif(membrane) = &mut input.populations[0].model else { panic!("another model") };
    membrane.tau_s *= 1.1;
    let mut other = Simulation::new(&input, &synapses, &Options::default()).unwrap();
    assert!(matches!(other.branch(&mut &bytes[..]), Err(ImageError::States)));
}

#[test]
fn a_simulation_that_has_run_takes_no_image_and_goes_on() {
    let (input, synapses) = zoo();
    let build = || Simulation::new(&input, &synapses, &Options::default()).unwrap();
    let [mut first, mut second] = [build(), build()];
    let (mut ran, mut asked) = (Recording::default(), Recording::default());
    advance(&mut first, &mut ran, 0.02);
    advance(&mut second, &mut asked, 0.02);
    let bytes = image(&first);
    for taken in [second.resume(&mut &bytes[..]), second.branch(&mut &bytes[..])] {
        assert!(matches!(taken, Err(ImageError::Begun { now_s }) if now_s > 0.0));
    }
    let mut third = build();
    third.resume(&mut &bytes[..]).unwrap();
    assert!(matches!(third.resume(&mut &bytes[..]), Err(ImageError::Begun { .. })));
    for (simulation, recording) in [(&mut first, &mut ran), (&mut second, &mut asked)] {
        advance(simulation, recording, 0.05);
    }
    assert!(ran == asked && ran.spikes.len() > 100);
}

#[test]
fn an_image_of_another_network_is_refused() {
    let (input, mut synapses) = zoo();
    let saved = image(&Simulation::new(&input, &synapses, &Options::default()).unwrap());
    synapses.0[3].weight *= 1.5;
    let mut other = Simulation::new(&input, &synapses, &Options::default()).unwrap();
    assert!(matches!(other.resume(&mut &saved[..]), Err(ImageError::Other(_))));
    assert!(matches!(other.resume(&mut &b"P5 640 480"[..]), Err(ImageError::Foreign)));
}

#[test]
fn what_is_delivered_and_under_way_is_the_sum_of_fan_outs_after_every_window() {
    let (input, synapses) = zoo();
    let mut simulation = Simulation::new(&input, &synapses, &Options::default()).unwrap();
    let mut recording = Recording::default();
    let mut windows = 0;
    let mut check = |simulation: &Simulation| {
        let counters = simulation.counters();
        assert_eq!(counters.sent, counters.delivered + counters.under_way);
        windows += 1;
        ControlFlow::Continue(())
    };
    simulation.run(Time::from_s(UNTIL_S), &mut recording, &mut check).unwrap();
    assert!(windows > 100, "{windows}");
    // Counted here once more: a pulse begins and ends.
    let fan_out = |source: u32| {
        let own = synapses.0.iter().filter(|synapse| synapse.source == source);
        own.map(|synapse| if (80..100).contains(&synapse.target) { 2 } else { 1 }).sum::<u64>()
    };
    let spikes = recording.spikes.iter();
    let sent: u64 =
        spikes.map(|(_, population, neuron)| fan_out(*population as u32 * 20 + neuron)).sum();
    assert_eq!(simulation.counters().sent, sent);
}

#[test]
fn potentials_that_are_looked_at_after_every_window_change_nothing() {
    let (input, synapses) = zoo();
    let unbroken = run(&input, &synapses, &Options::default(), UNTIL_S);
    let mut simulation = Simulation::new(&input, &synapses, &Options::default()).unwrap();
    let mut recording = Recording::default();
    let mut highest = f64::NEG_INFINITY;
    let mut look = |simulation: &Simulation| {
        for population in [0, 2, 4] {
            highest = highest.max(simulation.potential(population, 3).expect("a membrane"));
        }
        assert_eq!(simulation.potential(1, 0), None);
        ControlFlow::Continue(())
    };
    simulation.run(Time::from_s(UNTIL_S), &mut recording, &mut look).unwrap();
    assert!(recording == unbroken);
    assert!((0.01..0.015).contains(&highest), "{highest}");
}

#[test]
fn job_b_scaled_down_has_the_same_bits_on_any_number_of_threads_and_in_any_window() {
    let (input, wiring) = job_b(1000, [80, 20]);
    let one = run(&input, &wiring, &Options::default(), 0.3);
    assert!(one.spikes.len() > 5000);
    for threads in [1, 2, 3, 7] {
        for window_s in [None, Some(0.75e-3), Some(0.214e-3)] {
            let options = Options { threads, window_s, ..Options::default() };
            assert!(one == run(&input, &wiring, &options, 0.3), "{options:?}");
        }
    }
}

#[test]
fn a_network_that_cannot_be_is_refused_by_name() {
    let refused = |change: &dyn Fn(&mut Input, &mut Vec<Synapse>)| {
        let (mut input, mut synapses) = zoo();
        change(&mut input, &mut synapses.0);
        match Simulation::new(&input, &synapses, &Options::default()) {
            Ok(_) => panic!("it was built"),
            Err(error) => error,
        }
    };
    let weight = refused(&|_, synapses| synapses[9].weight = f64::NAN);
    assert!(matches!(weight, BuildError::Weight { .. }), "{weight}");
    let weight = refused(&|_, synapses| synapses[9].weight = -1e31);
    assert!(matches!(weight, BuildError::Weight { .. }), "{weight}");
    let delay = refused(&|_, synapses| synapses[9].delay_fs = 1_500_000_000);
    assert!(matches!(delay, BuildError::Delay { tick_fs: 1_000_000_000, .. }), "{delay}");
    let delay = refused(&|_, synapses| {
        let within = synapses.iter_mut().find(|synapse| synapse.source < 20).unwrap();
        (within.target, within.delay_fs) = (1, 0);
    });
    assert_eq!(delay, BuildError::NoDelay { from: "lif".to_owned(), to: "lif".to_owned() });
    let target = refused(&|_, synapses| synapses[9].target = 25);
    assert!(matches!(target, BuildError::ToSource { to: 20, .. }), "{target}");
    let source = refused(&|_, synapses| synapses[9].source = 140);
    assert!(matches!(source, BuildError::Neuron { from: 140, neurons: 140, .. }), "{source}");
    let pulse = refused(&|_, synapses| synapses[9] = Synapse { target: 85, ..synapses[9] });
    assert!(matches!(pulse, BuildError::NoPulse { .. }), "{pulse}");
    let many = refused(&|input, _| input.populations[0].size = u32::MAX);
    assert!(matches!(many, BuildError::Neurons(4_294_967_415)), "{many}");
}
