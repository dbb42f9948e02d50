//! Why a file gives no network.

use std::io;
use std::path::{Path, PathBuf};

use memspike_columns::ColumnsError;
use memspike_npy::{Place, RowsError, WeightsError, WeightsReason};

use super::{TextPlace, VERSION};
use crate::{NetworkError, SparseError, SpikeError};

/// Why a file gives no network.
#[derive(Debug, thiserror::Error)]
#[error("{}", reason.of_file(path))]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: FileReason,
}

impl FileReason {
    /// Where in the text it is wrong, if that is known.
    #[must_use]
    pub const fn text_place(&self) -> Option<TextPlace> {
        match self {
            Self::Placed { place, .. } => Some(*place),
            Self::Syntax { place, .. } => *place,
            _ => None,
        }
    }

    /// What is wrong, without the place.
    #[must_use]
    pub fn cause(&self) -> &Self {
        if let Self::Placed { reason, .. } = self { reason } else { self }
    }

    /// `network.toml:12:5: cause`.
    fn of_file(&self, path: &Path) -> String {
        let path = path.display();
        match self {
            Self::Placed { place: TextPlace { line, column }, reason } => {
                format!("{path}:{line}:{column}: {reason}")
            }
            _ => format!("{path}: {self}"),
        }
    }
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
    #[error("{text}")]
    Syntax {
        /// The parser's words, with the place.
        text: String,
        /// The place.
        place: Option<TextPlace>,
    },
    /// What is wrong stands here.
    #[error("line {}, column {}: {reason}", place.line, place.column)]
    Placed {
        /// Where.
        place: TextPlace,
        /// What is wrong.
        reason: Box<FileReason>,
    },
    /// A version that is not known here.
    #[error(
        "a network of version {0}; this memspike reads version 1 to version {VERSION}: write it again, or take another \
         memspike"
    )]
    Version(u64),
    /// A population that is not there.
    #[error("projection '{projection}': there is no population '{name}'{}", nearest(.near.as_deref()))]
    Population {
        /// The projection.
        projection: String,
        /// `from` or `to`.
        key: &'static str,
        /// The name.
        name: String,
        /// What may be meant.
        near: Option<String>,
    },
    /// A tick of delays that is none.
    #[error("delay_tick_s = {0:e} must be from 0, which keeps delays in full, to 9 s")]
    Tick(f64),
    /// Delays twice.
    #[error("projection '{projection}' has delay_s and delay_fs: leave one out")]
    TwoDelays {
        /// The projection.
        projection: String,
    },
    /// Delays in the projection and in its list of connections.
    #[error(
        "projection '{projection}' has delays beside those of its list of connections, column 'delay_s': leave one out"
    )]
    ListedDelays {
        /// The projection.
        projection: String,
    },
    /// A delay that is none.
    #[error(
        "projection '{projection}': a delay of {value:e} s; it must be above 0, from 1e-15 s to 9 s"
    )]
    Delay {
        /// The projection.
        projection: String,
        /// The delay (s).
        value: f64,
    },
    /// Weights twice.
    #[error("projection '{projection}' has weights beside those of its table: leave them out")]
    TwoWeights {
        /// The projection.
        projection: String,
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
    /// It has no rows of numbers.
    #[error(transparent)]
    Rows(#[from] RowsError),
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
    #[error("{place} has {value} where {what} is needed")]
    Whole {
        /// Where.
        place: Place,
        /// The number.
        value: f64,
        /// What it should be.
        what: &'static str,
    },
    /// A Parquet file that has no such columns.
    #[error(transparent)]
    Parquet(#[from] ColumnsError),
    /// More connections than are read.
    #[error(
        "it has more than the {most} rows that are read: take a rule that draws them, or several lists"
    )]
    Many {
        /// The bound.
        most: usize,
    },
    /// A delay that is none.
    #[error("{place} has a delay of {value:e} s; it must be above 0, from 1e-15 s to 9 s")]
    Delay {
        /// Where.
        place: Place,
        /// The delay (s).
        value: f64,
    },
    /// Sources that are not in order.
    #[error("{place} has source {source_number} after {before}: sort the list by its first column")]
    Order {
        /// Where.
        place: Place,
        /// Its source.
        source_number: usize,
        /// The source before it.
        before: usize,
    },
    /// A number that single precision does not hold.
    #[error(
        "{place} has the weight {value}, no number of single precision: leave out precision = \"single\""
    )]
    Single {
        /// Where.
        place: Place,
        /// The weight.
        value: f64,
    },
    /// A weight that is no finite number.
    #[error("{place} has the weight {value}; give it a finite value")]
    Weight {
        /// Where.
        place: Place,
        /// The weight.
        value: f64,
    },
    /// A spike that cannot stand there.
    #[error("{place}: {error}")]
    Spike {
        /// Where.
        place: Place,
        /// What is wrong with it.
        error: SpikeError,
    },
    /// No sparse rows.
    #[error(transparent)]
    Sparse(#[from] SparseError),
}
