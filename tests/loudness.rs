//! How much people are told: `-q`, `-v`, and lines of progress where standard error is no terminal.

#[path = "common/program.rs"]
mod program;

use std::{fs, path::Path, process::Output};

use program::{memspike, text as words};
use tempfile::TempDir;

const DECK: &str = "\
An RC circuit
V1 in 0 DC 1
R1 in out 1k
C1 out 0 1u
.tran 5m uic
.meas tran late FIND v(out) AT=4m
.end
";

fn run(folder: &Path, arguments: &[&str]) -> Output {
    fs::write(folder.join("rc.cir"), DECK).expect("a deck");
    let output = memspike(folder, &[&["run", "rc.cir"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

#[test]
fn quiet_leaves_data_files_and_errors() {
    let folder = TempDir::new().expect("a folder");
    let output = run(folder.path(), &["-q", "--vcd", "rc.vcd"]);
    assert_eq!((words(&output.stdout), words(&output.stderr)), (String::new(), String::new()));
    assert!(folder.path().join("rc.vcd").is_file());
    let output = run(folder.path(), &["--json", "--quiet"]);
    assert!(words(&output.stdout).contains("\"late\""));
    // A VCD on standard output stays alone in any case.
    let output = run(folder.path(), &["-q", "--vcd", "-"]);
    assert!(words(&output.stdout).contains("$enddefinitions") && output.stderr.is_empty());
    let wrong = memspike(folder.path(), &["-q", "run", "none.cir"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(words(&wrong.stderr).contains("none.cir"));
}

#[test]
fn verbose_says_what_is_read_run_and_written_and_changes_no_result() {
    let folder = TempDir::new().expect("a folder");
    let usual = run(folder.path(), &[]);
    let output = run(folder.path(), &["-v", "--vcd", "rc.vcd"]);
    let said = words(&output.stderr);
    for word in ["read rc.cir", "runs: 1, threads: 1", "events in", "wrote rc.vcd"] {
        assert!(said.contains(word), "{word} in {said}");
    }
    assert_eq!(output.stdout, usual.stdout);
    assert!(usual.stderr.is_empty());
}

#[test]
fn both_at_once_are_refused() {
    let output = memspike(Path::new("."), &["run", "-q", "-v", "rc.cir"]);
    assert_eq!(output.status.code(), Some(2));
}
