//! From the text of a file to logical lines: comments gone, continuations joined.

use crate::code::Code;
use crate::finding::{Finding, Findings};
use crate::source::Span;

/// Longest physical line.
pub(crate) const MAX_LINE_BYTES: usize = 1 << 20;

/// A card with its continuations, as one text that knows where each part came from.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) text: String,
    file: u32,
    /// `(offset in text, offset in file)` of each physical part.
    parts: Vec<(u32, u32)>,
}

impl Line {
    /// A place in the file for a range of the text.
    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        let end = end.max(start);
        let part = self.parts.partition_point(|&(at, _)| at as usize <= start).saturating_sub(1);
        let (text_at, file_at) = self.parts[part];
        // A place that runs over a continuation is cut where its first physical line ends.
        let cut = self.parts.get(part + 1).map_or(self.text.len(), |&(at, _)| at as usize - 1);
        let in_file = |at: usize| file_at + u32::try_from(at).unwrap_or(u32::MAX) - text_at;
        Span { file: self.file, start: in_file(start), end: in_file(end.min(cut.max(start))) }
    }

    pub(crate) fn whole(&self) -> Span {
        self.span(0, self.text.trim_end().len())
    }

    /// Another text at the place of this one.
    pub(crate) fn with_text(&self, text: String) -> Self {
        Self { text, file: self.file, parts: vec![self.parts[0]] }
    }

    /// The first word in lower case.
    pub(crate) fn head(&self) -> String {
        self.text.split_whitespace().next().unwrap_or("").to_lowercase()
    }
}

/// Joins the physical lines of one file. Whatever has no meaning as a card is not in the result.
pub(crate) fn logical_lines(
    file: u32,
    text: &str,
    from: usize,
    findings: &mut Findings,
) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut at = from;
    // A card that was refused takes its continuations with it.
    let mut refused = false;
    // Whether the line before ends with a backslash.
    let mut open = false;
    for physical in text[from..].split_inclusive('\n') {
        let start = at;
        at += physical.len();
        if physical.len() > MAX_LINE_BYTES {
            findings.push(too_long(file, start, physical.len()));
            refused = true;
            continue;
        }
        let content = strip_comment(physical);
        let body = content.trim_start();
        let indent = content.len() - body.len();
        let body = body.trim_end();
        if body.is_empty() || body.starts_with('*') {
            continue;
        }
        let (body, continued) = (body.trim_end_matches('\\'), std::mem::take(&mut open));
        open = content.trim_end().ends_with('\\');
        if let Some((within, control)) = body.char_indices().find(|(_, c)| is_command(*c)) {
            findings.push(not_text(file, start + indent + within, control));
            refused = true;
            continue;
        }
        let plus = body.strip_prefix('+');
        if let Some(more) = plus.or(continued.then_some(body)) {
            let skipped = body.len() - more.len();
            if let Some(line) = lines.last_mut().filter(|_| !refused) {
                line.text.push(' ');
                line.parts.push((offset(line.text.len()), offset(start + indent + skipped)));
                line.text.push_str(more);
            } else if !refused {
                let span =
                    Span { file, start: offset(start + indent), end: offset(start + indent + 1) };
                findings.push(
                    Finding::new(Code::StrayContinuation, span, "'+' continues nothing")
                        .help("a line that begins with '+' continues the card above it"),
                );
            }
            continue;
        }
        refused = false;
        lines.push(Line { text: body.to_owned(), file, parts: vec![(0, offset(start + indent))] });
    }
    lines
}

/// Whether a terminal would obey a character instead of showing it. Names with such a one would reach it
/// by way of tables and messages.
fn is_command(c: char) -> bool {
    c.is_control() && !c.is_whitespace()
}

fn not_text(file: u32, at: usize, control: char) -> Finding {
    let span = Span { file, start: offset(at), end: offset(at + control.len_utf8()) };
    let message = format!("the control character U+{:04X}", u32::from(control));
    Finding::new(Code::Syntax, span, message)
        .help("remove it: a deck is text, and names are of characters that can be seen")
}

fn too_long(file: u32, start: usize, length: usize) -> Finding {
    let span = Span { file, start: offset(start), end: offset(start) };
    Finding::new(Code::LineTooLong, span, format!("a line of {length} bytes"))
        .help(format!("lines may have {MAX_LINE_BYTES} bytes; continue long cards with '+'"))
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).expect("the size of a deck is limited")
}

/// Cuts `; ...`, `$ ...` and `// ...`; the last two only after white space, as ngspice reads them
/// (a `$` inside a word is part of a name).
fn strip_comment(line: &str) -> &str {
    let mut quoted = false;
    let mut after_space = true;
    for (at, c) in line.char_indices() {
        let rest = &line[at + c.len_utf8()..];
        match c {
            '"' => quoted = !quoted,
            ';' if !quoted => return &line[..at],
            '$' if !quoted
                && after_space
                && rest.chars().next().is_none_or(char::is_whitespace) =>
            {
                return &line[..at];
            }
            '/' if !quoted && after_space && rest.starts_with('/') => return &line[..at],
            _ => {}
        }
        after_space = c.is_whitespace();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let mut findings = Findings::default();
        let lines = logical_lines(0, text, 0, &mut findings);
        assert!(!findings.has_errors());
        lines.into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn comments_of_every_kind_are_cut() {
        assert_eq!(
            texts("R1 a 0 1k ; x\nR2 a 0 2k $ y\nR3 a 0 3k // z\n* all\n  * too\n"),
            ["R1 a 0 1k", "R2 a 0 2k", "R3 a 0 3k"]
        );
    }

    #[test]
    fn a_control_character_is_refused_with_its_card_at_its_place() {
        let text = "R1 a 0 1k ; \x1b\nR2\t\u{b5} 0 1k\r\nR3 a\x1b[2J 0\n+ 1k\n* \0\nR4 a 0 1k\n";
        let mut findings = Findings::default();
        let lines = logical_lines(0, text, 0, &mut findings);
        let lines: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(lines, ["R1 a 0 1k", "R2\t\u{b5} 0 1k", "R4 a 0 1k"]);
        let [finding] = &findings.shown()[..] else { panic!("one finding") };
        let Span { start, end, .. } = finding.span;
        assert_eq!(&text[start as usize..end as usize], "\x1b");
        assert_eq!(finding.message, "the control character U+001B");
    }

    #[test]
    fn a_dollar_inside_a_word_is_no_comment() {
        assert_eq!(texts("R1 a$b $c 1k"), ["R1 a$b $c 1k"]);
    }

    #[test]
    fn a_continuation_reaches_over_comments_and_blank_lines() {
        assert_eq!(texts("R1 a\n* note\n\n+ 0 1k\n"), ["R1 a  0 1k"]);
    }

    #[test]
    fn a_backslash_at_the_end_joins_the_next_line() {
        assert_eq!(
            texts("R1 a\\\n 0 \\\\\n* note\n1k\nR2 b \\ ; x\n+ 0 1k"),
            ["R1 a 0  1k", "R2 b   0 1k"]
        );
        // Not that of a comment.
        assert_eq!(texts("R1 a 0 1k ; c:\\\nR2 a 0 1k"), ["R1 a 0 1k", "R2 a 0 1k"]);
    }

    #[test]
    fn a_span_in_a_continuation_points_into_the_file() {
        let text = "R1 a\n+ 0 bad\n";
        let line = &logical_lines(0, text, 0, &mut Findings::default())[0];
        let at = line.text.find("bad").unwrap();
        let span = line.span(at, at + 3);
        assert_eq!(&text[span.start as usize..span.end as usize], "bad");
    }
}
