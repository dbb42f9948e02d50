//! Dense matrices of [`Real`].

use crate::real::{BITS, Real};

/// A pivot below this times the largest entry is zero: rounding stays far below it, and no circuit here has
/// values that far apart.
const ZERO_BITS: i64 = 280;

#[derive(Debug, Clone)]
pub struct Matrix {
    pub rows: usize,
    pub columns: usize,
    entries: Vec<Real>,
}

impl std::ops::Index<(usize, usize)> for Matrix {
    type Output = Real;

    fn index(&self, (row, column): (usize, usize)) -> &Real {
        &self.entries[row * self.columns + column]
    }
}

impl std::ops::IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (row, column): (usize, usize)) -> &mut Real {
        &mut self.entries[row * self.columns + column]
    }
}

impl Matrix {
    pub fn zero(rows: usize, columns: usize) -> Self {
        Self { rows, columns, entries: vec![Real::ZERO; rows * columns] }
    }

    pub fn identity(size: usize) -> Self {
        let mut out = Self::zero(size, size);
        for k in 0..size {
            out[(k, k)] = Real::ONE;
        }
        out
    }

    pub fn times(&self, other: &Self) -> Self {
        assert_eq!(self.columns, other.rows);
        let mut out = Self::zero(self.rows, other.columns);
        for i in 0..self.rows {
            for k in 0..self.columns {
                let a = self[(i, k)];
                if a.is_zero() {
                    continue;
                }
                for j in 0..other.columns {
                    let b = other[(k, j)];
                    if !b.is_zero() {
                        out[(i, j)] = out[(i, j)] + a * b;
                    }
                }
            }
        }
        out
    }

    pub fn apply(&self, x: &[Real]) -> Vec<Real> {
        assert_eq!(self.columns, x.len());
        let row = |i| (0..self.columns).fold(Real::ZERO, |sum, k| sum + self[(i, k)] * x[k]);
        (0..self.rows).map(row).collect()
    }

    /// This matrix plus `factor` times another.
    pub fn plus(&self, factor: Real, other: &Self) -> Self {
        let mut out = self.clone();
        for (a, b) in out.entries.iter_mut().zip(&other.entries) {
            *a = *a + factor * *b;
        }
        out
    }

    pub fn columns_at(&self, at: &[usize]) -> Self {
        let mut out = Self::zero(self.rows, at.len());
        for i in 0..self.rows {
            for (j, column) in at.iter().enumerate() {
                out[(i, j)] = self[(i, *column)];
            }
        }
        out
    }

    pub fn first_rows(&self, count: usize) -> Self {
        let entries = self.entries[..count * self.columns].to_vec();
        Self { rows: count, columns: self.columns, entries }
    }

    fn swap_rows(&mut self, a: usize, b: usize) {
        for j in 0..self.columns {
            self.entries.swap(a * self.columns + j, b * self.columns + j);
        }
    }

    fn exponent(&self) -> i64 {
        self.entries.iter().map(Real::exponent).max().unwrap_or(0)
    }

    /// `self^-1 * right`, by elimination with rows brought to one size and partial pivoting; none where it is
    /// singular.
    pub fn solve(&self, right: &Self) -> Option<Self> {
        let n = self.rows;
        let (mut a, mut b) = (self.clone(), right.clone());
        for i in 0..n {
            let size = (0..n).map(|j| a[(i, j)].exponent()).max()?;
            for j in 0..n {
                a[(i, j)] = a[(i, j)].scaled(-size);
            }
            for j in 0..b.columns {
                b[(i, j)] = b[(i, j)].scaled(-size);
            }
        }
        for k in 0..n {
            let pivot = (k..n)
                .max_by(|x, y| a[(*x, k)].abs().partial_cmp(&a[(*y, k)].abs()).expect("numbers"))?;
            if a[(pivot, k)].exponent() < -ZERO_BITS {
                return None;
            }
            a.swap_rows(k, pivot);
            b.swap_rows(k, pivot);
            let inverse = Real::ONE / a[(k, k)];
            for i in 0..n {
                if i == k || a[(i, k)].is_zero() {
                    continue;
                }
                let factor = a[(i, k)] * inverse;
                for j in k..n {
                    a[(i, j)] = a[(i, j)] - factor * a[(k, j)];
                }
                for j in 0..b.columns {
                    b[(i, j)] = b[(i, j)] - factor * b[(k, j)];
                }
            }
        }
        for k in 0..n {
            let inverse = Real::ONE / a[(k, k)];
            for j in 0..b.columns {
                b[(k, j)] = b[(k, j)] * inverse;
            }
        }
        Some(b)
    }

    /// Columns that span its range, and a basis of its null space: full pivoting, so that the rank shows as a gap.
    pub fn range_and_null(&self) -> (Vec<usize>, Self) {
        let (n, m) = (self.rows, self.columns);
        let mut a = self.clone();
        let mut order: Vec<usize> = (0..m).collect();
        let largest = self.exponent();
        let mut rank = 0;
        while rank < n.min(m) {
            let mut best = (rank, rank);
            for i in rank..n {
                for j in rank..m {
                    if a[(i, j)].abs() > a[best].abs() {
                        best = (i, j);
                    }
                }
            }
            if a[best].is_zero() || a[best].exponent() < largest - ZERO_BITS {
                break;
            }
            a.swap_rows(rank, best.0);
            for i in 0..n {
                a.entries.swap(i * m + rank, i * m + best.1);
            }
            order.swap(rank, best.1);
            let inverse = Real::ONE / a[(rank, rank)];
            for j in rank..m {
                a[(rank, j)] = a[(rank, j)] * inverse;
            }
            for i in 0..n {
                if i == rank || a[(i, rank)].is_zero() {
                    continue;
                }
                let factor = a[(i, rank)];
                for j in rank..m {
                    a[(i, j)] = a[(i, j)] - factor * a[(rank, j)];
                }
            }
            rank += 1;
        }
        let mut null = Self::zero(m, m - rank);
        for k in 0..m - rank {
            null[(order[rank + k], k)] = Real::ONE;
            for i in 0..rank {
                null[(order[i], k)] = -a[(i, rank + k)];
            }
        }
        (order[..rank].to_vec(), null)
    }

    pub fn beside(&self, other: &Self) -> Self {
        let mut out = Self::zero(self.rows, self.columns + other.columns);
        for i in 0..self.rows {
            for j in 0..self.columns {
                out[(i, j)] = self[(i, j)];
            }
            for j in 0..other.columns {
                out[(i, self.columns + j)] = other[(i, j)];
            }
        }
        out
    }

    /// `exp(self * t / 2^k)` for `k` from zero to at least `halvings`: Taylor's series of a small enough part, squared.
    pub fn exponentials(&self, t: Real, halvings: usize) -> Vec<Self> {
        const BLOCK: usize = 7;
        let n = self.rows;
        let norm = (0..n)
            .map(|j| (0..n).fold(Real::ZERO, |sum, i| sum + self[(i, j)].abs()))
            .fold(Real::ZERO, |a, b| if a < b { b } else { a });
        // The part is at most 1/16 in size: 49 terms leave 2^-414.
        let needed = (norm * t).exponent() + 4;
        let count = (halvings as i64).max(needed).max(0);
        let mut part = Self::zero(n, n).plus(t.scaled(-count), self);
        let mut powers = vec![Self::identity(n)];
        for k in 0..BLOCK {
            let next = powers[k].times(&part);
            powers.push(next);
        }
        let mut factorials = vec![Real::ONE];
        for k in 1..=(BLOCK * BLOCK) as u64 {
            factorials.push(*factorials.last().expect("one") / Real::from(k));
        }
        part = Self::zero(n, n);
        for block in (0..BLOCK).rev() {
            part = part.times(&powers[BLOCK]);
            for k in 0..BLOCK {
                part = part.plus(factorials[block * BLOCK + k], &powers[k]);
            }
        }
        let mut out = vec![part];
        for _ in 0..count {
            let last = out.last().expect("one");
            let next = last.times(last);
            out.push(next);
        }
        out.reverse();
        out
    }
}

/// The bits that an exponential may lose to its squarings and to values far apart still leave far more than an `f64`.
const _: () = assert!(BITS - ZERO_BITS > 53);
