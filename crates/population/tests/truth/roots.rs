//! All zeros of a sum of exponentials: between two of them lies one of a derivative that has a term less.

use super::{Real, float, real};

/// Where `sum c exp(-r x)` changes its sign in `(low, high)`, in order. Terms are pairs of `c` and `r`.
pub fn all(terms: &[(Real, Real)], low: &Real, high: &Real) -> Vec<Real> {
    let zero = real(0.0);
    let terms: Vec<&(Real, Real)> = terms.iter().filter(|(c, _)| *c != zero).collect();
    if terms.len() < 2 {
        return Vec::new();
    }
    let base = &terms[0].1;
    // Divided by its first exponential, which has no zero.
    let scaled: Vec<(Real, Real)> = terms.iter().map(|(c, r)| (c.clone(), r - base)).collect();
    let derivative: Vec<(Real, Real)> =
        scaled[1..].iter().map(|(c, r)| (-(c * r), r.clone())).collect();
    let mut bounds = vec![low.clone()];
    bounds.extend(all(&derivative, low, high));
    bounds.push(high.clone());
    let value = |x: &Real| -> Real { scaled.iter().map(|(c, r)| c * (-(r * x)).exp()).sum() };
    let within = bounds.windows(2).filter_map(|pair| zero_of(&value, &pair[0], &pair[1]));
    within.collect()
}

/// The zero of a monotone function, if it changes its sign.
fn zero_of(value: &dyn Fn(&Real) -> Real, low: &Real, high: &Real) -> Option<Real> {
    let zero = real(0.0);
    let (mut low, mut high) = (low.clone(), high.clone());
    let (mut at_low, mut at_high) = (value(&low), value(&high));
    if (at_low < zero) == (at_high < zero) {
        return None;
    }
    // The Illinois method: a chord, and the end that stays counts half.
    for _ in 0..300 {
        let x = (&low * &at_high - &high * &at_low) / (&at_high - &at_low);
        let at_x = value(&x);
        if float(&(&high - &low)).abs() < 1e-9 || at_x == zero {
            return Some(x);
        }
        if (at_x < zero) == (at_high < zero) {
            at_low /= real(2.0);
        } else {
            (low, at_low) = (std::mem::replace(&mut high, x.clone()), at_high);
        }
        (high, at_high) = (x, at_x);
        let moved = float(&(&high - &low)).abs();
        if moved < 1e-9 {
            break;
        }
    }
    Some(high)
}
