//! Arbitrary-precision evaluation that shares no code with the project: dashu-float's
//! arithmetic, `exp` and `ln`, and the textbook series of the exponential integrals.

#![allow(dead_code, reason = "every test file uses a part")]

use dashu_float::FBig;
use dashu_float::round::mode::HalfEven;

/// A binary number of [`BITS`] bits.
pub type Real = FBig<HalfEven, 2>;

/// Working precision: the alternating series of `E1` loses 1.45 bits per unit of `x`, twice, up
/// to `x = FAR`, and must still leave more than an `f64`.
pub const BITS: usize = 400;

/// From here on the asymptotic series, whose least term is about `exp(-x)`, is exact enough.
const FAR: f64 = 80.0;

/// Euler's constant (DLMF 5.2.3, 110 digits from OEIS A001620).
const EULER: &str = "0.57721566490153286060651209008240243104215933593992359880576723488486772677766467093694706329174674951463144725";

/// The exact value of an `f64`.
pub fn real(x: f64) -> Real {
    Real::try_from(x).expect("finite").with_precision(BITS).value()
}

/// The nearest `f64`.
pub fn float(x: &Real) -> f64 {
    x.to_f64().value()
}

/// Euler's constant.
pub fn euler() -> Real {
    let digits = EULER.strip_prefix("0.").expect("a fraction");
    let ten = real(10.0);
    digits.bytes().rev().fold(real(0.0), |sum, d| (sum + real(f64::from(d - b'0'))) / &ten)
}

/// Sum of `term(n)` for `n = 0, 1, ...` until a term is negligible beside the sum.
fn series(
    first: Real,
    mut next: impl FnMut(&Real, u32) -> Real,
    weight: impl Fn(u32) -> Real,
) -> Real {
    let tiny = real(2.0_f64.powi(-(BITS as i32)));
    let mut power = first;
    let mut sum = &power * weight(0);
    let mut largest = magnitude(&sum);
    for n in 1.. {
        power = next(&power, n);
        let term = &power * weight(n);
        let size = magnitude(&term);
        sum += term;
        if size < &largest * &tiny {
            break;
        }
        if size > largest {
            largest = size;
        }
    }
    sum
}

/// `|x|`.
pub fn magnitude(x: &Real) -> Real {
    if *x < real(0.0) { -x } else { x.clone() }
}

/// `Ein(x)`, the entire part: sum of `-(-x)^n / (n n!)` from `n = 1` (DLMF 6.6.4).
fn ein(x: &Real) -> Real {
    series(
        x.clone(),
        |power, n| -(power * x) / real(f64::from(n + 1)),
        |n| real(1.0) / real(f64::from(n + 1)),
    )
}

/// `E1(x)` for `x > 0`.
pub fn e1(x: &Real) -> Real {
    if *x > real(FAR) { (-x).exp() * asymptotic(&-x) / x } else { ein(x) - euler() - x.ln() }
}

/// `Ei(y)` for `y > 0`.
pub fn ei(y: &Real) -> Real {
    if *y > real(FAR) { y.exp() * asymptotic(y) / y } else { euler() + y.ln() - ein(&-y) }
}

/// Sum of `n! / x^n` up to its least term (DLMF 6.12.1, 6.12.2).
fn asymptotic(x: &Real) -> Real {
    let mut term = real(1.0);
    let mut sum = real(0.0);
    for n in 1..400 {
        let next = &term * real(f64::from(n)) / x;
        sum += &term;
        if magnitude(&next) >= magnitude(&term) {
            break;
        }
        term = next;
    }
    sum
}

/// `exp(x) E1(x)` for `x > 0`, `-exp(x) Ei(-x)` for `x < 0`, for any size of `x`.
pub fn scaled_exponential_integral(x: f64) -> Real {
    let exact = real(x);
    if x.abs() > FAR {
        asymptotic(&-&exact) / exact
    } else if x > 0.0 {
        exact.exp() * e1(&exact)
    } else {
        -(exact.exp() * ei(&-exact))
    }
}
