//! Proofs that a core is the same machine as a description written independently.

use std::fmt::Write as _;
use std::io;

use memspike_lif_core::{Architecture, Core, LayerSpec, Leak, Reset, Saturation};

use super::axi_proof;
use super::control::{self, counter_proof, layer_proof, reading_left, shell_proof};
use super::folder::Folder;
use super::load;
use crate::arch::{Given, Layout, WeightsMemory};

/// Writes the proofs and the descriptions that they compare with.
pub fn write(
    core: &Core,
    layout: &dyn Layout,
    name: &str,
    folder: &mut Folder<'_>,
) -> io::Result<()> {
    folder.text("reference.v", REFERENCE)?;
    folder.text("reference_counter.v", control::COUNTER)?;
    folder.text("reference_axi.v", axi_proof::REFERENCE)?;
    folder.text("check_axi.v", &axi_proof::wrapper(core.spec()))?;
    folder.text("prove.ys", &script(core, layout, name))?;
    let (lanes, memory) = (lanes(layout), layout.weights_memory());
    if lanes.is_some() {
        folder.text("reference_layer.v", control::LAYER)?;
    } else {
        folder.text("reference_shell.v", control::SHELL)?;
        for (number, layer) in core.spec().layers.iter().enumerate() {
            let text = reference_bank(&Given { layer, memory });
            folder.text(&format!("reference_bank_{number}.v"), &text)?;
        }
    }
    if memory == WeightsMemory::Ram {
        folder.text("reference_load.v", load::REFERENCE)?;
    }
    let loads =
        core.spec().layers.iter().enumerate().filter_map(|(number, layer)| {
            load::wrapper(name, number, &Given { layer, memory }, lanes)
        });
    for (name, text) in control::wrappers(core, lanes, memory, name).into_iter().chain(loads) {
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
        let given = Given { layer, memory: layout.weights_memory() };
        script.push_str(&step_proof(name, number, &given));
        match lanes(layout) {
            None => {
                script.push_str(&bank_proof(name, number, &given));
                script.push_str(&shell_proof(name, number, &given));
                script.push_str(&reading_left(number));
            }
            Some(lanes) => {
                script.push_str(&layer_proof(name, number, &given, lanes, &macros(&given)));
            }
        }
        script.push_str(&load::proof(name, number, &given, lanes(layout)));
    }
    script.push_str(&counter_proof(name, core.spec()));
    script.push_str(&axi_proof::proof(name, core.spec()));
    script
}

/// The lanes of a layout that sweeps over its neurons.
fn lanes(layout: &dyn Layout) -> Option<usize> {
    match layout.model() {
        Architecture::Parallel => None,
        Architecture::Folded { lanes } => Some(lanes),
    }
}

/// Where a factor is loaded, its multiplication is cut out: proofs are about what becomes of the product.
fn cut(given: &Given) -> &'static str {
    match (given.memory, given.layer.leak) {
        (WeightsMemory::Ram, Leak::Multiply { .. }) => "opt_clean; expose -input w:product; ",
        _ => "",
    }
}

fn step_proof(name: &str, number: usize, given: &Given) -> String {
    let cut = cut(given);
    let (formal, assumes) = if cut.is_empty() { ("", "") } else { ("-formal ", " -set-assumes") };
    format!(
        "
design -reset
read_verilog {name}.v
hierarchy -top {name}_step_{number}
proc; flatten; {cut}opt
rename -top gold
design -stash ours
read_verilog {formal}{} reference.v
hierarchy -top reference_step
proc; flatten; opt
rename -top gate
design -stash reference
design -copy-from ours -as gold gold
design -copy-from reference -as gate gate
miter -equiv -flatten -make_assert gold gate miter
hierarchy -top miter
opt
sat -verify -prove-asserts{assumes} -show-inputs -show-outputs miter
",
        macros(given)
    )
}

/// The bare layer with its weights cut off: whatever the memory gives, both sides do the same with it. Potentials
/// are made outputs, so that induction has a state to compare. Where constants are loaded, both sides have the core's step module,
/// which is proved to be the reference's.
fn bank_proof(name: &str, number: usize, given: &Given) -> String {
    let layer = given.layer;
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
        if !cut(given).is_empty() {
            let _ = writeln!(state, "expose -input w:neuron_{neuron}.step.product");
            let _ = writeln!(renames, "rename neuron_{neuron}.step.product product_{neuron}");
        }
    }
    let (step, reference) = match given.memory {
        WeightsMemory::Rom => (String::new(), "reference.v "),
        WeightsMemory::Ram => (
            format!(
                "read_verilog {name}.v\nhierarchy -top {name}_step_{number}\nproc; {}rename -top ours_step\n",
                cut(given)
            ),
            "",
        ),
    };
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
{step}read_verilog {macros} {reference}reference_bank_{number}.v
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
        macros = macros(given),
    )
}

/// The other side of the proof of a bare layer: neurons of reference.v with registers.
fn reference_bank(given: &Given) -> String {
    let layer = given.layer;
    let LayerSpec { inputs, neurons, potential_bits, weight_bits, .. } = layer;
    let address_bits = memspike_lif_core::address_bits(*inputs);
    let refractory = layer.refractory_ticks > 0;
    let each = |line: &dyn Fn(usize) -> String| -> String { (0..*neurons).map(line).collect() };
    let top = potential_bits - 1;
    let rest = layer.refractory_bits().saturating_sub(1);
    let product = match layer.leak {
        Leak::Multiply { shift, .. } if given.memory == WeightsMemory::Ram => {
            Some(potential_bits + shift)
        }
        _ => None,
    };
    let outputs = each(&|j| {
        let mut port = format!(",\n    output reg signed [{top}:0] potential_{j}");
        if refractory {
            let _ = write!(port, ",\n    output reg [{rest}:0] refractory_{j}");
        }
        if let Some(product) = product {
            let _ = write!(port, ",\n    input wire [{}:0] product_{j}", product - 1);
        }
        port
    });
    let (mut given_ports, mut given_pins) = (String::new(), String::new());
    if given.memory == WeightsMemory::Ram {
        for signal in std::iter::once(given.threshold()).chain(given.leak()) {
            let _ = write!(given_pins, ", .{0}({0})", signal.name);
        }
        let all = std::iter::once(given.threshold()).chain(given.leak());
        for signal in all.chain(given.load().into_iter().flatten()) {
            let top = signal.kind.bits - 1;
            let _ = write!(given_ports, "\n    input wire [{top}:0] {},", signal.name);
        }
    }
    let step = match given.memory {
        WeightsMemory::Rom => "reference_step",
        WeightsMemory::Ram => "ours_step",
    };
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
        let product = product.map_or_else(String::new, |_| format!(", .product(product_{j})"));
        let cleared = clear.replace(" = ", " <= ");
        format!(
            "{nets}    wire signed [{top}:0] next_{j};
    {step} step_{j} (
        .tick(ticked), .weight(weights[{high}:{low}]), .v(potential_{j}), .fired(fired[{j}]), .next_v(next_{j}){ports}{given_pins}{product}
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
module reference_bank ({given_ports}
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
fn macros(given: &Given) -> String {
    let layer = given.layer;
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
    // A loaded threshold is the input of this name.
    let threshold = match given.memory {
        WeightsMemory::Rom => layer.threshold.to_string(),
        WeightsMemory::Ram => given.threshold().name,
    };
    let mut macros = format!(
        "-D{leak} -D{reset} -DW={} -DP={} -DN={} -DTHRESHOLD={} -DLOST={lost} -DSHIFT={shift} -DVALUE={value} -DLOWEST={} -DHIGHEST={}",
        layer.weight_bits,
        layer.potential_bits,
        layer.neurons,
        threshold,
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
    if given.memory == WeightsMemory::Ram {
        let bits = given.leak().map_or(0, |leak| leak.kind.bits);
        let _ = write!(macros, " -DLOADED -DL={bits}");
    }
    macros
}
