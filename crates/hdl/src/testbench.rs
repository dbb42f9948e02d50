//! The self-checking testbench of a core.

use std::fmt::Write as _;

use memspike_lif_core::cycle::Memory;
use memspike_lif_core::{Spec, address_bits};

use crate::arch::{WeightsMemory, top_inputs};
use crate::vectors::{Field, Layout};

/// The body of the testbench, which is the same for all cores.
const BODY: &str = include_str!("testbench_body.v");

/// The second run, of a core whose parameters have other values.
pub struct Retuned {
    /// Clock cycles.
    pub cycles: usize,
    /// Threshold of each layer.
    pub thresholds: Vec<i64>,
}

/// Verilog that drives a core with vectors, compares every output and register at every cycle, and prints a verdict.
///
/// With `NETLIST` defined, registers are not compared: synthesis keeps none of their names. With `RETUNED`, the core has other
/// parameters, and outputs are compared.
#[must_use]
pub fn testbench(
    name: &str,
    spec: &Spec,
    memory: WeightsMemory,
    layout: &Layout,
    cycles: usize,
    retuned: &Retuned,
) -> String {
    let fields = Fields::new(layout);
    let mut text = format!(
        "// Drives {name} with vectors of the bit-exact model and compares every output and register at every cycle.\n\
         `default_nettype none\n\n\
         `ifdef RETUNED\n`define OUTPUTS_ONLY\n`endif\n\
         `ifdef NETLIST\n`define OUTPUTS_ONLY\n`endif\n\n\
         module testbench;\n\
         `ifdef RETUNED\n    localparam CYCLES = {};\n`else\n    localparam CYCLES = {cycles};\n`endif\n\
         `ifndef OUTPUTS_ONLY\n    localparam REGISTER_BITS = {};\n`endif\n\
         \x20   localparam ADDRESS_BITS = {};\n\
         \x20   localparam NEURON_BITS = {};\n\
         \x20   localparam COUNT_BITS = {};\n\n{BODY}\n\
         `ifdef RETUNED\n    {name} #(\n{}\n    ) dut (\n`else\n    {name} dut (\n`endif\n{}\n    );\n\n\
         `ifndef OUTPUTS_ONLY\n",
        retuned.cycles,
        fields.bits,
        address_bits(spec.first().inputs),
        address_bits(spec.last().neurons),
        spec.count_bits,
        parameters(spec, memory, retuned),
        connections(spec, memory, retuned),
    );
    text.push_str(&fields.compare_registers());
    text.push_str(&fields.compare_memories());
    text.push_str("`endif\nendmodule\n");
    text
}

/// A register with its place in a line of vectors.
struct Placed<'l> {
    field: &'l Field,
    /// Its lowest bit.
    low: usize,
    /// The bit that says whether it means something, if there is one.
    known: Option<usize>,
}

/// A memory with the lowest bits of what a line says about it.
struct PlacedMemory<'l> {
    memory: &'l Memory,
    address: usize,
    written: usize,
    turn: usize,
}

/// Where everything stands in a line.
struct Fields<'l> {
    bits: usize,
    registers: Vec<Placed<'l>>,
    memories: Vec<PlacedMemory<'l>>,
}

impl<'l> Fields<'l> {
    fn new(layout: &'l Layout) -> Self {
        let memory_bits =
            |memory: &Memory| digits(address_bits(memory.words) as usize) + 2 * digits(memory.bits);
        let late = layout.late();
        let bits = 4 * layout.digits();
        let mut low = bits - digits(late);
        let mut known = low + late;
        let registers = layout.registers.iter().map(|field| {
            low -= digits(field.bits);
            let known = field.late.then(|| {
                known -= 1;
                known
            });
            Placed { field, low, known }
        });
        let registers = registers.collect();
        let memories = layout.memories.iter().map(|memory| {
            low -= memory_bits(memory);
            let (turn, written) = (low, low + digits(memory.bits));
            PlacedMemory { memory, address: written + digits(memory.bits), written, turn }
        });
        let memories = memories.collect();
        Self { bits, registers, memories }
    }

    fn compare_registers(&self) -> String {
        let mut text =
            String::from("    task check_registers;\n        begin\n            good = 1'b1;\n");
        for Placed { field: Field { path, bits, .. }, low, known } in &self.registers {
            let expected = slice(*low, *bits);
            let when = known.map_or_else(String::new, |at| format!("line[{at}] && "));
            let _ = writeln!(
                text,
                "            if ({when}dut.{path} !== {expected}) differ(\"{path}\", -1, dut.{path}, {expected});"
            );
        }
        text.push_str("        end\n    endtask\n\n");
        text
    }

    /// Of a memory, the word that was written last and the one whose turn it is.
    fn compare_memories(&self) -> String {
        let mut text =
            String::from("    task check_memories;\n        integer turn;\n        begin\n");
        for PlacedMemory { memory: Memory { path, words, bits }, address, written, turn } in
            &self.memories
        {
            let at = slice(*address, address_bits(*words) as usize);
            for (index, low) in [(at.as_str(), written), ("turn", turn)] {
                if index == "turn" {
                    let _ = writeln!(text, "            turn = cycle % {words};");
                }
                let word = slice(*low, *bits);
                let _ = writeln!(
                    text,
                    "            if (dut.{path}[{index}] !== {word}) differ(\"{path}\", {index}, dut.{path}[{index}], {word});"
                );
            }
        }
        text.push_str("        end\n    endtask\n");
        text
    }
}

fn slice(low: usize, bits: usize) -> String {
    match bits {
        1 => format!("line[{low}]"),
        _ => format!("line[{}:{low}]", low + bits - 1),
    }
}

/// Bits of a register in whole hexadecimal digits.
const fn digits(bits: usize) -> usize {
    bits.next_multiple_of(4)
}

fn parameters(spec: &Spec, memory: WeightsMemory, retuned: &Retuned) -> String {
    let layers = spec.layers.iter().zip(&retuned.thresholds).enumerate();
    let each = layers.map(|(number, (layer, threshold))| {
        let weights = format!("        .WEIGHTS_{number}(\"retuned_weights_{number}.hex\")");
        match memory {
            WeightsMemory::Rom => format!(
                "        .THRESHOLD_{number}({}'sd{threshold}),\n{weights}",
                layer.potential_bits
            ),
            WeightsMemory::Ram => weights,
        }
    });
    each.collect::<Vec<_>>().join(",\n")
}

/// Ports and what is connected to them. What can be loaded is left as it was exported, but for the thresholds of the second run.
fn connections(spec: &Spec, memory: WeightsMemory, retuned: &Retuned) -> String {
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
    // These come first, because a comma follows no directive.
    let mut text = String::new();
    for load in top_inputs(spec, memory) {
        let again = load.threshold_of.map_or(load.rest, |at| retuned.thresholds[at].unsigned_abs());
        let port = |value| format!("        .{}({}),\n", load.signal.name, load.literal(value));
        text.push_str(&if again == load.rest {
            port(again)
        } else {
            format!("`ifdef RETUNED\n{}`else\n{}`endif\n", port(again), port(load.rest))
        });
    }
    let same = ports.map(|port| format!("        .{port}({port})"));
    text + &same.join(",\n")
}
