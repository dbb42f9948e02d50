//! From a text to its words, and from words that are not known to those that may be meant.

use serde::Deserialize;

use super::document::{Document, VERSION};
use super::{FileReason, Form, TextPlace};

/// The one field that all versions have.
#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

/// Reads a text: its version first, so that a text of another one is told as that.
pub(super) fn document(text: &str, form: Form) -> Result<Document, FileReason> {
    let Versioned { version } = words(text, form)?;
    if !(1..=VERSION).contains(&version) {
        return Err(FileReason::Version(version));
    }
    words(text, form)
}

fn words<T: for<'de> Deserialize<'de>>(text: &str, form: Form) -> Result<T, FileReason> {
    match form {
        Form::Toml => toml::from_str(text).map_err(|error| {
            let place = error.span().map(|span| TextPlace::of(text, span.start));
            let found = error.span().and_then(|span| text.get(span.start..)).unwrap_or_default();
            let remedy = remedy(error.message(), found);
            syntax(error.to_string().trim_end(), error.message(), remedy, place)
        }),
        Form::Json => serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let place = (line > 0).then_some(TextPlace { line, column });
            let message = error.to_string();
            syntax(&message, &message, remedy(&message, ""), place)
        }),
    }
}

/// The words of a parser, with what may be meant.
fn syntax(text: &str, message: &str, remedy: Option<&str>, place: Option<TextPlace>) -> FileReason {
    let mut text = text.to_owned();
    if let Some(meant) = meant(message) {
        text = format!("{text}; did you mean `{meant}`?");
    }
    if let Some(remedy) = remedy {
        text = format!("{text}: {remedy}");
    }
    FileReason::Syntax { text, place }
}

/// What to do about a message that names the types of programs, or what it took `found` for.
fn remedy(message: &str, found: &str) -> Option<&'static str> {
    if message.starts_with("invalid type: unit variant") {
        Some("this rule has a table, such as connections.all_to_all = {}")
    } else if message.starts_with("string values must be quoted") {
        Some("a number has no unit behind it, 20e-3; a word stands in quotes")
    } else if message.starts_with("unexpected key or value") && found.starts_with(',') {
        Some("the decimal mark of a number is a point")
    } else if message.ends_with("expected f64") {
        Some("write a number without quotes")
    } else if ["expected usize", "expected u32", "expected u64"]
        .iter()
        .any(|t| message.ends_with(t))
    {
        Some("write a whole number that is not negative")
    } else {
        None
    }
}

/// Of a message of serde, "unknown field `a`, expected one of `b`, `c`", the word that is nearest to the unknown one.
fn meant(message: &str) -> Option<&str> {
    let mut quoted = message.strip_prefix("unknown ")?.split('`').skip(1).step_by(2);
    let unknown = quoted.next()?;
    nearest(unknown, quoted)
}

/// The known word that is nearest to another, if one is near.
pub(crate) fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let word = word.to_lowercase();
    let likeness = known.map(|known| (strsim::jaro_winkler(&known.to_lowercase(), &word), known));
    let near = likeness.filter(|(likeness, _)| *likeness > 0.8);
    near.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, known)| known)
}
