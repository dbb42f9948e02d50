//! Clusters of a Schur form as blocks of their own: sorted until they stand together, and decoupled.

use num_complex::Complex64;
use num_traits::Zero;

use super::{Wide, WideMatrix, near};
use crate::double::{Double, Real};
use crate::spectrum::Block;

/// Swaps neighbours on the diagonal of `t` until clusters stand together; gives their sizes.
pub(super) fn sort(q: &mut WideMatrix, t: &mut WideMatrix, clusters: &[usize]) -> Vec<usize> {
    let mut label = clusters.to_vec();
    let n = label.len();
    for pass in 0..n {
        for i in 0..n - 1 - pass {
            if label[i] > label[i + 1] {
                swap(q, t, i);
                label.swap(i, i + 1);
            }
        }
    }
    label.chunk_by(|a, b| a == b).map(<[usize]>::len).collect()
}

/// Exchanges the eigenvalues `i` and `i + 1` of an upper triangular matrix by a rotation (Golub and
/// Van Loan, "Matrix Computations", 7.6.2).
fn swap(q: &mut WideMatrix, t: &mut WideMatrix, i: usize) {
    let n = t.nrows();
    let (x, y) = (t[(i, i + 1)], t[(i + 1, i + 1)] - t[(i, i)]);
    let length = (x.norm_sqr() + y.norm_sqr()).root();
    if length.is_zero() {
        return;
    }
    // Columns of the rotation: [c -s*; s c*] with (c, s) = (x, y) / length.
    let (c, s) = (x / length, y / length);
    for row in 0..n {
        for m in [&mut *t, &mut *q] {
            let (u, v) = (m[(row, i)], m[(row, i + 1)]);
            m[(row, i)] = u * c + v * s;
            m[(row, i + 1)] = v * c.conj() - u * s.conj();
        }
    }
    for column in 0..n {
        let (u, v) = (t[(i, column)], t[(i + 1, column)]);
        t[(i, column)] = c.conj() * u + s.conj() * v;
        t[(i + 1, column)] = c * v - s * u;
    }
    t[(i + 1, i)] = Wide::zero();
}

/// A block before it is rounded.
pub(super) struct WideBlock {
    pub first: usize,
    pub matrix: WideMatrix,
}

impl WideBlock {
    pub fn mean(&self) -> Wide {
        let sum = self.matrix.diagonal().iter().fold(Wide::zero(), |sum, z| sum + *z);
        sum / Double::from(self.matrix.nrows() as f64)
    }

    pub fn rounded(self) -> Block {
        let (mean, size) = (self.mean(), self.matrix.nrows());
        let mut rest = self.matrix.map(near);
        for i in 0..size {
            rest[(i, i)] =
                if size == 1 { Complex64::ZERO } else { near(self.matrix[(i, i)] - mean) };
        }
        Block { first: self.first, rate: near(mean), rest, weight: 1.0 }
    }
}

/// Removes the coupling between the diagonal blocks of the triangular `t`.
pub(super) fn decouple(
    q: WideMatrix,
    t: &WideMatrix,
    sizes: &[usize],
) -> Option<(WideMatrix, WideMatrix, Vec<WideBlock>)> {
    let mut from_states = q.map(|z| z.conj()).transpose();
    let mut to_states = q;
    let mut blocks = Vec::new();
    let mut end = t.nrows();
    for &size in sizes.iter().rev() {
        let first = end - size;
        let x = sylvester(t, first, size)?;
        let shift = to_states.columns(0, first) * &x;
        let mut columns = to_states.columns_mut(first, size);
        columns += shift;
        let shift = &x * from_states.rows(first, size);
        let mut rows = from_states.rows_mut(0, first);
        rows -= shift;
        blocks
            .push(WideBlock { first, matrix: t.view((first, first), (size, size)).clone_owned() });
        end = first;
    }
    blocks.reverse();
    Some((to_states, from_states, blocks))
}

/// Solves `T11 X - X T22 = -T12` by back substitution, `T22` the block of `size` rows at `first`.
fn sylvester(t: &WideMatrix, first: usize, size: usize) -> Option<WideMatrix> {
    let mut x = WideMatrix::zeros(first, size);
    for c in 0..size {
        let own = t[(first + c, first + c)];
        for r in (0..first).rev() {
            let mut sum = -t[(r, first + c)];
            for d in 0..c {
                sum += x[(r, d)] * t[(first + d, first + c)];
            }
            for k in r + 1..first {
                sum -= t[(r, k)] * x[(k, c)];
            }
            let gap = t[(r, r)] - own;
            if sum.is_zero() {
                continue;
            }
            x[(r, c)] = sum / gap;
            if !near(x[(r, c)]).is_finite() {
                return None;
            }
        }
    }
    Some(x)
}
