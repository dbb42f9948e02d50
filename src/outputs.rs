//! The files that a run writes.

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
};

use memspike_circuit::{NodeId, Signal};
use memspike_engine::{Sink, Time};
use memspike_netlist::Elaborated;
use memspike_trace::{AtomicFile, CsvSink, Sampling, SpikeWriter, VcdOptions, VcdSink};

/// Which files a run writes, and how its waveforms are sampled.
#[derive(Debug, Clone, Default)]
pub struct Outputs {
    /// Waveforms, spikes and states as VCD.
    pub vcd: Option<PathBuf>,
    /// Waveforms as CSV.
    pub csv: Option<PathBuf>,
    /// One line a spike.
    pub spikes: Option<PathBuf>,
    /// Distance of waveform points (s); none lets the accuracy decide.
    pub grid_s: Option<f64>,
}

/// A file that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The system refuses.
    #[error("cannot write '{}': {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The rest of a file could not be written.
    #[error("cannot write the end of an output: {0}")]
    Incomplete(io::Error),
    /// Two outputs, or an output and the deck, have one path.
    #[error("'{}' is used twice: give each output its own path, and not the deck's", path.display())]
    Clash {
        /// The file.
        path: PathBuf,
    },
}

/// The path of run `number` of a deck with `.step`: `out.vcd` becomes `out-1.vcd`.
#[must_use]
pub fn numbered(path: &Path, number: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().map(|e| format!(".{}", e.to_string_lossy()));
    path.with_file_name(format!("{stem}-{number}{}", extension.unwrap_or_default()))
}

/// Finds out before the work whether every file can be written after it. Nothing is left
/// behind, and a file that exists keeps its content.
///
/// # Errors
/// The first path that is no good, the deck's among them.
pub fn check_writable<'a>(
    deck: &Path,
    paths: impl IntoIterator<Item = &'a PathBuf>,
) -> Result<(), OutputError> {
    let mut seen = BTreeSet::from([identity(deck)]);
    for path in paths {
        if !seen.insert(identity(path)) {
            return Err(OutputError::Clash { path: path.clone() });
        }
        create(Some(path))?;
    }
    Ok(())
}

impl Outputs {
    /// The paths of run `number` of a deck with `.step`, as [`numbered`] makes them.
    #[must_use]
    pub fn numbered(&self, number: usize) -> Self {
        let numbered = |path: &PathBuf| numbered(path, number);
        Self {
            vcd: self.vcd.as_ref().map(numbered),
            csv: self.csv.as_ref().map(numbered),
            spikes: self.spikes.as_ref().map(numbered),
            grid_s: self.grid_s,
        }
    }

    fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        [&self.vcd, &self.csv, &self.spikes].into_iter().flatten()
    }

    /// [`check_writable`] for all of them.
    ///
    /// # Errors
    /// The first path that is no good.
    pub fn check(&self, deck: &Path) -> Result<(), OutputError> {
        check_writable(deck, self.paths())
    }
}

/// A path by which two spellings of one file are equal.
fn identity(path: &Path) -> PathBuf {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    path.canonicalize().unwrap_or_else(|_| folder.join(path.file_name().unwrap_or_default()))
}

/// The open files of one run.
pub struct Files {
    vcd: Option<VcdSink<AtomicFile>>,
    csv: Option<CsvSink<AtomicFile>>,
    spikes: Option<SpikeWriter<AtomicFile>>,
    ended: Ended,
}

/// Learns how far a run came.
#[derive(Default)]
struct Ended(Option<Time>);

impl Sink for Ended {
    fn follows_phases(&self) -> bool {
        false
    }

    fn end(&mut self, at: Time) -> io::Result<()> {
        self.0 = Some(at);
        Ok(())
    }
}

impl Outputs {
    /// Opens the files of a run of `deck`; they keep temporary names until [`Files::finish`].
    ///
    /// # Errors
    /// The first file that the system refuses.
    pub fn open(&self, deck: &Elaborated) -> Result<Files, OutputError> {
        let sampling = self.grid_s.and_then(Sampling::grid).unwrap_or_default();
        let vcd = |file| {
            let options = VcdOptions { sampling, ..VcdOptions::default() };
            VcdSink::new(file, saved(deck), options)
        };
        Ok(Files {
            vcd: create(self.vcd.as_deref())?.map(vcd),
            csv: create(self.csv.as_deref())?.map(|file| CsvSink::new(file, saved(deck), sampling)),
            spikes: create(self.spikes.as_deref())?.map(SpikeWriter::new),
            ended: Ended::default(),
        })
    }
}

impl Files {
    /// The sinks to hand to a run.
    pub fn sinks(&mut self) -> Vec<&mut dyn Sink> {
        let mut sinks: Vec<&mut dyn Sink> = Vec::new();
        sinks.extend(self.vcd.as_mut().map(|sink| sink as &mut dyn Sink));
        sinks.extend(self.csv.as_mut().map(|sink| sink as &mut dyn Sink));
        sinks.extend(self.spikes.as_mut().map(|sink| sink as &mut dyn Sink));
        if !sinks.is_empty() {
            sinks.push(&mut self.ended);
        }
        sinks
    }

    /// Up to where the files are complete, also after a run that failed; nothing if there are none,
    /// or if the run never began or could not write them.
    #[must_use]
    pub fn complete_to(&self) -> Option<Time> {
        self.ended.0
    }

    /// Puts the files in their places.
    ///
    /// # Errors
    /// The first file that could not be completed.
    pub fn finish(self) -> Result<(), OutputError> {
        if let Some(sink) = self.vcd {
            finish(sink.into_inner())?;
        }
        if let Some(sink) = self.csv {
            finish(sink.into_inner())?;
        }
        if let Some(sink) = self.spikes {
            finish(sink.into_inner())?;
        }
        Ok(())
    }
}

fn create(path: Option<&Path>) -> Result<Option<AtomicFile>, OutputError> {
    path.map(|path| {
        AtomicFile::create(path)
            .map_err(|source| OutputError::Unwritable { path: path.to_owned(), source })
    })
    .transpose()
}

fn finish(file: io::Result<AtomicFile>) -> Result<(), OutputError> {
    let file = file.map_err(OutputError::Incomplete)?;
    let path = file.path().to_owned();
    file.finish().map_err(|source| OutputError::Unwritable { path, source })
}

/// What `.save` names; without it, the voltage of every node and the current of every device.
fn saved(deck: &Elaborated) -> Vec<Signal> {
    let circuit = &deck.circuit;
    deck.save.clone().unwrap_or_else(|| {
        let voltages = circuit
            .nodes()
            .iter()
            .filter_map(|name| circuit.find_node(name))
            .filter(|node| *node != NodeId::GROUND)
            .map(|node| Signal::Voltage(node, NodeId::GROUND));
        let currents = circuit
            .elements()
            .iter()
            .filter(|element| element.spikes())
            .filter_map(|element| circuit.find_element(&element.name))
            .map(Signal::Current);
        voltages.chain(currents).collect()
    })
}
