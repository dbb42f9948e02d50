//! Files of vectors of a `d_source`: a time and a level for each output in a line, as XSPICE has them.

use std::path::Path;

use memspike_digital::Level;
use memspike_time::ticks;

use crate::number::{self, clip};
use crate::text;

/// Times (fs), ascending, each with its levels.
pub(crate) type Rows = Vec<(u64, Vec<Level>)>;

/// Reads all lines. An error is its message.
pub(crate) fn read(path: &Path) -> Result<Rows, String> {
    text::read_data(path, parse)
}

/// Lines that begin with `*`, `#` or `;` are comments.
fn parse(text: &str) -> Result<Rows, String> {
    let mut rows: Rows = Vec::new();
    for (line, content) in text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())) {
        if content.is_empty() || content.starts_with(['*', '#', ';']) {
            continue;
        }
        let at_line = |message: String| format!("line {line}: {message}");
        let mut words = content.split_whitespace();
        let time = words.next().unwrap_or_default();
        let time_s = number::parse(time).map_err(|error| at_line(error.message))?.value;
        if !(time_s >= 0.0 && time_s.is_finite()) {
            return Err(at_line(format!("the time {} is no time", clip(time))));
        }
        let levels: Result<Vec<Level>, String> = words.map(level).collect();
        let levels = levels.map_err(at_line)?;
        let at = ticks(time_s);
        if let Some((last, before)) = rows.last() {
            if *last >= at {
                return Err(at_line(format!(
                    "the time {} does not come after the one before",
                    clip(time)
                )));
            }
            if before.len() != levels.len() {
                let count = before.len();
                return Err(at_line(format!(
                    "{} levels, the lines before have {count}",
                    levels.len()
                )));
            }
        }
        rows.push((at, levels));
    }
    if rows.is_empty() { Err("it has no vectors".to_owned()) } else { Ok(rows) }
}

/// `0s`, `1s`, `Us` and the same with other strengths, which have no meaning where one thing drives a net.
fn level(word: &str) -> Result<Level, String> {
    let level = match word.chars().next() {
        Some('0') => Level::Zero,
        Some('1') => Level::One,
        Some('u' | 'U') => Level::Unknown,
        _ => return Err(format!("'{}' is no level", clip(word))),
    };
    match word.get(1..) {
        Some("s" | "r" | "z" | "u" | "S" | "R" | "Z" | "U") => Ok(level),
        _ => Err(format!("'{}' is no level; write 0s, 1s or Us", clip(word))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_time_and_a_level_for_each_output() {
        let text = "* time a b\n0.0 0s Us\n\n1.5e-9 1s 0r\n";
        let expected = vec![
            (0, vec![Level::Zero, Level::Unknown]),
            (1_500_000, vec![Level::One, Level::Zero]),
        ];
        assert_eq!(parse(text), Ok(expected));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, line) in [
            ("", "it has no vectors"),
            ("0 0s\n0 1s\n", "line 2"),
            ("0 0s\n1 1s 1s\n", "line 2"),
            ("-1 0s\n", "line 1"),
            ("0 2s\n", "line 1"),
            ("0 0\n", "line 1"),
            ("x 0s\n", "line 1"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(line), "{text:?}: {error}");
        }
    }
}
