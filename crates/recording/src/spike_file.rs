//! A file of spikes, in the form that its name says.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use memspike_files::OutputFile;
use memspike_time::Time;

use crate::RecordingError;
use crate::origin::{Origin, interval};
use crate::parquet_file::ParquetFile;

/// A file of spikes: Parquet or CSV. Dropped unfinished, it leaves what was there before.
pub struct SpikeFile {
    path: PathBuf,
    form: Form,
}

enum Form {
    Parquet(Box<ParquetFile>),
    Csv { file: OutputFile, names: Vec<String> },
}

impl SpikeFile {
    /// Prepares a file. Its name ends in `.parquet`: columns `time_fs` (whole femtoseconds), `time_s`, `population` (its name) and
    /// `neuron` (within it, from 0), the origin in the file's metadata; or in `.csv` (or is `-`, standard output): the columns
    /// `time_s`, `population` and `neuron`, the origin in lines before them that begin with `#`,
    /// the interval in such a line behind them.
    ///
    /// # Errors
    /// If the name ends otherwise, or the file cannot be written.
    pub fn create(path: impl AsRef<Path>, origin: &Origin) -> Result<Self, RecordingError> {
        let path = path.as_ref();
        let ending = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
        let unwritable = |source| RecordingError::Unwritable { path: path.to_owned(), source };
        let form = match ending.as_deref() {
            Some("parquet") => {
                let file = OutputFile::create(path).map_err(unwritable)?;
                let file = ParquetFile::new(file, origin).map_err(unwritable)?;
                Form::Parquet(Box::new(file))
            }
            Some("csv") => Self::csv(path, origin).map_err(unwritable)?,
            _ if path == Path::new("-") => Self::csv(path, origin).map_err(unwritable)?,
            _ => return Err(RecordingError::Form { path: path.to_owned() }),
        };
        Ok(Self { path: path.to_owned(), form })
    }

    fn csv(path: &Path, origin: &Origin) -> io::Result<Form> {
        let mut file = OutputFile::create(path)?;
        for (key, value) in origin.entries() {
            writeln!(file, "# {key} = {value}")?;
        }
        writeln!(file, "time_s,population,neuron")?;
        Ok(Form::Csv { file, names: origin.populations.clone() })
    }

    /// Where the file will be.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a spike of a neuron of a population, both counted from 0.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn spike(&mut self, at: Time, population: usize, neuron: u32) -> io::Result<()> {
        match &mut self.form {
            Form::Parquet(file) => file.spike(at, population, neuron),
            Form::Csv { file, names } => {
                let name = names.get(population).map_or("", String::as_str);
                let mut decimal = zmij::Buffer::new();
                writeln!(file, "{},{name},{neuron}", decimal.format(at.as_s()))
            }
        }
    }

    /// Writes the rest, with the closed interval of time that the spikes are of (s), and puts the file in its place.
    ///
    /// # Errors
    /// If that fails; then nothing stands in its place that was not there before.
    pub fn finish(self, interval_s: [f64; 2]) -> Result<(), RecordingError> {
        let finished = match self.form {
            Form::Parquet(file) => file.finish(interval_s),
            Form::Csv { mut file, .. } => {
                let (key, value) = interval(interval_s);
                writeln!(file, "# {key} = {value}").and_then(|()| file.finish())
            }
        };
        finished.map_err(|source| RecordingError::Unwritable { path: self.path, source })
    }
}
