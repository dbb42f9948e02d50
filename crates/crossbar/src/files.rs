//! Configurations in files, and weights as matrices.

use std::io;
use std::path::{Path, PathBuf};

use memspike_npy::Weights;
use nalgebra::DMatrix;

use crate::{Config, ConfigError};

/// The longest configuration that is read.
const MAX_CONFIG_BYTES: u64 = memspike_files::MIB;

/// Why the file of a configuration cannot be used.
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
    /// It is not what its ending says, or has a value of the wrong kind.
    #[error("{0}")]
    Content(String),
    /// A value of a configuration is out of its range.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// Weights as the matrix that an array is programmed with, rows x columns.
#[must_use]
pub fn matrix(weights: &Weights) -> DMatrix<f64> {
    DMatrix::from_row_iterator(weights.rows(), weights.columns(), weights.values().iter())
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
