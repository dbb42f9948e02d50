//! ngspice on the decks that it can run.

#![allow(clippy::print_stdout, reason = "one test reports both deviations")]

mod common;

use common::levels::{changes, elaborated, recorded};
use common::neuron::{Device, Neuron, constant};
use common::ngspice::{falls, levels, voltages};
use common::precise::float;
use common::rig::{Rig, Switch, Trace, run_into, spikes};
use memspike_circuit::{Circuit, Pulse, Sine, Stimulus};

/// The switch of the gain form: 0.25 V and 0.085 V, a million times.
const GAINED: Switch = Switch { vt: 167.5e3, vh: 82.5e3, ron: 1e3, roff: 1e12 };

const OHM: f64 = 1e6;
const FARAD: f64 = 47e-9;

/// Between turning on and falling through 0.15 V, with the switch on.
fn time_to_fall(volt: f64) -> f64 {
    let share = GAINED.ron / (GAINED.ron + OHM);
    ((0.25 - volt * share) / (0.15 - volt * share)).ln() * OHM * FARAD * share
}

fn worst(found: &[f64], truth: &[f64]) -> f64 {
    found.iter().zip(truth).map(|(f, t)| (f - t).abs()).fold(0.0, f64::max)
}

#[test]
fn a_switch_oscillator_agrees_for_a_second() {
    let deck = include_str!("../netlists/switch_oscillator.cir");
    let ngspice = falls(&voltages(deck, &["out"]), 1, 0.15);

    let mut rig = Rig::new();
    rig.v("vin", ["in", "0"], Stimulus::Dc(0.8))
        .r("r1", ["in", "out"], OHM)
        .c("c1", ["out", "0"], FARAD)
        .e("e1", ["ctl", "0"], ["out", "0"], 1e6)
        .s("s1", ["out", "0"], ["ctl", "0"], GAINED);
    let later = |t: f64| t + time_to_fall(0.8);
    let ours: Vec<f64> = spikes(&rig.build(), 1.0, "s1").iter().map(|t| later(t.as_s())).collect();

    let device = Device::Switch(Switch { vt: 0.1675, vh: 0.0825, ..GAINED });
    let exact = Neuron { ohm: OHM, farad: FARAD, device }.spikes(constant(0.8, 1.0));
    let exact: Vec<f64> = exact.iter().map(|t| later(float(t))).collect();

    println!(
        "80 spikes in 1 s, largest deviation from the closed form: memspike {:.1e} s, ngspice {:.1e} s",
        worst(&ours, &exact),
        worst(&ngspice, &exact)
    );
    assert_eq!(exact.len(), 80);
    assert_eq!(ours.len(), exact.len());
    assert_eq!(ngspice.len(), exact.len());
    assert!(worst(&ours, &ngspice) < 60e-6);
}

#[test]
fn a_ladder_with_a_switch_agrees() {
    let deck = "ladder of four sections with a switch at its end
Vin in 0 DC 0.8
R1 in a1 250k
C1 a1 0 12n IC=0
R2 a1 a2 250k
C2 a2 0 12n IC=0
R3 a2 a3 250k
C3 a3 0 12n IC=0
R4 a3 a4 250k
C4 a4 0 12n IC=0
E1 ctl 0 a4 0 1e6
S1 a4 0 ctl 0 ideal
.model ideal SW(VT=167.5k VH=82.5k RON=1k ROFF=1e12)
.options reltol=1e-5
.tran 1m 300m 0 100u uic
.end";
    let ngspice = falls(&voltages(deck, &["a4"]), 1, 0.15);

    let mut rig = Rig::new();
    rig.v("vin", ["a0", "0"], Stimulus::Dc(0.8));
    for k in 1..=4 {
        let (before, node) = (format!("a{}", k - 1), format!("a{k}"));
        rig.r(&format!("r{k}"), [&before, &node], 250e3).c(&format!("c{k}"), [&node, "0"], 12e-9);
    }
    rig.e("e1", ["ctl", "0"], ["a4", "0"], 1e6).s("s1", ["a4", "0"], ["ctl", "0"], GAINED);
    let ours: Vec<f64> = spikes(&rig.build(), 0.3, "s1").iter().map(|t| t.as_s()).collect();

    assert!(ours.len() > 5);
    assert_eq!(ours.len(), ngspice.len());
    // The last capacitor falls to 0.15 V within its time constant, 12 us, of turning on.
    assert!(worst(&ours, &ngspice) < 60e-6, "{:e}", worst(&ours, &ngspice));
}

/// Two RC sections behind a source, `a1` and `a2`.
fn sections(source: Stimulus) -> Circuit {
    let mut rig = Rig::new();
    rig.v("vin", ["in", "0"], source)
        .r("r1", ["in", "a1"], 1e4)
        .c("c1", ["a1", "0"], 100e-9)
        .r("r2", ["a1", "a2"], 3.3e4)
        .c("c2", ["a2", "0"], 47e-9);
    rig.build()
}

/// Asserts that both nodes follow ngspice within 0.05 mV, at every point that ngspice computed.
fn assert_same_voltages(source: &str, stimulus: Stimulus) {
    let deck = format!(
        "two sections
Vin in 0 {source}
R1 in a1 10k
C1 a1 0 100n IC=0
R2 a1 a2 33k
C2 a2 0 47n IC=0
.options reltol=1e-7 abstol=1e-15 vntol=1e-9
.tran 10u 30m 0 10u uic
.end"
    );
    let rows = voltages(&deck, &["a1", "a2"]);
    assert!(rows.len() > 2000);
    let circuit = sections(stimulus);
    let mut trace = Trace::of(&circuit, &["a1", "a2"]);
    run_into(&circuit, 0.03, &mut [&mut trace]);
    for row in rows {
        for signal in 0..2 {
            let (found, truth) = (trace.at(signal, row[0]), row[1 + signal]);
            assert!(
                (found - truth).abs() < 5e-5,
                "node {signal} at {}: {found} beside {truth}",
                row[0]
            );
        }
    }
}

#[test]
fn pulses_through_two_sections_agree() {
    let pulse = Pulse {
        low: -0.2,
        high: 1.0,
        delay_s: 1e-3,
        rise_s: 0.5e-3,
        fall_s: 0.2e-3,
        width_s: 3e-3,
        period_s: 7e-3,
        count: None,
    };
    assert_same_voltages("PULSE(-0.2 1 1m 0.5m 0.2m 3m 7m)", Stimulus::Pulse(pulse));
}

#[test]
fn a_piecewise_linear_source_through_two_sections_agrees() {
    let points = vec![(0.0, 0.0), (2e-3, 1.0), (5e-3, 0.3), (5.1e-3, -0.7), (20e-3, 0.5)];
    assert_same_voltages("PWL(0 0 2m 1 5m 0.3 5.1m -0.7 20m 0.5)", Stimulus::Pwl(points));
}

#[test]
fn a_damped_sine_through_two_sections_agrees() {
    let sine = Sine {
        offset: 0.1,
        amplitude: 0.9,
        frequency_hz: 230.0,
        delay_s: 2e-3,
        damping_per_s: 40.0,
        phase_rad: 0.0,
    };
    assert_same_voltages("SIN(0.1 0.9 230 2m 40)", Stimulus::Sine(sine));
}

/// Changes of `above` in netlists/cosim/bridges.cir up to 40 us: the filter of 1 us behind a bridge between -0.2 and 1 V, whose level
/// turns at these instants, first up in 20 ns and then down in 10 ns, read at 0.3 and 0.7 V.
fn crossings(turns_s: &[f64]) -> Vec<(f64, char)> {
    const TAU: f64 = 1e-6;
    let (mut volt, mut changes) = (-0.2, vec![(0.0, '0')]);
    let ends = turns_s.iter().skip(1).chain([&40e-6]);
    for (number, (from_s, until_s)) in turns_s.iter().zip(ends).enumerate() {
        let rises = number % 2 == 0;
        let (before, goal, edge_s) = if rises { (-0.2, 1.0, 20e-9) } else { (1.0, -0.2, 10e-9) };
        // On the edge the filter follows it a time constant late; behind it an exponential is left.
        let late = TAU * (goal - before) / edge_s;
        let begun = goal - late + (volt - before + late) * (-edge_s / TAU).exp();
        let after = |at: f64| from_s + edge_s + TAU * ((begun - goal) / (at - goal)).ln();
        changes.extend(if rises {
            [(after(0.3) + 2e-9, 'U'), (after(0.7) + 2e-9, '1')]
        } else {
            [(after(0.7) + 3e-9, 'U'), (after(0.3) + 3e-9, '0')]
        });
        volt = goal + (begun - goal) * (-(until_s - from_s - edge_s) / TAU).exp();
    }
    changes
}

#[test]
fn bridges_of_one_deck_are_read_to_the_femtosecond_where_ngspice_is_off_by_its_step() {
    let deck = include_str!("../netlists/cosim/bridges.cir").replace("bridges.txt", "vectors.txt");
    let vectors = include_str!("../netlists/cosim/bridges.txt");
    let nets = ["above", "half"].map(str::to_owned);
    let body = deck.trim_end().strip_suffix(".end").expect("a deck that ends with .end");
    let theirs = levels(body, vectors, &nets);
    let recording = recorded(&elaborated(&deck, vectors), &nets).expect("a run");

    let times = vectors.lines().skip(1).map(|line| line.split('u').next().expect("a time"));
    let turns: Vec<f64> = times.map(|us| us.parse::<f64>().expect("a number") * 1e-6).collect();
    let above = crossings(&turns);
    // The flip-flop takes its own inverse where `above` falls, after a clock delay of 4 ns and a rise of 1 ns.
    let half: Vec<(f64, char)> = above
        .iter()
        .filter(|(at, level)| *level == '0' && *at > 0.0)
        .zip("1010101".chars())
        .map(|((at, _), level)| (at + 5e-9, level))
        .collect();
    let half: Vec<(f64, char)> = [(0.0, '0')].into_iter().chain(half).collect();
    let (mut off, mut steps) = (0.0_f64, 0.0_f64);
    for (net, truth) in [above, half].iter().enumerate() {
        let ours = changes(&recording, net);
        let word = |changes: &[(f64, char)]| changes.iter().map(|c| c.1).collect::<String>();
        assert_eq!(word(&ours), word(truth));
        assert_eq!(word(&theirs[net]), word(truth));
        let deviation = |found: &[(f64, char)]| {
            let pairs = found.iter().zip(truth);
            pairs.map(|((at, _), (exact, _))| (at - exact).abs()).fold(0.0, f64::max)
        };
        (off, steps) = (off.max(deviation(&ours)), steps.max(deviation(&theirs[net])));
    }
    println!(
        "bridges, largest deviation from the closed form: memspike {off:.1e} s, ngspice {steps:.1e} s"
    );
    assert!(off <= 1e-15, "{off:e}");
    assert!((1e-10..10e-9).contains(&steps), "{steps:e}");
}
