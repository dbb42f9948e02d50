//! Tables of a TOML file, read key by key, every mistake at its place.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    ops::{Range, RangeInclusive},
};

use memspike_netlist::parse_number;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{Mistake, explain};

/// Magnitudes that a value can have, in any unit, as in decks; their products and quotients are numbers.
const POSSIBLE: RangeInclusive<f64> = 1e-30..=1e30;

/// The text of a file and its name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'t> {
    pub name: &'t str,
    pub text: &'t str,
}

impl Source<'_> {
    /// Line of a byte, from 1.
    pub fn line(&self, at: usize) -> usize {
        1 + self.text[..at].matches('\n').count()
    }

    pub fn mistake(&self, span: Range<usize>, message: impl Into<String>) -> Mistake {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let column = 1 + before.chars().rev().take_while(|c| *c != '\n').count();
        Mistake {
            file: self.name.to_owned(),
            line: self.line(before.len()),
            column,
            message: message.into(),
        }
    }
}

/// A table of which every key must be asked for.
#[derive(Debug)]
pub(crate) struct Keys<'t> {
    pub source: Source<'t>,
    /// Its place in the file.
    pub span: Range<usize>,
    /// What it is, for messages.
    what: String,
    table: &'t DeTable<'t>,
    asked: RefCell<BTreeSet<String>>,
}

/// A value at its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct At<T> {
    pub value: T,
    pub span: Range<usize>,
}

/// Signs that a number may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    Positive,
    NotNegative,
    Any,
}

impl<'t> Keys<'t> {
    pub fn new(
        source: Source<'t>,
        what: impl Into<String>,
        table: &'t DeTable<'t>,
        span: Range<usize>,
    ) -> Self {
        Self { source, span, what: what.into(), table, asked: RefCell::default() }
    }

    fn get(&self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.asked.borrow_mut().insert(key.to_owned());
        self.table.get(key)
    }

    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The place of a value.
    pub fn span_of(&self, key: &str) -> Option<Range<usize>> {
        self.table.get(key).map(Spanned::span)
    }

    /// All keys, each with its place.
    pub fn names(&self) -> impl Iterator<Item = At<&'t str>> {
        self.table.keys().map(|key| At { value: key.get_ref().as_ref(), span: key.span() })
    }

    pub fn mistake(&self, span: Range<usize>, message: impl Into<String>) -> Mistake {
        self.source.mistake(span, message)
    }

    pub fn missing(&self, key: &str) -> Mistake {
        self.mistake(self.span.clone(), format!("{} lacks '{key}'{}", self.what, explain::key(key)))
    }

    pub fn optional_text(&self, key: &str) -> Result<Option<At<&'t str>>, Mistake> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let Some(text) = value.get_ref().as_str() else {
            return Err(self.mistake(value.span(), format!("'{key}' must be text in quotes")));
        };
        if text.chars().any(|c| c.is_control()) {
            return Err(self.mistake(value.span(), format!("'{key}' must be one line of text")));
        }
        Ok(Some(At { value: text, span: value.span() }))
    }

    pub fn text(&self, key: &str) -> Result<At<&'t str>, Mistake> {
        self.optional_text(key)?.ok_or_else(|| self.missing(key))
    }

    /// What the text of a key stands for, of these words.
    pub fn choice<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Result<Option<T>, Mistake> {
        let Some(text) = self.optional_text(key)? else { return Ok(None) };
        let found = words.iter().find(|(word, _)| *word == text.value).map(|(_, value)| *value);
        found.map(Some).ok_or_else(|| {
            let known = words.iter().map(|(word, _)| format!("\"{word}\"")).collect::<Vec<_>>();
            let message = format!("'{key}' is {}, not '{}'", known.join(" or "), text.value);
            self.mistake(text.span, message)
        })
    }

    /// The texts of a list.
    pub fn texts(&self, key: &str) -> Result<Option<Vec<At<&'t str>>>, Mistake> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let wrong = |span| self.mistake(span, format!("'{key}' must be a list of texts in quotes"));
        let array = value.get_ref().as_array().ok_or_else(|| wrong(value.span()))?;
        array
            .iter()
            .map(|entry| {
                let value = entry.get_ref().as_str().ok_or_else(|| wrong(entry.span()))?;
                Ok(At { value, span: entry.span() })
            })
            .collect::<Result<_, _>>()
            .map(Some)
    }

    pub fn optional_number(&self, key: &str, sign: Sign) -> Result<Option<At<f64>>, Mistake> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let number = self.to_number(key, value)?;
        let reason = match sign {
            Sign::Positive if number.value <= 0.0 => "must be above zero",
            Sign::NotNegative if number.value < 0.0 => "must not be negative",
            _ => return Ok(Some(number)),
        };
        Err(self.mistake(number.span, format!("'{key}' {reason}")))
    }

    pub fn number(&self, key: &str, sign: Sign) -> Result<At<f64>, Mistake> {
        self.optional_number(key, sign)?.ok_or_else(|| self.missing(key))
    }

    pub fn positive(&self, key: &str) -> Result<f64, Mistake> {
        self.number(key, Sign::Positive).map(|number| number.value)
    }

    /// A number, or a number as decks write it in quotes: `47e-9` or `"47n"`.
    fn to_number(&self, key: &str, value: &Spanned<DeValue<'t>>) -> Result<At<f64>, Mistake> {
        let mistake = |cause: &str| self.mistake(value.span(), format!("'{key}': {cause}"));
        let number = match value.get_ref() {
            DeValue::Float(float) => float.as_str().parse::<f64>().ok(),
            DeValue::Integer(integer) => {
                i64::from_str_radix(integer.as_str(), integer.radix()).ok().map(|n| n as f64)
            }
            DeValue::String(text) => {
                Some(parse_number(text).map_err(|error| mistake(&error.to_string()))?)
            }
            _ => return Err(mistake("a number is needed, such as 0.17, 47e-9 or \"47n\"")),
        };
        match number {
            Some(0.0) => Ok(At { value: 0.0, span: value.span() }),
            Some(number) if POSSIBLE.contains(&number.abs()) => {
                Ok(At { value: number, span: value.span() })
            }
            Some(number) if number.is_finite() => {
                let (least, most) = POSSIBLE.into_inner();
                Err(mistake(&format!(
                    "{number:e} is not possible; values reach from {least:e} to {most:e}"
                )))
            }
            _ => Err(mistake("a finite number is needed")),
        }
    }

    /// The number that a key's word stands for, if it has such a word.
    pub fn word(&self, key: &str, of: impl Fn(&str) -> Option<f64>) -> Option<f64> {
        of(self.get(key)?.get_ref().as_str()?)
    }

    /// The value of a key: a number, or a table that begins at the given place.
    pub fn number_or_table(&self, key: &str) -> Result<Result<At<f64>, Keys<'t>>, Mistake> {
        let value = self.get(key).ok_or_else(|| self.missing(key))?;
        match value.get_ref() {
            DeValue::Table(table) => Ok(Err(Keys::new(self.source, key, table, value.span()))),
            _ => self.to_number(key, value).map(Ok),
        }
    }

    pub fn table(&self, key: &str) -> Result<Option<Keys<'t>>, Mistake> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let Some(table) = value.get_ref().as_table() else {
            return Err(self.mistake(value.span(), format!("'{key}' must be a table: [{key}]")));
        };
        Ok(Some(Keys::new(self.source, format!("[{key}]"), table, value.span())))
    }

    /// The tables of `[[key]]`, in the order of the file.
    pub fn tables(&self, key: &str) -> Result<Vec<Keys<'t>>, Mistake> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let wrong = |span| self.mistake(span, format!("'{key}' must be tables: [[{key}]]"));
        let Some(array) = value.get_ref().as_array() else { return Err(wrong(value.span())) };
        array
            .iter()
            .map(|entry| {
                let table = entry.get_ref().as_table().ok_or_else(|| wrong(entry.span()))?;
                Ok(Keys::new(self.source, format!("[[{key}]]"), table, entry.span()))
            })
            .collect()
    }

    /// Finds a key that means nothing here.
    pub fn finish(&self) -> Result<(), Mistake> {
        let asked = self.asked.borrow();
        match self.names().find(|name| !asked.contains(name.value)) {
            None => Ok(()),
            Some(name) => {
                let known = asked.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                let message =
                    format!("'{}' means nothing in {}, which knows {known}", name.value, self.what);
                Err(self.mistake(name.span, message))
            }
        }
    }
}
