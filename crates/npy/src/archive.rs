//! Archives of arrays, NumPy's `.npz`: a ZIP file with a `.npy` file for each (APPNOTE.TXT of PKWARE, 6.3.10).

use std::io::Read;

use flate2::Crc;
use flate2::read::DeflateDecoder;

use crate::MAX_BYTES;

/// What every archive begins with that is not empty. Readers of files take it as their mark.
pub const ARCHIVE_MARK: &[u8] = b"PK\x03\x04";

/// What the list of members begins and ends with.
const ENTRY: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
/// Bytes of a member's head, of its entry in the list, of the end of that, each without names.
const HEAD_LENGTH: usize = 30;
const ENTRY_LENGTH: usize = 46;
const END_LENGTH: usize = 22;
/// The longest comment behind all.
const LONGEST_COMMENT: usize = 0xffff;
/// The bit of an encrypted member.
const ENCRYPTED: u16 = 1;

/// Arrays with names, in the bytes of their file.
#[derive(Debug)]
pub struct Archive<'b> {
    bytes: &'b [u8],
    members: Vec<Member>,
}

/// A file of an archive.
#[derive(Debug)]
struct Member {
    /// Without `.npy`.
    name: String,
    flags: u16,
    method: u16,
    crc: u32,
    packed: usize,
    length: usize,
    /// Where its head is.
    head: usize,
}

/// Why an archive gives no array.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// It is no archive, or a damaged one.
    #[error("is no .npz file: {0}; write it with numpy.savez or numpy.savez_compressed")]
    Format(&'static str),
    /// A member that is packed in another way.
    #[error("'{name}' {why}; write it with numpy.savez or numpy.savez_compressed")]
    Packed {
        /// The member.
        name: String,
        /// How it is packed.
        why: String,
    },
    /// A member that is damaged.
    #[error("'{name}' is damaged: {why}")]
    Damaged {
        /// The member.
        name: String,
        /// What is wrong.
        why: &'static str,
    },
    /// A member that is too large.
    #[error("'{name}' declares {length} bytes; at most {MAX_BYTES} are read")]
    Large {
        /// The member.
        name: String,
        /// Bytes, as the archive says.
        length: usize,
    },
}

impl<'b> Archive<'b> {
    /// Reads the list of members.
    ///
    /// # Errors
    /// [`ArchiveError::Format`].
    pub fn read(bytes: &'b [u8]) -> Result<Self, ArchiveError> {
        let end = end(bytes).ok_or(ArchiveError::Format("it has no list of members"))?;
        let short = ArchiveError::Format("its list of members is cut short");
        let count = half(bytes, end + 10).ok_or_else(|| short.clone())?;
        let mut at = word(bytes, end + 16).ok_or_else(|| short.clone())? as usize;
        let mut members = Vec::new();
        for _ in 0..count {
            let (member, length) = Member::listed(bytes, at).ok_or_else(|| short.clone())?;
            members.push(member);
            at += length;
        }
        Ok(Self { bytes, members })
    }

    /// Names of the arrays.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|member| &*member.name)
    }

    /// The `.npy` file of this name, without its ending; nothing if there is none. At most [`MAX_BYTES`] are unpacked.
    ///
    /// # Errors
    /// A member that cannot be unpacked, or is not what it was when it was packed.
    pub fn get(&self, name: &str) -> Result<Option<Vec<u8>>, ArchiveError> {
        let member = self.members.iter().find(|member| member.name == name);
        member.map(|member| member.unpack(self.bytes)).transpose()
    }
}

impl Member {
    /// An entry of the list, and its length.
    fn listed(bytes: &[u8], at: usize) -> Option<(Self, usize)> {
        if bytes.get(at..at.checked_add(4)?)? != ENTRY {
            return None;
        }
        let [name, extra, comment] =
            [28, 30, 32].map(|place| half(bytes, at + place).map(usize::from));
        let name = bytes.get(at + ENTRY_LENGTH..)?.get(..name?)?;
        let length = ENTRY_LENGTH + name.len() + extra? + comment?;
        let name = String::from_utf8_lossy(name);
        let member = Self {
            name: name.strip_suffix(".npy").unwrap_or(&name).to_owned(),
            flags: half(bytes, at + 8)?,
            method: half(bytes, at + 10)?,
            crc: word(bytes, at + 16)?,
            packed: word(bytes, at + 20)? as usize,
            length: word(bytes, at + 24)? as usize,
            head: word(bytes, at + 42)? as usize,
        };
        Some((member, length))
    }

    fn unpack(&self, bytes: &[u8]) -> Result<Vec<u8>, ArchiveError> {
        let name = || self.name.clone();
        let damaged = |why| ArchiveError::Damaged { name: name(), why };
        if self.flags & ENCRYPTED != 0 {
            return Err(ArchiveError::Packed { name: name(), why: "is encrypted".to_owned() });
        }
        // Sizes of 4 GiB and more stand elsewhere, and here is the largest number.
        if self.length as u64 > MAX_BYTES {
            return Err(ArchiveError::Large { name: name(), length: self.length });
        }
        let packed = self.packed_bytes(bytes).ok_or_else(|| damaged("its bytes are cut short"))?;
        let unpacked = match self.method {
            0 => packed.to_vec(),
            8 => {
                // A byte more than declared tells that there are more; memory follows what is there.
                let mut unpacked = Vec::new();
                let mut reader = DeflateDecoder::new(packed).take(self.length as u64 + 1);
                let read = reader.read_to_end(&mut unpacked);
                read.map_err(|_| damaged("it does not unpack"))?;
                unpacked
            }
            other => {
                let why = format!(
                    "is packed by method {other} of ZIP; stored and deflated members are read"
                );
                return Err(ArchiveError::Packed { name: name(), why });
            }
        };
        if unpacked.len() != self.length {
            return Err(damaged("it has another length than the archive says"));
        }
        let mut crc = Crc::new();
        crc.update(&unpacked);
        if crc.sum() != self.crc {
            return Err(damaged("its checksum is another one"));
        }
        Ok(unpacked)
    }

    fn packed_bytes<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let head = bytes.get(self.head..)?;
        if !head.starts_with(ARCHIVE_MARK) {
            return None;
        }
        let (name, extra) = (half(head, 26)?, half(head, 28)?);
        let begin = HEAD_LENGTH + usize::from(name) + usize::from(extra);
        head.get(begin..)?.get(..self.packed)
    }
}

/// Where the end of the list is: the last place from which the comment leads to the end of the file.
fn end(bytes: &[u8]) -> Option<usize> {
    let last = bytes.len().checked_sub(END_LENGTH)?;
    let first = last.saturating_sub(LONGEST_COMMENT);
    (first..=last).rev().find(|at| {
        let comment = half(bytes, at + 20).map(usize::from);
        bytes[*at..].starts_with(&END)
            && comment.map(|length| at + END_LENGTH + length) == Some(bytes.len())
    })
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(two.try_into().ok()?))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}
