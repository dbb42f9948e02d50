//! The two ways in which a command fails.

use std::io::{self, IsTerminal};

use memspike_netlist::Report;
use memspike_run::{CardError, WorkersError};

/// A failure, with the message for the user.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The input was good, the work failed: status 1.
    #[error("{0}")]
    Work(String),
    /// The input is wrong: status 2.
    #[error("{0}")]
    Input(String),
    /// The input is wrong, and standard output has said so: status 2.
    #[error("")]
    Reported,
    /// Another rank has said why: its status.
    #[error("")]
    Elsewhere(u8),
    /// Whoever read the output has gone: nobody is left to tell, and the status is that of other tools.
    #[error("")]
    ClosedPipe,
}

/// What a shell reports for a process that SIGPIPE ended.
const CLOSED_PIPE: u8 = 141;

impl Failure {
    /// A deck that cannot be used, with its findings in colour on a terminal.
    pub fn input(report: &Report) -> Self {
        Self::Input(report.render(in_colour()))
    }

    /// The exit status of the process, as a number.
    pub fn number(&self) -> u8 {
        match self {
            Self::Work(_) => 1,
            Self::Input(_) | Self::Reported => 2,
            Self::Elsewhere(status) => *status,
            Self::ClosedPipe => CLOSED_PIPE,
        }
    }
}

impl From<CardError> for Failure {
    fn from(error: CardError) -> Self {
        match error {
            CardError::Read(report) => Self::input(&report),
            CardError::Kind { .. } | CardError::Values { .. } => {
                Self::Input(format!("error: {error}"))
            }
        }
    }
}

impl From<WorkersError> for Failure {
    fn from(error: WorkersError) -> Self {
        Self::Work(format!("error: {error}"))
    }
}

/// Whether messages may be coloured: on a terminal whose user has not asked for plain text.
pub fn in_colour() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// Characters of a line of a message that are shown.
const LONGEST_LINE: usize = 1000;

/// A message as it can go to a terminal: what a file has in it may ask for colours and for nothing else, and
/// fills no screen with one line.
pub fn harmless(message: &str) -> String {
    let lines: Vec<String> = message.lines().map(harmless_line).collect();
    lines.join("\n")
}

fn harmless_line(line: &str) -> String {
    let mut shown = String::new();
    let mut rest = line;
    let mut left = LONGEST_LINE;
    while let Some(first) = rest.chars().next() {
        if left == 0 {
            shown.push('\u{2026}');
            break;
        }
        left -= 1;
        let length = colour(rest).unwrap_or(first.len_utf8());
        let strange = first.is_control() && first != '\t' && length == first.len_utf8();
        if strange {
            shown.push(char::REPLACEMENT_CHARACTER);
        } else {
            shown.push_str(&rest[..length]);
        }
        rest = &rest[length..];
    }
    shown
}

/// The length of a sequence that sets colours, if the text begins with one.
fn colour(text: &str) -> Option<usize> {
    let numbers = text.strip_prefix("\x1b[")?;
    let length = numbers.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    numbers[length..].starts_with('m').then_some("\x1b[".len() + length + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_asks_a_terminal_for_colours_alone() {
        for (message, shown) in [
            ("error: a\tb\n  c\n", "error: a\tb\n  c"),
            ("\x1b[1;31merror\x1b[0m\x1b[m", "\x1b[1;31merror\x1b[0m\x1b[m"),
            ("a\x1b[2Jb\x1b]0;c\x07", "a\u{fffd}[2Jb\u{fffd}]0;c\u{fffd}"),
            ("a\0\u{9b}b\r", "a\u{fffd}\u{fffd}b\u{fffd}"),
            ("\x1b[", "\u{fffd}["),
        ] {
            assert_eq!(harmless(message), shown);
        }
    }

    #[test]
    fn a_long_line_is_cut() {
        let shown = harmless(&format!("{}\nend", "x".repeat(5_000_000)));
        assert_eq!(shown, format!("{}\u{2026}\nend", "x".repeat(LONGEST_LINE)));
    }
}
