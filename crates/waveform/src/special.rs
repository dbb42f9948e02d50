//! Exponential integrals, scaled so that they neither overflow nor underflow.

mod coefficients;

use coefficients::{
    COUNT, NEGATIVE, NEGATIVE_SMALL, NEGATIVE_TAIL, POSITIVE, POSITIVE_SMALL, POSITIVE_TAIL,
    ROOT_HIGH, ROOT_LOW,
};

/// Where the tails begin.
const FAR: f64 = 32.0;

/// `exp(x) * E1(x)` for `x > 0`, and `-exp(x) * Ei(-x)` for `x < 0`: the function `S` with
/// `S'(x) = S(x) - 1/x` on both sides of its logarithmic singularity at zero.
///
/// Relative error below 5e-16 everywhere, next to the zero at -0.3725 too; infinite at zero,
/// `1/x` for the largest arguments.
#[must_use]
pub fn scaled_exponential_integral(x: f64) -> f64 {
    if x > 0.0 {
        positive(x)
    } else if x < 0.0 {
        -negative(-x)
    } else if x == 0.0 {
        f64::INFINITY
    } else {
        x
    }
}

/// `exp(x) * E1(x)`, `x > 0`.
fn positive(x: f64) -> f64 {
    if x < POSITIVE_START {
        x.exp() * (polynomial(&POSITIVE_SMALL, 4.0 * x - 1.0) - x.ln())
    } else if x < FAR {
        half_octave(&POSITIVE, POSITIVE_START, x) / x
    } else {
        polynomial(&POSITIVE_TAIL, 2.0 * FAR / x - 1.0) / x
    }
}

/// `exp(-y) * Ei(y)`, `y > 0`.
fn negative(y: f64) -> f64 {
    if y < NEGATIVE_START {
        // Both summands change sign at the root, so nothing cancels there (Cody and Thacher,
        // Math. Comp. 23, 1969).
        let from_root = (y - ROOT_HIGH) - ROOT_LOW;
        let log = if from_root.abs() < 0.5 * ROOT_HIGH {
            (from_root / ROOT_HIGH).ln_1p()
        } else {
            (y / ROOT_HIGH).ln()
        };
        (-y).exp() * (log + from_root * polynomial(&NEGATIVE_SMALL, y - 1.0))
    } else if y < FAR {
        half_octave(&NEGATIVE, NEGATIVE_START, y) / y
    } else {
        polynomial(&NEGATIVE_TAIL, 2.0 * FAR / y - 1.0) / y
    }
}

/// First half octave of [`POSITIVE`].
const POSITIVE_START: f64 = 0.5;

/// First half octave of [`NEGATIVE`].
const NEGATIVE_START: f64 = 2.0;

/// The piece of `table`, whose first piece begins at `start`, at `x`.
fn half_octave(table: &[[f64; COUNT]], start: f64, x: f64) -> f64 {
    // Exponent and leading mantissa bit count the half octaves; the rest of the mantissa is
    // the place in one.
    const SHIFT: u32 = f64::MANTISSA_DIGITS - 2;
    let bits = x.to_bits();
    let piece = (bits >> SHIFT) - (start.to_bits() >> SHIFT);
    let below = f64::from_bits(bits >> SHIFT << SHIFT);
    let octave = f64::from_bits(bits >> (SHIFT + 1) << (SHIFT + 1));
    let s = 4.0 * ((x - below) / octave) - 1.0;
    polynomial(&table[piece as usize], s)
}

/// Value at `s` of the polynomial with these coefficients, constant first. Four interleaved
/// Horner chains in `s^4`, because one chain would wait for itself.
fn polynomial(c: &[f64; COUNT], s: f64) -> f64 {
    let s2 = s * s;
    let s4 = s2 * s2;
    let chain = |first: usize| {
        c[first..].iter().step_by(4).rev().fold(0.0, |sum, coefficient| sum * s4 + coefficient)
    };
    (chain(0) + s * chain(1)) + s2 * (chain(2) + s * chain(3))
}
