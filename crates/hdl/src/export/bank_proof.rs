//! Proof that the bare layer of a parallel core is the independent description of it, in two parts that together are the whole: each
//! of its neurons is the reference's, and what is around the neurons gives every one of them what the reference would give it.
//!
//! A proof of all neurons at once takes minutes for 64 of them and has no end for 128, although it says no more: a neuron sees
//! nothing of the others.

use std::fmt::Write as _;

use memspike_lif_core::{LayerSpec, address_bits};

use super::proof::{cuts_product, macros};
use crate::arch::{Given, WeightsMemory};
use crate::verilog::Signal;

/// The proof of a bare layer.
pub fn proof(name: &str, number: usize, given: &Given) -> String {
    machines(name, number, given) + &neuron_proof(name, number, given) + &wiring_proof(name, number)
}

/// Both layers, with their hierarchy down to the neuron. Where constants are loaded, both sides have the core's step module, which
/// is proved to be the reference's.
fn machines(name: &str, number: usize, given: &Given) -> String {
    let (step, reference) = match given.memory {
        WeightsMemory::Rom => (String::new(), "reference.v "),
        WeightsMemory::Ram => (
            format!(
                "read_verilog {name}.v\nhierarchy -top {name}_step_{number}\nproc; rename -top ours_step\n"
            ),
            "",
        ),
    };
    format!(
        "
design -reset
read_verilog {name}.v
hierarchy -top {name}_bank_{number}
proc; flatten *{name}_neuron_{number}*
design -stash ours
{step}read_verilog {macros} {reference}reference_bank_{number}.v
hierarchy -top reference_bank
proc; flatten reference_neuron
design -stash reference
",
        macros = macros(given),
    )
}

/// Any neuron of the layer. They are instances of one module, otherwise there is no single one to copy; its registers are made
/// outputs, so that induction has a state to compare.
fn neuron_proof(name: &str, number: usize, given: &Given) -> String {
    let mut state = String::from("expose w:v");
    if given.layer.refractory_ticks > 0 {
        state.push_str(" w:refractory");
    }
    if cuts_product(given) {
        state.push_str("\nexpose -input w:step.product");
    }
    format!(
        "design -copy-from ours -as gold *{name}_neuron_{number}*
design -copy-from reference -as gate reference_neuron
{state}
opt_clean
{MITER}"
    )
}

/// What is around the neurons, whose ports become those of the layer. Its weights are cut off: whatever the memory gives, both sides
/// do the same with it.
fn wiring_proof(name: &str, number: usize) -> String {
    format!(
        "
design -load ours
cd {name}_bank_{number}
expose -input w:weights
expose -evert c:neuron_*
cd ..
rename {name}_bank_{number} gold
design -stash ours
design -load reference
cd reference_bank
expose -evert c:neuron_*
cd ..
rename reference_bank gate
design -stash reference
design -copy-from ours -as gold gold
design -copy-from reference -as gate gate
opt_clean
{MITER}"
    )
}

/// Both modules side by side, equal at all times.
const MITER: &str = "miter -equiv -flatten -make_assert gold gate miter
hierarchy -top miter
opt
sat -verify -tempinduct -prove-asserts -show-inputs -show-outputs miter
";

/// The other side of the proof: a neuron of reference.v with its registers, and a layer of them.
pub fn reference(given: &Given) -> String {
    neuron(given) + &layer(given)
}

/// What a neuron is told at run time.
fn constants(given: &Given) -> Vec<Signal> {
    match given.memory {
        WeightsMemory::Rom => Vec::new(),
        WeightsMemory::Ram => std::iter::once(given.threshold()).chain(given.leak()).collect(),
    }
}

/// Connections of what a module and its parts are both told.
fn passed(signals: &[Signal]) -> String {
    signals.iter().map(|Signal { name, .. }| format!(", .{name}({name})")).collect()
}

/// Ports of what a module is told.
fn ports(signals: &[Signal]) -> String {
    signals.iter().fold(String::new(), |text, Signal { name, kind }| {
        text + &format!("\n    input wire [{}:0] {name},", kind.bits - 1)
    })
}

fn neuron(given: &Given) -> String {
    let LayerSpec { potential_bits, weight_bits, .. } = given.layer;
    let constants = constants(given);
    let step = match given.memory {
        WeightsMemory::Rom => "reference_step",
        WeightsMemory::Ram => "ours_step",
    };
    let mut registers = vec![("v", "signed ", *potential_bits)];
    if given.layer.refractory_ticks > 0 {
        registers.push(("refractory", "", given.layer.refractory_bits()));
    }
    let (mut nets, mut pins, mut clear, mut work) = <(String, String, String, String)>::default();
    for (register, sign, bits) in registers {
        let range = format!("{sign}[{}:0]", bits - 1);
        let _ =
            write!(nets, "    reg {range} {register} = 0;\n    wire {range} next_{register};\n");
        let _ = write!(pins, ", .{register}({register}), .next_{register}(next_{register})");
        let _ = write!(clear, " {register} <= 0;");
        let _ = write!(work, " {register} <= next_{register};");
    }
    format!(
        "// A neuron of reference.v with its registers.
module reference_neuron ({}
    input wire clk, input wire clear, input wire integrate, input wire tick,
    input wire signed [{}:0] weight, output wire fired
);
{nets}    {step} step (.tick(tick), .weight(weight), .fired(fired){pins}{});
    always @(posedge clk)
        if (clear) begin{clear} end
        else if (tick || integrate) begin{work} end
endmodule
",
        ports(&constants),
        weight_bits - 1,
        passed(&constants),
    )
}

fn layer(given: &Given) -> String {
    let LayerSpec { inputs, neurons, weight_bits, .. } = given.layer;
    let constants = constants(given);
    let mut told = constants.clone();
    told.extend(given.load().into_iter().flatten());
    let pins = passed(&constants);
    let neuron = |j: usize| {
        let low = j as u32 * weight_bits;
        let high = low + weight_bits - 1;
        format!(
            "    reference_neuron neuron_{j} (
        .clk(clk), .clear(rst || started), .integrate(integrating), .tick(ticked), .weight(weights[{high}:{low}]), .fired(fired[{j}]){pins}
    );
"
        )
    };
    format!(
        "
// A bare layer of {neurons} of them.
module reference_bank ({}
    input wire clk, input wire rst, input wire start, input wire tick, input wire event_valid,
    input wire [{}:0] address, input wire [{}:0] weights,
    output reg started, output reg ticked, output wire [{}:0] fired
);
    reg integrating;
    initial begin started = 0; ticked = 0; integrating = 0; end
    always @(posedge clk) begin
        started <= !rst && start;
        ticked <= !rst && tick;
        integrating <= !rst && event_valid && (address <= {});
    end
{}endmodule
",
        ports(&told),
        address_bits(*inputs) - 1,
        *neurons as u32 * weight_bits - 1,
        neurons - 1,
        inputs - 1,
        (0..*neurons).map(neuron).collect::<String>(),
    )
}
