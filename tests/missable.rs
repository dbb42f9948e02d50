//! Crossings that a simulator can miss, and things that must not change a bit.
//!
//! Each truth is a closed form, stated beside its test.

mod common;

use std::ops::ControlFlow;

use common::rig::{Record, Rig, SWITCH, Switch, Trace, ZNO, record, run_into, simulation, spikes};
use memspike_circuit::{Circuit, Pulse, Sine, Stimulus};
use memspike_engine::Sink;
use memspike_time::Time;
use proptest::prelude::*;

/// A switch that watches node `watched` and loads nothing that feeds it.
fn watch(rig: &mut Rig, watched: &str, on_at: f64, off_at: f64) {
    let (vt, vh) = (0.5 * (on_at + off_at), 0.5 * (on_at - off_at));
    assert!((vt + vh - on_at).abs() <= on_at * f64::EPSILON);
    let model = Switch { vt, vh, ..SWITCH };
    rig.v("vwatch", ["w", "0"], Stimulus::Dc(1.0)).r("rwatch", ["w", "x"], 1e4).s(
        "s1",
        ["x", "0"],
        [watched, "0"],
        model,
    );
}

/// Where an increasing function reaches `level`.
fn bisect(f: impl Fn(f64) -> f64, level: f64, mut low: f64, mut high: f64) -> f64 {
    while high.next_down() > low {
        let middle = 0.5 * (low + high);
        if middle == low || middle == high {
            break;
        }
        if f(middle) < level { low = middle } else { high = middle }
    }
    high
}

fn assert_times(found: &[Time], truth: &[f64], relative: f64) {
    assert_eq!(found.len(), truth.len(), "number of spikes");
    for (found, truth) in found.iter().zip(truth) {
        let error = (found.as_s() / truth - 1.0).abs();
        assert!(error <= relative, "{} beside {truth}: off by {error:e}", found.as_s());
    }
}

/// A capacitor of 1 V that empties into the next through a buffer:
/// `v(t) = tau1 / (tau1 - tau2) (exp(-t/tau1) - exp(-t/tau2))`, greatest at
/// `t = ln(tau1/tau2) tau1 tau2 / (tau1 - tau2)`.
fn bump(on_at: f64) -> Circuit {
    let mut rig = Rig::new();
    rig.c_at("c1", ["a", "0"], 1e-6, 1.0)
        .r("r1", ["a", "0"], 2e4)
        .e("e1", ["b", "0"], ["a", "0"], 1.0)
        .r("r2", ["b", "c"], 1e4)
        .c("c2", ["c", "0"], 1e-6);
    watch(&mut rig, "c", on_at, 0.125);
    rig.build()
}

/// With `tau1 = 2 tau2` the bump is `2 (x - x^2)`, `x = exp(-t/tau1)`: at most 1/2, at `x = 1/2`.
#[test]
fn a_rise_and_fall_between_two_events_is_seen() {
    for above in [1e-2_f64, 1e-6, 1e-10] {
        let on_at = 0.5 * (1.0 - above);
        let truth = -20e-3 * (0.5 * (1.0 + above.sqrt())).ln();
        // The crossing is as well known as the square root of the rounding allows.
        let tolerance = 1e-14 / above.sqrt();
        assert_times(&spikes(&bump(on_at), 1.0, "s1"), &[truth], tolerance);
    }
    assert_times(&spikes(&bump(0.5 * (1.0 + 1e-10)), 1.0, "s1"), &[], 0.0);
}

/// A source that reaches `amplitude` at 5 ms, 25 ms, ... and stays below it otherwise.
fn sine(amplitude: f64) -> Circuit {
    let mut rig = Rig::new();
    let sine = Sine {
        offset: 0.0,
        amplitude,
        frequency_hz: 50.0,
        delay_s: 0.0,
        damping_per_s: 0.0,
        phase_rad: 0.0,
    };
    rig.v("v1", ["in", "0"], Stimulus::Sine(sine)).r("r1", ["in", "0"], 1e3);
    watch(&mut rig, "in", 0.25, 0.0625);
    rig.build()
}

#[test]
fn just_beyond_a_tangent_every_turn_is_seen() {
    let truth = [5e-3, 25e-3, 45e-3, 65e-3, 85e-3];
    // Near a maximum, 1e-12 in the value is 1.4e-6 in the phase.
    assert_times(&spikes(&sine(0.25 * (1.0 + 1e-12)), 0.1, "s1"), &truth, 1e-6);
}

#[test]
fn a_touch_does_not_switch() {
    assert_times(&spikes(&sine(0.25), 0.1, "s1"), &[], 0.0);
}

#[test]
fn just_below_a_tangent_nothing_happens() {
    assert_times(&spikes(&sine(0.25 * (1.0 - 1e-12)), 0.1, "s1"), &[], 0.0);
}

#[test]
fn two_neurons_of_one_supply_fire_at_one_instant() {
    let neuron = |rig: &mut Rig, k: u32| {
        let out = format!("out{k}");
        rig.r(&format!("r{k}"), ["in", &out], 1e6).c(&format!("c{k}"), [&out, "0"], 47e-9).n(
            &format!("n{k}"),
            [&out, "0"],
            ZNO,
        );
    };
    let mut alone = Rig::new();
    alone.v("v1", ["in", "0"], Stimulus::Dc(0.8));
    neuron(&mut alone, 1);
    let alone = spikes(&alone.build(), 0.3, "n1");

    let mut pair = Rig::new();
    pair.v("v1", ["in", "0"], Stimulus::Dc(0.8));
    neuron(&mut pair, 1);
    neuron(&mut pair, 2);
    let apart = record(&pair.build(), 0.3).spikes();
    assert!(alone.len() > 10);
    assert_eq!(apart["n1"], alone);
    assert_eq!(apart["n2"], alone);
}

#[test]
fn two_switches_on_one_node_turn_at_one_instant() {
    let mut rig = Rig::new();
    rig.v("v1", ["in", "0"], Stimulus::Dc(0.8))
        .r("r1", ["in", "out"], 1e6)
        .c("c1", ["out", "0"], 47e-9)
        .s("s1", ["out", "0"], ["out", "0"], SWITCH)
        .s("s2", ["out", "0"], ["out", "0"], SWITCH);
    let found = record(&rig.build(), 0.3);
    let spikes = found.spikes();
    assert!(spikes["s1"].len() > 10);
    assert_eq!(spikes["s1"], spikes["s2"]);

    // Two of them are one of half the resistance.
    let half = Switch { ron: SWITCH.ron / 2.0, roff: SWITCH.roff / 2.0, ..SWITCH };
    let mut rig = Rig::new();
    rig.v("v1", ["in", "0"], Stimulus::Dc(0.8))
        .r("r1", ["in", "out"], 1e6)
        .c("c1", ["out", "0"], 47e-9)
        .s("s1", ["out", "0"], ["out", "0"], half);
    let truth: Vec<f64> =
        record(&rig.build(), 0.3).spikes()["s1"].iter().map(|t| t.as_s()).collect();
    assert_times(&spikes["s1"], &truth, 1e-12);
}

#[test]
fn a_symmetric_coupled_pair_fires_as_one_neuron_alone() {
    // Equal neurons hold no voltage across their coupling capacitor.
    let neuron = |rig: &mut Rig, k: u32| {
        let out = format!("out{k}");
        rig.r(&format!("r{k}"), ["in", &out], 1e6).c(&format!("c{k}"), [&out, "0"], 47e-9).s(
            &format!("s{k}"),
            [&out, "0"],
            [&out, "0"],
            SWITCH,
        );
    };
    let mut alone = Rig::new();
    alone.v("v1", ["in", "0"], Stimulus::Dc(0.8));
    neuron(&mut alone, 1);
    let truth: Vec<f64> = spikes(&alone.build(), 0.3, "s1").iter().map(|t| t.as_s()).collect();

    let mut pair = Rig::new();
    pair.v("v1", ["in", "0"], Stimulus::Dc(0.8)).c("cc", ["out1", "out2"], 10e-9);
    neuron(&mut pair, 1);
    neuron(&mut pair, 2);
    let found = record(&pair.build(), 0.3).spikes();
    assert_times(&found["s1"], &truth, 1e-11);
    assert_times(&found["s2"], &truth, 1e-11);
}

/// Three stages `tau = R C`, each behind a buffer: one Jordan block,
/// `v3 = V (1 - (1 + x + x^2 / 2) exp(-x))`, `x = t / tau`.
fn buffered(stretch: [f64; 3]) -> Circuit {
    let mut rig = Rig::new();
    rig.v("v1", ["b0", "0"], Stimulus::Dc(1.0));
    for (k, stretch) in stretch.into_iter().enumerate() {
        let (before, node, after) = (format!("b{k}"), format!("a{k}"), format!("b{}", k + 1));
        rig.r(&format!("r{k}"), [&before, &node], 1e5 * stretch)
            .c(&format!("c{k}"), [&node, "0"], 1e-7)
            .e(&format!("e{k}"), [&after, "0"], [&node, "0"], 1.0);
    }
    rig.r("rl", ["b3", "0"], 1e6);
    watch(&mut rig, "b3", 0.25, 0.125);
    rig.build()
}

#[test]
fn equal_time_constants_of_a_defective_island() {
    let v3 = |x: f64| 1.0 - (1.0 + x + 0.5 * x * x) * (-x).exp();
    let truth = 1e-2 * bisect(v3, 0.25, 0.0, 10.0);
    assert_times(&spikes(&buffered([1.0; 3]), 1.0, "s1"), &[truth], 1e-12);
}

#[test]
fn nearly_equal_time_constants_are_no_worse() {
    // To first order only the sum of the three time constants counts: stretch them around it.
    let v3 = |x: f64| 1.0 - (1.0 + x + 0.5 * x * x) * (-x).exp();
    let truth = 1e-2 * bisect(v3, 0.25, 0.0, 10.0);
    for apart in [1e-15, 1e-12, 1e-9, 1e-7] {
        let found = spikes(&buffered([1.0 - apart, 1.0, 1.0 + apart]), 1.0, "s1");
        assert_times(&found, &[truth], 1e-11);
    }
}

/// Three equal nodes, linked each to each: the sum relaxes with `tau`, every difference with
/// `1 / (1/tau + 3/(Rl C))`, twice.
#[test]
fn equal_time_constants_of_an_island_that_is_not_defective() {
    let (ohm, link, farad) = (1e6, 5e5, 1e-8);
    let mut rig = Rig::new();
    for (k, volt) in [0.0, 1.0, 1.0].into_iter().enumerate() {
        let node = format!("a{k}");
        let next = format!("a{}", (k + 1) % 3);
        rig.c_at(&format!("c{k}"), [&node, "0"], farad, volt)
            .r(&format!("r{k}"), [&node, "0"], ohm)
            .r(&format!("l{k}"), [&node, &next], link);
    }
    watch(&mut rig, "a0", 0.25, 0.125);
    let (slow, fast) = (1.0 / (ohm * farad), 1.0 / (ohm * farad) + 3.0 / (link * farad));
    let v = |t: f64| 2.0 / 3.0 * ((-slow * t).exp() - (-fast * t).exp());
    let peak = (fast / slow).ln() / (fast - slow);
    let truth = bisect(v, 0.25, 0.0, peak);
    assert_times(&spikes(&rig.build(), 1.0, "s1"), &[truth], 1e-12);
}

/// 1 s and 1 ns behind a buffer: `v = V (1 - (tau1 exp(-t/tau1) - tau2 exp(-t/tau2)) / (tau1 - tau2))`.
#[test]
fn time_constants_1e9_apart() {
    let mut rig = Rig::new();
    rig.v("v1", ["in", "0"], Stimulus::Dc(1.0))
        .r("r1", ["in", "a"], 1e6)
        .c("c1", ["a", "0"], 1e-6)
        .e("e1", ["b", "0"], ["a", "0"], 1.0)
        .r("r2", ["b", "c"], 1e3)
        .c("c2", ["c", "0"], 1e-12);
    watch(&mut rig, "c", 0.25, 0.125);
    // exp(-t/tau2) is zero at the crossing.
    let truth = (1.0 / ((1.0 - 1e-9) * 0.75_f64)).ln();
    assert_times(&spikes(&rig.build(), 2.0, "s1"), &[truth], 1e-12);
}

/// The same without a buffer: the fast node follows the slow one, and both roots of
/// `s^2 + (1/(R1 C1) + 1/(R2 C1) + 1/(R2 C2)) s + 1/(R1 C1 R2 C2)` count.
#[test]
fn time_constants_1e9_apart_in_one_symmetric_island() {
    let (r1, c1, r2, c2) = (1e6_f64, 1e-6, 1e3, 1e-12);
    let mut rig = Rig::new();
    rig.v("v1", ["in", "0"], Stimulus::Dc(1.0))
        .r("r1", ["in", "a"], r1)
        .c("c1", ["a", "0"], c1)
        .r("r2", ["a", "c"], r2)
        .c("c2", ["c", "0"], c2);
    watch(&mut rig, "c", 0.25, 0.125);
    let sum = 1.0 / (r1 * c1) + 1.0 / (r2 * c1) + 1.0 / (r2 * c2);
    let product = 1.0 / (r1 * c1) / (r2 * c2);
    let fast = 0.5 * (sum + (sum * sum - 4.0 * product).sqrt());
    let slow = product / fast;
    // v = 1 - (fast exp(-slow t) - slow exp(-fast t)) / (fast - slow), from v(0) = v'(0) = 0.
    let truth = (fast / (fast - slow) / 0.75).ln() / slow;
    assert_times(&spikes(&rig.build(), 2.0, "s1"), &[truth], 1e-12);
}

/// A memristor that sees a pulsed source through 1 kohm and no capacitor.
fn formation(first_s: f64, gap_s: f64, second_s: f64) -> Circuit {
    let mut rig = Rig::new();
    let second = first_s + gap_s;
    let points = vec![
        (0.0, 0.2),
        (first_s, 0.2),
        (first_s, 0.0),
        (second, 0.0),
        (second, 0.2),
        (second + second_s, 0.2),
        (second + second_s, 0.0),
    ];
    rig.v("v1", ["in", "0"], Stimulus::Pwl(points)).r("r1", ["in", "a"], 1e3).n(
        "n1",
        ["a", "0"],
        ZNO,
    );
    rig.build()
}

/// Growth per second at 0.2 V.
fn formation_rate() -> f64 {
    let u = 0.2 * ZNO.roff / (ZNO.roff + 1e3);
    ((u - ZNO.von) / ZNO.vs).exp() / ZNO.t0
}

#[test]
fn a_pulse_shorter_than_the_formation_time_does_not_fire() {
    let formation_s = 1.0 / formation_rate();
    let short = record(&formation(0.99 * formation_s, 1.0, 0.0), 2.0);
    assert!(short.spikes().is_empty());
    let long = spikes(&formation(1.01 * formation_s, 1.0, 0.0), 2.0, "n1");
    assert_times(&long, &[formation_s], 1e-12);
}

#[test]
fn a_filament_dissolves_between_two_pulses() {
    let formation_s = 1.0 / formation_rate();
    // Half a filament, exp(-2) of which is left after 20 ms.
    let (first, gap) = (0.5 * formation_s, 20e-3);
    let left = 0.5 * (-gap / ZNO.trelax).exp();
    let truth = first + gap + (1.0 - left) * formation_s;
    // Corners lie on whole femtoseconds.
    assert_times(&spikes(&formation(first, gap, 1.0), 2.0, "n1"), &[truth], 1e-12);
    // Two halves with nothing between them would have fired; two with a gap do not.
    assert!(record(&formation(first, gap, first), 2.0).spikes().is_empty());
}

/// `v = V (1 - exp(-t/tau))` with `tau` 47 ms, beside a level of 0.25 V.
fn charging(volt: f64) -> Circuit {
    let mut rig = Rig::new();
    rig.v("v1", ["in", "0"], Stimulus::Dc(volt)).r("r1", ["in", "a"], 1e6).c(
        "c1",
        ["a", "0"],
        47e-9,
    );
    watch(&mut rig, "a", 0.25, 0.125);
    rig.build()
}

#[test]
fn a_voltage_that_ends_exactly_at_the_threshold_never_fires() {
    // After 37 tau the closed form rounds to its end; the circuit never gets there.
    assert_times(&spikes(&charging(0.25), 1000.0, "s1"), &[], 0.0);
}

#[test]
fn a_voltage_that_ends_just_above_the_threshold_fires_late() {
    for above in [1e-3, 1e-6, 1e-9] {
        let volt = 0.25 * (1.0 + above);
        let truth = 0.047 * f64::ln(volt / (volt - 0.25));
        // The distance to the end is known to an ulp of the end.
        assert_times(&spikes(&charging(volt), 1000.0, "s1"), &[truth], 1e-15 / above);
    }
}

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
