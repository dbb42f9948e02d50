//! A matrix of weights and its file.

use std::{
    io,
    path::{Path, PathBuf},
};

use memspike_files::OutputFile;
use memspike_npy::{MARK, MAX_BYTES, NpyError, Table};

/// Weights from inputs (rows) to outputs (columns), without unit: the parameters of the network say
/// which conductance a weight of 1 is.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    rows: usize,
    columns: usize,
    values: Vec<f32>,
}

/// Why weights cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write '{}': {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file holds no table of numbers.
    #[error("{}: {source}", path.display())]
    Npy {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: NpyError,
    },
    /// Another shape than the network's.
    #[error(
        "{}: weights of shape {found:?}; {} inputs by {} outputs need shape {needed:?}: save a row for each input",
        path.display(), needed[0], needed[1]
    )]
    Shape {
        /// The file.
        path: PathBuf,
        /// Its shape.
        found: Vec<usize>,
        /// Inputs and outputs.
        needed: [usize; 2],
    },
    /// A weight that is no finite number.
    #[error(
        "{}: the weight from input {row} to output {column} is {value}; give it a finite value",
        path.display()
    )]
    Value {
        /// The file.
        path: PathBuf,
        /// Input, from 0.
        row: usize,
        /// Output, from 0.
        column: usize,
        /// The weight.
        value: f32,
    },
}

impl Weights {
    /// Weights row by row.
    ///
    /// # Panics
    /// If there are not `rows * columns` values.
    #[must_use]
    pub fn new(rows: usize, columns: usize, values: Vec<f32>) -> Self {
        assert_eq!(values.len(), rows * columns, "weights of {rows} x {columns}");
        Self { rows, columns, values }
    }

    /// Inputs.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Outputs.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// All weights, row by row.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Weights from one input to every output.
    ///
    /// # Panics
    /// If there is no such input.
    #[must_use]
    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.columns..][..self.columns]
    }

    /// The greatest magnitude.
    #[must_use]
    pub fn greatest(&self) -> f32 {
        self.values.iter().fold(0.0, |greatest, w| w.abs().max(greatest))
    }

    /// Reads a .npy file of real numbers, kept as float32.
    ///
    /// # Errors
    /// [`WeightsError`]: the shape must be `(rows, columns)`, every weight finite.
    pub fn read(path: &Path, rows: usize, columns: usize) -> Result<Self, WeightsError> {
        let bytes = memspike_files::read_marked(path, MARK, MAX_BYTES)
            .map_err(|source| WeightsError::Unreadable { path: path.to_owned(), source })?;
        Self::decode(path, &bytes, rows, columns)
    }

    /// [`Weights::read`] of what has been read; `path` names it in errors.
    ///
    /// # Errors
    /// As [`Weights::read`].
    pub fn decode(
        path: &Path,
        npy: &[u8],
        rows: usize,
        columns: usize,
    ) -> Result<Self, WeightsError> {
        let needed = [rows, columns];
        let shape = |found| WeightsError::Shape { path: path.to_owned(), found, needed };
        let table = Table::read(npy).map_err(|error| match error {
            NpyError::Axes { shape: found } => shape(found),
            source => WeightsError::Npy { path: path.to_owned(), source },
        })?;
        if [table.rows, table.columns] != needed {
            return Err(shape(vec![table.rows, table.columns]));
        }
        let values: Vec<f32> = table.values.iter().map(|w| *w as f32).collect();
        if let Some(at) = values.iter().position(|w| !w.is_finite()) {
            let (row, column) = (at / columns, at % columns);
            let value = values[at];
            return Err(WeightsError::Value { path: path.to_owned(), row, column, value });
        }
        Ok(Self { rows, columns, values })
    }

    /// Writes a .npy file of float32, shape `(rows, columns)`, that appears when it is complete.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), WeightsError> {
        let unwritable = |source| WeightsError::Unwritable { path: path.to_owned(), source };
        OutputFile::write(path, &self.bytes()).map_err(unwritable)
    }

    /// The .npy file's bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        memspike_npy::write_f32(&mut bytes, self.columns, &self.values)
            .expect("memory can always be written");
        bytes
    }
}
