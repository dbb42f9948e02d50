//! Connections in a list beside a text: `.npy` and lines with columns source, target and weight; Parquet with columns of these
//! names.

use std::ops::ControlFlow;
use std::path::Path;

use memspike_columns::{Kind, Table};
use memspike_npy::Place;

use super::delays::femtoseconds;
use super::document::{Precision, SparseFileText};
use super::error::ListReason;
use super::numbers;
use super::reading::precise;
use crate::SparseRows;

/// Rows of a Parquet file that are read: as many as numbers of eight bytes in a `.npy` file. Its own length says little.
const MOST_ROWS: usize = (memspike_npy::MAX_BYTES / 8) as usize;

/// Names of columns.
const SOURCE: &str = "source";
const TARGET: &str = "target";
const WEIGHT: &str = "weight";
const DELAY: &str = "delay_s";

/// What a list says.
pub(super) struct Listed {
    pub rows: SparseRows,
    /// Delays of the connections (fs), where the list has them.
    pub delays: Option<Vec<u64>>,
}

/// A connection.
struct Entry {
    source: f64,
    target: f64,
    weight: f64,
}

/// Connections as they are read.
struct Growing {
    sizes: [usize; 2],
    starts: Vec<usize>,
    targets: Vec<u32>,
    weights: Vec<f64>,
}

/// Reads a list between so many sources and targets.
pub(super) fn read(
    text: &SparseFileText,
    path: &Path,
    sizes: [usize; 2],
) -> Result<Listed, ListReason> {
    let is_parquet = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"));
    if is_parquet {
        return in_parquet(text.precision, path, sizes);
    }
    let entries = numbers::rows(path, 3, "source, target and weight")?;
    let mut growing = Growing::new(sizes);
    for (row, entry) in entries.table.values.chunks_exact(3).enumerate() {
        let entry = Entry { source: entry[0], target: entry[1], weight: entry[2] };
        growing.push(entry, || entries.place(row))?;
    }
    let rows = growing.finish(text.precision, |row| entries.place(row))?;
    Ok(Listed { rows, delays: None })
}

fn in_parquet(precision: Precision, path: &Path, sizes: [usize; 2]) -> Result<Listed, ListReason> {
    let table = Table::open(path)?;
    let names = table.names();
    let mut wanted = vec![(SOURCE, Kind::Whole), (TARGET, Kind::Whole)];
    let mut optional = |name| {
        let place = names.iter().any(|known| known == name).then_some(wanted.len());
        wanted.extend(place.map(|_| (name, Kind::Real)));
        place
    };
    let (weight, delay) = (optional(WEIGHT), optional(DELAY));
    let mut growing = Growing::new(sizes);
    let mut delays: Option<Vec<u64>> = delay.map(|_| Vec::new());
    table.each(&wanted, |first, batch| -> Result<ControlFlow<()>, ListReason> {
        let (sources, targets) = (batch[0].whole(), batch[1].whole());
        for (at, (source, target)) in sources.iter().zip(targets).enumerate() {
            let row = first as usize + at;
            if row >= MOST_ROWS {
                return Err(ListReason::Many { most: MOST_ROWS });
            }
            let weight = weight.map_or(1.0, |column| batch[column].real()[at]);
            let entry = Entry { source: *source as f64, target: *target as f64, weight };
            growing.push(entry, || Place::Row(row))?;
            if let Some((column, delays)) = delay.zip(delays.as_mut()) {
                let value = batch[column].real()[at];
                let wrong = ListReason::Delay { place: Place::Row(row), value };
                delays.push(femtoseconds(value).ok_or(wrong)?);
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(Listed { rows: growing.finish(precision, Place::Row)?, delays })
}

impl Growing {
    fn new(sizes: [usize; 2]) -> Self {
        Self { sizes, starts: vec![0], targets: Vec::new(), weights: Vec::new() }
    }

    fn push(&mut self, entry: Entry, place: impl Fn() -> Place) -> Result<(), ListReason> {
        let Entry { source, target, weight } = entry;
        let below = |value: f64, end: usize, what| match numbers::whole(value, end as f64) {
            Some(number) if number < end as u64 => Ok(number as usize),
            _ => Err(ListReason::Whole { place: place(), value, what }),
        };
        let source_number = below(source, self.sizes[0], "a source that is there")?;
        let target = below(target, self.sizes[1], "a target that is there")?;
        let before = self.starts.len() - 1;
        if source_number < before {
            return Err(ListReason::Order { place: place(), source_number, before });
        }
        self.starts.resize(source_number + 1, self.targets.len());
        if !weight.is_finite() {
            return Err(ListReason::Weight { place: place(), value: weight });
        }
        self.targets.push(u32::try_from(target).unwrap_or(u32::MAX));
        self.weights.push(weight);
        Ok(())
    }

    fn finish(
        mut self,
        precision: Precision,
        place: impl Fn(usize) -> Place,
    ) -> Result<SparseRows, ListReason> {
        let [sources, targets] = self.sizes;
        self.starts.resize(sources + 1, self.targets.len());
        let weights = precise(self.weights, precision)
            .map_err(|(row, value)| ListReason::Single { place: place(row), value })?;
        Ok(SparseRows::new(targets, self.starts, self.targets, weights)?)
    }
}
