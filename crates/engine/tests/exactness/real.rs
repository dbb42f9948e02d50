//! Numbers of 384 bits: fixed precision, no allocation, a few tens of nanoseconds an operation. Held against
//! dashu-float in `proofs.rs`.

use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// Words of a mantissa.
const LIMBS: usize = 6;

/// Bits of a mantissa.
pub const BITS: i64 = 64 * LIMBS as i64;

/// A number `0.mantissa * 2^exponent`; the highest bit of the mantissa is set, unless the number is zero.
/// Results are truncated: off by less than 2^-382 of themselves.
#[derive(Debug, Clone, Copy)]
pub struct Real {
    negative: bool,
    exponent: i64,
    /// Words of the mantissa, lowest first.
    limbs: [u64; LIMBS],
}

impl Real {
    pub const ZERO: Self = Self { negative: false, exponent: 0, limbs: [0; LIMBS] };
    pub const ONE: Self = {
        let mut limbs = [0; LIMBS];
        limbs[LIMBS - 1] = 1 << 63;
        Self { negative: false, exponent: 1, limbs }
    };

    pub fn is_zero(&self) -> bool {
        self.limbs[LIMBS - 1] == 0
    }

    pub fn abs(self) -> Self {
        Self { negative: false, ..self }
    }

    pub fn is_positive(&self) -> bool {
        !self.negative && !self.is_zero()
    }

    /// This number times `2^by`.
    pub fn scaled(self, by: i64) -> Self {
        if self.is_zero() { self } else { Self { exponent: self.exponent + by, ..self } }
    }

    /// The binary exponent: the number is below `2^exponent` and not below half of that.
    pub fn exponent(&self) -> i64 {
        if self.is_zero() { i64::MIN / 4 } else { self.exponent }
    }

    /// The nearest `f64`, but for the last rounding.
    pub fn to_f64(self) -> f64 {
        let top = self.limbs[LIMBS - 1] as f64 / 2f64.powi(64);
        // Two factors, so that numbers near the ends of the range do not overflow on the way.
        let half = self.exponent.clamp(-2400, 2400) as i32 / 2;
        let rest = self.exponent.clamp(-2400, 2400) as i32 - half;
        let size = top * 2f64.powi(half) * 2f64.powi(rest);
        if self.negative { -size } else { size }
    }

    fn recip(self) -> Self {
        assert!(!self.is_zero(), "division by zero");
        let unit = Self { negative: false, exponent: 0, ..self };
        let two = Self::ONE.scaled(1);
        let mut x = Self::from(1.0 / unit.to_f64());
        // Newton's iteration doubles the 52 correct bits.
        for _ in 0..4 {
            x = x * (two - unit * x);
        }
        Self { negative: self.negative, ..x.scaled(-self.exponent) }
    }

    fn magnitude_cmp(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => {}
        }
        let limbs = self.limbs.iter().rev().cmp(other.limbs.iter().rev());
        self.exponent.cmp(&other.exponent).then(limbs)
    }

    /// Shifts the mantissa up until its highest bit is set.
    fn normalized(mut self) -> Self {
        let Some(top) = self.limbs.iter().rposition(|limb| *limb != 0) else { return Self::ZERO };
        let words = LIMBS - 1 - top;
        if words > 0 {
            self.limbs.copy_within(0..=top, words);
            self.limbs[..words].fill(0);
        }
        let bits = self.limbs[LIMBS - 1].leading_zeros();
        if bits > 0 {
            for k in (0..LIMBS).rev() {
                let below = if k > 0 { self.limbs[k - 1] >> (64 - bits) } else { 0 };
                self.limbs[k] = (self.limbs[k] << bits) | below;
            }
        }
        self.exponent -= (64 * words) as i64 + i64::from(bits);
        self
    }

    /// The mantissa shifted down by `by` bits.
    fn shifted_down(&self, by: i64) -> [u64; LIMBS] {
        let mut out = [0; LIMBS];
        if by >= BITS {
            return out;
        }
        let (words, bits) = ((by / 64) as usize, (by % 64) as u32);
        for (k, limb) in out.iter_mut().enumerate().take(LIMBS - words) {
            let low = self.limbs[k + words];
            let high = self.limbs.get(k + words + 1).copied().unwrap_or(0);
            *limb = if bits == 0 { low } else { (low >> bits) | (high << (64 - bits)) };
        }
        out
    }
}

impl From<f64> for Real {
    fn from(x: f64) -> Self {
        assert!(x.is_finite(), "{x}");
        if x == 0.0 {
            return Self::ZERO;
        }
        let bits = x.to_bits();
        let (field, fraction) = ((bits >> 52) & 0x7ff, bits & ((1 << 52) - 1));
        let (mantissa, exponent) = if field == 0 {
            (fraction, -1074)
        } else {
            (fraction | (1 << 52), field as i64 - 1075)
        };
        let mut limbs = [0; LIMBS];
        limbs[LIMBS - 1] = mantissa;
        Self { negative: x < 0.0, exponent: exponent + 64, limbs }.normalized()
    }
}

impl From<u64> for Real {
    fn from(x: u64) -> Self {
        let mut limbs = [0; LIMBS];
        limbs[LIMBS - 1] = x;
        Self { negative: false, exponent: 64, limbs }.normalized()
    }
}

impl Neg for Real {
    type Output = Self;

    fn neg(self) -> Self {
        Self { negative: !self.negative, ..self }
    }
}

impl Add for Real {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        if self.is_zero() {
            return other;
        }
        if other.is_zero() {
            return self;
        }
        let (large, small) =
            if self.magnitude_cmp(&other).is_lt() { (other, self) } else { (self, other) };
        let low = small.shifted_down(large.exponent - small.exponent);
        let mut sum = large;
        if large.negative == small.negative {
            let mut carry = false;
            for (limb, low) in sum.limbs.iter_mut().zip(low) {
                let (x, first) = limb.overflowing_add(low);
                let (x, second) = x.overflowing_add(u64::from(carry));
                (*limb, carry) = (x, first || second);
            }
            if carry {
                sum.limbs = sum.shifted_down(1);
                sum.limbs[LIMBS - 1] |= 1 << 63;
                sum.exponent += 1;
            }
            sum
        } else {
            let mut borrow = false;
            for (limb, low) in sum.limbs.iter_mut().zip(low) {
                let (x, first) = limb.overflowing_sub(low);
                let (x, second) = x.overflowing_sub(u64::from(borrow));
                (*limb, borrow) = (x, first || second);
            }
            sum.normalized()
        }
    }
}

impl Sub for Real {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Real {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        if self.is_zero() || other.is_zero() {
            return Self::ZERO;
        }
        let mut product = [0u64; 2 * LIMBS];
        for (i, a) in self.limbs.iter().enumerate() {
            let mut carry = 0u128;
            for (j, b) in other.limbs.iter().enumerate() {
                let t = u128::from(*a) * u128::from(*b) + u128::from(product[i + j]) + carry;
                product[i + j] = t as u64;
                carry = t >> 64;
            }
            product[i + LIMBS] = carry as u64;
        }
        let mut limbs = [0; LIMBS];
        limbs.copy_from_slice(&product[LIMBS..]);
        let mut exponent = self.exponent + other.exponent;
        // The product of two numbers in [1/2, 1) is in [1/4, 1).
        if limbs[LIMBS - 1] >> 63 == 0 {
            for k in (0..LIMBS).rev() {
                limbs[k] = (limbs[k] << 1) | (product[LIMBS + k - 1] >> 63);
            }
            exponent -= 1;
        }
        Self { negative: self.negative != other.negative, exponent, limbs }
    }
}

impl Div for Real {
    type Output = Self;

    #[expect(clippy::suspicious_arithmetic_impl, reason = "division is by the reciprocal")]
    fn div(self, other: Self) -> Self {
        self * other.recip()
    }
}

impl PartialEq for Real {
    fn eq(&self, other: &Self) -> bool {
        (*self - *other).is_zero()
    }
}

impl PartialOrd for Real {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let difference = *self - *other;
        Some(match (difference.is_zero(), difference.negative) {
            (true, _) => Ordering::Equal,
            (false, true) => Ordering::Less,
            (false, false) => Ordering::Greater,
        })
    }
}

/// The circle's circumference over its radius, by Machin's formula.
pub fn tau() -> Real {
    // arctan(1/n)
    let arctan = |n: u64| {
        let n = Real::from(n);
        let (mut power, mut sum, square) = (Real::ONE / n, Real::ZERO, n * n);
        for k in 0..200_u64 {
            let term = power / Real::from(2 * k + 1);
            sum = if k % 2 == 0 { sum + term } else { sum - term };
            power = power / square;
        }
        sum
    };
    (arctan(5).scaled(2) - arctan(239)).scaled(3)
}

/// Sine and cosine of an angle of moderate size, by their series.
pub fn sin_cos(angle: Real) -> (Real, Real) {
    let (mut sin, mut cos, mut term) = (Real::ZERO, Real::ZERO, Real::ONE);
    for k in 0..400_u64 {
        match k % 4 {
            0 => cos = cos + term,
            1 => sin = sin + term,
            2 => cos = cos - term,
            _ => sin = sin - term,
        }
        term = term * angle / Real::from(k + 1);
        if term.exponent() < -BITS {
            break;
        }
    }
    (sin, cos)
}
