//! Filaments under pulses that are too short to form one.

use memspike_circuit::{Circuit, Stimulus};

use crate::{
    assert_times,
    common::rig::{Rig, ZNO, record, spikes},
};

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
