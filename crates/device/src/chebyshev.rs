//! A form on an interval as one polynomial, where that is as exact as the form itself.

use std::f64::consts::PI;
use std::sync::LazyLock;

use memspike_waveform::Waveform;

/// Number of nodes.
const NODES: usize = 20;

/// Coefficients at the end that must have died out.
const TAIL: usize = 3;

/// Row `j` is the polynomial of degree `j` at the nodes; row 1 the nodes themselves.
static POLYNOMIALS: LazyLock<[[f64; NODES]; NODES]> = LazyLock::new(|| {
    let angle = |k: usize| (k as f64 + 0.5) * PI / NODES as f64;
    std::array::from_fn(|j| std::array::from_fn(|k| (j as f64 * angle(k)).cos()))
});

/// The interpolant in Chebyshev's nodes (Trefethen, "Approximation theory and approximation practice",
/// 2013, chapters 2 to 4): one evaluation costs a few operations instead of an exponential a term.
pub(crate) struct Chebyshev {
    coefficients: [f64; NODES],
    middle: f64,
    half: f64,
}

impl Chebyshev {
    /// None if the form is not a polynomial on `[from_s, to_s]` to within `tolerance`.
    pub fn of(u: &Waveform, from_s: f64, to_s: f64, tolerance: f64) -> Option<Self> {
        let (middle, half) = (0.5 * (from_s + to_s), 0.5 * (to_s - from_s));
        let values = POLYNOMIALS[1].map(|node| u.eval(middle + half * node));
        let coefficient = |j: usize| {
            let sum: f64 = values.iter().zip(&POLYNOMIALS[j]).map(|(v, t)| v * t).sum();
            sum * if j == 0 { 1.0 } else { 2.0 } / NODES as f64
        };
        let dies_out = (NODES - TAIL..NODES).all(|j| coefficient(j).abs() <= tolerance);
        dies_out.then(|| Self { coefficients: std::array::from_fn(coefficient), middle, half })
    }

    /// Value at a time of the interval, by Clenshaw's recurrence.
    pub fn eval(&self, t: f64) -> f64 {
        let x = (t - self.middle) / self.half;
        let (mut b1, mut b2) = (0.0, 0.0);
        for c in self.coefficients[1..].iter().rev() {
            (b1, b2) = (2.0 * x * b1 - b2 + c, b1);
        }
        x * b1 - b2 + self.coefficients[0]
    }
}
