//! `memspike net` from outside: a neuron whose rate is a closed form, a benchmark whose rate others have measured, recordings,
//! interruption, and networks that are refused.

#[path = "common/program.rs"]
mod program;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use program::{listing, memspike, text};
use serde_json::Value;
use tempfile::TempDir;

/// Neurons that a constant drive alone makes fire, one of them told by a regular source through a relay that hears it 1 ms later.
const DRIVEN: &str = r#"
version = 2

[[populations]]
name = "driven"
size = 3
[populations.model.lif_delta]
drive_v = 30e-3
[populations.model.lif_delta.membrane]
tau_s = 20e-3
threshold_v = 20e-3
reset = { to_v = 10e-3 }
refractory_s = 2e-3

[[populations]]
name = "clock"
size = 1
[populations.model.regular]
rate_hz = 100

[[populations]]
name = "relay"
size = 1
model.parrot = {}

[[projections]]
name = "line"
from = "clock"
to = "relay"
effect = "trigger"
delay_s = 1e-3
connections = "one_to_one"
"#;

fn folder(network: &str) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("network.toml"), network).expect("room");
    folder
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = memspike(folder, &[&["net", "network.toml", "--json"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// What is said of a population.
fn population<'r>(results: &'r Value, name: &str) -> &'r Value {
    let mut all = results["populations"].as_array().expect("a list").iter();
    all.find(|population| population["name"] == name).expect("the population")
}

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists/networks").join(name)
}

#[test]
fn rates_are_those_of_closed_forms() {
    let folder = folder(DRIVEN);
    // A million threads are as many as can be started.
    let million = ["--until", "1", "-o", "spikes.csv", "--threads", "1000000"];
    let results = json(folder.path(), &million);
    // From 0 to 20 mV towards 30 mV, then again and again from 10 mV, 2 ms after each spike.
    let first_s = 20e-3 * 3.0_f64.ln();
    let period_s = 2e-3 + 20e-3 * 2.0_f64.ln();
    let spikes = ((1.0 - first_s) / period_s) as u64 + 1;
    let driven = population(&results, "driven");
    assert_eq!(driven["spikes"], 3 * spikes);
    assert_eq!(driven["rate_hz"], spikes as f64);
    assert!(driven["cv"].as_f64().unwrap() < 1e-9, "{results}");
    // 0, 10, ..., 1000 ms, the last of which the relay would hear 1 ms after the end.
    assert_eq!(
        ["clock", "relay"].map(|name| population(&results, name)["spikes"].as_u64()),
        [Some(101), Some(100)]
    );
    assert_eq!(results["counters"]["under_way"], 1);
    let csv = fs::read_to_string(folder.path().join("spikes.csv")).expect("text");
    let driven = csv.lines().filter_map(|line| line.strip_suffix(",driven,0"));
    for (k, at_s) in driven.enumerate() {
        let truth = first_s + k as f64 * period_s;
        let at_s: f64 = at_s.parse().expect("a number");
        assert!((at_s - truth).abs() < 1e-12, "{at_s} {truth}");
    }
    let relayed = csv.lines().filter_map(|line| line.strip_suffix(",relay,0"));
    let relayed: Vec<f64> = relayed.map(|at_s| at_s.parse().expect("a number")).collect();
    assert!((0..100).all(|k| (relayed[k] - (k as f64 * 0.01 + 1e-3)).abs() < 1e-15));
}

#[test]
fn statistics_begin_where_they_are_asked_to() {
    let folder = folder(DRIVEN);
    let results = json(folder.path(), &["--until", "1", "--from", "0.505"]);
    // 510 to 1000 ms.
    let clock = population(&results, "clock");
    assert_eq!(clock["spikes"], 50);
    let rate_hz = clock["rate_hz"].as_f64().expect("a number");
    assert!((rate_hz - 50.0 / 0.495).abs() < 1e-9);
    let refused = memspike(folder.path(), &["net", "network.toml", "--from", "2"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("not before the end"), "{}", text(&refused.stderr));
}

/// About 43.3 Hz and 4.3e8 synaptic events a second: engines on grids and exact ones agree in that for other draws.
#[test]
fn ten_thousand_neurons_fire_as_often_as_other_engines_found() {
    let path = shipped("job-b.toml");
    let folder = folder("");
    let path = path.to_str().expect("UTF-8");
    let output =
        memspike(folder.path(), &["net", path, "--until", "0.3", "--from", "0.1", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let results: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    for population in results["populations"].as_array().expect("a list") {
        let rate_hz = population["rate_hz"].as_f64().expect("a number");
        assert!((rate_hz - 43.3).abs() < 0.9, "{population}");
    }
    assert_eq!(
        (results["neurons"].as_u64(), results["synapses"].as_u64()),
        (Some(10_000), Some(10_000_000))
    );
    let counters = &results["counters"];
    let of = |name: &str| counters[name].as_u64().expect("a count");
    assert_eq!(of("sent"), of("delivered") + of("under_way"));
    // Each neuron hears a thousand, so that one spike reaches a thousand in the mean.
    let fan_out = of("sent") as f64 / of("spikes") as f64;
    assert!((fan_out / 1000.0 - 1.0).abs() < 1e-3, "{fan_out}");
}

#[test]
fn recordings_have_the_same_bytes_for_any_number_of_threads() {
    let folder = folder(DRIVEN);
    let path = shipped("pd14-10.toml");
    let path = path.to_str().expect("UTF-8");
    let record = |threads: &str, name: &str| {
        let arguments =
            ["net", path, "--until", "0.02", "--threads", threads, "-o", name, "--seed", "5"];
        let output = memspike(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        fs::read(folder.path().join(name)).expect("a recording")
    };
    for ending in ["parquet", "csv"] {
        let one = record("1", &format!("1.{ending}"));
        assert!(one.len() > 1000);
        for threads in ["2", "3", "7"] {
            assert!(record(threads, &format!("{threads}.{ending}")) == one, "{threads} threads");
        }
    }
}

/// Sent as soon as a recording has begun, so that something was running.
#[test]
fn an_interrupted_run_leaves_a_whole_recording_up_to_where_it_came() {
    let folder = folder(DRIVEN);
    let path = shipped("job-b.toml");
    for signal in ["-INT", "-TERM"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_memspike"))
            .args([
                "net",
                path.to_str().expect("UTF-8"),
                "--until",
                "1000",
                "-o",
                "spikes.csv",
                "--json",
            ])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("memspike starts");
        let begun = Instant::now();
        // Its temporary file is beside where the recording will be.
        let grows = || {
            let files = fs::read_dir(folder.path()).expect("a folder").filter_map(Result::ok);
            files.filter_map(|file| file.metadata().ok()).any(|file| file.len() > 1_000_000)
        };
        while !grows() {
            assert!(begun.elapsed() < Duration::from_secs(120), "nothing is recorded");
            std::thread::sleep(Duration::from_millis(20));
        }
        let sent = Command::new("kill").arg(signal).arg(child.id().to_string()).status();
        assert!(sent.expect("kill").success());
        assert_eq!(child.wait().expect("it ends").code(), Some(1));
        let output = child.wait_with_output().expect("what it said");
        let said = text(&output.stderr);
        assert!(said.contains("interrupted at"), "{said}");
        let results: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(results["interrupted"], true);
        let csv = fs::read_to_string(folder.path().join("spikes.csv")).expect("a recording");
        let is_spike = |line: &&str| line.starts_with(|c: char| c.is_ascii_digit());
        let spikes = csv.lines().filter(is_spike).count();
        assert_eq!(spikes as u64, results["counters"]["spikes"].as_u64().expect("a count"));
        let end = format!(
            "# memspike.interval_s = [0.0, {:?}]\n",
            results["reached_s"].as_f64().expect("a number")
        );
        assert!(csv.ends_with(&end), "{end}");
        assert_eq!(listing(folder.path()), ["network.toml", "spikes.csv"]);
        fs::remove_file(folder.path().join("spikes.csv")).expect("it is there");
    }
}

#[test]
fn what_would_be_taken_is_said_before_anything_is_built() {
    let folder = folder(DRIVEN);
    let path = shipped("pd14.toml");
    let output =
        memspike(folder.path(), &["net", path.to_str().expect("UTF-8"), "--dry-run", "--json"]);
    let plan: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(plan["neurons"], 77_169);
    // Published: 0.3e9 synapses; 8 bytes each.
    let synapses = plan["synapses"].as_f64().expect("a count");
    assert!((synapses / 0.3e9 - 1.0).abs() < 0.01, "{plan}");
    let bytes = plan["run_bytes"].as_f64().expect("bytes");
    assert!((bytes / synapses - 8.0).abs() < 0.5, "{plan}");
}

#[test]
fn networks_that_cannot_be_run_are_refused_with_a_reason() {
    let whole = DRIVEN.replace("size = 3", "size = 1000000");
    let all = "\n[[projections]]\nname = \"all\"\nfrom = \"driven\"\nto = \"driven\"\neffect = { volt = 1e-3 }\n\
               delay_s = 1e-3\nconnections.all_to_all = {}\n";
    for (network, words) in [
        (whole + all, &["takes", "GB"][..]),
        (DRIVEN.replace("drive_v", "drive_w"), &["network.toml", "line 8", "drive_w", "drive_v"]),
        (DRIVEN.replace("delay_s = 1e-3", "delay_s = -1e-3"), &["network.toml", "delay"]),
        (DRIVEN.replace("tau_s = 20e-3", "tau_s = 0"), &["network.toml", "tau_s"]),
        (DRIVEN.replace("to = \"relay\"", "to = \"relax\""), &["network.toml", "relax", "relay"]),
    ] {
        let folder = folder(&network);
        let output = memspike(folder.path(), &["net", "network.toml", "-o", "spikes.parquet"]);
        let said = text(&output.stderr);
        assert!(output.status.code().is_some_and(|code| code == 1 || code == 2), "{said}");
        assert!(words.iter().all(|word| said.contains(word)), "{words:?}: {said}");
        assert_eq!(listing(folder.path()), ["network.toml"]);
    }
    let folder = folder(DRIVEN);
    for (arguments, words) in [
        (&["-o", "spikes.dat"][..], &[".parquet", ".csv"][..]),
        (&["-o", "nowhere/spikes.csv"], &["nowhere"]),
        (&["--until", "0"], &["--until"]),
        (&["--threads", "0"], &["--threads"]),
    ] {
        let output = memspike(folder.path(), &[&["net", "network.toml"], arguments].concat());
        let said = text(&output.stderr);
        assert!(!output.status.success(), "{said}");
        assert!(words.iter().all(|word| said.contains(word)), "{words:?}: {said}");
    }
}
