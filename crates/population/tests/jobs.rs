//! Two jobs whose results are known from other programs.

mod common;

use common::{job_a, job_b, run};
use memspike_population::{Options, Precision};

#[test]
fn job_a_has_the_spikes_that_every_exact_simulator_has() {
    let (input, synapses) = job_a();
    let recording = run(&input, &synapses, &Options::default(), 1.0);
    // Arbor and NEST's model off the grid agree on 420.
    assert_eq!(recording.counts(1, 10), [90, 0, 42, 46, 0, 52, 35, 38, 68, 49]);
    // Inputs: 84,350 spikes.
    assert_eq!(recording.counts(0, 784).iter().sum::<u64>(), 84_350);
}

#[test]
fn job_b_has_the_spikes_of_an_exact_program_written_for_it_alone() {
    let (mut input, wiring) = job_b(10_000, [800, 200]);
    let recording = run(&input, &wiring, &Options::default(), 1.0);
    assert_eq!(recording.spikes.len(), 433_023, "weights as f32");
    input.precision = Precision::Double;
    let recording = run(&input, &wiring, &Options::default(), 1.0);
    assert_eq!(recording.spikes.len(), 433_959, "weights as f64");
}
