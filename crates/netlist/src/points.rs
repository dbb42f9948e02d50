//! Files of points: times and values, as other programs write them for a PWL.

use std::path::Path;

use crate::number::{self, clip};
use crate::text;

/// Reads pairs of time and value. An error is its message.
pub(crate) fn read(path: &Path) -> Result<Vec<(f64, f64)>, String> {
    text::read_data(path, parse)
}

/// Numbers as in decks, between them white space, commas or semicolons. Lines that begin with `*`, `#`, `;` or
/// `//` are comments.
fn parse(text: &str) -> Result<Vec<(f64, f64)>, String> {
    let mut points = Vec::new();
    let mut time = None;
    for (line, content) in text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())) {
        if content.starts_with(['*', '#', ';']) || content.starts_with("//") {
            continue;
        }
        let words = content.split(|c: char| c.is_whitespace() || c == ',' || c == ';');
        for word in words.filter(|word| !word.is_empty()) {
            let value = value(word).map_err(|message| format!("line {line}: {message}"))?;
            match time.take() {
                None => time = Some(value),
                Some(time) => points.push((time, value)),
            }
        }
    }
    match (time, points.as_slice()) {
        (Some(_), _) => Err("its last time has no value".to_owned()),
        (None, []) => Err("it has no points".to_owned()),
        (None, _) => Ok(points),
    }
}

fn value(word: &str) -> Result<f64, String> {
    let number = number::parse(word).map_err(|error| error.message)?;
    match number.warning {
        None => Ok(number.value),
        Some((_, message, _)) => Err(format!("'{}': {message}", clip(word))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_read_as_other_programs_write_them() {
        let all = [(0.0, 0.0), (1e-3, 1.0), (2.5e-3, -0.5)];
        for text in [
            "0 0\n1m 1\n2.5m -500m\n",
            "* time value\r\n0,0\r\n1e-3,1\r\n\r\n2.5e-3,-0.5",
            "0\t0 1e-03\t1.0; 2.5E-3;-0.5",
        ] {
            assert_eq!(parse(text).unwrap(), all, "{text}");
        }
    }

    #[test]
    fn what_is_no_point_is_told_with_its_line() {
        for (text, told) in [
            ("0 0\ntime value\n", "line 2: 'time' is not a number"),
            ("0 0\n1 1M\n", "line 2: '1M': M is milli"),
            ("0 0 1", "its last time has no value"),
            ("# nothing\n", "it has no points"),
        ] {
            let message = parse(text).unwrap_err();
            assert!(message.contains(told), "{message}");
        }
    }
}
