//! The files that a run writes.

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

use memspike_circuit::{NodeId, Signal};
use memspike_files::{Identity, OutputFile, is_standard_output, named};
use memspike_netlist::{Analysis, Elaborated};
use memspike_trace::TimeScale;

/// Which files a run writes, and how its waveforms are sampled.
#[derive(Debug, Clone, Default)]
pub struct Outputs {
    /// Waveforms, spikes and states as VCD.
    pub vcd: Option<PathBuf>,
    /// The same as FST.
    pub fst: Option<PathBuf>,
    /// Waveforms as a binary raw file of ngspice.
    pub raw: Option<PathBuf>,
    /// Waveforms as CSV.
    pub csv: Option<PathBuf>,
    /// One line a spike.
    pub spikes: Option<PathBuf>,
    /// The points of `.dc` as CSV.
    pub dc: Option<PathBuf>,
    /// Those of `.ac`.
    pub ac: Option<PathBuf>,
    /// Distance of waveform points (s); none lets the accuracy decide.
    pub grid_s: Option<f64>,
    /// Unit of time of VCD and FST; none takes the finest that readers can take.
    pub scale: Option<TimeScale>,
    /// End of the run instead of the deck's (s).
    pub until_s: Option<f64>,
    /// Set by whoever wants the run to stop: files that are still being written a second later end where they
    /// are.
    pub stop: Arc<AtomicBool>,
}

/// A file that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The system refuses.
    #[error("cannot write {}: {source}", named(path))]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is a pipe that nobody has read so far.
    #[error("nobody reads {}, and nothing is written", named(path))]
    Unread {
        /// The pipe.
        path: PathBuf,
    },
    /// Nothing of what is to be shown can stand in a table.
    #[error(
        "cannot write {}: a table has voltages and currents, and none is among what is saved; save v(...) or i(...) too, or write a VCD",
        named(path)
    )]
    Nothing {
        /// The file.
        path: PathBuf,
    },
    /// Its beginning is written last, which is no way for a pipe.
    #[error(
        "cannot write {}: the beginning of {kind} is written last, which needs a file and no pipe or device",
        named(path)
    )]
    NoFile {
        /// The pipe.
        path: PathBuf,
        /// The kind of file.
        kind: &'static str,
    },
    /// The deck does not ask for what it is to hold.
    #[error("cannot write {}: the deck has no .{card}", named(path))]
    NotAsked {
        /// The file.
        path: PathBuf,
        /// The card that asks for it, without its dot.
        card: &'static str,
    },
    /// Two outputs are one file.
    #[error("'{}' is used twice: give each output its own path", path.display())]
    Clash {
        /// The file.
        path: PathBuf,
    },
    /// Several files would go to standard output.
    #[error("standard output takes one file: give the others, and those of several runs, a path")]
    Standard,
    /// An output is a file that is read.
    #[error("'{}' is read by this command: writing it would destroy it; give the output another path", path.display())]
    Input {
        /// The file.
        path: PathBuf,
    },
}

impl OutputError {
    /// What the system, or the user's patience, has against a file.
    #[must_use]
    pub fn of(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::Interrupted => Self::Unread { path },
            _ => Self::Unwritable { path, source },
        }
    }

    /// Whether the reader of a pipe has gone, which is for him to decide.
    #[must_use]
    pub fn is_closed_pipe(&self) -> bool {
        match self {
            Self::Unwritable { source, .. } => source.kind() == io::ErrorKind::BrokenPipe,
            Self::Unread { .. }
            | Self::Nothing { .. }
            | Self::NoFile { .. }
            | Self::NotAsked { .. }
            | Self::Clash { .. }
            | Self::Standard
            | Self::Input { .. } => false,
        }
    }
}

/// The path of run `number` of a deck with `.step`: `out.vcd` becomes `out-1.vcd`. Standard output
/// stays what it is.
#[must_use]
pub fn numbered(path: &Path, number: usize) -> PathBuf {
    if is_standard_output(path) {
        return path.to_owned();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().map(|e| format!(".{}", e.to_string_lossy()));
    path.with_file_name(format!("{stem}-{number}{}", extension.unwrap_or_default()))
}

/// Finds out before the work whether every file can be written after it, and that none of them is a
/// file that the work reads, however their paths are spelt. Nothing is left behind, and a file that
/// exists keeps its content.
///
/// # Errors
/// The first path that is no good.
pub fn check_writable<'a>(
    inputs: &[PathBuf],
    outputs: impl IntoIterator<Item = &'a PathBuf>,
) -> Result<(), OutputError> {
    let inputs: BTreeSet<Identity> =
        inputs.iter().filter_map(|path| identity_of_input(path)).collect();
    let mut seen = BTreeSet::new();
    let mut standard = false;
    for path in outputs {
        if is_standard_output(path) {
            if std::mem::replace(&mut standard, true) {
                return Err(OutputError::Standard);
            }
            continue;
        }
        let identity = Identity::of(path);
        if inputs.contains(&identity) {
            return Err(OutputError::Input { path: path.clone() });
        }
        if !seen.insert(identity) {
            return Err(OutputError::Clash { path: path.clone() });
        }
        OutputFile::check(path)
            .map_err(|source| OutputError::Unwritable { path: path.clone(), source })?;
    }
    Ok(())
}

/// Of standard input, that of the file that it is redirected from, if it is one.
fn identity_of_input(path: &Path) -> Option<Identity> {
    if path != Path::new("-") {
        return Some(Identity::of(path));
    }
    let standard = Path::new("/dev/stdin");
    standard.metadata().is_ok_and(|metadata| metadata.is_file()).then(|| Identity::of(standard))
}

impl Outputs {
    /// The paths of run `number` of a deck with `.step`, as [`numbered`] makes them.
    #[must_use]
    pub fn numbered(&self, number: usize) -> Self {
        let numbered = |path: &PathBuf| numbered(path, number);
        Self {
            vcd: self.vcd.as_ref().map(numbered),
            fst: self.fst.as_ref().map(numbered),
            raw: self.raw.as_ref().map(numbered),
            csv: self.csv.as_ref().map(numbered),
            spikes: self.spikes.as_ref().map(numbered),
            dc: self.dc.as_ref().map(numbered),
            ac: self.ac.as_ref().map(numbered),
            ..self.clone()
        }
    }

    /// Those that `.tran` fills.
    fn of_run(&self) -> [&Option<PathBuf>; 5] {
        [&self.vcd, &self.fst, &self.raw, &self.csv, &self.spikes]
    }

    /// The files that are written.
    pub fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.of_run().into_iter().chain([&self.dc, &self.ac]).flatten()
    }
}

impl Outputs {
    /// Finds out whether what is to be shown of `deck` can stand in these files.
    ///
    /// # Errors
    /// [`OutputError::Nothing`], [`OutputError::NoFile`] and [`OutputError::NotAsked`].
    pub fn check(&self, deck: &Elaborated) -> Result<(), OutputError> {
        let not_asked = |path: &Option<PathBuf>, card, asked: bool| match path {
            Some(path) if !asked => Err(OutputError::NotAsked { path: path.clone(), card }),
            _ => Ok(()),
        };
        let asked = |is: fn(&Analysis) -> bool| deck.at_rest.analyses.iter().any(is);
        not_asked(&self.dc, "dc", asked(|analysis| matches!(analysis, Analysis::Dc(_))))?;
        not_asked(&self.ac, "ac", asked(|analysis| matches!(analysis, Analysis::Ac(_))))?;
        let runs = deck.tran.runs() || self.until_s.is_some();
        self.of_run().into_iter().try_for_each(|path| not_asked(path, "tran", runs))?;
        for (path, kind) in [(&self.fst, "FST"), (&self.raw, "a raw file")] {
            if let Some(path) = path.as_ref().filter(|path| !OutputFile::can_seek(path)) {
                return Err(OutputError::NoFile { path: path.clone(), kind });
            }
        }
        match self.csv.as_ref().or(self.raw.as_ref()) {
            Some(path) if saved(deck).is_empty() => {
                Err(OutputError::Nothing { path: path.clone() })
            }
            _ => Ok(()),
        }
    }
}

/// The signals of `.save`; without it, the voltage of every node and the current of every device.
#[must_use]
pub fn saved(deck: &Elaborated) -> Vec<Signal> {
    let circuit = &deck.circuit;
    if let Some(saved) = &deck.save {
        return saved.signals.clone();
    }
    let nodes = circuit.nodes().iter().filter_map(|name| circuit.find_node(name));
    let voltages = nodes.filter(|node| *node != NodeId::GROUND);
    let devices = circuit.element_ids().filter(|id| circuit.element(*id).spikes());
    voltages
        .map(|node| Signal::Voltage(node, NodeId::GROUND))
        .chain(devices.map(Signal::Current))
        .collect()
}
