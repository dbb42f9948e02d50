//! Proofs of what is around the neurons: the sweep of a layer with its potentials in memory, the handshakes of a layer with all
//! neurons at once, and the counter of spikes.
//!
//! Modules written by hand watch those of the core and assert that both do the same at every clock; induction over one cycle
//! shows that no state breaks an assertion. For that, registers and words of memories become outputs.

use std::fmt::Write as _;

use memspike_lif_core::{Core, LayerSpec, Spec, address_bits};

use crate::arch::{Given, WeightsMemory};

/// What a layer does that sweeps over its neurons.
pub const LAYER: &str = include_str!("reference_layer.v");

/// What the handshakes of a layer do whose neurons work all at once.
pub const SHELL: &str = include_str!("reference_shell.v");

/// What the counter does.
pub const COUNTER: &str = include_str!("reference_counter.v");

/// Words of a memory of weights that is part of the proof, and its bits: 65,536 of them take a minute of CPU time and 1.3 GB.
const MOST_ROWS: usize = 256;
const MOST_WEIGHT_BITS: usize = 65_536;

/// Bits of a memory that a proof can still hold.
pub const MOST_BITS: usize = 8192;

/// Bits of counts that are compared one by one, while their highest is found anew in every cycle: 16 counts of 8 bits take half a minute of
/// CPU time, 32 did not end in minutes.
const MOST_COUNT_BITS: usize = 128;

/// What stands in the script in place of a proof that would take too long; `make prove` says it with its verdict.
pub fn left_to_simulation(what: &str) -> String {
    format!("\n# Not proved, only simulated: {what}\n")
}

/// A port: its name and width.
pub type Port = (String, u32);

fn port(name: &str, bits: u32) -> Port {
    (name.to_owned(), bits)
}

/// A module of the core, and the one that watches it.
#[derive(Default)]
pub struct Watch {
    /// Of the core.
    pub module: String,
    /// The other one, with its parameters.
    pub reference: String,
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
    /// Registers that become outputs.
    pub registers: Vec<Port>,
    /// Registers that become inputs: whatever they hold, the assertions are to stand.
    pub free: Vec<Port>,
    /// A memory: its name, number of words, which may be zero, and their width.
    pub memory: (&'static str, usize, u32),
}

impl Watch {
    /// Both modules side by side.
    pub fn wrapper(&self, name: &str) -> String {
        let range = |bits: u32| format!("[{}:0] ", bits - 1);
        let (memory, words, bits) = self.memory;
        let given: Vec<&Port> = self.inputs.iter().chain(&self.free).collect();
        let seen: Vec<&Port> = self.outputs.iter().chain(&self.registers).collect();
        let inputs =
            given.iter().map(|(port, bits)| format!("    input wire {}{port}", range(*bits)));
        let inputs: Vec<String> = inputs.collect();
        let mut text = format!("module {name} (\n{}\n);\n", inputs.join(",\n"));
        for (port, bits) in &seen {
            let _ = writeln!(text, "    wire {}{port};", range(*bits));
        }
        if words > 0 {
            let _ = writeln!(text, "    wire {}{memory};", range(words as u32 * bits));
        }
        let same: Vec<String> =
            given.iter().chain(&seen).map(|(port, _)| format!(".{port}({port})")).collect();
        let same = same.join(", ");
        let each = (0..words as u32).map(|word| {
            format!(", .{memory}_{word}({memory}[{}:{}])", (word + 1) * bits - 1, word * bits)
        });
        let _ = writeln!(text, "    ours core ({same}{});", each.collect::<String>());
        let all = if words > 0 { format!(", .{memory}({memory})") } else { String::new() };
        let _ = writeln!(text, "    {} ({same}{all});\nendmodule", self.reference);
        text
    }

    /// The module of the core with what is seen as outputs, named `ours`.
    pub fn expose(&self, name: &str) -> String {
        let (memory, words, _) = self.memory;
        let mut text = format!(
            "design -reset\nread_verilog {name}.v\nhierarchy -top {}\nproc; flatten\n",
            self.module
        );
        for (register, _) in &self.registers {
            let _ = writeln!(text, "expose w:{register}");
        }
        for (register, _) in &self.free {
            let _ = writeln!(text, "expose -input w:{register}");
        }
        text.push_str("opt_clean\nmemory_collect; memory_map; opt_clean\n");
        if words > 0 {
            let _ = writeln!(text, "expose w:{memory}[[]*");
        }
        let _ = writeln!(text, "cd {}", self.module);
        for word in 0..words {
            let _ = writeln!(text, "rename {memory}[{word}] {memory}_{word}");
        }
        text.push_str("cd ..\nopt_clean\nrename -top ours\n");
        text
    }
}

const INDUCTION: &str = "sat -verify -tempinduct -prove-asserts -maxsteps 3 -show-all";

/// The channels of a layer or the counter.
fn channels(inputs: u32, outputs: u32) -> (Vec<Port>, Vec<Port>) {
    let bit = |name| port(name, 1);
    let mut given: Vec<Port> = ["clk", "rst", "in_start", "in_tick", "in_valid"].map(bit).into();
    given.push(port("in_address", inputs));
    given.extend(["out_start_ready", "out_tick_ready", "out_ready"].map(bit));
    let mut seen: Vec<Port> =
        ["in_start_ready", "in_tick_ready", "in_ready", "out_start", "out_tick", "out_valid"]
            .map(bit)
            .into();
    seen.push(port("out_address", outputs));
    (given, seen)
}

fn layer_watch(name: &str, number: usize, given: &Given, lanes: usize) -> Watch {
    let layer = given.layer;
    let groups = layer.neurons.div_ceil(lanes);
    let state = lanes as u32 * (layer.potential_bits + layer.refractory_bits());
    let group = address_bits(groups);
    let (mut inputs, outputs) = channels(address_bits(layer.inputs), address_bits(layer.neurons));
    if given.memory == WeightsMemory::Ram {
        let constants = std::iter::once(given.threshold()).chain(given.leak());
        inputs.extend(constants.map(|signal| (signal.name, signal.kind.bits)));
    }
    let bit = |name| port(name, 1);
    let mut registers: Vec<Port> =
        ["clearing", "integrating", "ticking", "announce", "tick_done", "issue", "execute"]
            .map(bit)
            .into();
    registers.extend([
        port("group", group),
        port("execute_group", group),
        port("weight_address", address_bits(layer.inputs * groups)),
        port("state", state),
        port("pending", lanes as u32),
    ]);
    let weights = port("weights", lanes as u32 * layer.weight_bits);
    let mut free = Vec::new();
    let rows = layer.inputs * groups;
    let small = rows <= MOST_ROWS && rows * weights.1 as usize <= MOST_WEIGHT_BITS;
    let reference = if given.memory == WeightsMemory::Rom && small {
        registers.push(weights);
        format!("reference_layer #(.WEIGHTS(\"{name}_weights_{number}.hex\")) reference")
    } else {
        free.push(weights);
        "reference_layer reference".into()
    };
    Watch {
        module: format!("{name}_layer_{number}"),
        reference,
        inputs,
        outputs,
        registers,
        free,
        memory: ("states", groups, state),
    }
}

fn shell_watch(name: &str, number: usize, layer: &LayerSpec) -> Watch {
    let neurons = layer.neurons as u32;
    let (inputs, outputs) = channels(address_bits(layer.inputs), address_bits(layer.neurons));
    let names = ["take_start", "take_tick", "take_event", "started", "ticked", "tick_done"];
    let mut registers: Vec<Port> = names.map(|name| port(name, 1)).into();
    registers.push(port("pending", neurons));
    Watch {
        module: format!("{name}_layer_{number}"),
        reference: "reference_shell reference".into(),
        inputs,
        outputs,
        registers,
        // Without it there are no neurons to prove anything about, nor their memory.
        free: vec![port("fired", neurons)],
        memory: ("", 0, 0),
    }
}

fn counter_watch(name: &str, spec: &Spec) -> Watch {
    let (at, count) = (address_bits(spec.last().neurons), spec.count_bits);
    let (mut inputs, mut outputs) = channels(at, at);
    inputs.push(port("count_address", at));
    outputs.extend([port("count", count), port("winner", at)]);
    let mut registers: Vec<Port> =
        ["clearing", "announce", "update"].map(|name| port(name, 1)).into();
    registers.extend([port("clear_address", at), port("old", count), port("best", count)]);
    Watch {
        module: format!("{name}_counter"),
        reference: "reference_counter reference".into(),
        inputs,
        outputs,
        registers,
        free: Vec::new(),
        memory: ("counts", 1 << at, count),
    }
}

/// The wrappers that the proofs need: names and texts of files.
pub fn wrappers(
    core: &Core,
    lanes: Option<usize>,
    memory: WeightsMemory,
    name: &str,
) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for (number, layer) in core.spec().layers.iter().enumerate() {
        let watch = match lanes {
            Some(lanes) => layer_watch(name, number, &Given { layer, memory }, lanes),
            None => shell_watch(name, number, layer),
        };
        let module = format!("check_layer_{number}");
        files.push((format!("{module}.v"), watch.wrapper(&module)));
    }
    let text = counter_watch(name, core.spec()).wrapper("check_counter");
    files.push(("check_counter.v".into(), text));
    files
}

/// The proof of a layer's sweep. `neuron` are the macros of its neurons.
pub fn layer_proof(name: &str, number: usize, given: &Given, lanes: usize, neuron: &str) -> String {
    let layer = given.layer;
    let watch = layer_watch(name, number, given, lanes);
    let (_, groups, state) = watch.memory;
    if groups * state as usize > MOST_BITS {
        let bits = groups * state as usize;
        return left_to_simulation(&format!(
            "the sweep of layer {number} ({bits} bits of potentials; proved up to {MOST_BITS})"
        ));
    }
    let memory = if watch.free.is_empty() { " -DMEMORY" } else { "" };
    let proof = format!(
        "
design -reset
read_verilog {name}.v
hierarchy -top {name}_step_{number}
proc; flatten; opt
rename -top ours_step
design -stash step
{}design -stash layer
design -copy-from step -as ours_step ours_step
design -copy-from layer -as ours ours
read_verilog -formal -defer {neuron}{memory} -DI={} -DA={} -DK={lanes} -DG={groups} -DE={} -DB={} -DS={} -DD={} reference_layer.v check_layer_{number}.v
hierarchy -top check_layer_{number}
proc; flatten; memory_collect; memory_map; opt
{INDUCTION}
",
        watch.expose(name),
        layer.inputs,
        address_bits(layer.inputs),
        address_bits(groups),
        address_bits(layer.neurons),
        state as usize / lanes,
        address_bits(layer.inputs * groups),
    );
    if watch.free.is_empty() { proof } else { proof + &reading_left(number) }
}

/// Said where a proof takes whatever the memory of weights gives.
pub fn reading_left(number: usize) -> String {
    left_to_simulation(&format!("which weights layer {number} reads"))
}

/// The proof of the handshakes of a layer whose neurons work all at once.
pub fn shell_proof(name: &str, number: usize, layer: &LayerSpec) -> String {
    format!(
        "
{}read_verilog -formal -DA={} -DN={} -DB={} reference_shell.v check_layer_{number}.v
hierarchy -top check_layer_{number}
proc; flatten; opt
{INDUCTION}
",
        shell_watch(name, number, layer).expose(name),
        address_bits(layer.inputs),
        layer.neurons,
        address_bits(layer.neurons),
    )
}

/// The proof of the counter.
pub fn counter_proof(name: &str, spec: &Spec) -> String {
    let watch = counter_watch(name, spec);
    let (_, counts, count) = watch.memory;
    let bits = counts * count as usize;
    if bits > MOST_COUNT_BITS {
        return left_to_simulation(&format!(
            "the counter ({bits} bits of counts; proved up to {MOST_COUNT_BITS})"
        ));
    }
    format!(
        "
{}read_verilog -formal -DA={} -DC={} reference_counter.v check_counter.v
hierarchy -top check_counter
proc; flatten; opt
{INDUCTION}
",
        watch.expose(name),
        address_bits(spec.last().neurons),
        spec.count_bits,
    )
}
