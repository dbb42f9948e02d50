//! What a deck takes of memory: said before it is taken, and about right.
#![cfg(target_os = "linux")]

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

/// Prints the greatest memory that a command had (kB) after what it prints itself.
const PEAK: &str = "import resource, subprocess, sys
status = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)";

/// A .npy file of `rows` x `columns` weights of 0 and 1.
fn weights(path: &Path, rows: usize, columns: usize) {
    let mut header =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    let padding = 63 - (10 + header.len()) % 64;
    header.push_str(&" ".repeat(padding));
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    let weight = |at: usize| if at.is_multiple_of(7) { 1.0_f32 } else { 0.0 };
    bytes.extend((0..rows * columns).flat_map(|at| weight(at).to_le_bytes()));
    fs::write(path, bytes).expect("weights");
}

fn array(size: usize) -> TempDir {
    let folder = array_deck(size, "w.npy");
    weights(&folder.path().join("w.npy"), size, size);
    folder
}

/// An array between rows that pulse and columns that leak, without its weights.
fn array_deck(size: usize, weights: &str) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let last = size - 1;
    let deck = format!(
        "a large array\nV[0:{last}] row[0:{last}] 0 PULSE(0 1 1m 0 0 1m 2m)\n\
         A1 row[0:{last}] mem[0:{last}] model weights=\"{weights}\"\n.model model crossbar()\n\
         R[0:{last}] mem[0:{last}] 0 1k\nC[0:{last}] mem[0:{last}] 0 1n\n.tran 1u uic\n.end\n"
    );
    fs::write(folder.path().join("deck.cir"), deck).expect("the deck");
    folder
}

/// The same with weights in a list: `degree` in each column, spread over the rows.
fn listed_array(size: usize, degree: usize) -> TempDir {
    let folder = array_deck(size, "w.csv");
    let apart = size / degree;
    let mut lines = "row,column,weight\n".to_owned();
    for column in 0..size {
        for number in 0..degree {
            let row = number * apart + (column * 31 + number * 7) % apart;
            let _ = writeln!(lines, "{row},{column},{}", 1.0 / (1 + number) as f64);
        }
    }
    fs::write(folder.path().join("w.csv"), lines).expect("weights");
    folder
}

fn neurons(count: usize) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let last = count - 1;
    let deck = format!(
        "many neurons\n.model zno ts_memristor(von=0.15 vs=25m t0=0.5 vhold=0.1)\n\
         V[0:{last}] in[0:{last}] 0 {{0.5+1u*index}}\nR[0:{last}] in[0:{last}] a[0:{last}] 1Meg\n\
         C[0:{last}] a[0:{last}] 0 47n\nN[0:{last}] a[0:{last}] 0 zno\n.tran 50m uic\n.end\n"
    );
    fs::write(folder.path().join("deck.cir"), deck).expect("the deck");
    folder
}

fn run(folder: &Path, command: &mut Command) -> Output {
    command.current_dir(folder).output().expect("it starts")
}

/// What `check` says that a run takes, and what it takes (MB).
fn said_and_taken(folder: &Path) -> [f64; 2] {
    let program = env!("CARGO_BIN_EXE_memspike");
    let check = run(folder, Command::new(program).args(["check", "deck.cir"]));
    let said = String::from_utf8(check.stdout).expect("UTF-8");
    let complaint = String::from_utf8_lossy(&check.stderr);
    let said = said.lines().find_map(|line| line.strip_prefix("memory: about "));
    let said = said.unwrap_or_else(|| panic!("{complaint}"));
    let said = said.strip_suffix(" MB a run").expect("its unit").parse().expect("a number");
    [said, taken(folder, &["--json"])]
}

/// What a run takes (MB).
fn taken(folder: &Path, more: &[&str]) -> f64 {
    let words = ["-c", PEAK, env!("CARGO_BIN_EXE_memspike"), "run", "deck.cir", "--threads", "1"];
    let output = run(folder, Command::new("python3").args(words).args(more));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let taken: f64 = text.lines().last().expect("a line").parse().expect("kilobytes");
    taken / 1024.0
}

/// What a run may take beyond what is said (MB): pages that the allocator rounds up to and buffers
/// of files.
const SLACK: f64 = 8.0;

/// The program and its libraries are not the deck's, and how large they are depends on how they
/// were built: a deck of one neuron shows it.
#[test]
fn a_run_takes_what_check_says_and_no_more() {
    let program = taken(neurons(1).path(), &["--json"]);
    for (name, folder) in [
        ("array", array(1500)),
        ("array", array(600)),
        ("neurons", neurons(30_000)),
        ("neurons", neurons(5000)),
    ] {
        let [said, taken] = said_and_taken(folder.path());
        let taken = taken - program;
        assert!(taken <= said + SLACK, "{name}: {said} MB said, {taken} MB taken");
        assert!(said <= 1.5 * taken, "{name}: {said} MB said, {taken} MB taken");
    }
}

#[test]
fn a_deck_that_needs_more_than_its_limit_is_told_how_much_it_needs() {
    let folder = array(2000);
    for verb in ["check", "run"] {
        let limited =
            format!("ulimit -v 190000; exec '{}' {verb} deck.cir", env!("CARGO_BIN_EXE_memspike"));
        let output = run(folder.path(), Command::new("sh").args(["-c", &limited]));
        let message = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(2), "{verb}: {message}");
        assert!(message.contains("the deck takes about 20"), "{verb}: {message}");
        assert!(
            message.contains("deck.cir:3") && message.contains("ulimit -v"),
            "{verb}: {message}"
        );
    }
}

/// What a run for so many seconds takes (MB) with waveforms of one kind.
fn taken_with(folder: &Path, kind: &str, seconds: u32) -> f64 {
    let (until, file) = (seconds.to_string(), format!("waves.{kind}"));
    taken(folder, &["--grid", "50m", "--lenient", "--until", &until, "-o", &file])
}

#[test]
fn a_weight_of_a_large_array_of_few_takes_less_than_40_bytes() {
    for (size, runs) in [(500, 15), (2000, 5), (10_000, 3)] {
        // Nodes, elements and islands are the same. Runs of one deck differ by a megabyte, which is 23 bytes a weight of the smallest:
        // the least is what none of them can do without.
        let [few, many] = [10, 100].map(|degree| {
            let folder = listed_array(size, degree);
            (0..runs).map(|_| taken(folder.path(), &["--json"])).fold(f64::INFINITY, f64::min)
        });
        let weight = (many - few) * 1024.0 * 1024.0 / (90 * size) as f64;
        eprintln!("{size} x {size}: {weight:.1} bytes a weight, {many:.1} MB in all");
        assert!((12.0..40.0).contains(&weight), "{size}: {weight} bytes a weight");
    }
}

#[test]
fn waveforms_of_a_run_ten_times_as_long_take_the_same_memory() {
    // By the first of both the windows of a run, and the blocks of FST, are as large as they become.
    let folder = neurons(1);
    for kind in ["vcd", "fst", "raw", "csv"] {
        let sizes = [1800, 18_000].map(|seconds| {
            let taken = taken_with(folder.path(), kind, seconds);
            let file = folder.path().join(format!("waves.{kind}"));
            (taken, fs::metadata(file).expect("the file").len())
        });
        let [(short, bytes), (long, more)] = sizes;
        assert!(more > 9 * bytes, "{kind}: {bytes} and {more} bytes");
        assert!(long < 1.1 * short, "{kind}: {short} MB and, ten times as long, {long} MB");
    }
}
