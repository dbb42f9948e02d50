//! What goes beyond a level, and what only meets it.

use memspike_waveform::{
    Direction, Term, Waveform, continues, first_crossing, first_reach, is_beyond,
};
use num_complex::Complex64;

/// Forms of every kind that reach 0.5 at an instant known beforehand, rising: a line, a relaxation, one counted
/// from its start, two modes, a sine, a mode driven by a ramp.
fn rising() -> Vec<(&'static str, Waveform, f64)> {
    let ln2 = std::f64::consts::LN_2;
    let free = |amp: f64, rate: f64| Term::free(0, amp.into(), rate.into());
    let driven =
        |integrals, amp: f64| Term::driven(integrals, 0, amp.into(), (-1.0).into(), 0.0.into());
    let of = |offset: f64, slope: f64, terms: &[Term]| {
        let mut form = Waveform::ramp(offset, slope);
        terms.iter().for_each(|term| form.push(*term));
        form
    };
    let sine = Term::free(0, Complex64::new(0.0, -1.0), Complex64::new(0.0, 1.0));
    vec![
        ("line", Waveform::ramp(0.0, 0.25), 2.0),
        ("relaxation", of(1.0, 0.0, &[free(-1.0, -1.0)]), ln2),
        ("departure", of(0.0, 0.0, &[driven(1, 1.0)]), ln2),
        // x + x^2 = 1 for x = e^-t.
        (
            "two modes",
            of(1.5, 0.0, &[free(-1.0, -1.0), free(-1.0, -2.0)]),
            1.618_033_988_749_895_f64.ln(),
        ),
        ("sine", of(0.0, 0.0, &[sine]), std::f64::consts::FRAC_PI_6),
        // t - 1 + e^-t: at 1.5 + W(-e^-1.5).
        ("driven by a ramp", of(0.0, 0.0, &[driven(2, 1.0)]), 1.198_290_437_315_664),
    ]
}

#[test]
fn a_level_is_gone_beyond_only_if_that_is_so_before_the_end() {
    for (name, form, right) in rising() {
        for (sign, direction) in [(1.0, Direction::Rise), (-1.0, Direction::Fall)] {
            let form = form.scaled(sign);
            let level = 0.5 * sign;
            let reached = first_reach(&form, level, direction, 0.0, 3.0).expect("reached");
            assert!((reached - right).abs() < 1e-12, "{name}: {reached} {right}");
            // It arrives at the end, and who comes next decides.
            let early = first_crossing(&form, level, direction, 0.0, reached);
            assert_eq!(early, None, "{name}");
            let touched = first_reach(&form, level, direction, 0.0, right * (1.0 + 1e-12));
            assert!(touched.is_some(), "{name}");
            for beyond in [1e-9, 1e-3] {
                let until = right * (1.0 + beyond);
                let found = first_crossing(&form, level, direction, 0.0, until).expect("crossed");
                assert!((found - right).abs() < 1e-12, "{name}: {found} {right}");
            }
        }
    }
}

#[test]
fn a_tangent_is_met_and_not_gone_beyond() {
    // sin t, and e^-t - e^-2t with its peak of 1/4.
    let sine = Term::free(0, Complex64::new(0.0, -1.0), Complex64::new(0.0, 1.0));
    let mut bump = Waveform::default();
    for (amp, rate) in [(1.0, -1.0), (-1.0, -2.0)] {
        bump.push(Term::free(0, Complex64::from(amp), Complex64::from(rate)));
    }
    let mut turning = Waveform::default();
    turning.push(sine);
    for (form, level) in [(turning, 1.0), (bump, 0.25)] {
        let until = 100.0;
        assert!(first_reach(&form, level, Direction::Rise, 0.0, until).is_some());
        assert_eq!(first_crossing(&form, level, Direction::Rise, 0.0, until), None);
        let lower = level * (1.0 - 1e-9);
        assert!(first_crossing(&form, lower, Direction::Rise, 0.0, until).is_some());
    }
}

#[test]
fn what_rounding_makes_of_a_level_is_not_beyond_it() {
    // 0.1 + 0.2 is the level's neighbour, and so is a sum of modes that cancel.
    let mut modes = Waveform::constant(0.1 + 0.2);
    modes.push(Term::free(0, Complex64::from(0.7), Complex64::from(-1.0)));
    modes.push(Term::free(0, Complex64::from(-0.7), Complex64::from(-1.0 - 1e-16)));
    for form in [Waveform::constant(0.1 + 0.2), modes] {
        assert!(!is_beyond(&form, 0.3, Direction::Rise, 0.0));
        assert!(!is_beyond(&form, 0.3, Direction::Fall, 0.0));
        assert!(is_beyond(&form, 0.3 - 1e-12, Direction::Rise, 0.0));
        assert!(!is_beyond(&form, 0.3 - 1e-12, Direction::Fall, 0.0));
        assert!(is_beyond(&form, 0.3 + 1e-12, Direction::Fall, 0.0));
    }
}

#[test]
fn a_form_goes_on_where_another_ends_if_only_rounding_lies_between() {
    let charging = Waveform::relaxation(0.0, 1.0, -2.0);
    let value = 1.0 - (-2.0_f64 * 0.3).exp();
    for (start, goes_on) in [(value, true), (value * (1.0 + 1e-13), true), (value + 1e-9, false)] {
        let next = Waveform::relaxation(start, -5.0, -7.0);
        assert_eq!(continues(&charging, 0.3, &next), goes_on, "{start}");
    }
    // A small difference of large parts is known as well as they are.
    let mut apart = Waveform::constant(1e3);
    apart.push(Term::free(0, Complex64::from(-1e3), Complex64::from(-1e-12)));
    assert!(continues(&apart, 1.0, &Waveform::constant(1e-9 + 1e-11)));
    assert!(!continues(&apart, 1.0, &Waveform::constant(1e-8)));
}
