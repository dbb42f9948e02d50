//! Extremes against closed forms, arbitrary precision and dense sampling, and how much work they are: that is
//! counted, with no clock.

mod precise;
mod random;

use std::f64::consts::{PI, TAU};

use memspike_waveform::{Term, Waveform, minimum_maximum, turns_examined};
use num_complex::Complex64;
use precise::{Real, float};
use proptest::prelude::*;
use random::form;

/// A rounding error of a sum, relative to what it is made of.
const ROUNDING: f64 = 16.0 * f64::EPSILON;

/// The exact value of an `f64`, in twice its bits and more.
fn real(x: f64) -> Real {
    precise::real(x).with_precision(160).value()
}

fn of(offset: f64, slope: f64, terms: &[Term]) -> Waveform {
    let mut form = Waveform::ramp(offset, slope);
    terms.iter().for_each(|term| form.push(*term));
    form
}

/// `size e^(growth t) sin(turn t)`.
fn sine(size: f64, growth: f64, turn: f64) -> Term {
    Term::free(0, Complex64::new(0.0, -size), Complex64::new(growth, turn))
}

fn mode(size: f64, rate: f64) -> Term {
    Term::free(0, size.into(), rate.into())
}

#[track_caller]
fn assert_extremes(form: &Waveform, from_s: f64, until_s: f64, least: f64, greatest: f64) {
    let (low, high) = minimum_maximum(form, from_s, until_s).expect("few waves");
    // The instants that there are lie so far apart, as a part of a wave of a second: a peak lies between two.
    let apart = TAU * f64::EPSILON * until_s;
    let most = (ROUNDING + apart * apart) * least.abs().max(greatest.abs());
    assert!((low - least).abs() <= most, "{low:e}, not {least:e}, of {until_s} s");
    assert!((high - greatest).abs() <= most, "{high:e}, not {greatest:e}, of {until_s} s");
}

/// As [`assert_extremes`], at the price of a few waves, however many there are.
#[track_caller]
fn assert_at_once(form: &Waveform, until_s: f64, least: f64, greatest: f64) {
    assert_extremes(form, 0.0, until_s, least, greatest);
    let examined = turns_examined(form, 0.0, until_s);
    assert!(examined < 1000, "{examined} intervals");
}

const WAVES: [f64; 4] = [10.3, 1e3 + 0.3, 1e6 + 0.3, 1e9 + 0.3];

#[test]
fn a_train_of_equal_waves_costs_what_one_costs() {
    for waves in WAVES {
        assert_at_once(&of(0.0, 0.0, &[sine(1.0, 0.0, TAU)]), waves, -1.0, 1.0);
        assert_at_once(&of(3.0, 0.0, &[sine(-0.1, 0.0, TAU)]), waves, 2.9, 3.1);
    }
    // A sine of 2^64 Hz for a millisecond, and from then on.
    let form = of(0.0, 0.0, &[sine(2.0, 0.0, TAU * 2.0_f64.powi(64))]);
    assert_at_once(&form, 1e-3, -2.0, 2.0);
    assert!(turns_examined(&form, 1e-3, 2e-3) < 1000);
}

/// `e^(s t) sin(w t)` turns where `tan(w t) = -w / s`, at `e^(s t) w / |s + i w|`.
#[test]
fn a_train_of_damped_or_growing_waves_costs_what_one_costs() {
    for waves in WAVES {
        for growth in [-3.0, -1e-3, 1e-3, 3.0] {
            let s = growth / waves;
            let first = TAU.atan2(-s);
            let value = |turn: f64| {
                let t = (first + turn * PI) / TAU;
                (s * t).exp() * TAU / TAU.hypot(s) * if turn % 2.0 == 0.0 { 1.0 } else { -1.0 }
            };
            // Waves end 0.3 after a whole number: their last turns are a rise, and the fall before it.
            let last = 2.0 * (waves - 0.3).round();
            let (low, high) = if growth < 0.0 { (1.0, 0.0) } else { (last - 1.0, last) };
            assert_at_once(&of(0.0, 0.0, &[sine(1.0, s, TAU)]), waves, value(low), value(high));
        }
    }
}

/// `s t + a sin(w t)` turns where `cos(w t) = -s / (a w)`.
#[test]
fn waves_on_a_ramp_are_highest_at_its_end() {
    for waves in WAVES {
        let slope = 5.0 / waves;
        let form = of(0.0, slope, &[sine(1.0, 0.0, TAU)]);
        let angle = (-slope / TAU).acos();
        let last = (waves - 0.3).round();
        let greatest = slope * (angle / TAU + last) + angle.sin();
        let least = slope * (1.0 - angle / TAU) - angle.sin();
        assert_at_once(&form, waves, least, greatest);
    }
}

/// A source that turns drives every mode of a circuit: each answers with a wave as large as the source's, and
/// their sum is small. With `H(s) = s^2 / ((s + 1) (s + 2)) = 1 - 4 / (s + 2) + 1 / (s + 1)`, less what has died out.
#[test]
fn the_answers_of_all_modes_to_one_source_are_one_train() {
    let drive = Complex64::new(0.0, TAU);
    let answer =
        |amp: f64, rate: f64| Term::driven(1, 0, Complex64::new(0.0, -amp), rate.into(), drive);
    let form = of(0.0, 0.0, &[sine(1.0, 0.0, TAU), answer(-4.0, -2.0), answer(1.0, -1.0)]);
    let gain = drive * drive / ((drive + 1.0) * (drive + 2.0));
    for waves in WAVES {
        let until = 100.0 + waves;
        assert_extremes(&form, 100.0, until, -gain.norm(), gain.norm());
        assert!(turns_examined(&form, 100.0, until) < 1000);
        assert!(turns_examined(&form, 0.0, until) < 1000);
    }
}

#[test]
fn a_form_whose_waves_cancel_is_flat() {
    let drive = Complex64::new(0.0, TAU);
    let driven = Term::driven(1, 0, Complex64::new(0.0, -1.0), (-1.0).into(), drive);
    // What that becomes when its mode has died out, taken off again.
    let settled = Term::free(0, -Complex64::new(0.0, -1.0) / (drive + 1.0), drive);
    for waves in WAVES {
        let form = of(5.0, 0.0, &[driven, settled]);
        let (low, high) = minimum_maximum(&form, 100.0, 100.0 + waves).expect("no waves");
        assert!((low - 5.0).abs() < 1e-14 && (high - 5.0).abs() < 1e-14, "{low} {high}");
        assert!(turns_examined(&form, 100.0, 100.0 + waves) < 1000);
    }
}

#[test]
fn modes_that_cancel_are_not_searched_for_their_rounding() {
    for until in [1.0, 1e3, 1e9] {
        let form = of(0.0, 0.0, &[mode(-1.0, -1.0), mode(1.0, -1.0 - 1e-15), mode(1e-16, -1e6)]);
        let (low, high) = minimum_maximum(&form, 0.0, until).expect("no waves");
        assert!(low.abs() < 1e-14 && high.abs() < 1e-14, "{low} {high}");
        assert!(turns_examined(&form, 0.0, until) < 5000, "{}", turns_examined(&form, 0.0, until));
    }
}

/// What is left of a constant after n equal sections in a row is `e^-t` times the first n terms of the series of
/// `e^t`; with a mode that is driven n-fold the two make a constant.
#[test]
fn repeated_modes_that_cancel_are_flat() {
    for degree in [2, 5, 8_u8] {
        let mut form = Waveform::constant(0.0);
        let mut amp = -1.0;
        for power in 0..=degree {
            form.push(Term::free(power, amp.into(), (-1.0).into()));
            amp /= f64::from(power + 1);
        }
        // `1 - e^-t (1 + t + ... + t^n / n!)` is the integral of `t^n e^-t / n!`.
        let factor = (1..=degree).fold(-1.0, |factor, power| factor / f64::from(power));
        form.push(Term::driven(1, degree, factor.into(), (-1.0).into(), 0.0.into()));
        for until in [0.1, 10.0, 1e3, 1e6] {
            let (low, high) = minimum_maximum(&form, 0.0, until).expect("no waves");
            assert!((low + 1.0).abs() < 1e-14 && (high + 1.0).abs() < 1e-14, "{low} {high}");
            let examined = turns_examined(&form, 0.0, until);
            assert!(examined < 2000, "{examined} intervals of {degree} to {until}");
        }
    }
}

/// A source that dies out while it turns, integrated twice: `w / (w^2 + d^2) t` and a wave that is no longer there.
#[test]
fn a_wave_that_dies_out_in_a_ramp_costs_what_is_seen_of_it() {
    let drive = Complex64::new(-3.0, 1e3 * TAU);
    let term = Term::driven(1, 1, Complex64::new(0.0, 1.0), 0.0.into(), drive);
    for until in [1.0, 256.0, 1e4] {
        // Im of -(t / z + 1 / z^2) for z = -3 + 2e3 pi i, when e^(z t) / z^2 has died out.
        let at = |t: f64| (Complex64::i() * -(drive.inv() * t + drive.inv() * drive.inv())).re;
        let form = of(0.0, 0.0, &[term]);
        let (_, high) = minimum_maximum(&form, 0.0, until).expect("few waves");
        let left = (-3.0 * until).exp() / drive.norm_sqr();
        assert!((high - at(until).max(0.0)).abs() <= 1e-12 * at(until).abs() + left, "{high}");
        let examined = turns_examined(&form, 0.0, until);
        assert!(examined < 20_000, "{examined} intervals to {until}");
    }
}

/// `sin t + sin 3t = 4 s (1 - s^2)` with `s = sin t`: at most `8 / sqrt(27)`.
#[test]
fn trains_that_beat_cost_a_few_intervals_a_wave() {
    let form = of(0.0, 0.0, &[sine(1.0, 0.0, TAU), sine(1.0, 0.0, 3.0 * TAU)]);
    let most = 8.0 / 27.0_f64.sqrt();
    for waves in [10.0, 1e3, 1e4] {
        let (low, high) = minimum_maximum(&form, 0.0, waves).expect("few waves");
        // The phase of each is rounded by itself.
        let rounding = ROUNDING + 4.0 * TAU * f64::EPSILON * waves;
        assert!((low + most).abs() < rounding && (high - most).abs() < rounding, "{low} {high}");
        let examined = turns_examined(&form, 0.0, waves) as f64;
        assert!(examined < 60.0 * waves + 200.0, "{examined} for {waves}");
    }
}

/// Which wave is the highest of 1e12 that never repeat is not known without a look at each.
#[test]
fn trains_that_beat_for_ever_are_given_up_after_a_bounded_work() {
    let form = of(0.0, 0.0, &[sine(1.0, 0.0, TAU), sine(1.0, 0.0, TAU * 2.0_f64.sqrt())]);
    assert_eq!(minimum_maximum(&form, 0.0, 1e12), None);
    assert!(turns_examined(&form, 0.0, 1e12) < 10_000_000);
}

/// Infinite and undefined values end a search like any others.
#[test]
fn values_beyond_all_numbers_do_not_hang_a_search() {
    for amp in [f64::INFINITY, f64::NAN, f64::MAX, 1e-320] {
        for rate in [-1e300, -1.0, 0.5, 1e3, 1e300] {
            for turn in [0.0, 1e3, 1e300] {
                let fast = Term::free(0, amp.into(), Complex64::new(rate, turn));
                let form = of(0.1, 1e-3, &[fast, mode(-1.0, -2.0)]);
                let examined = turns_examined(&form, 0.0, 100.0);
                assert!(examined < 20_000, "{amp} {rate} {turn}: {examined}");
            }
        }
    }
}

#[test]
fn extremes_of_a_ringing_form_are_those_of_calculus() {
    // e^-t sin(5t): extremes at tan(5t) = 5.
    let form = of(0.0, 0.0, &[sine(1.0, -1.0, 5.0)]);
    let at = |k: f64| (5.0_f64.atan() + k * std::f64::consts::PI) / 5.0;
    let value = |t: f64| (-t).exp() * (5.0 * t).sin();
    let (low, high) = minimum_maximum(&form, 0.0, 10.0).unwrap();
    assert!((high - value(at(0.0))).abs() < 1e-14, "{high}");
    assert!((low - value(at(1.0))).abs() < 1e-14, "{low}");
}

/// The value of a form of plain exponentials.
fn exact(form: &Waveform, t: &Real) -> Real {
    let line = real(form.offset) + real(form.slope) * t;
    form.terms.iter().fold(line, |sum, term| {
        let (sin, cos) = (real(term.rate.im) * t).sin_cos();
        let turned = real(term.amp.re) * cos - real(term.amp.im) * sin;
        let power = (0..term.degree).fold(real(1.0), |power, _| power * t);
        sum + (real(term.rate.re) * t).exp() * turned * power
    })
}

/// The greatest value of a form on the way from `a` to `b`, over which it has one peak, by section.
fn peak(form: &Waveform, a: f64, b: f64) -> f64 {
    let (mut a, mut b) = (real(a), real(b));
    let third = real(1.0) / real(3.0);
    for _ in 0..70 {
        let step = (&b - &a) * &third;
        let (near, far) = (&a + &step, &b - &step);
        if exact(form, &near) < exact(form, &far) { a = near } else { b = far }
    }
    float(&exact(form, &a))
}

/// The greatest value of a form on `[0, until]`: sampled, and every sample that may be next to it refined.
fn greatest(form: &Waveform, until: f64) -> f64 {
    const SAMPLES: u32 = 20_000;
    let at = |k: u32| until * f64::from(k.min(SAMPLES)) / f64::from(SAMPLES);
    let values: Vec<f64> = (0..=SAMPLES).map(|k| form.eval(at(k))).collect();
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Samples are 4e-4 apart, and the second derivative is below 1e5.
    let near = |k: u32| values[k as usize] > most - 1e-3;
    let local = |k: u32| {
        let value = values[k as usize];
        let before = k == 0 || values[k as usize - 1] <= value;
        before && values.get(k as usize + 1).is_none_or(|after| *after <= value)
    };
    let peaks = (0..=SAMPLES).filter(|k| near(*k) && local(*k));
    peaks.map(|k| peak(form, at(k.saturating_sub(1)), at(k + 1))).fold(f64::NEG_INFINITY, f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn no_sample_leaves_the_extremes_and_both_are_attained(form in form()) {
        let (low, high) = minimum_maximum(&form, 0.0, 8.0).unwrap();
        let (mut least, mut greatest) = (f64::INFINITY, f64::NEG_INFINITY);
        for k in 0..=20_000 {
            let value = form.eval(8.0 * f64::from(k) / 20_000.0);
            least = least.min(value);
            greatest = greatest.max(value);
        }
        let scale = 1.0 + low.abs().max(high.abs());
        prop_assert!(low <= least + 1e-12 * scale && high >= greatest - 1e-12 * scale);
        // Samples 4e-4 apart come this close to a smooth extreme.
        let near = 1e-3 * scale;
        prop_assert!(least - low < near && high - greatest < near, "{low} {least} {greatest} {high}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn extremes_match_arbitrary_precision(form in form()) {
        let (low, high) = minimum_maximum(&form, 0.0, 8.0).expect("few waves");
        // A peak of waves that one exponential carries does not hang on the rounding of their phase.
        let terms = form.terms.iter().map(|term| match term.degree {
            0 => term.magnitude_bound(0.0, 8.0),
            _ => term.sensitivity_bound(0.0, 8.0),
        });
        let size = form.offset.abs() + 8.0 * form.slope.abs() + terms.sum::<f64>();
        let most = greatest(&form, 8.0);
        prop_assert!((high - most).abs() <= ROUNDING * size, "{high}, not {most}");
        let least = -greatest(&form.scaled(-1.0), 8.0);
        prop_assert!((low - least).abs() <= ROUNDING * size, "{low}, not {least}");
    }
}
