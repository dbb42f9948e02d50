//! Rows of numbers that people write, with the place of each.

use std::fmt;
use std::io;
use std::path::Path;

use crate::weights::is_lines;
use crate::{MARK, MAX_BYTES, NpyError, Table, lines};

/// Rows of numbers of a `.npy` or `.csv` file, each with the place that a message names.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// The numbers.
    pub table: Table,
    /// Lines of the file in which rows stand, where it has lines.
    lines: Option<Vec<u64>>,
}

/// Where a row stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In this line, from 1.
    Line(u64),
    /// In this row of a `.npy` file, from 0.
    Row(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Row(row) => write!(f, "row {row}"),
        }
    }
}

/// Why a file holds no rows of numbers.
#[derive(Debug, thiserror::Error)]
pub enum RowsError {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// It is no `.npy` file.
    #[error(transparent)]
    Npy(#[from] NpyError),
    /// Its lines are no numbers.
    #[error("{0}")]
    Lines(String),
}

impl Rows {
    /// Reads a `.npy` file of one or two axes, of which the first are rows; or lines of numbers, if the name ends in `.csv`.
    /// At most [`MAX_BYTES`] are read.
    ///
    /// # Errors
    /// [`RowsError`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self, RowsError> {
        let path = path.as_ref();
        if is_lines(path) {
            let bytes = memspike_files::read(path, MAX_BYTES)?;
            let (table, lines) = lines::read_placed(&bytes).map_err(RowsError::Lines)?;
            return Ok(Self { table, lines: Some(lines) });
        }
        let bytes = memspike_files::read_marked(path, MARK, MAX_BYTES)?;
        Ok(Self { table: Table::read_rows(&bytes)?, lines: None })
    }

    /// Where a row stands.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn place(&self, row: usize) -> Place {
        self.lines.as_ref().map_or(Place::Row(row), |lines| Place::Line(lines[row]))
    }
}
