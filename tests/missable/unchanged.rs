//! What must not change a bit: where a run is split, the order of elements, and probes.

use std::ops::ControlFlow;

use memspike_circuit::{Circuit, Pulse, Sine, Stimulus};
use memspike_engine::Sink;
use memspike_time::Time;
use proptest::prelude::*;

use crate::common::rig::{Record, Rig, SWITCH, Switch, Trace, ZNO, record, run_into, simulation};

/// Number of elements that [`add_part`] knows.
const PARTS: usize = 16;

/// Adds one element of a circuit of two coupled neurons, one of them pulsed, and a sine that drives
/// a third one through two stages.
fn add_part(rig: &mut Rig, part: usize) {
    let pulse = Stimulus::Pulse(Pulse {
        low: 0.0,
        high: 2.0,
        delay_s: 1e-3,
        rise_s: 50e-6,
        fall_s: 0.0,
        width_s: 400e-6,
        period_s: 650e-6,
        count: None,
    });
    let sine = Stimulus::Sine(Sine {
        offset: 0.6,
        amplitude: 1.5,
        frequency_hz: 61.7,
        delay_s: 2e-3,
        damping_per_s: 0.4,
        phase_rad: 0.3,
    });
    match part {
        0 => rig.v("v1", ["in1", "0"], pulse),
        1 => rig.v("v2", ["in2", "0"], Stimulus::Dc(0.8)),
        2 => rig.v("v3", ["in3", "0"], sine),
        3 => rig.r("r1", ["in1", "a"], 1e6),
        4 => rig.r("r2", ["in2", "b"], 1e6),
        5 => rig.r("r3", ["in3", "c"], 4e5),
        6 => rig.r("r4", ["c", "d"], 5e5),
        7 => rig.c("c1", ["a", "0"], 47e-9),
        8 => rig.c("c2", ["b", "0"], 40e-9),
        9 => rig.c("c3", ["c", "0"], 10e-9),
        10 => rig.c("c4", ["d", "0"], 30e-9),
        11 => rig.c("cc", ["a", "b"], 4.7e-9),
        12 => rig.n("n1", ["a", "0"], ZNO),
        13 => rig.n("n2", ["b", "0"], ZNO),
        14 => rig.n("n3", ["d", "0"], ZNO),
        15 => rig.s("s1", ["d", "0"], ["a", "0"], Switch { ron: 1e6, ..SWITCH }),
        _ => unreachable!("there are {PARTS} parts"),
    };
}

/// The circuit, its elements added in this order.
fn whole(order: impl IntoIterator<Item = usize>) -> Circuit {
    let mut rig = Rig::new();
    for part in order {
        add_part(&mut rig, part);
    }
    rig.build()
}

const UNTIL: f64 = 0.08;

/// Events and waveforms of the whole circuit, run in pieces that end at these instants.
fn in_pieces(circuit: &Circuit, ends: &[Time]) -> (Record, Trace) {
    let mut record = Record::default();
    let mut trace = Trace::of(circuit, &["a", "b", "c", "d"]);
    let mut simulation = simulation(circuit);
    for end in ends {
        let mut sinks: [&mut dyn Sink; 2] = [&mut record, &mut trace];
        let outcome = simulation.run(*end, &mut sinks, &mut |_| ControlFlow::Continue(()));
        assert_eq!(outcome.expect("a run that ends").reached, *end);
    }
    (record, trace)
}

#[test]
fn the_circuit_of_the_next_tests_is_busy() {
    let spikes = record(&whole(0..PARTS), UNTIL).spikes();
    for name in ["n1", "n2", "n3", "s1"] {
        assert!(spikes.contains_key(name), "{name} never fires");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_run_split_anywhere_gives_the_same_bits(
        shares in prop::collection::vec(0.0..1.0_f64, 1..5)
    ) {
        let circuit = whole(0..PARTS);
        let end = Time::from_s(UNTIL);
        let mut ends: Vec<Time> = shares.iter().map(|s| Time::from_s(s * UNTIL)).collect();
        ends.sort();
        ends.push(end);
        let (once, once_trace) = in_pieces(&circuit, &[end]);
        let (pieces, pieces_trace) = in_pieces(&circuit, &ends);
        prop_assert_eq!(once, pieces);
        prop_assert_eq!(once_trace, pieces_trace);
    }

    #[test]
    fn a_run_split_at_its_own_events_gives_the_same_bits(skip in 0..20_usize) {
        let circuit = whole(0..PARTS);
        let end = Time::from_s(UNTIL);
        let (once, once_trace) = in_pieces(&circuit, &[end]);
        let mut ends: Vec<Time> = once.events.iter().map(|(at, _)| *at).skip(skip).step_by(7).collect();
        ends.push(end);
        let (pieces, pieces_trace) = in_pieces(&circuit, &ends);
        prop_assert_eq!(once, pieces);
        prop_assert_eq!(once_trace, pieces_trace);
    }

    #[test]
    fn the_order_of_elements_does_not_change_a_bit(
        order in Just((0..PARTS).collect::<Vec<_>>()).prop_shuffle()
    ) {
        let sorted = whole(0..PARTS);
        let shuffled = whole(order);
        let end = Time::from_s(UNTIL);
        prop_assert_eq!(in_pieces(&sorted, &[end]), in_pieces(&shuffled, &[end]));
    }

    #[test]
    fn probes_do_not_change_a_bit(
        nodes in prop::sample::subsequence(vec!["a", "b", "c", "d", "in1", "in3"], 0..7)
    ) {
        let circuit = whole(0..PARTS);
        let bare = record(&circuit, UNTIL);
        let mut probed = Record::default();
        let mut trace = Trace::of(&circuit, &nodes);
        run_into(&circuit, UNTIL, &mut [&mut trace, &mut probed]);
        prop_assert_eq!(bare, probed);
    }
}
