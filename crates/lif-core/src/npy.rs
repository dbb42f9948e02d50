//! Trained weights from NumPy files.

use std::path::Path;

use memspike_npy::{MARK, MAX_BYTES, NpyError, Table};

use crate::FloatLayer;

/// Why a `.npy` file gives no weights.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// The file cannot be read.
    #[error("{0}")]
    Read(#[from] std::io::Error),
    /// It holds no table of numbers.
    #[error(transparent)]
    Npy(#[from] NpyError),
    /// A weight is no number.
    #[error("the weight of input {input} to neuron {neuron} is {value}; give it a finite value")]
    Value {
        /// The input.
        input: usize,
        /// The neuron.
        neuron: usize,
        /// The weight.
        value: f64,
    },
    /// It has no rows or no columns.
    #[error("it is empty: {inputs} x {neurons} (inputs x neurons); save a row for each input")]
    Empty {
        /// Number of rows.
        inputs: usize,
        /// Number of columns.
        neurons: usize,
    },
}

/// Reads the weights of a layer: a two-dimensional array of real numbers, inputs x neurons.
///
/// # Errors
/// The file cannot be read, or does not hold such an array of finite numbers.
pub fn read_weights(path: &Path) -> Result<FloatLayer, WeightsError> {
    decode_weights(&memspike_files::read_marked(path, MARK, MAX_BYTES)?)
}

/// As [`read_weights`], from what a file has in it.
///
/// # Errors
/// As [`read_weights`].
pub fn decode_weights(npy: &[u8]) -> Result<FloatLayer, WeightsError> {
    let Table { rows: inputs, columns: neurons, values, integers } = Table::read(npy)?;
    if values.is_empty() {
        return Err(WeightsError::Empty { inputs, neurons });
    }
    if let Some(at) = values.iter().position(|value| !value.is_finite()) {
        let (input, neuron) = (at / neurons, at % neurons);
        return Err(WeightsError::Value { input, neuron, value: values[at] });
    }
    Ok(FloatLayer { neurons, weights: values, integers })
}
