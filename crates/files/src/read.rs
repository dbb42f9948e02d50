//! Reading within bounds.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::advice::advised_reader;

/// Bytes in a mebibyte, the unit in which bounds are said.
pub const MIB: u64 = 1 << 20;

/// The most bytes that deflate can have made so many of: a file that declares more lies.
#[must_use]
pub const fn inflated_at_most(length: u64) -> u64 {
    length.saturating_mul(1032)
}

/// A file, or standard input for `-`, that gives an error once it has given more than `bound` bytes.
///
/// # Errors
/// The system's, with the kind [`io::ErrorKind::IsADirectory`] for a folder.
pub fn open(path: &Path, bound: u64) -> io::Result<impl Read> {
    let file = File::open(path).map_err(advised_reader)?;
    if file.metadata()?.is_dir() {
        let message = "it is a folder; name a file in it";
        return Err(io::Error::new(io::ErrorKind::IsADirectory, message));
    }
    Ok(within(file, bound))
}

/// What `reader` gives, and an error instead of the first byte beyond `bound`.
pub fn within(reader: impl Read, bound: u64) -> impl Read {
    Bounded { reader, left: bound, bound }
}

/// All bytes of a file of at most `bound` bytes; memory follows the bytes that are there.
///
/// # Errors
/// The system's, or [`io::ErrorKind::FileTooLarge`].
pub fn read(path: &Path, bound: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path, bound)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// As [`read`], of a file that begins with `mark`; of any other no more than its beginning, from which its reader
/// sees what it is not.
///
/// # Errors
/// As [`read`].
pub fn read_marked(path: &Path, mark: &[u8], bound: u64) -> io::Result<Vec<u8>> {
    let mut file = open(path, bound)?;
    let mut bytes = Vec::new();
    file.by_ref().take(mark.len() as u64).read_to_end(&mut bytes)?;
    if bytes == mark {
        file.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// As [`read`], of a text in UTF-8.
///
/// # Errors
/// Also [`io::ErrorKind::InvalidData`] if it is no such text.
pub fn read_text(path: &Path, bound: u64) -> io::Result<String> {
    let mut text = String::new();
    open(path, bound)?.read_to_string(&mut text)?;
    Ok(text)
}

/// All of standard input, at most `bound` bytes.
///
/// # Errors
/// As [`read`].
pub fn read_standard_input(bound: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    within(io::stdin().lock(), bound).read_to_end(&mut bytes)?;
    Ok(bytes)
}

struct Bounded<R> {
    reader: R,
    left: u64,
    bound: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // One byte more than is allowed shows that there is more.
        let room = buffer.len().min(usize::try_from(self.left + 1).unwrap_or(usize::MAX));
        let count = self.reader.read(&mut buffer[..room])?;
        match self.left.checked_sub(count as u64) {
            Some(left) => {
                self.left = left;
                Ok(count)
            }
            None => Err(io::Error::new(io::ErrorKind::FileTooLarge, too_large(self.bound))),
        }
    }
}

fn too_large(bound: u64) -> String {
    if bound >= MIB {
        format!("it has more than the {} MiB that are read", bound / MIB)
    } else {
        format!("it has more than the {bound} bytes that are read")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_within(length: usize, bound: u64) -> io::Result<usize> {
        let bytes = vec![7; length];
        let mut out = Vec::new();
        within(bytes.as_slice(), bound).read_to_end(&mut out)
    }

    #[test]
    fn a_file_of_the_bound_is_read_and_one_byte_more_is_not() {
        for bound in [0, 1, 31, 32, 33, 8192, 100_000] {
            assert_eq!(read_within(bound, bound as u64).expect("fits"), bound);
            let error = read_within(bound + 1, bound as u64).expect_err("does not");
            assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_never_ends_is_refused() {
        let error = read(Path::new("/dev/zero"), MIB).expect_err("endless");
        assert_eq!(error.to_string(), "it has more than the 1 MiB that are read");
    }

    #[cfg(unix)]
    #[test]
    fn of_a_file_without_its_mark_the_beginning_is_read_and_no_more() {
        // With such a bound, reading on would not end.
        let beginning = read_marked(Path::new("/dev/zero"), b"mark", 1 << 60).expect("it is read");
        assert_eq!(beginning, [0; 4]);
    }

    #[test]
    fn a_file_with_its_mark_is_read_whole_and_a_shorter_one_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        for text in ["mark and more", "mark", "mar", ""] {
            std::fs::write(&path, text).expect("written");
            assert_eq!(read_marked(&path, b"mark", 13).expect("read"), text.as_bytes());
        }
        std::fs::write(&path, "mark and more").expect("written");
        let error = read_marked(&path, b"mark", 12).expect_err("too long");
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }

    #[test]
    fn a_folder_is_no_file() {
        assert!(read(Path::new("."), MIB).is_err());
        assert!(read_marked(Path::new("."), b"mark", MIB).is_err());
    }
}
