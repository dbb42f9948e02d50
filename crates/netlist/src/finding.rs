//! Findings while reading: what a diagnostic is before it is shown.

use std::collections::BTreeSet;
use std::fmt::{self, Display};

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

/// The remedy of writing a card as this form of it. Most cards are as they should be, so its text is made where it is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Write<'f>(pub(crate) &'f str);

impl Display for Write<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "write {}", self.0)
    }
}

impl From<Write<'_>> for String {
    fn from(form: Write<'_>) -> Self {
        form.to_string()
    }
}

/// Findings in the order they were made, one for a code and place. Of each severity the first are
/// kept whole and the others counted, so that a file of nothing but errors costs what it takes to read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Findings {
    list: Vec<Finding>,
    seen: BTreeSet<(Code, Span)>,
    errors: Tally,
    warnings: Tally,
}

/// How many findings of one severity there are.
#[derive(Debug, Clone, Default)]
struct Tally {
    count: usize,
    /// Where the first is that is not shown.
    beyond: Option<Span>,
}

impl FromIterator<Finding> for Findings {
    fn from_iter<I: IntoIterator<Item = Finding>>(findings: I) -> Self {
        let mut all = Self::default();
        findings.into_iter().for_each(|finding| all.push(finding));
        all
    }
}

impl Findings {
    pub(crate) fn push(&mut self, finding: Finding) {
        self.push_with(finding.code, finding.span, || finding);
    }

    /// As [`Findings::push`]; what there is to say is asked for only if it will be shown.
    pub(crate) fn push_with(&mut self, code: Code, span: Span, say: impl FnOnce() -> Finding) {
        if !self.seen.insert((code, span)) {
            return;
        }
        let tally = match code.severity() {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        tally.count += 1;
        if tally.count <= MAX_SHOWN {
            self.list.push(say());
        } else {
            tally.beyond.get_or_insert(span);
        }
    }

    pub(crate) fn extend(&mut self, others: Self) {
        for finding in others.list {
            self.push(finding);
        }
        for (code, span) in others.seen {
            // The shown ones are in already; where others had more, so many that none of these is shown.
            self.push_with(code, span, || unreachable!("the first findings of a kind are shown"));
        }
    }

    /// Errors found so far.
    pub(crate) fn errors(&self) -> usize {
        self.errors.count
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.errors.count > 0
    }

    /// What is shown: the first findings of each severity, and how many there are beyond them.
    pub(crate) fn shown(&self) -> Vec<Finding> {
        let mut shown = self.list.clone();
        for (tally, code, what) in [
            (&self.errors, Code::TooManyErrors, "error"),
            (&self.warnings, Code::TooManyWarnings, "warning"),
        ] {
            if let Some(span) = tally.beyond {
                let more = tally.count - MAX_SHOWN;
                let plural = if more == 1 { "" } else { "s" };
                let help = format!("{MAX_SHOWN} are shown: correct them and check again");
                shown.push(
                    Finding::new(code, span, format!("and {more} more {what}{plural}")).help(help),
                );
            }
        }
        shown
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
        format!("the deck has no {what}; {}", definition(what))
    } else if all.len() > MAX_LISTED {
        format!("no {what} has a similar name; {}", definition(what))
    } else {
        format!("known: {}", all.into_iter().collect::<Vec<_>>().join(", "))
    }
}

/// How decks define what was not found.
fn definition(what: &str) -> &'static str {
    match what {
        "parameter" => "define it with .param NAME=VALUE",
        "source" => "add one, V... or I..., or step a parameter",
        "model" => "define it with .model NAME KIND(...), or include its card",
        "subcircuit" => "define it with .subckt NAME ... .ends",
        _ => "add one, or correct the name",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: u32) -> Span {
        Span { file: 0, start, end: start + 1 }
    }

    #[test]
    fn only_what_is_shown_is_said_however_much_is_found() {
        let mut said = 0;
        let mut findings = Findings::default();
        for start in 0..500_000 {
            // Twice, as by two instances of a subcircuit.
            for _ in 0..2 {
                findings.push_with(Code::Syntax, span(start), || {
                    said += 1;
                    Finding::new(Code::Syntax, span(start), "no")
                });
            }
        }
        assert_eq!(said, MAX_SHOWN);
        assert_eq!(findings.errors(), 500_000);
        let shown = findings.shown();
        assert_eq!(shown.len(), MAX_SHOWN + 1);
        assert_eq!(shown[MAX_SHOWN].message, "and 499900 more errors");
        assert_eq!(shown[MAX_SHOWN].span, span(100));
    }

    #[test]
    fn joined_findings_are_counted_once() {
        let of = |range: std::ops::Range<u32>| {
            let mut findings = Findings::default();
            range.for_each(|at| findings.push(Finding::new(Code::Syntax, span(at), "no")));
            findings
        };
        for (first, second, more) in [
            (of(0..50), of(20..100), None),
            (of(0..50), of(20..101), Some("and 1 more error")),
            (of(0..300), of(200..400), Some("and 300 more errors")),
            (of(0..0), of(0..250), Some("and 150 more errors")),
        ] {
            let mut all = first;
            all.extend(second);
            let shown = all.shown();
            let last = shown.get(MAX_SHOWN).map(|finding| finding.message.as_str());
            assert_eq!(last, more);
        }
    }
}
