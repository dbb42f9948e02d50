//! What a network would take, before anything is built.

use memspike_netlist::{short_of, shown};
use memspike_network::Estimate;
use memspike_report::json;
use serde::Serialize;

use super::work;
use crate::failure::Failure;
use crate::{print, show};

#[derive(Serialize)]
struct Plan {
    neurons: u64,
    synapses: u64,
    bytes_a_synapse: u64,
    build_bytes: u64,
    run_bytes: u64,
    threads: usize,
}

/// Says what a network would take.
pub fn show_plan(estimate: &Estimate, threads: usize, as_json: bool) -> Result<(), Failure> {
    let Estimate { neurons, synapses, synapse_bytes, build_bytes, run_bytes, .. } = *estimate;
    if as_json {
        let bytes_a_synapse = synapse_bytes;
        let plan = Plan { neurons, synapses, bytes_a_synapse, build_bytes, run_bytes, threads };
        return print(&json(&plan));
    }
    show(&format!(
        "neurons: {neurons}\nsynapses: about {synapses}, {synapse_bytes} bytes each\n\
         memory: about {} while it is built, {} while it runs, on {threads} threads\n",
        shown(build_bytes),
        shown(run_bytes),
    ))
}

/// Refuses a network for which the machine has no memory.
pub fn refuse_what_does_not_fit(estimate: &Estimate) -> Result<(), Failure> {
    match short_of(estimate.build_bytes) {
        None => Ok(()),
        Some(free) => Err(work(&format!(
            "the network takes {} while it is built, and {free}: fewer neurons or synapses are needed, or another machine",
            shown(estimate.build_bytes)
        ))),
    }
}
