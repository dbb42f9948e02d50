//! Data: spikes of inputs under labels.

use std::path::{Path, PathBuf};

use memspike_files::MIB;
use memspike_npy::{NpyError, Table};
use memspike_time::{FS, LONGEST_RUN_S};

use crate::{Spike, heidelberg};

/// What the inputs of a network are shown, and what each is.
#[derive(Debug, Clone, PartialEq)]
pub struct Samples {
    /// Inputs.
    pub inputs: usize,
    /// Classes.
    pub classes: usize,
    /// All of them.
    pub samples: Vec<Sample>,
    /// Events of the file that repeat one of the same input at the same instant, and count once with it.
    pub merged: u64,
}

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Spikes in the order of time, then of inputs.
    pub spikes: Vec<Spike>,
    /// Its class, from 0.
    pub label: u32,
}

/// Why a file gives no samples. Rows count from 0.
#[derive(Debug, thiserror::Error)]
pub enum SamplesError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is no table of numbers.
    #[error("{}: {source}", path.display())]
    Npy {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: NpyError,
    },
    /// It has other columns.
    #[error(
        "{}: {found} columns; a list of events has four: time in s, input, sample, label", path.display()
    )]
    Columns {
        /// The file.
        path: PathBuf,
        /// Its columns.
        found: usize,
    },
    /// It has no rows.
    #[error("{}: no events", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A number that stands for nothing.
    #[error("{}: row {row}: {name} is {value:e}; {rule}", path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// The row.
        row: usize,
        /// What the number is.
        name: &'static str,
        /// The number.
        value: f64,
        /// What it must be.
        rule: String,
    },
    /// It is HDF5, but not in the form of the Heidelberg sets.
    #[error(
        "{}: {reason}; spikes in HDF5 are lists 'spikes/times' (s) and 'spikes/units', one for each sample, and 'labels'", path.display()
    )]
    Hdf5 {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Two labels of one sample.
    #[error("{}: sample {sample} has the labels {} and {}; it has one", path.display(), labels[0], labels[1])]
    Labels {
        /// The file.
        path: PathBuf,
        /// The sample.
        sample: u64,
        /// The labels.
        labels: [u32; 2],
    },
    /// The same event again.
    #[error("{}: sample {sample} has a spike of input {input} at {time_s:e} s twice", path.display())]
    Repeated {
        /// The file.
        path: PathBuf,
        /// The sample.
        sample: u64,
        /// The input.
        input: u32,
        /// When (s).
        time_s: f64,
    },
}

/// The largest list that is read: 30 million events as float64.
const MOST_BYTES: u64 = 1024 * MIB;
/// Inputs and classes that a list may have: their arrays must fit.
const MOST_INPUTS: f64 = 1e6;
const MOST_CLASSES: f64 = 1e4;

/// A row of a list.
struct Row {
    sample: u64,
    spike: Spike,
    label: u32,
}

impl Samples {
    /// Reads a list of events: a table `.npy` with the columns time (s), input, sample, label, whose rows may stand in any
    /// order; or HDF5 in the form of the Heidelberg sets (Cramer et al. 2022), known by its first bytes.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn read(path: &Path) -> Result<Self, SamplesError> {
        let named = || path.to_owned();
        let bytes = memspike_files::read(path, MOST_BYTES)
            .map_err(|source| SamplesError::Read { path: named(), source })?;
        if bytes.starts_with(heidelberg::MARK) {
            return heidelberg::read(path, &bytes);
        }
        Self::decode(path, &bytes)
    }

    /// [`Samples::read`] of a table that has been read; `path` names it in errors.
    ///
    /// # Errors
    /// As [`Samples::read`].
    pub fn decode(path: &Path, bytes: &[u8]) -> Result<Self, SamplesError> {
        let named = || path.to_owned();
        let table =
            Table::read(bytes).map_err(|source| SamplesError::Npy { path: named(), source })?;
        if table.columns != 4 {
            return Err(SamplesError::Columns { path: named(), found: table.columns });
        }
        let (rows, _) = table.values.as_chunks::<4>();
        Self::of_rows(path, rows)
    }

    /// [`Samples::read`] of rows: time (s), input, sample, label. `path` names them in errors.
    ///
    /// # Errors
    /// As [`Samples::read`].
    pub fn of_rows(path: &Path, rows: &[[f64; 4]]) -> Result<Self, SamplesError> {
        if rows.is_empty() {
            return Err(SamplesError::Empty { path: path.to_owned() });
        }
        let rows = rows.iter().enumerate().map(|(at, values)| row(path, at, values));
        let mut rows = rows.collect::<Result<Vec<Row>, _>>()?;
        let key = |row: &Row| (row.sample, row.spike.neuron);
        rows.sort_by(|a, b| {
            let by_time = a.spike.at_s.total_cmp(&b.spike.at_s);
            a.sample.cmp(&b.sample).then(by_time).then(key(a).cmp(&key(b)))
        });
        gathered(path, &rows)
    }

    /// Samples up to a share of them, and the rest: the last ones.
    #[must_use]
    pub fn split(mut self, kept: usize) -> (Self, Self) {
        let at = self.samples.len().saturating_sub(kept);
        let rest = self.samples.split_off(at);
        let (inputs, classes) = (self.inputs, self.classes);
        (self, Self { inputs, classes, samples: rest, merged: 0 })
    }

    /// When the last spike is (s).
    #[must_use]
    pub fn last_s(&self) -> f64 {
        let last = |sample: &Sample| sample.spikes.last().map_or(0.0, |spike| spike.at_s);
        self.samples.iter().map(last).fold(0.0, f64::max)
    }

    /// A number that other samples would hardly have: FNV-1a over all spikes and labels.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let words = self.samples.iter().flat_map(|sample| {
            let spikes = sample.spikes.iter();
            let spikes = spikes.flat_map(|spike| [spike.at_s.to_bits(), spike.neuron.into()]);
            spikes.chain([u64::from(sample.label), u64::MAX])
        });
        words.fold(0xcbf2_9ce4_8422_2325, |hash: u64, word| {
            (hash ^ word).wrapping_mul(0x0100_0000_01b3).rotate_left(23)
        })
    }
}

/// What a number must be: its name, the number, the rule.
pub(crate) type Broken = (&'static str, f64, String);

/// Checks a spike. Instants are on whole femtoseconds, as in every network.
pub(crate) fn spike(time_s: f64, input: f64) -> Result<Spike, Broken> {
    if !(0.0..=LONGEST_RUN_S).contains(&time_s) {
        return Err(("the time", time_s, format!("it is from 0 to {LONGEST_RUN_S} s")));
    }
    let neuron = whole("the input", input, MOST_INPUTS)? as u32;
    Ok(Spike { at_s: (time_s * FS).round() / FS, neuron })
}

/// Checks a label.
pub(crate) fn label(value: f64) -> Result<u32, Broken> {
    Ok(whole("the label", value, MOST_CLASSES)? as u32)
}

fn whole(name: &'static str, value: f64, most: f64) -> Result<f64, Broken> {
    if value.fract() == 0.0 && (0.0..most).contains(&value) {
        return Ok(value);
    }
    Err((name, value, format!("it is a whole number from 0 to {:e}", most - 1.0)))
}

/// Checks a row.
fn row(path: &Path, row: usize, values: &[f64; 4]) -> Result<Row, SamplesError> {
    let [time_s, input, sample, of_sample] = *values;
    let checked = || {
        let spike = spike(time_s, input)?;
        let sample = whole("the sample", sample, 9e15)? as u64;
        Ok(Row { sample, spike, label: label(of_sample)? })
    };
    checked().map_err(|(name, value, rule)| {
        let path = path.to_owned();
        SamplesError::Value { path, row, name, value, rule }
    })
}

/// Rows in order as samples.
fn gathered(path: &Path, rows: &[Row]) -> Result<Samples, SamplesError> {
    let mut samples = Vec::new();
    for own in rows.chunk_by(|a, b| a.sample == b.sample) {
        let (sample, label) = (own[0].sample, own[0].label);
        if let Some(other) = own.iter().find(|row| row.label != label) {
            let labels = [label, other.label];
            return Err(SamplesError::Labels { path: path.to_owned(), sample, labels });
        }
        let spikes: Vec<Spike> = own.iter().map(|row| row.spike).collect();
        if let Some(twice) = spikes.windows(2).find(|pair| pair[0] == pair[1]) {
            let Spike { at_s: time_s, neuron: input } = twice[0];
            return Err(SamplesError::Repeated { path: path.to_owned(), sample, input, time_s });
        }
        samples.push(Sample { spikes, label });
    }
    let most = |of: &dyn Fn(&Row) -> u32| rows.iter().map(of).max().map_or(0, |n| n as usize + 1);
    let (inputs, classes) = (most(&|row| row.spike.neuron), most(&|row| row.label));
    Ok(Samples { inputs, classes, samples, merged: 0 })
}
