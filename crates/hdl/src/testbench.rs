//! The self-checking testbench.

use std::fmt::Write as _;

use memspike_lif_core::{Spec, address_bits};

use crate::vectors::Vectors;

/// The body of the testbench, which is the same for all cores.
const BODY: &str = include_str!("testbench_body.v");

/// Verilog that drives a core with vectors, compares every output and register at every cycle, and prints a verdict.
///
/// With `NETLIST` defined, registers are not compared: synthesis keeps none of their names.
#[must_use]
pub fn testbench(name: &str, spec: &Spec, vectors: &Vectors) -> String {
    let (at, winner) = (address_bits(spec.first().inputs), address_bits(spec.last().neurons));
    let count = spec.count_bits;
    let registers: usize = vectors.layout.iter().map(|(_, bits)| digits(*bits)).sum();
    let padded = vectors.layout.iter().map(|(path, bits)| match digits(*bits) - bits {
        0 => format!("dut.{path}"),
        pad => format!("{pad}'d0, dut.{path}"),
    });
    let paths: Vec<String> = padded.collect();
    let mut text = format!(
        "// Drives {name} with vectors of the bit-exact model and compares every output and register at every cycle.\n\
         `timescale 1ns/1ps\n\
         `default_nettype none\n\n\
         module testbench;\n\
         \x20   localparam CYCLES = {};\n\
         \x20   localparam REGISTER_BITS = {registers};\n\
         \x20   localparam ADDRESS_BITS = {at};\n\
         \x20   localparam NEURON_BITS = {winner};\n\
         \x20   localparam COUNT_BITS = {count};\n\n{BODY}\n\
         \x20   {name} dut (\n{}\n    );\n\n\
         `ifndef NETLIST\n\
         \x20   assign registers = {{\n        {}\n    }};\n\n\
         \x20   task explain_registers;\n\x20       begin\n",
        vectors.cycles,
        connections(),
        paths.join(",\n        "),
    );
    let mut low = registers;
    for (path, bits) in &vectors.layout {
        low -= digits(*bits);
        let slice = format!("expected_registers[cycle][{}:{low}]", low + bits - 1);
        let _ = writeln!(
            text,
            "            casez (dut.{path}) {slice}: ; default: $display(\"  {path} is %h, expected %h\", dut.{path}, {slice}); endcase"
        );
    }
    text.push_str("        end\n    endtask\n`endif\nendmodule\n");
    text
}

/// Bits of a register in whole hexadecimal digits.
const fn digits(bits: usize) -> usize {
    bits.next_multiple_of(4)
}

fn connections() -> String {
    let ports = [
        "clk",
        "rst",
        "in_start",
        "in_tick",
        "in_valid",
        "in_address",
        "in_start_ready",
        "in_tick_ready",
        "in_ready",
        "out_start",
        "out_tick",
        "out_valid",
        "out_address",
        "out_start_ready",
        "out_tick_ready",
        "out_ready",
        "count_address",
        "count",
        "winner",
    ];
    ports.map(|port| format!("        .{port}({port})")).join(",\n")
}
