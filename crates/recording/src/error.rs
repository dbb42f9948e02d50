//! What can go wrong.

use std::io;
use std::path::PathBuf;

use memspike_columns::ColumnsError;

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

/// Why a file is no recording that can be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct ReadError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: ReadReason,
}

/// What is wrong with a recording.
#[derive(Debug, thiserror::Error)]
pub enum ReadReason {
    /// Its name says no form that is read.
    #[error("the name of a recording ends in .parquet or .csv")]
    Form,
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// It has no such columns, or is damaged.
    #[error(transparent)]
    Columns(#[from] ColumnsError),
    /// A line, or a place in it, is wrong. Both count from 1.
    #[error("line {line}, column {column}: {what}")]
    Line {
        /// The line.
        line: u64,
        /// The letter in it.
        column: usize,
        /// What is wrong.
        what: String,
    },
    /// A row of a Parquet file is wrong.
    #[error("row {row}: {what}")]
    Row {
        /// The row, from 0.
        row: u64,
        /// What is wrong.
        what: String,
    },
    /// What it says of itself is wrong.
    #[error("its metadata: {key} = {value} is not {what}")]
    Said {
        /// The key.
        key: &'static str,
        /// Its value.
        value: String,
        /// What it should be.
        what: &'static str,
    },
    /// More populations than are read.
    #[error("it has {count} populations; at most {most} are read")]
    Populations {
        /// How many.
        count: usize,
        /// The bound.
        most: usize,
    },
    /// The user has asked to stop.
    #[error("interrupted while it was read")]
    Interrupted,
}
