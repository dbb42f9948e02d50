//! Eigenvalues and invariant subspaces of a state matrix.

use nalgebra::linalg::{Schur, balancing};
use nalgebra::{Complex, DMatrix};
use num_complex::Complex64;

/// A state matrix as block diagonal: `A = T diag(blocks) T^-1`.
#[derive(Debug, Clone)]
pub struct Spectrum {
    /// `T`: columns span the invariant subspaces.
    pub to_states: DMatrix<Complex64>,
    /// `T^-1`.
    pub from_states: DMatrix<Complex64>,
    /// The blocks, in the order of the columns.
    pub blocks: Vec<Block>,
}

/// One eigenvalue, or several that lie so close that their eigenvectors say nothing apart.
#[derive(Debug, Clone)]
pub struct Block {
    /// First column of `T`.
    pub first: usize,
    /// The eigenvalue, or the mean of the cluster (1/s).
    pub rate: Complex64,
    /// What the block has beside `rate` times the identity: zero for a single eigenvalue, close to
    /// nilpotent for a cluster.
    pub rest: DMatrix<Complex64>,
    /// How often the block counts: 2 where it stands for its complex conjugate too.
    pub weight: f64,
}

impl Block {
    /// Number of eigenvalues in it.
    #[must_use]
    pub fn size(&self) -> usize {
        self.rest.nrows()
    }
}

/// Eigenvalues closer than this, relative to their decay, form a cluster: the exponential of a
/// cluster is a short Taylor series over the whole life of its modes.
const CLUSTER_BY_DECAY: f64 = 0.05;

/// Farthest that an eigenvalue of a cluster may lie from the mean, relative to its decay: the terms of
/// the series fall with its powers.
const CLUSTER_RADIUS: f64 = 0.6;

/// Closer than this, relative to their magnitude, they form a cluster whatever their decay:
/// the rounding of a double eigenvalue is the root of the machine's.
const CLUSTER_BY_SIZE: f64 = 1e-6;

/// An eigenvalue this small against the largest is zero.
const ZERO: f64 = 1e-14;

impl Spectrum {
    /// Modes of `mass x' = -stiffness x` with both matrices symmetric and positive definite, as
    /// resistors and capacitors make them: real, decaying and never defective.
    ///
    /// Rates are squares of the singular values of a product of Cholesky factors, which keeps
    /// digits of a slow mode that a fast one would take from an eigenvalue: rates 1e9 apart lose 4
    /// digits and a half instead of nine.
    #[must_use]
    pub fn reciprocal(mass: &DMatrix<f64>, stiffness: &DMatrix<f64>) -> Option<Self> {
        let n = mass.nrows();
        if n == 0 {
            return Some(Self::empty());
        }
        let lower = mass.clone().cholesky()?.l();
        let symmetric = 0.5 * (stiffness + stiffness.transpose());
        let factor = symmetric.cholesky()?.l();
        let product = lower.solve_lower_triangular(&factor)?.transpose();
        let svd = product.try_svd(false, true, f64::EPSILON, 10_000)?;
        let v = svd.v_t?.transpose();
        let to_states = lower.transpose().solve_upper_triangular(&v)?;
        let from_states = v.transpose() * lower.transpose();
        let blocks = svd
            .singular_values
            .iter()
            .enumerate()
            .map(|(first, s)| Block {
                first,
                rate: (-s * s).into(),
                rest: DMatrix::zeros(1, 1),
                weight: 1.0,
            })
            .collect();
        let complex = |m: DMatrix<f64>| m.map(Complex64::from);
        Some(Self { to_states: complex(to_states), from_states: complex(from_states), blocks })
    }

    /// Modes of any real matrix: complex, growing and defective ones too.
    ///
    /// The complex Schur form is sorted so that clusters stand together, and decoupled block by
    /// block (Bavely and Stewart, "An algorithm for computing reducing subspaces by block
    /// diagonalization", SIAM J. Numer. Anal. 16, 1979).
    #[must_use]
    pub fn general(a: &DMatrix<f64>) -> Option<Self> {
        let n = a.nrows();
        if n == 0 {
            return Some(Self::empty());
        }
        let mut balanced = a.clone();
        let scale = balancing::balance_parlett_reinsch(&mut balanced);
        let complex = balanced.map(Complex::from);
        let (mut q, mut t) = Schur::try_new(complex, f64::EPSILON, 10_000)?.unpack();
        let clusters = clusters(&t.diagonal().iter().copied().collect::<Vec<_>>());
        let sizes = sort_by_cluster(&mut q, &mut t, &clusters);
        let mut spectrum = decouple(q, &t, &sizes)?;
        for i in 0..n {
            spectrum.to_states.row_mut(i).scale_mut(scale[i]);
            spectrum.from_states.column_mut(i).scale_mut(1.0 / scale[i]);
        }
        spectrum.drop_conjugates();
        Some(spectrum)
    }

    fn empty() -> Self {
        Self {
            to_states: DMatrix::zeros(0, 0),
            from_states: DMatrix::zeros(0, 0),
            blocks: Vec::new(),
        }
    }

    /// Keeps one block of each conjugate pair, with twice the weight, and makes rates real that are.
    fn drop_conjugates(&mut self) {
        let largest = self.blocks.iter().map(|b| b.rate.norm()).fold(0.0, f64::max);
        let rates: Vec<Complex64> = self.blocks.iter().map(|b| b.rate).collect();
        for (at, block) in self.blocks.iter_mut().enumerate() {
            let conjugate = block.rate.conj();
            let distance = |other: &Complex64| (other - conjugate).norm();
            let own = distance(&block.rate);
            let partner = rates.iter().enumerate().any(|(o, r)| o != at && distance(r) < own);
            let rate = if block.rate.norm() <= ZERO * largest {
                Complex64::ZERO
            } else if partner {
                block.rate
            } else {
                Complex64::new(block.rate.re, 0.0)
            };
            let shift = block.rate - rate;
            if block.size() > 1 {
                for i in 0..block.size() {
                    block.rest[(i, i)] += shift;
                }
            }
            block.rate = rate;
            block.weight = if rate.im == 0.0 { 1.0 } else { 2.0 };
        }
        self.blocks.retain(|b| b.rate.im >= 0.0);
    }
}

/// Number of the cluster of each eigenvalue, by single linkage; a chain that links eigenvalues too far
/// apart for one series is linked anew with closer neighbours.
fn clusters(eigenvalues: &[Complex64]) -> Vec<usize> {
    let mut cluster = vec![0; eigenvalues.len()];
    let mut closeness = CLUSTER_BY_DECAY;
    let mut open: Vec<Vec<usize>> = vec![(0..eigenvalues.len()).collect()];
    while !open.is_empty() {
        let mut long = Vec::new();
        for members in open.iter().flat_map(|members| link(eigenvalues, members, closeness)) {
            if closeness > CLUSTER_BY_SIZE && is_long(eigenvalues, &members) {
                long.push(members);
            } else {
                members.iter().for_each(|&member| cluster[member] = members[0]);
            }
        }
        open = long;
        closeness *= 0.25;
    }
    cluster
}

/// Whether some eigenvalue lies so far from the mean that the series of the cluster would not end.
fn is_long(eigenvalues: &[Complex64], members: &[usize]) -> bool {
    let mean = members.iter().map(|&i| eigenvalues[i]).sum::<Complex64>() / members.len() as f64;
    members.iter().any(|&i| (eigenvalues[i] - mean).norm() > CLUSTER_RADIUS * mean.re.abs())
}

/// Parts of `members` that chains of close neighbours hold together.
fn link(eigenvalues: &[Complex64], members: &[usize], closeness: f64) -> Vec<Vec<usize>> {
    let largest = eigenvalues.iter().map(|z| z.norm()).fold(0.0, f64::max);
    let mut cluster: Vec<usize> = (0..members.len()).collect();
    for i in 0..members.len() {
        for j in 0..i {
            let (x, y) = (eigenvalues[members[i]], eigenvalues[members[j]]);
            let decay = x.re.abs().min(y.re.abs());
            let size = x.norm().max(y.norm());
            let tolerance = (closeness * decay).max(CLUSTER_BY_SIZE * size).max(ZERO * largest);
            if (x - y).norm() <= tolerance {
                let (from, to) = (cluster[i].max(cluster[j]), cluster[i].min(cluster[j]));
                cluster.iter_mut().filter(|c| **c == from).for_each(|c| *c = to);
            }
        }
    }
    let mut parts: std::collections::BTreeMap<usize, Vec<usize>> = Default::default();
    for (&member, &part) in members.iter().zip(&cluster) {
        parts.entry(part).or_default().push(member);
    }
    parts.into_values().collect()
}

/// Swaps neighbours on the diagonal of `t` until clusters stand together; gives their sizes.
fn sort_by_cluster(
    q: &mut DMatrix<Complex64>,
    t: &mut DMatrix<Complex64>,
    clusters: &[usize],
) -> Vec<usize> {
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
fn swap(q: &mut DMatrix<Complex64>, t: &mut DMatrix<Complex64>, i: usize) {
    let n = t.nrows();
    let (x, y) = (t[(i, i + 1)], t[(i + 1, i + 1)] - t[(i, i)]);
    let norm = x.norm().hypot(y.norm());
    if norm == 0.0 {
        return;
    }
    // Columns of the rotation: [c -s*; s c*] with (c, s) = (x, y) / norm.
    let (c, s) = (x / norm, y / norm);
    for row in 0..n {
        for m in [&mut *t, &mut *q] {
            let (u, v) = (m[(row, i)], m[(row, i + 1)]);
            m[(row, i)] = u * c + v * s;
            m[(row, i + 1)] = -u * s.conj() + v * c.conj();
        }
    }
    for column in 0..n {
        let (u, v) = (t[(i, column)], t[(i + 1, column)]);
        t[(i, column)] = c.conj() * u + s.conj() * v;
        t[(i + 1, column)] = -s * u + c * v;
    }
    t[(i + 1, i)] = Complex64::ZERO;
}

/// Removes the coupling between the diagonal blocks of the triangular `t`.
fn decouple(q: DMatrix<Complex64>, t: &DMatrix<Complex64>, sizes: &[usize]) -> Option<Spectrum> {
    let mut from_states = q.adjoint();
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

        let mut rest = t.view((first, first), (size, size)).clone_owned();
        let rate = rest.diagonal().iter().sum::<Complex64>() / size as f64;
        for i in 0..size {
            rest[(i, i)] -= rate;
        }
        if size == 1 {
            rest[(0, 0)] = Complex64::ZERO;
        }
        blocks.push(Block { first, rate, rest, weight: 1.0 });
        end = first;
    }
    blocks.reverse();
    Some(Spectrum { to_states, from_states, blocks })
}

/// Solves `T11 X - X T22 = -T12` by back substitution, `T22` the block of `size` rows at `first`.
fn sylvester(t: &DMatrix<Complex64>, first: usize, size: usize) -> Option<DMatrix<Complex64>> {
    let mut x = DMatrix::<Complex64>::zeros(first, size);
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
            x[(r, c)] = sum / (t[(r, r)] - own);
            if !x[(r, c)].is_finite() {
                return None;
            }
        }
    }
    Some(x)
}
