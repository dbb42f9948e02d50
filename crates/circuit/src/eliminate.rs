//! Elimination by Gauss and Jordan with complete pivots: which unknowns equations determine, and by what.

use crate::dense::Matrix;
use crate::double::Double;

/// A pivot this small, rows and columns scaled to one, is what rounding leaves of zero.
const SINGULAR: f64 = 1e-24;

/// What was found of equations `rows * columns = 0`.
pub(crate) struct Eliminated {
    /// For each row the column of the unknown that it determines: that unknown plus the rest of the row is zero.
    pub pivots: Vec<usize>,
    /// The rows, with a one at their pivot and zeros at all others.
    pub rows: Matrix,
}

/// Determines as many as can be of the unknowns of some columns, then of others, all of them among the first `last`;
/// none if some row determines neither: equations that depend on each other, or contradict each other.
pub(crate) fn eliminate(
    mut rows: Matrix,
    last: usize,
    unknowns: [&[usize]; 2],
) -> Option<Eliminated> {
    let (count, width) = rows.shape();
    for i in 0..count {
        let scale = scale(rows.row(i).iter().take(last))?;
        rows.row_mut(i).iter_mut().for_each(|x| *x *= scale);
    }
    // Unknowns in units of their own.
    let scales: Vec<Double> =
        (0..last).map(|j| scale(rows.column(j).iter()).unwrap_or(Double::from(1.0))).collect();
    for (j, scale) in scales.iter().enumerate() {
        rows.column_mut(j).iter_mut().for_each(|x| *x *= *scale);
    }
    let mut pivots = Vec::with_capacity(count);
    for columns in unknowns {
        while let Some((row, column)) = pivot(&rows, pivots.len(), columns) {
            let at = pivots.len();
            rows.swap_rows(at, row);
            clear(&mut rows, at, column);
            pivots.push(column);
        }
    }
    if pivots.len() < count {
        return None;
    }
    for (i, pivot) in pivots.iter().enumerate() {
        for j in 0..width {
            // In its own unit, an unknown is its scale times the other.
            let other = scales.get(j).copied().unwrap_or(Double::from(1.0));
            rows[(i, j)] = rows[(i, j)] * scales[*pivot] / other;
        }
    }
    rows.iter().all(|x| x.is_finite()).then_some(Eliminated { pivots, rows })
}

/// The largest entry of these columns in rows from `first` on, unless it is what rounding leaves.
fn pivot(rows: &Matrix, first: usize, columns: &[usize]) -> Option<(usize, usize)> {
    let mut best = (SINGULAR, None);
    for &j in columns {
        for i in first..rows.nrows() {
            let size = rows[(i, j)].value().abs();
            if size > best.0 {
                best = (size, Some((i, j)));
            }
        }
    }
    best.1
}

/// Makes the entry at the pivot one and the others of its column zero.
fn clear(rows: &mut Matrix, at: usize, column: usize) {
    let (count, width) = rows.shape();
    let pivot = rows[(at, column)];
    for j in 0..width {
        rows[(at, j)] /= pivot;
    }
    rows[(at, column)] = Double::from(1.0);
    for i in (0..count).filter(|i| *i != at) {
        let factor = rows[(i, column)];
        if factor.value() == 0.0 {
            continue;
        }
        for j in 0..width {
            let product = factor * rows[(at, j)];
            rows[(i, j)] -= product;
        }
        rows[(i, column)] = Double::from(0.0);
    }
}

/// What brings the largest of some numbers near one, exactly; none if all are zero.
fn scale<'a>(numbers: impl Iterator<Item = &'a Double>) -> Option<Double> {
    let largest = numbers.map(|x| x.value().abs()).fold(0.0, f64::max);
    let is_sound = largest > 0.0 && largest.is_finite();
    is_sound.then(|| Double::from((-largest.log2().round()).exp2()))
}
