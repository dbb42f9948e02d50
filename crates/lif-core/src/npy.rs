//! Trained weights from NumPy files.

use std::{fs::File, io::BufReader, path::Path};

use npyz::{DType, NpyFile, Order, TypeChar};

use crate::FloatLayer;

/// Why a `.npy` file gives no weights.
#[derive(Debug, thiserror::Error)]
pub enum NpyError {
    /// The file cannot be read, or is no `.npy` file.
    #[error("{0}")]
    Read(#[from] std::io::Error),
    /// It holds something else than a table.
    #[error("it has {found} dimensions; weights have two, inputs x neurons")]
    Dimensions {
        /// Number of dimensions.
        found: usize,
    },
    /// It holds something else than floating-point numbers.
    #[error("its numbers have type {0}; weights are float32 or float64")]
    Type(String),
    /// A weight is no number.
    #[error("the weight of input {input} to neuron {neuron} is {value}")]
    Value {
        /// The input.
        input: usize,
        /// The neuron.
        neuron: usize,
        /// The weight.
        value: f64,
    },
    /// It has no rows or no columns.
    #[error("it is empty: {inputs} x {neurons} (inputs x neurons)")]
    Empty {
        /// Number of rows.
        inputs: usize,
        /// Number of columns.
        neurons: usize,
    },
}

/// Reads the weights of a layer: a two-dimensional array of float32 or float64, inputs x neurons.
///
/// # Errors
/// The file cannot be read, or does not hold such an array of finite numbers.
pub fn read_weights(path: &Path) -> Result<FloatLayer, NpyError> {
    let file = NpyFile::new(BufReader::new(File::open(path)?))?;
    let &[inputs, neurons] = file.shape() else {
        return Err(NpyError::Dimensions { found: file.shape().len() });
    };
    let (inputs, neurons) = (inputs as usize, neurons as usize);
    if inputs == 0 || neurons == 0 {
        return Err(NpyError::Empty { inputs, neurons });
    }
    let columns_first = file.order() == Order::Fortran;
    let mut values = floats(file)?;
    if columns_first {
        let columns = values;
        values =
            (0..inputs * neurons).map(|at| columns[at % neurons * inputs + at / neurons]).collect();
    }
    if let Some(at) = values.iter().position(|value| !value.is_finite()) {
        return Err(NpyError::Value {
            input: at / neurons,
            neuron: at % neurons,
            value: values[at],
        });
    }
    Ok(FloatLayer { neurons, weights: values })
}

fn floats(file: NpyFile<BufReader<File>>) -> Result<Vec<f64>, NpyError> {
    let dtype = file.dtype();
    let kind = match &dtype {
        DType::Plain(kind) if kind.type_char() == TypeChar::Float => kind.size_field(),
        _ => 0,
    };
    match kind {
        4 => Ok(file.into_vec::<f32>()?.into_iter().map(f64::from).collect()),
        8 => Ok(file.into_vec::<f64>()?),
        _ => Err(NpyError::Type(dtype.descr())),
    }
}
