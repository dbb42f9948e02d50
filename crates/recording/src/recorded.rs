//! A recording, read back.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use memspike_columns::{Kind, Table};

use crate::error::{ReadError, ReadReason};
use crate::lines;
use crate::said::{self, KEYS, Said};

/// Populations that a recording may have.
const MOST_POPULATIONS: usize = 256;

/// Spikes between two looks at whether to go on.
const LOOK: u64 = 1 << 16;

/// Neurons of a recording that are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedPopulation {
    /// Their name.
    pub name: String,
    /// How many there are; where the file does not say so, how many there are up to the last one that fires.
    pub size: u32,
    /// Whether the file says so.
    pub is_said: bool,
}

/// A recording of spikes.
pub struct Recorded {
    path: PathBuf,
    form: Form,
    populations: Vec<RecordedPopulation>,
    numbers: BTreeMap<String, usize>,
    interval_s: [f64; 2],
    spikes: u64,
}

enum Form {
    Parquet(Box<Table>),
    Lines,
}

/// What is found on the first way through a file.
#[derive(Default)]
struct Found {
    /// The last neuron of each population.
    last: BTreeMap<String, u32>,
    end_s: f64,
    spikes: u64,
}

impl Found {
    fn spike(&mut self, at_s: f64, population: &str, neuron: u32) -> Result<(), String> {
        (self.end_s, self.spikes) = (at_s, self.spikes + 1);
        if let Some(last) = self.last.get_mut(population) {
            *last = neuron.max(*last);
        } else if self.last.len() < MOST_POPULATIONS {
            self.last.insert(population.to_owned(), neuron);
        } else {
            return Err(format!("more than {MOST_POPULATIONS} populations are not read"));
        }
        Ok(())
    }
}

impl Recorded {
    /// Opens a recording, by [`SpikeFile`](crate::SpikeFile) or of anybody: Parquet or CSV with columns `time_s`, `population` and
    /// `neuron`, in the order of time. The whole of it is looked through once, except for a Parquet file that says what it
    /// has. `look` hears how many spikes have been read, and says whether to go on.
    ///
    /// # Errors
    /// If it is no recording.
    pub fn open(
        path: &Path,
        look: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Self, ReadError> {
        Self::read(path, look).map_err(|reason| ReadError { path: path.to_owned(), reason })
    }

    fn read(path: &Path, look: &mut dyn FnMut(u64) -> ControlFlow<()>) -> Result<Self, ReadReason> {
        let ending = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
        let form = match ending.as_deref() {
            Some("parquet") => Form::Parquet(Box::new(Table::open(path)?)),
            Some("csv") => Form::Lines,
            _ => return Err(ReadReason::Form),
        };
        let mut said = Said::new();
        let mut spikes = 0;
        if let Form::Parquet(table) = &form {
            let known = KEYS
                .iter()
                .filter_map(|key| Some(((*key).to_owned(), table.said(key)?.to_owned())));
            said.extend(known);
            spikes = table.rows();
        }
        let complete = said.len() == KEYS.len();
        let mut found = Found::default();
        if !complete {
            let read = form.each(path, look, |at_s, population, neuron| {
                found.spike(at_s, population, neuron)
            })?;
            said.extend(read);
            spikes = found.spikes;
        }
        let interval_s = said::interval_s(&said)?.unwrap_or([0.0, found.end_s]);
        let populations = populations(&said, &found)?;
        let numbers =
            populations.iter().enumerate().map(|(at, one)| (one.name.clone(), at)).collect();
        Ok(Self { path: path.to_owned(), form, populations, numbers, interval_s, spikes })
    }

    /// Its populations, in the order in which it names them; else in that of their names.
    #[must_use]
    pub fn populations(&self) -> &[RecordedPopulation] {
        &self.populations
    }

    /// The closed interval that its spikes are of (s); where it does not say so, from 0 to the last of them.
    #[must_use]
    pub const fn interval_s(&self) -> [f64; 2] {
        self.interval_s
    }

    /// How many spikes it has.
    #[must_use]
    pub const fn spikes(&self) -> u64 {
        self.spikes
    }

    /// Hands over every spike from `from_s` up to `until_s`, in the order of time: instant (s), number of the population, and
    /// neuron.
    ///
    /// # Errors
    /// If it is no recording, or `look` says not to go on.
    pub fn each(
        &self,
        [from_s, until_s]: [f64; 2],
        look: &mut dyn FnMut(u64) -> ControlFlow<()>,
        mut take: impl FnMut(f64, usize, u32),
    ) -> Result<(), ReadError> {
        let read = self.form.each(&self.path, look, |at_s, population, neuron| {
            if !(from_s..=until_s).contains(&at_s) {
                return Ok(());
            }
            let unknown =
                || format!("population '{population}' is none of those that the file says it has");
            let number = *self.numbers.get(population).ok_or_else(unknown)?;
            if neuron >= self.populations[number].size {
                let size = self.populations[number].size;
                return Err(format!("neuron {neuron} of '{population}', which has {size}"));
            }
            take(at_s, number, neuron);
            Ok(())
        });
        read.map(|_| ()).map_err(|reason| ReadError { path: self.path.clone(), reason })
    }
}

fn populations(said: &Said, found: &Found) -> Result<Vec<RecordedPopulation>, ReadReason> {
    if let Some(pairs) = said::populations(said)? {
        let one = |(name, size)| RecordedPopulation { name, size, is_said: true };
        if pairs.len() > MOST_POPULATIONS {
            return Err(ReadReason::Populations { count: pairs.len(), most: MOST_POPULATIONS });
        }
        return Ok(pairs.into_iter().map(one).collect());
    }
    let last = found.last.iter();
    let size = |neuron: u32| neuron.saturating_add(1);
    Ok(last
        .map(|(name, neuron)| RecordedPopulation {
            name: name.clone(),
            size: size(*neuron),
            is_said: false,
        })
        .collect())
}

impl Form {
    /// Hands over every spike, in the order of time; gives what the file says beside them. What is wrong with a spike is told with its
    /// place.
    fn each(
        &self,
        path: &Path,
        look: &mut dyn FnMut(u64) -> ControlFlow<()>,
        mut take: impl FnMut(f64, &str, u32) -> Result<(), String>,
    ) -> Result<Said, ReadReason> {
        let (mut before_s, mut count) = (0.0, 0_u64);
        let mut next = |at_s: f64, population: &str, neuron: u32| {
            if at_s < before_s {
                return Err(format!("{at_s} s comes after {before_s} s: sort the spikes by time"));
            }
            (before_s, count) = (at_s, count + 1);
            take(at_s, population, neuron)?;
            Ok(count.is_multiple_of(LOOK) && look(count).is_break())
        };
        match self {
            Self::Lines => lines::each(path, |line, (at_s, population, neuron)| {
                let wrong = |what| ReadReason::Line { line, column: 1, what };
                stopped(next(at_s, population, neuron).map_err(wrong)?)?;
                Ok(ControlFlow::Continue(()))
            }),
            Self::Parquet(table) => {
                let wanted =
                    [("time_s", Kind::Real), ("population", Kind::Text), ("neuron", Kind::Whole)];
                table.each(&wanted, |first, batch| {
                    let columns =
                        batch[0].real().iter().zip(batch[1].texts()).zip(batch[2].whole());
                    for (row, ((at_s, population), neuron)) in (first..).zip(columns) {
                        let wrong = |what| ReadReason::Row { row, what };
                        if !(at_s.is_finite() && *at_s >= 0.0) {
                            return Err(wrong(format!(
                                "{at_s} is no instant, a number of seconds from 0 on"
                            )));
                        }
                        let number = u32::try_from(*neuron)
                            .map_err(|_| wrong(format!("{neuron} is no neuron")))?;
                        let population = population.as_utf8().unwrap_or_default();
                        stopped(next(*at_s, population, number).map_err(wrong)?)?;
                    }
                    Ok(ControlFlow::Continue(()))
                })?;
                Ok(Said::new())
            }
        }
    }
}

/// Ends the reading if it was asked for.
fn stopped(stop: bool) -> Result<(), ReadReason> {
    if stop { Err(ReadReason::Interrupted) } else { Ok(()) }
}
