//! What a network would take, before anything is built.

use memspike_netlist::{short_of, shown};
use memspike_population::Estimate;
use memspike_ranks::Ranks;
use memspike_recording::{MembraneFile, SpikeFile};
use memspike_report::json;
use serde::Serialize;

use super::work;
use crate::failure::Failure;
use crate::net_args::NetArguments;
use crate::{print, show};

#[derive(Serialize)]
struct Plan {
    neurons: u64,
    synapses: u64,
    bytes_a_synapse: u64,
    build_bytes: u64,
    run_bytes: u64,
    /// While a checkpoint is written or read, where there is to be one.
    #[serde(skip_serializing_if = "Option::is_none")]
    checkpoint_bytes: Option<u64>,
    /// At most, beside what runs.
    recording_bytes: u64,
    threads: usize,
    #[serde(skip_serializing_if = "is_one")]
    ranks: usize,
}

fn is_one(ranks: &usize) -> bool {
    *ranks == 1
}

/// Says what a network would take.
pub fn show_plan(
    estimate: &Estimate,
    (threads, ranks): (usize, usize),
    arguments: &NetArguments,
) -> Result<(), Failure> {
    let Estimate { neurons, synapses, synapse_bytes, build_bytes, run_bytes, .. } = *estimate;
    let checkpoint_bytes = checkpoint_bytes(estimate, arguments);
    let recording_bytes = recording_bytes(arguments);
    if arguments.json.json {
        let plan = Plan {
            neurons,
            synapses,
            bytes_a_synapse: synapse_bytes,
            build_bytes,
            run_bytes,
            checkpoint_bytes,
            recording_bytes,
            threads,
            ranks,
        };
        return print(&json(&plan));
    }
    show(&format!(
        "neurons: {neurons}\nsynapses: about {synapses}, {synapse_bytes} bytes each\n\
         memory: about {} while it is built, {} while it runs{}, on {threads} threads{}; {} more at most for recordings\n",
        shown(build_bytes),
        shown(run_bytes),
        checkpoint_bytes
            .map_or_else(String::new, |bytes| format!(", {} at checkpoints", shown(bytes))),
        if ranks > 1 { format!(" of each of {ranks} ranks") } else { String::new() },
        shown(recording_bytes),
    ))
}

/// Bytes that recordings take at most, however long they become.
fn recording_bytes(arguments: &NetArguments) -> u64 {
    let NetArguments { out, probe_out, .. } = arguments;
    out.as_ref().map_or(0, SpikeFile::most_bytes)
        + probe_out.as_ref().map_or(0, MembraneFile::most_bytes)
}

/// Bytes of the process while checkpoints are written and, if it goes on from one, read.
fn checkpoint_bytes(estimate: &Estimate, arguments: &NetArguments) -> Option<u64> {
    let resume_bytes = if arguments.resume { estimate.resume_bytes } else { 0 };
    arguments.checkpoint.as_ref().map(|_| estimate.save_bytes.max(resume_bytes))
}

/// Bytes that this machine needs for its ranks, of so many in all: each has the description for itself.
fn of_machine(bytes: u64, description_bytes: u64, ranks: &Ranks) -> u64 {
    let (all, here) = (ranks.count() as u64, ranks.on_this_machine() as u64);
    here.saturating_mul(description_bytes + (bytes - description_bytes) / all)
}

/// Refuses a network for which the machine has no memory.
pub fn refuse_what_does_not_fit(
    estimate: &Estimate,
    arguments: &NetArguments,
    ranks: &Ranks,
) -> Result<(), Failure> {
    let here = |bytes| of_machine(bytes, estimate.description_bytes, ranks);
    let running = checkpoint_bytes(estimate, arguments).unwrap_or(estimate.run_bytes);
    let running = here(running).saturating_add(recording_bytes(arguments));
    let building = here(estimate.build_bytes);
    let (most, when) = (building.max(running), "with what is recorded of it");
    let when = if running < building { "while it is built" } else { when };
    match short_of(most) {
        None => Ok(()),
        Some(free) => Err(work(&format!(
            "the network takes {} {when}, and {free}: fewer neurons or synapses are needed, or another machine",
            shown(most)
        ))),
    }
}
