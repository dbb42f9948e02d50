//! Names with a range of indices: `row[0:783]` stands for `row[0]`, `row[1]`, ... `row[783]`, and
//! `xlif[0:9].n1` for what stands in each of ten instances.

use std::borrow::Cow;

use crate::code::Code;
use crate::cursor::Name;
use crate::finding::Finding;
use crate::number::clip;

/// Most names that one range may stand for.
const MAX_LENGTH: u32 = 1_000_000;

const FORM: &str = "write name[first:last] with whole numbers, such as row[0:783]";

/// One name, or as many as a range has indices.
#[derive(Debug, Clone)]
pub(crate) struct Vector {
    /// Without the range, with the place of the whole.
    pub(crate) name: Name,
    range: Option<Range>,
    /// What follows the range in each name: nothing, or `.n1`.
    suffix: String,
}

/// Indices in the order in which they stand for names, upwards or downwards.
#[derive(Debug, Clone, Copy)]
struct Range {
    first: u32,
    last: u32,
}

impl Vector {
    /// Reads a word. A single index, as in `row[7]`, is part of a name.
    pub(crate) fn read(word: Name) -> Result<Self, Finding> {
        // The brackets around the colon; an index before them is part of the name.
        let colon = word.text.find(':');
        let Some((open, colon)) = colon.and_then(|at| Some((word.text[..at].rfind('[')?, at)))
        else {
            return Ok(Self { name: word, range: None, suffix: String::new() });
        };
        let (base, rest) = (&word.text[..open], &word.text[colon + 1..]);
        let refuse = |message: &str| {
            let message = format!("'{}' {message}", clip(&word.text));
            Err(Finding::new(Code::VectorRange, word.span, message).help(FORM))
        };
        let (last, suffix) = rest.split_once(']').unwrap_or((rest, "no range"));
        if !(suffix.is_empty() || suffix.starts_with('.')) || suffix.contains(':') {
            return refuse("has no range of indices, or several");
        }
        let bounds = (index(&word.text[open + 1..colon]), index(last));
        let (Some(first), Some(last)) = bounds else {
            return refuse("has no range of indices");
        };
        if base.is_empty() {
            return refuse("has no name before its range");
        }
        if first.abs_diff(last) >= MAX_LENGTH {
            return refuse(&format!("stands for more than {MAX_LENGTH} names"));
        }
        let (name, suffix) = (Name { text: base.to_owned(), span: word.span }, suffix.to_owned());
        Ok(Self { name, range: Some(Range { first, last }), suffix })
    }

    /// How many names it stands for; nothing if it has no range.
    pub(crate) fn length(&self) -> Option<usize> {
        self.range.map(|Range { first, last }| first.abs_diff(last) as usize + 1)
    }

    /// How many names it stands for, one without a range.
    pub(crate) fn count(&self) -> usize {
        self.length().unwrap_or(1)
    }

    /// The index at a position of the range.
    pub(crate) fn index(&self, position: usize) -> Option<u32> {
        let Range { first, last } = self.range?;
        let steps = u32::try_from(position).ok()?;
        if first <= last { first.checked_add(steps) } else { first.checked_sub(steps) }
    }

    /// The name at a position; without a range it is the same at every position.
    pub(crate) fn text(&self, position: usize) -> Cow<'_, str> {
        match self.index(position) {
            Some(index) => format!("{}[{index}]{}", self.name.text, self.suffix).into(),
            None => self.name.text.as_str().into(),
        }
    }

    /// The name at a position, as a word at the place of the whole.
    pub(crate) fn at(&self, position: usize) -> Name {
        Name { text: self.text(position).into_owned(), span: self.name.span }
    }

    /// All its names in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = Name> {
        (0..self.count()).map(|position| self.at(position))
    }

    /// Refuses what follows the range: the name of something new has nothing there.
    pub(crate) fn without_suffix(self) -> Result<Self, Finding> {
        if self.suffix.is_empty() {
            return Ok(self);
        }
        let message = format!("'{}' goes on behind its range", self.written());
        Err(Finding::new(Code::VectorRange, self.name.span, message).help(FORM))
    }

    /// The name, if it is one.
    pub(crate) fn single(&self) -> Option<&str> {
        self.range.is_none().then_some(self.name.text.as_str())
    }

    /// Whether it is this name, or a range with it.
    pub(crate) fn stands_for(&self, name: &str) -> bool {
        match self.single() {
            Some(single) => single == name,
            None => self.names().any(|each| each.text == name),
        }
    }

    /// As it was written, for messages.
    pub(crate) fn written(&self) -> String {
        let name = clip(&self.name.text);
        match self.range {
            Some(Range { first, last }) => format!("{name}[{first}:{last}]{}", clip(&self.suffix)),
            None => name,
        }
    }
}

/// An index as a whole number without sign and leading zeros, so that each has one spelling.
fn index(digits: &str) -> Option<u32> {
    let plain = digits == "0" || !digits.starts_with(['0', '+']);
    plain.then(|| digits.parse().ok()).flatten()
}
