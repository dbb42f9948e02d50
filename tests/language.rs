//! Decks as other simulators' users write them, in ngspice and here.

mod common;

use common::dialect::{assert_agrees, elaborated};
use common::ngspice::voltages;
use common::rig::{Trace, run_into};
use memspike_netlist::Deck;

/// A source into an RC section of 1 ms.
fn section(source: &str) -> String {
    format!(
        "a source and a section
Vin in 0 {source}
R1 in out 10k
C1 out 0 100n IC=0
.options reltol=1e-7 abstol=1e-15 vntol=1e-9
.tran 10u 25m 0 10u uic
.end"
    )
}

#[test]
fn sources_of_every_form_agree_with_ngspice() {
    for source in [
        // Triangles and steps, as sweeps of devices are written.
        "PULSE(0 1 0 2.5m 2.5m 1n 5m)",
        "PULSE(-1 1 0 5m 5m 1u 10m)",
        "PULSE(0 1 1m 1n 1n 25m 25m)",
        "PULSE(0 1 0 .3m .3m 0 3m)",
        "PULSE(-.2 1 1m 3m 3m 1m 5m)",
        "PULSE(0 1 2m 6m 1m 1m 5m)",
        // A delay below zero is a phase.
        "PULSE(0 1 -1.5m 1m 1m 1m 5m)",
        "PULSE(0 1 -12.2m 1m 1m 1m 5m)",
        "PULSE(0 1 -3m 1m 1m 2m)",
        // Counted pulses.
        "PULSE(0 1 1m 1m .5m 1m 4m 3)",
        "PULSE(0 1 -2m 1m .5m 1m 4m 3)",
        "PULSE(0 1 1m 1m .5m 4m 4m 3)",
        "EXP(-.5 1 1m 2m 12m 3m)",
        "EXP(0 2 1m .5m 8m .5m)",
        "PWL(0 0 1m 1 3m -.5 4m 0) r=1m",
        "PWL(0 0 1m 1 3m -.5 4m .25) r=0 td=2m",
        "PWL(0 .3 2m 1 6m 0) td=-3m",
        "PWL 0 0 1m 1 2m .5",
        "SIN 0 1 200",
        "SIN(.1 1 200 -1.3m 50 30)",
    ] {
        assert_agrees(&section(source), &["in", "out"], 2e-4);
    }
}

#[test]
fn an_exponential_source_into_a_section_of_its_own_time_constant_is_exact() {
    let deck = elaborated(&section("EXP(0 1 0 1m 10m 1m)"));
    let mut trace = Trace::of(&deck.circuit, &["out"]);
    run_into(&deck.circuit, 0.025, &mut [&mut trace]);
    let rise = |t: f64| if t < 0.0 { 0.0 } else { 1.0 - (1.0 + t / 1e-3) * (-t / 1e-3).exp() };
    for step in 1..250 {
        let t = f64::from(step) * 1e-4;
        let truth = rise(t) - rise(t - 10e-3);
        assert!((trace.at(0, t) - truth).abs() < 1e-13, "{t}: {} {truth}", trace.at(0, t));
    }
}

#[test]
fn nodes_with_one_pin_have_the_voltage_of_what_holds_them() {
    let deck = elaborated(
        "open ends\nV1 a 0 1\nR1 a 0 1k\nR2 a open 1k\nVref ref 0 0.25\nN1 a far dev\n\
         .model dev ts_memristor\n.tran 1m uic\n.end",
    );
    let nodes = ["open", "ref", "far"];
    let mut trace = Trace::of(&deck.circuit, &nodes);
    run_into(&deck.circuit, 1e-3, &mut [&mut trace]);
    for (signal, truth) in [1.0, 0.25, 1.0].into_iter().enumerate() {
        let found = trace.at(signal, 0.5e-3);
        assert!((found - truth).abs() < 1e-12, "{}: {found}", nodes[signal]);
    }
}

/// A current of 2 mA up and down again in 20 ms, through a source that a switch hears.
const BY_CURRENT: &str = "by current
I1 0 a PWL(0 0 10m 2m 20m 0)
Vs a b 0
R1 b 0 100
V2 s 0 1
R2 s out 1k
W1 out 0 Vs relay off
.options reltol=1e-6
.tran 10u 20m 0 10u uic
";

#[test]
fn a_switch_by_current_switches_where_ngspices_does() {
    let deck = format!("{BY_CURRENT}.model relay CSW(IT=1m IH=0.1m RON=1 ROFF=1meg)\n.end");
    let rows = voltages(&deck, &["out"]);
    let found = elaborated(&deck);
    let mut trace = Trace::of(&found.circuit, &["out"]);
    run_into(&found.circuit, 0.02, &mut [&mut trace]);
    let mut compared = 0;
    for row in
        rows.iter().filter(|row| [5.5e-3, 15.5e-3].iter().all(|at| (row[0] - at).abs() > 0.05e-3))
    {
        let ours = trace.at(0, row[0]);
        assert!((ours - row[1]).abs() < 1e-5, "{}: {ours}, {}", row[0], row[1]);
        compared += 1;
    }
    assert!(compared > 500);
}

#[test]
fn levels_of_a_switch_by_current_are_those_of_its_card() {
    // The current rises by 0.2 A/s to 10 ms; the divider has 1 V / 1001 where the switch is on.
    let on = |t: f64, rise: f64, fall: f64| t > rise && t < fall;
    for (model, rise, fall, inverted) in [
        (".model relay csw(it=1m ih=0.25m ron=1 roff=1e12)", 6.25e-3, 16.25e-3, false),
        (".model relay csw(it=1m ron=1 roff=1e12)", 5e-3, 15e-3, false),
        (".model relay iswitch(ion=1.5m ioff=.5m ron=1 roff=1e12)", 5e-3, 15e-3, false),
        (".model relay iswitch(ion=.5m ioff=1.5m ron=1 roff=1e12)", 5e-3, 15e-3, true),
        (
            ".model relay iswitch(ion=1.5m ioff=.5m ron=1 roff=1e12)\n.options vswitch=hysteresis",
            7.5e-3,
            17.5e-3,
            false,
        ),
        (
            ".model relay iswitch(ion=.5m ioff=1.5m ron=1 roff=1e12)\n.options vswitch=hysteresis",
            7.5e-3,
            17.5e-3,
            true,
        ),
    ] {
        let found = elaborated(&format!("{BY_CURRENT}{model}\n.end"));
        let mut trace = Trace::of(&found.circuit, &["out"]);
        run_into(&found.circuit, 0.02, &mut [&mut trace]);
        for t in [1e-6, -1e-6].iter().flat_map(|d| [rise + d, fall + d]).chain([1e-3, 19e-3]) {
            let low = on(t, rise, fall) != inverted;
            let truth = if low { 1.0 / 1001.0 } else { 1.0 };
            let volt = trace.at(0, t);
            assert!((volt - truth).abs() < 1e-8, "{model} at {t}: {volt}");
        }
    }
}

#[test]
fn a_deck_of_functions_bare_names_and_models_agrees_with_ngspice() {
    let deck = "names and functions
.func divided(x,n) {x/n}
.param rload=20k tau = 2m top='limited(3)' limited(x)='min(x,1.5)'
.model warm r(tc1=2m tc2=10u)
.model cold c(tc1=-1m)
.options temp=57 reltol=1e-7 abstol=1e-15 vntol=1e-9
.subckt load in 0
Cin in 0 cold {divided(tau,20k)} ic=0
Rin in 0 warm {rload*3} m=2
.ends
Vin a 0 PULSE(0 {top} 1m 0.1m 0.1m 4m 8m)
R1 a b rload tc1=1m dtemp=10
X1 b 0 load
.tran 10u 25m 0 10u uic
.end";
    assert_agrees(deck, &["a", "b"], 1e-4);
}

#[test]
fn nodes_that_capacitors_alone_hold_keep_their_charge_from_initial_conditions() {
    // An integrator: 0.5 V and 1 uA into 1 uF, back at the same rate.
    let integrator = "an ideal integrator
I1 0 a PWL(0 1u 1 1u 1 -1u)
C1 a 0 1u IC=0.5
.tran 3 uic
.end";
    let ours = elaborated(integrator);
    let mut trace = Trace::of(&ours.circuit, &["a"]);
    run_into(&ours.circuit, 3.0, &mut [&mut trace]);
    for (t, volt) in [(0.0, 0.5), (0.25, 0.75), (1.0, 1.5), (2.0, 0.5), (3.0, -0.5)] {
        assert!((trace.at(0, t) - volt).abs() < 1e-12, "{t}: {}", trace.at(0, t));
    }
    // Two in series charge with R C1 C2 / (C1 + C2), from -0.25 V to 1 V, and share it by their capacitances.
    let series = "two capacitors in series
V1 a 0 1
R1 a b 1k
C1 b c 1n IC=0.25
C2 c 0 3n IC=-0.5
.tran 10u uic
.end";
    let ours = elaborated(series);
    let mut trace = Trace::of(&ours.circuit, &["b", "c"]);
    run_into(&ours.circuit, 10e-6, &mut [&mut trace]);
    for t in [0.0, 0.1e-6, 1e-6, 4e-6, 10e-6_f64] {
        let moved = 1.25 * -(-t / 0.75e-6).exp_m1();
        assert!((trace.at(0, t) - (-0.25 + moved)).abs() < 1e-12, "b at {t}");
        assert!((trace.at(1, t) - (-0.5 + 0.25 * moved)).abs() < 1e-12, "c at {t}");
    }
    let bridge = "a bridge of capacitors
V1 in 0 SIN(0 1 1k)
R1 in a 1k
C1 a b 1n IC=0
C2 b c 2n IC=0
R2 c 0 1k
C3 b 0 1n IC=0.3
.options reltol=1e-7 abstol=1e-15 vntol=1e-9
.tran 1u 2m 0 0.5u uic
.end";
    assert_agrees(bridge, &["a", "b", "c"], 2e-4);
}

#[test]
fn without_initial_conditions_such_a_node_is_refused_with_what_to_write() {
    let deck = "t\nI1 0 a 1u\nC1 a 0 1u\n.tran 1\n.end";
    let read = Deck::parse("deck.cir", deck).expect("a deck");
    let point = read.steps().expect("points").remove(0);
    let report = read.elaborate(&point, 0).expect_err("no operating point").render(false);
    assert!(report.contains("no-dc-path") && report.contains(".tran ... uic"), "{report}");
}
