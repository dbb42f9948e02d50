//! What can be wrong with a file of columns.

use std::io;

use crate::Kind;

/// Why a file does not give the columns that are asked for. Rows count from 0.
#[derive(Debug, thiserror::Error)]
pub enum ColumnsError {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// It is no such file.
    #[error("is no Parquet file: it does not begin with PAR1")]
    Mark,
    /// It was not written to its end.
    #[error("is a Parquet file without its end: it was cut short, or is still being written")]
    Cut,
    /// It is damaged.
    #[error("is a damaged Parquet file: {0}")]
    Damaged(String),
    /// A page that would take too much.
    #[error(
        "column '{column}' has a page of {bytes} bytes: at most {most} are read; write it with smaller pages"
    )]
    Page {
        /// The column.
        column: String,
        /// What the page would take.
        bytes: u64,
        /// The bound.
        most: u64,
    },
    /// A compression that is not read.
    #[error(
        "column '{column}' is compressed by {codec}: none and snappy are read; write it with compression='snappy'"
    )]
    Codec {
        /// The column.
        column: String,
        /// The name of the compression.
        codec: String,
    },
    /// A column that is not there.
    #[error("has no column '{name}'; it has {}", listed(known))]
    Missing {
        /// Its name.
        name: String,
        /// Names that are there.
        known: Vec<String>,
    },
    /// A column of other values.
    #[error("column '{name}' has values of type {found}; {needed} are needed")]
    Type {
        /// Its name.
        name: String,
        /// Its type.
        found: String,
        /// What is needed.
        needed: Kind,
    },
    /// A row without value.
    #[error("row {row} has no value in column '{column}'")]
    Null {
        /// The row.
        row: u64,
        /// The column.
        column: String,
    },
    /// A whole number that is too large.
    #[error("row {row} has {value} in column '{column}': it is too large")]
    Large {
        /// The row.
        row: u64,
        /// The column.
        column: String,
        /// The number.
        value: u64,
    },
    /// A text that is none.
    #[error("row {row} has no text in UTF-8 in column '{column}'")]
    Text {
        /// The row.
        row: u64,
        /// The column.
        column: String,
    },
}

/// At most a screen line of names.
fn listed(known: &[String]) -> String {
    const MOST: usize = 20;
    let mut shown: Vec<String> = known.iter().take(MOST).map(|name| format!("'{name}'")).collect();
    if known.len() > MOST {
        shown.push(format!("and {} more", known.len() - MOST));
    }
    if shown.is_empty() { "none at all".to_owned() } else { shown.join(", ") }
}
