//! The top with AXI: lint, testbench and proofs in every layout and memory, and cocotbext-axi against a model in Python.

mod common;

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use common::{core, edit, passes_all, python_program, run, small};
use memspike_hdl::{Export, WeightsMemory, export, layout_with};
use memspike_lif_core::{Core, LayerSpec, Leak, Reset, Saturation};
use tempfile::TempDir;

/// Clock cycles of the run against the model; this variable sets another number.
const CYCLES: u64 = 50_000;
const CYCLES_VARIABLE: &str = "MEMSPIKE_AXI_CYCLES";

/// Clock cycles of each of the large cores.
const LARGE_CYCLES: u64 = 2000;

/// Clock cycles in which the model notices a fault.
const FAULT_CYCLES: u64 = 8000;

/// Two layers of different kinds, so that there is every kind of register.
fn chained() -> Core {
    let second = LayerSpec {
        leak: Leak::Multiply { factor: 11, shift: 4 },
        reset: Reset::Hold { value: 3 },
        refractory_ticks: 2,
        threshold: 12,
        ..small(5, 3)
    };
    core(vec![small(12, 5), second])
}

fn exported(core: &Core, architecture: &str, lanes: usize, memory: WeightsMemory) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let layout = layout_with(architecture, lanes, memory).expect("an architecture");
    let what = Export { cycles: Some(4000), ..Export::new("lif") };
    let create = |name: &str| File::create(folder.path().join(name));
    export(core, &*layout, &what, create).expect("an export");
    folder
}

/// Runs cocotb on an export with this core; what it prints, and whether it passed.
fn cocotb(folder: &Path, core: &Core, cycles: u64, seed: u64) -> (bool, String) {
    let weights: Vec<Vec<&[i32]>> = core
        .layers()
        .map(|(layer, weights)| (0..layer.inputs).map(|input| weights.row(input)).collect())
        .collect();
    fs::write(folder.join("weights.json"), format!("{weights:?}")).expect("weights");
    let run = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/axi/run.py");
    let output = Command::new(python_program("python"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(run)
        .arg(folder)
        .args([cycles.to_string(), seed.to_string()])
        .output()
        .expect("python runs");
    (output.status.success(), common::text(&output))
}

/// The line with the verdict, for whoever runs it with `--nocapture`.
#[expect(clippy::print_stdout, reason = "the verdict of a long run says how many cycles it had")]
fn agrees(folder: &Path, core: &Core, cycles: u64, seed: u64) {
    let (passed, text) = cocotb(folder, core, cycles, seed);
    let verdict = text.lines().find(|line| line.starts_with("PASS: "));
    assert!(passed && verdict.is_some(), "{text}");
    println!("{}", verdict.unwrap_or_default());
}

/// The number of clock cycles that the variable sets, otherwise this one.
fn cycles(otherwise: u64) -> u64 {
    std::env::var(CYCLES_VARIABLE).map_or(otherwise, |text| {
        text.parse().unwrap_or_else(|_| panic!("{CYCLES_VARIABLE} is no number: {text}"))
    })
}

#[test]
fn cores_that_can_be_loaded_pass_every_gate_in_every_layout() {
    for (architecture, lanes) in [("serial", 1), ("parallel", 1), ("folded", 4)] {
        let folder = exported(&chained(), architecture, lanes, WeightsMemory::Ram);
        passes_all(&["lint", "sim", "prove"], folder.path());
        // Lanes of a word are written one by one in this one.
        if architecture == "folded" {
            passes_all(&["netlist", "model"], folder.path());
        }
    }
}

#[test]
fn a_specification_says_where_weights_are_unless_they_are_in_rom() {
    for (memory, said) in [(WeightsMemory::Rom, false), (WeightsMemory::Ram, true)] {
        let folder = exported(&chained(), "serial", 1, memory);
        let text = fs::read_to_string(folder.path().join("spec.json")).expect("a specification");
        assert_eq!(text.contains("\"weights_memory\": \"ram\""), said, "{text}");
    }
}

#[test]
fn streams_and_pins_work_with_a_core_that_can_be_loaded() {
    let folder = exported(&chained(), "folded", 2, WeightsMemory::Ram);
    passes_all(&["stream", "spi"], folder.path());
}

#[test]
fn sizes_at_which_words_end_are_clean() {
    use WeightsMemory::{Ram, Rom};
    let none = LayerSpec { leak: Leak::None, saturation: Saturation::NonNegative, ..small(1, 1) };
    let wide = LayerSpec { weight_bits: 16, potential_bits: 31, ..small(300, 17) };
    let halves = LayerSpec {
        leak: Leak::Multiply { factor: 1, shift: 1 },
        potential_bits: 14,
        ..small(256, 2)
    };
    let cases = [
        (&none, "serial", Rom),
        (&none, "parallel", Ram),
        (&wide, "folded", Ram),
        (&wide, "parallel", Ram),
        (&halves, "serial", Ram),
        (&halves, "folded", Rom),
    ];
    for (layer, architecture, memory) in cases {
        let folder = exported(&core(vec![layer.clone()]), architecture, 8, memory);
        passes_all(&["lint", "sim"], folder.path());
    }
}

#[test]
fn a_core_that_is_loaded_agrees_with_a_model_in_python_under_random_back_pressure() {
    let core = chained();
    let folder = exported(&core, "folded", 2, WeightsMemory::Ram);
    agrees(folder.path(), &core, cycles(CYCLES), 1);
}

#[test]
fn a_core_with_constants_and_two_bytes_of_address_agrees_with_a_model_in_python() {
    let core = core(vec![LayerSpec { potential_bits: 14, ..small(300, 4) }]);
    agrees(exported(&core, "parallel", 1, WeightsMemory::Rom).path(), &core, CYCLES / 5, 2);
}

/// A layer of many neurons, most of which fire.
fn busy(inputs: usize, neurons: usize, potential_bits: u32) -> LayerSpec {
    let leak = Leak::Shift { shift: 4 };
    LayerSpec { weight_bits: 8, potential_bits, threshold: 5, leak, ..small(inputs, neurons) }
}

#[test]
fn large_cores_agree_with_a_model_in_python_under_random_back_pressure() {
    let square = core(vec![busy(64, 64, 14)]);
    let digits = core(vec![busy(784, 128, 17), busy(128, 10, 15)]);
    for (core, architecture) in
        [(&square, "serial"), (&square, "parallel"), (&digits, "serial"), (&digits, "parallel")]
    {
        let folder = exported(core, architecture, 1, WeightsMemory::Rom);
        agrees(folder.path(), core, cycles(LARGE_CYCLES), 3);
    }
}

/// What is planted in the top, and what notices: a gate, or the model in Python.
struct Fault {
    name: &'static str,
    from: &'static str,
    to: &'static str,
    noticed_by: &'static str,
}

const FAULTS: &[Fault] = &[
    Fault {
        name: "a beat that is offered only while the reader is ready",
        from: "assign m_axis_tvalid = out_valid | out_tick;",
        to: "assign m_axis_tvalid = (out_valid | out_tick) & m_axis_tready;",
        noticed_by: "prove",
    },
    Fault {
        name: "an answer that goes before it is taken",
        from: "if (s_axil_bvalid & s_axil_bready) answered <= 1'b0;",
        to: "if (s_axil_bvalid) answered <= 1'b0;",
        noticed_by: "prove",
    },
    Fault {
        name: "an address that waits for its data",
        from: "assign s_axil_awready = ~have_address;",
        to: "assign s_axil_awready = ~have_address & have_data;",
        noticed_by: "prove",
    },
    Fault {
        name: "data that are read change while they wait",
        from: "if (reading == READ) begin",
        to: "if (reading[1]) begin",
        noticed_by: "prove",
    },
    Fault {
        name: "a tlast that goes with a tick before the last one",
        from: "& ~held & (ticks",
        to: "& (ticks",
        noticed_by: "prove",
    },
    Fault {
        name: "a beat of the next image taken before the last one has left",
        from: "default: if (ends) phase <= WAITING;",
        to: "default: phase <= WAITING;",
        noticed_by: "prove",
    },
    Fault {
        name: "a weight taken while an image is under way",
        from: "WEIGHT: write_refused = busy | ~fits",
        to: "WEIGHT: write_refused = ~fits",
        noticed_by: "sim",
    },
    Fault {
        name: "a threshold that counts at once",
        from: "            threshold_0 <= next_threshold_0;\n",
        to: "        end\n        begin\n            threshold_0 <= next_threshold_0;\n",
        noticed_by: "sim",
    },
    Fault {
        name: "strobes that are not heeded",
        from: "if (replace) value <= (value & bytes) | (old & ~bytes);",
        to: "if (replace) value <= value | (old & ~bytes & 32'd0);",
        noticed_by: "sim",
    },
    Fault {
        name: "inputs beyond the port's width that come back as others",
        from: "held <= s_axis_tuser | ~|s_axis_tdata[7:4];",
        to: "held <= 1'b1;",
        noticed_by: "sim",
    },
    Fault {
        name: "a place that stands still after the last neuron",
        from: "if (last_neuron) place_input <= last_input",
        to: "if (last_neuron & last_input) place_input <= last_input",
        noticed_by: "the model",
    },
    Fault {
        name: "an image that starts without being allowed to",
        from: "& s_axis_tvalid & run;",
        to: "& s_axis_tvalid & (run | 1'b1);",
        noticed_by: "the model",
    },
    Fault {
        name: "a reset that leaves thresholds as they were written",
        from: "            next_threshold_0 <= 9'sd25;\n",
        to: "",
        noticed_by: "the model",
    },
];

/// Plants the faults that are noticed so; those that are not.
fn missed(core: &Core, memory: WeightsMemory, noticed_by: &[&str]) -> Vec<&'static str> {
    let folder = exported(core, "folded", 2, memory);
    let top = folder.path().join("lif_axi.v");
    let whole = fs::read_to_string(&top).expect("the top");
    let faults = FAULTS.iter().filter(|fault| noticed_by.contains(&fault.noticed_by));
    let missed = faults.filter(|fault| {
        edit(folder.path(), "lif_axi.v", fault.from, fault.to);
        let passed = match fault.noticed_by {
            "the model" => cocotb(folder.path(), core, FAULT_CYCLES, 1).0,
            gate => run(gate, folder.path()).passed,
        };
        fs::write(&top, &whole).expect("the top");
        passed
    });
    missed.map(|fault| fault.name).collect()
}

#[test]
fn faults_of_the_protocol_are_refuted_by_proof() {
    let small = core(vec![small(4, 2), small(2, 2)]);
    let missed = missed(&small, WeightsMemory::Rom, &["prove"]);
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn faults_of_registers_and_images_are_noticed_by_testbench_or_model() {
    let missed = missed(&chained(), WeightsMemory::Ram, &["sim", "the model"]);
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn the_last_of_as_many_counts_as_addresses_is_read_and_none_after_it() {
    let layer = LayerSpec { potential_bits: 14, ..small(1, 4096) };
    let folder = exported(&core(vec![layer]), "serial", 1, WeightsMemory::Rom);
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).current_dir(folder.path()).output();
        common::text(&output.expect("iverilog is installed"))
    };
    let sources = ["testbench_axi.v", "lif_axi.v", "lif.v"];
    let options = ["-g2005", "-s", "testbench_axi", "-o", "axi.vvp"];
    assert_eq!(run("iverilog", &[&options[..], &sources[..]].concat()), "");
    let verdict = run("vvp", &["-n", "axi.vvp"]);
    assert!(verdict.contains("PASS: "), "{verdict}");
}
