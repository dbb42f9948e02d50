//! A table of instants and neurons in a file, in the form that its name says.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use memspike_files::{OutputFile, is_standard_output};
use memspike_time::Time;

use crate::RecordingError;
use crate::origin::{Origin, interval};
use crate::parquet_file::{self, ParquetFile};

/// What a table is of.
pub(crate) struct Kind {
    pub name: &'static str,
    /// Columns behind those that every table has.
    pub values: &'static [&'static str],
}

/// A form that is written.
enum Form {
    Parquet,
    Csv,
}

impl Form {
    fn of(path: &Path) -> Result<Self, RecordingError> {
        let ending = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
        match ending.as_deref() {
            Some("parquet") => Ok(Self::Parquet),
            Some("csv") => Ok(Self::Csv),
            _ if is_standard_output(path) => Ok(Self::Csv),
            _ => Err(RecordingError::Form { path: path.to_owned() }),
        }
    }
}

/// Bytes that lines of text wait in.
const LINES: u64 = 1 << 14;

/// Dropped unfinished, it leaves what was there before.
pub(crate) struct Table {
    path: PathBuf,
    writer: Writer,
}

enum Writer {
    Parquet(Box<ParquetFile>),
    Csv { file: OutputFile, names: Vec<String> },
}

impl Table {
    /// Finds out whether a file of this name can be written, and leaves nothing behind.
    pub fn check(path: &Path) -> Result<(), RecordingError> {
        Form::of(path)?;
        OutputFile::check(path).map_err(|source| unwritable(path, source))
    }

    pub fn create(path: &Path, origin: &Origin, kind: &Kind) -> Result<Self, RecordingError> {
        let form = Form::of(path)?;
        let file = OutputFile::create(path).map_err(|source| unwritable(path, source))?;
        let writer = match form {
            Form::Parquet => {
                ParquetFile::new(file, origin, kind).map(|file| Writer::Parquet(Box::new(file)))
            }
            Form::Csv => csv(file, origin, kind),
        };
        let writer = writer.map_err(|source| unwritable(path, source))?;
        Ok(Self { path: path.to_owned(), writer })
    }

    pub fn most_bytes(path: &Path, kind: &Kind) -> u64 {
        match Form::of(path) {
            Ok(Form::Parquet) => parquet_file::most_bytes(kind.values.len()),
            Ok(Form::Csv) | Err(_) => LINES,
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A neuron is its population's number and its own; a value that is none is NaN, and in CSV nothing.
    pub fn row(&mut self, at: Time, neuron: (usize, u32), values: &[f64]) -> io::Result<()> {
        match &mut self.writer {
            Writer::Parquet(file) => file.row(at, neuron, values),
            Writer::Csv { file, names } => {
                let (population, neuron) = neuron;
                let name = names.get(population).map_or("", String::as_str);
                let mut decimal = zmij::Buffer::new();
                write!(file, "{},{name},{neuron}", decimal.format(at.as_s()))?;
                for value in values {
                    let text = if value.is_nan() { "" } else { decimal.format(*value) };
                    write!(file, ",{text}")?;
                }
                writeln!(file)
            }
        }
    }

    pub fn finish(self, interval_s: [f64; 2]) -> Result<(), RecordingError> {
        let finished = match self.writer {
            Writer::Parquet(file) => file.finish(interval_s),
            Writer::Csv { mut file, .. } => {
                let (key, value) = interval(interval_s);
                writeln!(file, "# {key} = {value}").and_then(|()| file.finish())
            }
        };
        finished.map_err(|source| unwritable(&self.path, source))
    }
}

fn csv(mut file: OutputFile, origin: &Origin, kind: &Kind) -> io::Result<Writer> {
    for (key, value) in origin.entries() {
        writeln!(file, "# {key} = {value}")?;
    }
    let columns = ["time_s", "population", "neuron"].iter().chain(kind.values);
    let columns: Vec<&str> = columns.copied().collect();
    writeln!(file, "{}", columns.join(","))?;
    Ok(Writer::Csv { file, names: origin.populations.clone() })
}

fn unwritable(path: &Path, source: io::Error) -> RecordingError {
    RecordingError::Unwritable { path: path.to_owned(), source }
}
