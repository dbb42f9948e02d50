//! The texts of a deck, and places in them.

use std::path::{Path, PathBuf};

use crate::cursor::FileName;
use crate::data::Data;

/// A place in one of the deck's files, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) file: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    /// From the start of this place to the end of the other, if that lies behind it.
    pub(crate) fn to(self, other: Self) -> Self {
        if self.file == other.file && other.end > self.start {
            Self { end: other.end, ..self }
        } else {
            self
        }
    }
}

/// One file.
#[derive(Debug)]
pub(crate) struct SourceFile {
    pub(crate) name: String,
    pub(crate) text: String,
    /// Where it lies; names of other files in it are relative to that.
    path: PathBuf,
}

/// All files of a deck; the first is the deck itself.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    files: Vec<SourceFile>,
    /// Of the files that its cards name.
    pub(crate) data: Data,
}

/// A place for people.
pub(crate) struct Place<'a> {
    pub(crate) file: &'a str,
    /// From 1.
    pub(crate) line: usize,
    /// In characters, from 1.
    pub(crate) column: usize,
    /// The whole line, without its end.
    pub(crate) line_text: &'a str,
    /// The place within that line, in bytes, cut at the line's end.
    pub(crate) within: std::ops::Range<usize>,
}

impl Sources {
    /// Adds the text of a file at `path`.
    pub(crate) fn add(&mut self, name: String, text: String, path: &Path) -> u32 {
        self.files.push(SourceFile { name, text, path: path.to_owned() });
        u32::try_from(self.files.len() - 1).expect("the number of includes is limited")
    }

    pub(crate) fn file(&self, file: u32) -> &SourceFile {
        &self.files[file as usize]
    }

    /// The path of a file that a card names.
    pub(crate) fn beside(&self, name: &FileName) -> PathBuf {
        let folder = self.file(name.span.file).path.parent().unwrap_or(Path::new(""));
        folder.join(&name.text)
    }

    /// Every file that was read, the deck first.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        let texts = self.files.iter().map(|file| file.path.clone());
        texts.chain(self.data.paths()).collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.files.len()
    }

    pub(crate) fn place(&self, span: Span) -> Place<'_> {
        let SourceFile { name, text, .. } = self.file(span.file);
        let start = floor_boundary(text, span.start as usize);
        let end = floor_boundary(text, (span.end as usize).max(start));
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line_text = text[line_start..line_end].trim_end_matches('\r');
        let from = (start - line_start).min(line_text.len());
        let to = (end - line_start).min(line_text.len()).max(from);
        Place {
            file: name,
            line: text[..line_start].bytes().filter(|&byte| byte == b'\n').count() + 1,
            column: line_text[..from].chars().count() + 1,
            line_text,
            within: from..to,
        }
    }

    /// `deck.cir:12`.
    pub(crate) fn file_and_line(&self, span: Span) -> String {
        let place = self.place(span);
        format!("{}:{}", place.file, place.line)
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
