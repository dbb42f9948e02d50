//! Crossings that a simulator can miss, and things that must not change a bit.
//!
//! Each truth is a closed form, stated beside its test.

#[path = "../common/mod.rs"]
mod common;
mod formation;
mod time_constants;
mod together;
mod unchanged;

use common::rig::{Rig, SWITCH, Switch, spikes};
use memspike_circuit::{Circuit, Sine, Stimulus};
use memspike_time::Time;

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
