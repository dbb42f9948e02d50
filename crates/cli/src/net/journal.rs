//! The checkpoints of a run: what it goes on from, and what it leaves.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use memspike_population::ImageError;
use memspike_recording::{
    Checkpoint, CheckpointError, CheckpointFolder, Inputs, Manifest, Mark, Spike,
};
use memspike_time::{Time, ticks};

use super::ears::{Ears, Kept};
use super::probes::first_multiple;
use super::results::digest_text;
use super::{Task, input, work};
use crate::failure::Failure;
use crate::ranks::Shared;
use crate::{note, tell};

/// Where a run keeps its checkpoints. Of several ranks the first one writes; all of them read the checkpoint.
pub struct Journal {
    folder: CheckpointFolder,
    writes: bool,
    every_fs: Option<u64>,
    inputs: Inputs,
    until_s: f64,
    /// Where the run changed its inputs, and which.
    pub branches: Vec<String>,
    found: Option<Found>,
    /// Where the run was when it was last kept (s).
    saved_s: Option<f64>,
}

/// What a run goes on from.
struct Found {
    manifest: Manifest,
    image: BufReader<File>,
    is_branch: bool,
}

/// What is wrong with a checkpoint that is there is an input; one that cannot be written is work.
fn failure(error: &CheckpointError) -> Failure {
    match error {
        CheckpointError::Unwritable { .. } | CheckpointError::Busy { .. } => work(error),
        _ => input(error),
    }
}

impl Journal {
    /// Takes the folder that was asked for, if one was, and finds what there is to go on from.
    pub fn open(task: &Task<'_>) -> Result<Option<Self>, Failure> {
        let arguments = task.arguments;
        let Some(path) = &arguments.checkpoint else { return Ok(None) };
        if arguments.resume && !path.exists() {
            return Err(input(&format!(
                "'{}' is not there: nothing can be resumed",
                path.display()
            )));
        }
        let writes = task.ranks.rank() == 0;
        let folder = match writes {
            true => CheckpointFolder::claim(path).map_err(|e| failure(&e))?,
            false => CheckpointFolder::beside(path),
        };
        let populations = task.populations.iter();
        let populations = populations.map(|p| (p.name().to_owned(), p.size() as u64)).collect();
        let mut journal = Self {
            folder,
            writes,
            every_fs: arguments.checkpoint_every.map(ticks),
            inputs: Inputs {
                description: digest_text(&task.network.digest()),
                seed: arguments.seed.seed,
                populations,
                probes: task.probes.texts.clone(),
            },
            until_s: arguments.until,
            branches: Vec::new(),
            found: None,
            saved_s: None,
        };
        let found = journal.folder.read().map_err(|e| failure(&e))?;
        match found {
            Some(found) if arguments.resume => journal.go_on_from(found, arguments.branch)?,
            Some(found) => return Err(in_use(path, &found.manifest)),
            None if arguments.resume => {
                tell(&format!("no checkpoint is in '{}' yet: the run begins\n", path.display()));
            }
            None => {}
        }
        Ok(Some(journal))
    }

    /// Compares what a checkpoint is of with what is asked for.
    fn go_on_from(&mut self, found: Checkpoint, may_differ: bool) -> Result<(), Failure> {
        let Checkpoint { manifest, image } = found;
        let (at_s, until_s) = (manifest.at_s, self.until_s);
        if until_s < at_s {
            return Err(input(&format!(
                "the run has come to {at_s} s, and --until {until_s} is before it: choose a later one"
            )));
        }
        let mut differences = manifest.inputs.differences(&self.inputs);
        if until_s < manifest.until_s {
            differences.push(format!("the end ({until_s} s, before: {} s)", manifest.until_s));
        }
        let is_branch = !differences.is_empty();
        let differences = differences.join(", ");
        if is_branch && !may_differ {
            return Err(input(&format!(
                "the checkpoint is of a run with other inputs: {differences}; go on with the same ones, or ask for a branch of it \
                 with --branch"
            )));
        }
        self.branches.clone_from(&manifest.branches);
        if is_branch {
            self.branches.push(format!("at {at_s} s: {differences}"));
        }
        self.found = Some(Found { manifest, image, is_branch });
        Ok(())
    }

    /// Brings a network that has been built, and what was recorded, to where the run goes on. Says where that is (s).
    pub fn take_up(
        &mut self,
        task: &Task<'_>,
        simulation: &mut Shared,
        ears: &mut Ears,
    ) -> Result<Option<f64>, Failure> {
        let Some(Found { manifest, mut image, is_branch }) = self.found.take() else {
            self.open_spools(task, [None, None], ears)?;
            return Ok(None);
        };
        let taken = match is_branch {
            false => simulation.resume(&mut image),
            true => simulation.branch(&mut image),
        };
        taken.map_err(|error| self.refused(&error))?;
        self.open_spools(task, [Some(&manifest.spikes), manifest.membranes.as_ref()], ears)?;
        note(&format!("goes on from {} s", manifest.at_s));
        self.saved_s = Some(manifest.at_s);
        Ok(Some(manifest.at_s))
    }

    /// Opens the spools, cut back to their marks, and counts the spikes that are there.
    fn open_spools(
        &self,
        task: &Task<'_>,
        [spikes, membranes]: [Option<&Mark>; 2],
        ears: &mut Ears,
    ) -> Result<(), Failure> {
        if !self.writes {
            return Ok(());
        }
        let (out, probe_out) = (task.arguments.out.as_deref(), task.arguments.probe_out.as_deref());
        let (path, statistics) = (self.folder.spikes(), &mut ears.statistics);
        let mut strange = false;
        let spool = Kept::in_spool(&path, spikes, out, &mut |spike: &Spike| {
            let (population, neuron) = (spike.population as usize, spike.neuron);
            let own = task.populations.get(population);
            if own.is_some_and(|population| (neuron as usize) < population.size()) {
                statistics.spike(spike.at, population, neuron);
            } else {
                strange = true;
            }
        });
        ears.spikes = spool.map_err(|e| failure(&e))?;
        if strange {
            let path = path.display();
            return Err(input(&format!("'{path}' has spikes of neurons that are not there")));
        }
        if !task.probes.texts.is_empty() {
            let path = self.folder.membranes();
            let spool = Kept::in_spool(&path, membranes, probe_out, &mut |_| {});
            ears.membranes = spool.map_err(|e| failure(&e))?;
        }
        Ok(())
    }

    fn refused(&self, error: &ImageError) -> Failure {
        let why = match error {
            ImageError::States => {
                "a branch may have another seed, other rates of Poisson sources and, where no pulses are heard, other synapses"
            }
            ImageError::Other(_) => {
                "of the same inputs this program makes another network than the one that kept it"
            }
            _ => "a run cannot go on from it",
        };
        input(&format!("'{}': {error}: {why}", self.folder.file().display()))
    }

    /// The next instant after `now` at which the run is to be kept.
    pub fn next(&self, now: Time) -> Option<Time> {
        let after = Time { tick: now.tick, frac: now.frac.next_up() };
        self.every_fs.map(|every_fs| first_multiple(every_fs, after))
    }

    /// Keeps the run as it is now.
    pub fn save(&mut self, simulation: &Shared, ears: &mut Ears) -> Result<(), Failure> {
        let written = match self.writes {
            true => self.write(simulation, ears),
            // It sends its neurons' states.
            false => {
                simulation.save(&mut io::sink()).expect("what is sent is not written here");
                Ok(())
            }
        };
        written.map_err(|error| self.explained(&failure(&error).to_string()))?;
        self.saved_s = Some(simulation.reached().as_s());
        Ok(())
    }

    fn write(&self, simulation: &Shared, ears: &mut Ears) -> Result<(), CheckpointError> {
        let spikes = ears.spikes.mark()?;
        let manifest = Manifest {
            inputs: self.inputs.clone(),
            drawn: digest_text(&simulation.digest()),
            until_s: self.until_s,
            at_s: simulation.reached().as_s(),
            branches: self.branches.clone(),
            spikes: spikes.expect("whoever keeps checkpoints spools all spikes"),
            membranes: ears.membranes.mark()?,
        };
        self.folder.write(&manifest, |to| simulation.save(to))
    }

    /// What has ended a run, with where it may be resumed.
    pub fn explained(&self, message: &str) -> Failure {
        let folder = self.folder.path().display();
        Failure::Work(match self.saved_s {
            Some(at_s) => format!(
                "{message}\nthe checkpoint in '{folder}' is at {at_s} s: --resume goes on from there"
            ),
            None => message.to_owned(),
        })
    }
}

fn in_use(path: &Path, found: &Manifest) -> Failure {
    input(&format!(
        "'{}' has the checkpoint of a run that has come to {} s: go on with it by --resume, or name another folder",
        path.display(),
        found.at_s
    ))
}
