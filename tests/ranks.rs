//! The program as several processes of MPI: the same bytes for any number of ranks, one voice, and an end for all when one ends.

#[path = "common/program.rs"]
mod program;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use program::{listing, memspike, text};
use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_memspike");

/// No job of these tests works so long; one that does hangs.
const PATIENCE: Duration = Duration::from_secs(240);

/// Messages over TCP alone, as between machines.
const TCP: &[&str] = &["--mca", "btl", "tcp,self"];

/// Cells that excite and calm each other, with noise from outside and a relay of one.
const NETWORK: &str = include_str!("common/ranks.toml");

/// One test at a time: ranks that wait for each other take a core each.
static TURN: Mutex<()> = Mutex::new(());

fn folder() -> (MutexGuard<'static, ()>, TempDir) {
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("network.toml"), NETWORK).expect("room");
    (turn, folder)
}

/// A job of so many ranks: more than there may be cores, and by whoever runs the tests.
fn job(folder: &Path, ranks: usize, options: &[&str]) -> Command {
    let mut command = Command::new("mpirun");
    command.args(["--allow-run-as-root", "--oversubscribe"]).args(options);
    command.args(["-n", &ranks.to_string(), PROGRAM]).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Waits for a job; one that hangs is ended, and fails the test.
fn ended(mut child: Child) -> Output {
    let begun = Instant::now();
    let pipes =
        [drain(child.stdout.take().expect("a pipe")), drain(child.stderr.take().expect("a pipe"))];
    let status: ExitStatus = loop {
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            break status;
        }
        if begun.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("the job hangs");
        }
        thread::sleep(Duration::from_millis(10));
    };
    let [stdout, stderr] = pipes.map(|pipe| pipe.join().expect("no panic"));
    Output { status, stdout, stderr }
}

fn drain(mut pipe: impl std::io::Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("a pipe");
        bytes
    })
}

fn on_ranks(folder: &Path, ranks: usize, options: &[&str], arguments: &[&str]) -> Output {
    let mut command = job(folder, ranks, options);
    ended(command.args(arguments).spawn().expect("mpirun is installed"))
}

fn words(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

fn good(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// What does not depend on how a run is carried out.
fn results(json: &str) -> Value {
    let all: Value = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"));
    let counters = &all["counters"];
    let counts = ["spikes", "sent", "delivered", "under_way"].map(|name| counters[name].clone());
    serde_json::json!([all["reached_s"], all["synapses"], all["populations"], counts])
}

#[test]
fn recordings_have_the_bytes_of_one_process() {
    let (_turn, folder) = folder();
    // Some are looked at twice, or across where one rank's end.
    let probes = ["cells@0.7e-3", "jumps[0,40-70,89]@1e-3", "cells[5-7]@0.35e-3"];
    let net = |name: &str, threads: &str| -> Vec<String> {
        let words = format!(
            "net network.toml --until 0.1 --json -o {name} --threads {threads} --probe-out v{name} \
             --probe {} --probe {} --probe {}",
            probes[0], probes[1], probes[2]
        );
        words.split(' ').map(str::to_owned).collect()
    };
    let read = |name: &str| fs::read(folder.path().join(name)).expect("a recording");
    let alone = results(&good(&memspike(folder.path(), &words(&net("1.parquet", "1")))));
    assert!(alone[3][0].as_u64() > Some(20_000), "{alone}");
    good(&memspike(folder.path(), &words(&net("1.csv", "1"))));
    // 400 cells every 0.7 ms, three of them every 0.35 ms as well, 33 jumps every millisecond.
    let looked = text(&read("v1.csv")).lines().filter(|line| !line.starts_with(['#', 't'])).count();
    assert_eq!(looked, 143 * 400 + 3 * 143 + 101 * 33);
    for (ranks, threads, options) in [
        (1, "1", &[][..]),
        (2, "1", &[]),
        (3, "1", &[]),
        (4, "1", &[]),
        (3, "2", &[]),
        (2, "1", TCP),
    ] {
        let net = net("n.parquet", threads);
        let output = on_ranks(folder.path(), ranks, options, &words(&net));
        assert_eq!(results(&good(&output)), alone, "{ranks} ranks, {threads} threads");
        for (n, one) in [("n.parquet", "1.parquet"), ("vn.parquet", "v1.parquet")] {
            assert!(read(n) == read(one), "{n}, {ranks} ranks, {threads} threads");
        }
    }
    good(&on_ranks(folder.path(), 4, &[], &words(&net("n.csv", "2"))));
    assert!(read("n.csv") == read("1.csv") && read("vn.csv") == read("v1.csv"));
    assert_eq!(listing(folder.path()).len(), 9);
}

#[test]
fn a_run_goes_on_where_other_ranks_left_it() {
    let (_turn, folder) = folder();
    let net = |until: &'static str, name: &'static str| {
        let probe = ["--probe", "cells[1-3,390-399]@1e-3", "--probe-out", "v.csv"];
        [&["net", "network.toml", "--until", until, "--json", "-o", name][..], &probe].concat()
    };
    let kept = ["--checkpoint", "kept", "--checkpoint-every", "0.01"];
    let with = |words: &[&'static str], more: &[&'static str]| [words, &kept[..], more].concat();
    let read = |name: &str| fs::read(folder.path().join(name)).expect("a recording");
    let alone = results(&good(&memspike(folder.path(), &net("0.1", "1.parquet"))));
    let membranes = read("v.csv");
    good(&on_ranks(folder.path(), 2, &[], &with(&net("0.03", "n.parquet"), &[])));
    good(&on_ranks(folder.path(), 3, &[], &with(&net("0.075", "n.parquet"), &["--resume"])));
    let last = on_ranks(folder.path(), 2, TCP, &with(&net("0.1", "n.parquet"), &["--resume"]));
    assert_eq!(results(&good(&last)), alone);
    assert!(read("n.parquet") == read("1.parquet") && read("v.csv") == membranes);
    // What is kept is that of one process.
    let again = memspike(folder.path(), &with(&net("0.1", "again.parquet"), &["--resume"]));
    assert_eq!(results(&good(&again)), alone);
    assert!(read("again.parquet") == read("1.parquet") && read("v.csv") == membranes);
}

/// `.step` and `.mc`: tables, JSON and the files of every run.
#[test]
fn runs_of_a_deck_have_the_bytes_of_one_process() {
    let (_turn, folder) = folder();
    let deck = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists").join(name);
        path.to_str().expect("UTF-8").to_owned()
    };
    let (spread, oscillation) = (deck("spread.cir"), deck("oscillation.cir"));
    let read = |run: usize, name: &str| {
        fs::read(folder.path().join(format!("{name}-{run}.csv"))).expect("a run's file")
    };
    for arguments in [
        &["run", &spread, "--until", "20m", "--lenient"][..],
        &["run", &spread, "--until", "20m", "--lenient", "--json", "--seed", "3"],
        &["run", &oscillation, "--until", "20m", "--lenient", "--spikes", "FILE.csv"],
    ] {
        let with = |file: &str| -> Vec<String> {
            arguments.iter().map(|word| word.replace("FILE", file)).collect()
        };
        let alone = memspike(folder.path(), &words(&with("one")));
        let wanted = good(&alone);
        assert!(wanted.len() > 100, "{wanted}");
        for ranks in [2, 3] {
            let output = on_ranks(folder.path(), ranks, &[], &words(&with("many")));
            assert_eq!(good(&output), wanted);
            assert_eq!(text(&output.stderr), text(&alone.stderr));
        }
    }
    for run in 1..=3 {
        assert!(read(run, "many") == read(run, "one"), "run {run}");
    }
}

#[test]
fn networks_that_are_classified_have_the_bytes_of_one_process() {
    let (_turn, folder) = folder();
    let pixels: Vec<u8> = (0..20 * 784_u32).map(|at| (at * at % 251) as u8).collect();
    let labels: Vec<u8> = (0..20).map(|image| image % 10).collect();
    let idx = |lengths: &[u32], entries: &[u8]| -> Vec<u8> {
        let head = [0, 0, 8, lengths.len() as u8].into_iter();
        let lengths = lengths.iter().flat_map(|length| length.to_be_bytes());
        head.chain(lengths).chain(entries.iter().copied()).collect()
    };
    let write =
        |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).expect("room");
    write("t10k-images-idx3-ubyte", &idx(&[20, 28, 28], &pixels));
    write("t10k-labels-idx1-ubyte", &idx(&[20], &labels));
    let weights: Vec<String> = (0..784)
        .map(|row| {
            (0..10)
                .map(|column| format!("{:e}", ((row * 7 + column * 13) % 29) as f64 / 29.0 - 0.4))
                .collect::<Vec<_>>()
                .join(",")
        })
        .collect();
    write("weights.csv", weights.join("\n").as_bytes());
    let classify = [
        "classify",
        "--mnist",
        ".",
        "--weights",
        "weights.csv",
        "--level",
        "point",
        "--seeds",
        "2",
        "--sweep",
        "programming-noise=0,0.1",
        "--json",
    ];
    let alone = good(&memspike(folder.path(), &classify));
    assert!(alone.len() > 1000, "{alone}");
    for ranks in [2, 3] {
        assert_eq!(good(&on_ranks(folder.path(), ranks, &[], &classify)), alone);
    }
}

#[test]
fn what_is_wrong_is_said_once() {
    let (_turn, folder) = folder();
    let broken = NETWORK.replace("tau_s = 20e-3", "tau_s = 0");
    fs::write(folder.path().join("broken.toml"), broken).expect("room");
    let loops = NETWORK.replace("least = 0.5e-3", "least = 0");
    fs::write(folder.path().join("loops.toml"), loops).expect("room");
    fs::write(folder.path().join("deck.cir"), "a deck\nR1 a 0\n.tran 1 1\n.end\n").expect("room");
    for (arguments, words) in [
        (&["net", "nowhere.toml"][..], "nowhere.toml"),
        (&["net", "broken.toml"], "tau_s"),
        (&["net", "loops.toml"], "delay"),
        (&["net", "network.toml", "-o", "nowhere/spikes.csv"], "nowhere"),
        (&["net", "network.toml", "--until", "0"], "--until"),
        (&["run", "deck.cir"], "R1"),
        (&["run", "-"], "standard input"),
        (&["check", "network.toml"], "one process"),
    ] {
        let output = on_ranks(folder.path(), 3, &[], arguments);
        let said = text(&output.stderr);
        let alone = memspike(folder.path(), arguments);
        let status = if alone.status.success() || arguments == ["run", "-"] {
            Some(2)
        } else {
            alone.status.code()
        };
        assert_eq!(output.status.code(), status, "{arguments:?}: {said}");
        assert_eq!(said.matches("error").count() - noise(&said), 1, "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    // mpirun gives ranks a terminal, where help has colours.
    let help = good(&on_ranks(folder.path(), 3, &[], &["net", "--help"]));
    assert_eq!(help.matches("Usage:").count(), 1, "{help}");
}

/// How often mpirun itself says "error".
fn noise(said: &str) -> usize {
    said.lines().filter(|line| line.starts_with("with errorcode")).count()
}

#[test]
fn ranks_that_read_different_networks_are_refused() {
    let (_turn, folder) = folder();
    let other = NETWORK.replace("rate_hz = 800", "rate_hz = 801");
    fs::write(folder.path().join("other.toml"), other).expect("room");
    let mut command = job(folder.path(), 2, &[]);
    command.args(["net", "network.toml", ":", "-n", "1", PROGRAM, "net", "other.toml"]);
    let output = ended(command.spawn().expect("mpirun is installed"));
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(said.matches("different networks").count(), 1, "{said}");
}

/// A job that has begun to record.
fn long_job(folder: &Path, ranks: usize, options: &[&str]) -> Child {
    let mut command = job(folder, ranks, options);
    command.args(["net", "network.toml", "--until", "10000", "-o", "spikes.csv", "--json"]);
    let child = command.spawn().expect("mpirun is installed");
    let begun = Instant::now();
    let grows = || {
        let files = fs::read_dir(folder).expect("a folder").filter_map(Result::ok);
        files.filter_map(|file| file.metadata().ok()).any(|file| file.len() > 50_000)
    };
    while !grows() {
        assert!(begun.elapsed() < PATIENCE, "nothing is recorded");
        thread::sleep(Duration::from_millis(20));
    }
    child
}

fn kill(signal: &str, process: u32) {
    let sent = Command::new("kill").arg(signal).arg(process.to_string()).status();
    assert!(sent.expect("kill").success());
}

/// Whether a process is there and has not ended.
fn works(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status.lines().any(|line| line.starts_with("State:") && !line.contains('Z'))
}

/// Processes that another has started.
fn children(parent: u32) -> Vec<u32> {
    let output = Command::new("pgrep").args(["-P", &parent.to_string()]).output().expect("pgrep");
    text(&output.stdout).lines().map(|line| line.parse().expect("a number")).collect()
}

/// A job ended with a recording up to where its results say it came.
fn is_whole(folder: &Path, output: &Output) {
    let said = text(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert_eq!(said.matches("interrupted at").count(), 1, "{said}");
    let csv = fs::read_to_string(folder.join("spikes.csv")).expect("a recording");
    let is_spike = |line: &&str| line.starts_with(|c: char| c.is_ascii_digit());
    let spikes = csv.lines().filter(is_spike).count() as u64;
    let json = text(&output.stdout);
    let results: Value = serde_json::from_str(&json).unwrap_or_else(|e| panic!("{e}: {json}"));
    assert_eq!(results["counters"]["spikes"].as_u64(), Some(spikes));
    let reached_s = results["reached_s"].as_f64().expect("a number");
    let end = format!("# memspike.interval_s = [0.0, {reached_s:?}]\n");
    assert!(csv.ends_with(&end), "{end}");
    assert_eq!(listing(folder), ["network.toml", "spikes.csv"]);
}

#[test]
fn a_signal_to_the_job_ends_all_ranks_with_what_they_have() {
    for signal in ["-INT", "-TERM"] {
        let (_turn, folder) = folder();
        // A stop may take as long as results need to be written; mpirun's own patience is a second.
        let child = long_job(folder.path(), 3, &["--mca", "odls_base_sigkill_timeout", "5"]);
        kill(signal, child.id());
        is_whole(folder.path(), &ended(child));
    }
}

/// As a batch system sends it that knows the processes alone.
#[test]
fn a_signal_to_one_rank_ends_all_after_the_same_window() {
    for rank in [0, 2] {
        let (_turn, folder) = folder();
        let child = long_job(folder.path(), 3, &[]);
        kill("-TERM", children(child.id())[rank]);
        is_whole(folder.path(), &ended(child));
    }
}

#[test]
fn a_rank_that_dies_ends_the_job() {
    let (_turn, folder) = folder();
    let child = long_job(folder.path(), 3, &[]);
    let ranks = children(child.id());
    assert_eq!(ranks.len(), 3, "{ranks:?}");
    kill("-KILL", ranks[1]);
    let output = ended(child);
    let said = text(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("exited on signal 9"), "{said}");
    let begun = Instant::now();
    while ranks.iter().any(|rank| works(*rank)) {
        assert!(begun.elapsed() < Duration::from_secs(30), "{ranks:?} work on");
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(fs::read(folder.path().join("spikes.csv")).ok(), None);
}

/// The first rank alone writes, and here has no room.
#[test]
fn a_rank_that_fails_alone_says_why_and_ends_the_job() {
    let (_turn, folder) = folder();
    let net = format!("{PROGRAM} net network.toml --until 1000 -o spikes.csv");
    let mut command = Command::new("mpirun");
    command.args(["--allow-run-as-root", "--oversubscribe"]).args(TCP);
    command.args(["-n", "1", "sh", "-c", &format!("ulimit -f 400; exec {net}"), ":", "-n", "2"]);
    command.args(["sh", "-c", &format!("exec {net}")]).current_dir(folder.path());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = ended(command.spawn().expect("mpirun is installed"));
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.matches("cannot be recorded").count(), 1, "{said}");
}
