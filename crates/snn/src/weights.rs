//! A matrix of weights and its file.

use std::{
    fs::File,
    io::{self, BufReader, Write as _},
    path::{Path, PathBuf},
};

use memspike_trace::AtomicFile;
use npyz::{DType, NpyFile, Order, TypeChar, WriterBuilder as _};

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
    /// The file cannot be read, or is no .npy file.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system or the parser said.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("{}: cannot write: {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Entries of another type.
    #[error("{}: entries of type {found}; float32 ('<f4') or float64 ('<f8') are needed", path.display())]
    Type {
        /// The file.
        path: PathBuf,
        /// The type, as NumPy writes it.
        found: String,
    },
    /// Another shape than the network's.
    #[error(
        "{}: weights of shape {found:?}; {} inputs by {} outputs need shape {needed:?}",
        path.display(), needed[0], needed[1]
    )]
    Shape {
        /// The file.
        path: PathBuf,
        /// Its shape.
        found: Vec<u64>,
        /// Inputs and outputs.
        needed: [usize; 2],
    },
    /// A weight that is no finite number.
    #[error("{}: the weight from input {row} to output {column} is {value}", path.display())]
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

    /// Reads a .npy file of float32 or float64, in C or Fortran order.
    ///
    /// # Errors
    /// [`WeightsError`]: the shape must be `(rows, columns)`, every weight finite.
    pub fn read(path: &Path, rows: usize, columns: usize) -> Result<Self, WeightsError> {
        let unreadable = |source| WeightsError::Unreadable { path: path.to_owned(), source };
        let file = BufReader::new(File::open(path).map_err(unreadable)?);
        Self::decode(path, file, rows, columns)
    }

    /// [`Weights::read`] of what is already open; `path` names it in errors.
    ///
    /// # Errors
    /// As [`Weights::read`].
    pub fn decode(
        path: &Path,
        npy: impl io::Read,
        rows: usize,
        columns: usize,
    ) -> Result<Self, WeightsError> {
        let unreadable = |source| WeightsError::Unreadable { path: path.to_owned(), source };
        let file = NpyFile::new(npy).map_err(unreadable)?;
        let needed = [rows, columns];
        if !file.shape().iter().copied().eq(needed.map(|n| n as u64)) {
            let found = file.shape().to_vec();
            return Err(WeightsError::Shape { path: path.to_owned(), found, needed });
        }
        let columns_first = file.order() == Order::Fortran;
        let values = read_values(path, file)?;
        let values = if columns_first {
            (0..rows * columns).map(|k| values[k % columns * rows + k / columns]).collect()
        } else {
            values
        };
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
        let mut file = AtomicFile::create(path).map_err(unwritable)?;
        file.write_all(&self.bytes()).map_err(unwritable)?;
        file.finish().map_err(unwritable)
    }

    /// The .npy file's bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut write = || {
            let mut writer = npyz::WriteOptions::new()
                .default_dtype()
                .shape(&[self.rows as u64, self.columns as u64])
                .writer(&mut bytes)
                .begin_nd()?;
            writer.extend(self.values.iter().copied())?;
            writer.finish()
        };
        let () = write().expect("memory can always be written");
        bytes
    }
}

fn read_values(path: &Path, file: NpyFile<impl io::Read>) -> Result<Vec<f32>, WeightsError> {
    let unreadable = |source| WeightsError::Unreadable { path: path.to_owned(), source };
    let bytes = match file.dtype() {
        DType::Plain(plain) if plain.type_char() == TypeChar::Float => plain.size_field(),
        _ => 0,
    };
    match bytes {
        4 => file.into_vec::<f32>().map_err(unreadable),
        8 => {
            let values = file.into_vec::<f64>().map_err(unreadable)?;
            Ok(values.into_iter().map(|w| w as f32).collect())
        }
        _ => Err(WeightsError::Type { path: path.to_owned(), found: file.dtype().descr() }),
    }
}
