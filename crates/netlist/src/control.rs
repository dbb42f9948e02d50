//! `.control` blocks: what of them says what to run and to measure. The rest, which works on results, is named
//! and skipped.

use std::collections::BTreeMap;

use crate::code::Code;
use crate::finding::Finding;
use crate::line::Line;
use crate::number::{self, clip};
use crate::source::Span;

/// Commands that change nothing of the one run that is read.
const SILENT: &[&str] = &["reset", "quit", "exit", "unset"];
const LOOPS: &[&str] = &["foreach", "while", "dowhile", "repeat", "if"];

/// Names of skipped commands that are shown.
const MAX_NAMED: usize = 40;

/// What the blocks of a deck say.
#[derive(Debug, Default)]
pub(crate) struct Control {
    /// `tran`, `meas` and `alterparam`, as cards without a dot.
    lines: Vec<Line>,
    /// Where the first block is.
    first: Option<Span>,
    skipped: Vec<String>,
    /// Values of `let` and `set`.
    constants: BTreeMap<String, String>,
    /// Whether the run was asked for: what is altered behind it is for another one.
    ran: bool,
    /// Whether something was altered behind a run: what is asked for then is of another circuit.
    altered: bool,
    /// Whether a loop asked for runs, and the first analysis in one.
    looped: bool,
    of_loop: Option<Line>,
}

impl Control {
    /// Reads the commands between `.control` and `.endc`.
    pub(crate) fn read(&mut self, at: Span, block: Vec<Line>) {
        self.first.get_or_insert(at);
        let mut depth = 0_usize;
        for line in block {
            let head = line.head();
            let opens = LOOPS.contains(&head.as_str());
            if opens && depth == 0 {
                self.skip(&head);
            }
            if opens {
                depth += 1;
            } else if head == "end" {
                depth = depth.saturating_sub(1);
            } else if depth > 0 {
                self.in_loop(&head, &line);
            } else {
                self.command(&head, &line);
            }
        }
    }

    /// Of the analyses in loops the first is run once, with the deck as it is written, if there is no other.
    fn in_loop(&mut self, head: &str, line: &Line) {
        self.looped |= matches!(head, "run" | "tran" | "op" | "dc" | "ac");
        if matches!(head, "tran" | "op" | "dc" | "ac") && self.of_loop.is_none() {
            self.of_loop = self.substituted(&line.text).map(|text| line.with_text(text));
        }
    }

    /// `.csparam x={...}`: a parameter that blocks know as `$&x`.
    pub(crate) fn parameter(&mut self, line: &Line) {
        let assigned =
            line.text.split_once(char::is_whitespace).and_then(|(_, rest)| rest.split_once('='));
        let Some((name, value)) = assigned else { return };
        let value = value.trim().trim_matches(['{', '}', '\'']).trim();
        self.constants.insert(name.trim().to_lowercase(), format!("{{{value}}}"));
    }

    fn command(&mut self, head: &str, line: &Line) {
        match head {
            "run" => self.ran = true,
            "tran" if !self.ran => {
                self.ran = true;
                self.keep(head, line);
            }
            "op" | "dc" | "ac" if !self.altered => {
                self.ran = true;
                if self.lines.iter().any(|line| line.head() == head) {
                    return self.skip(head);
                }
                self.keep(head, line);
            }
            "alterparam" if !self.ran && is_simple(line) => self.keep(head, line),
            "meas" | "measure" if is_in_time(line) => self.keep(head, line),
            "let" | "set" => self.constant(head, line),
            _ if SILENT.contains(&head) => {}
            _ => {
                self.altered |= self.ran && head.starts_with("alter");
                self.skip(head);
            }
        }
    }

    /// Keeps a command with constants in the place of their names.
    fn keep(&mut self, head: &str, line: &Line) {
        match self.substituted(&line.text) {
            Some(text) if text == line.text => self.lines.push(line.clone()),
            Some(text) => self.lines.push(line.with_text(text)),
            None => self.skip(head),
        }
    }

    /// The text with the values of `$x` and `$&x`; nothing if one is unknown.
    fn substituted(&self, text: &str) -> Option<String> {
        let mut parts = text.split('$');
        let mut whole = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let part = part.strip_prefix('&').unwrap_or(part);
            let end = part.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(part.len());
            whole.push_str(self.constants.get(&part[..end].to_lowercase())?);
            whole.push_str(&part[end..]);
        }
        Some(whole)
    }

    /// `let x = 5`, `set x = 5`; of a vector, or of what is no number, it is skipped.
    fn constant(&mut self, head: &str, line: &Line) {
        let assigned = line.text[head.len()..].split_once('=');
        let found = assigned.and_then(|(name, value)| {
            let value = self.substituted(value.trim())?;
            let value = if number::parse(&value).is_ok() { value } else { self.computed(&value)? };
            Some((name.trim().to_lowercase(), value))
        });
        match found {
            Some((name, value)) => {
                self.constants.insert(name, value);
            }
            None => self.skip(head),
        }
    }

    /// An expression of numbers, constants and parameters as one that a card can have; nothing if it is of vectors.
    fn computed(&self, text: &str) -> Option<String> {
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        let plain = |c: char| is_word(c) || c.is_whitespace() || "+-*/()".contains(c);
        // A name before a parenthesis is a function or a vector.
        let called =
            text.split('(').rev().skip(1).any(|before| before.trim_end().ends_with(is_word));
        if text.is_empty() || called || !text.chars().all(plain) {
            return None;
        }
        let mut whole = String::new();
        let mut rest = text;
        while !rest.is_empty() {
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(length.max(1).min(rest.len()));
            match self.constants.get(&word.to_lowercase()) {
                Some(value) => {
                    whole.push('(');
                    whole.push_str(value.trim_matches(['{', '}']));
                    whole.push(')');
                }
                None => whole.push_str(word),
            }
            rest = after;
        }
        Some(format!("{{{whole}}}"))
    }

    fn skip(&mut self, head: &str) {
        let name = clip(head);
        if self.skipped.len() <= MAX_NAMED && !self.skipped.contains(&name) {
            self.skipped.push(name);
        }
    }

    /// The commands to read, and what the deck is told. A `.tran` of the deck outweighs those of blocks.
    pub(crate) fn finish(mut self, has: impl Fn(&str) -> bool) -> (Vec<Line>, Option<Finding>) {
        let asked = ["tran", "op", "dc", "ac"];
        let is_asked = |line: &Line| asked.contains(&line.head().as_str());
        let stated = asked.into_iter().any(&has) || self.lines.iter().any(is_asked);
        self.lines.extend(self.of_loop.take().filter(|_| !stated));
        for analysis in ["tran", "dc", "ac"] {
            if has(analysis) && self.lines.iter().any(|line| line.head() == analysis) {
                self.lines.retain(|line| line.head() != analysis);
                self.skip(&format!("{analysis} (the deck has a .{analysis})"));
            }
        }
        let Some(at) = self.first.filter(|_| !self.skipped.is_empty()) else {
            return (self.lines, None);
        };
        if self.skipped.len() > MAX_NAMED {
            "...".clone_into(&mut self.skipped[MAX_NAMED]);
        }
        let message = format!("skipped in .control: {}", self.skipped.join(", "));
        let help = if self.looped {
            "a loop of runs is .step; tables and figures are options of the command line"
        } else {
            "use .meas, .save and .step; tables and figures are options of the command line"
        };
        (self.lines, Some(Finding::new(Code::IgnoredControl, at, message).help(help)))
    }
}

/// Whether a parameter of the deck is altered, not one of a subcircuit.
fn is_simple(line: &Line) -> bool {
    line.text.split_once('=').is_some_and(|(before, _)| before.split_whitespace().count() == 2)
}

/// Whether a measurement is one of a run in time.
fn is_in_time(line: &Line) -> bool {
    line.text.split_whitespace().nth(1).is_some_and(|word| word.eq_ignore_ascii_case("tran"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Findings;
    use crate::line::logical_lines;

    fn read(text: &str, has_tran: bool) -> (Vec<String>, String) {
        let lines = logical_lines(0, text, 0, &mut Findings::default());
        let mut control = Control::default();
        control.read(lines[0].whole(), lines);
        let (lines, finding) = control.finish(|analysis| has_tran && analysis == "tran");
        let lines = lines.into_iter().map(|line| line.text).collect();
        (lines, finding.map_or(String::new(), |finding| finding.message))
    }

    #[test]
    fn what_runs_and_measures_is_kept_and_the_rest_named_once() {
        let block = "let t = 5m\nset n=3\nalterparam r = $&t\ntran 1u {$n*1m} uic\nmeas tran m max v(a)\n\
                     plot v(a)\nplot v(b)\nalterparam r = 7\nreset\ntran 1u 9m\nlet p = v(a)*i(v1)\nmeas ac g max vdb(a)\nquit";
        let (lines, message) = read(block, false);
        assert_eq!(lines, ["alterparam r = 5m", "tran 1u {3*1m} uic", "meas tran m max v(a)"]);
        assert_eq!(message, "skipped in .control: plot, alterparam, tran, let, meas");
        assert_eq!(read("run\nquit", true), (vec![], String::new()));
        let (lines, message) = read("tran 1u 1m", true);
        assert!(lines.is_empty() && message.contains("the deck has a .tran"));
    }

    #[test]
    fn of_loops_the_first_analysis_is_read_and_unknown_variables_are_skipped_with_their_command() {
        let block = "foreach r 1k 2k\nif 1\ntran 1u 1m\nend\nalter r1 = $r\nend\ntran 1u $stop";
        let skipped = "skipped in .control: foreach, tran";
        assert_eq!(read(block, false), (vec!["tran 1u 1m".to_owned()], skipped.to_owned()));
        // Not where the deck says itself what to do.
        assert_eq!(read("while 1\ntran 1u 1m\nend\nop", false).0, ["op"]);
    }

    #[test]
    fn constants_are_computed_from_constants_and_parameters() {
        let block = "let f = 1.1/stime\nlet stop = 2*f - 1m\nlet p = v(a)*2\ntran 1u $&stop";
        assert_eq!(read(block, false).0, ["tran 1u {2*(1.1/stime) - 1m}"]);
        assert_eq!(read(block, false).1, "skipped in .control: let");
    }
}
