//! Capacitors whose two ends sources hold, and nodes that capacitors tie to several sources.

mod common;

use common::dialect::run;
use common::ngspice::voltages;

fn assert_near(found: f64, truth: f64, what: &str) {
    let error = (found - truth).abs();
    assert!(error <= 1e-12 * truth.abs() + 1e-27, "{what}: {found:e} for {truth:e}");
}

/// A membrane of 9 nF and 1 Mohm that a pulse reaches through 1 nF: 10 ms.
fn membrane(pulse: &str) -> String {
    format!(
        "a capacitive synapse
V1 in 0 {pulse}
Cc in mem 1n
Cm mem 0 9n
Rm mem 0 1Meg
.meas tran charge INTEG i(Cc) FROM=0 TO=2m
.meas tran before INTEG i(Cc) FROM=0 TO=1m
.meas tran after INTEG i(Cc) FROM=1m TO=2m
.meas tran source INTEG i(V1) FROM=0 TO=2m
.meas tran mean AVG i(Cc) FROM=0 TO=2m
.meas tran peak MAX i(Cc) FROM=0 TO=2m
.meas tran slope FIND i(Cc) AT=1.5m
.tran 2m uic
.end"
    )
}

#[test]
fn a_pulse_through_a_capacitor_moves_a_membrane_as_its_closed_form_says() {
    let (_, trace) = run(&membrane("PULSE(0 1 1m 10u 10u 1 2)"), &["mem"]);
    let rising = |t: f64| 0.1 * 10e-3 / 10e-6 * -(-t / 10e-3).exp_m1();
    assert_near(trace.at(0, 1.004e-3), rising(4e-6), "while the pulse rises");
    let volt = rising(10e-6) * (-0.99e-3_f64 / 10e-3).exp();
    assert_near(trace.at(0, 2e-3), volt, "at 2 ms");
    assert!((volt - 0.090529).abs() < 5e-7);
}

#[test]
fn a_jump_carries_its_charge_in_no_time() {
    let (found, trace) = run(&membrane("PULSE(0 1 1m 0 0 1 2)"), &["mem"]);
    let volt = |t: f64| 0.1 * (-(t - 1e-3) / 10e-3).exp();
    assert_near(trace.at(0, 1e-3), 0.1, "right after the jump");
    assert_near(trace.at(0, 2e-3), volt(2e-3), "at 2 ms");
    // The charge on the synapse is 1 nF of what lies across it; a jump at the end of a window belongs to the next.
    let charge = 1e-9 * (1.0 - volt(2e-3));
    assert_near(found["charge"], charge, "charge");
    assert_near(found["mean"], charge / 2e-3, "mean");
    assert_near(found["source"], -charge, "through the source");
    assert_near(found["before"], 0.0, "up to the jump");
    assert_near(found["after"], charge, "from the jump on");
    // No form shows the impulse: the rest is 1 nF times the fall of the membrane.
    assert_near(found["peak"], 1e-9 * 0.1 / 10e-3, "peak");
    assert_near(found["slope"], 1e-9 * volt(1.5e-3) / 10e-3, "at 1.5 ms");
}

#[test]
fn an_edge_at_the_start_counts_from_the_start() {
    let (found, trace) = run(&membrane("PULSE(0 1 0 0 0 1 2)"), &["mem"]);
    let volt = 0.1 * (-0.2_f64).exp();
    assert_near(trace.at(0, 2e-3), volt, "at 2 ms");
    assert_near(found["charge"], 1e-9 * (1.0 - volt), "charge");
}

#[test]
fn a_capacitor_across_a_source_takes_the_derivative_of_its_voltage() {
    let deck = "decoupling
V1 a 0 SIN(0 2 1k)
V2 b a PWL(0 0 1m 3 1m 1 2m 1)
C1 a 0 1u
C2 b 0 2u
R1 b 0 1k
.meas tran c1 FIND i(C1) AT=0.125m
.meas tran c2 FIND i(C2) AT=0.125m
.meas tran v2 FIND i(V2) AT=0.125m
.meas tran v1 FIND i(V1) AT=0.125m
.meas tran charge INTEG i(C2) FROM=0 TO=2m
.meas tran returned INTEG i(V2) FROM=0.5m TO=1.5m
.tran 2m uic
.end";
    let (found, _) = run(deck, &["b"]);
    let w = std::f64::consts::TAU * 1e3;
    let (sine, cosine) = (2.0 * (w * 0.125e-3).sin(), 2.0 * w * (w * 0.125e-3).cos());
    let (c1, c2) = (1e-6 * cosine, 2e-6 * (cosine + 3e3));
    let resistor = (sine + 3e3 * 0.125e-3) / 1e3;
    assert_near(found["c1"], c1, "c1");
    assert_near(found["c2"], c2, "c2");
    assert_near(found["v2"], -c2 - resistor, "v2");
    assert_near(found["v1"], -c1 - c2 - resistor, "v1");
    // From 0 to 1 V in all, whatever jumps between; the sine is back at zero.
    assert_near(found["charge"], 2e-6, "charge");
    // Through the source: charge of the capacitor from 1.5 to 1 V, and 3 V - 0.75 V on average through the resistor.
    let through = (0.5 * (1.5 + 3.0) * 0.5e-3 + 0.5e-3) / 1e3;
    assert_near(found["returned"], -(2e-6 * -0.5) - through, "through the source");
}

#[test]
fn capacitors_with_initial_voltages_share_their_charge_between_supplies() {
    // 1 nF to the supply of 2 V and 3 nF to ground, with 0.5 V and 0.25 V that do not fit: charge stays.
    let deck = "two supplies
V1 vdd 0 2
C1 x vdd 1n IC=0.5
C2 x 0 3n IC=0.25
R1 x 0 1k
.tran 1m uic
.end";
    let (_, trace) = run(deck, &["x"]);
    // The plates on x hold 1n 0.5 + 3n 0.25 = 1n (x - 2) + 3n x.
    let start = (0.5 + 0.75 + 2.0) / 4.0;
    assert_near(trace.at(0, 0.0), start, "at the start");
    assert_near(trace.at(0, 4e-6), start * (-1.0_f64).exp(), "after a time constant");
}

#[test]
fn rests_between_supplies_are_those_of_resistors() {
    let deck = "at rest
V1 vdd 0 PWL(0 2 1m 2 1m 3)
C1 x vdd 1n
C2 x y 1n
C3 y 0 2n
R1 x vdd 1k
R2 x 0 1k
R3 y 0 1k
.meas tran steady INTEG i(V1) FROM=0.5m TO=1m
.meas tran charge INTEG i(V1) FROM=1m TO=1.000000001m
.tran 2m
.end";
    let (found, trace) = run(deck, &["x", "y"]);
    assert_near(trace.at(0, 0.5e-3), 1.0, "x at rest");
    assert!(trace.at(1, 0.5e-3).abs() < 1e-12);
    // The step of 1 V: the charges on x and y stay, (x - 3) + (x - y) = (1 - 2) + 1 and (y - x) + 2 y = -1.
    let (x, y) = (1.0 + 3.0 / 5.0, 1.0 / 5.0);
    assert_near(trace.at(0, 1e-3), x, "x after the step");
    assert_near(trace.at(1, 1e-3), y, "y after the step");
    assert_near(trace.at(0, 2e-3), 1.5, "x at the new rest");
    // Before the step the source gives 1 mA; with it, the charge that the capacitor to x takes.
    assert_near(found["steady"], -0.5e-3 * 1e-3, "through the supply");
    let charge = 1e-9 * (1.0 - 3.0 / 5.0);
    assert!((found["charge"] + charge).abs() < 1e-14, "at the step: {:e}", found["charge"]);
}

#[test]
fn an_oscillator_with_a_capacitor_to_its_supply_agrees_with_ngspice() {
    let deck = "a switch oscillator between supply and ground
V1 dd 0 PWL(0 0 0.1m 5 2m 5 2.2m 4 6m 4)
R1 dd a 10k
C1 a 0 50n
C2 a dd 50n
S1 a 0 a 0 sw1
.model sw1 sw vt=2 vh=1 ron=200 roff=1g
.options reltol=1e-6 abstol=1e-12 vntol=1e-9
.tran 0.1u 6m 0 0.1u uic
.end";
    let rows = voltages(deck, &["a"]);
    let (_, trace) = run(deck, &["a"]);
    let falls = |volts: &dyn Fn(usize) -> f64| -> Vec<f64> {
        let through = |k: &usize| volts(*k - 1) > 2.0 && volts(*k) <= 2.0;
        (1..rows.len()).filter(through).map(|k| rows[k][0]).collect()
    };
    let theirs = falls(&|k| rows[k][1]);
    let ours = falls(&|k| trace.at(0, rows[k][0]));
    assert!(theirs.len() >= 3, "{theirs:?}");
    assert_eq!(ours.len(), theirs.len(), "{ours:?} {theirs:?}");
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert!((ours - theirs).abs() < 3e-6, "{ours} {theirs}");
    }
}
