//! Who hears what happens in a run, and where it is kept.

use std::io;
use std::path::{Path, PathBuf};

use memspike_population::Sink;
use memspike_recording::{
    CheckpointError, Mark, Membrane, Origin, Record, RecordFile, RecordingError, Spike, Spool,
    Statistics,
};
use memspike_time::Time;

/// Statistics and recordings of a run.
pub struct Ears {
    pub statistics: Statistics,
    pub spikes: Kept<Spike>,
    pub membranes: Kept<Membrane>,
}

impl Sink for Ears {
    fn spike(&mut self, at: Time, population: usize, neuron: u32) -> io::Result<()> {
        self.statistics.spike(at, population, neuron);
        self.spikes.put(&Spike { at, population: population as u32, neuron })
    }
}

/// Where records are kept.
pub enum Kept<R> {
    Nowhere,
    /// In the file that was asked for.
    File(RecordFile<R>),
    /// Beside a checkpoint, from where they come into the file, if one was asked for, at the end.
    Spool {
        spool: Spool<R>,
        out: Option<PathBuf>,
    },
}

impl<R: Record> Kept<R> {
    /// In a file, if there is to be one.
    pub fn in_file(out: Option<&Path>, origin: &Origin) -> Result<Self, RecordingError> {
        out.map_or(Ok(Self::Nowhere), |path| RecordFile::create(path, origin).map(Self::File))
    }

    /// Beside a checkpoint: from the beginning, or from a mark on.
    pub fn in_spool(
        spool: &Path,
        mark: Option<&Mark>,
        out: Option<&Path>,
        each: &mut dyn FnMut(&R),
    ) -> Result<Self, CheckpointError> {
        let spool = match mark {
            None => Spool::create(spool)?,
            Some(mark) => Spool::cut_back(spool, mark, each)?,
        };
        Ok(Self::Spool { spool, out: out.map(Path::to_owned) })
    }

    pub fn put(&mut self, record: &R) -> io::Result<()> {
        match self {
            Self::Nowhere => Ok(()),
            Self::File(file) => file.add(record),
            Self::Spool { spool, .. } => spool.put(record),
        }
    }

    /// How far its spool has grown, if it has one.
    pub fn mark(&mut self) -> Result<Option<Mark>, CheckpointError> {
        match self {
            Self::Nowhere | Self::File(_) => Ok(None),
            Self::Spool { spool, .. } => spool.mark().map(Some),
        }
    }

    /// Puts the file in its place, and says where that is.
    pub fn finish(
        self,
        origin: &Origin,
        interval_s: [f64; 2],
    ) -> Result<Option<PathBuf>, RecordingError> {
        let file = match self {
            Self::Nowhere | Self::Spool { out: None, .. } => return Ok(None),
            Self::File(file) => file,
            Self::Spool { mut spool, out: Some(path) } => {
                let mut file = RecordFile::create(&path, origin)?;
                let copied = spool.replay(&mut |record| file.add(record));
                copied.map_err(|source| RecordingError::Unwritable { path, source })?;
                file
            }
        };
        let path = file.path().to_owned();
        file.finish(interval_s).map(|()| Some(path))
    }
}
