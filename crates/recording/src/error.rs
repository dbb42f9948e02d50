//! What can go wrong.

use std::io;
use std::path::PathBuf;

/// Why spikes or membranes cannot be recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The name of the file says no form that is written.
    #[error("'{}': the name of a recording ends in .parquet or .csv; - is CSV on standard output", path.display())]
    Form {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be written.
    #[error("cannot write '{}': {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
