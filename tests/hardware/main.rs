//! The verbs that make and check hardware, from outside.

mod exported;
#[path = "../common/json_keys.rs"]
mod json_keys;
mod mnist;

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

fn memspike(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_memspike"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("memspike starts")
}

/// A NumPy file of version 1.0, written here by its format.
fn npy(path: &Path, shape: &str, values: &[f32]) {
    let values: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    npy_of(path, "<f4", shape, &values);
}

/// As [`npy`], with numbers of any type.
fn npy_of(path: &Path, kind: &str, shape: &str, values: &[u8]) {
    let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}");
    let header = format!("{header:<117}\n");
    let mut bytes = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend(values);
    fs::write(path, bytes).expect("the file");
}

fn folder_with_weights() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let values: Vec<f32> = (0..12 * 3).map(|at| ((at * 7) % 11) as f32 / 5.0 - 1.0).collect();
    npy(&folder.path().join("w.npy"), "(12, 3)", &values);
    folder
}

fn export(folder: &Path, more: &[&str]) -> Output {
    let arguments = ["export-verilog", "--weights", "w.npy", "--threshold", "1.5", "--out", "core"];
    memspike(folder, &[&arguments, more].concat())
}

#[test]
fn an_exported_core_passes_all_gates_and_has_a_size() {
    let folder = folder_with_weights();
    let output = export(folder.path(), &["--retention", "0.875", "--refractory", "1"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let verilog = fs::read_to_string(folder.path().join("core/lif.v")).expect("Verilog");
    let command = "memspike export-verilog --weights w.npy --threshold 1.5 --out core --retention";
    assert!(verilog.starts_with("// SPDX-License-Identifier: MIT-0\n"), "{verilog:.300}");
    assert!(verilog.contains(command), "{verilog:.300}");

    let output = memspike(folder.path(), &["verify", "core", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let rows: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(rows["gates"].as_array().is_some_and(|rows| rows.len() == 9));

    let output = memspike(folder.path(), &["synth", "core", "--seeds", "1", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let figures: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    json_keys::hold("synth", &figures);
    // Weights, states, and counts that are read at two places: four memories.
    assert_eq!(figures["block_rams"], 4);
    assert!(figures["placements"][0]["fmax_mhz"].as_f64().is_some_and(|mhz| mhz > 1.0));
}

#[test]
fn a_core_with_a_changed_weight_does_not_verify() {
    let folder = folder_with_weights();
    assert_eq!(export(folder.path(), &[]).status.code(), Some(0));
    // A small memory is part of the source.
    let path = folder.path().join("core/lif.v");
    let text = fs::read_to_string(&path).expect("Verilog");
    let (before, rest) = text.split_once("rows[0] = 8'h").expect("the first weight");
    let (first, rest) = rest.split_once(';').expect("its end");
    let changed = u8::from_str_radix(first, 16).expect("a byte") ^ 1;
    fs::write(&path, format!("{before}rows[0] = 8'h{changed:02x};{rest}")).expect("Verilog");
    let output = memspike(folder.path(), &["verify", "core", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let rows: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let failed: Vec<&str> = rows["gates"]
        .as_array()
        .expect("rows")
        .iter()
        .filter(|row| row["passed"] == false)
        .filter_map(|row| row["gate"].as_str())
        .collect();
    assert!(failed.contains(&"check") && failed.contains(&"sim"), "{failed:?}");
}

#[test]
fn a_tool_that_is_missing_is_named_with_its_package() {
    let folder = folder_with_weights();
    assert_eq!(export(folder.path(), &[]).status.code(), Some(0));
    for (verb, package) in [
        (&["synth", "core"][..], "apt-get install yosys"),
        (&["synth", "core", "--device", "ecp5"], "apt-get install yosys"),
        (&["verify", "core"], "apt-get install make"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_memspike"))
            .args(verb)
            .current_dir(folder.path())
            .env("PATH", "")
            .output()
            .expect("memspike starts");
        assert_eq!(output.status.code(), Some(1), "{verb:?}");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(message.contains("is missing") && message.contains(package), "{verb:?}: {message}");
    }
}
