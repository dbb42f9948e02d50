//! A network on its way.

use std::ops::ControlFlow;
use std::time::Instant;

use memspike_files::is_standard_output;
use memspike_population::{Description, Ended, Options, RunError};
use memspike_recording::{Origin, RecordingError, Statistics};
use memspike_report::{engineering, json};
use memspike_time::Time;

use super::ears::{Ears, Kept};
use super::journal::Journal;
use super::results::{Results, digest_text};
use super::{Task, input, work};
use crate::failure::Failure;
use crate::progress::Progress;
use crate::ranks::{self, Asked, Shared};
use crate::{note, print, show_beside};

/// Resolution of the progress.
const STEPS: f64 = 1000.0;

/// A network on its way.
pub struct Run<'t> {
    pub task: &'t Task<'t>,
    pub simulation: Shared,
    asked: Asked,
    pub ears: Ears,
    pub origin: Origin,
    journal: Option<Journal>,
    /// Where it was when it was taken up, if it was (s).
    pub resumed_s: Option<f64>,
    /// Synaptic events that had been delivered then.
    pub delivered_before: u64,
    pub build_s: f64,
    pub run_s: f64,
}

impl<'t> Run<'t> {
    pub fn build(
        task: &'t Task<'t>,
        description: &Description<'_>,
        mut journal: Option<Journal>,
    ) -> Result<Self, Failure> {
        let begun = Instant::now();
        let arguments = task.arguments;
        let options =
            Options { threads: task.threads, window_s: arguments.window, ..Options::default() };
        let (mut simulation, asked) = {
            let _waits = Progress::waiting("building", &arguments.file.display().to_string());
            ranks::build(task.ranks, description, &options).map_err(|e| input(&e))?
        };
        let sizes = task.populations.iter().map(|population| population.size());
        let statistics = Statistics::new(sizes, arguments.from.unwrap_or(0.0));
        let mut ears = Ears { statistics, spikes: Kept::Nowhere, membranes: Kept::Nowhere };
        let branches = journal.as_ref().map_or(Vec::new(), |journal| journal.branches.clone());
        let origin = origin(task, &simulation, branches);
        let resumed_s = match &mut journal {
            Some(journal) => journal.take_up(task, &mut simulation, &mut ears)?,
            // The first rank records, if that is asked for.
            None if task.ranks.rank() == 0 => {
                let unwritable = |error: RecordingError| work(&error);
                let (out, probe_out) = (arguments.out.as_deref(), arguments.probe_out.as_deref());
                ears.spikes = Kept::in_file(out, &origin).map_err(unwritable)?;
                ears.membranes = Kept::in_file(probe_out, &origin).map_err(unwritable)?;
                None
            }
            None => None,
        };
        let delivered_before = simulation.counters().delivered;
        let (build_s, run_s) = (begun.elapsed().as_secs_f64(), 0.0);
        Ok(Self {
            task,
            simulation,
            asked,
            ears,
            origin,
            journal,
            resumed_s,
            delivered_before,
            build_s,
            run_s,
        })
    }

    /// Runs to the end, or until the user has asked to stop, and keeps the run where that was asked for.
    pub fn go_on(&mut self) -> Result<Ended, Failure> {
        let begun = Instant::now();
        let until_s = self.task.arguments.until;
        let progress = Progress::new(Some(STEPS as u64), "");
        let asked = self.asked.clone();
        let mut look = |simulation: &Shared| {
            say(&progress, simulation, until_s, begun);
            asked.unless()
        };
        let until = Time::last_read_as(until_s);
        self.save()?;
        let ended = self.stretches(until, &mut look)?;
        self.save()?;
        self.run_s = begun.elapsed().as_secs_f64();
        Ok(ended)
    }

    /// Runs from one instant at which something is due to the next.
    fn stretches(
        &mut self,
        until: Time,
        look: &mut dyn FnMut(&Shared) -> ControlFlow<()>,
    ) -> Result<Ended, Failure> {
        loop {
            let now = self.simulation.now();
            let probe = self.task.probes.next(now);
            let save = self.journal.as_ref().and_then(|journal| journal.next(now));
            let stop = [probe, save].into_iter().flatten().fold(until, Time::min);
            let ended = self.simulation.run(stop, &mut self.ears, look);
            let ended = ended.map_err(|error| match error {
                RunError::Sink(error) => self.unrecorded(&error),
                error @ RunError::RunsAway { .. } => self.explained(&format!("error: {error}")),
            })?;
            if ended == Ended::Stopped {
                return Ok(ended);
            }
            if probe == Some(stop) {
                self.sample(stop)?;
            }
            if stop == until {
                return Ok(ended);
            }
            if save == Some(stop) {
                self.save()?;
            }
            // A stretch within one window is not asked.
            if look(&self.simulation).is_break() {
                return Ok(Ended::Stopped);
            }
        }
    }

    fn sample(&mut self, at: Time) -> Result<(), Failure> {
        let membranes = &mut self.ears.membranes;
        let mut put = |membrane: &_| membranes.put(membrane);
        let sampled = self.task.probes.sample(&self.simulation, at.tick, &mut put);
        sampled.map_err(|error| self.unrecorded(&error))
    }

    fn save(&mut self) -> Result<(), Failure> {
        match &mut self.journal {
            Some(journal) => journal.save(&self.simulation, &mut self.ears),
            None => Ok(()),
        }
    }

    fn unrecorded(&self, error: &dyn std::fmt::Display) -> Failure {
        self.explained(&format!("error: what happens cannot be recorded: {error}"))
    }

    fn explained(&self, message: &str) -> Failure {
        match &self.journal {
            Some(journal) => journal.explained(message),
            None => Failure::Work(message.to_owned()),
        }
    }

    /// What came out; all ranks ask.
    pub fn results(&self, ended: Ended) -> Results {
        let interrupted = ended == Ended::Stopped;
        let until_s = self.task.arguments.until;
        let reached_s = if interrupted { self.simulation.reached().as_s() } else { until_s };
        Results::of(self, reached_s, interrupted)
    }

    /// Completes the recordings, tells what happened.
    pub fn finish(mut self, results: &Results) -> Result<(), Failure> {
        let Results { reached_s, interrupted, .. } = *results;
        self.complete([0.0, reached_s])?;
        let arguments = self.task.arguments;
        let outputs = [&arguments.out, &arguments.probe_out];
        if arguments.json.json {
            print(&json(results))?;
        } else {
            let taken = outputs.into_iter().flatten().any(|path| is_standard_output(path));
            show_beside(&results.table(), taken)?;
        }
        if interrupted {
            let at = engineering(reached_s, "s");
            let message = format!("interrupted at {at}: results are complete up to there");
            return Err(self.explained(&message));
        }
        Ok(())
    }

    fn complete(&mut self, interval_s: [f64; 2]) -> Result<(), Failure> {
        let spikes = std::mem::replace(&mut self.ears.spikes, Kept::Nowhere);
        let membranes = std::mem::replace(&mut self.ears.membranes, Kept::Nowhere);
        let spikes = spikes.finish(&self.origin, interval_s);
        let membranes = membranes.finish(&self.origin, interval_s);
        for (what, finished) in [("spikes", spikes), ("membranes", membranes)] {
            let path = finished.map_err(|error| self.explained(&format!("error: {error}")))?;
            if let Some(path) = path {
                note(&format!("{what} are in {}", path.display()));
            }
        }
        Ok(())
    }
}

fn say(progress: &Progress, simulation: &Shared, until_s: f64, begun: Instant) {
    let now_s = simulation.now().as_s();
    let wall_s = begun.elapsed().as_secs_f64().max(1e-9);
    progress.say(format!(
        "{} of {}, {} spikes/s of wall",
        engineering(now_s, "s"),
        engineering(until_s, "s"),
        engineering(simulation.spikes() as f64 / wall_s, ""),
    ));
    progress.set((STEPS * now_s / until_s) as u64);
}

fn origin(task: &Task<'_>, simulation: &Shared, branches: Vec<String>) -> Origin {
    let name = task.arguments.file.file_stem().unwrap_or_default().to_string_lossy();
    Origin {
        network: name.into_owned(),
        digest: digest_text(&simulation.digest()),
        description: digest_text(&task.network.digest()),
        seed: task.arguments.seed.seed,
        delay_tick_fs: task.network.delay_tick_fs(),
        populations: task.populations.iter().map(|each| each.name().to_owned()).collect(),
        sizes: task.populations.iter().map(|each| each.size()).collect(),
        branches,
    }
}
