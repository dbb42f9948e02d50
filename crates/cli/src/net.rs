//! `memspike net`: a large spiking network, event by event.

mod ears;
mod journal;
mod plan;
mod probes;
mod results;
mod run;

use std::fmt::Display;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::slice;
use std::thread::available_parallelism;

use memspike_network::{Network, Population};
use memspike_population::{Description, MOST_THREADS, Precision, estimate};
use memspike_recording::{MembraneFile, SpikeFile};

use crate::failure::Failure;
use crate::net_args::NetArguments;
use crate::{files, interrupt, reduced};
use journal::Journal;
pub use probes::ProbeText;
use probes::Probes;
use run::Run;

fn input(error: &dyn Display) -> Failure {
    Failure::Input(format!("error: {error}"))
}

fn work(error: &dyn Display) -> Failure {
    Failure::Work(format!("error: {error}"))
}

/// What is asked for.
struct Task<'t> {
    arguments: &'t NetArguments,
    network: &'t Network,
    /// In the order in which the engine counts them.
    populations: Vec<&'t Population>,
    probes: Probes,
    threads: usize,
}

/// Builds a network, runs it, and tells how it fires.
pub fn net(arguments: &NetArguments) -> Result<(), Failure> {
    if let Some(from_s) = arguments.from.filter(|from_s| *from_s >= arguments.until) {
        return Err(input(&format!(
            "--from {from_s} is not before the end at {} s: choose an earlier one, or a later --until",
            arguments.until
        )));
    }
    interrupt::listen();
    let network = reduced::read(&arguments.file, arguments.seed.seed)?;
    let threads = arguments.threads.threads.or_else(|| available_parallelism().ok());
    let threads = threads.map_or(1, NonZeroUsize::get).min(MOST_THREADS);
    let estimate = estimate(&network, threads);
    if arguments.dry_run {
        return plan::show_plan(&estimate, threads, arguments);
    }
    plan::refuse_what_does_not_fit(&estimate, arguments)?;
    check_outputs(arguments)?;
    let description = Description::new(&network, arguments.seed.seed, Precision::Single);
    let description = description.map_err(|e| input(&e))?;
    let populations: Vec<&Population> =
        description.populations.iter().map(|id| network.population(*id)).collect();
    let probes = Probes::of(&arguments.probe, &network, &populations)?;
    let task = Task { arguments, network: &network, populations, probes, threads };
    let journal = Journal::open(&task)?;
    let mut run = Run::build(&task, &description, journal)?;
    let ended = run.go_on()?;
    run.finish(ended)
}

/// Refuses files that cannot be written, before anything is built.
fn check_outputs(arguments: &NetArguments) -> Result<(), Failure> {
    let NetArguments { file, out, probe_out, .. } = arguments;
    let outputs: Vec<PathBuf> = [out, probe_out].into_iter().flatten().cloned().collect();
    files::keep(slice::from_ref(file), &outputs)?;
    if let Some(out) = out {
        SpikeFile::check(out).map_err(|e| work(&e))?;
    }
    if let Some(probe_out) = probe_out {
        MembraneFile::check(probe_out).map_err(|e| work(&e))?;
    }
    Ok(())
}
