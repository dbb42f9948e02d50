//! Networks in files: TOML or JSON, with weights inside or in tables beside.

mod delays;
mod document;
mod error;
mod list;
mod numbers;
mod place;
mod reading;
mod words;
mod writing;

pub use document::VERSION;
pub use error::{FileError, FileReason};
pub use place::TextPlace;
pub(crate) use words::nearest;
pub use writing::Written;
pub(crate) use writing::words_of_rule;

use std::path::Path;

use crate::Network;

/// The longest text that is read. Large tables of weights are files of their own.
const MAX_BYTES: u64 = 64 * memspike_files::MIB;

/// The language of a network's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// TOML, for people.
    Toml,
    /// JSON, for programs.
    Json,
}

impl Form {
    /// The form that the ending of a name says.
    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "toml" => Some(Self::Toml),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

impl Network {
    /// Reads `.toml` or `.json` of at most 64 MiB, and the tables that it names, which lie beside it.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let path = path.as_ref();
        let at = |reason| FileError { path: path.to_owned(), reason };
        let form = Form::of(path).ok_or_else(|| at(FileReason::Ending))?;
        let text = memspike_files::read_text(path, MAX_BYTES);
        let text = text.map_err(|error| at(error.into()))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::decode(&text, form, folder).map_err(at)
    }

    /// [`Network::read`] of a text; the tables that it names lie in `folder`.
    ///
    /// # Errors
    /// [`FileReason`].
    pub fn decode(text: &str, form: Form, folder: &Path) -> Result<Self, FileReason> {
        let read = reading::network(&words::document(text, form)?, folder);
        match form {
            Form::Toml => read.map_err(|reason| reason.placed(text)),
            Form::Json => read,
        }
    }

    /// Its text, and the tables beside it.
    #[must_use]
    pub fn encode(&self, form: Form) -> Written {
        writing::written(self, form)
    }
}
