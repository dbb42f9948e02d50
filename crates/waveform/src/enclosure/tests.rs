use num_complex::Complex64;
use proptest::prelude::*;

use super::*;

/// Rates from slow to fast against one second; neither is for ever.
fn rate() -> impl Strategy<Value = Complex64> {
    let size = (-4.0..4.0_f64).prop_map(|e| 10.0_f64.powf(e));
    let angle = prop_oneof![Just(0.0), -1.55..1.55_f64, Just(std::f64::consts::FRAC_PI_2)];
    prop_oneof![
        4 => (size, angle).prop_map(|(size, angle)| {
            let turn = if angle == 0.0 { 0.0 } else { size * angle.sin() };
            Complex64::new(-size * angle.cos(), turn)
        }),
        1 => (-2.0..2.0_f64).prop_map(Into::into),
    ]
}

/// What drives: a constant, something of its own, or something at or near the mode's rate.
fn drive(rate: Complex64) -> impl Strategy<Value = Complex64> {
    let near = (-12.0..-1.0_f64).prop_map(move |e| rate * (1.0 + 10.0_f64.powf(e)));
    prop_oneof![3 => Just(Complex64::ZERO), 2 => self::rate(), 1 => near, 1 => Just(rate)]
}

fn term() -> impl Strategy<Value = Term> {
    let amp = (-1.0..1.0_f64, -1.0..1.0_f64).prop_map(|(re, im)| Complex64::new(re, im));
    let degree = prop_oneof![4 => Just(0_u8), 1 => 1..3_u8];
    let driven = rate().prop_flat_map(|rate| (Just(rate), drive(rate)));
    (amp, degree, 0..3_u8, driven, any::<bool>()).prop_map(
        |(amp, degree, integrals, (rate, drive), unit)| {
            if integrals == 0 {
                return Term::free(degree, amp, rate);
            }
            // As large at its end as it grows, or as it starts.
            let apart = if unit { (rate - drive).norm() } else { 1.0 };
            let scale = apart.powi(i32::from(integrals)).max(1e-6);
            Term::driven(integrals, degree, amp * scale, rate, drive)
        },
    )
}

fn form() -> impl Strategy<Value = Waveform> {
    let terms = proptest::collection::vec(term(), 1..6);
    (-1.0..1.0_f64, -1.0..1.0_f64, terms, any::<bool>()).prop_map(
        |(offset, slope, terms, alike)| {
            let mut form = Waveform::ramp(offset, slope);
            for term in &terms {
                // One source drives many modes, and a mode turns like another.
                let Term { rate, drive, .. } = if alike { terms[0] } else { *term };
                let rate = if term.is_driven() { term.rate } else { rate };
                let drive = if term.is_driven() { drive } else { term.drive };
                form.push(Term { rate, drive, ..*term });
            }
            form
        },
    )
}

/// Intervals of all lengths, from zero on or later.
fn interval() -> impl Strategy<Value = (f64, f64)> {
    let length = (-7.0..1.0_f64).prop_map(|e| 10.0_f64.powf(e));
    let start = prop_oneof![Just(0.0), (-7.0..1.0_f64).prop_map(|e| 10.0_f64.powf(e))];
    (start, length).prop_map(|(start, length)| (start, start + length))
}

/// The magnitude of a derivative, term by term: of terms that are alike a derivative keeps the sum alone.
fn derived(form: &Waveform, order: u32, t: f64) -> f64 {
    let terms = form.terms.iter().map(|term| {
        let single = Waveform { terms: smallvec::smallvec![*term], ..Waveform::default() };
        magnitude(&(0..order).fold(single, |form, _| form.derivative()), t)
    });
    let ramp = if order == 1 { form.slope.abs() } else { 0.0 };
    ramp + terms.sum::<f64>()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4000) })]

    #[test]
    fn no_value_and_no_slope_of_an_interval_lies_outside_its_bounds(
        form in form(),
        (a, b) in interval(),
    ) {
        const SAMPLES: u32 = 50;
        let subject = Subject::new(&form);
        let left = subject.point(a, None);
        let right = subject.point(b, Some(&left));
        let found = subject.enclose(&left, &right);
        let below = subject.is_below(&left, &right);
        let (rate, h) = (form.derivative(), 0.5 * (b - a));
        let (bend, bends) = (rate.derivative(), found.bend());
        for k in 0..=SAMPLES {
            let t = a + (b - a) * f64::from(k) / f64::from(SAMPLES);
            let t = t.min(b);
            let value = form.eval(t);
            let noise = ROUNDING * magnitude(&form, t) + found.wobble;
            prop_assert!(
                value >= found.low - noise && value <= found.high + noise,
                "{value} at {t} outside {} to {}", found.low, found.high
            );
            prop_assert!(!below || value < 0.0);
            let slope = rate.eval(t);
            let noise = ROUNDING * derived(&form, 1, t);
            match found.trend {
                Some(Trend::Rises) => prop_assert!(slope > -noise, "{slope} at {t}"),
                Some(Trend::Falls) => prop_assert!(slope < noise, "{slope} at {t}"),
                None => {}
            }
            let bend = h * h * bend.eval(t);
            let noise = noise * h + h * h * ROUNDING * derived(&form, 2, t) + found.wobble;
            prop_assert!(
                bend >= bends.0 - noise && bend <= bends.1 + noise,
                "{bend} at {t} bends more than {} to {}", bends.0, bends.1
            );
        }
        // Points are the form itself.
        for point in [&left, &right, &found.middle] {
            let error = (point.value - form.eval(point.t)).abs();
            prop_assert!(error <= point.noise, "{error:e} > {:e} at {}", point.noise, point.t);
            let error = (subject.slope(point) - rate.eval(point.t)).abs();
            let noise = ROUNDING * derived(&form, 1, point.t);
            prop_assert!(error <= noise, "slope: {error:e} > {noise:e} at {}", point.t);
        }
    }
}
