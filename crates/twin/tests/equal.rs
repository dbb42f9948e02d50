//! yosys proves that the cores of both generators are the same machine.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use memspike_hdl::{design, layout};
use memspike_lif_core::{Core, LayerSpec, Leak, Reset, Saturation, Spec, VERSION, Weights};
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
    let span = 1 << layer.weight_bits;
    let count = layer.inputs * layer.neurons;
    let rows = (0..count).map(|at| (at as i32 * 37 + 11) % span - span / 2).collect();
    let weights = Weights::new(layer.neurons, rows);
    let spec = Spec { version: VERSION, layers: vec![layer], count_bits: 4, time_step_ns: 1 };
    Core::new(spec, vec![weights]).expect("a core")
}

/// Potentials of both are outputs, so that induction has a state to compare; weights come from both memories.
fn script(neurons: usize) -> String {
    let (mut expose, mut rename) = (String::new(), String::new());
    for neuron in 0..neurons {
        let _ = writeln!(expose, "expose w:neuron_{neuron}.v");
        let _ = writeln!(rename, "rename neuron_{neuron}.v potential_{neuron}");
    }
    format!(
        "read_verilog lif.v
hierarchy -top lif_bank_0
proc; flatten; memory; opt_clean
{expose}cd lif_bank_0
{rename}cd ..
opt
rename -top gold
design -stash first
read_verilog twin.v
hierarchy -top twin_bank
proc; flatten; memory; opt
rename -top gate
design -stash second
design -copy-from first -as gold gold
design -copy-from second -as gate gate
miter -equiv -flatten -make_assert gold gate miter
hierarchy -top miter
opt
sat -verify -tempinduct -prove-asserts miter
"
    )
}

/// Whether the proof goes through after an edit of the second core.
fn equal(core: &Core, edit: impl Fn(String) -> String) -> bool {
    let folder = TempDir::new().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    let layout = layout("parallel", 1).expect("an architecture");
    let first = design(core, &*layout, "lif", &[]).expect("a design");
    write("lif.v", &first.verilog());
    for memory in &first.memories {
        write(&memory.name, &memory.text);
    }
    write("twin.v", &edit(bank(core).expect("a second core")));
    write("equal.ys", &script(core.spec().first().neurons));
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

#[test]
fn both_generators_make_the_same_machine() {
    for layer in [layer(16, 4, 5, 9), layer(11, 3, 4, 8), layer(20, 6, 8, 20)] {
        assert!(equal(&core(layer.clone()), |text| text), "{layer:?}");
    }
}

#[test]
fn a_changed_constant_or_weight_in_one_of_them_is_refuted() {
    let core = core(layer(16, 4, 5, 9));
    let replaced = |from: &'static str, to: &'static str| {
        move |text: String| {
            assert!(text.contains(from), "the second core has no '{from}'");
            text.replacen(from, to, 1)
        }
    };
    assert!(!equal(&core, replaced("threshold = 32'h19", "threshold = 32'h1a")));
    assert!(!equal(&core, replaced("mem[4'h3] = 5'b", "mem[4'h3] = 5'h1 ^ 5'b")));
}

#[test]
fn what_the_second_generator_does_not_know_is_refused() {
    let other = LayerSpec { reset: Reset::Zero, ..layer(16, 4, 5, 9) };
    assert_eq!(bank(&core(other)), Err(TwinError::Neuron));
    assert!(matches!(bank(&core(layer(16, 4, 5, 10))), Err(TwinError::Size { .. })));
}
