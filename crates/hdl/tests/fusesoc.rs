//! Exports as parts of a library of FuseSoC.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{core, edit, export_into, make, python_program, small, text};
use memspike_hdl::Export;
use memspike_lif_core::LayerSpec;
use tempfile::TempDir;

/// A folder with a library of two cores: `alpha` with a file of weights, `beta` with two layers and none.
fn library() -> TempDir {
    let workspace = TempDir::new().expect("a folder");
    let file = vec![LayerSpec { weight_bits: 8, potential_bits: 16, ..small(128, 5) }];
    let built_in = vec![small(6, 3), LayerSpec { threshold: 12, ..small(3, 2) }];
    for (name, layers, architecture) in [("alpha", file, "serial"), ("beta", built_in, "parallel")]
    {
        let folder = workspace.path().join("library").join(name);
        fs::create_dir_all(&folder).expect("a folder");
        export_into(
            &folder,
            &core(layers),
            architecture,
            1,
            &Export { cycles: Some(1000), ..Export::new(name) },
        );
    }
    assert!(workspace.path().join("library/alpha/alpha.core").exists());
    workspace
}

fn identifier(name: &str) -> String {
    format!("memspike:lif:{name}:{}", env!("CARGO_PKG_VERSION"))
}

/// `fusesoc run` in a workspace, with nobody's configuration.
fn run(workspace: &Path, target: &str, core: &str, flags: &[&str], options: &[&str]) -> Output {
    let mut command = Command::new(python_program("fusesoc"));
    command.args(["--cores-root", "library", "run", "--target", target]).args(flags);
    command.arg(core).args(options).current_dir(workspace);
    for variable in ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"] {
        command.env(variable, workspace);
    }
    command.output().expect("FuseSoC starts")
}

fn passes(workspace: &Path, target: &str, core: &str) -> String {
    let output = run(workspace, target, core, &[], &[]);
    let said = text(&output);
    assert!(output.status.success(), "{core} {target}: {said}");
    said
}

/// Where a target of a core is built, and how its results are named.
fn built(workspace: &Path, target: &str, name: &str) -> (PathBuf, String) {
    let full = identifier(name).replace(':', "_");
    (workspace.join("build").join(&full).join(target), full)
}

#[test]
fn two_cores_of_one_library_pass_lint_and_simulation_and_become_bitstreams() {
    let workspace = library();
    for name in ["alpha", "beta"] {
        let core = identifier(name);
        passes(workspace.path(), "lint", &core);
        passes(workspace.path(), "lint_axi", &core);
        for target in ["sim", "sim_spi", "sim_axi"] {
            let said = passes(workspace.path(), target, &core);
            assert!(said.contains("PASS: "), "{said}");
        }
        passes(workspace.path(), "synth_ice40", &core);
        let (folder, full) = built(workspace.path(), "synth_ice40", name);
        // A bitstream of an iCE40UP5K has 104,090 bytes, with an empty comment.
        let bitstream = fs::metadata(folder.join(format!("{full}.bin"))).expect("a bitstream");
        assert_eq!(bitstream.len(), 104_090);
    }
}

#[test]
fn yosys_synthesises_for_the_devices_whose_other_tools_are_not_here() {
    let workspace = library();
    let targets: [(&str, &str, &[&str], &str); 4] = [
        ("alpha", "synth_xilinx", &["--synth", "yosys"], "edif"),
        ("alpha", "synth_gowin", &[], "json"),
        ("beta", "synth_ecp5", &[], "json"),
        ("beta", "synth_gowin", &[], "json"),
    ];
    for (name, target, options, ending) in targets {
        let output = run(workspace.path(), target, &identifier(name), &["--setup"], options);
        assert!(output.status.success(), "{target}: {}", text(&output));
        let (folder, full) = built(workspace.path(), target, name);
        let output = make(&folder, &[&format!("{full}.{ending}")]);
        assert!(output.status.success(), "{target}: {}", text(&output));
    }
}

#[test]
fn a_simulation_that_differs_fails_the_run() {
    let workspace = library();
    let alpha = workspace.path().join("library/alpha");
    edit(&alpha, "alpha.v", "wire reached = ~beyond[16];", "wire reached = beyond[16];");
    for target in ["sim", "sim_spi", "sim_axi"] {
        let output = run(workspace.path(), target, &identifier("alpha"), &[], &[]);
        let said = text(&output);
        assert!(!output.status.success() && said.contains("FAIL: "), "{said}");
    }
}

/// A design with both cores, each with its weights.
const BOTH: &str = "
module both;
    wire [7:0] first = alpha.layer_0.rows[0];
    wire [14:0] second = beta.layer_0.bank.rows[0];
    alpha alpha ();
    beta beta ();
    initial #1 $display(\"weights known: %0d\", (^first !== 1'bx) && (^second !== 1'bx));
endmodule
";

#[test]
fn a_design_may_depend_on_both() {
    let workspace = library();
    let design = workspace.path().join("library/both");
    fs::create_dir(&design).expect("a folder");
    fs::write(design.join("both.v"), BOTH).expect("a file");
    let package = format!(
        "CAPI=2:
name: someone:else:both:1.0.0
filesets:
  all:
    files: [both.v]
    file_type: verilogSource
    depend: ['{}', '{}']
targets:
  sim:
    filesets: [all]
    toplevel: both
    flow: sim
    flow_options: {{tool: icarus}}
",
        identifier("alpha"),
        identifier("beta"),
    );
    fs::write(design.join("both.core"), package).expect("a file");
    let said = passes(workspace.path(), "sim", "someone:else:both:1.0.0");
    assert!(said.contains("weights known: 1"), "{said}");
}
