//! Small signals: what states do where all swings at one rate.

use num_complex::{Complex, Complex64};
use num_traits::Zero;

use super::{System, SystemError, label};
use crate::double::Double;
use crate::limits;
use crate::{Circuit, Island};

/// With 32 digits, because near a resonance little is left of what cancels.
type Wide = Complex<Double>;

impl System {
    /// Amplitudes of the states where all goes as `exp(s t)` (s in 1/s) and the inputs with amplitudes `u`; none if a mode
    /// is just at `s`, so that they grow without bound.
    ///
    /// # Errors
    /// [`SystemError::TooLarge`].
    pub fn response(
        &self,
        circuit: &Circuit,
        island: &Island,
        s: Complex64,
        u: &[Complex64],
    ) -> Result<Option<Vec<Complex64>>, SystemError> {
        let n = self.states;
        limits::elimination(n, 0, n + 1).map_err(|failure| failure.at(label(circuit, island)))?;
        // (s - a) x = b u, the right side in the last column.
        let mut rows = vec![vec![Wide::zero(); n + 1]; n];
        for (at, row) in self.rates.iter().enumerate() {
            rows[at][at] = wide(s);
            for (column, weight) in &row.0 {
                let weight = Wide::from(*weight);
                match column.checked_sub(n) {
                    Some(input) => rows[at][n] += weight * wide(u[input]),
                    None => rows[at][*column] -= weight,
                }
            }
        }
        Ok(solve(rows))
    }
}

fn wide(z: Complex64) -> Wide {
    Complex::new(z.re.into(), z.im.into())
}

fn near(z: Wide) -> Complex64 {
    Complex64::new(z.re.value(), z.im.value())
}

/// Elimination by columns, the greatest of each first; none where a column has nothing left.
fn solve(mut rows: Vec<Vec<Wide>>) -> Option<Vec<Complex64>> {
    let n = rows.len();
    for column in 0..n {
        let size = |row: &usize| near(rows[*row][column]).norm();
        let pivot = (column..n).max_by(|a, b| size(a).total_cmp(&size(b)))?;
        rows.swap(column, pivot);
        let (above, below) = rows.split_at_mut(column + 1);
        let top = &above[column];
        if near(top[column]) == Complex64::ZERO {
            return None;
        }
        for row in below {
            let factor = row[column] / top[column];
            if !factor.is_zero() {
                for at in column..=n {
                    let part = factor * top[at];
                    row[at] -= part;
                }
            }
        }
    }
    let mut found = vec![Wide::zero(); n];
    for at in (0..n).rev() {
        let known: Wide = (at + 1..n).map(|other| rows[at][other] * found[other]).sum();
        found[at] = (rows[at][n] - known) / rows[at][at];
    }
    let found: Vec<Complex64> = found.into_iter().map(near).collect();
    found.iter().all(|x| x.is_finite()).then_some(found)
}
