//! Modes of symmetric positive semidefinite matrices, each to its own digits: a factor by
//! elimination with complete pivoting, then one-sided Jacobi rotations of its columns (Demmel,
//! Gu, Eisenstat, Slapnicar, Veselic and Drmac, "Computing the singular value decomposition with
//! high relative accuracy", Linear Algebra Appl. 299, 1999).

use num_traits::{One, Zero};

use crate::double::{Double, Real};
use crate::network::StateNetwork;

/// `W = sum of rate * vector * vector^T`.
#[derive(Debug, Clone)]
pub(crate) struct Orthonormal {
    /// Eigenvalues, not negative.
    pub rates: Vec<Double>,
    /// Their vectors, of unit length.
    pub vectors: Vec<Vec<Double>>,
}

/// A symmetric positive semidefinite matrix `W = X X^T`.
pub(crate) struct Factored {
    /// Rows of `W`.
    matrix: Vec<Vec<Double>>,
    /// Columns of `X`; as many as the rank.
    columns: Vec<Vec<Double>>,
    /// Rows in the order in which they were eliminated, which makes `X` lower triangular.
    pivots: Vec<usize>,
}

/// Sweeps of rotations before they count as not converging; six to ten are usual.
const SWEEPS: usize = 60;

/// Largest error of a mode's rate, relative, that the check lets pass.
const TOLERANCE: f64 = 1e-13;

/// Largest difference between the matrix and the product of its factors, against its diagonal.
const FACTORED: f64 = 1e-27;

/// A pivot this small against what it was before elimination is what rounding left of zero.
const RANK: f64 = 1e-28;

impl Factored {
    /// `C^-1/2 G C^-1/2` of a connected part of a network, by star-mesh elimination: nothing is
    /// subtracted, so that entries of the factor are right to their last digits.
    pub fn of_network(network: &StateNetwork, members: &[usize]) -> Self {
        let n = members.len();
        let scale: Vec<Double> = members
            .iter()
            .map(|&m| Double::one() / Double::from(network.capacitance[m]).root())
            .collect();
        let mut links = vec![vec![Double::zero(); n]; n];
        for (i, &member) in members.iter().enumerate() {
            for &(to, g) in &network.links[member] {
                if let Ok(j) = members.binary_search(&to) {
                    links[i][j] = g;
                }
            }
        }
        let mut ground: Vec<Double> = members.iter().map(|&m| network.ground[m]).collect();
        let row = |i: usize| {
            let total = total_at(&links, &ground, i);
            let entry = |j| if i == j { total } else { -links[i][j] };
            (0..n).map(|j| entry(j) * scale[i] * scale[j]).collect()
        };
        let matrix = (0..n).map(row).collect();

        let mut columns = Vec::with_capacity(n);
        let mut pivots = Vec::with_capacity(n);
        let mut left: Vec<usize> = (0..n).collect();
        while !left.is_empty() {
            let total_of: Vec<Double> =
                left.iter().map(|&i| total_at(&links, &ground, i)).collect();
            let weight = |at: usize| (total_of[at] * scale[left[at]] * scale[left[at]]).near();
            let at = (0..left.len())
                .fold(0, |best, at| if weight(at) > weight(best) { at } else { best });
            let (pivot, total) = (left.swap_remove(at), total_of[at]);
            pivots.push(pivot);
            if total.is_zero() {
                continue;
            }
            let root = total.root();
            let mut column = vec![Double::zero(); n];
            column[pivot] = root * scale[pivot];
            let row = std::mem::take(&mut links[pivot]);
            for (at, &i) in left.iter().enumerate() {
                if row[i].is_zero() {
                    continue;
                }
                column[i] = -(row[i] / root) * scale[i];
                let share = row[i] / total;
                let through = share * ground[pivot];
                ground[i] += through;
                links[i][pivot] = Double::zero();
                for &j in &left[at + 1..] {
                    let g = share * row[j];
                    links[i][j] += g;
                    links[j][i] += g;
                }
            }
            columns.push(column);
        }
        Self { matrix, columns, pivots }
    }

    /// Any symmetric positive semidefinite matrix, by Cholesky's method with complete pivoting;
    /// none if a pivot is negative beyond rounding.
    pub fn of_matrix(matrix: Vec<Vec<Double>>) -> Option<Self> {
        let n = matrix.len();
        let mut rest = matrix.clone();
        let mut columns = Vec::with_capacity(n);
        let mut pivots = Vec::with_capacity(n);
        let mut left: Vec<usize> = (0..n).collect();
        while !left.is_empty() {
            let size = |at: usize| rest[left[at]][left[at]].near();
            let at =
                (0..left.len()).fold(0, |best, at| if size(at) > size(best) { at } else { best });
            let pivot = left.swap_remove(at);
            let (square, before) = (rest[pivot][pivot], matrix[pivot][pivot].near());
            pivots.push(pivot);
            if square.near() <= RANK * before {
                if square.near() < -RANK * before || !square.near().is_finite() {
                    return None;
                }
                continue;
            }
            let root = square.root();
            let mut column = vec![Double::zero(); n];
            column[pivot] = root;
            for &i in &left {
                column[i] = rest[i][pivot] / root;
            }
            for &i in &left {
                for &j in &left {
                    rest[i][j] -= column[i] * column[j];
                }
            }
            columns.push(column);
        }
        Some(Self { matrix, columns, pivots })
    }

    /// Whether the product of the factors is the matrix.
    fn is_factored(&self) -> bool {
        let n = self.matrix.len();
        let rows: Vec<Vec<Double>> =
            (0..n).map(|i| self.columns.iter().map(|column| column[i]).collect()).collect();
        let size = |i: usize| self.matrix[i][i].near().sqrt();
        (0..n).all(|i| {
            (0..=i).all(|j| {
                let off = Real::dot(&rows[i], &rows[j]) - self.matrix[i][j];
                off.near().abs() <= FACTORED * size(i) * size(j)
            })
        })
    }

    /// The modes; none if the factors or a rate are found wrong, or the rotations do not converge.
    pub fn modes(&self) -> Option<Orthonormal> {
        if !self.is_factored() {
            return None;
        }
        let n = self.matrix.len();
        let mut vectors = self.columns.clone();
        orthogonalise(&mut vectors)?;
        let mut rates: Vec<Double> = Vec::with_capacity(n);
        for vector in &mut vectors {
            let square = Real::dot(vector, vector);
            let length = square.root();
            vector.iter_mut().for_each(|v| *v /= length);
            rates.push(square);
        }
        while vectors.len() < n {
            vectors.push(complement(&vectors, n));
            rates.push(Double::zero());
        }
        let modes = Orthonormal { rates, vectors };
        self.verify(&modes).then_some(modes)
    }

    /// Whether every rate is right: by the residual of `W u = r u`, or, for slow modes whose
    /// residual drowns in the rounding of fast ones, of `r W^-1 u = u`.
    fn verify(&self, modes: &Orthonormal) -> bool {
        let n = self.matrix.len();
        let tolerance = TOLERANCE.max(n as f64 * 1e3 * Double::UNIT);
        modes.rates.iter().zip(&modes.vectors).all(|(&rate, u)| {
            let off = |product: Vec<Double>, factor: Double| {
                let rest: Vec<Double> =
                    product.iter().zip(u).map(|(p, u)| *p - factor * *u).collect();
                Real::dot(&rest, &rest).near().sqrt()
            };
            let product: Vec<Double> = self.matrix.iter().map(|row| Real::dot(row, u)).collect();
            let direct = off(product, rate);
            if rate.is_zero() {
                let largest = modes.rates.iter().map(|r| r.near()).fold(0.0, f64::max);
                return direct <= tolerance * largest;
            }
            direct <= tolerance * rate.near()
                || (self.columns.len() == n
                    && off(self.solve(u.iter().map(|u| *u * rate).collect()), Double::one())
                        <= tolerance)
        })
    }

    /// `W^-1 right`, by the triangular factor.
    fn solve(&self, mut right: Vec<Double>) -> Vec<Double> {
        for (column, &pivot) in self.columns.iter().zip(&self.pivots) {
            let y = right[pivot] / column[pivot];
            for (r, x) in right.iter_mut().zip(column) {
                *r -= *x * y;
            }
            right[pivot] = y;
        }
        for (column, &pivot) in self.columns.iter().zip(&self.pivots).rev() {
            let own = right[pivot];
            let others = Real::dot(column, &right) - column[pivot] * own;
            right[pivot] = (own - others) / column[pivot];
        }
        right
    }
}

/// All that conducts from a node: to the others, and to ground.
fn total_at(links: &[Vec<Double>], ground: &[Double], node: usize) -> Double {
    links[node].iter().fold(ground[node], |sum, g| sum + *g)
}

/// Turns pairs of columns until all are orthogonal: nearly so with f64, then with 32 digits. None
/// if that does not end.
fn orthogonalise(columns: &mut Vec<Vec<Double>>) -> Option<()> {
    if columns.len() > 2 {
        let turns = turns(columns);
        *columns = turns.iter().map(|turn| combine(columns, turn)).collect();
    }
    let length = columns.first().map_or(0, Vec::len);
    rotate(columns, length)
}

/// The orthogonal matrix, column by column, whose product with the columns has nearly orthogonal
/// columns.
fn turns(columns: &[Vec<Double>]) -> Vec<Vec<Double>> {
    let (n, width) = (columns[0].len(), columns.len());
    let mut near: Vec<Vec<f64>> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let unit = (0..width).map(|i| if i == at { 1.0 } else { 0.0 });
            column.iter().map(|x| x.near()).chain(unit).collect()
        })
        .collect();
    // Where f64 does not converge, the other digits do.
    let _ = rotate(&mut near, n);
    let turns: Vec<Vec<Double>> =
        near.iter().map(|x| x[n..].iter().map(|&x| x.into()).collect()).collect();
    // One step of Newton's iteration squares what is wrong: V + V (1 - V^T V) / 2.
    let excess: Vec<Vec<Double>> = (0..width)
        .map(|i| {
            let one = |j| if i == j { Double::one() } else { Double::zero() };
            (0..width).map(|j| (one(j) - Real::dot(&turns[i], &turns[j])).scaled(0.5)).collect()
        })
        .collect();
    let correction = |column: &Vec<Double>| combine(&turns, column);
    excess
        .iter()
        .map(correction)
        .zip(&turns)
        .map(|(part, turn)| part.into_iter().zip(turn).map(|(part, v)| part + *v).collect())
        .collect()
}

/// The sum of columns with given weights.
fn combine(columns: &[Vec<Double>], weights: &[Double]) -> Vec<Double> {
    let mut sum = vec![Double::zero(); columns[0].len()];
    for (column, &weight) in columns.iter().zip(weights) {
        for (sum, x) in sum.iter_mut().zip(column) {
            *sum += weight * *x;
        }
    }
    sum
}

/// Turns pairs of columns until their first `length` rows are orthogonal; none if that does not end.
fn rotate<T: Real>(columns: &mut [Vec<T>], length: usize) -> Option<()> {
    let n = columns.len();
    let tolerance = 4.0 * T::UNIT * length as f64;
    for _ in 0..SWEEPS {
        let mut turned = false;
        let mut squares: Vec<T> =
            columns.iter().map(|x| T::dot(&x[..length], &x[..length])).collect();
        for p in 0..n {
            for q in p + 1..n {
                let (before, after) = columns.split_at_mut(q);
                let (x, y) = (&mut before[p], &mut after[0]);
                let c = T::dot(&x[..length], &y[..length]);
                let (a, b) = (squares[p], squares[q]);
                if c.near().abs() <= tolerance * (a.near() * b.near()).sqrt() {
                    continue;
                }
                turned = true;
                // An angle to f64's digits leaves 1e-16 of the product, which the next sweep takes.
                let zeta = (b - a).near() / (2.0 * c.near());
                let tangent = zeta.signum() / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
                turn(x, y, tangent);
                squares[p] = a - c.scale(tangent);
                squares[q] = b + c.scale(tangent);
            }
        }
        if !turned {
            return Some(());
        }
    }
    None
}

/// Turns two columns by the angle of a tangent.
fn turn<T: Real>(x: &mut [T], y: &mut [T], tangent: f64) {
    /// An angle whose cosine is one to 30 digits.
    const SLIGHT: f64 = 1e-15;
    if tangent.abs() < SLIGHT {
        for (x, y) in x.iter_mut().zip(y) {
            (*x, *y) = (*x - y.scale(tangent), *y + x.scale(tangent));
        }
        return;
    }
    let tangent = T::from(tangent);
    let cosine = T::one() / (T::one() + tangent * tangent).root();
    let sine = tangent * cosine;
    for (x, y) in x.iter_mut().zip(y) {
        (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
    }
}

/// A unit vector orthogonal to all given ones.
fn complement(vectors: &[Vec<Double>], n: usize) -> Vec<Double> {
    let project = |mut x: Vec<Double>| {
        for vector in vectors {
            let part = Real::dot(&x, vector);
            x.iter_mut().zip(vector).for_each(|(x, v)| *x -= part * *v);
        }
        x
    };
    let unit =
        |i: usize| (0..n).map(|j| if i == j { Double::one() } else { Double::zero() }).collect();
    let covered = |i: &usize| vectors.iter().map(|v| (v[*i] * v[*i]).near()).sum::<f64>();
    let start = (0..n).min_by(|a, b| covered(a).total_cmp(&covered(b))).unwrap_or(0);
    let x = project(project(unit(start)));
    let length = Real::dot(&x, &x).root();
    x.into_iter().map(|x| x / length).collect()
}

#[cfg(test)]
mod tests;
