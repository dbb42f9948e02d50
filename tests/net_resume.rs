//! `memspike net --checkpoint` from outside: whatever ends a run, it goes on to the bytes of an unbroken one.

#[path = "common/networks.rs"]
mod networks;
#[path = "common/program.rs"]
mod program;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output};
use std::time::{Duration, Instant};

use memspike_random::{Draws, Owner};
use networks::{LIVELY, UNTIL, arguments, begin, folder, lasting, run};
use program::{listing, memspike, text};
use rand::TryRng as _;
use serde_json::Value;

/// What all runs here record, and how often they are kept.
const KEPT: [&str; 10] = [
    "-o",
    "spikes.parquet",
    "--probe",
    "currents[0-2,7]@0.37e-3",
    "--probe-out",
    "membranes.csv",
    "--checkpoint",
    "ck",
    "--checkpoint-every",
    "0.05",
];

const OUTPUTS: [&str; 2] = ["spikes.parquet", "membranes.csv"];

fn kept<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&KEPT[..], more].concat()
}

/// The bytes of a run without checkpoints, and its results.
fn unbroken() -> ([Vec<u8>; 2], Value) {
    let folder = folder(LIVELY);
    let results = run(folder.path(), &KEPT[..6]);
    assert!(results["counters"]["spikes"].as_u64().expect("a count") > 20_000, "{results}");
    for population in results["populations"].as_array().expect("a list") {
        assert!(population["spikes"].as_u64().expect("a count") > 100, "{population}");
    }
    (outputs(folder.path()), lasting(&results))
}

fn outputs(folder: &Path) -> [Vec<u8>; 2] {
    OUTPUTS.map(|name| fs::read(folder.join(name)).expect("a recording"))
}

fn length(path: &Path) -> u64 {
    path.metadata().map_or(0, |metadata| metadata.len())
}

/// Waits until so many bytes are in the spool, or the run has ended.
fn wait_for_spool(child: &mut Child, spool: &Path, bytes: u64) {
    let begun = Instant::now();
    while length(spool) < bytes && child.try_wait().expect("a child").is_none() {
        assert!(begun.elapsed() < Duration::from_secs(120), "nothing is recorded");
        std::thread::sleep(Duration::from_micros(500));
    }
}

/// A uniform draw of [0, 1).
fn uniform(draws: &Draws, number: u64) -> f64 {
    let Ok(word) = draws.generator(number).try_next_u64();
    (word >> 11) as f64 / (1_u64 << 53) as f64
}

fn refused(output: &Output, code: i32, words: &[&str]) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{words:?}: {said}");
    assert!(words.iter().all(|word| said.contains(word)), "{words:?}: {said}");
}

/// Most instants are a number of bytes in the spool, so that they lie all over the run on any machine; some are a time after the start,
/// so that they also lie in what comes before and after it.
#[test]
fn a_run_that_is_killed_at_any_of_thirty_instants_goes_on_to_the_bytes_of_an_unbroken_one() {
    let (truth, results) = unbroken();
    let spikes = results["counters"]["spikes"].as_u64().expect("a count");
    let draws = Draws::new(1, Owner::Spikes("kills"));
    let mut killed = 0;
    for kill in 0..30 {
        let folder = folder(LIVELY);
        let threads = ["1", "2", "3", "7"];
        let [before, after] = [kill % 4, kill % 3 + 1].map(|at| threads[at]);
        let mut child = begin(folder.path(), &kept(&["--threads", before]));
        let share = uniform(&draws, kill as u64);
        if kill < 24 {
            let bytes = (share * 24.0 * spikes as f64) as u64;
            wait_for_spool(&mut child, &folder.path().join("ck/spikes.spool"), bytes);
        } else {
            std::thread::sleep(Duration::from_secs_f64(0.3 * share));
        }
        child.kill().expect("it can be killed");
        killed += usize::from(child.wait().expect("it ends").code().is_none());
        // Before the folder is made there is nothing to resume.
        let resume: &[&str] = match folder.path().join("ck").exists() {
            true => &["--threads", after, "--resume"],
            false => &["--threads", after],
        };
        let resumed = run(folder.path(), &kept(resume));
        assert_eq!(lasting(&resumed), results, "kill {kill}");
        assert!(outputs(folder.path()) == truth, "kill {kill}");
        let mut left = listing(folder.path());
        // What a killed process was writing stays under its temporary name.
        left.retain(|name| !name.ends_with(".part"));
        assert_eq!(left, ["ck", "membranes.csv", "network.toml", "spikes.parquet"]);
        let kept = ["checkpoint", "lock", "membranes.spool", "spikes.spool"];
        assert_eq!(listing(&folder.path().join("ck")), kept);
    }
    // On a busy machine some runs have ended before they are killed.
    assert!(killed >= 10, "{killed}");
}

#[test]
fn a_run_that_is_asked_to_stop_leaves_whole_recordings_and_a_checkpoint() {
    let (truth, results) = unbroken();
    for signal in ["-INT", "-TERM"] {
        let folder = folder(LIVELY);
        // Without periodic ones: the checkpoint is that of the end.
        let mut child = begin(folder.path(), &[&KEPT[..8], &["--window", "2e-5"]].concat());
        wait_for_spool(&mut child, &folder.path().join("ck/spikes.spool"), 100_000);
        let sent = Command::new("kill").arg(signal).arg(child.id().to_string()).status();
        assert!(sent.expect("kill").success());
        let output = child.wait_with_output().expect("it ends");
        refused(&output, 1, &["interrupted at", "'ck' is at", "--resume"]);
        let stopped: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let reached_s = stopped["reached_s"].as_f64().expect("a time");
        assert_eq!(stopped["interval_s"], serde_json::json!([0.0, reached_s]));
        assert!((0.01..0.55).contains(&reached_s), "{reached_s}");
        let shorter = kept(&["--resume", "--until", "0.59"]);
        let shorter = memspike(folder.path(), &arguments(&shorter));
        refused(&shorter, 2, &["other inputs: the end (0.59 s, before: 0.6 s)", "--branch"]);
        // Rows of the unbroken run, up to where it came.
        let rows = |text: &[u8]| -> Vec<String> {
            let text = String::from_utf8(text.to_vec()).expect("UTF-8");
            let digit = |line: &&str| line.starts_with(|c: char| c.is_ascii_digit());
            text.lines().filter(digit).map(str::to_owned).collect()
        };
        let (part, whole) = (rows(&outputs(folder.path())[1]), rows(&truth[1]));
        assert!(!part.is_empty() && part[..] == whole[..part.len()]);
        let resumed = run(folder.path(), &kept(&["--resume"]));
        assert_eq!(resumed["resumed_from_s"], stopped["reached_s"]);
        assert_eq!(lasting(&resumed), results);
        let delivered = |run: &Value| run["counters"]["delivered"].as_u64();
        let own = resumed["wall"]["run_delivered"].as_u64();
        assert_eq!(own, delivered(&resumed).zip(delivered(&stopped)).map(|(all, then)| all - then));
        assert!(outputs(folder.path()) == truth, "{signal}");
    }
}

#[test]
fn a_run_in_parts_has_the_bytes_of_one_in_one_piece_on_other_threads_and_in_other_windows() {
    let (truth, results) = unbroken();
    for (threads, window) in [("1", "1e-4"), ("2", "1e-3"), ("3", "3.3e-5"), ("7", "1e-3")] {
        let folder = folder(LIVELY);
        let knobs = ["--threads", threads, "--window", window];
        let whole = run(folder.path(), &[&KEPT[..6], &knobs].concat());
        assert_eq!(lasting(&whole), results);
        assert!(outputs(folder.path()) == truth, "{threads} threads, {window} s");
        for until in ["0.1", "0.3337", UNTIL, UNTIL] {
            let resume: &[&str] = if until == "0.1" { &[] } else { &["--resume"] };
            let part =
                run(folder.path(), &kept(&[&["--until", until], &knobs[..], resume].concat()));
            assert!(until != UNTIL || lasting(&part) == results, "{part}");
        }
        assert!(outputs(folder.path()) == truth, "{threads} threads, {window} s, in parts");
    }
}

#[test]
fn tables_in_another_order_give_the_same_bytes_and_may_go_on() {
    let (truth, results) = unbroken();
    let (head, tables) = LIVELY.trim().split_once("\n\n").expect("a head");
    let mut tables: Vec<&str> = tables.split("\n\n").collect();
    tables.reverse();
    let turned = format!("{head}\n\n{}\n", tables.join("\n\n"));
    let folder = folder(LIVELY);
    run(folder.path(), &kept(&["--until", "0.2"]));
    fs::write(folder.path().join("network.toml"), &turned).expect("room");
    let resumed = run(folder.path(), &kept(&["--resume"]));
    assert_eq!(lasting(&resumed), results);
    assert!(outputs(folder.path()) == truth);
    // What is printed is what the files name.
    let membranes = fs::read_to_string(folder.path().join("membranes.csv")).expect("text");
    for key in ["network", "description", "digest", "seed", "delay_tick_fs", "interval_s"] {
        let value = match &resumed[key] {
            Value::String(text) => text.clone(),
            Value::Array(ends) => format!("[{}, {}]", ends[0], ends[1]),
            number => number.to_string(),
        };
        assert!(membranes.contains(&format!("# memspike.{key} = {value}\n")), "{key}: {value}");
    }
    assert_eq!(resumed["delay_tick_fs"], 1_000_000_000_u64);
}

#[test]
fn other_inputs_are_refused_by_name_unless_a_branch_is_asked_for() {
    let folder = folder(LIVELY);
    run(folder.path(), &kept(&["--until", "0.2"]));
    let again = |others: &[&str]| memspike(folder.path(), &arguments(&kept(others)));
    refused(&again(&[]), 2, &["0.2 s", "--resume"]);
    refused(&again(&["--resume", "--seed", "7"]), 2, &["the seed (7 was 0)", "--branch"]);
    refused(&again(&["--resume", "--probe", "excitatory[3]@0.1"]), 2, &["the probes", "currents"]);
    refused(&again(&["--resume", "--branch", "--until", "0.1"]), 2, &["has come to 0.2 s", "0.1"]);
    let network = folder.path().join("network.toml");
    fs::write(&network, LIVELY.replace("weights = -1", "weights = -1.25")).expect("room");
    refused(&again(&["--resume"]), 2, &["other inputs: the network"]);
    // A membrane of another time constant would read its state otherwise.
    fs::write(&network, LIVELY.replace("tau_s = 10e-3", "tau_s = 11e-3")).expect("room");
    refused(&again(&["--resume", "--branch"]), 2, &["parameters", "Poisson"]);
    fs::write(&network, LIVELY.replace("weights = -1", "weights = -1.25")).expect("room");
    let branch = run(folder.path(), &kept(&["--resume", "--branch", "--seed", "7"]));
    let said = "at 0.2 s: the network, the seed (7 was 0)";
    assert_eq!(branch["branches"], serde_json::json!([said]));
    let membranes = fs::read_to_string(folder.path().join("membranes.csv")).expect("text");
    assert!(membranes.contains(&format!("# memspike.branches = {said}\n")), "{membranes}");
    // It goes on as what it has become.
    run(folder.path(), &kept(&["--until", "0.7", "--resume", "--seed", "7"]));
}

#[test]
fn a_checkpoint_that_is_damaged_foreign_or_newer_is_refused_and_stays_as_it_is() {
    let folder = folder(LIVELY);
    run(folder.path(), &kept(&["--until", "0.2"]));
    let path = folder.path().join("ck/checkpoint");
    let whole = fs::read(&path).expect("a checkpoint");
    let resume = || memspike(folder.path(), &arguments(&kept(&["--resume"])));
    let flipped = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 4;
        bytes
    };
    let cut = |length: usize| whole[..length].to_vec();
    let damaged = "is damaged";
    let end = whole.len();
    for (bytes, words) in [
        (b"P5 640 480 255".to_vec(), "no checkpoint"),
        (Vec::new(), "no checkpoint"),
        (flipped(8), "version 5, and this program reads version 1"),
        (flipped(19), damaged),
        (flipped(30), damaged),
        (flipped(end / 2), damaged),
        (flipped(end - 1), damaged),
        (cut(10), damaged),
        (cut(200), damaged),
        (cut(end / 2), damaged),
        (cut(end - 1), damaged),
        ([&whole[..], b"x"].concat(), damaged),
    ] {
        fs::write(&path, &bytes).expect("room");
        refused(&resume(), 2, &["ck/checkpoint", words]);
        assert!(fs::read(&path).expect("it is there") == bytes);
    }
    fs::write(&path, &whole).expect("room");
    for (spool, bytes) in [("ck/spikes.spool", 24 * 100), ("ck/membranes.spool", 0)] {
        let path = folder.path().join(spool);
        let whole = fs::read(&path).expect("a spool");
        fs::write(&path, &whole[..bytes]).expect("room");
        refused(&resume(), 2, &[spool, "shorter"]);
        let mut other = whole.clone();
        other[17] ^= 1;
        fs::write(&path, &other).expect("room");
        refused(&resume(), 2, &[spool, "not those of its checkpoint"]);
        fs::write(&path, whole).expect("room");
    }
    let nowhere = ["net", "network.toml", "--checkpoint", "nothing", "--resume"];
    refused(&memspike(folder.path(), &nowhere), 2, &["'nothing' is not there"]);
    assert_eq!(resume().status.code(), Some(0));
}

#[test]
fn two_runs_do_not_share_a_folder() {
    let folder = folder(LIVELY);
    let mut child = begin(folder.path(), &kept(&["--until", "1000"]));
    wait_for_spool(&mut child, &folder.path().join("ck/spikes.spool"), 10_000);
    for others in [&[][..], &["--resume"]] {
        let second = memspike(folder.path(), &arguments(&kept(others)));
        refused(&second, 1, &["'ck'", "another run"]);
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    // The lock goes with its owner: what is left is a checkpoint.
    let second = memspike(folder.path(), &arguments(&kept(&[])));
    refused(&second, 2, &["has the checkpoint", "--resume"]);
}

#[test]
fn a_full_disk_ends_a_run_at_its_last_checkpoint() {
    let (truth, results) = unbroken();
    let folder = folder(LIVELY);
    // Blocks of 512 bytes: enough for a checkpoint of 1040 neurons, too little for all spikes.
    let line = format!(
        "ulimit -f 500; exec '{}' {}",
        env!("CARGO_BIN_EXE_memspike"),
        arguments(&kept(&[])).join(" ")
    );
    let output = Command::new("sh").arg("-c").arg(line).current_dir(folder.path()).output();
    let output = output.expect("a shell");
    refused(&output, 1, &["cannot", "ulimit -f", "'ck' is at", "--resume"]);
    assert_eq!(lasting(&run(folder.path(), &kept(&["--resume"]))), results);
    assert!(outputs(folder.path()) == truth);
}

#[test]
fn folders_that_cannot_be_are_refused_and_an_empty_one_begins_a_run() {
    let (truth, results) = unbroken();
    let folder = folder(LIVELY);
    for (path, words) in [("network.toml", "not a directory"), ("nowhere/ck", "make it first")] {
        let arguments = ["net", "network.toml", "--checkpoint", path];
        refused(&memspike(folder.path(), &arguments), 1, &["cannot write", path, words]);
    }
    fs::create_dir_all(folder.path().join("odd/checkpoint")).expect("room");
    let odd = memspike(folder.path(), &["net", "network.toml", "--checkpoint", "odd"]);
    refused(&odd, 2, &["cannot read", "odd/checkpoint", "directory"]);
    // As a batch system leaves it that ended the run while its network was built.
    fs::create_dir(folder.path().join("ck")).expect("room");
    let output = memspike(folder.path(), &arguments(&kept(&["--resume"])));
    refused(&output, 0, &["no checkpoint is in 'ck' yet"]);
    let begun: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((lasting(&begun), &begun["resumed_from_s"]), (results, &Value::Null));
    assert!(outputs(folder.path()) == truth);
}
