//! What tables share.

use std::io;

/// The error of the output below a table, with its kind: whether a pipe was closed or a disk is full.
pub(crate) fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
