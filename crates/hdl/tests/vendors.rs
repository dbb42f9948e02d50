//! Devices of other vendors: what yosys makes of a core for them, and the scripts for their own tools.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use common::{core, export_into, exported, make, small, text};
use memspike_hdl::Export;
use memspike_lif_core::{LayerSpec, Leak};
use tempfile::TempDir;

/// 3000 words of 8 bits for the weights, and counts that are read at two places.
fn serial() -> TempDir {
    let layer = LayerSpec { weight_bits: 8, potential_bits: 18, ..small(300, 10) };
    exported(&core(vec![layer]), "serial", 1)
}

/// Four neurons side by side, each with a product for its leak; one word of 32 bits for an event.
fn parallel() -> TempDir {
    let leak = Leak::Multiply { factor: 117, shift: 7 };
    let layer = LayerSpec { weight_bits: 8, potential_bits: 16, leak, ..small(64, 4) };
    exported(&core(vec![layer]), "parallel", 1)
}

/// Cells of the board-level top after synthesis for a vendor's devices.
fn cells(folder: &Path, vendor: &str) -> BTreeMap<String, usize> {
    let output = make(folder, &["--silent", &format!("synth-{vendor}")]);
    let said = text(&output);
    assert!(output.status.success(), "{vendor}: {said}");
    let rows = said.lines().filter_map(|line| line.trim().split_once(' '));
    rows.filter_map(|(cell, count)| Some((cell.to_owned(), count.trim().parse().ok()?))).collect()
}

/// Their sum over cells of these names, each with a weight.
fn sum(cells: &BTreeMap<String, usize>, names: &[(&str, usize)]) -> usize {
    names.iter().map(|(name, weight)| weight * cells.get(*name).copied().unwrap_or(0)).sum()
}

/// Block memories by vendor, in units of 16 kbit with parity: of a Xilinx 36 kbit block, two.
const MEMORIES: [(&str, &[(&str, usize)]); 3] = [
    ("xilinx", &[("RAMB18E1", 1), ("RAMB36E1", 2)]),
    ("nexus", &[("PDPSC16K", 1), ("PDP16K", 1), ("DP16K", 1)]),
    ("gowin", &[("SP", 1), ("SPX9", 1), ("SDP", 1), ("SDPX9", 1), ("DP", 1), ("DPX9", 1)]),
];

const MULTIPLIERS: [(&str, &[(&str, usize)]); 3] = [
    ("xilinx", &[("DSP48E1", 1)]),
    ("intel", &[("MISTRAL_MUL9X9", 1), ("MISTRAL_MUL18X18", 1), ("MISTRAL_MUL27X27", 1)]),
    ("nexus", &[("MULT9X9", 1), ("MULT18X18", 1), ("MULT18X36", 1), ("MULT36X36", 1)]),
];

#[test]
fn memories_are_as_many_blocks_as_their_bits_need() {
    // A block holds 2048 words of 9 bits. Potentials are one; counts are read at two places.
    let rows = 3000_usize.div_ceil(2048);
    let folder = serial();
    for (vendor, names) in MEMORIES {
        let cells = cells(folder.path(), vendor);
        assert_eq!(sum(&cells, names), rows + 1 + 2, "{vendor}: {cells:?}");
    }
}

#[test]
fn a_leak_by_a_product_is_one_multiplier_a_neuron_and_there_is_no_other() {
    let folder = parallel();
    for (vendor, names) in MULTIPLIERS {
        let cells = cells(folder.path(), vendor);
        assert_eq!(sum(&cells, names), 4, "{vendor}: {cells:?}");
    }
}

#[test]
fn a_latch_fails_the_synthesis() {
    let folder = parallel();
    common::edit(folder.path(), "lif_spi.v", "        reply = 32'd0;\n", "");
    let output = make(folder.path(), &["synth-gowin"]);
    assert!(!output.status.success());
    assert!(text(&output).contains("latch"), "{}", text(&output));
}

/// A Tcl in which every command that it does not have is written down, with all values that it is given.
const RECORDER: &str = "
proc unknown {args} {
    puts \"CALL [join $args { }]\"
    if {[lindex $args 0] eq {get_ports}} { return $args }
    return 0
}
proc package {args} {}
foreach file $files { cd $folder; source $file }
";

/// What a script of a tool asks of it, command by command.
fn calls(folder: &Path, files: &[&str]) -> Vec<Vec<String>> {
    let recorder = format!(
        "set folder {{{}}}\nset files {{{}}}\n{RECORDER}",
        folder.display(),
        files.join(" ")
    );
    let script = TempDir::new().expect("a folder");
    let path = script.path().join("recorder.tcl");
    fs::write(&path, recorder).expect("a script");
    let output = Command::new("yosys").arg("-q").arg("-c").arg(&path).output();
    let output = output.expect("yosys is installed, with Tcl");
    let said = text(&output);
    assert!(output.status.success(), "{files:?}: {said}");
    let calls = said.lines().filter_map(|line| line.strip_prefix("CALL "));
    calls.map(|call| call.split_whitespace().map(str::to_owned).collect()).collect()
}

/// The ports of the board-level top.
const PORTS: [&str; 6] = ["clk", "cs_n", "miso", "mosi", "sck", "waiting"];

/// The tools: their files in Tcl, what they call by the name of a command, and by what a line places a port.
struct Tool {
    scripts: &'static [&'static str],
    commands: &'static [&'static str],
    places: &'static str,
}

const TOOLS: [Tool; 3] = [
    Tool {
        scripts: &["vivado.tcl", "vivado.xdc"],
        // UG835, Vivado Design Suite Tcl Command Reference; UG903 for constraints.
        commands: &[
            "create_clock",
            "current_design",
            "get_ports",
            "get_property",
            "get_timing_paths",
            "opt_design",
            "place_design",
            "read_verilog",
            "read_xdc",
            "report_timing_summary",
            "report_utilization",
            "route_design",
            "set_false_path",
            "set_property",
            "synth_design",
            "write_bitstream",
            "write_checkpoint",
        ],
        places: "PACKAGE_PIN",
    },
    Tool {
        scripts: &["quartus.tcl", "quartus.sdc"],
        // Quartus Prime User Guides: Scripting, Timing Analyzer.
        commands: &[
            "create_clock",
            "derive_clock_uncertainty",
            "execute_flow",
            "get_ports",
            "project_close",
            "project_new",
            "set_false_path",
            "set_global_assignment",
            "set_instance_assignment",
            "set_location_assignment",
        ],
        places: "set_location_assignment",
    },
    Tool {
        scripts: &["radiant.tcl", "radiant.sdc", "radiant.pdc"],
        // Lattice Radiant Software User Guide: Tcl commands, constraints.
        commands: &[
            "create_clock",
            "get_ports",
            "ldc_set_location",
            "ldc_set_port",
            "prj_add_source",
            "prj_close",
            "prj_create",
            "prj_run",
            "prj_save",
            "prj_set_impl_opt",
            "set_false_path",
        ],
        places: "ldc_set_location",
    },
];

/// Names of files of source and constraints in a text.
fn sources(words: &[String]) -> impl Iterator<Item = &String> {
    let endings = [".v", ".xdc", ".sdc", ".pdc", ".cst"];
    words.iter().filter(move |word| endings.iter().any(|ending| word.ends_with(ending)))
}

#[test]
fn scripts_of_vendors_use_known_commands_and_existing_files_and_place_every_port_once() {
    let folder = TempDir::new().expect("a folder");
    let layer = LayerSpec { weight_bits: 8, potential_bits: 16, ..small(128, 5) };
    export_into(folder.path(), &core(vec![layer]), "serial", 1, &Export::new("mine"));
    for Tool { scripts, commands, places } in TOOLS {
        let calls = calls(folder.path(), scripts);
        for call in &calls {
            assert!(commands.contains(&call[0].as_str()), "{scripts:?}: {call:?}");
        }
        let read: Vec<&String> = calls.iter().flat_map(|call| sources(call)).collect();
        for file in ["mine.v", "mine_spi.v", scripts[1]] {
            assert!(read.iter().any(|path| path.ends_with(file)), "{scripts:?}: {file}: {read:?}");
        }
        for path in read {
            assert!(folder.path().join(path).exists(), "{scripts:?}: {path}");
        }
        assert!(calls.iter().flatten().any(|word| word == "mine_spi"), "{scripts:?}");
        let placed = calls.iter().filter(|call| call.iter().any(|word| word == places));
        let mut placed: Vec<&str> = placed.filter_map(|call| call.last()).map(|w| &**w).collect();
        placed.sort_unstable();
        assert_eq!(placed, PORTS, "{scripts:?}: {calls:?}");
        let clocks = calls.iter().filter(|call| call[0] == "create_clock").count();
        assert_eq!(clocks, 1, "{scripts:?}");
    }
    // Radiant runs in a folder of its own.
    for place in ["build/radiant", "build/radiant/impl"] {
        assert!(folder.path().join(place).join("mine_weights_0.hex").exists(), "{place}");
    }
}

#[test]
fn the_script_of_gowin_uses_known_commands_and_existing_files_and_places_every_port_once() {
    let folder = parallel();
    let calls = calls(folder.path(), &["gowin.tcl"]);
    for call in &calls {
        // SUG100, Gowin Software User Guide.
        assert!(["set_device", "add_file", "set_option", "run"].contains(&call[0].as_str()));
        for path in sources(call) {
            assert!(folder.path().join(path).exists(), "{path}");
        }
    }
    let added = calls.iter().filter(|call| call[0] == "add_file").count();
    assert_eq!(added, 4, "{calls:?}");
    // SUG935, Gowin Design Physical Constraints User Guide.
    let constraints = fs::read_to_string(folder.path().join("gowin.cst")).expect("constraints");
    for statement in ["IO_LOC ", "IO_PORT "] {
        let lines = constraints.lines().filter_map(|line| line.strip_prefix(statement));
        let mut ports: Vec<&str> = lines.filter_map(|line| line.split('"').nth(1)).collect();
        ports.sort_unstable();
        assert_eq!(ports, PORTS, "{constraints}");
    }
}
