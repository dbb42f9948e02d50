//! Delays in a text and in files beside it.

use std::path::Path;

use memspike_time::FS;

use super::document::{DelayText, ProjectionText};
use super::error::{FileReason, ListReason};
use super::numbers;
use crate::{Delay, LONGEST_DELAY, Law};

/// The delays of a projection; `listed` are those of its list of connections (fs), if that has any.
pub(super) fn read(
    projection: &ProjectionText,
    listed: Option<Vec<u64>>,
    folder: &Path,
) -> Result<Delay, FileReason> {
    let name = || projection.name.clone();
    match (&projection.delay_fs, &projection.delay_s) {
        (None, None) if listed.is_some() => Ok(Delay::Each(listed.unwrap_or_default())),
        _ if listed.is_some() => Err(FileReason::ListedDelays { projection: name() }),
        (Some(_), Some(_)) => Err(FileReason::TwoDelays { projection: name() }),
        (None, None) => Ok(Delay::All(0)),
        (Some(text), None) => in_femtoseconds(text, folder),
        (None, Some(law)) => {
            let mut law = law.clone();
            numbers::of_law(&mut law, folder)?;
            in_seconds(law).map_err(|value| FileReason::Delay { projection: name(), value })
        }
    }
}

fn in_femtoseconds(text: &DelayText, folder: &Path) -> Result<Delay, FileReason> {
    Ok(match text {
        DelayText::All(ticks) => Delay::All(*ticks),
        DelayText::Each(ticks) => Delay::Each(ticks.clone()),
        DelayText::File(file) => Delay::Each(numbers::in_file(folder, file, in_list)?),
    })
}

/// Delays by a law in seconds; an error is the value that is none.
fn in_seconds(law: Law) -> Result<Delay, f64> {
    match law {
        Law::Value(value) => femtoseconds(value).map(Delay::All).ok_or(value),
        Law::Listed(listed) => {
            let each = listed.values().iter().map(|value| femtoseconds(value).ok_or(value));
            each.collect::<Result<_, _>>().map(Delay::Each)
        }
        law => Ok(Delay::Drawn(law)),
    }
}

/// The whole femtoseconds nearest to a time from 1 fs to 9 s.
pub(super) fn femtoseconds(s: f64) -> Option<u64> {
    let range = 1.0..=LONGEST_DELAY as f64;
    let ticks = (s * FS).round();
    range.contains(&ticks).then_some(ticks as u64)
}

fn in_list(path: &Path) -> Result<Vec<u64>, ListReason> {
    let what = "a whole number of femtoseconds, at most 9 s,";
    let rows = numbers::rows(path, 1, "delays in femtoseconds")?;
    let tick = |(row, value): (usize, &f64)| {
        let wrong = ListReason::Whole { place: rows.place(row), value: *value, what };
        numbers::whole(*value, LONGEST_DELAY as f64).ok_or(wrong)
    };
    rows.table.values.iter().enumerate().map(tick).collect()
}
