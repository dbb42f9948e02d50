//! Records as rows of a file, in the form that its name says.

use std::io;
use std::marker::PhantomData;
use std::path::Path;

use memspike_time::Time;

use crate::origin::Origin;
use crate::table::{Kind, Table};
use crate::{Membrane, Record, RecordingError, Spike};

/// A file of records: Parquet or CSV. Dropped unfinished, it leaves what was there before.
pub struct RecordFile<R> {
    table: Table,
    record: PhantomData<R>,
}

/// A file of spikes.
pub type SpikeFile = RecordFile<Spike>;

/// A file of membranes at stated instants: it also has `potential_v` and `current_ampere`, NaN (in CSV nothing) where there is none.
pub type MembraneFile = RecordFile<Membrane>;

impl<R: Record> RecordFile<R> {
    const KIND: Kind = Kind { name: R::TABLE, values: R::VALUES };

    /// Prepares a file. Its name ends in `.parquet`: columns `time_fs` (whole femtoseconds), `time_s`, `population` (its name) and
    /// `neuron` (within it, from 0), the origin in the file's metadata; or in `.csv` (or is `-`, standard output): the columns
    /// `time_s`, `population` and `neuron`, the origin in lines before them that begin with `#`,
    /// the interval in such a line behind them.
    ///
    /// # Errors
    /// If the name ends otherwise, or the file cannot be written.
    pub fn create(path: impl AsRef<Path>, origin: &Origin) -> Result<Self, RecordingError> {
        let table = Table::create(path.as_ref(), origin, &Self::KIND)?;
        Ok(Self { table, record: PhantomData })
    }

    /// Finds out whether a file of this name can be created, and leaves nothing behind.
    ///
    /// # Errors
    /// As [`RecordFile::create`].
    pub fn check(path: impl AsRef<Path>) -> Result<(), RecordingError> {
        Table::check(path.as_ref())
    }

    /// Bytes of memory that a file of this name takes at most while it is written, however long it becomes.
    #[must_use]
    pub fn most_bytes(path: impl AsRef<Path>) -> u64 {
        Table::most_bytes(path.as_ref(), &Self::KIND)
    }

    /// Where the file will be.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.table.path()
    }

    /// Adds a row.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add(&mut self, record: &R) -> io::Result<()> {
        self.table.row(record.at(), record.neuron(), record.values().as_ref())
    }

    /// Writes the rest, with the closed interval of time that the rows are of (s), and puts the file in its place.
    ///
    /// # Errors
    /// If that fails; then nothing stands in its place that was not there before.
    pub fn finish(self, interval_s: [f64; 2]) -> Result<(), RecordingError> {
        self.table.finish(interval_s)
    }
}

impl SpikeFile {
    /// Adds a spike of a neuron of a population, both counted from 0.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn spike(&mut self, at: Time, population: usize, neuron: u32) -> io::Result<()> {
        self.table.row(at, (population, neuron), &[])
    }
}
