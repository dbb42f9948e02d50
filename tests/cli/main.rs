//! The program from outside: what it tells of itself, what it prints of decks and networks, and with which exit status.

mod files;
#[path = "../common/program.rs"]
mod program;
mod refused;
mod results;

use std::{fs, path::Path, process::Output};

use program::{memspike, text};
use serde_json::Value;
use tempfile::TempDir;

/// An RC neuron whose spikes are known: it turns on at 0.25 V and off at 0.085 V.
const NEURON: &str = "\
Neuron with an ideal switch
Vin in 0 DC 0.8
R1 in out 1Meg
C1 out 0 47n
S1 out 0 out 0 ideal
.model ideal SW(VT=0.1675 VH=0.0825 RON=1k ROFF=1e12)
.tran 1 uic
.meas tran spikes spikes S1
.meas tran peak MAX v(out)
.end
";

fn folder_with(name: &str, deck: &str) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join(name), deck).expect("the deck is written");
    folder
}

fn json_of(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("standard output is JSON")
}

#[test]
fn help_says_what_the_program_does() {
    let verbs = [
        "",
        "run",
        "check",
        "compare",
        "plot",
        "export-spice",
        "net",
        "fit",
        "train",
        "classify",
        "network-deck",
        "convert",
        "quantise",
        "export-verilog",
        "verify",
        "synth",
        "demo",
        "paper",
        "man",
        "completions",
    ];
    for verb in verbs {
        let arguments: Vec<&str> = [verb, "--help"].into_iter().filter(|a| !a.is_empty()).collect();
        let output = memspike(Path::new("."), &arguments);
        assert_eq!(output.status.code(), Some(0));
        insta::assert_snapshot!(format!("help_{verb}"), text(&output.stdout));
    }
}

#[test]
fn check_of_a_good_deck_sums_it_up() {
    let folder = folder_with("neuron.cir", NEURON);
    let output = memspike(folder.path(), &["check", "neuron.cir"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    insta::assert_snapshot!(text(&output.stdout));
}

#[test]
fn commands_that_are_printed_are_those_of_a_shell() {
    let folder = TempDir::new().expect("a temporary folder");
    let output = memspike(folder.path(), &["example", "ring", "-o", "it's my ring"]);
    let said = text(&output.stdout);
    let (_, command) = said.split_once("next: memspike ").expect("a command");
    let command = format!("'{}' {command}", env!("CARGO_BIN_EXE_memspike"));
    let status = std::process::Command::new("sh")
        .args(["-c", &command])
        .current_dir(folder.path())
        .stdout(std::process::Stdio::null())
        .status()
        .expect("a shell");
    assert!(status.success(), "{command}");
    assert!(folder.path().join("it's my ring/ring.vcd").is_file());
    let arguments = ["export-verilog", "--real-model", "lif", "--out", "my core"];
    let said = text(&memspike(folder.path(), &arguments).stdout);
    assert!(said.contains("`make -C 'my core' sim`"), "{said}");
}

#[test]
fn check_of_a_bad_deck_shows_every_error_and_exits_2() {
    let deck = NEURON.replace("S1 out 0 out 0 ideal", "S1 out 0 out 0 idael").replace("47n", "2k2");
    let folder = folder_with("bad.cir", &deck);
    let output = memspike(folder.path(), &["check", "bad.cir"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stdout), "");
    insta::assert_snapshot!(text(&output.stderr));

    let output = memspike(folder.path(), &["check", "--json", "bad.cir"]);
    assert_eq!(output.status.code(), Some(2));
    let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let errors = found["errors"].as_array().expect("a list");
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert_eq!((&errors[0]["file"], &errors[0]["line"]), (&"bad.cir".into(), &4.into()));
    assert_eq!(errors[1]["line"], 5);
}

#[test]
fn completions_know_the_verbs() {
    let output = memspike(Path::new("."), &["completions", "bash"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("check"));
}

#[test]
fn check_tells_the_shape_of_a_network_and_refuses_one_that_is_none() {
    let folder = TempDir::new().expect("a folder");
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kept/network.toml");
    let good = fs::read_to_string(kept).expect("text");
    fs::write(folder.path().join("good.toml"), &good).expect("written");
    let output = memspike(folder.path(), &["check", "good.toml"]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(said.contains("population hidden: 2 of lif"), "{said}");
    assert!(said.contains("projection array: rows to hidden, siemens, 6 connections"), "{said}");
    assert!(said.contains("neurons: 8, synapses: 9"), "{said}");
    let bad = good.replace("to = \"hidden\"", "to = \"hiden\"");
    let line = 1 + bad.lines().position(|line| line.contains("hiden")).expect("a line");
    fs::write(folder.path().join("bad.toml"), bad).expect("written");
    let output = memspike(folder.path(), &["check", "bad.toml"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains(&format!("bad.toml:{line}:6: projection 'array'")), "{said}");
    assert!(said.contains("'hidden'"), "{said}");
    let output = memspike(folder.path(), &["check", "bad.toml", "--json"]);
    let findings: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(output.status.code(), Some(2));
    let finding = &findings["errors"][0];
    assert_eq!((&finding["file"], &finding["line"]), (&"bad.toml".into(), &line.into()));
}
