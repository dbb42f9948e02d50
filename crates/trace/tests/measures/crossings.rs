//! Where a signal crosses a level or another signal.

use std::f64::consts::PI;

use memspike_circuit::{Crossing, Edge, Level, MeasureKind, Occurrence};
use memspike_trace::MeasureError;
use memspike_waveform::Waveform;

use crate::{
    charging, close,
    common::{Run, circuit, sine, voltage},
    crossing, nth, one, run,
};

#[test]
fn charging_reaches_a_level_after_its_logarithm() {
    let c = circuit();
    let v = voltage(&c, "mem");
    for level in [0.1_f64, 0.5, 0.632, 0.99] {
        close(one(&c, &charging(), nth(v, level, Edge::Rise, 1)), -1e-3 * (1.0 - level).ln());
        let fall = one(&c, &charging(), nth(v, level, Edge::Fall, 1));
        assert_eq!(fall, Err(MeasureError::TooFewCrossings { found: 0 }));
    }
}

#[test]
fn the_asymptote_is_never_crossed() {
    let c = circuit();
    let mem = voltage(&c, "mem");
    // 100 time constants of charging, then back: in numbers, v is exactly 1 V in between.
    let forms =
        [(0.0, Waveform::relaxation(0.0, 1.0, -1e3)), (0.1, Waveform::relaxation(1.0, 0.0, -1e3))];
    let found = one(&c, &run(0.2, &forms), nth(mem, 1.0, Edge::Cross, 1));
    assert_eq!(found, Err(MeasureError::TooFewCrossings { found: 0 }));
}

#[test]
fn crossings_before_their_delay_do_not_count() {
    let c = circuit();
    let v = voltage(&c, "mem");
    let run = run(0.1, &[(0.0, sine(0.0, 1.0, 100.0 * PI, 0.0))]);
    let late = Crossing { after_s: 0.03, ..crossing(v, 0.5, Edge::Rise, Occurrence::Nth(1)) };
    // The rises are at 30 degrees of each 20 ms turn.
    close(one(&c, &run, MeasureKind::When(late)), 0.04 + 0.02 / 12.0);
}

#[test]
fn a_jump_across_the_level_crosses_at_its_instant() {
    let c = circuit();
    let v = voltage(&c, "mem");
    let steps = [0.0, 1.0, 0.0, 0.5, 1.0, 0.5, 0.0];
    let forms: Vec<_> = (0..7).map(|k| (1e-3 * k as f64, Waveform::constant(steps[k]))).collect();
    let run = run(7e-3, &forms);
    // Reached from below at 1 and at 3 ms; from above at 2 and at 5 ms.
    for (n, at) in [(1, 1e-3), (2, 3e-3)] {
        close(one(&c, &run, nth(v, 0.5, Edge::Rise, n)), at);
    }
    for (n, at) in [(1, 2e-3), (2, 5e-3)] {
        close(one(&c, &run, nth(v, 0.5, Edge::Fall, n)), at);
    }
    let third = one(&c, &run, nth(v, 0.5, Edge::Rise, 3));
    assert_eq!(third, Err(MeasureError::TooFewCrossings { found: 2 }));
}

#[test]
fn a_spike_threshold_is_crossed_once_although_the_form_ends_there() {
    let c = circuit();
    let v = voltage(&c, "mem");
    // Charges to 0.3 V of 0.8 V, where the device turns on; restarts from 0.1 V; ten times.
    let first = -1e-2 * (1.0_f64 - 0.3 / 0.8).ln();
    let cycle = -1e-2 * (0.5_f64 / 0.7).ln();
    let mut forms = vec![(0.0, Waveform::relaxation(0.0, 0.8, -100.0))];
    let discharge = 1e-6 * 3.0_f64.ln();
    let mut at = first;
    let mut spikes = Vec::new();
    for _ in 0..10 {
        spikes.push(at);
        forms.push((at, Waveform::relaxation(0.3, 0.0, -1e6)));
        forms.push((at + discharge, Waveform::relaxation(0.1, 0.8, -100.0)));
        at += discharge + cycle;
    }
    let run = run(at - 1e-3, &forms);
    for (k, spike) in spikes.iter().enumerate() {
        let n = k as u32 + 1;
        let rise = one(&c, &run, nth(v, 0.3, Edge::Rise, n)).expect("crossed");
        assert!((rise - spike).abs() < 2e-15, "{n}: {rise} {spike}");
    }
    let eleventh = one(&c, &run, nth(v, 0.3, Edge::Rise, 11));
    assert_eq!(eleventh, Err(MeasureError::TooFewCrossings { found: 10 }));
    // It never was above.
    let fall = one(&c, &run, nth(v, 0.3, Edge::Fall, 1));
    assert_eq!(fall, Err(MeasureError::TooFewCrossings { found: 0 }));
}

/// However steep: a level beyond the end of an edge is not crossed, one before it is.
#[test]
fn steep_edges_cross_what_they_reach_and_nothing_else() {
    let c = circuit();
    let v = voltage(&c, "mem");
    let none = Err(MeasureError::TooFewCrossings { found: 0 });
    for length in [1e-15, 1e-14, 1e-12, 1e-9] {
        let top = 1e-6 + length;
        let edge = [(0.0, Waveform::constant(0.0)), (1e-6, Waveform::ramp(0.0, 1.0 / length))];
        let rest = [(top, Waveform::ramp(1.0, -1.0 / length)), (top + length, Waveform::default())];
        let run = run(1e-3, &[edge, rest].concat());
        // The ends of pieces are whole femtoseconds, and an edge of one is off by its rounding.
        let off = 4.0 * f64::EPSILON * top / length;
        for beyond in [1.0 + 2.0 * off + 1e-12, 1.0019, 1.5, 2.9] {
            assert_eq!(one(&c, &run, nth(v, beyond, Edge::Cross, 1)), none, "{length} {beyond}");
        }
        for level in [0.25, 0.5, 0.999 - 2.0 * off] {
            let rise = one(&c, &run, nth(v, level, Edge::Rise, 1)).expect("a rise");
            let fall = one(&c, &run, nth(v, level, Edge::Fall, 1)).expect("a fall");
            assert!((rise - (1e-6 + level * length)).abs() < 1e-21, "{length} {level}: {rise}");
            let right = top + (1.0 - level) * length;
            assert!((fall - right).abs() < 1e-21, "{length} {level}: {fall}");
            let second = one(&c, &run, nth(v, level, Edge::Cross, 3));
            assert_eq!(second, Err(MeasureError::TooFewCrossings { found: 2 }));
        }
    }
}

#[test]
fn a_level_just_below_a_jump_is_crossed_a_femtosecond_after_it() {
    let c = circuit();
    let v = voltage(&c, "mem");
    let forms = [(0.0, Waveform::constant(0.0)), (1e-6, Waveform::relaxation(1.0, 0.0, -1e9))];
    let run = run(1e-3, &forms);
    let above = one(&c, &run, nth(v, 1.000_001, Edge::Rise, 1));
    assert_eq!(above, Err(MeasureError::TooFewCrossings { found: 0 }));
    let fall = one(&c, &run, nth(v, 0.999_999, Edge::Fall, 1)).expect("a fall");
    // -ln(0.999999) ns.
    assert!((fall - 1e-6 - 1.000_000_500_000_333e-15).abs() < 1e-21, "{fall}");
}

#[test]
fn a_tangent_is_reached_once() {
    let c = circuit();
    let v = voltage(&c, "mem");
    let run = run(1e-2, &[(0.0, sine(0.5, 0.25, 200.0 * PI, 0.0))]);
    let at = one(&c, &run, nth(v, 0.75, Edge::Rise, 1)).expect("touched");
    // Within rounding of the value the top is flat for 1e-8 of a turn.
    assert!((at - 2.5e-3).abs() < 1e-9, "{at}");
    let again = one(&c, &run, nth(v, 0.75, Edge::Rise, 2));
    assert_eq!(again, Err(MeasureError::TooFewCrossings { found: 1 }));
}

#[test]
fn two_signals_cross_where_their_difference_does() {
    let c = circuit();
    let (v, w) = (voltage(&c, "mem"), voltage(&c, "in"));
    let forms = vec![
        (0.0, 0, Waveform::relaxation(0.0, 1.0, -1e3)),
        (0.0, 1, Waveform::relaxation(1.0, 0.0, -1e3)),
        // The other one is restated later: the anchors differ.
        (0.2e-3, 1, Waveform::relaxation(1.0, 0.0, -1e3).shifted(0.2e-3)),
    ];
    let run = Run { forms, end: 5e-3, ..Run::default() };
    let level = Level::Signal(w);
    let kind = Crossing { level, ..crossing(v, 0.0, Edge::Rise, Occurrence::Nth(1)) };
    close(one(&c, &run, MeasureKind::When(kind)), 1e-3 * 2.0_f64.ln());
}
