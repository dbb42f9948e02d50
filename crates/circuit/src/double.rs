//! Double-double arithmetic: a number as the unevaluated sum of two `f64`, about 32 digits.
//!
//! Sums and products after Joldes, Muller and Popescu, "Tight and rigorous error bounds for basic
//! building blocks of double-word arithmetic", ACM Trans. Math. Softw. 44 (2017); exact products
//! by Dekker's splitting, which needs no fused multiply-add and is the same on every machine.

use std::iter::Sum;
use std::ops::{
    Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign,
};

use num_traits::{Num, One, Zero};

/// A number of about 32 digits; `high` is the nearest `f64`. Exponents are those of `f64`, and
/// magnitudes outside 1e-270 to 1e270 lose digits.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Double {
    high: f64,
    low: f64,
}

/// The exact sum of two numbers, the first not smaller than the second.
fn quick_sum(a: f64, b: f64) -> Double {
    let high = a + b;
    Double { high, low: b - (high - a) }
}

/// The exact sum of two numbers.
fn exact_sum(a: f64, b: f64) -> Double {
    let high = a + b;
    let part = high - a;
    Double { high, low: (a - (high - part)) + (b - part) }
}

/// The exact product of two numbers.
fn exact_product(a: f64, b: f64) -> Double {
    let high = a * b;
    let ([a1, a2], [b1, b2]) = (split(a), split(b));
    Double { high, low: ((a1 * b1 - high) + a1 * b2 + a2 * b1) + a2 * b2 }
}

/// Two halves of 26 bits.
fn split(a: f64) -> [f64; 2] {
    const FACTOR: f64 = 134_217_729.0; // 2^27 + 1
    let scaled = FACTOR * a;
    let upper = scaled - (scaled - a);
    [upper, a - upper]
}

impl Double {
    /// The unit of rounding, 2^-104.
    pub(crate) const EPSILON: f64 = f64::EPSILON * f64::EPSILON;

    /// The nearest `f64`.
    #[must_use]
    pub fn value(self) -> f64 {
        self.high
    }

    /// What [`Double::value`] leaves out.
    #[must_use]
    pub fn low(self) -> f64 {
        self.low
    }

    /// The exact sum of two `f64`, the first not smaller than the second.
    pub(crate) fn sum_of(high: f64, low: f64) -> Self {
        quick_sum(high, low)
    }

    pub(crate) fn scaled(self, factor: f64) -> Self {
        let product = exact_product(self.high, factor);
        quick_sum(product.high, product.low + self.low * factor)
    }

    pub(crate) fn is_finite(self) -> bool {
        self.high.is_finite() && self.low.is_finite()
    }
}

impl From<f64> for Double {
    fn from(high: f64) -> Self {
        Self { high, low: 0.0 }
    }
}

impl Neg for Double {
    type Output = Self;

    fn neg(self) -> Self {
        Self { high: -self.high, low: -self.low }
    }
}

impl Add for Double {
    type Output = Self;

    /// Errs by at most 2^-104 of the larger operand, which is what matters in sums of many.
    fn add(self, other: Self) -> Self {
        let high = exact_sum(self.high, other.high);
        quick_sum(high.high, high.low + (self.low + other.low))
    }
}

impl Sub for Double {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Double {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let product = exact_product(self.high, other.high);
        quick_sum(product.high, product.low + (self.high * other.low + self.low * other.high))
    }
}

impl Div for Double {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        let first = self.high / other.high;
        let rest = self - other.scaled(first);
        quick_sum(first, rest.high / other.high)
    }
}

impl Rem for Double {
    type Output = Self;

    fn rem(self, other: Self) -> Self {
        let quotient = self / other;
        let whole = quotient.high.trunc();
        let whole = if whole == quotient.high {
            Self::from(whole) + Self::from(quotient.low.trunc())
        } else {
            Self::from(whole)
        };
        self - other * whole
    }
}

impl AddAssign for Double {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Double {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl MulAssign for Double {
    fn mul_assign(&mut self, other: Self) {
        *self = *self * other;
    }
}

impl RemAssign for Double {
    fn rem_assign(&mut self, other: Self) {
        *self = *self % other;
    }
}

impl DivAssign for Double {
    fn div_assign(&mut self, other: Self) {
        *self = *self / other;
    }
}

impl Sum for Double {
    fn sum<I: Iterator<Item = Self>>(numbers: I) -> Self {
        numbers.fold(Self::default(), Add::add)
    }
}

impl Zero for Double {
    fn zero() -> Self {
        Self::default()
    }

    fn is_zero(&self) -> bool {
        self.high == 0.0
    }
}

impl One for Double {
    fn one() -> Self {
        Self::from(1.0)
    }
}

impl Num for Double {
    type FromStrRadixErr = <f64 as Num>::FromStrRadixErr;

    fn from_str_radix(text: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
        f64::from_str_radix(text, radix).map(Self::from)
    }
}

/// What a decomposition asks of its numbers: `f64` for speed, [`Double`] for digits.
pub(crate) trait Real:
    Num + Neg<Output = Self> + AddAssign + SubAssign + PartialOrd + Copy + From<f64> + 'static
{
    /// Unit of rounding.
    const UNIT: f64;

    /// The square root; of a negative number NaN.
    fn root(self) -> Self;

    /// The nearest `f64`.
    fn near(self) -> f64;

    /// The product with an `f64`.
    fn scale(self, factor: f64) -> Self;

    /// The sum of products of two lists.
    fn dot(a: &[Self], b: &[Self]) -> Self;
}

impl Real for f64 {
    const UNIT: f64 = Self::EPSILON;

    fn root(self) -> Self {
        self.sqrt()
    }

    fn near(self) -> f64 {
        self
    }

    fn scale(self, factor: f64) -> Self {
        self * factor
    }

    fn dot(a: &[Self], b: &[Self]) -> Self {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }
}

impl Real for Double {
    const UNIT: f64 = Self::EPSILON;

    fn root(self) -> Self {
        let root = self.high.sqrt();
        if self.high == 0.0 {
            return Self::default();
        }
        let rest = self - exact_product(root, root);
        quick_sum(root, rest.high / (2.0 * root))
    }

    fn near(self) -> f64 {
        self.high
    }

    fn scale(self, factor: f64) -> Self {
        self.scaled(factor)
    }

    fn dot(a: &[Self], b: &[Self]) -> Self {
        let (mut high, mut low) = (0.0, 0.0);
        for (a, b) in a.iter().zip(b) {
            let product = exact_product(a.high, b.high);
            let sum = exact_sum(high, product.high);
            high = sum.high;
            low += sum.low + (product.low + (a.high * b.low + a.low * b.high));
        }
        quick_sum(high, low)
    }
}
