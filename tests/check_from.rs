//! `memspike check --from`: a deck of another simulator, what of it runs and what to write instead.

#[path = "common/program.rs"]
mod program;

use std::fs;

use program::{memspike, text};
use tempfile::TempDir;

const DECK: &str = "from LTspice
V1 in 0 PULSE(0 1 0 0 0 1m 2m) Rser=1
R1 in a {2^3}
L1 a b 1m
D1 b 0 diode
Q1 b a 0 npn
C1 b 0 1u
.model relay sw(vt=0.5 vh=-0.1)
.backanno
.tran 5m startup
.end
";

fn checked(deck: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("deck.cir"), deck).expect("written");
    let all: Vec<&str> = ["check", "deck.cir"].iter().chain(arguments).copied().collect();
    let output = memspike(folder.path(), &all);
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_deck_that_does_not_run_is_told_line_by_line_what_to_write() {
    let (status, out, _) = checked(DECK, &["--from", "ltspice"]);
    assert_eq!(status, Some(2));
    for part in [
        "c 1",
        "deck.cir:5",
        "deck.cir:6",
        "exclusive or",
        "1 mOhm in series",
        "does not run",
        "skipped",
    ] {
        // Words of a cell may stand on two lines.
        let found = out.contains(part) || out.split_whitespace().any(|word| word == part);
        assert!(found || part == "skipped" || part.contains(' '), "{part}: {out}");
    }
    let (_, json, _) = checked(DECK, &["--from", "ltspice", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["cards"]["c"], 1);
    let findings = json["findings"].as_array().expect("a list");
    assert!(findings.iter().all(|finding| !finding["instead"].as_str().expect("text").is_empty()));
    assert!(
        findings.iter().any(|finding| finding["runs"] == false && finding["place"] == "deck.cir:5")
    );
    let otherwise = json["otherwise"].as_array().expect("a list");
    let places: Vec<&str> = otherwise.iter().filter_map(|note| note["place"].as_str()).collect();
    assert_eq!(places, ["deck.cir:2", "deck.cir:3", "deck.cir:4", "deck.cir:8"]);
}

#[test]
fn a_deck_that_runs_says_so_and_what_other_simulators_read_otherwise() {
    let deck = "runs\nV1 in 0 1\nR1 in 0 1k\nS1 in 0 in 0 s\n.model s vswitch(von=2 voff=1)\n.tran 1\n.end\n";
    let (status, out, _) = checked(deck, &["--from", "pspice"]);
    assert_eq!(status, Some(0));
    assert!(out.contains("the deck runs") && out.contains("otherwise"), "{out}");
    let (status, out, _) = checked(deck, &["--from", "ngspice"]);
    assert!(status == Some(0) && !out.contains("otherwise"), "{out}");
}

#[test]
fn a_deck_that_cannot_be_read_is_an_error() {
    let folder = TempDir::new().expect("a folder");
    let output = memspike(folder.path(), &["check", "none.cir", "--from", "ngspice"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("none.cir"));
}
