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
use std::thread::available_parallelism;

use memspike_network::{FromFile, Network, Population};
use memspike_population::{Description, MOST_THREADS, Precision, estimate};
use memspike_ranks::Ranks;
use memspike_recording::{CheckpointFolder, MembraneFile, SpikeFile};
use memspike_time::ticks;

use crate::failure::Failure;
use crate::net_args::NetArguments;
use crate::ranks::agree;
use crate::{files, interrupt, nir, reduced};
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
    ranks: &'t Ranks,
}

/// Builds a network, runs it, and tells how it fires.
pub fn net(arguments: &NetArguments, ranks: &Ranks) -> Result<(), Failure> {
    let read = agree(ranks, read(arguments, ranks))?;
    let Some((network, threads)) = read else { return Ok(()) };
    let description = Description::new(&network, arguments.seed.seed, Precision::Single);
    let description = agree(ranks, description.map_err(|e| input(&e)))?;
    let populations: Vec<&Population> =
        description.populations.iter().map(|id| network.population(*id)).collect();
    let probes = agree(ranks, Probes::of(&arguments.probe, &network, &populations))?;
    let task = Task { arguments, network: &network, populations, probes, threads, ranks };
    let journal = agree(ranks, Journal::open(&task))?;
    let mut run = agree(ranks, Run::build(&task, &description, journal))?;
    // Who fails here fails alone, and ends the others.
    let ended = run.go_on()?;
    let results = run.results(ended);
    agree(ranks, run.finish(&results))
}

/// The network and the threads to run it on, unless nothing is to be run.
fn read(arguments: &NetArguments, ranks: &Ranks) -> Result<Option<(Network, usize)>, Failure> {
    if let Some(from_s) = arguments.from.filter(|from_s| *from_s >= arguments.until) {
        return Err(input(&format!(
            "--from {from_s} is not before the end at {} s: choose an earlier one, or a later --until",
            arguments.until
        )));
    }
    interrupt::listen();
    let tick_fs = arguments.delay_tick.map(ticks);
    let FromFile { network, files } = if nir::is_graph(&arguments.file) {
        let network = nir::network(&arguments.file, &arguments.nir)?;
        FromFile { network, files: nir::files(&arguments.file, &arguments.nir) }
    } else {
        nir::refuse_without_graph(&arguments.file, &arguments.nir)?;
        reduced::read(&arguments.file, tick_fs, arguments.seed.seed)?
    };
    let threads = arguments.threads.threads.or_else(|| available_parallelism().ok());
    let threads = threads.map_or(1, NonZeroUsize::get).min(MOST_THREADS);
    // All ranks of a machine share its memory; what is not drawn each of them has for itself.
    let estimate = estimate(&network, threads * ranks.count());
    if arguments.dry_run {
        plan::show_plan(&estimate, (threads, ranks.count()), arguments)?;
        return Ok(None);
    }
    plan::refuse_what_does_not_fit(&estimate, arguments, ranks)?;
    if ranks.rank() == 0 {
        check_outputs(arguments, &files)?;
    }
    Ok(Some((network, threads)))
}

/// Refuses files that cannot be written, and those that the network is read from, before anything is built.
fn check_outputs(arguments: &NetArguments, read: &[PathBuf]) -> Result<(), Failure> {
    let NetArguments { out, probe_out, checkpoint, .. } = arguments;
    let mut outputs: Vec<PathBuf> = [out, probe_out].into_iter().flatten().cloned().collect();
    // What is not there yet is nothing that could be lost.
    let kept = checkpoint.iter().flat_map(|folder| CheckpointFolder::files(folder));
    outputs.extend(kept.filter(|path| path.is_file()));
    files::keep(read, &outputs)?;
    files::refuse_beside_json(arguments.json.json, &outputs)?;
    if let Some(out) = out {
        SpikeFile::check(out).map_err(|e| input(&e))?;
    }
    if let Some(probe_out) = probe_out {
        MembraneFile::check(probe_out).map_err(|e| input(&e))?;
    }
    Ok(())
}
