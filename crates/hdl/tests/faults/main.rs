//! Faults planted in a copy of a core are caught, each by the gate that is named here.

#[path = "../common/mod.rs"]
mod common;
mod planted;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use common::{core, edit, exported, passes, run, small};
use memspike_lif_core::{LayerSpec, Leak};
use planted::{BOARD_LEVEL, CHAIN, CORE, Fault, PARALLEL, RUST_HDL, SERIAL, TOP};
use tempfile::TempDir;

/// All faults, and the core in which they are planted.
const ALL: [(&str, &str, &[Fault], Layers); 6] = [
    ("a serial core", "serial", SERIAL, one_layer),
    ("its counter and top", "serial", TOP, one_layer),
    ("the handshakes of a parallel core", "parallel", PARALLEL, one_layer),
    ("what rust-hdl writes otherwise", "serial", RUST_HDL, one_layer),
    ("the board-level top", "serial", BOARD_LEVEL, one_layer),
    ("a core of two layers, the last with narrow potentials", "serial", CHAIN, two_layers),
];

type Layers = fn() -> Vec<LayerSpec>;

fn one_layer() -> Vec<LayerSpec> {
    vec![small(16, 4)]
}

/// Potentials of the last layer come to their ends by a few spikes of the first one.
fn two_layers() -> Vec<LayerSpec> {
    vec![small(16, 8), LayerSpec { potential_bits: 6, threshold: 20, ..small(8, 4) }]
}

/// Set this variable to write the table of faults again after an intended change.
const UPDATE: &str = "UPDATE_GENERATED";

/// What a user without memspike runs, with iverilog alone, and what comes after it.
const AFTER_LINT: [&str; 3] = ["sim", "netlist", "prove"];

fn planted(fault: &Fault, layers: Vec<LayerSpec>, architecture: &str) -> TempDir {
    let folder = exported(&core(layers), architecture, 1);
    edit(folder.path(), fault.file, fault.from, fault.to);
    folder
}

/// Whether lint notices, and the first gate after it that does.
fn caught_by(fault: &Fault, architecture: &str, layers: Layers) -> (bool, Option<&'static str>) {
    let folder = planted(fault, layers(), architecture);
    let fails = |gate: &&str| !run(gate, folder.path()).passed;
    (fails(&"lint"), AFTER_LINT.into_iter().find(fails))
}

#[test]
fn every_planted_fault_is_caught_and_nearly_all_by_simulation_alone() {
    let mut table = String::from(
        "# Planted faults\nEach is planted in a copy of an exported core (`crates/hdl/tests/faults`), and the gates of its Makefile are run.\n\n\
         | where | fault | `make lint` | the first gate after it |\n| --- | --- | --- | --- |\n",
    );
    let (mut count, mut by_sim) = (0, 0);
    let mut wrong = Vec::new();
    for (place, architecture, faults, layers) in ALL {
        for fault in faults {
            let (lint, gate) = caught_by(fault, architecture, layers);
            if gate != Some(fault.gate) {
                wrong.push(format!("{}: caught by {gate:?}, not {}", fault.name, fault.gate));
            }
            count += 1;
            by_sim += usize::from(gate == Some("sim"));
            let lint = if lint { "warns" } else { "" };
            let _ = writeln!(table, "| {place} | {} | {lint} | `{}` |", fault.name, fault.gate);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(count >= 40 && by_sim * 10 >= count * 9, "{by_sim} of {count} by simulation");
    let _ = writeln!(table, "\n{by_sim} of {count} by `make sim`, with iverilog alone.");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../hdl/faults.md");
    if std::env::var_os(UPDATE).is_some() {
        fs::write(&path, &table).expect("the table");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == table, "{} is another table; {UPDATE}=1 writes it:\n{table}", path.display());
}

#[test]
fn hand_made_faults_are_refuted_by_proof_alone() {
    for architecture in ["serial", "parallel"] {
        passes("prove", exported(&core(vec![small(16, 4)]), architecture, 1).path());
    }
    let serial = SERIAL.iter().map(|fault| (fault, "serial"));
    let all = serial.chain(PARALLEL.iter().map(|fault| (fault, "parallel")));
    let survivors = all.filter(|(fault, architecture)| {
        run("prove", planted(fault, one_layer(), architecture).path()).passed
    });
    let survivors: Vec<&str> = survivors.map(|(fault, _)| fault.name).collect();
    assert!(survivors.is_empty(), "{survivors:#?}");
}

#[test]
fn a_fault_where_simulation_does_not_come_is_caught_by_proof() {
    // The ends of 20 bits are thousands of events away.
    let layer = LayerSpec { potential_bits: 20, ..small(16, 4) };
    let fault = Fault {
        name: "no saturation above",
        from: "(~sum[21]) & sum[20]",
        to: "(~sum[21]) & sum[20] & 1'd0",
        gate: "prove",
        ..CORE
    };
    let folder = planted(&fault, vec![layer], "serial");
    passes("sim", folder.path());
    assert!(!run(fault.gate, folder.path()).passed);
}

#[test]
fn leaks_by_a_product_that_lose_one_too_few_or_another_part_are_caught_by_simulation_and_by_proof()
{
    let leak = Leak::Multiply { factor: 117, shift: 7 };
    let folder = exported(&core(vec![LayerSpec { leak, ..small(16, 4) }]), "serial", 1);
    let faults =
        [("operand, tick & (~(|product[6:0]))}", "operand, tick}"), ("* 13'sd11", "* 13'sd10")];
    for (from, to) in faults {
        edit(folder.path(), "lif.v", from, to);
        for gate in ["sim", "prove"] {
            assert!(!run(gate, folder.path()).passed, "{to}: {gate}");
        }
        edit(folder.path(), "lif.v", to, from);
    }
    passes("prove", folder.path());
}

#[test]
fn a_bit_of_an_address_that_stays_is_noticed_at_the_pins_where_no_spike_tells() {
    // No neuron ever comes near its threshold, so that all that the core gives is the same for events of any input.
    let layer = LayerSpec { potential_bits: 20, threshold: 500_000, ..small(16, 8) };
    let folder = exported(&core(vec![layer]), "serial", 1);
    passes("sim", folder.path());
    for (register, width, bits) in
        [("address", "ADDRESS_BITS", 4), ("count_address", "NEURON_BITS", 3)]
    {
        let from = format!(" {register} <= word[{width}-1:0];");
        for bit in 0..bits {
            let mask = 1 << bit;
            let to =
                format!(" {register} <= (word[{width}-1:0] & ~{mask}) | ({register} & {mask});");
            edit(folder.path(), "lif_spi.v", &from, &to);
            let verdict = run("sim", folder.path());
            assert!(!verdict.passed, "bit {bit} of {register}");
            assert!(verdict.output.contains("board-level top differs"), "{}", verdict.output);
            edit(folder.path(), "lif_spi.v", &to, &from);
        }
    }
}
