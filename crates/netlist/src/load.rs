//! Reads a deck's files and puts the included lines in their place.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use memspike_files::plain;

use crate::code::Code;
use crate::control::Control;
use crate::diagnostic::{Diagnostic, Report};
use crate::finding::{Finding, Findings};
use crate::library::{self, Call, Sections};
use crate::line::{Line, logical_lines};
use crate::source::{Sources, Span};
use crate::text::read_limited;

/// Text of a deck with all its includes; a `u32` holds any place in it.
const MAX_DECK_BYTES: usize = 64 << 20;
const MAX_INCLUDE_DEPTH: usize = 32;
const MAX_FILES: usize = 1000;
/// Sections that are named.
const MAX_SECTIONS: usize = 16;
/// Characters of a title that are kept.
const MAX_TITLE: usize = 200;

/// All lines of a deck in reading order.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) sources: Sources,
    pub(crate) title: String,
    pub(crate) lines: Vec<Line>,
    /// Of `.control` blocks, without dots.
    pub(crate) control: Vec<Line>,
    pub(crate) findings: Findings,
}

/// Reads a deck from a file, or from standard input if that is `-`.
pub(crate) fn load(path: &Path) -> Result<Loaded, Report> {
    let text = if path == Path::new("-") {
        read_limited(std::io::stdin().lock(), MAX_DECK_BYTES)
    } else {
        read_file(path)
    };
    let text = text.map_err(|error| unreadable(path, &error, "give the path of a deck"))?;
    Ok(parse(&path.display().to_string(), text, path))
}

/// Reads a file of cards, which has no title.
pub(crate) fn load_cards(path: &Path) -> Result<Loaded, Report> {
    let text = regular(path).and_then(|()| read_file(path));
    let text =
        text.map_err(|error| unreadable(path, &error, "give the path of a file of models"))?;
    Ok(parse_cards(&path.display().to_string(), text, path))
}

fn read_file(path: &Path) -> std::io::Result<String> {
    File::open(path).and_then(|file| read_limited(file, MAX_DECK_BYTES))
}

fn unreadable(path: &Path, error: &std::io::Error, help: &str) -> Report {
    let name = path.display().to_string();
    let message = format!("cannot read '{name}': {}", plain(error));
    Report { diagnostics: vec![Diagnostic::of_file(Code::Unreadable, name, message, help)] }
}

/// Takes a deck from memory; includes are looked for beside `path`.
pub(crate) fn parse(name: &str, text: String, path: &Path) -> Loaded {
    let mut loader = Loader::at(path);
    loader.main(name, text, path);
    loader.finish()
}

/// As [`parse`], for a file of cards.
pub(crate) fn parse_cards(name: &str, text: String, path: &Path) -> Loaded {
    let mut loader = Loader::at(path);
    let site = Span { file: 0, start: 0, end: 0 };
    loader.file(name.to_owned(), text, 0, path, (site, None));
    loader.finish()
}

struct Loader {
    loaded: Loaded,
    /// Real paths of the files being read, with the section that is read of them, outermost first.
    stack: Vec<(PathBuf, Option<String>)>,
    bytes: usize,
    control: Control,
}

impl Loader {
    fn at(path: &Path) -> Self {
        let stack = path.canonicalize().into_iter().map(|path| (path, None)).collect();
        Self { loaded: Loaded::default(), stack, bytes: 0, control: Control::default() }
    }

    fn main(&mut self, name: &str, text: String, path: &Path) {
        let title_end = text.find('\n').map_or(text.len(), |at| at + 1);
        let title = text[..title_end].trim();
        let title_span = Span { file: 0, start: 0, end: u32::try_from(title.len()).unwrap_or(0) };
        let words = title.trim_start_matches('*').trim();
        let clean = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
        self.loaded.title = words.chars().take(MAX_TITLE).map(clean).collect();
        if let Some(finding) = title_warning(title, title_span) {
            self.loaded.findings.push(finding);
        }
        if text.trim().is_empty() {
            let finding = Finding::new(Code::EmptyDeck, title_span, "the deck is empty");
            self.loaded.findings.push(finding.help("begin with a title line, then elements"));
        }
        let from = if title.len() > crate::line::MAX_LINE_BYTES { 0 } else { title_end };
        self.file(name.to_owned(), text, from, path, (title_span, None));
    }

    /// Adds one file's lines, or those of a section of it; `site` is the card that named it.
    fn file(
        &mut self,
        name: String,
        text: String,
        from: usize,
        path: &Path,
        (site, section): (Span, Option<&str>),
    ) {
        self.bytes += text.len();
        let too_large = self.bytes > MAX_DECK_BYTES;
        let text = if too_large && self.loaded.sources.count() == 0 { String::new() } else { text };
        let from = from.min(text.len());
        let file = self.loaded.sources.add(name, text, path);
        if too_large {
            self.loaded.findings.push(
                Finding::new(
                    Code::DeckTooLarge,
                    site,
                    format!("the deck and its includes exceed {} MiB", MAX_DECK_BYTES >> 20),
                )
                .help("use .subckt for what repeats"),
            );
            return;
        }
        let Loaded { sources, findings, .. } = &mut self.loaded;
        let lines = logical_lines(file, &sources.file(file).text, from, findings);
        if let Some(lines) = self.section(lines, section, site) {
            self.lines(lines, path);
        }
    }

    /// Takes the lines of a section of a file, or those that stand in none.
    fn section(&mut self, lines: Vec<Line>, wanted: Option<&str>, site: Span) -> Option<Vec<Line>> {
        let sections = Sections::of(lines);
        let Some(wanted) = wanted else {
            if let Some((_, span, _)) = sections.named.first() {
                let names: Vec<&str> =
                    sections.named.iter().take(MAX_SECTIONS).map(|(name, ..)| &**name).collect();
                let message = format!("sections of this file are not read: {}", names.join(", "));
                let finding = Finding::new(Code::SkippedSection, *span, message);
                let help = "name the one to read: .lib \"file\" section";
                self.loaded.findings.push(finding.help(help));
            }
            return Some(sections.common);
        };
        sections.take(wanted, site).map_err(|finding| self.loaded.findings.push(finding)).ok()
    }

    fn lines(&mut self, lines: Vec<Line>, path: &Path) {
        let mut lines = lines.into_iter();
        while let Some(line) = lines.next() {
            match line.head().as_str() {
                ".control" => self.control(line.whole(), &mut lines),
                ".csparam" => {
                    self.control.parameter(&line);
                    self.loaded.lines.push(line);
                }
                ".include" | ".inc" | ".incl" => {
                    let (site, wanted) = include_target(&line);
                    match wanted {
                        Ok(wanted) => self.include(site, &wanted, None, path),
                        Err(finding) => self.loaded.findings.push(finding),
                    }
                }
                ".lib" => match library::call(&line) {
                    Ok(Call { file, section, span }) => {
                        self.include(span, &file, section.as_deref(), path);
                    }
                    Err(finding) => self.loaded.findings.push(finding),
                },
                ".end" => {
                    if let Some(after) = lines.next() {
                        let finding = Finding::new(
                            Code::TextAfterEnd,
                            after.whole(),
                            "nothing after .end is read",
                        );
                        self.loaded.findings.push(finding.help("move .end to the last line"));
                    }
                    return;
                }
                _ => self.loaded.lines.push(line),
            }
        }
    }

    fn control(&mut self, at: Span, lines: &mut impl Iterator<Item = Line>) {
        let mut block = Vec::new();
        for line in lines {
            if line.head() == ".endc" {
                return self.control.read(at, block);
            }
            block.push(line);
        }
        let finding = Finding::new(Code::UnclosedControl, at, "this .control block has no end");
        self.loaded.findings.push(finding.help("close it with .endc"));
    }

    /// What `.control` blocks say is read last.
    fn finish(mut self) -> Loaded {
        let heads: BTreeSet<String> = self.loaded.lines.iter().map(Line::head).collect();
        let (lines, finding) = self.control.finish(|name| heads.contains(&format!(".{name}")));
        self.loaded.control = lines;
        self.loaded.findings.extend(finding.into_iter().collect());
        self.loaded
    }

    /// Puts a file, or a section of it, into the place of the card that names it.
    fn include(&mut self, site: Span, wanted: &str, section: Option<&str>, path: &Path) {
        if self.stack.len() >= MAX_INCLUDE_DEPTH || self.loaded.sources.count() >= MAX_FILES {
            let message = format!(
                "includes nest deeper than {MAX_INCLUDE_DEPTH} or are more than {MAX_FILES} files"
            );
            let finding = Finding::new(Code::IncludeLimit, site, message);
            return self
                .loaded
                .findings
                .push(finding.help("include each file once, from the deck"));
        }
        let target = path.parent().unwrap_or(Path::new("")).join(wanted);
        match self.read_include(&target) {
            Ok((real, text)) => {
                let open = (real, section.map(str::to_owned));
                if self.stack.contains(&open) {
                    let finding = Finding::new(
                        Code::IncludeCycle,
                        site,
                        format!("'{wanted}' is being read already: it includes itself"),
                    );
                    let help = "remove one .include of the circle";
                    return self.loaded.findings.push(finding.help(help));
                }
                self.stack.push(open);
                self.file(target.display().to_string(), text, 0, &target, (site, section));
                self.stack.pop();
            }
            Err(error) => {
                let finding = Finding::new(
                    Code::Unreadable,
                    site,
                    format!("cannot read '{wanted}': {}", plain(&error)),
                );
                let help = match error.kind() {
                    ErrorKind::InvalidData => "name the text of a deck, or remove the card",
                    _ => "paths are relative to the file that names it",
                };
                self.loaded.findings.push(finding.help(help));
            }
        }
    }

    fn read_include(&self, target: &Path) -> std::io::Result<(PathBuf, String)> {
        regular(target)?;
        let left = MAX_DECK_BYTES.saturating_sub(self.bytes);
        Ok((target.canonicalize()?, read_limited(File::open(target)?, left)?))
    }
}

/// A pipe or a device would block or never end.
pub(crate) fn regular(path: &Path) -> std::io::Result<()> {
    let found = path.metadata()?;
    if found.is_file() {
        return Ok(());
    }
    let why = if found.is_dir() { "it is a folder" } else { "it is not a regular file" };
    Err(std::io::Error::other(why))
}

fn title_warning(title: &str, span: Span) -> Option<Finding> {
    let first = title.split_whitespace().next()?.to_lowercase();
    crate::parse::is_command(&first).then(|| {
        Finding::new(
            Code::TitleIsCommand,
            span,
            format!("the first line is the title: this {first} is not read"),
        )
        .help("put a title above it")
    })
}

/// The file name of an `.include`, with or without quotes.
fn include_target(line: &Line) -> (Span, Result<String, Finding>) {
    let text = line.text.as_str();
    let head = text.find(char::is_whitespace).unwrap_or(text.len());
    let rest = text[head..].trim();
    let at = text.len() - text[head..].trim_start().len();
    let span = line.span(at, text.len());
    let name = rest
        .strip_prefix('"')
        .and_then(|inner| inner.strip_suffix('"'))
        .or_else(|| rest.strip_prefix('\'').and_then(|inner| inner.strip_suffix('\'')))
        .unwrap_or(rest);
    if name.is_empty() || name.contains('"') || name.contains('\0') {
        let finding = Finding::new(Code::Syntax, line.whole(), ".include names no file");
        return (span, Err(finding.help("write .include \"file.cir\"")));
    }
    (span, Ok(name.to_owned()))
}
