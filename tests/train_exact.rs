//! `memspike train --gradient exact` from outside.

#[path = "common/program.rs"]
mod program;

use std::fs;
use std::path::Path;

use program::{listing, memspike, text};
use serde_json::Value;
use tempfile::tempdir;

const YIN_YANG: &[&str] =
    &["train", "--gradient", "exact", "--data", "yinyang", "--shape", "4-20-3", "--out", "yin"];

fn train(folder: &Path, more: &[&str]) -> (bool, String) {
    let output = memspike(folder, &[YIN_YANG, more].concat());
    (output.status.success(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn a_training_leaves_a_network_that_net_runs_and_goes_on_where_it_was() {
    let folder = tempdir().expect("a folder");
    let path = folder.path();
    let (done, said) = train(path, &["--epochs", "2", "--threads", "2"]);
    assert!(done && said.contains("test samples") && said.contains("EventProp"), "{said}");
    let names = ["checkpoint.json", "network.toml", "training.json"];
    assert_eq!(listing(&path.join("yin")), names);
    let report: Value =
        serde_json::from_slice(&fs::read(path.join("yin/training.json")).expect("a report"))
            .expect("JSON");
    assert!(report["test_accuracy"].as_f64().expect("a number") > 0.34, "{report}");
    assert_eq!(report["history"].as_array().expect("epochs").len(), 2);
    let net = memspike(path, &["net", "yin/network.toml", "--until", "0.2", "-o", "spikes.csv"]);
    assert!(net.status.success(), "{}", text(&net.stderr));
    assert!(fs::read_to_string(path.join("spikes.csv")).expect("spikes").contains("inputs"));

    // From its own weights on, into another folder.
    let words = "train --gradient exact --data yinyang --network yin/network.toml --epochs 1 --out";
    let on = |out| memspike(path, &words.split(' ').chain([out]).collect::<Vec<_>>());
    let (other, same) = (on("on"), on("yin"));
    assert!(other.status.success(), "{}", text(&other.stderr));
    assert!(text(&same.stderr).contains("choose another --out"), "{}", text(&same.stderr));

    // All is done already: going on does nothing, on one thread as on two.
    let before = fs::read(path.join("yin/network.toml")).expect("a network");
    let (done, said) = train(path, &["--resume", "--threads", "1"]);
    assert!(done, "{said}");
    assert_eq!(fs::read(path.join("yin/network.toml")).expect("a network"), before);
    let (done, said) = train(path, &["--epochs", "2"]);
    assert!(!done && said.contains("is there already"), "{said}");
    let other = [
        "train",
        "--gradient",
        "exact",
        "--data",
        "yinyang",
        "--shape",
        "4-21-3",
        "--out",
        "yin",
        "--resume",
    ];
    let other = memspike(path, &other);
    assert!(text(&other.stderr).contains("another network"), "{}", text(&other.stderr));
}

#[test]
fn what_means_nothing_is_refused_with_what_to_do() {
    let folder = tempdir().expect("a folder");
    for (words, said) in [
        (&["--loss", "mse"][..], "a loss on bare counts"),
        (&["--loss", "cross-entropy"], "a loss on bare counts"),
        (&["--slope", "2"], "--slope means nothing"),
        (&["--epochs", "0"], "epochs"),
        (&["--learning-rate", "NaN"], "learning rate"),
        (&["--validation", "7"], "its own validation samples"),
    ] {
        let (done, message) = train(folder.path(), words);
        assert!(!done && message.contains(said), "{words:?}: {message}");
    }
    for (words, said) in [
        ("--gradient exact --shape 4-9-3", "needs data"),
        ("--gradient exact --data yinyang", "needs a network"),
        ("--gradient exact --data yinyang --shape 5-9-3", "4 inputs and 3 classes"),
        ("--gradient exact --data yinyang --shape 4-x-3", "numbers of neurons"),
        ("--gradient exact --data yinyang --shape 4-0-3", "numbers of neurons"),
        ("--gradient exact --data none.npy --shape 4-9-3", "none.npy"),
        ("--data yinyang", "--data yinyang needs --gradient exact"),
        ("--shape 4-9-3 --resume", "--shape is what the training began with"),
    ] {
        let words: Vec<&str> = "train --out o".split(' ').chain(words.split(' ')).collect();
        let output = memspike(folder.path(), &words);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {message}");
        assert!(message.contains(said), "{words:?}: {message}");
    }
    assert!(listing(folder.path()).is_empty(), "nothing is made where nothing is done");
}

#[test]
fn neurons_that_charges_reach_at_once_are_refused_by_name() {
    let folder = tempdir().expect("a folder");
    let network = r#"
version = 2
[[populations]]
name = "inputs"
size = 5
model.recorded = { spikes = [] }
[[populations]]
name = "cells"
size = 3
[populations.model.lif_delta]
membrane = { tau_s = 0.02, threshold_v = 0.02, reset = "zero" }
drive_v = 0
[[projections]]
name = "synapses"
from = "inputs"
to = "cells"
effect = { volt = 1e-3 }
delay_s = 1e-3
weights = 1
connections.all_to_all = {}
"#;
    fs::write(folder.path().join("net.toml"), network).expect("a file");
    let words = "train --gradient exact --data yinyang --network net.toml --out o";
    let output = memspike(folder.path(), &words.split(' ').collect::<Vec<_>>());
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("'cells' is of model 'lif_delta'"), "{message}");
}

/// An input that spikes early is of one class, a late one of the other: what a list says, a layer learns.
#[test]
fn a_list_of_events_is_learnt() {
    let folder = tempdir().expect("a folder");
    let script = "import numpy\n\
        draws = numpy.random.default_rng(1)\n\
        rows = []\n\
        for sample in range(300):\n    \
            label = sample % 2\n    \
            rows.append([draws.uniform(0.0, 0.02) + 0.04 * label, 0, sample, label])\n    \
            rows.append([0.03, 1, sample, label])\n\
        numpy.save('list.npy', numpy.array(rows))\n";
    let python = concat!(env!("CARGO_MANIFEST_DIR"), "/target/python/bin/python");
    let made = std::process::Command::new(python)
        .args(["-c", script])
        .current_dir(folder.path())
        .status()
        .expect("Python of the tests");
    assert!(made.success());
    let words = "train --gradient exact --data list.npy --shape 2-20-2 --out o --epochs 60 --batch 10 --json";
    let output = memspike(folder.path(), &words.split(' ').collect::<Vec<_>>());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["samples"], serde_json::json!([270, 30]));
    assert!(report["best"]["validation_accuracy"].as_f64().expect("a number") > 0.9, "{report}");
    let small = "train --gradient exact --data list.npy --shape 1-2 --out p";
    let output = memspike(folder.path(), &small.split(' ').collect::<Vec<_>>());
    let message = text(&output.stderr);
    assert!(message.contains("2 inputs and 2 classes, the network 1 and 2"), "{message}");
}
