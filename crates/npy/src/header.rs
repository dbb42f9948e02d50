//! Bounds of a header, checked before its text is parsed: time to parse grows exponentially with the
//! depth of brackets, and its length is what four bytes claim.

use crate::{MARK, NpyError};

/// The longest header (bytes), that of NumPy.
const MAX_LENGTH: usize = 10_000;

/// Brackets within each other; a structured type with arrays in it has 4.
const MAX_DEPTH: usize = 4;

/// Refuses a header that no array of numbers has. What else is wrong with it the parser says.
pub(crate) fn check(bytes: &[u8]) -> Result<(), NpyError> {
    let format = |message: &str| Err(NpyError::Format(message.to_owned()));
    let Some((major, rest)) = version(bytes) else { return Ok(()) };
    let (length, text) = match (major, rest) {
        (1, [a, b, text @ ..]) => (usize::from(u16::from_le_bytes([*a, *b])), text),
        (2 | 3, [a, b, c, d, text @ ..]) => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, text),
        _ => return format("it ends within its header"),
    };
    if length > MAX_LENGTH {
        return format(&format!("its header has {length} bytes; at most {MAX_LENGTH} are read"));
    }
    let Some(text) = text.get(..length) else { return format("it ends within its header") };
    let mut depth = 0_usize;
    for byte in text {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return format("its header has brackets within brackets");
        }
    }
    Ok(())
}

/// The major version and what follows both versions, if the file begins as one of NumPy's of a version
/// that is known.
fn version(bytes: &[u8]) -> Option<(u8, &[u8])> {
    match bytes.strip_prefix(MARK)? {
        [major @ 1..=3, _, rest @ ..] => Some((*major, rest)),
        _ => None,
    }
}
