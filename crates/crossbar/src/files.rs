//! Weights and configurations in files.

mod list;
mod table;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use memspike_npy::{MARK, MAX_BYTES, NpyError, Table};
use nalgebra::DMatrix;

use crate::{Config, ConfigError};

pub use list::ListedWeights;

/// The longest configuration that is read.
const MAX_CONFIG_BYTES: u64 = memspike_files::MIB;

/// Why a file of weights or a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: FileReason,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum FileReason {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// Its name has none of the endings that say what it holds.
    #[error("its name should end in {expected}")]
    Ending {
        /// The endings that are known.
        expected: &'static str,
    },
    /// It is no table of NumPy's.
    #[error(transparent)]
    Npy(#[from] NpyError),
    /// It is not what its ending says, or has a value of the wrong kind.
    #[error("{0}")]
    Content(String),
    /// A value of a configuration is out of its range.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Weights of another shape than the array needs.
    #[error(
        "weights are {} x {}, the array {} x {}{}",
        found.0, found.1, array.0, array.1, transposed(*found, *array)
    )]
    Shape {
        /// Rows and columns of the weights.
        found: (usize, usize),
        /// Rows and columns that the array needs.
        array: (usize, usize),
    },
}

fn transposed(found: (usize, usize), array: (usize, usize)) -> &'static str {
    if found == (array.1, array.0) { " (rows are inputs; these are transposed)" } else { "" }
}

/// Reads weights, rows x columns, from `.npy` (two axes of any real number type) or `.csv`
/// (numbers without a heading, lines from `#` on are left out). `array` is the shape that the
/// weights must have, if it is known. At most [`MAX_BYTES`] are read.
///
/// # Errors
/// A file that cannot be read or does not hold a table of numbers, or weights of another shape.
pub fn read_weights(
    path: impl AsRef<Path>,
    array: Option<(usize, usize)>,
) -> Result<DMatrix<f64>, FileError> {
    let path = path.as_ref();
    at(path, || {
        let weights = match ending(path) {
            "npy" => matrix(&Table::read(&memspike_files::read_marked(path, MARK, MAX_BYTES)?)?),
            "csv" => table::read(&memspike_files::read(path, MAX_BYTES)?)?,
            _ => return Err(FileReason::Ending { expected: ".npy or .csv" }),
        };
        match array {
            Some(array) if array != weights.shape() => {
                Err(FileReason::Shape { found: weights.shape(), array })
            }
            _ => Ok(weights),
        }
    })
}

/// Whether weights of the shape `found` in a file fit an array.
///
/// # Errors
/// [`FileReason::Shape`].
pub fn check_shape(
    path: &Path,
    found: (usize, usize),
    array: (usize, usize),
) -> Result<(), FileError> {
    let reason = FileReason::Shape { found, array };
    if found == array { Ok(()) } else { Err(FileError { path: path.to_owned(), reason }) }
}

/// Writes weights, rows x columns, as `.npy` with 64-bit numbers, rows one after another.
///
/// # Errors
/// Those of the writer.
pub fn write_weights(writer: impl Write, weights: &DMatrix<f64>) -> io::Result<()> {
    memspike_npy::write_f64(writer, weights.ncols(), weights.transpose().as_slice())
}

fn matrix(table: &Table) -> DMatrix<f64> {
    DMatrix::from_row_slice(table.rows, table.columns, &table.values)
}

impl Config {
    /// Reads a configuration from `.toml` or `.json` of at most 1 MiB, and checks its values.
    ///
    /// # Errors
    /// A file that cannot be read, an unknown name, a missing one, or a value out of its range.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let path = path.as_ref();
        at(path, || {
            let parse: fn(&str) -> Result<Self, String> = match ending(path) {
                "toml" => |text| toml::from_str(text).map_err(|e| e.to_string().trim_end().into()),
                "json" => |text| serde_json::from_str(text).map_err(|e| e.to_string()),
                _ => return Err(FileReason::Ending { expected: ".toml or .json" }),
            };
            let config = parse(&memspike_files::read_text(path, MAX_CONFIG_BYTES)?)
                .map_err(FileReason::Content)?;
            config.validate()?;
            Ok(config)
        })
    }
}

fn at<T>(path: &Path, read: impl FnOnce() -> Result<T, FileReason>) -> Result<T, FileError> {
    read().map_err(|reason| FileError { path: path.to_owned(), reason })
}

fn ending(path: &Path) -> &str {
    path.extension().and_then(|ending| ending.to_str()).unwrap_or_default()
}
