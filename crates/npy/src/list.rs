//! Weights of few places of a large array, as a list.

use std::io::BufReader;
use std::path::Path;

use crate::{MAX_BYTES, WeightsError, WeightsReason};

/// The heading by which a list is known.
const HEADING: [&str; 3] = ["row", "column", "weight"];

/// Most rows and columns of a list.
const MOST: u32 = 1 << 24;

/// Weights of some places of an array; the others have no devices. By columns, and there by rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListedWeights {
    /// Where the weights of column `c` are: from `starts[c]` to `starts[c + 1]`.
    starts: Vec<u32>,
    rows: Vec<u32>,
    weights: Vec<f64>,
}

/// A line of a list.
struct Entry {
    line: u64,
    row: u32,
    column: u32,
    weight: f64,
}

impl ListedWeights {
    /// Reads a `.csv` that begins with the line `row,column,weight`: then each line is a weight and its place, counted from
    /// 0, in any order. Nothing if the file is no such list. At most [`MAX_BYTES`] are read, twice, and no more is kept
    /// than the weights.
    ///
    /// # Errors
    /// A file that cannot be read, a line without a place and a number, a place that is named twice.
    pub fn read(path: impl AsRef<Path>) -> Result<Option<Self>, WeightsError> {
        let path = path.as_ref();
        if path.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("csv")) {
            return Ok(None);
        }
        let read = || {
            let mut counts: Vec<u32> = Vec::new();
            let is_list = each(path, |entry| {
                let column = entry.column as usize;
                if column >= counts.len() {
                    counts.resize(column + 1, 0);
                }
                counts[column] += 1;
                Ok(())
            })?;
            if is_list { Self::of_counts(path, &counts).map(Some) } else { Ok(None) }
        };
        read().map_err(|reason| WeightsError { path: path.to_owned(), reason })
    }

    /// Reads the weights of columns that have so many each.
    fn of_counts(path: &Path, counts: &[u32]) -> Result<Self, WeightsReason> {
        let mut starts = vec![0];
        for count in counts {
            starts.push(starts[starts.len() - 1] + count);
        }
        let total = starts[counts.len()] as usize;
        let mut next = starts[..counts.len()].to_vec();
        let (mut rows, mut weights) = (vec![0; total], vec![0.0; total]);
        each(path, |Entry { line, row, column, weight }| {
            let changed = || WeightsReason::Lines(format!("line {line} is new since it was read"));
            let place = next.get_mut(column as usize).ok_or_else(changed)?;
            let at = *place as usize;
            if at == starts[column as usize + 1] as usize {
                return Err(changed());
            }
            *place += 1;
            (rows[at], weights[at]) = (row, weight);
            Ok(())
        })?;
        let mut listed = Self { starts, rows, weights };
        listed.sort()?;
        Ok(listed)
    }

    /// Orders each column by rows.
    fn sort(&mut self) -> Result<(), WeightsReason> {
        let mut scratch: Vec<(u32, f64)> = Vec::new();
        for column in 0..self.columns() {
            let range = self.range(column);
            let (rows, weights) = (&mut self.rows[range.clone()], &mut self.weights[range]);
            if !rows.is_sorted() {
                scratch.clear();
                scratch.extend(rows.iter().copied().zip(weights.iter().copied()));
                scratch.sort_by_key(|(row, _)| *row);
                let places = rows.iter_mut().zip(weights.iter_mut());
                places.zip(&scratch).for_each(|((r, w), entry)| (*r, *w) = *entry);
            }
            if let Some(pair) = rows.windows(2).find(|pair| pair[0] == pair[1]) {
                let row = pair[0];
                let words = format!("row {row}, column {column} has two weights");
                return Err(WeightsReason::Lines(words));
            }
        }
        Ok(())
    }

    fn range(&self, column: usize) -> std::ops::Range<usize> {
        match self.starts.get(column..column + 2) {
            Some(ends) => ends[0] as usize..ends[1] as usize,
            None => 0..0,
        }
    }

    /// Columns up to the last that has a weight.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Rows up to the last that has a weight.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows.iter().max().map_or(0, |row| *row as usize + 1)
    }

    /// How many weights there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.weights.len()
    }

    /// The rows that have a weight in a column, ascending, and their weights.
    #[must_use]
    pub fn column(&self, column: usize) -> (&[u32], &[f64]) {
        let range = self.range(column);
        (&self.rows[range.clone()], &self.weights[range])
    }

    /// The largest magnitude; zero if there is none.
    #[must_use]
    pub fn largest(&self) -> f64 {
        self.weights.iter().fold(0.0, |largest, weight| weight.abs().max(largest))
    }
}

/// Hands over every line of a list; false, and none of them, if the file is no list.
fn each(
    path: &Path,
    mut take: impl FnMut(Entry) -> Result<(), WeightsReason>,
) -> Result<bool, WeightsReason> {
    let file = BufReader::new(memspike_files::open(path, MAX_BYTES)?);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(file);
    let mut record = csv::StringRecord::new();
    let mut next = |record: &mut csv::StringRecord| match reader.read_record(record) {
        Ok(more) => Ok(more),
        Err(error) => Err(WeightsReason::Lines(error.to_string())),
    };
    // What is no text is no list either; whoever reads the table says so.
    if !next(&mut record).unwrap_or(false) || record != HEADING[..] {
        return Ok(false);
    }
    while next(&mut record)? {
        let line = record.position().map_or(0, csv::Position::line);
        let place = |at: usize| record.get(at)?.parse().ok().filter(|place: &u32| *place < MOST);
        let weight: Option<f64> = record
            .get(2)
            .and_then(|field| field.parse().ok())
            .filter(|weight: &f64| weight.is_finite());
        let (Some(row), Some(column), Some(weight), 3) = (place(0), place(1), weight, record.len())
        else {
            return Err(WeightsReason::Lines(format!(
                "line {line} is no 'row,column,weight': whole numbers from 0 to {} and a finite number",
                MOST - 1
            )));
        };
        take(Entry { line, row, column, weight })?;
    }
    Ok(true)
}
