//! Crossbar arrays: the rows that sums share, and what each weighs them with.

use crate::NodeId;

/// An array of a circuit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArrayId(pub(crate) u32);

impl ArrayId {
    /// Position in [`crate::Circuit::arrays`].
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What the sums of one array share. It senses its rows without loading them; voltage sources must hold them, so that
/// a sum changes only when they do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Array {
    pub(crate) rows: Box<[NodeId]>,
}

impl Array {
    /// The rows. Where one source holds each of them, they are in the order of these sources; else in the order in which
    /// they were named.
    #[must_use]
    pub fn rows(&self) -> &[NodeId] {
        &self.rows
    }
}

/// A current `sum of weights * v(rows)`: that of a column of an array, or what a row takes.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightedSum {
    /// The array.
    pub array: ArrayId,
    /// The weights of its rows (S).
    pub weights: Weights,
}

/// Weights of the rows of an array, in whichever form takes less memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights(Form);

#[derive(Debug, Clone, PartialEq)]
enum Form {
    /// Of every row.
    Dense(Box<[f64]>),
    /// Of the rows where it is not zero, ascending.
    Sparse { rows: Box<[u32]>, weights: Box<[f64]> },
}

impl Weights {
    /// A weight for each row.
    #[must_use]
    pub fn dense(weights: Vec<f64>) -> Self {
        // A weight in a list takes half as much again as one of a row.
        let used = weights.iter().filter(|weight| **weight != 0.0).count();
        if 2 * used >= weights.len() {
            return Self(Form::Dense(weights.into()));
        }
        let nonzero = (0..).zip(weights).filter(|(_, weight)| *weight != 0.0);
        let (rows, weights): (Vec<u32>, Vec<f64>) = nonzero.unzip();
        Self(Form::Sparse { rows: rows.into(), weights: weights.into() })
    }

    /// The weights of some of `count` rows; of all others it is zero.
    #[must_use]
    pub fn of_rows(count: usize, mut weights: Vec<(u32, f64)>) -> Self {
        weights.retain(|(_, weight)| *weight != 0.0);
        weights.sort_unstable_by_key(|(row, _)| *row);
        if 2 * weights.len() >= count {
            let mut dense = vec![0.0; count];
            weights.iter().for_each(|(row, weight)| dense[*row as usize] += weight);
            return Self(Form::Dense(dense.into()));
        }
        let rows = weights.iter().map(|(row, _)| *row).collect();
        Self(Form::Sparse { rows, weights: weights.iter().map(|(_, weight)| *weight).collect() })
    }

    /// The weight of a row.
    #[must_use]
    pub fn of(&self, row: u32) -> f64 {
        match &self.0 {
            Form::Dense(weights) => weights[row as usize],
            Form::Sparse { rows, weights } => {
                rows.binary_search(&row).map_or(0.0, |at| weights[at])
            }
        }
    }

    /// Rows and weights where these are not zero, by row ascending.
    pub fn iter(&self) -> impl Iterator<Item = (u32, f64)> + '_ {
        let (rows, weights): (&[u32], &[f64]) = match &self.0 {
            Form::Dense(weights) => (&[], weights),
            Form::Sparse { rows, weights } => (rows, weights),
        };
        let row = move |at: usize| rows.get(at).copied().unwrap_or(at as u32);
        weights
            .iter()
            .enumerate()
            .map(move |(at, weight)| (row(at), *weight))
            .filter(|(_, w)| *w != 0.0)
    }

    /// The sum of the weights times the values of their rows, by row ascending; rows at zero, most of many, take part in
    /// none of it.
    #[must_use]
    pub fn sum(&self, values: &[f64]) -> f64 {
        let add = |sum: f64, (value, weight): (f64, &f64)| {
            if value == 0.0 { sum } else { sum + weight * value }
        };
        match &self.0 {
            Form::Dense(weights) => values.iter().copied().zip(weights).fold(0.0, add),
            Form::Sparse { rows, weights } => {
                rows.iter().map(|row| values[*row as usize]).zip(weights).fold(0.0, add)
            }
        }
    }

    /// How many are kept: those that are not zero, or all.
    #[must_use]
    pub fn stored(&self) -> usize {
        match &self.0 {
            Form::Dense(weights) | Form::Sparse { weights, .. } => weights.len(),
        }
    }

    /// Steps in which the weight of a row is found.
    #[must_use]
    pub fn steps(&self) -> usize {
        match &self.0 {
            Form::Dense(_) => 1,
            Form::Sparse { rows, .. } => 1 + rows.len().checked_ilog2().unwrap_or(0) as usize,
        }
    }

    /// The last row that it has a weight for, and one more.
    pub(crate) fn reach(&self) -> usize {
        match &self.0 {
            Form::Dense(weights) => weights.len(),
            Form::Sparse { rows, .. } => rows.last().map_or(0, |row| *row as usize + 1),
        }
    }

    /// The same weights where row `r` has become row `to[r]`.
    pub(crate) fn moved(&self, to: &[u32]) -> Self {
        let moved = self.iter().map(|(row, weight)| (to[row as usize], weight));
        Self::of_rows(to.len(), moved.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_weights_of_many_rows_are_the_same_weights() {
        let listed = vec![(7, 0.5), (2, -1.0), (900, 0.0)];
        let sparse = Weights::of_rows(1000, listed.clone());
        assert_eq!((sparse.stored(), sparse.reach()), (2, 8));
        let mut all = vec![0.0; 1000];
        listed.iter().for_each(|(row, weight)| all[*row as usize] = *weight);
        // The definition, with every term; a row at zero changes nothing.
        let values: Vec<f64> = (0..1000).map(|row| [0.0, 1.5, -2.0][row % 3]).collect();
        let sum = all.iter().zip(&values).map(|(weight, value)| weight * value).sum::<f64>();
        assert_eq!((sparse.sum(&values), sum), (0.5 * 1.5 - 1.0 * -2.0, 2.75));
        assert_eq!(Weights::dense(vec![3.0, 0.5, 2.0]).sum(&values[..3]), 0.75 - 4.0);
        assert_eq!(sparse, Weights::dense(all));
        assert_eq!(sparse.iter().collect::<Vec<_>>(), [(2, -1.0), (7, 0.5)]);
        assert_eq!([sparse.of(2), sparse.of(3), sparse.of(7)], [-1.0, 0.0, 0.5]);
    }

    #[test]
    fn rows_that_move_take_their_weights_along() {
        let weights = Weights::dense(vec![1.0, 2.0, 0.0]);
        assert_eq!(weights.moved(&[2, 0, 1]).iter().collect::<Vec<_>>(), [(0, 2.0), (2, 1.0)]);
    }
}
