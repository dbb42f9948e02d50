//! What is wrong with a checkpoint.

use std::io;
use std::path::{Path, PathBuf};

use memspike_files::{advised, plain};

/// Why a checkpoint cannot be written, or a run cannot go on from it.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// A file or folder cannot be written.
    #[error("cannot write '{}': {source}", path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file cannot be read.
    #[error("cannot read '{}': {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process has the folder.
    #[error(
        "'{}': another run keeps its checkpoints there; wait for its end, or name another folder",
        path.display()
    )]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("'{}' is no checkpoint of a network", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It was written by another version.
    #[error(
        "'{}' has version {found}, and this program reads version {known}: go on with the program that wrote it",
        path.display()
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// What it says.
        found: u32,
        /// What is read.
        known: u32,
    },
    /// It is not what was written.
    #[error("'{}' is damaged: {what}; a run cannot go on from it", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
}

impl CheckpointError {
    pub(crate) fn unwritable(path: &Path, error: io::Error) -> Self {
        Self::Unwritable { path: path.to_owned(), source: in_words(advised(error)) }
    }

    pub(crate) fn unreadable(path: &Path, error: io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), source: in_words(error) }
    }
}

/// The same error without the system's number, which helps nobody who has its words.
fn in_words(error: io::Error) -> io::Error {
    io::Error::new(error.kind(), plain(&error))
}
