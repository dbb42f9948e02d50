//! Diagnostics as people and scripts see them.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::code::{Code, Severity};
use crate::finding::{Finding, Findings};
use crate::source::Sources;
use crate::typing::retype;

/// Characters of a line that are kept before and after the place, and of the place.
const EXCERPT: usize = 500;

/// Characters of a message or a remedy that are shown.
const MAX_TEXT: usize = 1000;

/// One thing that a deck is told.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Diagnostic {
    code: Code,
    message: String,
    help: String,
    file: String,
    line: usize,
    column: usize,
    excerpt: Option<Excerpt>,
}

impl Diagnostic {
    pub(crate) fn new(finding: &Finding, sources: &Sources) -> Self {
        let place = sources.place(finding.span);
        let mut help = finding.help.clone();
        let is_error = finding.code.severity() == Severity::Error;
        let retyped = is_error.then(|| retype(place.line_text, place.within.clone())).flatten();
        for line in retyped.iter().chain(&finding.context) {
            if !help.is_empty() {
                help.push('\n');
            }
            help.push_str(line);
        }
        // Messages quote what stands in other files, too.
        Self {
            code: finding.code,
            message: shown(&finding.message),
            help: shown(&help),
            file: shown(place.file),
            line: place.line,
            column: place.column,
            excerpt: Some(Excerpt::new(&place)),
        }
    }

    /// A diagnostic of a file as a whole.
    pub(crate) fn of_file(code: Code, file: String, message: String, help: &str) -> Self {
        let (message, file, help) = (shown(&message), shown(&file), help.to_owned());
        Self { code, message, help, file, line: 1, column: 1, excerpt: None }
    }

    /// The kind of the finding.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }
    /// Whether the deck still runs.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
    /// The cause, in one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
    /// The file, as the user or the `.include` named it.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }
    /// Line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }
    /// Column in characters, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }
    /// What to do, and through which instances the place was reached.
    #[must_use]
    pub fn help(&self) -> &str {
        &self.help
    }
    /// This diagnostic as text for a terminal or a log, in the form that compilers have.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let level = match self.severity() {
            Severity::Warning => Level::WARNING,
            Severity::Error => Level::ERROR,
        };
        let title = level.primary_title(self.message.as_str()).id(self.code.as_str());
        let mut group = Group::with_title(title);
        if let Some(Excerpt { text, place, is_whole }) = &self.excerpt {
            let mark = AnnotationKind::Primary.span(place.clone());
            let line = Snippet::source(text.as_str()).line_start(self.line).annotation(mark);
            let file = self.file.as_str();
            group = if *is_whole {
                group.element(line.path(file))
            } else {
                // Columns are not those of the cut line.
                let origin = Origin::path(file).line(self.line).char_column(self.column);
                group.element(origin).element(line)
            };
        }
        if !self.help.is_empty() {
            group = group.element(Level::HELP.message(self.help.as_str()));
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        renderer.term_width(WIDTH).render(&[group]) + "\n"
    }
}

/// Lines are cut around the place (characters), wherever the text goes.
const WIDTH: usize = 160;

/// Control characters of a hostile deck must not reach the terminal.
fn clean(c: char) -> char {
    if c.is_control() && c != '\t' { char::REPLACEMENT_CHARACTER } else { c }
}

/// A text of several lines without them, cut to what somebody might read: names can be of any length.
fn shown(text: &str) -> String {
    let mut shown: String =
        text.chars().take(MAX_TEXT).map(|c| if c == '\n' { c } else { clean(c) }).collect();
    if text.chars().nth(MAX_TEXT).is_some() {
        shown.push('\u{2026}');
    }
    shown
}

/// The line of a diagnostic, cut to what may be looked at.
#[derive(Debug, Clone)]
struct Excerpt {
    text: String,
    /// Within `text`.
    place: Range<usize>,
    /// Whether nothing is left out before the place.
    is_whole: bool,
}

impl Excerpt {
    fn new(place: &crate::source::Place<'_>) -> Self {
        let (before, rest) = place.line_text.split_at(place.within.start);
        let (marked, after) = rest.split_at(place.within.len());
        let skipped = before.chars().count().saturating_sub(EXCERPT);
        let before: String = before.chars().skip(skipped).map(clean).collect();
        let marked: String = marked.chars().take(EXCERPT).map(clean).collect();
        let after: String = after.chars().take(EXCERPT).map(clean).collect();
        let place = before.len()..before.len() + marked.len();
        Self { text: before + &marked + &after, place, is_whole: skipped == 0 }
    }
}

/// Why a deck does not run: every error found, and the warnings beside them.
#[derive(Debug, Clone)]
pub struct Report {
    /// In the order of the deck where that is possible.
    pub diagnostics: Vec<Diagnostic>,
}

impl Report {
    pub(crate) fn new(findings: &Findings, sources: &Sources) -> Self {
        Self { diagnostics: diagnostics(findings, sources) }
    }

    /// Every diagnostic with file, line, column, source line, cause and remedy.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let all: Vec<String> =
            self.diagnostics.iter().map(|diagnostic| diagnostic.render(color)).collect();
        all.join("\n")
    }
}

pub(crate) fn diagnostics(findings: &Findings, sources: &Sources) -> Vec<Diagnostic> {
    let mut ordered = findings.shown();
    ordered.sort_by_key(|finding| finding.span);
    ordered.iter().map(|finding| Diagnostic::new(finding, sources)).collect()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.diagnostics.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            let Diagnostic { file, line, column, message, .. } = diagnostic;
            write!(f, "{file}:{line}:{column}: {message}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Report {}
