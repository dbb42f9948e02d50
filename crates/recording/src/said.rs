//! What a recording says of itself.

use std::collections::BTreeMap;

use crate::error::ReadReason;
use crate::origin::{INTERVAL, POPULATIONS};

/// Entries of its metadata.
pub(crate) type Said = BTreeMap<String, String>;

/// Keys that are looked at; others are passed by.
pub(crate) const KEYS: [&str; 2] = [POPULATIONS, INTERVAL];

/// Names and sizes of the populations, if they are said.
pub(crate) fn populations(said: &Said) -> Result<Option<Vec<(String, u32)>>, ReadReason> {
    let Some(value) = said.get(POPULATIONS) else { return Ok(None) };
    let pairs: Result<Vec<(String, u32)>, _> = serde_json::from_str(value);
    let what = "a list of names and sizes";
    pairs.map(Some).map_err(|_| ReadReason::Said { key: POPULATIONS, value: value.clone(), what })
}

/// The closed interval that its spikes are of (s), if it is said.
pub(crate) fn interval_s(said: &Said) -> Result<Option<[f64; 2]>, ReadReason> {
    let Some(value) = said.get(INTERVAL) else { return Ok(None) };
    let ends: Option<[f64; 2]> = serde_json::from_str(value).ok();
    match ends {
        Some([from_s, to_s]) if 0.0 <= from_s && from_s <= to_s => Ok(ends),
        _ => {
            let what = "two instants in order (s)";
            Err(ReadReason::Said { key: INTERVAL, value: value.clone(), what })
        }
    }
}
