//! The program from outside.

#![allow(dead_code, reason = "every test file uses a part")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

/// Runs it in a folder.
pub fn memspike(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_memspike"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("memspike starts")
}

/// What it printed.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Names of what lies in a folder, hidden files included.
pub fn listing(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("the folder exists")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Asserts that GTKWave's own converter reads a VCD.
pub fn accepted_by_gtkwave(vcd: &Path) {
    let fst = vcd.with_extension("fst");
    let output = Command::new("vcd2fst").arg(vcd).arg(&fst).output().expect("vcd2fst is installed");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(fs::metadata(&fst).expect("the FST file").len() > 0);
}
