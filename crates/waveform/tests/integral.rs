//! Integrals against antiderivatives in arbitrary precision, and the rules any integral obeys.

mod precise;

use memspike_waveform::{Term, Waveform, integral_of_product};
use num_complex::Complex64;
use precise::{Real, float};
use proptest::prelude::*;

/// The exact value of an `f64`, in enough bits for antiderivatives of slow terms of high degree:
/// they cancel by some 500 bits in a short interval.
fn real(x: f64) -> Real {
    precise::real(x).with_precision(1000).value()
}

/// A complex number in arbitrary precision.
#[derive(Clone)]
struct Complex(Real, Real);

impl Complex {
    fn new(re: f64, im: f64) -> Self {
        Self(real(re), real(im))
    }
    fn times(&self, other: &Self) -> Self {
        let Self(a, b) = self;
        let Self(c, d) = other;
        Self(a * c - b * d, a * d + b * c)
    }
    fn plus(&self, other: &Self) -> Self {
        Self(&self.0 + &other.0, &self.1 + &other.1)
    }
    fn minus(&self, other: &Self) -> Self {
        Self(&self.0 - &other.0, &self.1 - &other.1)
    }
    fn over(&self, other: &Self) -> Self {
        let Self(c, d) = other;
        let square = c * c + d * d;
        Self(c / &square, -(d / &square)).times(self)
    }
    fn conj(&self) -> Self {
        Self(self.0.clone(), -&self.1)
    }
    fn exp(&self) -> Self {
        let size = self.0.exp();
        if self.1 == real(0.0) {
            return Self(size, real(0.0));
        }
        let (sin, cos) = self.1.sin_cos();
        Self(&size * cos, &size * sin)
    }
    fn is_zero(&self) -> bool {
        self.0 == real(0.0) && self.1 == real(0.0)
    }
}

/// `amp t^degree exp(rate t)`, complex.
#[derive(Clone)]
struct Summand {
    amp: Complex,
    degree: u32,
    rate: Complex,
}

/// A waveform as a sum of complex exponentials: each real part becomes half of a conjugate pair.
fn summands(w: &Waveform) -> Vec<Summand> {
    let polynomial = |amp: f64, degree| Summand {
        amp: Complex::new(amp, 0.0),
        degree,
        rate: Complex::new(0.0, 0.0),
    };
    let mut all = vec![polynomial(w.offset, 0), polynomial(w.slope, 1)];
    for t in &w.terms {
        for half in fractions(t) {
            all.push(Summand { amp: half.amp.conj(), rate: half.rate.conj(), ..half });
            all.push(half);
        }
    }
    all
}

/// Half of a term as free exponentials: for a driven one its partial fractions, which cancel in
/// anything but arbitrary precision.
fn fractions(t: &Term) -> Vec<Summand> {
    let [rate, drive] = [t.rate, t.drive].map(|z| Complex::new(z.re, z.im));
    let apart = rate.minus(&drive);
    let zero = || Complex::new(0.0, 0.0);
    let mut amps: Vec<Complex> = (0..=t.degree).map(|_| zero()).collect();
    amps[usize::from(t.degree)] = Complex::new(0.5 * t.amp.re, 0.5 * t.amp.im);
    let mut left: Vec<Complex> = Vec::new();
    for _ in 0..t.integrals {
        let mut carried = zero();
        for (k, amp) in amps.iter_mut().enumerate().rev() {
            *amp = amp.minus(&carried).over(&apart);
            carried = amp.times(&Complex::new(k as f64, 0.0));
        }
        left.insert(0, zero().minus(&amps[0]));
    }
    let of = |rate: &Complex, amps: Vec<Complex>| -> Vec<Summand> {
        let summand = |(degree, amp)| Summand { amp, degree, rate: rate.clone() };
        (0..).zip(amps).map(summand).collect()
    };
    let mut all = of(&rate, amps);
    all.extend(of(&drive, left));
    all
}

/// Value at `t`.
fn value(summands: &[Summand], t: f64) -> f64 {
    let t = real(t);
    let sum = summands.iter().fold(real(0.0), |sum, s| {
        let power = (0..s.degree).fold(real(1.0), |p, _| p * &t);
        let turn = Complex(&s.rate.0 * &t, &s.rate.1 * &t).exp();
        sum + s.amp.times(&turn).0 * power
    });
    float(&sum)
}

/// Antiderivative at `t`, by repeated integration by parts.
fn antiderivative(s: &Summand, t: &Real) -> Complex {
    let power = |k: u32| Complex((0..k).fold(real(1.0), |p, _| p * t), real(0.0));
    let number = |k: u32| Complex::new(f64::from(k), 0.0);
    if s.rate.is_zero() {
        return s.amp.times(&power(s.degree + 1)).over(&number(s.degree + 1));
    }
    let sum = (0..=s.degree).fold(Complex::new(0.0, 0.0), |below, k| {
        power(k).minus(&below.times(&number(k))).over(&s.rate)
    });
    let turn = Complex(&s.rate.0 * t, &s.rate.1 * t).exp();
    s.amp.times(&sum).times(&turn)
}

fn truth(summands: &[Summand], from: f64, to: f64) -> f64 {
    let sum = summands.iter().fold(real(0.0), |sum, s| {
        sum + (antiderivative(s, &real(to)).0 - antiderivative(s, &real(from)).0)
    });
    float(&sum)
}

fn product(f: &[Summand], g: &[Summand]) -> Vec<Summand> {
    let pair = |a: &Summand, b: &Summand| Summand {
        amp: a.amp.times(&b.amp),
        degree: a.degree + b.degree,
        rate: a.rate.plus(&b.rate),
    };
    f.iter().flat_map(|a| g.iter().map(move |b| pair(a, b))).collect()
}

/// The same waveform with every summand at its envelope: the scale on which rounding counts.
fn envelope(w: &Waveform) -> Waveform {
    let mut envelope = Waveform::ramp(w.offset.abs(), w.slope.abs());
    for t in &w.terms {
        let (rate, drive) = (t.rate.re.into(), t.drive.re.into());
        envelope.push(Term { amp: t.amp.norm().into(), rate, drive, ..*t });
    }
    envelope
}

/// Rounding of `exp` and `sin` at arguments of some hundreds, in units of the envelope.
const TOLERANCE: f64 = 3e-13;

fn rate() -> impl Strategy<Value = (f64, f64)> {
    let size = prop_oneof![
        Just(0.0),
        (-12.0..2.5_f64).prop_map(|e| 10.0_f64.powf(e)),
        (-12.0..2.5_f64).prop_map(|e| -(10.0_f64.powf(e))),
    ];
    let turn = prop_oneof![Just(0.0), (-3.0..2.5_f64).prop_map(|e| 10.0_f64.powf(e))];
    (size, turn)
}

fn waveform() -> impl Strategy<Value = Waveform> {
    let number = || prop_oneof![Just(0.0), -2.0..2.0_f64];
    let free = (0..5_u8, number(), number(), rate()).prop_map(|(degree, re, im, rate)| {
        let amp = [re, if rate.1 == 0.0 { 0.0 } else { im }].into_complex();
        Term::free(degree, amp, [rate.0, rate.1].into_complex())
    });
    let drive = || prop_oneof![Just((0.0, 0.0)), rate()];
    let driven = (1..3_u8, 0..4_u8, number(), number(), rate(), drive()).prop_map(
        |(integrals, degree, re, im, rate, drive)| {
            let [rate, drive] = [rate, drive].map(|(re, im)| [re, im].into_complex());
            let im = if rate.im == 0.0 && drive.im == 0.0 { 0.0 } else { im };
            Term::driven(integrals, degree, [re, im].into_complex(), rate, drive)
        },
    );
    let term = prop_oneof![free, driven];
    (number(), number(), prop::collection::vec(term, 0..4)).prop_map(|(offset, slope, terms)| {
        let mut w = Waveform::ramp(offset, slope);
        for t in terms {
            w.push(t);
        }
        w
    })
}

trait IntoComplex {
    fn into_complex(self) -> Complex64;
}

impl IntoComplex for [f64; 2] {
    fn into_complex(self) -> Complex64 {
        Complex64::new(self[0], self[1])
    }
}

/// Start and length, from a millionth to once a second.
fn interval() -> impl Strategy<Value = (f64, f64)> {
    let start = prop_oneof![Just(0.0), 0.0..1.0_f64];
    (start, (-6.0..0.0_f64).prop_map(|e| 10.0_f64.powf(e))).prop_map(|(a, h)| (a, a + h))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn an_integral_matches_arbitrary_precision(w in waveform(), (from, to) in interval()) {
        let exact = truth(&summands(&w), from, to);
        let scale = truth(&summands(&envelope(&w)), from, to);
        let found = w.integral(from, to);
        prop_assert!((found - exact).abs() <= TOLERANCE * scale, "{found:e} {exact:e} {scale:e}");
    }

    #[test]
    fn a_value_matches_arbitrary_precision(w in waveform(), (from, to) in interval()) {
        for t in [from, 1e-9 * to, to] {
            let exact = value(&summands(&w), t);
            let scale = value(&summands(&envelope(&w)), t);
            prop_assert!((w.eval(t) - exact).abs() <= TOLERANCE * scale, "{t:e}: {} {exact:e}", w.eval(t));
        }
    }

    #[test]
    fn a_moved_anchor_changes_no_value(w in waveform(), (from, to) in interval()) {
        let exact = value(&summands(&w), to);
        let scale = value(&summands(&envelope(&w)), to);
        let found = w.shifted(from).eval(to - from);
        prop_assert!((found - exact).abs() <= TOLERANCE * scale, "{found:e} {exact:e}");
    }

    #[test]
    fn a_derivative_integrates_to_what_the_form_moves(w in waveform(), (from, to) in interval()) {
        let moved = w.derivative().integral(from, to);
        let exact = value(&summands(&w), to) - value(&summands(&w), from);
        let scale = value(&summands(&envelope(&w)), from).abs().max(value(&summands(&envelope(&w)), to))
            + truth(&summands(&envelope(&w.derivative())), from, to);
        prop_assert!((moved - exact).abs() <= TOLERANCE * scale, "{moved:e} {exact:e} {scale:e}");
    }

    #[test]
    fn a_bound_of_a_term_holds_on_its_interval(w in waveform(), (from, to) in interval()) {
        for term in &w.terms {
            let bound = term.magnitude_bound(from, to);
            for part in 0..=20 {
                let t = from + (to - from) * f64::from(part) / 20.0;
                prop_assert!(term.eval(t).abs() <= bound * (1.0 + 1e-12), "{term:?} at {t}");
            }
        }
    }

    #[test]
    fn an_integral_of_a_product_matches_arbitrary_precision(
        f in waveform(), g in waveform(), (from, to) in interval()
    ) {
        let exact = truth(&product(&summands(&f), &summands(&g)), from, to);
        let scale = truth(&product(&summands(&envelope(&f)), &summands(&envelope(&g))), from, to);
        let found = integral_of_product(&f, &g, from, to);
        prop_assert!((found - exact).abs() <= TOLERANCE * scale, "{found:e} {exact:e} {scale:e}");
    }

    #[test]
    fn integrals_add_over_intervals(
        f in waveform(), g in waveform(), (from, to) in interval(), share in 0.0..1.0_f64
    ) {
        let middle = from + share * (to - from);
        let (ef, eg) = (envelope(&f), envelope(&g));
        let near = |parts: f64, whole: f64, scale: f64| (parts - whole).abs() <= TOLERANCE * scale;
        prop_assert!(near(
            f.integral(from, middle) + f.integral(middle, to),
            f.integral(from, to),
            ef.integral(from, to),
        ));
        let of = |a, b| integral_of_product(&f, &g, a, b);
        let scale = integral_of_product(&ef, &eg, from, to);
        prop_assert!(near(of(from, middle) + of(middle, to), of(from, to), scale));
    }

    #[test]
    fn a_product_commutes_and_turns_its_sign_with_its_interval(
        f in waveform(), g in waveform(), (from, to) in interval()
    ) {
        let scale = integral_of_product(&envelope(&f), &envelope(&g), from, to);
        let there = integral_of_product(&f, &g, from, to);
        prop_assert!((there - integral_of_product(&g, &f, from, to)).abs() <= TOLERANCE * scale);
        prop_assert_eq!(there, -integral_of_product(&f, &g, to, from));
        prop_assert_eq!(f.integral(from, to), -f.integral(to, from));
    }

    #[test]
    fn a_constant_factor_comes_out(f in waveform(), c in -2.0..2.0_f64, (from, to) in interval()) {
        let scale = envelope(&f).integral(from, to) * c.abs();
        let found = integral_of_product(&f, &Waveform::constant(c), from, to);
        prop_assert!((found - c * f.integral(from, to)).abs() <= TOLERANCE * scale);
    }
}

#[test]
fn a_capacitor_that_has_just_begun_to_charge_loses_no_digits_to_its_constant() {
    // (1 - exp(-t))^2 is t^2 (1 - t + ...): three terms of size 1 that cancel to 3e-19.
    let w = Waveform::relaxation(0.0, 1.0, -1.0);
    let h = 1e-6;
    let exact = truth(&product(&summands(&w), &summands(&w)), 0.0, h);
    let found = integral_of_product(&w, &w, 0.0, h);
    // Each sample is known to half an ulp of 1, beside a value of 1e-6.
    assert!((found / exact - 1.0).abs() < 1e-9, "{found:e} {exact:e}");
}

#[test]
fn rates_1e9_apart_keep_the_slow_part_exact() {
    let mut w = Waveform::relaxation(0.0, 1.0, -1.0);
    w.push(Term::free(0, 1.0.into(), (-1e9).into()));
    let exact = truth(&summands(&w), 0.0, 1e-3);
    assert!((w.integral(0.0, 1e-3) / exact - 1.0).abs() < 1e-12);
}

#[test]
fn a_decayed_term_integrates_to_its_whole_area() {
    let mut w = Waveform::default();
    w.push(Term::free(2, 3.0.into(), (-1e6).into()));
    // 3 * 2! / (1e6)^3.
    assert!((w.integral(0.0, 1e3) / 6e-18 - 1.0).abs() < 1e-14);
    assert_eq!(w.integral(1e3, 1e200), 0.0);
}

#[test]
fn high_degrees_of_defective_islands_stay_exact() {
    // Twenty equal buffered stages give t^19 exp(-t).
    let mut w = Waveform::default();
    w.push(Term::free(19, 1.0.into(), (-1.0).into()));
    for to in [1e-2, 1.0, 10.0, 25.0, 30.0, 100.0] {
        let single = truth(&summands(&w), 0.0, to);
        assert!((w.integral(0.0, to) / single - 1.0).abs() < 1e-12, "{to}");
        let square = truth(&product(&summands(&w), &summands(&w)), 0.0, to);
        let found = integral_of_product(&w, &w, 0.0, to);
        assert!((found / square - 1.0).abs() < 1e-12, "{to} {found:e} {square:e}");
    }
}

#[test]
fn what_grows_times_what_decays_keeps_the_digits_of_what_is_left() {
    for left in [1e-3, 1e-7, 1e-11] {
        let form = |rate: f64| {
            let mut form = Waveform::default();
            form.push(Term::free(0, 1.0.into(), rate.into()));
            form
        };
        let (decays, grows) = (form(-5.0), form(5.0 + left));
        let found = integral_of_product(&decays, &grows, 0.0, 1.0);
        let rate = real(5.0 + left) - real(5.0);
        let right = (rate.exp() - real(1.0)) / rate;
        assert!((found / right.to_f64().value() - 1.0).abs() < 1e-15, "{left}: {found}");
    }
}

/// A ramp into a slow mode, `t - 1 + e^-t`, times a fast sine: what the ramp has made in a thirtieth of a time
/// constant is a two-thousandth of its parts.
#[test]
fn a_response_that_has_hardly_begun_keeps_its_digits_beside_a_fast_sine() {
    let mut slow = Waveform::default();
    slow.push(Term::driven(2, 0, 1.0.into(), (-1.0).into(), Complex64::ZERO));
    let mut sine = Waveform::default();
    sine.push(Term::free(0, Complex64::new(0.0, -1.0), Complex64::new(0.0, 1e5)));
    for turns in [200, 500, 2000, 10_000] {
        let to = 2e-5 * std::f64::consts::PI * f64::from(turns);
        let exact = truth(&product(&summands(&slow), &summands(&sine)), 0.0, to);
        let found = integral_of_product(&slow, &sine, 0.0, to);
        assert!((found / exact - 1.0).abs() < 1e-14, "{to}: {found:e} {exact:e}");
    }
}
