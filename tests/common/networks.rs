//! A small network for tests of the verb `net`, and what a run of it leaves.

#![allow(dead_code, reason = "every test file uses a part")]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{memspike, text};

/// Two populations that are cut into parts for several threads, one that starts above its threshold, neurons with currents, a source and a
/// relay; drawn delays and weights. A second has some 60,000 spikes.
pub const LIVELY: &str = r#"
version = 2

[[populations]]
name = "excitatory"
size = 600
[populations.model.lif_delta]
drive_v = 24e-3
[populations.model.lif_delta.membrane]
tau_s = 20e-3
threshold_v = 20e-3
reset = { to_v = 10e-3 }
refractory_s = 2e-3
initial_v = { uniform = { least = 0, greatest = 22e-3 } }

[[populations]]
name = "inhibitory"
size = 300
[populations.model.lif_delta]
drive_v = 24e-3
[populations.model.lif_delta.membrane]
tau_s = 20e-3
threshold_v = 20e-3
reset = "subtract"
initial_v = 21e-3

[[populations]]
name = "currents"
size = 20
[populations.model.lif_exp]
capacitance_farad = 250e-12
tau_excitatory_s = 2e-3
tau_inhibitory_s = 5e-3
drive_ampere = 300e-12
[populations.model.lif_exp.membrane]
tau_s = 10e-3
threshold_v = 15e-3
reset = "zero"
refractory_s = 1e-3
initial_v = 16e-3

[[populations]]
name = "noise"
size = 100
model.poisson = { rate_hz = 100 }

[[populations]]
name = "relay"
size = 20
model.parrot = {}

[[projections]]
name = "drive"
from = "noise"
to = "excitatory"
effect = { volt = 1e-3 }
delay_s = 1e-3
connections.in_degree = { degree = 20 }

[[projections]]
name = "onward"
from = "excitatory"
to = "inhibitory"
effect = { volt = 0.2e-3 }
weights = { normal = { mean = 1, deviation = 0.1 } }
delay_s = { normal = { mean = 1.5e-3, deviation = 0.5e-3, least = 0.4e-3 } }
connections.in_degree = { degree = 20 }

[[projections]]
name = "back"
from = "inhibitory"
to = "excitatory"
effect = { volt = 0.4e-3 }
weights = -1
delay_s = 1.2e-3
connections.in_degree = { degree = 20 }

[[projections]]
name = "heard"
from = "excitatory"
to = "currents"
effect = { ampere = 40e-12 }
weights = { normal = { mean = 1, deviation = 2 } }
delay_s = { uniform = { least = 0.5e-3, greatest = 30e-3 } }
connections.in_degree = { degree = 50 }

[[projections]]
name = "line"
from = "currents"
to = "relay"
effect = "trigger"
delay_s = 0.7e-3
connections = "one_to_one"
"#;

/// Where such a run ends (s).
pub const UNTIL: &str = "0.6";

/// A folder with a network in `network.toml`.
pub fn folder(network: &str) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("network.toml"), network).expect("room");
    folder
}

/// Arguments of a run, up to [`UNTIL`] if they say no other end.
pub fn arguments<'a>(others: &[&'a str]) -> Vec<&'a str> {
    let until: &[&str] = if others.contains(&"--until") { &[] } else { &["--until", UNTIL] };
    [&["net", "network.toml", "--json"], until, others].concat()
}

/// Runs to the end.
pub fn run(folder: &Path, others: &[&str]) -> Value {
    let output = memspike(folder, &arguments(others));
    assert_eq!(output.status.code(), Some(0), "{others:?}: {}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Begins to run.
pub fn begin(folder: &Path, others: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_memspike"))
        .args(arguments(others))
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("memspike starts")
}

/// What a run may not owe to accidents: all but how it was cut into windows, and wall time.
pub fn lasting(results: &Value) -> Value {
    let mut results = results.clone();
    let object = results.as_object_mut().expect("an object");
    object.retain(|key, _| !["wall", "resumed_from_s", "bytes"].contains(&key.as_str()));
    let counters = object["counters"].as_object_mut().expect("counters");
    counters.retain(|key, _| ["spikes", "sent", "delivered", "under_way"].contains(&key.as_str()));
    results
}
