//! Exact integrals.
//!
//! What changes little over the interval is integrated by a Gauss rule whose remainder is below
//! rounding: the antiderivatives of such terms cancel one another (a capacitor that has just
//! begun to charge is a constant minus an exponential). What changes much is integrated by its
//! antiderivative.

use num_complex::Complex64;

use crate::resolve::{breaks, resolved};
use crate::{Term, Waveform};

impl Waveform {
    /// Integral over `[from_s, to_s]`.
    #[must_use]
    pub fn integral(&self, from_s: f64, to_s: f64) -> f64 {
        if from_s > to_s {
            return -self.integral(to_s, from_s);
        }
        over_parts(&[self], from_s, to_s, |from, to| {
            let (slow, fast) = split(&resolved(self, &[self], from, to), to - from);
            let panels = 1 + degree(&slow) / 4;
            gauss(from, to, panels, |t| slow.eval(t))
                + fast.iter().map(|term| term_integral(*term, from, to)).sum::<f64>()
        })
    }
}

/// Integral of `f * g` over `[from_s, to_s]`, exact.
#[must_use]
pub fn integral_of_product(f: &Waveform, g: &Waveform, from_s: f64, to_s: f64) -> f64 {
    if from_s > to_s {
        return -integral_of_product(f, g, to_s, from_s);
    }
    over_parts(&[f, g], from_s, to_s, |from, to| {
        let [f, g] = [f, g].map(|w| resolved(w, &[f, g], from, to));
        let (f_slow, f_fast) = split(&f, to - from);
        let (g_slow, g_fast) = split(&g, to - from);
        let panels = 1 + (degree(&f_slow) + degree(&g_slow)) / 4;
        let slow = gauss(from, to, panels, |t| f_slow.eval(t) * g_slow.eval(t));
        let fast = |terms: &[Term], w: &Waveform| {
            let terms = terms.iter().map(|term| term_by_waveform(*term, w, from, to));
            terms.sum::<f64>()
        };
        slow + (fast(&f_fast, &g) + fast(&g_fast, &f_slow))
    })
}

/// Sum over the parts of `[from_s, to_s]` between the instants at which driven terms change over from
/// one form to another.
fn over_parts(forms: &[&Waveform], from_s: f64, to_s: f64, part: impl Fn(f64, f64) -> f64) -> f64 {
    let breaks = breaks(forms, from_s, to_s);
    if breaks.is_empty() {
        return part(from_s, to_s);
    }
    let starts = std::iter::once(from_s).chain(breaks.iter().copied());
    let ends = breaks.iter().copied().chain(std::iter::once(to_s));
    starts.zip(ends).map(|(from, to)| part(from, to)).sum()
}

/// Largest `|rate| * duration` of a term that the Gauss rule takes: with ten points, the
/// product of two such terms and two ramps leaves a remainder below 1e-17 of its magnitude.
pub(crate) const SLOW: f64 = 2.0;

/// The part of `w` that changes little within `duration`, and the terms that change much.
fn split(w: &Waveform, duration: f64) -> (Waveform, Vec<Term>) {
    let is_slow = |term: &&Term| term.fastest() * duration <= SLOW;
    let slow = Waveform {
        offset: w.offset,
        slope: w.slope,
        terms: w.terms.iter().filter(is_slow).copied().collect(),
    };
    (slow, w.terms.iter().filter(|term| !is_slow(term)).copied().collect())
}

/// Greatest power of time in `w`.
fn degree(w: &Waveform) -> u32 {
    w.terms.iter().map(|term| u32::from(term.degree + term.integrals)).max().unwrap_or(0).max(1)
}

/// Integral of one term.
fn term_integral(term: Term, from: f64, to: f64) -> f64 {
    (term.amp * power_exponential(u32::from(term.degree), term.rate, from, to)).re
}

/// Integral of one term times a waveform.
fn term_by_waveform(term: Term, w: &Waveform, from: f64, to: f64) -> f64 {
    let k = u32::from(term.degree);
    let mut sum = 0.0;
    for (factor, power) in [(w.offset, 0), (w.slope, 1)] {
        if factor != 0.0 {
            sum += factor * (term.amp * power_exponential(k + power, term.rate, from, to)).re;
        }
    }
    for other in &w.terms {
        // Re(a) Re(b) = (Re(a b) + Re(a conj b)) / 2.
        let k = k + u32::from(other.degree);
        let with = |amp: Complex64, rate: Complex64| {
            (term.amp * amp * power_exponential(k, term.rate + rate, from, to)).re
        };
        sum += if other.rate.im == 0.0 && other.amp.im == 0.0 {
            with(other.amp, other.rate)
        } else {
            0.5 * (with(other.amp, other.rate) + with(other.amp.conj(), other.rate.conj()))
        };
    }
    sum
}

/// Integral of `t^k exp(rate t)` over `[from, to]`.
fn power_exponential(k: u32, rate: Complex64, from: f64, to: f64) -> Complex64 {
    let turns = rate.norm() * (to - from);
    let degree = f64::from(k);
    if k == 0 && rate.im == 0.0 && turns > 0.0 {
        return ((rate.re * from).exp() * (rate.re * (to - from)).exp_m1() / rate.re).into();
    }
    if turns < 8.0 + degree {
        let panels = 1 + ((turns + degree) / 4.0) as u32;
        return gauss(from, to, panels, |t| (rate * t).exp() * t.powi(k as i32));
    }
    antiderivative(k, rate, to) - antiderivative(k, rate, from)
}

/// `exp(rate t) * sum of (-1)^j k!/(k - j)! t^(k - j) / rate^(j + 1)`, the antiderivative of
/// `t^k exp(rate t)`. Its terms do not cancel at the end of a long interval, where they count.
fn antiderivative(k: u32, rate: Complex64, t: f64) -> Complex64 {
    let exp = (rate * t).exp();
    if exp == Complex64::ZERO {
        return exp;
    }
    let sum = (0..=k).fold(Complex64::ZERO, |below, power| {
        // I(power) = (t^power - power I(power - 1)) / rate.
        (t.powi(power as i32) - below * f64::from(power)) / rate
    });
    sum * exp
}

/// Positive nodes and weights of the ten-point Gauss-Legendre rule (Abramowitz and Stegun,
/// table 25.4).
const NODES: [(f64, f64); 5] = [
    (0.14887433898163122, 0.29552422471475287),
    (0.4333953941292472, 0.26926671930999635),
    (0.6794095682990244, 0.21908636251598204),
    (0.8650633666889845, 0.1494513491505806),
    (0.9739065285171717, 0.06667134430868814),
];

/// Gauss-Legendre quadrature on equal panels.
fn gauss<T>(from: f64, to: f64, panels: u32, f: impl Fn(f64) -> T) -> T
where
    T: std::ops::Add<Output = T> + std::ops::Mul<f64, Output = T> + Default,
{
    let half = 0.5 * (to - from) / f64::from(panels);
    let mut sum = T::default();
    for panel in 0..panels {
        let middle = from + half * f64::from(2 * panel + 1);
        for (node, weight) in NODES {
            sum = sum + (f(middle - half * node) + f(middle + half * node)) * weight;
        }
    }
    sum * half
}
