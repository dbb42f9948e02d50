//! Faults planted in a copy of a core are caught, each by the gate that is named here.

mod common;

use common::{core, edit, exported, passes, run, small};
use memspike_lif_core::LayerSpec;
use tempfile::TempDir;

/// What is planted: text of the core, what it becomes, and the first gate that notices.
struct Fault {
    name: &'static str,
    from: &'static str,
    to: &'static str,
    gate: &'static str,
}

/// In the order in which `memspike verify` runs them, without those that need no core.
const ORDER: [&str; 4] = ["lint", "sim", "netlist", "prove"];

const SERIAL: &[Fault] = &[
    Fault {
        name: "threshold off by one",
        from: "wire reached = ~beyond[9];",
        to: "wire reached = (~beyond[9]) & (|beyond[8:0]);",
        gate: "sim",
    },
    Fault {
        name: "unsigned compare",
        from: "wire reached = ~beyond[9];",
        to: "wire reached = (~beyond[9]) | v[8];",
        gate: "sim",
    },
    Fault {
        name: "no saturation above",
        from: "(~sum[10]) & sum[9]",
        to: "(~sum[10]) & (~sum[10]) & 1'd0 & sum[9]",
        gate: "sim",
    },
    Fault {
        name: "no saturation below",
        from: "(sum[10] & (~sum[9])) ?",
        to: "(sum[10] & (~sum[9]) & 1'd0) ?",
        gate: "sim",
    },
    Fault {
        name: "leak without its carry",
        from: "operand[8], operand, tick",
        to: "operand[8], operand, tick & v[0]",
        gate: "sim",
    },
    Fault { name: "leak by another shift", from: "v >>> 3", to: "v >>> 4", gate: "sim" },
    Fault {
        name: "leak before the threshold",
        from: "$signed({v[8], v}) - limit",
        to: "$signed({v[8], v}) - ($signed({v[8], v}) >>> 3) - limit",
        gate: "sim",
    },
    Fault {
        name: "reset to zero instead of by subtraction",
        from: "$signed(beyond[8:0]) : stopped",
        to: "($signed(beyond[8:0]) & 9'sd0) : stopped",
        gate: "sim",
    },
    Fault {
        name: "weights of the neighbour",
        from: "weights <= rows[weight_address];",
        to: "weights <= rows[weight_address ^ 6'd1];",
        gate: "sim",
    },
    Fault {
        name: "a spike lost under back-pressure",
        from: "if (out_valid & out_ready) begin",
        to: "if (out_valid & (out_ready | 1'd1)) begin",
        gate: "sim",
    },
    Fault {
        name: "a tick taken before the start that is offered with it",
        from: "assign in_tick_ready = idle & (~in_start);",
        to: "assign in_tick_ready = idle;",
        gate: "sim",
    },
    Fault {
        name: "potentials that survive the start of image",
        from: "next_state & {9{~clearing}}",
        to: "next_state",
        gate: "sim",
    },
    Fault {
        name: "a state written while its sweep stands still",
        from: "if (advance & execute) begin",
        to: "if (execute) begin",
        gate: "sim",
    },
    Fault {
        name: "counts that do not saturate",
        from: "(old == 4'd15) ? old : (old + 4'd1)",
        to: "old + 4'd1",
        gate: "sim",
    },
    Fault {
        name: "the last of equal counts wins",
        from: "address < leader",
        to: "leader < address",
        gate: "sim",
    },
];

/// In the handshakes of a layer that does all neurons at once.
const PARALLEL: &[Fault] = &[
    Fault {
        name: "a spike lost under back-pressure",
        from: "if (out_valid & out_ready) begin",
        to: "if (out_valid & (out_ready | 1'd1)) begin",
        gate: "sim",
    },
    Fault {
        name: "a tick that overtakes its spikes",
        from: "assign out_tick = tick_done & (~out_valid);",
        to: "assign out_tick = tick_done;",
        gate: "sim",
    },
    Fault {
        name: "an event taken while spikes wait",
        from: "wire idle = ~(((started | ticked) | start_done) | tick_done);",
        to: "wire idle = ~((started | ticked) | start_done);",
        gate: "sim",
    },
    Fault {
        name: "the highest spike first",
        from: "pending[0] ? 2'd0 : (pending[1] ? 2'd1 : (pending[2] ? 2'd2 : 2'd3))",
        to: "pending[3] ? 2'd3 : (pending[2] ? 2'd2 : (pending[1] ? 2'd1 : 2'd0))",
        gate: "sim",
    },
];

/// The three faults that rust-hdl's Verilog has: simulators and synthesis, or its own simulation and both, disagree about it.
const RUST_HDL: &[Fault] = &[
    // Simulators take the constant as signed, yosys compares unsigned: negative potentials fire in hardware only.
    Fault {
        name: "a signed constant with an unsigned literal",
        from: "wire reached = ~beyond[9];",
        to: "wire sign_unused = beyond[9]; localparam signed LEVEL = 9'h19; wire reached = v >= LEVEL;",
        gate: "netlist",
    },
    // Rust means (tick & reached) == 0, Verilog reads tick & (reached == 0).
    Fault {
        name: "an operator that binds in Verilog otherwise than in Rust",
        from: "assign fired = tick & reached;",
        to: "wire silent = tick & reached == 1'd0; assign fired = ~silent;",
        gate: "sim",
    },
    // Rust means a sum of four bits that wraps to zero, Verilog keeps its carry in the fifth.
    Fault {
        name: "a sum that is widened before its carry is dropped",
        from: "wire [3:0] more = (old == 4'd15) ? old : (old + 4'd1);",
        to: "wire [4:0] next = old + 4'd1; wire [3:0] more = (next == 5'd0) ? 4'd15 : next[3:0];",
        gate: "sim",
    },
];

fn planted(fault: &Fault, layer: LayerSpec, architecture: &str) -> TempDir {
    let folder = exported(&core(vec![layer]), architecture, 1);
    edit(folder.path(), "lif.v", fault.from, fault.to);
    folder
}

/// The first gate that notices; what lint notices, simulation must notice too.
fn caught_by(fault: &Fault, architecture: &str) -> Option<&'static str> {
    let folder = planted(fault, small(16, 4), architecture);
    let mut fails = ORDER.into_iter().filter(|gate| !run(gate, folder.path()).passed);
    let first = fails.next()?;
    if first == "lint" {
        assert_eq!(fails.next(), Some("sim"), "{} after lint", fault.name);
    }
    Some(first)
}

fn assert_caught(faults: &[Fault], architecture: &str) {
    let wrong: Vec<String> = faults
        .iter()
        .map(|fault| (fault, caught_by(fault, architecture)))
        .filter(|(fault, gate)| *gate != Some(fault.gate))
        .map(|(fault, gate)| format!("{}: caught by {gate:?}, not {}", fault.name, fault.gate))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn hand_made_faults_are_caught() {
    assert_caught(SERIAL, "serial");
    assert_caught(PARALLEL, "parallel");
}

#[test]
fn hand_made_faults_are_refuted_by_proof_alone() {
    for architecture in ["serial", "parallel"] {
        passes("prove", exported(&core(vec![small(16, 4)]), architecture, 1).path());
    }
    let serial = SERIAL.iter().map(|fault| (fault, "serial"));
    let all = serial.chain(PARALLEL.iter().map(|fault| (fault, "parallel")));
    let survivors = all.filter(|(fault, architecture)| {
        run("prove", planted(fault, small(16, 4), architecture).path()).passed
    });
    let survivors: Vec<&str> = survivors.map(|(fault, _)| fault.name).collect();
    assert!(survivors.is_empty(), "{survivors:#?}");
}

#[test]
fn the_faults_of_rust_hdl_are_caught() {
    assert_caught(RUST_HDL, "serial");
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
    };
    let folder = planted(&fault, layer, "serial");
    passes("sim", folder.path());
    assert!(!run(fault.gate, folder.path()).passed);
}
