//! Integrals of exponentials from the anchor on, without the cancellation of their closed forms.
//!
//! With `z = (rate - drive) t` the functions are `exp(drive t) t^m phi_m(z)` for a degree of zero,
//! where `phi_1(z) = (e^z - 1) / z` and `phi_2(z) = (e^z - 1 - z) / z^2` (Hochbruck and Ostermann,
//! "Exponential integrators", Acta Numerica 19, 2010), and otherwise follow from the moments
//! `f_k(z)`, integrals of `s^k exp(z s)` over `[0, 1]`.

use num_complex::Complex64;

use crate::term::exponential;

/// Below this magnitude of `z` a power series has the digits that a closed form loses.
const SERIES: f64 = 1.0;

/// The `integrals`-fold integral of `exp(rate t)` from zero, with all its digits.
pub(crate) fn real(integrals: u8, rate: f64, t: f64) -> f64 {
    let z = rate * t;
    match integrals {
        1 if z == 0.0 => t,
        1 => z.exp_m1() / rate,
        _ => t * t * phi2(z),
    }
}

/// `(e^z - 1 - z) / z^2`.
fn phi2(z: f64) -> f64 {
    if z.abs() > SERIES {
        // Divided twice: the square of the greatest arguments would overflow.
        return (z.exp_m1() / z - 1.0) / z;
    }
    let (mut sum, mut term) = (0.0, 0.5);
    for n in 3..32 {
        sum += term;
        term *= z / f64::from(n);
        if term.abs() <= f64::EPSILON * 0.01 {
            break;
        }
    }
    sum + term
}

/// `exp(drive t)` times the `integrals`-fold integral of `t^degree exp((rate - drive) t)`.
pub(crate) fn complex(
    integrals: u8,
    degree: u8,
    rate: Complex64,
    drive: Complex64,
    t: f64,
) -> Complex64 {
    let apart = rate - drive;
    let z = apart * t;
    if t == 0.0 {
        return Complex64::ZERO;
    }
    let (free, driving) = (exponential(rate, t), exponential(drive, t));
    if integrals == 1 && degree == 0 {
        let is_late = z.norm() > SERIES;
        return if is_late { (free - driving) / apart } else { driving * phi1(z) * t };
    }
    let (moment, left) = moments(u32::from(degree), z, free, driving);
    let power = t.powi(i32::from(degree) + i32::from(integrals));
    // A double integral weighs with the time that is left.
    power * if integrals == 1 { moment } else { left }
}

/// `(e^z - 1) / z` by its series, which keeps the digits of the smaller of the two parts, too.
fn phi1(z: Complex64) -> Complex64 {
    let (mut sum, mut term) = (Complex64::ZERO, Complex64::ONE);
    for n in 2..32 {
        sum += term;
        term *= z / f64::from(n);
        if term.norm() <= f64::EPSILON * 0.01 * z.im.abs().min(1.0) {
            break;
        }
    }
    sum + term
}

/// `driving` times `f_k(z)` and times `f_k(z) - f_(k+1)(z)`, where `free = driving * e^z`.
///
/// By parts, `z f_j = e^z - j f_(j-1)` and `z (f_j - f_(j+1)) = (j + 1) f_j - j f_(j-1)`. Upwards
/// that is stable while `j < |z|`, downwards (from far enough above, where any start will do) while
/// `j > |z|`.
fn moments(k: u32, z: Complex64, free: Complex64, driving: Complex64) -> (Complex64, Complex64) {
    let size = z.norm();
    if size > f64::from(k + 1) {
        let (mut below, mut moment) = (Complex64::ZERO, (free - driving) / z);
        for j in 1..=k {
            below = moment;
            moment = (free - moment * f64::from(j)) / z;
        }
        let before = if k == 0 { driving } else { below * f64::from(k) };
        return (moment, (moment * f64::from(k + 1) - before) / z);
    }
    let (mut top, mut left) = (k + 1, 1.0);
    while left > 1e-18 {
        top += 1;
        left *= size / f64::from(top);
    }
    let mut moment = free / f64::from(top + 1);
    let mut above = moment;
    for j in (k + 1..=top).rev() {
        above = moment;
        moment = (free - z * moment) / f64::from(j);
    }
    (moment, moment - above)
}
