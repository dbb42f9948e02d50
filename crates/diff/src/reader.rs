//! Files of waveforms, one signal at a time.

use std::cell::Cell;
use std::io::Read as _;
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::Once;

use wellen::{LoadOptions, SignalEncoding, SignalRef, SignalValueRef, simple};

use crate::dump::{self, Setback};
use crate::raw::{self, Raw, RawError};
use crate::signal::{Kind, Signal};

/// A file that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system refuses.
    #[error("cannot read '{}': {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It holds no byte.
    #[error("'{}' is empty", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// It is neither VCD nor FST nor a raw file, or not a whole one.
    #[error("'{}' is no whole VCD, FST or raw file: {what}", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A raw file that is wrong.
    #[error("'{}': {source}", path.display())]
    Raw {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: RawError,
    },
}

/// A file whose signals are loaded when they are asked for.
pub struct WaveFile {
    path: PathBuf,
    /// Hierarchical names, and what they hold.
    pub variables: Vec<(String, Kind)>,
    source: Source,
}

enum Source {
    /// Waveforms, the signal of each variable, and zeptoseconds in a unit of time.
    Dump(Box<simple::Waveform>, Vec<SignalRef>, i128),
    Raw(Raw),
}

impl WaveFile {
    /// Reads names, and of a raw file all values.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let failed = |source| ReadError::Io { path: path.to_owned(), source };
        let kind = path.metadata().map_err(failed)?;
        if !kind.is_file() {
            let what = "it is not a file".to_owned();
            return Err(ReadError::Form { path: path.to_owned(), what });
        }
        let mut start = Vec::new();
        let file = std::fs::File::open(path).map_err(failed)?;
        file.take(16).read_to_end(&mut start).map_err(failed)?;
        if start.is_empty() {
            return Err(ReadError::Empty { path: path.to_owned() });
        }
        if start.starts_with(b"T\0i\0") {
            let what = "raw files of LTspice are not read".to_owned();
            return Err(ReadError::Form { path: path.to_owned(), what });
        }
        if start.to_ascii_lowercase().starts_with(b"title:") {
            let bytes = std::fs::read(path).map_err(failed)?;
            let raw = raw::read(&bytes)
                .map_err(|source| ReadError::Raw { path: path.to_owned(), source })?;
            let variables = raw.names.iter().map(|name| (name.clone(), Kind::Real)).collect();
            return Ok(Self { path: path.to_owned(), variables, source: Source::Raw(raw) });
        }
        Self::dump(path, start[0] != 0)
    }

    fn dump(path: &Path, is_text: bool) -> Result<Self, ReadError> {
        let wrong = |what: String| ReadError::Form { path: path.to_owned(), what };
        if is_text && !ends_a_line(path) {
            return Err(wrong("it ends within a line".to_owned()));
        }
        if is_text {
            let setback = dump::setback(path);
            let setback =
                setback.map_err(|source| ReadError::Io { path: path.to_owned(), source })?;
            if let Some(Setback { line, before, after }) = setback {
                return Err(wrong(format!(
                    "line {line}: time goes back from {before} to {after}; put its instants in order"
                )));
            }
        }
        let options = LoadOptions { multi_thread: false, ..LoadOptions::default() };
        let waves = guarded(|| simple::read_with_options(path, &options))
            .map_err(&wrong)?
            .map_err(|error| wrong(error.to_string().replace('\n', " ")))?;
        let hierarchy = waves.hierarchy();
        let scale = hierarchy.timescale();
        let unit = scale
            .and_then(|scale| {
                let exponent = u32::try_from(scale.unit.to_exponent()? + 21).ok()?;
                i128::from(scale.factor).checked_mul(10_i128.checked_pow(exponent)?)
            })
            .ok_or_else(|| wrong("it does not say its unit of time".to_owned()))?;
        if let Some(last) = waves.time_table().last() {
            let end = i128::from(*last).checked_mul(unit);
            end.ok_or_else(|| wrong("its times are beyond all bounds".to_owned()))?;
        }
        let (mut variables, mut signals) = (Vec::new(), Vec::new());
        for var in hierarchy.all_vars().map(|var| &hierarchy[var]) {
            let kind = match var.signal_encoding(hierarchy) {
                SignalEncoding::Real => Kind::Real,
                SignalEncoding::String => Kind::Words,
                SignalEncoding::BitVector(width) => Kind::Bits(width),
            };
            variables.push((var.full_name(hierarchy), kind));
            signals.push(var.signal_ref());
        }
        let source = Source::Dump(Box::new(waves), signals, unit);
        Ok(Self { path: path.to_owned(), variables, source })
    }

    /// Whether its numbers are points of curves: those of a raw file are, and those of dumps are steps.
    #[must_use]
    pub fn is_sampled(&self) -> bool {
        matches!(self.source, Source::Raw(_))
    }

    /// What a dump says of its producer, such as `memspike 0.2.0`; nothing of a raw file.
    #[must_use]
    pub fn producer(&self) -> &str {
        match &self.source {
            Source::Dump(waves, ..) => waves.hierarchy().version(),
            Source::Raw(_) => "",
        }
    }

    /// The first and the last instant (zs) of the whole file; nothing if it has none.
    #[must_use]
    pub fn interval_zs(&self) -> Option<[i128; 2]> {
        let scaled = |at: &u64, unit: &i128| i128::from(*at) * unit;
        match &self.source {
            Source::Dump(waves, _, unit) => {
                let times = waves.time_table();
                Some([scaled(times.first()?, unit), scaled(times.last()?, unit)])
            }
            Source::Raw(raw) => Some([*raw.times.first()?, *raw.times.last()?]),
        }
    }

    /// What a variable does, by its position.
    ///
    /// # Errors
    /// Its values cannot be read.
    pub fn load(&mut self, variable: usize) -> Result<Signal, ReadError> {
        match &mut self.source {
            Source::Raw(raw) => {
                let row = raw.names.len();
                let values = raw.values.iter().skip(variable).step_by(row);
                Ok(Signal::Reals(raw.times.iter().copied().zip(values.copied()).collect()))
            }
            Source::Dump(waves, signals, unit) => {
                let signal = signals[variable];
                let loaded = guarded(panic::AssertUnwindSafe(|| loaded(waves, signal, *unit)));
                let path = || self.path.clone();
                loaded.map_err(|what| ReadError::Form { path: path(), what })
            }
        }
    }
}

fn ends_a_line(path: &Path) -> bool {
    use std::io::{Seek, SeekFrom};
    let last = || {
        let mut file = std::fs::File::open(path)?;
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        file.read_exact(&mut last)?;
        std::io::Result::Ok(last[0])
    };
    last().is_ok_and(|last| last == b'\n')
}

fn loaded(waves: &mut simple::Waveform, signal: SignalRef, unit: i128) -> Signal {
    waves.load_signals(&[signal]);
    let (mut reals, mut texts) = (Vec::new(), Vec::new());
    if let Some(found) = waves.get_signal(signal) {
        let times = waves.time_table();
        for (index, value) in found.iter_changes() {
            let at = i128::from(times[index as usize]) * unit;
            match value {
                SignalValueRef::Real(value) => reals.push((at, value)),
                SignalValueRef::String(word) => texts.push((at, word.to_owned())),
                SignalValueRef::BitVec(bits) => texts.push((at, bits.bit_string())),
                // An event has no value: each is a new word.
                SignalValueRef::Event => texts.push((at, format!("event {}", texts.len() + 1))),
            }
        }
    }
    waves.unload_signals(&[signal]);
    if reals.is_empty() { Signal::Texts(texts) } else { Signal::Reals(reals) }
}

thread_local! {
    /// Whether a panic of this thread is a finding about a file.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// What `work` gives; where it panics, as the reader of dumps does on files that are cut, that in words.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |told| {
            if !GUARDED.get() {
                usual(told);
            }
        }));
    });
    GUARDED.set(true);
    let done = panic::catch_unwind(panic::AssertUnwindSafe(work));
    GUARDED.set(false);
    done.map_err(|_| "it is damaged or was cut".to_owned())
}
