//! ngspice's raw files: a header of text, then points, binary or as text.

use crate::signal::ZEPTOSECONDS;

/// What is wrong with a raw file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RawError {
    /// A line of the header that cannot be read.
    #[error("line {line}: {what}")]
    Header {
        /// The line, from 1 on.
        line: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// It ends before its last point.
    #[error("it has {found} of {wanted} points: it was cut, or the simulator is still writing")]
    Cut {
        /// Whole points that are there.
        found: u64,
        /// Points that the header tells.
        wanted: u64,
    },
    /// Something stands behind the last point.
    #[error("it holds several runs: write one to a file of its own")]
    Several,
    /// A point that is no number, or earlier than the one before.
    #[error("point {point}: {what}")]
    Point {
        /// The point, from 0 on.
        point: u64,
        /// What is wrong.
        what: &'static str,
    },
}

/// One run over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Raw {
    /// The variables without the time.
    pub names: Vec<String>,
    /// The instants of the points (zs).
    pub times: Vec<i128>,
    /// The values, point after point.
    pub values: Vec<f64>,
}

/// What the header tells.
#[derive(Default)]
struct Head {
    variables: usize,
    points: u64,
    names: Vec<String>,
    is_binary: bool,
    /// Where the points begin.
    body: usize,
}

/// Reads a whole file.
///
/// # Errors
/// What is wrong with it.
pub fn read(bytes: &[u8]) -> Result<Raw, RawError> {
    let head = head(bytes)?;
    let body = &bytes[head.body..];
    let numbers = if head.is_binary { binary(body, &head)? } else { text(body, &head)? };
    let mut raw = Raw { names: head.names[1..].to_vec(), times: Vec::new(), values: Vec::new() };
    for (point, row) in (0_u64..).zip(numbers.chunks_exact(head.variables)) {
        let at = row[0] * ZEPTOSECONDS;
        if !at.is_finite() || at.abs() > 1e36 {
            return Err(RawError::Point { point, what: "its time is no number of seconds" });
        }
        let at = at.round() as i128;
        if raw.times.last().is_some_and(|last| *last > at) {
            return Err(RawError::Point { point, what: "it is earlier than the one before" });
        }
        raw.times.push(at);
        raw.values.extend_from_slice(&row[1..]);
    }
    Ok(raw)
}

fn head(bytes: &[u8]) -> Result<Head, RawError> {
    let mut head = Head::default();
    let mut in_variables = false;
    for (line, text) in (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
        let wrong = |what| RawError::Header { line, what };
        head.body += text.len();
        let text =
            std::str::from_utf8(text).map_err(|_| wrong("the header is no text"))?.trim_end();
        let lower = text.to_ascii_lowercase();
        if let Some(kind) = ["binary:", "values:"].iter().position(|kind| lower == *kind) {
            head.is_binary = kind == 0;
            return finished(head, line);
        }
        if in_variables {
            let name = text.split_whitespace().nth(1).ok_or(wrong("a variable without a name"))?;
            head.names.push(name.to_owned());
            continue;
        }
        let Some((key, value)) = lower.split_once(':') else {
            return Err(wrong("a header has lines such as 'No. Points: 10'"));
        };
        let count = || value.trim().parse().map_err(|_| wrong("a number is needed"));
        match key.trim() {
            "flags" if value.contains("complex") => {
                return Err(wrong("its values are complex, those of a sweep of frequencies"));
            }
            "flags" if value.contains("fastaccess") => {
                return Err(wrong(
                    "its points are stored signal by signal, as LTspice does on request",
                ));
            }
            "no. variables" => head.variables = count()? as usize,
            "no. points" => head.points = count()?,
            "variables" => in_variables = true,
            _ => {}
        }
    }
    Err(RawError::Header { line: 1, what: "the header does not end in 'Binary:' or 'Values:'" })
}

fn finished(head: Head, line: usize) -> Result<Head, RawError> {
    let wrong = |what| Err(RawError::Header { line, what });
    if head.names.len() != head.variables || head.variables == 0 {
        return wrong("there are not as many variables as 'No. Variables' tells");
    }
    if !head.names[0].eq_ignore_ascii_case("time") {
        return wrong("the first variable is not the time");
    }
    Ok(head)
}

fn binary(body: &[u8], head: &Head) -> Result<Vec<f64>, RawError> {
    let row = 8 * head.variables as u64;
    let found = body.len() as u64 / row;
    if found < head.points {
        return Err(RawError::Cut { found, wanted: head.points });
    }
    if body.len() as u64 > head.points * row {
        return Err(RawError::Several);
    }
    let number = |bytes: &[u8]| f64::from_le_bytes(bytes.try_into().unwrap_or_default());
    Ok(body.chunks_exact(8).map(number).collect())
}

fn text(body: &[u8], head: &Head) -> Result<Vec<f64>, RawError> {
    let mut numbers = Vec::new();
    let body = String::from_utf8_lossy(body);
    let mut words = body.split_whitespace();
    for point in 0..head.points {
        // The number of the point stands before its values.
        if words.next().is_none() {
            return Err(RawError::Cut { found: point, wanted: head.points });
        }
        for _ in 0..head.variables {
            let cut = RawError::Cut { found: point, wanted: head.points };
            let number = words.next().ok_or(cut)?.parse();
            numbers.push(number.map_err(|_| RawError::Point { point, what: "not a number" })?);
        }
    }
    if words.next().is_some() { Err(RawError::Several) } else { Ok(numbers) }
}
