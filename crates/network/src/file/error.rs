//! Why a file gives no network.

use std::io;
use std::path::PathBuf;

use memspike_npy::{NpyError, WeightsError, WeightsReason};

use super::VERSION;
use crate::{NetworkError, SparseError};

/// Why a file gives no network.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: FileReason,
}

/// What is wrong with a network's file.
#[derive(Debug, thiserror::Error)]
pub enum FileReason {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// Its name has no ending that says what it is.
    #[error("its name should end in .toml or .json")]
    Ending,
    /// It is no text of a network: the parser's words, with the place.
    #[error("{0}")]
    Syntax(String),
    /// A version that is not known here.
    #[error(
        "a network of version {0}; this memspike reads version {VERSION}: write it again, or take another memspike"
    )]
    Version(u64),
    /// A population that is not there.
    #[error("projection '{projection}': there is no population '{name}'{}", nearest(.near.as_deref()))]
    Population {
        /// The projection.
        projection: String,
        /// The name.
        name: String,
        /// What may be meant.
        near: Option<String>,
    },
    /// A table of weights beside it.
    #[error(transparent)]
    Table(#[from] WeightsError),
    /// Weights in its text.
    #[error("projection '{projection}': {reason}")]
    Inline {
        /// The projection.
        projection: String,
        /// What is wrong with them.
        reason: InlineReason,
    },
    /// A list of connections, or of delays, that is none.
    #[error("{}: {reason}", path.display())]
    List {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: ListReason,
    },
    /// What it says is no network.
    #[error(transparent)]
    Network(#[from] NetworkError),
}

fn nearest(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default()
}

/// What is wrong with weights in a text.
#[derive(Debug, thiserror::Error)]
pub enum InlineReason {
    /// Rows of different lengths.
    #[error("row {row} has {found} weights, and the rows before it have {columns}")]
    Row {
        /// Its number, from 0.
        row: usize,
        /// Its weights.
        found: usize,
        /// Those of others.
        columns: usize,
    },
    /// A number that single precision does not hold.
    #[error(
        "weight {value} at place {at} is no number of single precision: leave out precision = \"single\""
    )]
    Single {
        /// Place, from 0.
        at: usize,
        /// The number.
        value: f64,
    },
    /// No weights.
    #[error(transparent)]
    Weights(#[from] WeightsReason),
    /// No sparse rows.
    #[error(transparent)]
    Sparse(#[from] SparseError),
}

/// What is wrong with a list in a file.
#[derive(Debug, thiserror::Error)]
pub enum ListReason {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// It is no table.
    #[error(transparent)]
    Npy(#[from] NpyError),
    /// Not as many columns as a list has.
    #[error("it has {found} columns; {needed} are needed: {what}")]
    Columns {
        /// Columns.
        found: usize,
        /// How many a list has.
        needed: usize,
        /// What they are.
        what: &'static str,
    },
    /// A number that should be a whole one within a range.
    #[error("row {row} has {value} where {what} is needed")]
    Whole {
        /// The row, from 0.
        row: usize,
        /// The number.
        value: f64,
        /// What it should be.
        what: &'static str,
    },
    /// Sources that are not in order.
    #[error(
        "row {row} has source {source_number} after {before}: sort the list by its first column"
    )]
    Order {
        /// The row, from 0.
        row: usize,
        /// Its source.
        source_number: usize,
        /// The source before it.
        before: usize,
    },
    /// A number that single precision does not hold.
    #[error(
        "row {row} has the weight {value}, no number of single precision: leave out precision = \"single\""
    )]
    Single {
        /// The row, from 0.
        row: usize,
        /// The weight.
        value: f64,
    },
    /// No sparse rows.
    #[error(transparent)]
    Sparse(#[from] SparseError),
}
