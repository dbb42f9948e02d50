//! The files that a run writes.

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

use memspike_circuit::{NodeId, Signal};
use memspike_engine::Sink;
use memspike_files::{Identity, OutputFile, Patience, is_standard_output, named};
use memspike_netlist::{Analysis, Elaborated};
use memspike_time::Time;
use memspike_trace::{
    CsvSink, DumpOptions, Sampling, SpikeWriter, TimeScale, VcdSink, write_points,
};

use crate::Points;
use crate::named::Named;
use crate::save_file::SaveFile;

/// Which files a run writes, and how its waveforms are sampled.
#[derive(Debug, Clone, Default)]
pub struct Outputs {
    /// Waveforms, spikes and states as VCD.
    pub vcd: Option<PathBuf>,
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
    /// Unit of time of the VCD; none takes the finest that readers can take.
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
            csv: self.csv.as_ref().map(numbered),
            spikes: self.spikes.as_ref().map(numbered),
            dc: self.dc.as_ref().map(numbered),
            ac: self.ac.as_ref().map(numbered),
            ..self.clone()
        }
    }

    /// The files that are written.
    pub fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        [&self.vcd, &self.csv, &self.spikes, &self.dc, &self.ac].into_iter().flatten()
    }
}

/// The open files of one run.
pub struct Files {
    vcd: Option<Named<VcdSink<OutputFile>>>,
    csv: Option<Named<CsvSink<OutputFile>>>,
    spikes: Option<Named<SpikeWriter<OutputFile>>>,
    /// For which analysis at rest, under which path.
    points: Vec<(&'static str, PathBuf, OutputFile)>,
    ended: Ended,
}

/// Learns how far a run came.
#[derive(Default)]
struct Ended(Option<Time>);

impl Sink for Ended {
    fn end(&mut self, at: Time) -> io::Result<()> {
        self.0 = Some(at);
        Ok(())
    }
}

impl Outputs {
    /// Finds out whether what is to be shown of `deck` can stand in these files.
    ///
    /// # Errors
    /// [`OutputError::Nothing`] and [`OutputError::NotAsked`].
    pub fn check(&self, deck: &Elaborated) -> Result<(), OutputError> {
        let not_asked = |path: &Option<PathBuf>, card, asked: bool| match path {
            Some(path) if !asked => Err(OutputError::NotAsked { path: path.clone(), card }),
            _ => Ok(()),
        };
        let asked = |is: fn(&Analysis) -> bool| deck.at_rest.analyses.iter().any(is);
        not_asked(&self.dc, "dc", asked(|analysis| matches!(analysis, Analysis::Dc(_))))?;
        not_asked(&self.ac, "ac", asked(|analysis| matches!(analysis, Analysis::Ac(_))))?;
        let runs = deck.tran.runs() || self.until_s.is_some();
        [&self.vcd, &self.csv, &self.spikes]
            .into_iter()
            .try_for_each(|path| not_asked(path, "tran", runs))?;
        match &self.csv {
            Some(path) if saved(deck).is_empty() => {
                Err(OutputError::Nothing { path: path.clone() })
            }
            _ => Ok(()),
        }
    }

    /// Opens the files of a run of `deck`; they keep temporary names until [`Files::finish`]. Pipes wait for
    /// their readers as long as `patience` lasts.
    ///
    /// # Errors
    /// What [`Outputs::check`] finds, or the first file that the system refuses.
    pub fn open(
        &self,
        deck: &Elaborated,
        patience: &mut Patience<'_>,
    ) -> Result<Files, OutputError> {
        self.check(deck)?;
        let sampling = self.grid_s.and_then(Sampling::grid).unwrap_or_default();
        let end = Time::last_read_as(self.until_s.unwrap_or(deck.tran.stop_s));
        let scale = self.scale.unwrap_or_else(|| TimeScale::finest(end));
        let vcd = |file| {
            let options = DumpOptions {
                sampling,
                scale,
                devices: deck.save.as_ref().map(|saved| saved.devices.clone()),
                nets: match &deck.save {
                    Some(saved) => saved.nets.clone(),
                    None => deck.circuit.net_ids().collect(),
                },
                ..DumpOptions::default()
            };
            VcdSink::new(file, saved(deck), options).stopping(Arc::clone(&self.stop))
        };
        let csv = |file| CsvSink::new(file, saved(deck), sampling).stopping(Arc::clone(&self.stop));
        Ok(Files {
            vcd: open(self.vcd.as_deref(), patience, vcd)?,
            csv: open(self.csv.as_deref(), patience, csv)?,
            spikes: open(self.spikes.as_deref(), patience, SpikeWriter::new)?,
            points: [("dc", &self.dc), ("ac", &self.ac)]
                .into_iter()
                .filter_map(|(kind, path)| Some((kind, path.as_deref()?)))
                .map(|(kind, path)| match OutputFile::create_patiently(path, patience) {
                    Ok(file) => Ok((kind, path.to_owned(), file)),
                    Err(error) => Err(OutputError::of(path, error)),
                })
                .collect::<Result<_, _>>()?,
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

    /// Up to where the files are complete, also after a run that failed or was stopped; nothing if there are
    /// none, or if the run never began or could not write them.
    #[must_use]
    pub fn complete_to(&self) -> Option<Time> {
        self.ended.0.into_iter().chain(self.stopped_at()).min()
    }

    /// Where waveforms end that took too long when the run was stopped, if some did.
    #[must_use]
    pub fn stopped_at(&self) -> Option<Time> {
        let vcd = self.vcd.as_ref().and_then(|vcd| vcd.sink.stopped_at());
        let csv = self.csv.as_ref().and_then(|csv| csv.sink.stopped_at());
        vcd.into_iter().chain(csv).min()
    }

    /// Puts the files in their places; those of analyses at rest take their points from `results`, and are left out where
    /// these lack them.
    ///
    /// # Errors
    /// The first file that could not be completed.
    pub fn finish(self, results: &[Points]) -> Result<(), OutputError> {
        let save = self.vcd.as_ref().and_then(|vcd| {
            let end = vcd.sink.stopped_at().or(self.ended.0)?;
            SaveFile::beside(&vcd.path, |names| vcd.sink.save_file(names, end))
        });
        for (kind, path, file) in self.points {
            let Some(points) = results.iter().find(|points| points.kind == kind) else { continue };
            let names = points.columns.iter().map(|(name, _)| name.as_str());
            write_points(file, names, &points.rows)
                .and_then(OutputFile::finish)
                .map_err(|source| OutputError::Unwritable { path, source })?;
        }
        finish(self.vcd, VcdSink::into_inner)?;
        save.map_or(Ok(()), SaveFile::write)?;
        finish(self.csv, CsvSink::into_inner)?;
        finish(self.spikes, SpikeWriter::into_inner)
    }
}

fn open<S>(
    path: Option<&Path>,
    patience: &mut Patience<'_>,
    sink: impl FnOnce(OutputFile) -> S,
) -> Result<Option<Named<S>>, OutputError> {
    let Some(path) = path.map(Path::to_owned) else { return Ok(None) };
    match OutputFile::create_patiently(&path, patience) {
        Ok(file) => Ok(Some(Named { path, sink: sink(file) })),
        Err(error) => Err(OutputError::of(&path, error)),
    }
}

fn finish<S>(
    sink: Option<Named<S>>,
    into_inner: impl FnOnce(S) -> io::Result<OutputFile>,
) -> Result<(), OutputError> {
    let Some(Named { path, sink }) = sink else { return Ok(()) };
    into_inner(sink)
        .and_then(OutputFile::finish)
        .map_err(|source| OutputError::Unwritable { path, source })
}

/// The signals of `.save`; without it, the voltage of every node and the current of every device.
fn saved(deck: &Elaborated) -> Vec<Signal> {
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
