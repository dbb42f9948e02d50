//! Where a core has its weights from: its source, or files in any folder.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{core, digits, exported, small, text};
use memspike_lif_core::LayerSpec;
use tempfile::TempDir;

/// What a simulation in `folder` says, with parameters of the core set to these texts.
fn simulated(folder: &Path, parameters: &[(&str, &str)]) -> String {
    let set = parameters
        .iter()
        .map(|(name, value)| format!("defparam testbench.dut.{name} = \"{value}\";"));
    fs::write(folder.join("set.v"), format!("module set; {} endmodule\n", set.collect::<String>()))
        .expect("a file");
    let files = ["set.v", "testbench.v", "lif.v"];
    let compiled = Command::new("iverilog")
        .args(["-g2005", "-s", "testbench", "-s", "set", "-o", "core.vvp"])
        .args(files)
        .current_dir(folder)
        .output()
        .expect("iverilog is installed");
    assert!(compiled.status.success(), "{}", text(&compiled));
    let run = Command::new("vvp").args(["-n", "core.vvp"]).current_dir(folder).output();
    text(&run.expect("vvp is installed"))
}

/// A folder with Verilog and vectors of an export, but without its files of weights.
fn without_weights(exported: &Path) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let entries = fs::read_dir(exported).expect("the export").map(|entry| entry.expect("an entry"));
    for entry in entries.filter(|entry| !entry.file_name().to_string_lossy().contains("weights")) {
        fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("a copy");
    }
    folder
}

#[test]
fn small_layers_have_their_weights_in_the_source() {
    let layers = vec![small(12, 7), LayerSpec { threshold: 12, ..small(7, 3) }];
    for (architecture, lanes) in [("serial", 1), ("parallel", 1), ("folded", 4)] {
        let export = exported(&core(layers.clone()), architecture, lanes);
        let folder = without_weights(export.path());
        let said = simulated(folder.path(), &[]);
        assert!(said.contains("PASS"), "{architecture}: {said}");
    }
}

#[test]
fn a_file_that_a_parameter_names_replaces_the_weights_of_the_source() {
    let folder = exported(&core(vec![small(16, 4)]), "serial", 1);
    let file = [("WEIGHTS_0", "lif_weights_0.hex")];
    let said = simulated(folder.path(), &file);
    assert!(said.contains("PASS"), "{said}");
    let zeros = "00\n".repeat(64);
    fs::write(folder.path().join("lif_weights_0.hex"), zeros).expect("weights");
    assert!(simulated(folder.path(), &[]).contains("PASS"));
    assert!(simulated(folder.path(), &file).contains("FAIL"));
}

#[test]
fn a_large_layer_takes_its_weights_from_a_file_in_any_folder() {
    let export = exported(&core(vec![digits()]), "serial", 1);
    let folder = without_weights(export.path());
    // Without them the weights are unknown.
    assert!(simulated(folder.path(), &[]).contains("FAIL"));
    let file = export.path().join("lif_weights_0.hex");
    let said = simulated(folder.path(), &[("WEIGHTS_0", &file.to_string_lossy())]);
    assert!(said.contains("PASS"), "{said}");
}
