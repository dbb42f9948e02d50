//! Verilog that the strictest reader, slang, takes without a warning.

mod common;

use std::fs;
use std::path::Path;

use common::{core, edit, exported, make, python_program, small, text};
use memspike_lif_core::{LayerSpec, Leak, Reset, Saturation};
use tempfile::TempDir;

/// Whether slang has no warning, and what it printed.
fn slang(folder: &Path) -> (bool, String) {
    let python = format!("PYTHON={}", python_program("python").display());
    let output = make(folder, &["slang", &python]);
    (output.status.success(), text(&output))
}

/// An export of each architecture and number of layers; together they have every kind of neuron.
fn exports() -> Vec<TempDir> {
    let plain = small(12, 7);
    let resting = LayerSpec {
        leak: Leak::Multiply { factor: 117, shift: 7 },
        reset: Reset::Hold { value: -9 },
        refractory_ticks: 5,
        threshold: 12,
        ..small(7, 3)
    };
    let simple = LayerSpec {
        leak: Leak::None,
        reset: Reset::Zero,
        saturation: Saturation::NonNegative,
        ..small(13, 5)
    };
    let networks = [vec![plain.clone()], vec![simple], vec![small(1, 1)], vec![plain, resting]];
    let architectures = [("serial", 1), ("parallel", 1), ("folded", 4)];
    let all = architectures.iter().flat_map(|(architecture, lanes)| {
        networks.iter().map(|layers| exported(&core(layers.clone()), architecture, *lanes))
    });
    // Wider than a machine word.
    let wide = [("parallel", 1), ("folded", 64)];
    let wide =
        wide.map(|(architecture, lanes)| exported(&core(vec![small(2, 65)]), architecture, lanes));
    all.chain(wide).collect()
}

#[test]
fn slang_has_no_warning_about_any_export() {
    for folder in exports() {
        let (passed, output) = slang(folder.path());
        assert!(passed, "{output}");
    }
}

#[test]
fn slang_reads_every_exported_file_of_verilog() {
    let layers = vec![small(12, 7), LayerSpec { threshold: 12, ..small(7, 3) }];
    for architecture in ["serial", "parallel"] {
        let folder = exported(&core(layers.clone()), architecture, 1);
        let entries = fs::read_dir(folder.path()).expect("the folder");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        for path in paths.filter(|path| path.extension().is_some_and(|end| end == "v")) {
            let verilog = fs::read_to_string(&path).expect("Verilog");
            fs::write(&path, format!("{verilog}\nendmodule\n")).expect("Verilog");
            assert!(!slang(folder.path()).0, "a mistake in {} is not seen", path.display());
            fs::write(&path, verilog).expect("Verilog");
        }
    }
}

#[test]
fn a_register_that_is_used_before_it_is_declared_is_refused() {
    let folder = exported(&core(vec![small(4, 2)]), "serial", 1);
    edit(folder.path(), "lif_spi.v", "    reg [31:0] reply;\n", "");
    edit(folder.path(), "lif_spi.v", "    lif #(", "    reg [31:0] reply;\n    lif #(");
    let (passed, output) = slang(folder.path());
    assert!(!passed && output.contains("'reply' used before its declaration"), "{output}");
}

#[test]
fn lint_says_whether_slang_was_run() {
    let folder = exported(&core(vec![small(4, 2)]), "serial", 1);
    let python = format!("PYTHON={}", python_program("python").display());
    let with = text(&make(folder.path(), &["lint", &python]));
    assert!(with.contains("PASS: slang has no warnings\n"), "{with}");
    let without = make(folder.path(), &["lint", "PYTHON=no-python"]);
    assert!(without.status.success());
    let without = text(&without);
    assert!(without.contains("PASS: no warnings, but slang was not run: no-python"), "{without}");
}
