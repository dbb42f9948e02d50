//! Bytes of a file to the text of a deck, whatever program wrote it.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

use memspike_files::plain;

/// Control characters among so many others make a file a binary one.
const OTHERS_PER_CONTROL: usize = 10;

/// Reads at most a byte more than the limit, whatever the file says of its size.
pub(crate) fn read_limited(file: impl Read, limit: usize) -> Result<String> {
    let mut bytes = Vec::new();
    file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    let text = decode(bytes);
    if is_binary(&text) {
        return Err(Error::new(
            ErrorKind::InvalidData,
            "it is a binary file, not the text of a deck",
        ));
    }
    Ok(if text.contains('\n') { text } else { text.replace('\r', "\n") })
}

/// The largest file of data that is a text.
const MAX_DATA_BYTES: usize = 64 << 20;

/// What `parse` makes of a file of data. An error is its message.
pub(crate) fn read_data<T>(
    path: &Path,
    parse: impl FnOnce(&str) -> std::result::Result<T, String>,
) -> std::result::Result<T, String> {
    parse(&whole(path)?).map_err(|message| format!("'{}', {message}", path.display()))
}

/// The text of a file of data. An error is its message.
pub(crate) fn whole(path: &Path) -> std::result::Result<String, String> {
    let shown = path.display();
    let text = File::open(path).and_then(|file| read_limited(file, MAX_DATA_BYTES));
    let text = text.map_err(|error| format!("cannot read '{shown}': {}", plain(&error)))?;
    if text.len() > MAX_DATA_BYTES {
        return Err(format!("'{shown}' has more than {} MiB", MAX_DATA_BYTES >> 20));
    }
    Ok(text)
}

/// UTF-8, UTF-16 with its mark, or else Latin-1, in which older programs write the micro sign.
#[must_use]
pub fn decode(bytes: Vec<u8>) -> String {
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => decode(rest.to_vec()),
        _ => String::from_utf8(bytes)
            .unwrap_or_else(|error| error.as_bytes().iter().copied().map(char::from).collect()),
    }
}

/// What is no character becomes the sign for that, and an error where it is read.
fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (units, rest) = bytes.as_chunks();
    let text = char::decode_utf16(units.iter().copied().map(unit));
    let text = text.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    text.chain(rest.iter().map(|_| char::REPLACEMENT_CHARACTER)).collect()
}

/// Text has no NUL, and hardly a control character.
fn is_binary(text: &str) -> bool {
    let control = |c: &char| c.is_control() && !c.is_whitespace();
    let controls = text.chars().filter(control).count();
    text.contains('\0') || controls > text.chars().count() / OTHERS_PER_CONTROL
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String> {
        read_limited(bytes, 1000)
    }

    #[test]
    fn a_deck_is_the_same_text_in_every_encoding() {
        let text = "Gr\u{fc}n\nC1 a 0 4.7\u{b5}\n";
        let units: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        // These code points are those of Latin-1.
        let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
        let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        for bytes in [
            text.as_bytes().to_vec(),
            marked(&[0xef, 0xbb, 0xbf], text.as_bytes()),
            marked(&[0xff, 0xfe], &little),
            marked(&[0xfe, 0xff], &big),
            latin,
        ] {
            assert_eq!(read(&bytes).unwrap(), text);
        }
    }

    #[test]
    fn lines_may_end_with_a_carriage_return_alone() {
        assert_eq!(read(b"t\rR1 a 0 1k\r").unwrap(), "t\nR1 a 0 1k\n");
        assert_eq!(read(b"t\r\nR1 a 0 1k\r\n").unwrap(), "t\r\nR1 a 0 1k\r\n");
    }

    #[test]
    fn a_binary_file_is_told_so_and_one_stray_character_makes_none() {
        for binary in [&b"\x7fELF\x02\x01\x01\0\0"[..], b"\x1f\x8b\x08\x02\x03\x11\x12\x05ab"] {
            assert!(read(binary).unwrap_err().to_string().contains("binary"));
        }
        assert!(read(b"a title with one \x1b that is told at its place\n").is_ok());
        // Half of a surrogate pair, and half of a unit.
        assert_eq!(read(b"\xff\xfea\0\x00\xd8b").unwrap(), "a\u{fffd}\u{fffd}");
    }
}
