//! The comment on top of exported files: their licence, and what made them.

/// The licence of what memspike puts into an export, and the one that an export says without another: MIT-0 asks for nothing, not even
/// for a notice, so that whoever exports a core can put the whole under any licence.
pub const LICENCE: &str = "MIT-0";

/// The version that makes exports.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Whether a text can be an SPDX licence expression, by its letters.
pub fn is_licence(text: &str) -> bool {
    let inside = |letter: char| letter.is_ascii_alphanumeric() || " .-+():".contains(letter);
    text.contains(|letter: char| letter.is_ascii_alphanumeric()) && text.chars().all(inside)
}

/// What is said on top of every file that has comments.
#[derive(Debug, Clone)]
pub struct Header {
    lines: [String; 2],
}

impl Header {
    /// A header with this licence; `command` is the command line that made the export, or nothing.
    pub fn new(licence: &str, command: &str) -> Self {
        let by = if command.is_empty() { String::new() } else { format!(": `{}`", line(command)) };
        Self {
            lines: [
                format!("SPDX-License-Identifier: {licence}"),
                format!("Made by memspike {VERSION}{by}."),
            ],
        }
    }

    /// A file with its header, if files of this name have comments.
    pub fn on(&self, name: &str, text: &str) -> String {
        let Some(mark) = comment(name) else { return text.to_owned() };
        let header: String = self.lines.iter().map(|line| format!("{mark} {line}\n")).collect();
        // FuseSoC knows its files by their first line.
        let (first, rest) = match text.split_once('\n') {
            Some((first, rest)) if name.ends_with(".core") => (format!("{first}\n"), rest),
            _ => (String::new(), text),
        };
        format!("{first}{header}{rest}")
    }
}

/// How a line of a file of this name becomes a comment.
fn comment(name: &str) -> Option<&'static str> {
    let ending = name.rsplit_once('.').map_or(name, |(_, ending)| ending);
    match ending {
        // Gowin's constraints of time are not Tcl.
        "v" | "sv" | "c" | "h" | "cpp" | "cst" => Some("//"),
        "sdc" if name.starts_with("gowin") => Some("//"),
        "awk" | "core" | "pcf" | "pdc" | "py" | "sdc" | "tcl" | "xdc" | "ys" | "Makefile" => {
            Some("#")
        }
        _ => None,
    }
}

/// A text as one line, whatever is in it.
pub fn line(text: &str) -> String {
    let mut line = String::new();
    for letter in text.chars() {
        match letter.is_control() {
            true => line.extend(letter.escape_default()),
            false => line.push(letter),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::{Header, is_licence};

    #[test]
    fn a_header_keeps_to_its_lines_whatever_the_command() {
        let header = Header::new("MIT-0", "memspike --out 'a\nb\\");
        let text = header.on("core.v", "module core;\n");
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.lines().take(2).all(|line| line.starts_with("// ") && !line.ends_with('\\')));
    }

    #[test]
    fn the_first_line_of_a_core_file_stays_first_and_data_stay_as_they_are() {
        let header = Header::new("MIT-0", "");
        assert!(header.on("lif.core", "CAPI=2:\nname: x\n").starts_with("CAPI=2:\n# SPDX"));
        assert_eq!(header.on("events.txt", "1\n"), "1\n");
    }

    #[test]
    fn licences_are_expressions_and_nothing_that_ends_a_comment() {
        for licence in ["MIT-0", "CC0-1.0 OR (MIT AND Apache-2.0+)", "LicenseRef-Mine"] {
            assert!(is_licence(licence), "{licence}");
        }
        for licence in ["", " ", "MIT\nmodule x;", "MIT*/", "`MIT`"] {
            assert!(!is_licence(licence), "{licence}");
        }
    }
}
