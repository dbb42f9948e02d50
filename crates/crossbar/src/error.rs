//! What can be wrong with weights, an array or a vector.

use crate::config::ConfigError;

/// Why an array cannot be made or used. Rows and columns count from 0.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// A value of the configuration is out of its range.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// No weights at all.
    #[error("weights are {rows} x {columns}: an array needs at least one row and one column")]
    Empty {
        /// Rows of the weights.
        rows: usize,
        /// Columns of the weights.
        columns: usize,
    },
    /// A weight is beyond what a pair of devices can hold.
    #[error(
        "the weight {value} in row {row}, column {column} is out of range: weight_max is {weight_max}"
    )]
    WeightOutOfRange {
        /// Row of the weight.
        row: usize,
        /// Column of the weight.
        column: usize,
        /// The weight.
        value: f64,
        /// Largest magnitude that a pair of devices holds.
        weight_max: f64,
    },
    /// A weight is NaN or infinite.
    #[error("the weight in row {row}, column {column} is {value}, not a finite number")]
    WeightNotFinite {
        /// Row of the weight.
        row: usize,
        /// Column of the weight.
        column: usize,
        /// The weight.
        value: f64,
    },
    /// A vector of voltages has not one value a row.
    #[error("{voltages} voltages are given, the array has {rows} rows")]
    VoltageCount {
        /// Voltages given.
        voltages: usize,
        /// Rows of the array.
        rows: usize,
    },
    /// A row that the array does not have.
    #[error("there is no row {row}, the array has {rows} rows, from 0 on")]
    NoRow {
        /// The row asked for.
        row: usize,
        /// Rows of the array.
        rows: usize,
    },
    /// A quantity that must be finite and not negative.
    #[error("{name} = {value} must be finite, and not negative")]
    Negative {
        /// What was given.
        name: &'static str,
        /// Its value.
        value: f64,
    },
    /// Wires of an array whose elimination would not fit into memory.
    #[error(
        "an array of {rows} x {columns} devices is too large for wire resistance: rows x columns^2, and for \
         the currents of rows rows^2, may be {limit} at most; split it into tiles"
    )]
    TooLarge {
        /// Rows of the array.
        rows: usize,
        /// Its physical columns.
        columns: usize,
        /// Greatest rows x columns^2.
        limit: usize,
    },
    /// Conductances and resistances so far apart that a number left its range.
    #[error("the array cannot be solved: conductances and resistances are too far apart")]
    Overflow,
}
