//! yosys proves that the cores of both generators and the reference by hand are the same machine.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use memspike_hdl::{Export, export, layout};
use memspike_lif_core::{
    Core, LayerSpec, Leak, Reset, Saturation, Spec, VERSION, Weights, address_bits,
};
use memspike_twin::{TwinError, bank};
use tempfile::TempDir;

fn layer(inputs: usize, neurons: usize, weight_bits: u32, potential_bits: u32) -> LayerSpec {
    LayerSpec {
        inputs,
        neurons,
        weight_bits,
        potential_bits,
        threshold: 25,
        leak: Leak::Shift { shift: 3 },
        reset: Reset::Subtract,
        saturation: Saturation::Signed,
        refractory_ticks: 0,
    }
}

fn core(layer: LayerSpec) -> Core {
    core_of(vec![layer])
}

fn core_of(layers: Vec<LayerSpec>) -> Core {
    let weights = layers.iter().map(|layer| {
        let span = 1 << layer.weight_bits;
        let count = layer.inputs * layer.neurons;
        let rows = (0..count).map(|at| (at as i32 * 37 + 11) % span - span / 2).collect();
        Weights::new(layer.neurons, rows)
    });
    let weights = weights.collect();
    let spec = Spec { version: VERSION, layers, count_bits: 4, time_step_ns: 1 };
    Core::new(spec, weights).expect("a core")
}

/// A proof that three machines are one: the generated one, that of the second generator, and the reference by hand.
struct Proof {
    /// Yosys makes each machine a module with the same ports.
    machines: [(&'static str, String); 3],
    /// Inputs of all of them, with their ranges.
    inputs: Vec<(&'static str, String)>,
    /// Outputs, and their widths.
    outputs: Vec<(String, u32)>,
    /// Connections and Verilog that only the reference needs.
    reference: (&'static str, String),
}

impl Proof {
    /// Bare layers: every neuron's potential, and weights from three memories.
    fn of_layers(layer: &LayerSpec, number: usize, macros: &str) -> Self {
        let LayerSpec { inputs, neurons, weight_bits, potential_bits, .. } = *layer;
        let each = |line: &dyn Fn(usize) -> String| -> String { (0..neurons).map(line).collect() };
        let potentials = |module: &str| {
            format!(
                "hierarchy -top {module}\nproc; flatten; opt_clean\n{}cd {module}\n{}cd ..\n",
                each(&|j| format!("expose w:neuron_{j}.v\n")),
                each(&|j| format!("rename neuron_{j}.v potential_{j}\n")),
            )
        };
        let ours = format!("read_verilog lif.v\n{}", potentials(&format!("lif_bank_{number}")));
        let twin = "read_verilog twin.v\nhierarchy -top twin_bank\n".into();
        let reference = format!(
            "read_verilog {macros} reference.v reference_bank_{number}.v\n{}",
            potentials("reference_bank")
        );
        let rows = format!(
            "reg [{}:0] rows [0:{}], weights;
             initial $readmemh(\"lif_weights_{number}.hex\", rows);
             always @(posedge clk) weights <= rows[address];",
            neurons * weight_bits as usize - 1,
            inputs - 1,
        );
        let mut ports = ["clk", "rst", "start", "tick", "event_valid"]
            .map(|port| (port, String::new()))
            .to_vec();
        ports.push(("address", format!("[{}:0]", address_bits(inputs) - 1)));
        let mut outputs =
            vec![("started".into(), 1), ("ticked".into(), 1), ("fired".into(), neurons as u32)];
        outputs.extend((0..neurons).map(|j| (format!("potential_{j}"), potential_bits)));
        Self {
            machines: [("ours", ours), ("twin", twin), ("reference", reference)],
            inputs: ports,
            outputs,
            reference: (", .weights(weights)", rows),
        }
    }

    /// Single neurons with their registers.
    fn of_neurons(layer: &LayerSpec, number: usize, macros: &str) -> Self {
        let potential = |module: &str| {
            format!(
                "hierarchy -top {module}\nproc; flatten; opt_clean\n\
                 expose w:v\ncd {module}\nrename v potential\ncd ..\n"
            )
        };
        let ours = format!("read_verilog lif.v\n{}", potential(&format!("lif_neuron_{number}")));
        let twin = "read_verilog twin.v\nhierarchy -top top$neurons$0\nproc; flatten\n\
                    cd top$neurons$0\nrename clock clk\ncd ..\n";
        let reference = format!(
            "read_verilog {macros} reference.v reference_bank_{number}.v\n{}",
            potential("reference_neuron")
        );
        let mut inputs =
            ["clk", "clear", "integrate", "tick"].map(|port| (port, String::new())).to_vec();
        inputs.push(("weight", format!("[{}:0]", layer.weight_bits - 1)));
        Self {
            machines: [("ours", ours), ("twin", twin.into()), ("reference", reference)],
            inputs,
            outputs: vec![("fired".into(), 1), ("potential".into(), layer.potential_bits)],
            reference: ("", String::new()),
        }
    }

    /// The module that holds all three and asserts that they are one.
    fn verilog(&self) -> String {
        let ports: Vec<String> =
            self.inputs.iter().map(|(port, range)| format!("input wire {range} {port}")).collect();
        let width: u32 = self.outputs.iter().map(|(_, bits)| bits).sum();
        let mut text = format!("module all ({});\n{}\n", ports.join(", "), self.reference.1);
        for (name, _) in &self.machines {
            let mut connections: Vec<String> =
                self.inputs.iter().map(|(port, _)| format!(".{port}({port})")).collect();
            let mut low = 0;
            for (port, bits) in &self.outputs {
                connections.push(format!(".{port}({name}_gives[{}:{low}])", low + bits - 1));
                low += bits;
            }
            let more = if *name == "reference" { self.reference.0 } else { "" };
            let _ = writeln!(text, "wire [{}:0] {name}_gives;", width - 1);
            let _ = writeln!(text, "{name} {name} ({}{more});", connections.join(", "));
        }
        text.push_str("always @* assert(ours_gives == twin_gives && ours_gives == reference_gives);\nendmodule\n");
        text
    }

    fn script(&self) -> String {
        let mut script = String::new();
        for (name, own) in &self.machines {
            let _ = write!(
                script,
                "design -reset\n{own}proc; flatten; memory; opt_clean\nrename -top {name}\ndesign -stash {name}\n"
            );
        }
        for (name, _) in &self.machines {
            let _ = writeln!(script, "design -copy-from {name} -as {name} {name}");
        }
        script.push_str(
            "read_verilog -formal all.v\nhierarchy -top all\nproc; flatten; memory; opt\n\
             sat -verify -tempinduct -prove-asserts\n",
        );
        script
    }
}

/// Whether the proof goes through after an edit of one file.
fn one_machine(
    (core, number): (&Core, usize),
    proof: fn(&LayerSpec, usize, &str) -> Proof,
    edit: impl Fn(&str, String) -> String,
) -> bool {
    let folder = TempDir::new().expect("a folder");
    let place = |name: &str| folder.path().join(name);
    let write = |name: &str, text: String| {
        fs::write(place(name), edit(name, text)).expect("a file");
    };
    let layout = layout("parallel", 1).expect("an architecture");
    export(core, &*layout, &Export::new("lif"), |name| fs::File::create(place(name)))
        .expect("an export");
    let prove = fs::read_to_string(place("prove.ys")).expect("proofs");
    // Every layer has macros of its own.
    let macros = prove.lines().filter(|line| line.starts_with("read_verilog -D")).map(|line| {
        let words = line.split(' ').filter(|word| word.starts_with("-D"));
        words.collect::<Vec<_>>().join(" ")
    });
    let mut macros: Vec<String> = macros.collect();
    macros.dedup();
    let proof = proof(&core.spec().layers[number], number, &macros[number]);
    for name in ["lif.v", "reference.v", &format!("reference_bank_{number}.v")] {
        let exported = fs::read_to_string(place(name)).expect("a file of the core");
        write(name, exported);
    }
    write("twin.v", bank(core, number).expect("a second core"));
    write("all.v", proof.verilog());
    write("equal.ys", proof.script());
    let output = Command::new("yosys")
        .arg("equal.ys")
        .current_dir(folder.path())
        .output()
        .expect("yosys is installed");
    let log = String::from_utf8_lossy(&output.stdout);
    let proved = log.contains("Induction step proven: SUCCESS!");
    // Without a limit on its length, induction fails on a counterexample only.
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(proved || errors.contains("proof did fail"), "no verdict: {log}\n{errors}");
    proved
}

fn untouched(_name: &str, text: String) -> String {
    text
}

/// Replaces a text in a file.
fn replaced(
    file: &'static str,
    from: &'static str,
    to: &'static str,
) -> impl Fn(&str, String) -> String {
    move |name, text| {
        if name != file {
            return text;
        }
        assert!(text.contains(from), "{file} has no '{from}'");
        text.replace(from, to)
    }
}

#[test]
fn generated_layer_twin_and_reference_are_one_machine() {
    for layer in [layer(16, 4, 5, 9), layer(11, 3, 4, 8), layer(20, 6, 8, 20)] {
        assert!(one_machine((&core(layer.clone()), 0), Proof::of_layers, untouched), "{layer:?}");
    }
}

#[test]
fn generated_neuron_twin_and_reference_are_one_machine() {
    for layer in [layer(16, 4, 5, 9), layer(11, 3, 4, 8), layer(20, 6, 8, 20)] {
        assert!(one_machine((&core(layer.clone()), 0), Proof::of_neurons, untouched), "{layer:?}");
    }
}

#[test]
fn both_layers_of_a_core_are_one_machine_with_their_twins() {
    // Potentials of 8 bits stop at their ends: four weights of 6 bits sum up to more.
    let layers = vec![layer(16, 4, 5, 9), layer(4, 3, 6, 8)];
    let core = core_of(layers);
    for number in [0, 1] {
        assert!(one_machine((&core, number), Proof::of_layers, untouched), "layer {number}");
        assert!(one_machine((&core, number), Proof::of_neurons, untouched), "neurons of {number}");
    }
    for (file, from, to) in [
        ("lif.v", "THRESHOLD = 8'sd25", "THRESHOLD = 8'sd26"),
        ("twin.v", "threshold = 32'h19", "threshold = 32'h1a"),
        ("reference_bank_1.v", ".clear(rst || started)", ".clear(started)"),
    ] {
        assert!(
            !one_machine((&core, 1), Proof::of_layers, replaced(file, from, to)),
            "{file}: {to}"
        );
    }
    let absent = TwinError::Layer { number: 2, layers: 2 };
    assert_eq!(bank(&core, 2), Err(absent));
}

#[test]
fn a_changed_constant_or_weight_in_any_of_the_three_is_refuted() {
    let core = core(layer(16, 4, 5, 9));
    let changes = [
        ("lif.v", "THRESHOLD = 9'sd25", "THRESHOLD = 9'sd26"),
        ("lif.v", "rows[address]", "rows[address ^ 4'd1]"),
        ("twin.v", "threshold = 32'h19", "threshold = 32'h1a"),
        ("twin.v", "mem[4'h3] = 5'b", "mem[4'h3] = 5'h1 ^ 5'b"),
        ("reference.v", "v < `THRESHOLD", "v <= `THRESHOLD"),
        ("reference_bank_0.v", ".clear(rst || started)", ".clear(started)"),
    ];
    for (file, from, to) in changes {
        assert!(
            !one_machine((&core, 0), Proof::of_layers, replaced(file, from, to)),
            "{file}: {to}"
        );
    }
    for (file, from, to) in [changes[2], changes[4], ("lif.v", "v >>> 3", "v >>> 4")] {
        assert!(
            !one_machine((&core, 0), Proof::of_neurons, replaced(file, from, to)),
            "{file}: {to}"
        );
    }
}

#[test]
fn what_the_second_generator_does_not_know_is_refused() {
    let other = LayerSpec { reset: Reset::Zero, ..layer(16, 4, 5, 9) };
    assert_eq!(bank(&core(other), 0), Err(TwinError::Neuron));
    assert!(matches!(bank(&core(layer(16, 4, 5, 10)), 0), Err(TwinError::Size { .. })));
}
