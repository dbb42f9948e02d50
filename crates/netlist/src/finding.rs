//! Findings while reading: what a diagnostic is before it is shown.

use std::collections::BTreeSet;

use crate::code::{Code, Severity};
use crate::source::Span;

/// Errors, and warnings, that one report shows; what follows them is mostly the same again.
const MAX_SHOWN: usize = 100;

/// One finding.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Finding {
    pub(crate) code: Code,
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) help: String,
    /// Through which instances the place was reached, innermost first.
    pub(crate) context: Vec<String>,
}

impl Finding {
    pub(crate) fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { code, span, message: message.into(), help: String::new(), context: Vec::new() }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

/// Findings in the order they were made, one for a code and place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Findings {
    list: Vec<Finding>,
    seen: BTreeSet<(Code, Span)>,
    errors: usize,
    warnings: usize,
}

impl Findings {
    pub(crate) fn push(&mut self, finding: Finding) {
        let (count, more) = match finding.code.severity() {
            Severity::Error => (&mut self.errors, Code::TooManyErrors),
            Severity::Warning => (&mut self.warnings, Code::TooManyWarnings),
        };
        if *count > MAX_SHOWN || !self.seen.insert((finding.code, finding.span)) {
            return;
        }
        *count += 1;
        if *count <= MAX_SHOWN {
            self.list.push(finding);
            return;
        }
        let message = format!("more than {MAX_SHOWN} of this severity; the rest is not shown");
        let help = "correct the first ones and check again";
        self.list.push(Finding::new(more, finding.span, message).help(help));
    }

    /// Whether further errors would not be shown.
    pub(crate) fn is_full(&self) -> bool {
        self.errors > MAX_SHOWN
    }

    pub(crate) fn extend(&mut self, others: Self) {
        for finding in others.list {
            self.push(finding);
        }
    }

    /// Errors found so far.
    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.errors > 0
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.list.iter()
    }
}

/// `did you mean 'x'?` for the nearest of some words, if one is near.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Names can be many and long; what a person mistyped is among some, and differs early.
    const MAX_COMPARED: usize = 10_000;
    let short = |text: &str| text.chars().take(64).collect::<String>();
    let wanted = short(word);
    known
        .into_iter()
        .take(MAX_COMPARED)
        .map(|candidate| (strsim::jaro_winkler(&wanted, &short(candidate)), candidate))
        .filter(|(score, _)| *score > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate)
}

/// A remedy that names the nearest known word, or lists all if they are few.
pub(crate) fn suggest<'a>(
    word: &str,
    what: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    const MAX_LISTED: usize = 24;
    if let Some(near) = nearest(word, known.clone()) {
        return format!("did you mean '{near}'?");
    }
    let all: BTreeSet<&str> = known.into_iter().take(MAX_LISTED + 1).collect();
    if all.is_empty() {
        format!("the deck has no {what}")
    } else if all.len() > MAX_LISTED {
        format!("no {what} has a similar name")
    } else {
        format!("known: {}", all.into_iter().collect::<Vec<_>>().join(", "))
    }
}
