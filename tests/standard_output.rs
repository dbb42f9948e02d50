//! What `-` means as an output: standard output for one file, which holds nothing else then; no folder.

#[path = "common/program.rs"]
mod program;

use std::{fs, process::Output};

use program::{listing, memspike, text};
use tempfile::TempDir;

const DECK: &str = "\
An RC circuit
V1 in 0 DC 1
R1 in out 1k
C1 out 0 1u
.tran 5m uic
.end
";

const RECORDING: &str = "\
time_s,population,neuron
0.001,cells,0
0.002,cells,1
0.003,cells,0
0.004,cells,1
";

const NETWORK: &str = "\
version = 3

[[populations]]
name = \"noise\"
size = 5
model.poisson.rate_hz = 100
";

fn folder() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, content) in [("rc.cir", DECK), ("s.csv", RECORDING), ("net.toml", NETWORK)] {
        fs::write(folder.path().join(name), content).expect("written");
    }
    let made = memspike(folder.path(), &["example", "measurements", "-o", "mine", "-q"]);
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    folder
}

fn refused(output: &Output, why: &str) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(why), "{said}");
    assert_eq!(text(&output.stdout), "");
}

#[test]
fn a_verb_that_fills_a_folder_refuses_standard_output_and_makes_none_of_that_name() {
    let folder = folder();
    let before = listing(folder.path());
    for words in [
        &["man", "-o", "-"][..],
        &["example", "neuron", "-o", "-"],
        &["fit", "--example", "-"],
        &["demo", "-o", "-"],
        &["paper", "-o", "-"],
        &["convert", "--network", "net.toml", "-o", "-"],
        &["train", "--mnist", ".", "-o", "/dev/stdout"],
        &["classify", "--mnist", ".", "-o", "-"],
        &["network-deck", "-o", "-"],
        &["export-verilog", "--network", "net.toml", "-o", "-"],
        &["net", "net.toml", "--checkpoint", "-"],
    ] {
        refused(&memspike(folder.path(), words), "name a folder");
        assert_eq!(listing(folder.path()), before, "{words:?}");
    }
    let meant = memspike(folder.path(), &["man", "-o", "./-"]);
    assert_eq!(meant.status.code(), Some(0), "{}", text(&meant.stderr));
    assert!(folder.path().join("-/memspike-run.1").is_file());
}

#[test]
fn a_file_on_standard_output_stands_there_alone() {
    let folder = folder();
    for (words, begins) in [
        (&["run", "rc.cir", "-o", "-"][..], "$"),
        (&["export-spice", "rc.cir", "-o", "-"], "An RC circuit"),
        (&["plot", "rc.cir", "-o", "-"], "<svg"),
        (&["raster", "s.csv", "-o", "-"], "<svg"),
        (&["net", "net.toml", "-o", "-"], "# "),
        (&["net", "net.toml", "-o", "/dev/stdout"], "# "),
        (&["fit", "mine/example.toml", "-o", "-"], "*"),
    ] {
        let before = listing(folder.path());
        let output = memspike(folder.path(), words);
        let (data, told) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{words:?}: {told}");
        assert!(data.starts_with(begins), "{words:?}: {data:.60}");
        let table = ['│', '═'];
        assert!(!data.contains(table), "{words:?} has no table among its data");
        assert_eq!(listing(folder.path()), before, "{words:?}");
        let quiet = memspike(folder.path(), &[words, &["-q"]].concat());
        assert!(!text(&quiet.stderr).contains(table), "{words:?} -q");
    }
}

#[test]
fn json_and_a_file_are_not_run_together_on_standard_output() {
    let folder = folder();
    for words in [
        &["run", "rc.cir", "--csv", "-", "--json"][..],
        &["raster", "s.csv", "-o", "-", "--json"],
        &["net", "net.toml", "-o", "-", "--json"],
        &["fit", "mine/example.toml", "-o", "-", "--json"],
    ] {
        refused(&memspike(folder.path(), words), "--json prints to standard output");
    }
}

#[test]
fn a_network_is_converted_into_a_file_whose_name_says_its_form() {
    let folder = folder();
    let before = listing(folder.path());
    let output = memspike(folder.path(), &["nir", "convert", "net.toml", "-o", "-"]);
    refused(&output, "choose -o so");
    assert_eq!(listing(folder.path()), before);
}
