//! IDX, the format of MNIST: a magic number, the length of each dimension, then a byte an entry.
//!
//! Numbers are big-endian. The magic number is two zero bytes, the type of the entries (8 for
//! unsigned bytes) and the number of dimensions, so 2051 for images and 2049 for labels.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use flate2::bufread::MultiGzDecoder;

/// An array of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idx {
    /// Lengths of the dimensions, the slowest first.
    pub lengths: Vec<usize>,
    /// The entries, the last dimension fastest.
    pub entries: Vec<u8>,
}

/// A file that is no IDX file, or not the one that is needed.
#[derive(Debug, thiserror::Error)]
pub enum IdxError {
    /// It cannot be read; a broken gzip stream says so here.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system or the decompressor said.
        source: io::Error,
    },
    /// Its first four bytes are not those of such a file.
    #[error("{}: begins with {found:02x?}; {needed}", path.display())]
    Magic {
        /// The file.
        path: PathBuf,
        /// The first four bytes.
        found: [u8; 4],
        /// What should be there.
        needed: String,
    },
    /// It ends before its last entry.
    #[error("{}: truncated: {found} bytes where its header promises {expected}", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Bytes after decompression, as the header says.
        expected: u64,
        /// Bytes that are there.
        found: u64,
    },
    /// It promises more than is read.
    #[error("{}: promises {count} entries; at most {MAX_ENTRIES} are read", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Entries, as the header says.
        count: u64,
    },
    /// It goes on after its last entry.
    #[error("{}: has more bytes than the {expected} that its header promises", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
        /// Bytes after decompression, as the header says.
        expected: u64,
    },
}

/// The most entries that are read (bytes); the larger half of MNIST has 47 million.
pub const MAX_ENTRIES: u64 = 1 << 28;

/// The type of an entry that MNIST has.
const UNSIGNED_BYTE: u8 = 8;

/// What every gzip file begins with (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What an array of so many dimensions holds in a data set.
fn contents(dimensions: u8) -> &'static str {
    match dimensions {
        1 => "labels",
        3 => "images",
        _ => "neither images nor labels",
    }
}

impl Idx {
    /// Reads a file, plain or compressed by gzip (its first bytes tell), that must have so many
    /// dimensions and at most [`MAX_ENTRIES`] entries, compressed or not. Memory follows the
    /// bytes that are there.
    ///
    /// # Errors
    /// [`IdxError`]; a file of labels where images are needed, or the reverse, is named as that.
    pub fn read(path: &Path, dimensions: u8) -> Result<Self, IdxError> {
        let unreadable = |source| IdxError::Unreadable { path: path.to_owned(), source };
        let file = BufReader::new(File::open(path).map_err(unreadable)?);
        Self::decode(path, file, dimensions)
    }

    /// As [`Idx::read`], from what a file has in it; `path` stands in messages.
    ///
    /// # Errors
    /// As [`Idx::read`].
    pub fn decode(path: &Path, mut file: impl BufRead, dimensions: u8) -> Result<Self, IdxError> {
        let start = file.fill_buf();
        let start =
            start.map_err(|source| IdxError::Unreadable { path: path.to_owned(), source })?;
        if start.starts_with(&GZIP) {
            read_plain(path, MultiGzDecoder::new(file), dimensions)
        } else {
            read_plain(path, file, dimensions)
        }
    }
}

fn read_plain(path: &Path, mut file: impl Read, dimensions: u8) -> Result<Idx, IdxError> {
    let header_length = 4 + 4 * u64::from(dimensions);
    let mut read = |bytes: u64| {
        let mut part = Vec::new();
        match file.by_ref().take(bytes).read_to_end(&mut part) {
            Ok(_) => Ok(part),
            // A gzip stream that is cut off ends in this way.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(part),
            Err(source) => Err(IdxError::Unreadable { path: path.to_owned(), source }),
        }
    };
    let truncated = |expected, found: usize| IdxError::Truncated {
        path: path.to_owned(),
        expected,
        found: found as u64,
    };

    let magic = read(4)?;
    let Ok(magic) = <[u8; 4]>::try_from(magic.as_slice()) else {
        return Err(truncated(header_length, magic.len()));
    };
    check_magic(path, magic, dimensions)?;
    let header = read(header_length - 4)?;
    if header.len() as u64 + 4 < header_length {
        return Err(truncated(header_length, 4 + header.len()));
    }
    let lengths: Vec<usize> = header
        .chunks_exact(4)
        .map(|four| u32::from_be_bytes(four.try_into().expect("four bytes")) as usize)
        .collect();
    let count = lengths.iter().fold(1_u64, |product, n| product.saturating_mul(*n as u64));
    let expected = header_length.saturating_add(count);
    if count > MAX_ENTRIES {
        return Err(IdxError::TooLarge { path: path.to_owned(), count });
    }
    let entries = read(count)?;
    if (entries.len() as u64) < count {
        return Err(truncated(expected, header_length as usize + entries.len()));
    }
    if !read(1)?.is_empty() {
        return Err(IdxError::TooLong { path: path.to_owned(), expected });
    }
    Ok(Idx { lengths, entries })
}

fn check_magic(path: &Path, magic: [u8; 4], dimensions: u8) -> Result<(), IdxError> {
    if magic == [0, 0, UNSIGNED_BYTE, dimensions] {
        return Ok(());
    }
    let wanted = contents(dimensions);
    let needed = match magic {
        [0, 0, UNSIGNED_BYTE, other @ (1 | 3)] => format!(
            "that is an IDX file of {}, and {wanted} are needed: are two files swapped?",
            contents(other)
        ),
        [0, 0, UNSIGNED_BYTE, other] => {
            format!("that is an IDX file of {other} dimensions, and {wanted} have {dimensions}")
        }
        _ => format!("an IDX file of {wanted} begins with [00, 00, 08, {dimensions:02x}]"),
    };
    Err(IdxError::Magic { path: path.to_owned(), found: magic, needed })
}
