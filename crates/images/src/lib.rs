//! Grey images of files: IDX, PNG and arrays of NumPy, told apart by how they begin.

mod array;
mod portable;

use std::{
    io,
    path::{Path, PathBuf},
};

use memspike_files::MIB;
use memspike_idx::{Idx, IdxError};

pub use array::{ArrayError, of_array};
pub use portable::{PngError, of_png};

/// What every PNG file begins with (its specification, section 5.2).
pub const PNG_MARK: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The longest PNG file that is read.
const MOST_PNG: u64 = 256 * MIB;

/// A file that gives no images.
#[derive(Debug, thiserror::Error)]
pub enum ImagesError {
    /// It is neither PNG nor an array, and no IDX file either.
    #[error(transparent)]
    Idx(#[from] IdxError),
    /// It cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A PNG file that is damaged, or no grey image.
    #[error("{}: {source}", path.display())]
    Png {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: PngError,
    },
    /// An array that holds no images.
    #[error("{}: {source}", path.display())]
    Array {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ArrayError,
    },
}

/// The images of a file, as an array of their number, rows and columns, with grey levels from 0 (black) to 255 (white). A PNG
/// file is one image ([`of_png`]), an array of NumPy is as [`of_array`] takes it, and anything else is read as IDX.
///
/// # Errors
/// [`ImagesError`].
pub fn read(path: &Path) -> Result<Idx, ImagesError> {
    let unreadable = |source| ImagesError::Read { path: path.to_owned(), source };
    let marked = |mark, bound| memspike_files::read_marked(path, mark, bound).map_err(unreadable);
    let bytes = marked(PNG_MARK, MOST_PNG)?;
    if bytes.starts_with(PNG_MARK) {
        return of_png(&bytes).map_err(|source| ImagesError::Png { path: path.to_owned(), source });
    }
    if bytes.starts_with(memspike_npy::MARK) {
        let bytes = marked(memspike_npy::MARK, memspike_npy::MAX_BYTES)?;
        return of_array(&bytes)
            .map_err(|source| ImagesError::Array { path: path.to_owned(), source });
    }
    Ok(Idx::read(path, 3)?)
}
