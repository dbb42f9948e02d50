//! Dense linear algebra in double-double numbers.

use nalgebra::DMatrix;
use num_traits::Zero;

use crate::double::{Double, Real};

/// A matrix of double-double numbers.
pub(crate) type Matrix = DMatrix<Double>;

/// A pivot this small, rows and columns scaled to one, is what rounding leaves of zero.
const SINGULAR: f64 = 1e-26;

/// Solves `matrix X = right` after scaling rows and columns to like size; none if singular to
/// rounding.
pub(crate) fn solve(mut matrix: Matrix, mut right: Matrix) -> Option<Matrix> {
    let (n, width) = (matrix.nrows(), right.ncols());
    for i in 0..n {
        let scale = Double::from(power_of_two(matrix.row(i).iter())?);
        matrix.row_mut(i).iter_mut().chain(right.row_mut(i).iter_mut()).for_each(|x| *x *= scale);
    }
    let mut scales = Vec::with_capacity(n);
    for j in 0..n {
        let scale = Double::from(power_of_two(matrix.column(j).iter())?);
        matrix.column_mut(j).iter_mut().for_each(|x| *x *= scale);
        scales.push(scale);
    }
    for k in 0..n {
        let size = |i: &usize| matrix[(*i, k)].value().abs();
        let pivot = (k..n).max_by(|a, b| size(a).total_cmp(&size(b)))?;
        if size(&pivot) < SINGULAR {
            return None;
        }
        matrix.swap_rows(k, pivot);
        right.swap_rows(k, pivot);
        for i in k + 1..n {
            if matrix[(i, k)].is_zero() {
                continue;
            }
            let factor = matrix[(i, k)] / matrix[(k, k)];
            for j in k + 1..n {
                let product = factor * matrix[(k, j)];
                matrix[(i, j)] -= product;
            }
            for j in 0..width {
                let product = factor * right[(k, j)];
                right[(i, j)] -= product;
            }
        }
    }
    for j in 0..width {
        for i in (0..n).rev() {
            let mut sum = right[(i, j)];
            for k in i + 1..n {
                sum -= matrix[(i, k)] * right[(k, j)];
            }
            right[(i, j)] = sum / matrix[(i, i)];
        }
    }
    for (j, scale) in scales.into_iter().enumerate() {
        right.row_mut(j).iter_mut().for_each(|x| *x *= scale);
    }
    right.iter().all(|x| x.is_finite()).then_some(right)
}

/// What brings the largest of some numbers near one, exactly; none if all are zero.
fn power_of_two<'a>(numbers: impl Iterator<Item = &'a Double>) -> Option<f64> {
    let largest = numbers.map(|x| x.value().abs()).fold(0.0, f64::max);
    (largest > 0.0 && largest.is_finite()).then(|| (-largest.log2().round()).exp2())
}

/// The lower factor of a symmetric positive definite matrix; none if it is not.
pub(crate) fn cholesky(matrix: &Matrix) -> Option<Matrix> {
    let n = matrix.nrows();
    let mut lower = Matrix::zeros(n, n);
    for j in 0..n {
        for i in j..n {
            let mut sum = matrix[(i, j)];
            for k in 0..j {
                sum -= lower[(i, k)] * lower[(j, k)];
            }
            if i > j {
                lower[(i, j)] = sum / lower[(j, j)];
            } else if sum.value() > SINGULAR * matrix[(j, j)].value() {
                lower[(j, j)] = sum.root();
            } else {
                return None;
            }
        }
    }
    Some(lower)
}

/// `lower^-1 right`.
pub(crate) fn solve_lower(lower: &Matrix, mut right: Matrix) -> Matrix {
    let n = lower.nrows();
    for j in 0..right.ncols() {
        for i in 0..n {
            let mut sum = right[(i, j)];
            for k in 0..i {
                sum -= lower[(i, k)] * right[(k, j)];
            }
            right[(i, j)] = sum / lower[(i, i)];
        }
    }
    right
}

/// `lower^-T right`.
pub(crate) fn solve_transposed(lower: &Matrix, mut right: Matrix) -> Matrix {
    let n = lower.nrows();
    for j in 0..right.ncols() {
        for i in (0..n).rev() {
            let mut sum = right[(i, j)];
            for k in i + 1..n {
                sum -= lower[(k, i)] * right[(k, j)];
            }
            right[(i, j)] = sum / lower[(i, i)];
        }
    }
    right
}
