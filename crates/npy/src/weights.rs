//! A matrix of synaptic weights and its files.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::{Kind, MARK, MAX_BYTES, NpyError, Table, Values, lines};

/// Weights from inputs (rows) to outputs (columns), all finite, at least one. What a weight of 1 is, whoever has
/// them says.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    rows: usize,
    columns: usize,
    values: Values,
    integers: bool,
}

/// Why a file gives no weights.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct WeightsError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: WeightsReason,
}

/// What is wrong with weights. Inputs and outputs count from 0.
#[derive(Debug, thiserror::Error)]
pub enum WeightsReason {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// It is no `.npy` file, and its name does not say that it holds lines of numbers.
    #[error(
        "is no .npy file, and its name does not end in .csv: give weights in one of these forms"
    )]
    Form,
    /// It is a `.npy` file, but holds no table.
    #[error(transparent)]
    Npy(#[from] NpyError),
    /// Its lines are no table of numbers.
    #[error("{0}")]
    Lines(String),
    /// It has no rows or no columns.
    #[error("it is empty: {rows} x {columns} (inputs x outputs); save a row for each input")]
    Empty {
        /// Number of rows.
        rows: usize,
        /// Number of columns.
        columns: usize,
    },
    /// Another shape than is needed.
    #[error(
        "weights are {} x {}, and {} x {} are needed (inputs x outputs){}",
        found.0, found.1, needed.0, needed.1, transposed(*found, *needed)
    )]
    Shape {
        /// Rows and columns of the weights.
        found: (usize, usize),
        /// Those that are needed.
        needed: (usize, usize),
    },
    /// A weight that is no finite number.
    #[error("the weight from input {row} to output {column} is {value}; give it a finite value")]
    Value {
        /// The input.
        row: usize,
        /// The output.
        column: usize,
        /// The weight.
        value: f64,
    },
}

fn transposed(found: (usize, usize), needed: (usize, usize)) -> &'static str {
    if found == (needed.1, needed.0) {
        ": these are transposed, save a row for each input"
    } else {
        ": save a row for each input"
    }
}

impl Weights {
    /// Weights row by row.
    ///
    /// # Errors
    /// [`WeightsReason::Empty`] or [`WeightsReason::Value`].
    ///
    /// # Panics
    /// If there are not `rows * columns` values.
    pub fn new(
        rows: usize,
        columns: usize,
        values: impl Into<Values>,
    ) -> Result<Self, WeightsReason> {
        let values = values.into();
        assert_eq!(Some(values.len()), rows.checked_mul(columns), "weights of {rows} x {columns}");
        if values.is_empty() {
            return Err(WeightsReason::Empty { rows, columns });
        }
        if let Some(at) = values.iter().position(|weight| !weight.is_finite()) {
            let (row, column) = (at / columns, at % columns);
            return Err(WeightsReason::Value { row, column, value: values.get(at) });
        }
        Ok(Self { rows, columns, values, integers: false })
    }

    /// Reads `.npy` (any real type, two axes), or lines of numbers if the name ends in `.csv`. At most
    /// [`MAX_BYTES`] are read.
    ///
    /// # Errors
    /// [`WeightsError`]; `needed` is the shape that the weights must have, if it is known.
    pub fn read(
        path: impl AsRef<Path>,
        needed: Option<(usize, usize)>,
    ) -> Result<Self, WeightsError> {
        let path = path.as_ref();
        let table = if is_lines(path) {
            memspike_files::read(path, MAX_BYTES)
        } else {
            memspike_files::read_marked(path, MARK, MAX_BYTES)
        };
        match table {
            Ok(bytes) => Self::decode(path, &bytes, needed),
            Err(error) => Err(WeightsError { path: path.to_owned(), reason: error.into() }),
        }
    }

    /// [`Weights::read`] of what has been read; `path` names it in errors, and its ending tells the form.
    ///
    /// # Errors
    /// As [`Weights::read`].
    pub fn decode(
        path: &Path,
        bytes: &[u8],
        needed: Option<(usize, usize)>,
    ) -> Result<Self, WeightsError> {
        let at = |reason| WeightsError { path: path.to_owned(), reason };
        let weights = table(path, bytes).and_then(Self::of_table).map_err(at)?;
        weights.check_shape(needed.unwrap_or(weights.shape())).map_err(at)?;
        Ok(weights)
    }

    fn of_table(table: Table) -> Result<Self, WeightsReason> {
        let Table { rows, columns, values, kind } = table;
        let values = match kind {
            Kind::Single => Values::Single(values.iter().map(|value| *value as f32).collect()),
            Kind::Integer | Kind::Double => Values::Double(values),
        };
        let weights = Self::new(rows, columns, values)?;
        Ok(Self { integers: kind == Kind::Integer, ..weights })
    }

    /// Whether they have this shape, rows and columns.
    ///
    /// # Errors
    /// [`WeightsReason::Shape`].
    pub fn check_shape(&self, needed: (usize, usize)) -> Result<(), WeightsReason> {
        let found = self.shape();
        if found == needed { Ok(()) } else { Err(WeightsReason::Shape { found, needed }) }
    }

    /// Inputs.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Outputs.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// Inputs and outputs.
    #[must_use]
    pub const fn shape(&self) -> (usize, usize) {
        (self.rows, self.columns)
    }

    /// All weights, row by row.
    #[must_use]
    pub const fn values(&self) -> &Values {
        &self.values
    }

    /// Whether the file held whole numbers by their type, which may need no scale.
    #[must_use]
    pub const fn are_integers(&self) -> bool {
        self.integers
    }

    /// The same weights, marked as [`Weights::are_integers`] if a file of integers could hold them to the bit.
    #[must_use]
    pub fn as_integers(mut self) -> Self {
        const END: f64 = (1_u64 << 63) as f64;
        let whole = |w: f64| w.fract() == 0.0 && (w != 0.0 || w.is_sign_positive());
        let all_within = |range: Range<f64>| self.values.iter().all(|w| range.contains(&w));
        let held = all_within(-END..END) || all_within(0.0..2.0 * END);
        self.integers = held && self.values.iter().all(whole);
        if self.integers {
            self.values = Values::Double(self.values.to_doubles());
        }
        self
    }

    /// The weight from an input to an output.
    ///
    /// # Panics
    /// If there is no such input or output.
    #[must_use]
    pub fn get(&self, row: usize, column: usize) -> f64 {
        assert!(column < self.columns, "output {column} of {}", self.columns);
        self.values.get(row * self.columns + column)
    }

    /// The greatest magnitude.
    #[must_use]
    pub fn greatest(&self) -> f64 {
        self.values.iter().fold(0.0, |greatest, weight| weight.abs().max(greatest))
    }

    /// The bytes of their `.npy` file, in the precision that they have.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match &self.values {
            Values::Double(values) if self.integers => {
                crate::write_integers(&mut bytes, self.columns, values)
            }
            Values::Double(values) => crate::write_f64(&mut bytes, self.columns, values),
            Values::Single(values) => crate::write_f32(&mut bytes, self.columns, values),
        }
        .expect("memory can always be written");
        bytes
    }
}

fn ends_in(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

pub(crate) fn is_lines(path: &Path) -> bool {
    ends_in(path, "csv")
}

fn table(path: &Path, bytes: &[u8]) -> Result<Table, WeightsReason> {
    if is_lines(path) {
        return lines::read(bytes).map_err(WeightsReason::Lines);
    }
    if !bytes.starts_with(MARK) && !ends_in(path, "npy") {
        return Err(WeightsReason::Form);
    }
    Ok(Table::read(bytes)?)
}
