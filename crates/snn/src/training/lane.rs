//! Numbers of the unrolled network: double precision for one layer and for checks, single for several layers.

use std::fmt::Debug;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Sub};

/// A sigmoid whose argument is beyond this is flat (its derivative is below 1e-8).
pub(super) const FLAT: f64 = 20.0;

/// A number of a neuron beside those of its layer, in loops that the compiler makes into vectors.
pub trait Lane:
    Copy
    + Debug
    + Default
    + PartialOrd
    + Send
    + Sync
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + AddAssign
    + Sum
    + 'static
{
    /// Zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;

    /// The nearest such number.
    fn of(value: f64) -> Self;

    /// The number in double precision.
    fn wide(self) -> f64;

    /// `1 / (1 + exp(-x))`.
    fn sigmoid(self) -> Self;

    /// The sigmoid, and whether it is steep there; where it is flat, it is the step.
    fn soft(self) -> (Self, bool);
}

impl Lane for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;

    #[inline]
    fn of(value: f64) -> Self {
        value
    }

    #[inline]
    fn wide(self) -> f64 {
        self
    }

    #[inline]
    fn sigmoid(self) -> Self {
        1.0 / (1.0 + (-self).exp())
    }

    #[inline]
    fn soft(self) -> (Self, bool) {
        if self.abs() > FLAT {
            (if self > 0.0 { 1.0 } else { 0.0 }, false)
        } else {
            (self.sigmoid(), true)
        }
    }
}

/// 1.5 * 2^23: what is added to it is rounded to a whole number, which its last bits are then.
const ROUNDING: f32 = 12_582_912.0;

/// Coefficients of `2^f` for `f` from -1/2 to 1/2: its Taylor series, `ln(2)^k / k!`, to 1e-7.
const POWER: [f32; 6] = [
    1.540_353_e-4,
    1.333_355_8e-3,
    9.618_129e-3,
    5.550_411e-2,
    2.402_265e-1,
    std::f32::consts::LN_2,
];

impl Lane for f32 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;

    #[inline]
    fn of(value: f64) -> Self {
        value as Self
    }

    #[inline]
    fn wide(self) -> f64 {
        self.into()
    }

    /// The exponential is a polynomial, the same on every machine and without a branch, so that lanes stay together.
    #[inline]
    fn sigmoid(self) -> Self {
        let x = self.clamp(-FLAT as Self, FLAT as Self);
        let whole = x * -std::f32::consts::LOG2_E + ROUNDING;
        let part = x * -std::f32::consts::LOG2_E - (whole - ROUNDING);
        let power = POWER.iter().fold(0.0, |power, coefficient| power * part + coefficient);
        let bits = whole.to_bits().wrapping_shl(23).wrapping_add(Self::ONE.to_bits());
        1.0 / (1.0 + (power * part + 1.0) * Self::from_bits(bits))
    }

    #[inline]
    fn soft(self) -> (Self, bool) {
        (self.sigmoid(), self.abs() <= FLAT as Self)
    }
}

#[cfg(test)]
mod tests {
    use super::Lane as _;

    #[test]
    fn the_sigmoid_of_single_precision_is_that_of_the_library() {
        for k in -2500..=2500 {
            let x = f64::from(k) * 0.007_93;
            let (narrow, wide) = (f64::from((x as f32).sigmoid()), (x as f32 as f64).sigmoid());
            // The argument is rounded at 29 powers of two, 2^-24 of it.
            assert!((narrow / wide - 1.0).abs() < 2e-6, "{x}: {narrow} and {wide}");
        }
        assert!((1e30_f32).sigmoid() > 0.999_999 && (-1e30_f32).sigmoid() < 1e-8);
    }
}
