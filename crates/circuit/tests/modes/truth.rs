//! Arbitrary-precision truth about linear networks: how many rates lie below a number, and how
//! states move. Shares no method with the crate: inertia instead of eigenvalues, one matrix
//! exponential instead of modes.

use dashu_float::FBig;
use dashu_float::round::mode::HalfEven;

pub type Real = FBig<HalfEven>;

/// Enough for what a stiffness of 1e14 and the squarings of an exponential cost, several times.
const BITS: usize = 400;

/// The exact value of an `f64`.
pub fn real(x: f64) -> Real {
    Real::try_from(x).expect("a finite number").with_precision(BITS).value()
}

pub type Matrix = Vec<Vec<Real>>;

pub fn zeros(n: usize) -> Matrix {
    vec![vec![real(0.0); n]; n]
}

/// How many solutions of `det(g - rate c) = 0` lie below `rate`, `g` symmetric positive definite and
/// `c` symmetric positive semidefinite: the negative pivots, by Sylvester's law of inertia.
pub fn rates_below(g: &Matrix, c: &Matrix, rate: f64) -> usize {
    let n = g.len();
    let rate = real(rate);
    let mut a: Matrix =
        (0..n).map(|i| (0..n).map(|j| &g[i][j] - &rate * &c[i][j]).collect()).collect();
    let mut negative = 0;
    for k in 0..n {
        assert!(a[k][k] != real(0.0), "a pivot of exactly zero");
        negative += usize::from(a[k][k] < real(0.0));
        let pivot = a[k].clone();
        for row in &mut a[k + 1..] {
            let factor = &row[k] / &pivot[k];
            subtract(&mut row[k + 1..], &factor, &pivot[k + 1..]);
        }
    }
    negative
}

/// `row -= factor other`.
fn subtract(row: &mut [Real], factor: &Real, other: &[Real]) {
    for (x, y) in row.iter_mut().zip(other) {
        *x -= factor * y;
    }
}

/// Solves `a x = b` for several right sides, `a` such that elimination needs no exchange of rows.
fn solve(mut a: Matrix, mut b: Matrix) -> Matrix {
    let n = a.len();
    for k in 0..n {
        let (pivot, known) = (a[k].clone(), b[k].clone());
        for i in (0..n).filter(|&i| i != k) {
            let factor = &a[i][k] / &pivot[k];
            subtract(&mut a[i][k + 1..], &factor, &pivot[k + 1..]);
            subtract(&mut b[i], &factor, &known);
        }
    }
    (0..n).map(|i| b[i].iter().map(|x| x / &a[i][i]).collect()).collect()
}

/// Voltages of all nodes at `span_s / 2^k` for `k` from 0, from given voltages of the first `starts.len()` nodes at
/// zero, in `c v' = -g v + b`; the nodes behind those have no capacitance.
pub fn response(g: &Matrix, c: &Matrix, b: &[Real], starts: &[f64], span_s: f64) -> Vec<Vec<Real>> {
    let (all, n) = (g.len(), starts.len());
    // Nodes without capacitance: g22 v2 = b2 - g21 v1, columns [v1; 1].
    let g22: Matrix = g[n..].iter().map(|row| row[n..].to_vec()).collect();
    let known: Matrix =
        (n..all).map(|i| g[i][..n].iter().map(|x| -x).chain([b[i].clone()]).collect()).collect();
    let algebraic = solve(g22, known);
    let mut flow: Matrix =
        (0..n).map(|i| g[i][..n].iter().map(|x| -x).chain([b[i].clone()]).collect()).collect();
    for i in 0..n {
        for (row, x) in algebraic.iter().zip(&g[i][n..]) {
            for j in 0..=n {
                flow[i][j] -= x * &row[j];
            }
        }
    }
    let c11: Matrix = c[..n].iter().map(|row| row[..n].to_vec()).collect();
    let mut a = if n == 0 { Vec::new() } else { solve(c11, flow) };
    a.push(vec![real(0.0); n + 1]);

    let largest = a.iter().flatten().map(|x| x.to_f64().value().abs()).fold(0.0, f64::max);
    let halvings = ((largest * span_s * (n + 1) as f64).log2().ceil() + 16.0).max(8.0) as i32;
    let step = real(span_s * 2f64.powi(-halvings));
    let mut power = series(&a, &step);
    let mut start: Vec<Real> = starts.iter().map(|&v| real(v)).collect();
    start.push(real(1.0));
    let mut out = Vec::new();
    for _ in 0..=halvings {
        let mut volts: Vec<Real> = power[..n].iter().map(|row| dot(row, &start)).collect();
        let with_one: Vec<Real> = volts.iter().cloned().chain([real(1.0)]).collect();
        volts.extend(algebraic.iter().map(|row| dot(row, &with_one)));
        out.push(volts);
        power = multiply(&power, &power);
    }
    out.reverse();
    out
}

/// `exp(a t)` by its series, `a t` being small.
fn series(a: &Matrix, t: &Real) -> Matrix {
    let n = a.len();
    let step: Matrix = a.iter().map(|row| row.iter().map(|x| x * t).collect()).collect();
    let mut term = zeros(n);
    (0..n).for_each(|i| term[i][i] = real(1.0));
    let mut sum = term.clone();
    for k in 1..=28 {
        term = multiply(&term, &step);
        for (sum, term) in sum.iter_mut().flatten().zip(term.iter_mut().flatten()) {
            *term /= real(f64::from(k));
            *sum += &*term;
        }
    }
    sum
}

fn dot(a: &[Real], b: &[Real]) -> Real {
    a.iter().zip(b).fold(real(0.0), |sum, (a, b)| sum + a * b)
}

fn multiply(a: &Matrix, b: &Matrix) -> Matrix {
    let n = a.len();
    let column = |j: usize| b.iter().map(|row| row[j].clone()).collect::<Vec<Real>>();
    let columns: Matrix = (0..n).map(column).collect();
    (0..n).map(|i| (0..n).map(|j| dot(&a[i], &columns[j])).collect()).collect()
}
