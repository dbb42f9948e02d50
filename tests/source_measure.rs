//! A source with a current limit, and filaments that follow the current that formed them.
//!
//! Truths are closed forms, stated beside each test; a limited source drops one microvolt.

use std::ops::ControlFlow;

use memspike::{Options, Outcome, simulate};
use memspike_netlist::Deck;

const CARD: &str = ".model zno ts_memristor(von=0.1353 vs=0.0234 t0=1.668 ton_min=20n \
                    vhold=0.1 gres=0.5 trelax=10m roff=130Meg ron=130 vform=0.13)";
const VON: f64 = 0.1353;
const VS: f64 = 0.0234;
const T0: f64 = 1.668;
const VFORM: f64 = 0.13;

fn run(lines: &str) -> Vec<Outcome> {
    let text = format!("a source-measure unit\n{CARD}\n{lines}\n.end\n");
    let deck = Deck::parse("smu", &text).unwrap_or_else(|e| panic!("{}", e.render(false)));
    let points = deck.steps().unwrap_or_else(|e| panic!("{}", e.render(false)));
    let run = |point| {
        let elaborated = deck.elaborate(point, 0).unwrap_or_else(|e| panic!("{}", e.render(false)));
        let mut go_on = |_| ControlFlow::Continue(());
        simulate(
            &elaborated,
            &Options { spike_times: true, ..Options::default() },
            &mut [],
            &mut go_on,
        )
        .unwrap_or_else(|e| panic!("{e}"))
    };
    points.iter().map(run).collect()
}

fn measure(outcome: &Outcome, name: &str) -> f64 {
    outcome.measure(name).unwrap_or_else(|| panic!("no {name}: {:?}", outcome.warnings))
}

fn near(found: f64, truth: f64, relative: f64) {
    assert!((found / truth - 1.0).abs() < relative, "{found:e} beside {truth:e}");
}

#[test]
fn a_ramp_into_a_resistor_is_cut_at_the_limit_on_both_sides() {
    // 1 V/s into 1 kohm, 0.5 mA: a triangle until 0.5 s, then constant, and the same below zero.
    let outcome = &run("V1 in 0 PWL(0 0 1 1 1 0 2 -1) compliance=0.5m
        R1 in 0 1k
        .tran 2
        .meas tran top MAX i(R1)
        .meas tran bottom MIN i(R1)
        .meas tran up INTEG i(R1) FROM=0 TO=1
        .meas tran down INTEG i(R1) FROM=1 TO=2
        .meas tran before FIND i(R1) AT=0.25
        .meas tran source FIND i(V1) AT=0.25")[0];
    near(measure(outcome, "top"), 0.5e-3, 1e-9);
    near(measure(outcome, "bottom"), -0.5e-3, 1e-9);
    near(measure(outcome, "up"), 0.375e-3, 1e-5);
    near(measure(outcome, "down"), -0.375e-3, 1e-5);
    near(measure(outcome, "before"), 0.25e-3, 1e-5);
    near(measure(outcome, "source"), -0.25e-3, 1e-5);
}

#[test]
fn a_limited_source_charges_a_capacitor_along_a_line() {
    // 1 uA into 1 uF: 1 V/s until the source's 1 V is reached.
    let outcome = &run("V1 in 0 1 compliance=1u
        C1 in 0 1u
        .tran 2 uic
        .meas tran half WHEN v(in)=0.5
        .meas tran most WHEN v(in)=0.999
        .meas tran after FIND v(in) AT=1.5")[0];
    near(measure(outcome, "half"), 0.5, 1e-12);
    near(measure(outcome, "most"), 0.999, 1e-12);
    near(measure(outcome, "after"), 1.0, 1e-12);
}

#[test]
fn a_staircase_turns_the_memristor_on_where_its_growth_adds_up_to_one() {
    // Growth at level n is dwell exp((n step - von) / vs) / t0, at most 1 in all.
    let outcomes = run("Vsmu in 0 SWEEP(5m 0.1 0 0.3 0 -0.3 0) compliance={icc}
        N1 in 0 zno
        .param icc=1
        .step param icc list 100n 1u 10u 100u 10
        .tran 24.1
        .meas tran threshold FIND v(vsmu.force) WHEN i(N1)=50n RISE=1
        .meas tran current FIND i(N1) AT=6.05
        .meas tran across FIND v(in) AT=6.05
        .meas tran off FIND i(N1) AT=10.15
        .meas tran off_before FIND i(N1) AT=2.85
        .meas tran reverse FIND i(N1) AT=18.05
        .meas tran hold FIND v(vsmu.force) WHEN i(N1)=2n FALL=1");
    let (mut grown, mut level) = (0.0, 0);
    let turn_on = loop {
        let v = 0.005 * f64::from(level);
        let rate = if v < VON { 0.0 } else { ((v - VON) / VS).exp() / T0 };
        if grown + 0.1 * rate >= 1.0 {
            break 0.1 * f64::from(level) + (1.0 - grown) / rate;
        }
        grown += 0.1 * rate;
        level += 1;
    };
    let limits = [100e-9, 1e-6, 10e-6, 100e-6];
    for (outcome, limit) in outcomes.iter().zip(limits) {
        near(outcome.spikes[0].times[0].as_s(), turn_on, 1e-6);
        near(measure(outcome, "threshold"), 0.005 * f64::from(level), 1e-9);
        near(measure(outcome, "current"), limit, 1e-12);
        // The filament is as wide as its current needs to leave vform across it.
        near(measure(outcome, "across"), VFORM, 1e-6);
        near(measure(outcome, "reverse"), -limit, 1e-12);
        near(measure(outcome, "off_before"), 0.140 / 130e6, 1e-5);
        // On the way down 0.1 V is the level at which it ruptures.
        assert!(measure(outcome, "off").abs() < 1e-9);
    }
    // Without a limit the filament is at its widest.
    near(measure(&outcomes[4], "current"), 0.3 / 130.0, 1e-6);
}

#[test]
fn a_filament_fed_by_a_resistor_has_the_width_that_leaves_it_vform() {
    // 2 V through 1 Mohm: 1.87 uA at 0.13 V.
    let outcome = &run("V1 in 0 PULSE(0 2 0 0 0 1)
        R1 in out 1Meg
        N1 out 0 zno
        .tran 1
        .meas tran across FIND v(out) AT=0.5
        .meas tran current FIND i(N1) AT=0.5")[0];
    near(measure(outcome, "across"), VFORM, 1e-6);
    near(measure(outcome, "current"), (2.0 - VFORM) / 1e6, 1e-6);
}

#[test]
fn a_filament_fed_by_a_capacitor_is_at_its_widest() {
    // The capacitor's peak falls to the hold voltage with ron C, but for what the resistor brings.
    let outcome = &run("V1 in 0 0.8
        R1 in out 1Meg
        C1 out 0 47n
        N1 out 0 zno
        .tran 50m uic
        .meas tran peak MAX v(out)
        .meas tran current MAX i(N1)")[0];
    near(measure(outcome, "current"), measure(outcome, "peak") / 130.0, 1e-9);
}

#[test]
fn repeated_sweeps_are_the_same_bits_as_their_levels_written_out() {
    let measures = ".meas tran charge INTEG i(N1)\n.meas tran spikes spikes N1";
    let staircase =
        format!("V1 in 0 SWEEP(20m 10m 0 0.3 -0.1) repeat=3\nN1 in 0 zno\n.tran 1.2\n{measures}");
    let levels: Vec<f64> = (0..=15)
        .map(|n| if n == 15 { 0.3 } else { 0.02 * f64::from(n) })
        .chain((1..=20).map(|n| if n == 20 { -0.1 } else { 0.3 - 0.02 * f64::from(n) }))
        .collect();
    let mut points = String::new();
    let mut last = 0.0;
    for (number, level) in (0..3).flat_map(|_| levels.iter()).enumerate() {
        let at = number as f64 * 10e-3;
        points.push_str(&format!("{at:e} {last:e} {at:e} {level:e} "));
        last = *level;
    }
    let written = format!("V1 in 0 PWL({points})\nN1 in 0 zno\n.tran 1.2\n{measures}");
    let (a, b) = (&run(&staircase)[0], &run(&written)[0]);
    assert_eq!(a.spikes[0].times, b.spikes[0].times);
    assert_eq!(measure(a, "charge").to_bits(), measure(b, "charge").to_bits());
    assert!(measure(a, "spikes") >= 3.0);
}
