//! The files of a run while it lasts.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use memspike_engine::Sink;
use memspike_files::{OutputFile, Patience};
use memspike_netlist::Elaborated;
use memspike_time::Time;
use memspike_trace::{
    CsvSink, DumpOptions, FstSink, RawSink, Sampling, SaveNames, SpikeWriter, TimeScale, VcdSink,
    write_points,
};

use crate::Points;
use crate::named::Named;
use crate::outputs::{OutputError, Outputs, saved};
use crate::save_file::SaveFile;

/// The open files of one run.
pub struct Files {
    vcd: Option<Named<VcdSink<OutputFile>>>,
    fst: Option<Named<FstSink<OutputFile>>>,
    raw: Option<Named<RawSink<OutputFile>>>,
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
        let stop = || Arc::clone(&self.stop);
        let vcd = |file| VcdSink::new(file, saved(deck), options.clone()).stopping(stop());
        let fst = |file| FstSink::new(file, saved(deck), options.clone()).stopping(stop());
        let raw = |file| RawSink::new(file, saved(deck), sampling).stopping(stop());
        let csv = |file| CsvSink::new(file, saved(deck), sampling).stopping(stop());
        Ok(Files {
            vcd: open(self.vcd.as_deref(), patience, vcd)?,
            fst: open(self.fst.as_deref(), patience, fst)?,
            raw: open(self.raw.as_deref(), patience, raw)?,
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
        sinks.extend(self.fst.as_mut().map(|sink| sink as &mut dyn Sink));
        sinks.extend(self.raw.as_mut().map(|sink| sink as &mut dyn Sink));
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
        [
            self.vcd.as_ref().and_then(|vcd| vcd.sink.stopped_at()),
            self.fst.as_ref().and_then(|fst| fst.sink.stopped_at()),
            self.raw.as_ref().and_then(|raw| raw.sink.stopped_at()),
            self.csv.as_ref().and_then(|csv| csv.sink.stopped_at()),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// What viewers read beside the dumps; where both are there under one name, the VCD's.
    fn beside(&self) -> Vec<SaveFile> {
        let mut beside = Vec::new();
        if let Some(fst) = &self.fst
            && let Some(end) = fst.sink.stopped_at().or(self.ended.0)
        {
            let text = |names: &SaveNames<'_>| fst.sink.save_file(names, end);
            beside = SaveFile::beside(&fst.path, true, (text, &fst.sink.command_file()));
        }
        if let Some(vcd) = &self.vcd
            && let Some(end) = vcd.sink.stopped_at().or(self.ended.0)
        {
            let text = |names: &SaveNames<'_>| vcd.sink.save_file(names, end);
            beside.extend(SaveFile::beside(&vcd.path, false, (text, &vcd.sink.command_file())));
        }
        beside
    }

    /// Puts the files in their places; those of analyses at rest take their points from `results`, and are left out where
    /// these lack them.
    ///
    /// # Errors
    /// The first file that could not be completed.
    pub fn finish(self, results: &[Points]) -> Result<(), OutputError> {
        let beside = self.beside();
        for (kind, path, file) in self.points {
            let Some(points) = results.iter().find(|points| points.kind == kind) else { continue };
            let names = points.columns.iter().map(|(name, _)| name.as_str());
            write_points(file, names, &points.rows)
                .and_then(OutputFile::finish)
                .map_err(|source| OutputError::Unwritable { path, source })?;
        }
        finish(self.vcd, VcdSink::into_inner)?;
        finish(self.fst, FstSink::into_inner)?;
        beside.into_iter().try_for_each(SaveFile::write)?;
        finish(self.raw, |raw| Ok(raw.into_inner()))?;
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
