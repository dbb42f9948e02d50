//! Proofs that a core is the same machine as a description written independently.

use std::fmt::Write as _;
use std::io::{self, Write};

use memspike_lif_core::{Architecture, Core, LayerSpec, Leak, Reset, Saturation};

use super::control::{self, counter_proof, layer_proof, shell_proof};
use super::folder::Folder;
use crate::arch::Layout;

/// Writes the proofs and the descriptions that they compare with.
pub fn write<W: Write, C: FnMut(&str) -> io::Result<W>>(
    core: &Core,
    layout: &dyn Layout,
    name: &str,
    folder: &mut Folder<C>,
) -> io::Result<()> {
    folder.text("reference.v", REFERENCE)?;
    folder.text("reference_counter.v", control::COUNTER)?;
    folder.text("prove.ys", &script(core, layout, name))?;
    let lanes = lanes(layout);
    if lanes.is_some() {
        folder.text("reference_layer.v", control::LAYER)?;
    } else {
        folder.text("reference_shell.v", control::SHELL)?;
        for (number, layer) in core.spec().layers.iter().enumerate() {
            folder.text(&format!("reference_bank_{number}.v"), &reference_bank(layer))?;
        }
    }
    for (name, text) in control::wrappers(core, lanes, name) {
        folder.text(&name, &text)?;
    }
    Ok(())
}

/// The independent description, by hand and without regard to cost.
const REFERENCE: &str = include_str!("reference.v");

/// A script for yosys: the neuron of each layer; in a parallel core the whole bare layer with all potentials compared, in another one
/// the sweep over its potentials; the counter.
fn script(core: &Core, layout: &dyn Layout, name: &str) -> String {
    let mut script = String::from(
        "# Fails unless every neuron does what reference.v says, and layers and counter what reference_*.v say.\n",
    );
    for (number, layer) in core.spec().layers.iter().enumerate() {
        script.push_str(&step_proof(name, number, layer));
        match lanes(layout) {
            None => {
                script.push_str(&bank_proof(name, number, layer));
                script.push_str(&shell_proof(name, number, layer));
            }
            Some(lanes) => {
                script.push_str(&layer_proof(name, number, layer, lanes, &macros(layer)));
            }
        }
    }
    script.push_str(&counter_proof(name, core.spec()));
    script
}

/// The lanes of a layout that sweeps over its neurons.
fn lanes(layout: &dyn Layout) -> Option<usize> {
    match layout.model() {
        Architecture::Parallel => None,
        Architecture::Folded { lanes } => Some(lanes),
    }
}

fn step_proof(name: &str, number: usize, layer: &LayerSpec) -> String {
    format!(
        "
design -reset
read_verilog {name}.v
hierarchy -top {name}_step_{number}
proc; flatten; opt
rename -top gold
design -stash ours
read_verilog {} reference.v
hierarchy -top reference_step
proc; flatten; opt
rename -top gate
design -stash reference
design -copy-from ours -as gold gold
design -copy-from reference -as gate gate
miter -equiv -flatten -make_assert gold gate miter
hierarchy -top miter
opt
sat -verify -prove-asserts -show-inputs -show-outputs miter
",
        macros(layer)
    )
}

/// The bare layer with its weights cut off: whatever the memory gives, both sides do the same with it. Potentials
/// are made outputs, so that induction has a state to compare.
fn bank_proof(name: &str, number: usize, layer: &LayerSpec) -> String {
    let (mut state, mut renames) = (String::new(), String::new());
    for neuron in 0..layer.neurons {
        let mut registers = vec![("v", "potential")];
        if layer.refractory_ticks > 0 {
            registers.push(("refractory", "refractory"));
        }
        for (register, port) in registers {
            let _ = writeln!(state, "expose w:neuron_{neuron}.{register}");
            let _ = writeln!(renames, "rename neuron_{neuron}.{register} {port}_{neuron}");
        }
    }
    format!(
        "
design -reset
read_verilog {name}.v
hierarchy -top {name}_bank_{number}
proc; flatten; opt_clean
{state}expose -input w:weights
cd {name}_bank_{number}
{renames}cd ..
opt
rename -top gold
design -stash ours
read_verilog {macros} reference.v reference_bank_{number}.v
hierarchy -top reference_bank
proc; flatten; opt
rename -top gate
design -stash reference
design -copy-from ours -as gold gold
design -copy-from reference -as gate gate
miter -equiv -flatten -make_assert gold gate miter
hierarchy -top miter
opt
sat -verify -tempinduct -prove-asserts -show-inputs -show-outputs miter
",
        macros = macros(layer)
    )
}

/// The other side of the proof of a bare layer: neurons of reference.v with registers.
fn reference_bank(layer: &LayerSpec) -> String {
    let LayerSpec { inputs, neurons, potential_bits, weight_bits, .. } = layer;
    let address_bits = memspike_lif_core::address_bits(*inputs);
    let refractory = layer.refractory_ticks > 0;
    let each = |line: &dyn Fn(usize) -> String| -> String { (0..*neurons).map(line).collect() };
    let top = potential_bits - 1;
    let rest = layer.refractory_bits().saturating_sub(1);
    let outputs = each(&|j| {
        let mut port = format!(",\n    output reg signed [{top}:0] potential_{j}");
        if refractory {
            let _ = write!(port, ",\n    output reg [{rest}:0] refractory_{j}");
        }
        port
    });
    let steps = each(&|j| {
        let low = j as u32 * weight_bits;
        let high = low + weight_bits - 1;
        let (nets, ports, clear, set) = if refractory {
            (
                format!("    wire [{rest}:0] left_{j};\n"),
                format!(", .refractory(refractory_{j}), .next_refractory(left_{j})"),
                format!(" refractory_{j} = 0;"),
                format!(" refractory_{j} <= left_{j};"),
            )
        } else {
            Default::default()
        };
        let cleared = clear.replace(" = ", " <= ");
        format!(
            "{nets}    wire signed [{top}:0] next_{j};
    reference_step step_{j} (
        .tick(ticked), .weight(weights[{high}:{low}]), .v(potential_{j}), .fired(fired[{j}]), .next_v(next_{j}){ports}
    );
    initial begin potential_{j} = 0;{clear} end
    always @(posedge clk)
        if (rst || started) begin potential_{j} <= 0;{cleared} end
        else if (ticked || integrating) begin potential_{j} <= next_{j};{set} end
"
        )
    });
    format!(
        "// A bare layer of {neurons} neurons of reference.v, each with its registers.
module reference_bank (
    input wire clk, input wire rst, input wire start, input wire tick, input wire event_valid,
    input wire [{}:0] address, input wire [{}:0] weights,
    output reg started, output reg ticked, output wire [{}:0] fired{outputs}
);
    reg integrating;
    initial begin started = 0; ticked = 0; integrating = 0; end
    always @(posedge clk) begin
        started <= !rst && start;
        ticked <= !rst && tick;
        integrating <= !rst && event_valid && (address <= {});
    end
{steps}endmodule
",
        address_bits - 1,
        *neurons as u32 * weight_bits - 1,
        neurons - 1,
        inputs - 1,
    )
}

/// A layer as macros of the reference.
fn macros(layer: &LayerSpec) -> String {
    let (leak, lost, shift) = match layer.leak {
        Leak::None => ("LEAK_NONE", 0, 0),
        Leak::Shift { shift } => ("LEAK_SHIFT", 0, shift),
        Leak::Multiply { factor, shift } => ("LEAK_MULTIPLY", (1 << shift) - factor, shift),
    };
    let (reset, value) = match layer.reset {
        Reset::Subtract => ("RESET_SUBTRACT", 0),
        Reset::Zero => ("RESET_VALUE", 0),
        Reset::Hold { value } => ("RESET_VALUE", value),
    };
    let mut macros = format!(
        "-D{leak} -D{reset} -DW={} -DP={} -DN={} -DTHRESHOLD={} -DLOST={lost} -DSHIFT={shift} -DVALUE={value} -DLOWEST={} -DHIGHEST={}",
        layer.weight_bits,
        layer.potential_bits,
        layer.neurons,
        layer.threshold,
        layer.lowest(),
        layer.highest(),
    );
    if layer.saturation == Saturation::NonNegative {
        macros.push_str(" -DNON_NEGATIVE");
    }
    if layer.refractory_ticks > 0 {
        let _ = write!(
            macros,
            " -DREFRACTORY -DR={} -DTICKS={}",
            layer.refractory_bits(),
            layer.refractory_ticks
        );
    }
    macros
}
