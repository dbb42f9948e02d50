//! First crossings against closed forms and against dense sampling.

mod random;

use memspike_waveform::{Direction, Term, Waveform, first_reach};
use num_complex::Complex64;
use proptest::prelude::*;
use random::form;

fn sum(offset: f64, slope: f64, terms: &[(f64, f64, f64, f64)]) -> Waveform {
    let mut form = Waveform::ramp(offset, slope);
    for &(re, im, decay, turn) in terms {
        form.push(Term::free(0, Complex64::new(re, im), Complex64::new(-decay, turn)));
    }
    form
}

fn rise(form: &Waveform, level: f64, until: f64) -> Option<f64> {
    first_reach(form, level, Direction::Rise, 0.0, until)
}

#[test]
fn a_single_mode_crosses_at_its_logarithm() {
    let form = Waveform::relaxation(0.0, 1.0, -2.0);
    let at = rise(&form, 0.75, f64::INFINITY).unwrap();
    assert!((at - 0.5 * 4.0_f64.ln()).abs() < 1e-16);
    assert_eq!(first_reach(&form, 0.75, Direction::Fall, 1.0, 9.0), None);
}

#[test]
fn an_asymptote_on_the_level_is_never_reached() {
    // Also where the asymptote is the level's neighbour among numbers.
    for end in [0.3, 0.1 + 0.2] {
        assert_eq!(rise(&Waveform::relaxation(0.0, end, -2.0), 0.3, f64::INFINITY), None);
        // 0.3 - e^-t - e^-3t
        let form = sum(end, 0.0, &[(-1.0, 0.0, 1.0, 0.0), (-1.0, 0.0, 3.0, 0.0)]);
        assert_eq!(rise(&form, 0.3, 1e4), None);
    }
}

#[test]
fn a_bump_between_two_far_samples_is_seen() {
    // e^-t - e^-2t peaks at t = ln 2 with 1/4, and is small at both ends of [0, 1000].
    let form = sum(0.0, 0.0, &[(1.0, 0.0, 1.0, 0.0), (-1.0, 0.0, 2.0, 0.0)]);
    // e^-t = x: x - x^2 = 0.24 gives x = 0.6 first.
    let at = rise(&form, 0.24, 1000.0).unwrap();
    assert!((at + 0.6_f64.ln()).abs() < 1e-15, "{at}");
    assert_eq!(rise(&form, 0.2501, 1000.0), None);
}

#[test]
fn a_tangent_counts_as_reached() {
    let form = sum(0.0, 0.0, &[(1.0, 0.0, 1.0, 0.0), (-1.0, 0.0, 2.0, 0.0)]);
    let at = rise(&form, 0.25, 1000.0).unwrap();
    // The form is within rounding of its peak for about the root of rounding.
    assert!((at - 2.0_f64.ln()).abs() < 1e-6, "{at}");
    // sin t = Re(-i e^it) touches 1 at pi / 2.
    let sine = sum(0.0, 0.0, &[(0.0, -1.0, 0.0, 1.0)]);
    let at = rise(&sine, 1.0, 100.0).unwrap();
    assert!((at - std::f64::consts::FRAC_PI_2).abs() < 1e-6, "{at}");
    assert_eq!(rise(&sine, 1.0 + 1e-9, 100.0), None);
}

#[test]
fn a_form_that_leaves_its_level_and_comes_back_reaches_it_by_a_touch_too() {
    // cos t is 1 at 0 and at each whole turn, and never more.
    let cosine = sum(0.0, 0.0, &[(1.0, 0.0, 0.0, 1.0)]);
    let at = rise(&cosine, 1.0, 10.0).unwrap();
    assert!((at - std::f64::consts::TAU).abs() < 1e-6, "{at}");
    assert_eq!(rise(&cosine, 1.0, 6.0), None);
}

#[test]
fn time_constants_a_billion_apart_are_searched_alike() {
    // e^-t - e^(-1e9 t) rises to nearly 1 within nanoseconds.
    let form = sum(0.0, 0.0, &[(1.0, 0.0, 1.0, 0.0), (-1.0, 0.0, 1e9, 0.0)]);
    let at = rise(&form, 0.5, 50.0).unwrap();
    assert!((at / (2.0_f64.ln() * 1e-9) - 1.0).abs() < 1e-8, "{at}");
    let at = first_reach(&form, 0.5, Direction::Fall, at, 50.0).unwrap();
    assert!((at - 2.0_f64.ln()).abs() < 1e-14, "{at}");
}

#[test]
fn a_crossing_just_found_is_not_found_in_the_other_direction() {
    let form = sum(0.0, 0.0, &[(0.0, -1.0, 0.0, 1.0), (-0.2, 0.0, 1.0, 0.0)]);
    let up = rise(&form, 0.5, 100.0).unwrap();
    let down = first_reach(&form, 0.5, Direction::Fall, up, 100.0).unwrap();
    assert!(down > up + 1.0, "{up} {down}");
    let again = first_reach(&form, 0.5, Direction::Rise, down, 100.0).unwrap();
    assert!(again > down + 3.0, "{down} {again}");
}

#[test]
fn an_undamped_sine_far_from_its_anchor_keeps_alternating() {
    let form = sum(0.0, 0.0, &[(0.0, -1.0, 0.0, 1e6), (1e-9, 0.0, 1.0, 0.0)]);
    let mut at = 1000.0;
    for number in 0..100 {
        let direction = if number % 2 == 0 { Direction::Rise } else { Direction::Fall };
        let next = first_reach(&form, 0.3, direction, at, at + 1.0).unwrap();
        assert!(next > at || number == 0, "{number}: stuck at {at}");
        at = next;
    }
    // Fifty rises and falls of a period of 2 pi microseconds.
    assert!((at - 1000.0 - 50.0 * 6.283e-6).abs() < 8e-6, "{at}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_sample_before_the_first_crossing_lies_beyond(form in form(), level in -1.5..1.5_f64) {
        const SAMPLES: u32 = 20_000;
        let until = 8.0;
        for (direction, sign) in [(Direction::Rise, 1.0), (Direction::Fall, -1.0)] {
            let found = first_reach(&form, level, direction, 0.0, until);
            let end = found.unwrap_or(until);
            for k in 0..SAMPLES {
                let t = end * f64::from(k) / f64::from(SAMPLES);
                let beyond = sign * (form.eval(t) - level);
                prop_assert!(beyond < 1e-12 || t >= end, "{beyond:e} beyond at {t}, found {found:?}");
            }
            if let Some(at) = found && at > 0.0 {
                let size = |t: &Term| t.magnitude_bound(at, at) * (1.0 + t.rate.norm() * at);
                let size = 1.0 + form.terms.iter().map(size).sum::<f64>();
                let off = (form.eval(at) - level).abs();
                prop_assert!(off < 1e-14 * size.max(1e3), "{off:e} off the level at {at}");
            }
        }
    }
}

proptest! {
    /// A device changes its phase at a crossing and looks for the opposite one from there, in a form
    /// that is anchored there.
    #[test]
    fn a_crossing_is_not_found_again_backwards_from_a_new_anchor(
        offset in -5.0..0.1_f64,
        slope in 0.01..50.0_f64,
        amplitude in -5.0..5.0_f64,
        rate in -20.0..-0.01_f64,
        kind in 0..3,
    ) {
        let mut f = Waveform::constant(offset);
        if kind != 1 {
            f.slope = slope;
        }
        if kind == 1 {
            // Relaxes from the offset to just above the level or far beyond it.
            f = Waveform::relaxation(offset, 0.2 + slope.powi(4) * 1e-9, rate);
        } else if kind == 2 {
            f.push(Term::free(0, amplitude.into(), rate.into()));
        }
        let Some(at) = first_reach(&f, 0.2, Direction::Rise, 0.0, 1e3) else { return Ok(()) };
        prop_assume!(at > 0.0);
        let moved = f.shifted(at);
        let back = first_reach(&moved, 0.2, Direction::Fall, 0.0, 1e3);
        prop_assert!(back.is_none_or(|dt| dt > 0.0), "reached at {at}, back at once");
    }
}

/// A device that changes its phase at a crossing goes on from the value there, which is a number: on its level
/// to rounding, however near the end of the way the level lies.
#[test]
fn a_relaxation_that_goes_on_from_its_crossing_is_not_found_to_turn_back() {
    for level in [0.1, 0.3, 1.7, 49.0] {
        for gap in [1.0, 1e-3, 1e-6, 1e-9, 1e-12] {
            for rate in [-3.0, -0.7e6] {
                let end = level * (1.0 + gap);
                let form = Waveform::relaxation(0.0, end, rate);
                let at = rise(&form, level, f64::INFINITY).unwrap();
                let value = form.eval(at);
                for start in [value, value.next_up(), value.next_down()] {
                    let next = Waveform::relaxation(start, end, rate);
                    let back = first_reach(&next, level, Direction::Fall, 0.0, 1e9);
                    assert_eq!(back, None, "{level} {gap} {rate}: from {start}");
                }
            }
        }
    }
}
