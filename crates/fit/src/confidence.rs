//! What the data say about the parameters: standard deviations, and what they leave open.
//!
//! Near the best fit chi-squared is `|r + J d|^2` for a step `d` of the coordinates, so the
//! covariance of the coordinates is `(J^T J)^-1`, from the singular values of `J`. The
//! measurements' uncertainties are taken at their word: a poor fit does not widen it.

use nalgebra::{DMatrix, DVector};

/// A coordinate this near to 0 or 1, pushed outwards, is at its bound.
const AT_BOUND: f64 = 1e-3;

/// Standard deviation of a coordinate from which the data leave it open: one standard deviation
/// to each side covers half of its range.
const OPEN: f64 = 0.25;

/// Least weight of a coordinate in an open direction that is named after it: rounding has less.
const NAMED: f64 = 0.05;

/// Smallest singular value that is told from zero, as a part of the greatest.
const RANK: f64 = 1e-9;

/// What the data say about the free parameters at a point.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Confidence {
    /// Standard deviation of each coordinate; none at a bound, infinite if nothing depends on it.
    pub sigmas: Vec<Option<f64>>,
    /// Groups of coordinates that can change together without a measurement noticing.
    pub open: Vec<Vec<usize>>,
    /// What one more step of Gauss and Newton would take from chi-squared.
    pub gain: f64,
}

impl Confidence {
    /// From the coordinates, the residuals there and their derivatives.
    pub fn new(coordinates: &[f64], residuals: &[f64], jacobian: &DMatrix<f64>) -> Self {
        let residuals = DVector::from_column_slice(residuals);
        let gradient = jacobian.transpose() * &residuals;
        let inside: Vec<usize> = (0..coordinates.len())
            .filter(|&k| {
                let (at, downhill) = (coordinates[k], -gradient[k]);
                !(at < AT_BOUND && downhill < 0.0 || at > 1.0 - AT_BOUND && downhill > 0.0)
            })
            .collect();
        let mut sigmas = vec![None; coordinates.len()];
        if inside.is_empty() {
            return Self { sigmas, open: Vec::new(), gain: 0.0 };
        }
        // Rows of zeros change nothing, and give as many directions as there are coordinates.
        let rows = jacobian.nrows().max(inside.len());
        let inner = DMatrix::from_fn(rows, inside.len(), |i, j| {
            if i < jacobian.nrows() { jacobian[(i, inside[j])] } else { 0.0 }
        });
        let svd = inner.svd(true, true);
        let (Some(u), Some(directions)) = (svd.u, svd.v_t) else {
            unreachable!("both were asked for")
        };
        let floor = RANK * svd.singular_values.max();
        let width = |k: usize| {
            let value = svd.singular_values[k];
            if value > floor { value.recip() } else { f64::INFINITY }
        };
        for (column, &coordinate) in inside.iter().enumerate() {
            let variance: f64 = (0..inside.len())
                .filter(|&k| directions[(k, column)].abs() > RANK)
                .map(|k| (directions[(k, column)] * width(k)).powi(2))
                .sum();
            sigmas[coordinate] = Some(variance.sqrt());
        }
        let open = (0..inside.len())
            .filter(|&k| width(k) > OPEN)
            .map(|k| {
                let weight = |column: usize| directions[(k, column)].abs();
                let greatest = (0..inside.len()).map(weight).fold(0.0, f64::max);
                let moves = |column: usize| {
                    weight(column) == greatest
                        || weight(column) > NAMED && weight(column) * width(k) > OPEN
                };
                (0..inside.len()).filter(|&c| moves(c)).map(|c| inside[c]).collect()
            })
            .collect();
        let gain = (0..inside.len())
            .filter(|&k| width(k).is_finite())
            .map(|k| u.column(k).rows(0, residuals.len()).dot(&residuals).powi(2))
            .sum();
        Self { sigmas, open, gain }
    }
}

/// How far chi-squared lies above what its degrees of freedom let expect, in standard deviations
/// of a normal distribution (Wilson and Hilferty 1931).
pub(crate) fn excess(chi_squared: f64, freedom: usize) -> f64 {
    let spread = 2.0 / (9.0 * freedom as f64);
    ((chi_squared / freedom as f64).cbrt() - (1.0 - spread)) / spread.sqrt()
}

#[cfg(test)]
mod tests {
    use nalgebra::DMatrix;

    use super::{Confidence, excess};

    #[test]
    fn a_line_through_points_has_the_textbook_covariance() {
        // y = a + b x at x = 0, 1, 2, 3 with sigma 0.02: var a = 0.7, var b = 0.2 sigma^2.
        let jacobian = DMatrix::from_fn(4, 2, |i, j| (i as f64).powi(j as i32) / 0.02);
        let confidence = Confidence::new(&[0.5, 0.5], &[0.0; 4], &jacobian);
        let expected = [0.7_f64.sqrt() * 0.02, 0.2_f64.sqrt() * 0.02];
        for (sigma, expected) in confidence.sigmas.iter().zip(expected) {
            assert!((sigma.unwrap() / expected - 1.0).abs() < 1e-12);
        }
        assert!(confidence.open.is_empty());
    }

    #[test]
    fn a_product_leaves_its_factors_open() {
        let jacobian = DMatrix::from_row_slice(2, 3, &[10.0, 10.0, 0.0, 10.0, 10.0, 50.0]);
        let confidence = Confidence::new(&[0.5; 3], &[0.0; 2], &jacobian);
        assert_eq!(confidence.open, [[0, 1]]);
        assert_eq!(confidence.sigmas[0], Some(f64::INFINITY));
        assert!(confidence.sigmas[2].unwrap() < 0.1);
    }

    #[test]
    fn the_gain_is_what_least_squares_would_gain() {
        // Residuals (1, 2, 3) along a column (1, 1, 1): the mean is removed, 3 * 2^2.
        let jacobian = DMatrix::from_element(3, 1, 1.0);
        let gain = Confidence::new(&[0.5], &[1.0, 2.0, 3.0], &jacobian).gain;
        assert!((gain - 12.0).abs() < 1e-12);
    }

    #[test]
    fn a_coordinate_pushed_against_its_bound_has_no_confidence() {
        let jacobian = DMatrix::from_element(2, 1, 1.0);
        let at = |coordinate, residual| {
            Confidence::new(&[coordinate], &[residual; 2], &jacobian).sigmas[0]
        };
        assert_eq!(at(1e-6, 1.0), None);
        assert_eq!(at(1.0 - 1e-6, -1.0), None);
        assert!(at(1e-6, -1.0).is_some() && at(0.5, 1.0).is_some());
    }

    #[test]
    fn the_excess_follows_tables_of_chi_squared() {
        // Upper 0.135 % (three sigma): 15.63 for 3 degrees of freedom, 29.8 upper 0.0917 % of 10.
        assert!((excess(15.63, 3) - 3.0).abs() < 0.05);
        assert!((excess(9.342, 10)).abs() < 0.01, "the median of 10 degrees of freedom");
    }
}
