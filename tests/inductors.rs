//! Inductors, coupled ones, and states that the laws tie to each other, against closed forms.

mod common;

use std::ops::ControlFlow;

use common::dialect::{elaborated, run};
use common::ngspice::voltages;
use memspike_netlist::Deck;
use memspike_run::{Options, simulate};

/// To 1e-12 of a span.
fn assert_near(found: f64, truth: f64, span: f64, what: &str) {
    let error = (found - truth).abs();
    assert!(error <= 1e-12 * span, "{what}: {found:e} for {truth:e}, off by {error:e}");
}

#[test]
fn a_current_through_resistor_and_inductor_rises_with_its_time_constant() {
    let deck = "series
V1 a 0 5
R1 a b 10
L1 b 0 20m
.meas tran i1 FIND i(L1) AT=1m
.meas tran i2 FIND i(L1) AT=7m
.meas tran flux INTEG v(b) FROM=0 TO=7m
.tran 10m uic
.end";
    let (found, trace) = run(deck, &["b"]);
    let ampere = |t: f64| 0.5 * -(-t / 2e-3).exp_m1();
    assert_near(found["i1"], ampere(1e-3), 0.5, "at 1 ms");
    assert_near(found["i2"], ampere(7e-3), 0.5, "at 7 ms");
    assert_near(found["flux"], 20e-3 * ampere(7e-3), 1e-2, "flux");
    assert_near(trace.at(0, 3e-3), 5.0 * (-1.5_f64).exp(), 5.0, "voltage");
}

#[test]
fn at_rest_an_inductor_is_a_short() {
    let deck = "at rest, then a step
V1 a 0 PWL(0 1 1m 1 1m 3)
R1 a b 1k
L1 b c 1
R2 c 0 1k
.meas tran before FIND i(L1) AT=0.5m
.meas tran after FIND i(L1) AT=1.2m
.tran 2m
.end";
    let (found, _) = run(deck, &["b"]);
    assert_near(found["before"], 0.5e-3, 1e-3, "before");
    let moved = 1e-3 * -(-0.2e-3_f64 / 0.5e-3).exp_m1();
    assert_near(found["after"], 0.5e-3 + moved, 1e-3, "after");
}

#[test]
fn a_tank_rings_for_a_thousand_periods_at_its_frequency() {
    let deck = "a tank without loss
C1 a 0 1u IC=2
L1 a 0 1m IC=0.01
.tran 200m uic
.end";
    let (_, trace) = run(deck, &["a"]);
    let w = 1.0 / 1e-9_f64.sqrt();
    // C v' = -i, L i' = v.
    let volt = |t: f64| 2.0 * (w * t).cos() - 0.01 / (1e-6 * w) * (w * t).sin();
    for t in [1e-6, 0.3e-3, 5e-3, 0.199] {
        // The phase itself is rounded after so many turns.
        let slack = 2.0 + 2.0 * w * t * 1e-4;
        assert_near(trace.at(0, t), volt(t), slack, &format!("at {t}"));
    }
}

#[test]
fn a_series_circuit_rings_down() {
    let deck = "ringing
V1 a 0 PULSE(0 1 1m 0 0 1 2)
R1 a b 10
L1 b c 1m
C1 c 0 1u
.tran 3m uic
.end";
    let (_, trace) = run(deck, &["c"]);
    let (damping, w0) = (10.0 / 2e-3, 1.0 / 1e-9_f64.sqrt());
    let w = (w0 * w0 - damping * damping).sqrt();
    for dt in [1e-6, 20e-6, 0.1e-3, 0.7e-3, 1.9e-3_f64] {
        let (sin, cos) = (w * dt).sin_cos();
        let truth = 1.0 - (-damping * dt).exp() * (cos + damping / w * sin);
        assert_near(trace.at(0, 1e-3 + dt), truth, 2.0, &format!("{dt} after the step"));
    }
}

#[test]
fn coupled_tanks_beat() {
    let deck = "two tanks
C1 a 0 1u IC=1
L1 a 0 1m
C2 b 0 1u IC=0
L2 b 0 1m
K1 L1 L2 0.2
.tran 10m uic
.end";
    let (_, trace) = run(deck, &["a", "b"]);
    let rate = |factor: f64| 1.0 / (1e-9 * (1.0 + factor)).sqrt();
    for t in [3e-6, 77e-6, 1.3e-3, 9.9e-3] {
        let (slow, fast) = ((rate(0.2) * t).cos(), (rate(-0.2) * t).cos());
        let slack = 2.0 + 1e-4 * rate(0.0) * t;
        assert_near(trace.at(0, t), 0.5 * (slow + fast), slack, "the first");
        assert_near(trace.at(1, t), 0.5 * (slow - fast), slack, "the second");
    }
}

#[test]
fn windings_on_one_core_share_its_flux() {
    // 1:3, no leakage: 10 ohm before 1 mH, 900 ohm, seen as 100 ohm, after it.
    let deck = "an ideal transformer with a magnetising current
V1 a 0 PULSE(0 1 1m 0 0 1 2)
R1 a p 10
L1 p 0 1m
L2 s 0 9m
R2 s 0 900
K1 L1 L2 1
.meas tran i1 FIND i(L1) AT=1.05m
.meas tran i2 FIND i(L2) AT=1.05m
.tran 2m uic
.end";
    let (found, trace) = run(deck, &["p", "s"]);
    let tau = 1e-3 / (10.0 * 100.0 / 110.0);
    let primary = |dt: f64| 100.0 / 110.0 * (-dt / tau).exp();
    for dt in [1e-6, 0.05e-3, 0.4e-3] {
        assert_near(trace.at(0, 1e-3 + dt), primary(dt), 1.0, "primary");
        assert_near(trace.at(1, 1e-3 + dt), 3.0 * primary(dt), 3.0, "secondary");
    }
    let p = primary(0.05e-3);
    assert_near(found["i1"], (1.0 - p) / 10.0, 0.1, "primary current");
    assert_near(found["i2"], -3.0 * p / 900.0, 0.1, "secondary current");
}

#[test]
fn inductors_in_series_and_at_a_current_source_carry_one_current() {
    let deck = "three in a row, and one at a source
V1 a 0 1
R1 a b 1
L1 b c 1m IC=0
L2 c d 2m IC=0
L3 d 0 3m IC=0
I1 0 e PWL(0 0 1m 1 2m 1)
L4 e 0 5m
R4 f 0 1
Rx e f 1g
.meas tran v4 FIND v(e) AT=0.5m
.meas tran flux INTEG v(e) FROM=0 TO=2m
.tran 20m uic
.end";
    let (found, trace) = run(deck, &["c", "d"]);
    let volt = |t: f64| (-t / 6e-3).exp();
    for t in [1e-6, 2e-3, 19e-3] {
        assert_near(trace.at(0, t), 5.0 / 6.0 * volt(t), 1.0, "c");
        assert_near(trace.at(1, t), 0.5 * volt(t), 1.0, "d");
    }
    assert!((found["v4"] - 5.0).abs() < 1e-6, "{}", found["v4"]);
    assert!((found["flux"] - 5e-3).abs() < 1e-9, "{}", found["flux"]);
}

#[test]
fn a_source_that_jumps_drives_an_impulse_into_an_inductor_that_it_alone_feeds() {
    let deck = "a step of current
I1 0 a PWL(0 0 1m 0 1m 2 2m 3)
L1 a 0 5m
.meas tran flux INTEG v(a) FROM=0 TO=1.5m
.meas tran v FIND v(a) AT=1.5m
.meas tran i FIND i(L1) AT=1.5m
.tran 2m uic
.end";
    let (found, _) = run(deck, &["a"]);
    assert_near(found["i"], 2.5, 1.0, "current");
    assert_near(found["v"], 5e-3 * 1e3, 1.0, "voltage");
    assert_near(found["flux"], 5e-3 * 2.5, 1.0, "flux");
}

#[test]
fn a_source_without_resistance_may_hold_capacitors_whatever_it_follows() {
    // A follower with a load, and an amplifier that integrates through its feedback.
    let deck = "followers
V1 in 0 SIN(0 1 1k)
R1 in a 1k
C1 a 0 1u
E1 b 0 a 0 2
C2 b 0 3u
R2 b 0 1k
Rin in minus 10k
Cf minus out 1u
Eamp out 0 0 minus 1e9
.meas tran load FIND i(C2) AT=0.4m
.meas tran source FIND i(E1) AT=0.4m
.tran 1m uic
.end";
    let (found, trace) = run(deck, &["a", "b", "out"]);
    let (w, tau) = (std::f64::consts::TAU * 1e3, 1e-3);
    let scale = 1.0 / (1.0 + w * w * tau * tau);
    let a = |t: f64| {
        let (sin, cos) = (w * t).sin_cos();
        scale * (sin - w * tau * cos + w * tau * (-t / tau).exp())
    };
    let slope = |t: f64| ((w * t).sin() - a(t)) / tau;
    for t in [0.1e-3, 0.4e-3, 0.95e-3] {
        assert_near(trace.at(0, t), a(t), 1.0, "a");
        assert_near(trace.at(1, t), 2.0 * a(t), 1.0, "b");
        // An amplification of 1e9 leaves that much of the ideal.
        let ideal = -(1.0 - (w * t).cos()) / (w * 10e-3);
        assert!((trace.at(2, t) - ideal).abs() < 1e-8, "out: {} for {ideal}", trace.at(2, t));
    }
    let load = 3e-6 * 2.0 * slope(0.4e-3);
    assert_near(found["load"], load, 1e-2, "load");
    assert_near(found["source"], -load - 2.0 * a(0.4e-3) / 1e3, 1e-2, "source");
}

#[test]
fn floating_sources_and_capacitors_in_a_loop_keep_their_charge() {
    // A battery that floats between two capacitors: 1 uF and 2 uF, 3 V apart.
    let deck = "a loop
V1 a b PULSE(0 3 1m 0 0 1 2)
C1 a 0 1u
C2 b 0 2u
R1 a 0 1k
R2 b 0 1k
.meas tran charge INTEG i(V1) FROM=0.5m TO=1.00000001m
.tran 10m uic
.end";
    let (found, trace) = run(deck, &["a", "b"]);
    // At the step: a - b = 3, a + 2 b = 0; then (1u + 2u) b' = -2 b / 1k - 3 / 1k.
    assert_near(trace.at(0, 1e-3), 2.0, 3.0, "a");
    assert_near(trace.at(1, 1e-3), -1.0, 3.0, "b");
    let b = -1.5 + 0.5 * (-2e-3_f64 / 1.5e-3).exp();
    assert_near(trace.at(1, 3e-3), b, 3.0, "b later");
    assert_near(trace.at(0, 3e-3), b + 3.0, 3.0, "a later");
    assert!((found["charge"] + 2e-6).abs() < 1e-13, "{}", found["charge"]);
}

#[test]
fn what_a_switch_makes_jump_carries_its_charge_too() {
    // A divider that a switch moves from 1 V to nearly 0 V at 1.5 ms, and its follower with a load.
    let deck = "a comparator with a load
V1 a 0 1
R1 a b 1k
S1 b 0 c 0 sw1
Vc c 0 PWL(0 0 1m 0 2m 1)
E1 d 0 b 0 2
C1 d 0 1u
C2 d e 2u
R2 e 0 1k
.model sw1 sw vt=0.5 vh=0 ron=1k roff=1e12
.meas tran c1 INTEG i(C1) FROM=1m TO=1.6m
.meas tran c2 INTEG i(C2) FROM=1m TO=1.5000001m
.meas tran e1 INTEG i(E1) FROM=1m TO=1.5000001m
.tran 3m uic
.end";
    let (found, trace) = run(deck, &["d", "e"]);
    assert!((trace.at(0, 1.4e-3) - 2.0).abs() < 1e-8 && (trace.at(0, 1.6e-3) - 1.0).abs() < 1e-8);
    // C2 began with 0 V and keeps what it has: e falls by as much as d does.
    let before = 2.0 * (-1.5e-3_f64 / 2e-3).exp();
    assert!((trace.at(1, 1.5e-3) - (before - 1.0)).abs() < 1e-8, "{}", trace.at(1, 1.5e-3));
    assert!((found["c1"] + 1e-6).abs() < 1e-13, "{}", found["c1"]);
    let flown = 2e-3 * (2.0 * ((-1e-3_f64 / 2e-3).exp() - (-1.5e-3_f64 / 2e-3).exp())) * 1e-3;
    assert!((found["c2"] - flown).abs() < 1e-12, "{} for {flown}", found["c2"]);
    assert!((found["e1"] - (1e-6 - flown)).abs() < 1e-12, "{}", found["e1"]);
}

#[test]
fn a_boost_converter_agrees_with_ngspice() {
    let deck = "a boost converter of switches
Vin in 0 5
L1 in sw 100u IC=0
S1 sw 0 g 0 low
S2 sw out ng 0 low
C1 out 0 10u IC=5
Rload out 0 50
Vg g 0 PULSE(0 1 0 10n 10n 4.99u 10u)
Eng ng 0 vg2 0 1
Vg2 vg2 0 PULSE(1 0 0 10n 10n 4.99u 10u)
.model low sw vt=0.5 vh=0.1 ron=50m roff=1meg
.options reltol=1e-5 abstol=1e-9 vntol=1e-7 method=gear
.tran 10n 1m 0 10n uic
.end";
    let rows = voltages(deck, &["out"]);
    let (_, trace) = run(deck, &["out"]);
    for row in rows.iter().filter(|row| row[0] > 0.0).step_by(997) {
        let found = trace.at(0, row[0]);
        assert!((found - row[1]).abs() < 5e-3, "at {}: {found} for {}", row[0], row[1]);
    }
    assert!(trace.at(0, 1e-3) > 7.0, "{}", trace.at(0, 1e-3));
}

#[test]
fn couplings_that_no_core_can_have_are_refused() {
    for (cards, told) in [
        ("K1 L1 L2 1.5", "outside -1 to 1"),
        ("K1 L1 R1 0.5", "two inductors"),
        ("K1 L1 L9 0.5", "l9"),
        ("K1 L1 L2 0.5\nK2 L2 L1 0.1", "coupled twice"),
        ("K1 L1 L1 0.5", "coupled twice"),
        ("K1 L1 0.5", "two inductors"),
        ("K1 L1 L2", "a factor"),
    ] {
        let deck = format!(
            "t\nV1 a 0 1\nR1 a b 1\nL1 b 0 1m\nL2 c 0 1m\nR2 c 0 1\n{cards}\n.tran 1\n.end"
        );
        let report = match Deck::parse("deck.cir", &deck) {
            Err(report) => report,
            Ok(deck) => {
                let point = deck.steps().expect("points").remove(0);
                deck.elaborate(&point, 0).err().unwrap_or_else(|| panic!("{cards} is read"))
            }
        };
        let text = report.render(false);
        assert!(text.contains(told), "{cards}: {text}");
    }
    // Three, each of which is close to the next but far from the third.
    let deck = "t
V1 a 0 1
R1 a b 1
L1 b 0 1m
L2 c 0 1m
L3 d 0 1m
R2 c 0 1
R3 d 0 1
K1 L1 L2 0.9
K2 L2 L3 0.9
K3 L1 L3 -0.9
.tran 1m uic
.end";
    let ours = elaborated(deck);
    let mut watch = |_| ControlFlow::Continue(());
    let error = simulate(&ours, &Options::default(), &mut [], &mut watch).expect_err("no energy");
    assert!(error.to_string().contains("coupled more closely"), "{error}");
}
