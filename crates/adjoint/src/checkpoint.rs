//! The file from which a training goes on.

use serde::{Deserialize, Serialize};

use crate::State;

/// A training, as far as it has come, with everything that decides how it goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Form of this file: [`Checkpoint::FORM`].
    pub exact_form: u32,
    /// The digest of the network that it began with, in hexadecimal digits.
    pub network: String,
    /// What was learnt, and with which options.
    pub state: State,
}

/// Why a text is no checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// It is no checkpoint at all.
    #[error("no checkpoint of a training by exact gradients: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It is one of another version.
    #[error("checkpoint of form {found}; this memspike reads form {}", Checkpoint::FORM)]
    Form {
        /// Its form.
        found: u32,
    },
    /// It says what no training has.
    #[error("no training can go on from it: {0}")]
    Content(String),
}

impl Checkpoint {
    /// The form that this version writes and reads.
    pub const FORM: u32 = 1;

    /// Takes the bytes of a file.
    ///
    /// # Errors
    /// If they are no checkpoint.
    pub fn decode(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let checkpoint: Self = serde_json::from_slice(bytes)?;
        if checkpoint.exact_form != Self::FORM {
            return Err(CheckpointError::Form { found: checkpoint.exact_form });
        }
        checkpoint.state.check().map_err(CheckpointError::Content)?;
        Ok(checkpoint)
    }

    /// The bytes of its file.
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
