//! Modes of any real matrix with 32 digits: complex, growing and defective ones too.
//!
//! The strongly connected parts of the matrix are brought to complex Schur form each for itself,
//! what couples them follows; the form is sorted so that clusters stand together, and decoupled block
//! by block (Bavely and Stewart, "An algorithm for computing reducing subspaces by block
//! diagonalization", SIAM J. Numer. Anal. 16, 1979).

mod blocks;

use nalgebra::DMatrix;
use num_complex::{Complex, Complex64};
use num_traits::{One, Zero};
use petgraph::graph::DiGraph;

use crate::cluster;
use crate::dense::Matrix;
use crate::double::{Double, Real};
use crate::spectrum::{Block, Drive, Spectrum};
use blocks::{WideBlock, decouple, sort};

type Wide = Complex<Double>;
type WideMatrix = DMatrix<Wide>;

/// Steps for one eigenvalue; three to five are usual.
const STEPS: usize = 90;

/// Largest error that the check lets pass, relative to a block's rate.
const TOLERANCE: f64 = 1e-12;

/// An error of a rate this small (1/s) changes nothing within the five hours that a run may last.
const HARMLESS: f64 = 1e-18;

/// An entry this small against the largest of its row is what rounding left of zero.
const DUST: f64 = 1e-29;

/// An eigenvalue this small against the largest is what rounding left of zero.
const ZERO: f64 = 1e-28;

/// The modes of `x' = a x`; none if they cannot be had to full accuracy.
pub(crate) fn spectrum(a: &Matrix, drive: &Drive) -> Option<Spectrum> {
    let n = a.nrows();
    let (balanced, scale) = balance(without_dust(a.clone()));
    let (mut q, mut t) = schur(&balanced)?;
    let eigenvalues: Vec<Complex64> = t.diagonal().iter().map(|z| near(*z)).collect();
    let sizes = sort(&mut q, &mut t, &cluster::clusters(&eigenvalues));
    let (mut to_states, mut from_states, mut blocks) = decouple(q, &t, &sizes)?;
    if !verify(&balanced, &to_states, &from_states, &blocks) {
        return None;
    }
    for (i, &scale) in scale.iter().enumerate() {
        let (up, down) = (Double::from(scale), Double::from(1.0 / scale));
        to_states.row_mut(i).iter_mut().for_each(|z| *z *= up);
        from_states.column_mut(i).iter_mut().for_each(|z| *z *= down);
    }
    let largest = eigenvalues.iter().map(|z| z.norm()).fold(0.0, f64::max);
    let mut rounded: Vec<Block> = blocks.drain(..).map(WideBlock::rounded).collect();
    debug_assert_eq!(rounded.iter().map(Block::size).sum::<usize>(), n);
    drop_conjugates(&mut rounded, ZERO * largest);
    Some(Spectrum::of_blocks(&to_states, &from_states, rounded, drive))
}

fn near(z: Wide) -> Complex64 {
    Complex64::new(z.re.near(), z.im.near())
}

fn size(z: Wide) -> f64 {
    near(z).norm()
}

fn wide(z: Complex64) -> Wide {
    Wide::new(z.re.into(), z.im.into())
}

/// Drops entries that are what rounding left of zero, which scaling to like size would make as large as all
/// others: columns count voltages, so that entries of a row compare.
fn without_dust(mut a: Matrix) -> Matrix {
    for mut row in a.row_iter_mut() {
        let largest = row.iter().map(|x| x.value().abs()).fold(0.0, f64::max);
        row.iter_mut()
            .filter(|x| x.value().abs() <= DUST * largest)
            .for_each(|x| *x = Double::zero());
    }
    a
}

/// Scales by powers of two until rows and columns are of like size (Parlett and Reinsch, "Balancing
/// a matrix for calculation of eigenvalues and eigenvectors", Numer. Math. 13, 1969).
fn balance(mut a: Matrix) -> (Matrix, Vec<f64>) {
    let n = a.nrows();
    let mut scale = vec![1.0; n];
    for _ in 0..100 {
        let mut done = true;
        for i in 0..n {
            let others = |at: usize| at != i;
            let row: f64 = (0..n).filter(|&j| others(j)).map(|j| a[(i, j)].value().abs()).sum();
            let column: f64 = (0..n).filter(|&j| others(j)).map(|j| a[(j, i)].value().abs()).sum();
            if row == 0.0 || column == 0.0 {
                continue;
            }
            let factor = ((row / column).log2() / 2.0).round().exp2();
            if column * factor + row / factor < 0.95 * (column + row) {
                done = false;
                scale[i] *= factor;
                let (up, down) = (Double::from(factor), Double::from(1.0 / factor));
                a.column_mut(i).iter_mut().for_each(|x| *x *= up);
                a.row_mut(i).iter_mut().for_each(|x| *x *= down);
            }
        }
        if done {
            break;
        }
    }
    (a, scale)
}

/// `(Q, T)` with `A Q = Q T`, `Q` unitary, `T` upper triangular.
fn schur(a: &Matrix) -> Option<(WideMatrix, WideMatrix)> {
    let n = a.nrows();
    let mut q = WideMatrix::zeros(n, n);
    let mut first = 0;
    for part in parts(a) {
        let own = Matrix::from_fn(part.len(), part.len(), |i, j| a[(part[i], part[j])]);
        let (mut h, mut z) = hessenberg(own);
        iterate(&mut h, &mut z)?;
        for (i, &state) in part.iter().enumerate() {
            for j in 0..part.len() {
                q[(state, first + j)] = z[(i, j)];
            }
        }
        first += part.len();
    }
    let image = a.map(|x| Wide::new(x, Double::zero())) * &q;
    let mut t = q.map(|z| z.conj()).transpose() * image;
    for j in 0..n {
        for i in j + 1..n {
            t[(i, j)] = Wide::zero();
        }
    }
    Some((q, t))
}

/// Strongly connected parts, so ordered that the matrix is upper triangular by blocks.
fn parts(a: &Matrix) -> Vec<Vec<usize>> {
    let n = a.nrows();
    let mut graph = DiGraph::<(), ()>::new();
    let nodes: Vec<_> = (0..n).map(|_| graph.add_node(())).collect();
    for j in 0..n {
        for i in 0..n {
            if i != j && !a[(i, j)].is_zero() {
                graph.add_edge(nodes[j], nodes[i], ());
            }
        }
    }
    let mut parts: Vec<Vec<usize>> = petgraph::algo::tarjan_scc(&graph)
        .into_iter()
        .map(|part| part.into_iter().map(|node| node.index()).collect())
        .collect();
    parts.iter_mut().for_each(|part| part.sort_unstable());
    parts
}

/// `(H, Z)` with `A Z = Z H`, `Z` orthogonal, `H` zero below its first subdiagonal.
fn hessenberg(mut a: Matrix) -> (WideMatrix, WideMatrix) {
    let n = a.nrows();
    let mut z = Matrix::from_fn(n, n, |i, j| if i == j { Double::one() } else { Double::zero() });
    for k in 0..n.saturating_sub(2) {
        // A reflection that leaves one entry of the column below the diagonal.
        let mut v: Vec<Double> = (k + 1..n).map(|i| a[(i, k)]).collect();
        if v[1..].iter().all(Zero::is_zero) {
            continue;
        }
        let length = v.iter().map(|x| *x * *x).sum::<Double>().root();
        v[0] = if v[0].value() < 0.0 { v[0] - length } else { v[0] + length };
        let factor = Double::from(2.0) / v.iter().map(|x| *x * *x).sum::<Double>();
        for j in k..n {
            let sum: Double = v.iter().enumerate().map(|(i, x)| *x * a[(k + 1 + i, j)]).sum();
            let sum = sum * factor;
            v.iter().enumerate().for_each(|(i, x)| a[(k + 1 + i, j)] -= *x * sum);
        }
        for m in [&mut a, &mut z] {
            for i in 0..n {
                let sum: Double = v.iter().enumerate().map(|(j, x)| *x * m[(i, k + 1 + j)]).sum();
                let sum = sum * factor;
                v.iter().enumerate().for_each(|(j, x)| m[(i, k + 1 + j)] -= *x * sum);
            }
        }
        (k + 2..n).for_each(|i| a[(i, k)] = Double::zero());
    }
    let complex = |m: Matrix| m.map(|x| Wide::new(x, Double::zero()));
    (complex(a), complex(z))
}

/// Shifted QR steps until a Hessenberg matrix is triangular; none if that does not end.
fn iterate(h: &mut WideMatrix, z: &mut WideMatrix) -> Option<()> {
    let norm = h.iter().map(|x| size(*x)).fold(0.0, f64::max);
    let mut last = h.nrows().saturating_sub(1);
    let mut steps = 0;
    while last > 0 {
        let negligible = |h: &WideMatrix, i: usize| {
            let beside = size(h[(i, i)]) + size(h[(i - 1, i - 1)]);
            let beside = if beside == 0.0 { norm } else { beside };
            size(h[(i, i - 1)]) <= Double::UNIT * beside
        };
        let first = (1..=last).rev().find(|&i| negligible(h, i)).unwrap_or(0);
        if first > 0 {
            h[(first, first - 1)] = Wide::zero();
        }
        if first == last {
            last -= 1;
            steps = 0;
            continue;
        }
        steps += 1;
        if steps > STEPS {
            return None;
        }
        let shift = if steps % 11 == 10 {
            wide(near(h[(last, last)]) + size(h[(last, last - 1)]))
        } else {
            shift(h, last)
        };
        step(h, z, first, last, shift);
    }
    Some(())
}

/// The eigenvalue of the last two rows nearest the last entry. Rounded to f64 it would be as far from both of a pair that
/// only the digits behind tell apart, as equal parts of a circuit make them, and no step would part them.
fn shift(h: &WideMatrix, last: usize) -> Wide {
    let [a, b] = [h[(last - 1, last - 1)], h[(last - 1, last)]];
    let [c, d] = [h[(last, last - 1)], h[(last, last)]];
    let half = (a - d) * wide(Complex64::new(0.5, 0.0));
    let root = root(half * half + b * c);
    let far = if size(half + root) > size(half - root) { half + root } else { half - root };
    if far.is_zero() { d } else { d - b * c / far }
}

/// A square root.
fn root(z: Wide) -> Wide {
    let length = z.norm_sqr().root();
    if length.is_zero() {
        return z;
    }
    // The larger part by a root, the other by division, so that nothing cancels.
    let negative = z.re.value() < 0.0;
    let re = if negative { -z.re } else { z.re };
    let larger = ((length + re).scaled(0.5)).root();
    let smaller = z.im.scaled(0.5) / larger;
    if negative { Wide::new(smaller, larger) } else { Wide::new(larger, smaller) }
}

/// One QR step with a shift on the rows from `first` to `last`, by a chain of rotations.
fn step(h: &mut WideMatrix, z: &mut WideMatrix, first: usize, last: usize, shift: Wide) {
    let n = h.nrows();
    let (mut x, mut y) = (h[(first, first)] - shift, h[(first + 1, first)]);
    for k in first..last {
        let square = x.norm_sqr() + y.norm_sqr();
        if !square.is_zero() {
            let length = square.root();
            let (c, s) = (x / length, y / length);
            let left = if k > first { k - 1 } else { first };
            for j in left..n {
                let (u, v) = (h[(k, j)], h[(k + 1, j)]);
                h[(k, j)] = c.conj() * u + s.conj() * v;
                h[(k + 1, j)] = c * v - s * u;
            }
            for (m, rows) in [(&mut *h, (k + 3).min(last + 1)), (&mut *z, n)] {
                for i in 0..rows {
                    let (u, v) = (m[(i, k)], m[(i, k + 1)]);
                    m[(i, k)] = u * c + v * s;
                    m[(i, k + 1)] = v * c.conj() - u * s.conj();
                }
            }
        }
        if k + 1 < last {
            (x, y) = (h[(k + 1, k)], h[(k + 2, k)]);
        }
    }
}

/// Whether `A T = T blocks` and `T^-1 T = 1` hold so well that every block is right.
fn verify(a: &Matrix, to: &WideMatrix, from: &WideMatrix, blocks: &[WideBlock]) -> bool {
    let n = a.nrows();
    let mut residual = a.map(|x| Wide::new(x, Double::zero())) * to;
    for block in blocks {
        let size = block.matrix.nrows();
        let image = to.columns(block.first, size) * &block.matrix;
        let mut columns = residual.columns_mut(block.first, size);
        columns -= image;
    }
    let inverse = from * to;
    let identity = (0..n).all(|i| {
        (0..n).all(|j| {
            let one = if i == j { Wide::one() } else { Wide::zero() };
            size(inverse[(i, j)] - one) <= TOLERANCE
        })
    });
    identity
        && blocks.iter().all(|block| {
            let count = block.matrix.nrows();
            let own = from.rows(block.first, count) * residual.columns(block.first, count);
            let error = own.iter().map(|z| size(*z)).fold(0.0, f64::max);
            error <= (TOLERANCE * size(block.mean())).max(HARMLESS)
        })
}

/// Keeps one block of each conjugate pair, with twice the weight, and makes rates real that are.
fn drop_conjugates(blocks: &mut Vec<Block>, zero: f64) {
    let rates: Vec<Complex64> = blocks.iter().map(|b| b.rate).collect();
    for (at, block) in blocks.iter_mut().enumerate() {
        let conjugate = block.rate.conj();
        let distance = |other: &Complex64| (other - conjugate).norm();
        let own = distance(&block.rate);
        let partner = rates.iter().enumerate().any(|(o, r)| o != at && distance(r) < own);
        let rate = if block.rate.norm() <= zero {
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
    blocks.retain(|b| b.rate.im >= 0.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rounding_left_of_zero_does_not_blur_a_state_that_only_follows() {
        // x1 follows x0 by 41/s; l = (41 / (1e6 - 41), 1) is the left eigenvector of -41.
        let rows = [[-1e6, 1e-25], [41.0, -41.0]];
        let a = Matrix::from_fn(2, 2, |i, j| rows[i][j].into());
        let l = Double::from(41.0) / Double::from(1e6 - 41.0);
        let drive = Drive { rows: vec![vec![(0, Double::one())], vec![(0, -l)]], inputs: 1 };
        let found = spectrum(&a, &drive).expect("modes");
        let slow = found.blocks.iter().find(|b| b.rate.norm() < 100.0).expect("a mode").first;
        let effect = found.to_states[(1, slow)] * found.drive[(slow, 0)];
        assert!(effect.norm() <= 1e-22, "{effect}");
    }

    #[test]
    fn a_block_that_is_off_by_1e_11_is_noticed() {
        // A complex pair beside a slow and a fast rate, coupled.
        let rows = [
            [-1e3, 5e3, 0.0, 1.0],
            [-4e3, -2e3, 1e-3, 0.0],
            [7.0, 0.0, -1e-4, 2.0],
            [0.0, 3e5, 1.0, -1e8],
        ];
        let a = Matrix::from_fn(4, 4, |i, j| rows[i][j].into());
        let (q, t) = schur(&a).expect("a Schur form");
        let (to, from, mut blocks) = decouple(q, &t, &[1; 4]).expect("blocks");
        assert!(verify(&a, &to, &from, &blocks));
        for k in 0..4 {
            let right = blocks[k].matrix.clone();
            blocks[k].matrix[(0, 0)] *= Double::from(1.0 + 1e-11);
            assert!(!verify(&a, &to, &from, &blocks), "{k}");
            blocks[k].matrix = right;
            let mut off = to.clone();
            off[(k, k)] += Double::from(1e-11);
            assert!(!verify(&a, &off, &from, &blocks), "{k}");
        }
    }
}
