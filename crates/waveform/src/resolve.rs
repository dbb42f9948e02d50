//! Driven terms as sums of free ones, where nothing cancels in that.
//!
//! Late against the difference of its two rates a driven term is a sum of partial fractions; early,
//! a power series times one of its exponentials.

use std::borrow::Cow;

use num_complex::Complex64;

use crate::integral::SLOW;
use crate::{Term, Waveform};

/// Where a power series of `exp(z)` ends, relative to its sum.
const TOLERANCE: f64 = 1e-18;

/// When, after the anchor, a driven term is late: its partial fractions then cancel by a digit at
/// most (s).
fn late_s(term: &Term) -> f64 {
    (SLOW + f64::from(term.degree)) / (term.rate - term.drive).norm()
}

/// Instants in `(from_s, to_s)` at which driven terms of these forms become late, in order.
pub(crate) fn breaks(forms: &[&Waveform], from_s: f64, to_s: f64) -> Vec<f64> {
    if forms.iter().all(|form| is_slow(form, to_s - from_s)) {
        return Vec::new();
    }
    let driven = forms.iter().flat_map(|form| &form.terms).filter(|term| term.is_driven());
    let mut breaks: Vec<f64> = driven.map(late_s).filter(|s| *s > from_s && *s < to_s).collect();
    breaks.sort_by(f64::total_cmp);
    breaks.dedup();
    breaks
}

/// Whether a term is driven by a power of time times an exponential, or by a source that has a power of its own:
/// of these, bounds follow best from their partial fractions.
fn is_tangled(term: &Term) -> bool {
    term.is_driven() && (term.degree > 0 || term.integrals > 1 && term.drive != Complex64::ZERO)
}

/// Instants in `(from_s, to_s)` at which tangled terms become late, in order.
pub(crate) fn settling(form: &Waveform, from_s: f64, to_s: f64) -> Vec<f64> {
    let tangled = form.terms.iter().filter(|term| is_tangled(term)).map(late_s);
    let mut settling: Vec<f64> = tangled.filter(|s| *s > from_s && *s < to_s).collect();
    settling.sort_by(f64::total_cmp);
    settling.dedup();
    settling
}

/// `form` without the tangled terms that are late at `from_s`: it is the same from then on.
pub(crate) fn settled(form: &Waveform, from_s: f64) -> Cow<'_, Waveform> {
    let is_settled = |term: &Term| is_tangled(term) && from_s >= late_s(term);
    if !form.terms.iter().any(is_settled) {
        return Cow::Borrowed(form);
    }
    let mut w = Waveform::ramp(form.offset, form.slope);
    for term in &form.terms {
        if is_settled(term) {
            fractions(term, &mut w);
        } else {
            w.add(*term);
        }
    }
    Cow::Owned(w)
}

fn is_slow(form: &Waveform, duration: f64) -> bool {
    form.terms.iter().all(|term| term.fastest() * duration <= SLOW)
}

/// `form` on `[from_s, to_s]`, between two breaks, without driven terms if any of the `forms` that
/// are integrated together is fast there.
pub(crate) fn resolved(form: &Waveform, forms: &[&Waveform], from_s: f64, to_s: f64) -> Waveform {
    let plain = form.terms.iter().all(|term| !term.is_driven());
    if plain || forms.iter().all(|form| is_slow(form, to_s - from_s)) {
        return form.clone();
    }
    let mut w = Waveform::ramp(form.offset, form.slope);
    for term in &form.terms {
        if !term.is_driven() {
            w.add(*term);
        } else if from_s >= late_s(term) {
            fractions(term, &mut w);
        } else {
            series(term, to_s, &mut w);
        }
    }
    w
}

/// The antiderivative of `t^k exp(d t)` is `exp(d t)` times a polynomial; from zero on, less its value
/// there; and once more for a double integral.
fn fractions(term: &Term, w: &mut Waveform) {
    let apart = term.rate - term.drive;
    let mut amps = vec![Complex64::ZERO; usize::from(term.degree) + 1];
    amps[usize::from(term.degree)] = term.amp;
    // What the integrals so far leave beside exp(d t): a polynomial in time.
    let mut left: [Complex64; 2] = [Complex64::ZERO; 2];
    for _ in 0..term.integrals {
        // I(k) = (t^k - k I(k - 1)) / d, from the highest power down.
        let mut carried = Complex64::ZERO;
        for (k, amp) in amps.iter_mut().enumerate().rev() {
            *amp = (*amp - carried) / apart;
            carried = *amp * k as f64;
        }
        left = [-amps[0], left[0]];
    }
    for (degree, amp) in (0..).zip(amps) {
        w.add(Term::free(degree, amp, term.rate));
    }
    for (degree, amp) in (0..).zip(left) {
        w.add(Term::free(degree, amp, term.drive));
    }
}

/// `exp(drive t)` times the integral of the power series of the exponential; where that alternates,
/// by Kummer's transformation `exp(rate t)` times a series that does not (Abramowitz and Stegun,
/// 13.1.27).
fn series(term: &Term, to_s: f64, w: &mut Waveform) {
    let apart = term.rate - term.drive;
    let (k, m) = (u32::from(term.degree), u32::from(term.integrals));
    let turned = apart.re < 0.0;
    let (rate, step) = if turned { (term.rate, -apart) } else { (term.drive, apart) };
    // k! / (k + m)!
    let mut amp = (k + 1..=k + m).fold(term.amp, |amp, power| amp / f64::from(power));
    let mut size = 1.0;
    for n in 0_u32.. {
        let degree = n + k + m;
        let weight = if turned && m == 2 { f64::from(n + 1) } else { 1.0 };
        w.add(Term::free(degree as u8, amp * weight, rate));
        let next = f64::from(n + 1);
        // Of the plain series: (n + k)! / (n! (n + k + m)!); of the turned one: k! / (k + m + n)!.
        let factor = if turned {
            1.0 / f64::from(degree + 1)
        } else {
            f64::from(n + k + 1) / (f64::from(degree + 1) * next)
        };
        amp *= step * factor;
        size *= step.norm() * to_s * factor;
        if (size <= TOLERANCE && next > step.norm() * to_s) || degree >= 250 {
            return;
        }
    }
}
