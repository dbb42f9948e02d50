//! How much work a search is, in intervals examined: no clock, no machine.

use memspike_waveform::{Direction, Term, Waveform, first_reach, intervals_examined};

/// The far end of a ladder of `n` equal sections of together 1 ohm and 1 F, at rest, after a step of
/// `volt` at the near end: with `a(k) = (2k - 1) pi / (4n + 2)` the rates are `-4 n^2 sin(a)^2` and the modes
/// `sin(2 j a)`, orthogonal with squared length `(2n + 1) / 4` (the discrete heat equation). Each term is made
/// by `term(amp, rate)` from the amplitude of what is left to go.
fn ladder_of(n: u32, volt: f64, offset: f64, term: impl Fn(f64, f64) -> Term) -> Waveform {
    let sections = f64::from(n);
    let mut form = Waveform::constant(offset);
    for k in 1..=n {
        let a = f64::from(2 * k - 1) * std::f64::consts::PI / (4.0 * sections + 2.0);
        let sum: f64 = (1..=n).map(|j| (2.0 * f64::from(j) * a).sin()).sum();
        let amp = -volt * 4.0 / (2.0 * sections + 1.0) * sum * (2.0 * sections * a).sin();
        form.push(term(amp, -4.0 * (sections * a.sin()).powi(2)));
    }
    form
}

/// Counted from where it ends.
fn ladder(n: u32, volt: f64) -> Waveform {
    ladder_of(n, volt, volt, |amp, rate| Term::free(0, amp.into(), rate.into()))
}

/// The same, counted from its start: a constant drives every mode.
fn driven_ladder(n: u32, volt: f64) -> Waveform {
    ladder_of(n, volt, 0.0, |amp, rate| {
        Term::driven(1, 0, (amp * rate).into(), rate.into(), num_complex::Complex64::ZERO)
    })
}

fn work(form: &Waveform, level: f64) -> usize {
    intervals_examined(form, level, Direction::Rise, 0.0, 100.0)
}

/// Its rates span `1.6 n^2`: two octaves more for every doubling, a few intervals each.
#[test]
fn the_work_on_a_ladder_grows_as_the_logarithm_of_its_length() {
    for level in [1e-6, 0.5, 0.999, 1.0] {
        let counts: Vec<usize> =
            [20, 40, 80, 160, 320].map(|n| work(&ladder(n, 1.0), level)).into();
        assert!(counts[0] < 50, "{level}: {counts:?}");
        assert!(counts.windows(2).all(|pair| pair[1] <= pair[0] + 16), "{level}: {counts:?}");
    }
}

/// The responses of modes to a constant are searched as fast as the modes themselves, and give the
/// same instants.
#[test]
fn the_work_on_a_ladder_counted_from_its_start_grows_alike() {
    for level in [1e-6, 0.5, 0.999] {
        let forms = [20, 40, 80, 160, 320].map(|n| (ladder(n, 1.0), driven_ladder(n, 1.0)));
        let counts = forms.each_ref().map(|(_, driven)| work(driven, level));
        assert!(counts[0] < 50, "{level}: {counts:?}");
        assert!(counts.windows(2).all(|pair| pair[1] <= pair[0] + 16), "{level}: {counts:?}");
        for (free, driven) in &forms {
            let [one, other] = [free, driven].map(|form| {
                first_reach(form, level, Direction::Rise, 0.0, 100.0).expect("reaches")
            });
            assert!((one / other - 1.0).abs() < 1e-8, "{level}: {one} {other}");
        }
    }
    for volt in [1.0, 1e3, 1e6, 1e11, 1e14] {
        let form = driven_ladder(20, volt);
        assert!(work(&form, 0.15) < 150, "{volt:e}: {}", work(&form, 0.15));
        assert_eq!(first_reach(&form, 0.15, Direction::Rise, 0.0, 1e-9), None);
    }
}

#[test]
fn terms_that_cancel_are_not_searched_for_their_rounding() {
    // The far end stands still while the near end is at 1e11 V: a billion billion times the level.
    for volt in [1.0, 1e3, 1e6, 1e11, 1e14] {
        let form = ladder(20, volt);
        let intervals = work(&form, 0.15);
        assert!(intervals < 150, "{volt:e}: {intervals}");
        // Nothing reaches the level within 1e-9 of the whole time constant but rounding.
        assert_eq!(first_reach(&form, 0.15, Direction::Rise, 0.0, 1e-9), None);
    }
    // Zero to rounding for a hundred time constants, and beside a level that is as small: a polynomial of
    // degree 7 is as exact as the form on a twentieth of one.
    for level in [0.0, 1e-17, 1e-15] {
        let mut form = Waveform::constant(0.0);
        for (amp, rate) in [(-1.0, -1.0), (1.0, -1.0 - 1e-15), (1e-16, -1e6)] {
            form.push(Term::free(0, f64::into(amp), f64::into(rate)));
        }
        assert!(work(&form, level) < 2500, "{level:e}: {}", work(&form, level));
    }
}

#[test]
fn a_form_that_turns_costs_a_few_intervals_a_turn_and_a_tangent_a_few_more() {
    let mut form = Waveform::constant(0.0);
    form.push(Term::free(
        0,
        num_complex::Complex64::new(0.0, -1.0),
        num_complex::Complex64::new(-1e-3, 1.0),
    ));
    form.push(Term::free(0, 0.5.into(), (-1.0).into()));
    let turns = 100.0 / std::f64::consts::TAU;
    // Out of reach after the first turn, but not by the bounds of single terms.
    assert!((work(&form, 1.2) as f64) < 8.0 * turns + 60.0, "{}", work(&form, 1.2));
    let mut sine = Waveform::constant(0.0);
    sine.push(Term::free(
        0,
        num_complex::Complex64::new(0.0, -1.0),
        num_complex::Complex64::new(0.0, 1.0),
    ));
    assert!(work(&sine, 1.0) < 100, "{}", work(&sine, 1.0));
}

/// Infinite and undefined values end a search like any others.
#[test]
fn values_beyond_all_numbers_do_not_hang_a_search() {
    for amp in [f64::INFINITY, f64::NAN, f64::MAX, 1e-320] {
        for rate in [-1e300, -1.0, 0.5, 1e3, 1e300] {
            let mut form = Waveform::ramp(0.1, 1e-3);
            form.push(Term::free(0, amp.into(), rate.into()));
            form.push(Term::free(0, (-1.0).into(), (-2.0).into()));
            assert!(work(&form, 0.5) < 100_000, "{amp} {rate}: {}", work(&form, 0.5));
        }
    }
}
