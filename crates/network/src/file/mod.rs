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

use document::Document;
pub use document::VERSION;
pub use error::{FileError, FileReason};
pub use place::TextPlace;
pub(crate) use words::nearest;
pub use writing::Written;
pub(crate) use writing::words_of_rule;

use std::path::{Path, PathBuf};

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

/// A network that was read, and from where.
#[derive(Debug, Clone, PartialEq)]
pub struct FromFile {
    /// The network.
    pub network: Network,
    /// The files that say what it is: its text, first, and the tables and lists that the text names. Cards are read by whoever
    /// reduces them.
    pub files: Vec<PathBuf>,
}

impl FromFile {
    /// Reads `.toml` or `.json` of at most 64 MiB, and the tables that it names, which lie beside it. A tick of drawn delays (fs)
    /// takes the place of the one that the text has; 0 keeps them in full.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read(path: impl AsRef<Path>, delay_tick_fs: Option<u64>) -> Result<Self, FileError> {
        let path = path.as_ref();
        let at = |reason| FileError { path: path.to_owned(), reason };
        let form = Form::of(path).ok_or_else(|| at(FileReason::Ending))?;
        let text = memspike_files::read_text(path, MAX_BYTES);
        let text = text.map_err(|error| at(error.into()))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let document = words::document(&text, form).map_err(at)?;
        let network = decoded(&document, (&text, form), folder, delay_tick_fs).map_err(at)?;
        let beside = document.files().into_iter().map(|name| folder.join(name));
        let files = std::iter::once(path.to_owned()).chain(beside).collect();
        Ok(Self { network, files })
    }
}

/// The network of a text that was taken apart.
fn decoded(
    document: &Document,
    (text, form): (&str, Form),
    folder: &Path,
    delay_tick_fs: Option<u64>,
) -> Result<Network, FileReason> {
    let read = reading::network(document, folder, delay_tick_fs);
    match form {
        Form::Toml => read.map_err(|reason| reason.placed(text)),
        Form::Json => read,
    }
}

impl Network {
    /// The network of [`FromFile::read`], with the tick of delays that its text says.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self, FileError> {
        FromFile::read(path, None).map(|read| read.network)
    }

    /// [`Network::read`] of a text; the tables that it names lie in `folder`.
    ///
    /// # Errors
    /// [`FileReason`].
    pub fn decode(text: &str, form: Form, folder: &Path) -> Result<Self, FileReason> {
        decoded(&words::document(text, form)?, (text, form), folder, None)
    }

    /// Its text, and the tables beside it.
    #[must_use]
    pub fn encode(&self, form: Form) -> Written {
        writing::written(self, form)
    }
}
