//! The header of a `.npy` file: magic, version, length, and a Python dictionary with three keys
//! (numpy.lib.format).

use crate::{MARK, NpyError};

/// The longest header (bytes), that of NumPy.
const MAX_LENGTH: usize = 10_000;

/// Brackets within each other; a structured type with arrays in it has 4.
const MAX_DEPTH: usize = 4;

/// What a header says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// The type as it stands in the file, with its quotes.
    pub descr: String,
    /// Whether the first axis varies fastest.
    pub fortran_order: bool,
    /// Length of each axis.
    pub shape: Vec<usize>,
    /// Where the numbers begin.
    pub length: usize,
}

fn format<T>(message: impl Into<String>) -> Result<T, NpyError> {
    Err(NpyError::Format(message.into()))
}

impl Header {
    /// Reads the header at the beginning of a file.
    pub fn read(bytes: &[u8]) -> Result<Self, NpyError> {
        let Some(rest) = bytes.strip_prefix(MARK) else {
            return format("it does not begin as one");
        };
        let (length, text, before) = match rest {
            [1, _, a, b, text @ ..] => (usize::from(u16::from_le_bytes([*a, *b])), text, 4),
            [2 | 3, _, a, b, c, d, text @ ..] => {
                (u32::from_le_bytes([*a, *b, *c, *d]) as usize, text, 6)
            }
            [0 | 4.., ..] => return format("it has a version that is not known"),
            _ => return format("it ends within its header"),
        };
        if length > MAX_LENGTH {
            return format(format!("its header has {length} bytes; at most {MAX_LENGTH} are read"));
        }
        let Some(text) = text.get(..length) else { return format("it ends within its header") };
        let Ok(text) = std::str::from_utf8(text) else { return format("its header is no text") };
        let header = Literal { rest: text }.header()?;
        Ok(Self { length: MARK.len() + before + length, ..header })
    }

    /// The header of a table, as NumPy pads it.
    pub fn bytes(descr: &str, rows: usize, columns: usize) -> Vec<u8> {
        let mut text = format!(
            "{{'descr': '{descr}', 'fortran_order': False, 'shape': ({rows}, {columns}), }}"
        );
        // Numbers begin at a multiple of 64 bytes, after a line end.
        let before = MARK.len() + 4;
        while !(before + text.len() + 1).is_multiple_of(64) {
            text.push(' ');
        }
        text.push('\n');
        let length = u16::try_from(text.len()).expect("two lengths and a name are short");
        [MARK, &[1, 0], &length.to_le_bytes(), text.as_bytes()].concat()
    }
}

/// A Python literal that is read from its beginning.
struct Literal<'t> {
    rest: &'t str,
}

impl<'t> Literal<'t> {
    fn header(mut self) -> Result<Header, NpyError> {
        let (mut descr, mut order, mut shape) = (None, None, None);
        self.need('{')?;
        while !self.eat('}') {
            let key = self.value()?;
            self.need(':')?;
            let value = self.value()?;
            match key.trim_matches(['\'', '"']) {
                "descr" => descr = Some(value.to_owned()),
                "fortran_order" => order = Some(boolean(value)?),
                "shape" => shape = Some(lengths(value)?),
                other => return format(format!("its header has a key '{other:.40}'")),
            }
            if !self.eat(',') {
                self.need('}')?;
                break;
            }
        }
        if !self.rest.trim().is_empty() {
            return format("its header goes on behind its last key");
        }
        match (descr, order, shape) {
            (Some(descr), Some(fortran_order), Some(shape)) => {
                Ok(Header { descr, fortran_order, shape, length: 0 })
            }
            _ => format("its header lacks 'descr', 'fortran_order' or 'shape'"),
        }
    }

    /// Takes this letter, after blanks, if it comes next.
    fn eat(&mut self, letter: char) -> bool {
        let rest = self.rest.trim_start().strip_prefix(letter);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn need(&mut self, letter: char) -> Result<(), NpyError> {
        if self.eat(letter) { Ok(()) } else { format(format!("its header lacks a '{letter}'")) }
    }

    /// Takes a text in quotes, brackets with all that is in them, or a word.
    fn value(&mut self) -> Result<&'t str, NpyError> {
        let text = self.rest.trim_start();
        let (mut depth, mut quote) = (0_usize, None);
        for (at, letter) in text.char_indices() {
            match (quote, letter) {
                (Some(open), _) if letter == open => quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"') => quote = Some(letter),
                (None, '(' | '[' | '{') => {
                    depth += 1;
                    if depth > MAX_DEPTH {
                        return format("its header has brackets within brackets");
                    }
                }
                (None, ')' | ']' | '}') if depth > 0 => depth -= 1,
                (None, ',' | ':' | '}' | ')' | ']') if depth == 0 => {
                    self.rest = &text[at..];
                    return Ok(text[..at].trim_end());
                }
                (None, _) => {}
            }
        }
        format("its header ends within a value")
    }
}

fn boolean(text: &str) -> Result<bool, NpyError> {
    match text {
        "True" => Ok(true),
        "False" => Ok(false),
        _ => format("'fortran_order' of its header is neither True nor False"),
    }
}

/// A tuple of lengths, which Python 2 wrote with an L behind each.
fn lengths(text: &str) -> Result<Vec<usize>, NpyError> {
    let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    let inner = inner.map(str::trim).map(|text| text.strip_suffix(',').unwrap_or(text));
    let length = |word: &str| word.trim().trim_end_matches('L').parse::<usize>().ok();
    let lengths = match inner {
        Some("") => Some(Vec::new()),
        Some(inner) => inner.split(',').map(length).collect(),
        None => None,
    };
    lengths.map_or_else(|| format("'shape' of its header is no tuple of lengths"), Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Header, NpyError> {
        let length = u16::try_from(text.len()).expect("short").to_le_bytes();
        Header::read(&[MARK, &[1, 0], &length, text.as_bytes()].concat())
    }

    #[test]
    fn headers_are_read_as_python_reads_them() {
        // numpy.lib.format takes any order of keys, either quotes, any blanks.
        for text in [
            "{'descr': '<f8', 'fortran_order': True, 'shape': (3, 2), }",
            "{\"shape\": (3L, 2L), \"descr\": '<f8', \"fortran_order\": True}   \n",
            "  { 'fortran_order' :True,'shape':( 3 ,2, ),'descr': '<f8' }\n",
        ] {
            let header = read(text).expect(text);
            assert_eq!((header.descr.as_str(), header.fortran_order), ("'<f8'", true), "{text}");
            assert_eq!((header.shape, header.length), (vec![3, 2], 10 + text.len()), "{text}");
        }
        let none = read("{'descr': '<f8', 'fortran_order': False, 'shape': ()}").expect("a number");
        assert_eq!(none.shape, Vec::<usize>::new());
        let fields = "[('a', '<f8'), ('b', '<i4', (2, 2))]";
        let text = format!("{{'descr': {fields}, 'fortran_order': False, 'shape': (3,)}}");
        assert_eq!(read(&text).expect("a structured type").descr, fields);
    }

    #[test]
    fn what_is_no_header_is_refused_with_a_reason() {
        for (text, word) in [
            ("", "'{'"),
            ("{'descr': '<f8'", "ends within"),
            ("{'descr': '<f8', 'fortran_order': False}", "lacks 'descr'"),
            ("{'descr': '<f8', 'fortran_order': 0, 'shape': (1, 1)}", "True nor False"),
            ("{'descr': '<f8', 'fortran_order': False, 'shape': 1}", "tuple"),
            ("{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 1)}", "tuple"),
            ("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1)} x", "behind"),
            ("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1), 'x': 1}", "key 'x'"),
        ] {
            let refused = read(text).expect_err(text).to_string();
            assert!(refused.contains(word), "{text}: {refused}");
        }
    }
}
