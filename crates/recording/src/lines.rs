//! Spikes in lines.

use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::path::Path;

use memspike_files::open;

use crate::error::ReadReason;
use crate::said::{KEYS, Said};

/// The longest line that is read (bytes).
const MOST: u64 = 1 << 16;

/// What a line says: instant (s), population, neuron.
pub(crate) type Spike<'l> = (f64, &'l str, u32);

/// Where the three columns stand.
struct Columns {
    at: usize,
    population: usize,
    neuron: usize,
}

/// Hands over every spike with its line. What the lines that begin with `#` say is gathered.
pub(crate) fn each(
    path: &Path,
    mut take: impl FnMut(u64, Spike<'_>) -> Result<ControlFlow<()>, ReadReason>,
) -> Result<Said, ReadReason> {
    let mut reader = BufReader::new(open(path, u64::MAX - 1)?);
    let (mut said, mut columns, mut bytes) = (Said::new(), None, Vec::new());
    for line in 1.. {
        let wrong = |column, what: String| ReadReason::Line { line, column, what };
        bytes.clear();
        let count = reader.by_ref().take(MOST).read_until(b'\n', &mut bytes)?;
        if count == 0 {
            break;
        }
        if count as u64 == MOST {
            return Err(wrong(
                1,
                format!("it has more than the {MOST} bytes that are read of a line"),
            ));
        }
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            wrong(error.valid_up_to() + 1, "this is no text in UTF-8".to_owned())
        })?;
        let text = text.trim_end_matches(['\n', '\r']);
        if let Some(comment) = text.strip_prefix('#') {
            gather(&mut said, comment);
        } else if let Some(columns) = &columns {
            if !text.is_empty() {
                let spike = spike(columns, text).map_err(|(column, what)| wrong(column, what))?;
                if take(line, spike)?.is_break() {
                    return Ok(said);
                }
            }
        } else {
            columns = Some(heading(text).map_err(|what| wrong(1, what))?);
        }
    }
    if columns.is_none() {
        let what = "it has no heading: 'time_s,population,neuron' is needed".to_owned();
        return Err(ReadReason::Line { line: 1, column: 1, what });
    }
    Ok(said)
}

/// `key = value`, of the keys that matter.
fn gather(said: &mut Said, comment: &str) {
    if let Some((key, value)) = comment.split_once('=')
        && KEYS.contains(&key.trim())
    {
        said.insert(key.trim().to_owned(), value.trim().to_owned());
    }
}

fn heading(text: &str) -> Result<Columns, String> {
    let names: Vec<&str> = text.split(',').map(str::trim).collect();
    let place = |name: &str| names.iter().position(|known| *known == name);
    match (place("time_s"), place("population"), place("neuron")) {
        (Some(at), Some(population), Some(neuron)) => Ok(Columns { at, population, neuron }),
        _ => {
            let shown: String = text.chars().take(60).collect();
            Err(format!(
                "'{shown}' is no heading of a recording: 'time_s,population,neuron' is needed"
            ))
        }
    }
}

/// A spike; an error is the letter and what is wrong there.
fn spike<'l>(columns: &Columns, text: &'l str) -> Result<Spike<'l>, (usize, String)> {
    let field = |number: usize, name: &str| {
        let mut start = 0;
        for (at, field) in text.split(',').enumerate() {
            if at == number {
                return Ok((start + 1, field.trim()));
            }
            start += field.chars().count() + 1;
        }
        Err((text.chars().count() + 1, format!("the line ends before its {name}")))
    };
    let (column, at) = field(columns.at, "time_s")?;
    let at_s: f64 = match at.parse() {
        Ok(at_s) if at_s >= 0.0 && f64::is_finite(at_s) => at_s,
        _ => return Err((column, format!("'{at}' is no instant, a number of seconds from 0 on"))),
    };
    let (_, population) = field(columns.population, "population")?;
    let (column, neuron) = field(columns.neuron, "neuron")?;
    let neuron = neuron.parse().map_err(|_| {
        (column, format!("'{neuron}' is no neuron, a whole number from 0 to {}", u32::MAX))
    })?;
    Ok((at_s, population, neuron))
}
