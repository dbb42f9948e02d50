//! The file from which a training goes on.

use std::{
    io,
    path::{Path, PathBuf},
};

use memspike_files::{MIB, OutputFile};
use serde::{Deserialize, Serialize};

use crate::{Lif, Parameters, training::State};

/// A training, as far as it has come, with everything that decides how it goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Form of this file: [`Checkpoint::FORM`].
    pub form: u32,
    /// The network's circuit.
    pub parameters: Parameters,
    /// The ideal output neuron of the card's device, whatever the options put in its place.
    pub lif: Lif,
    /// Training images that were taken, from the first on, validation included.
    pub images: u32,
    /// What was learnt, and with which options.
    pub state: State,
}

/// What every form of the file has.
#[derive(Deserialize)]
struct Numbered {
    form: u32,
}

/// Why there is no checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is no checkpoint.
    #[error("{}: no checkpoint of a training: {source}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// The file is one of another version.
    #[error("{}: checkpoint of form {found}; this memspike reads form {}", path.display(), Checkpoint::FORM)]
    Form {
        /// The file.
        path: PathBuf,
        /// Its form.
        found: u32,
    },
    /// It says what no training has.
    #[error("{}: no training can go on from it: {reason}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
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

/// The longest checkpoint that is read; one of the paper's network has 2 MB.
const MAX_BYTES: u64 = 256 * MIB;

impl Checkpoint {
    /// The form that this version writes and reads.
    pub const FORM: u32 = 3;

    /// Reads a checkpoint of at most 256 MiB.
    ///
    /// # Errors
    /// If the file is not there or is none.
    pub fn read(path: &Path) -> Result<Self, CheckpointError> {
        let unreadable = |source| CheckpointError::Unreadable { path: path.to_owned(), source };
        let bytes = memspike_files::read(path, MAX_BYTES).map_err(unreadable)?;
        Self::decode(path, &bytes)
    }

    /// [`Checkpoint::read`] of what has been read; `path` names it in errors.
    ///
    /// # Errors
    /// As [`Checkpoint::read`].
    pub fn decode(path: &Path, bytes: &[u8]) -> Result<Self, CheckpointError> {
        let malformed = |source| CheckpointError::Malformed { path: path.to_owned(), source };
        // Another form may have other fields, so its number is read first.
        let found = serde_json::from_slice::<Numbered>(bytes).map_err(malformed)?.form;
        if found != Self::FORM {
            return Err(CheckpointError::Form { path: path.to_owned(), found });
        }
        let checkpoint: Self = serde_json::from_slice(bytes).map_err(malformed)?;
        match checkpoint.check() {
            Ok(()) => Ok(checkpoint),
            Err(reason) => Err(CheckpointError::Content { path: path.to_owned(), reason }),
        }
    }

    /// What the types leave open. Whether the state is one of a network and its data is asked when the
    /// training goes on.
    fn check(&self) -> Result<(), String> {
        self.parameters.validate().map_err(|error| error.to_string())?;
        self.state.check()
    }

    /// Writes the checkpoint; what was there before stays until the new one is complete.
    ///
    /// # Errors
    /// If that fails.
    pub fn write(&self, path: &Path) -> Result<(), CheckpointError> {
        OutputFile::write(path, &self.bytes())
            .map_err(|source| CheckpointError::Unwritable { path: path.to_owned(), source })
    }

    /// The checkpoint's file.
    ///
    /// # Panics
    /// Never: all of it has a JSON form.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).expect("a checkpoint has a JSON form");
        bytes.push(b'\n');
        bytes
    }
}
