//! Signed weights as pairs of conductances.

use nalgebra::DMatrix;

use crate::{Config, Error};

/// Conductance that a weight of 1 makes between the two devices of its pair (S).
///
/// `weight_max` is the configured one, or the largest magnitude among the weights.
pub(crate) fn scale(weights: &DMatrix<f64>, config: &Config) -> Result<f64, Error> {
    let (rows, columns) = weights.shape();
    if weights.is_empty() {
        return Err(Error::Empty { rows, columns });
    }
    let places = || (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    if let Some((row, column)) = places().find(|&place| !weights[place].is_finite()) {
        return Err(Error::WeightNotFinite { row, column, value: weights[(row, column)] });
    }
    let weight_max = config.weight_max.unwrap_or_else(|| match weights.amax() {
        // All weights are zero: any scale serves.
        0.0 => 1.0,
        largest => largest,
    });
    if let Some((row, column)) = places().find(|&place| weights[place].abs() > weight_max) {
        let value = weights[(row, column)];
        return Err(Error::WeightOutOfRange { row, column, value, weight_max });
    }
    Ok((config.gmax_s - config.gmin_s) / weight_max)
}

/// Conductances to program, rows x 2 columns (S): the weight of column `k` is the device of
/// physical column `2 k` less that of `2 k + 1`, and the lesser of both is `gmin_s`.
pub(crate) fn pairs(weights: &DMatrix<f64>, scale: f64, config: &Config) -> DMatrix<f64> {
    DMatrix::from_fn(weights.nrows(), 2 * weights.ncols(), |row, device| {
        let weight = weights[(row, device / 2)];
        let part = if device % 2 == 0 { weight } else { -weight };
        nearest_level((config.gmin_s + part.max(0.0) * scale).min(config.gmax_s), config)
    })
}

fn nearest_level(conductance: f64, config: &Config) -> f64 {
    let Config { gmin_s, gmax_s, levels, .. } = *config;
    let Some(levels) = levels else { return conductance };
    let step = (gmax_s - gmin_s) / f64::from(levels - 1);
    (gmin_s + ((conductance - gmin_s) / step).round() * step).min(gmax_s)
}
