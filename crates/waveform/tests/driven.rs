//! Forced responses over times short against everything that makes them.

use memspike_waveform::{Direction, Term, Waveform, first_reach};
use num_complex::Complex64;
use proptest::prelude::*;

mod precise;

use precise::{Real, float, real};

fn driven(integrals: u8, amp: f64, rate: f64) -> Waveform {
    let mut w = Waveform::default();
    w.push(Term::driven(integrals, 0, amp.into(), rate.into(), Complex64::ZERO));
    w
}

/// `(e^z - 1) / rate` and `(e^z - 1 - z) / rate^2`, `z = rate t`.
fn exact(integrals: u8, rate: f64, t: f64) -> f64 {
    let (rate, t) = (real(rate), real(t));
    let z: Real = &rate * &t;
    let first = z.exp() - real(1.0);
    float(&if integrals == 1 { first / rate } else { (first - z) / (&rate * &rate) })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_ramp_into_a_slow_mode_keeps_all_its_digits(
        integrals in 1..3_u8,
        rate in (-9.0..14.0_f64).prop_map(|e| -(10.0_f64.powf(e))),
        t in (-15.0..2.0_f64).prop_map(|e| 10.0_f64.powf(e)),
    ) {
        let (found, exact) = (driven(integrals, 1.0, rate).eval(t), exact(integrals, rate, t));
        prop_assert!((found / exact - 1.0).abs() <= 2e-15, "{found:e} {exact:e}");
    }

    #[test]
    fn a_departure_reaches_its_level_when_the_logarithm_says(
        rate in (-9.0..9.0_f64).prop_map(|e| -(10.0_f64.powf(e))),
        start in -1.0..1.0_f64,
        level in 1.0..2.0_f64,
        far in (0.01..12.0_f64).prop_map(|e| 10.0_f64.powf(e)),
    ) {
        // Towards `level + far`: the slope at the start is -rate (end - start).
        let end = level + far;
        let mut w = driven(1, -rate * (end - start), rate);
        w.offset = start;
        let found = first_reach(&w, level, Direction::Rise, 0.0, f64::INFINITY).unwrap();
        let slope = real(-rate * (end - start));
        let part: Real = real(1.0) + real(rate) * (real(level) - real(start)) / slope;
        let exact = float(&(part.ln() / real(rate)));
        // Start and level are known to half a digit of one.
        let noise = 4e-15 + 4e-16 / (level - start);
        prop_assert!((found / exact - 1.0).abs() <= noise, "{found:e} {exact:e}");
    }
}

#[test]
fn a_departure_whose_end_is_the_level_never_arrives() {
    let mut w = driven(1, 1e3, -1e3);
    w.offset = 0.0;
    assert_eq!(first_reach(&w, 1.0, Direction::Rise, 0.0, f64::INFINITY), None);
    assert_eq!(first_reach(&w, 1.0 + 1e-12, Direction::Rise, 0.0, f64::INFINITY), None);
    assert!(first_reach(&w, 1.0 - 1e-12, Direction::Rise, 0.0, f64::INFINITY).is_some());
}

#[test]
fn a_source_at_the_rate_of_its_mode_is_a_power_of_time() {
    let rate = Complex64::new(-2.0, 3.0);
    let mut w = Waveform::default();
    w.push(Term::driven(2, 1, 6.0.into(), rate, rate));
    // Twice the integral of t is t^3 / 6.
    assert_eq!(w.terms.as_slice(), [Term::free(3, 1.0.into(), rate)]);
    let mut w = Waveform::default();
    w.push(Term::driven(1, 0, 2.0.into(), Complex64::ZERO, Complex64::ZERO));
    assert_eq!(w, Waveform::ramp(0.0, 2.0));
}

#[test]
fn a_fast_decay_of_the_source_overflows_nothing() {
    let (slow, fast) = (Complex64::from(-1e-3), Complex64::from(-1e9));
    for integrals in [1, 2] {
        let mut w = Waveform::default();
        w.push(Term::driven(integrals, 0, 1.0.into(), slow, fast));
        // What a source leaves that is over at once: its area, or first moment, decaying.
        let area = 1e-9_f64.powi(i32::from(integrals)) * (-1e-3_f64).exp();
        assert!((w.eval(1.0) / area - 1.0).abs() < 1e-9, "{}", w.eval(1.0));
        assert!(w.terms[0].magnitude_bound(0.0, 1.0) >= w.eval(1.0));
    }
}
