//! `memspike train --data FILE` from outside: inputs that spike themselves, loops, and the same decisions by `classify`.

#[path = "common/program.rs"]
mod program;

use std::fs;
use std::path::Path;

use program::{listing, memspike, text};
use serde_json::Value;
use tempfile::tempdir;

/// Numbers in `[0, 1)` that look random: multiples of the golden ratio.
fn spread(n: u32) -> f64 {
    (f64::from(n) * 0.618_033_988_749_894_9).fract()
}

/// A list of events as a table of NumPy: time (s), input, sample, label. Of three classes, inputs spike in another order; all of 0.2 s.
fn write_events(path: &Path, samples: std::ops::Range<u32>) {
    let mut rows = Vec::new();
    for sample in samples {
        let label = sample % 3;
        for input in 0..12_u32 {
            let order = (input * (label + 1)) % 12;
            let at_s = 0.2 * (f64::from(order) + spread(7 * sample + input)) / 13.0;
            rows.push([at_s, input.into(), sample.into(), label.into()]);
        }
    }
    let mut header =
        format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({}, 4), }}", rows.len());
    while (header.len() + 11) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let length = (header.len() as u16).to_le_bytes();
    let numbers: Vec<u8> = rows.as_flattened().iter().flat_map(|n| n.to_le_bytes()).collect();
    let bytes = [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), &numbers].concat();
    fs::write(path, bytes).expect("room");
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("JSON")
}

/// The best part of validation samples that a training decided rightly.
fn best(folder: &Path) -> f64 {
    let report = json(&fs::read(folder.join("training.json")).expect("a report"));
    report["best"]["validation_accuracy"].as_f64().expect("a number")
}

fn run(folder: &Path, words: &str) -> Vec<u8> {
    let words: Vec<&str> = words.split_whitespace().collect();
    let output = memspike(folder, &words);
    assert_eq!(output.status.code(), Some(0), "{words:?}: {}", text(&output.stderr));
    output.stdout
}

fn refused(folder: &Path, words: &str) -> String {
    let words: Vec<&str> = words.split(' ').collect();
    let output = memspike(folder, &words);
    assert_eq!(output.status.code(), Some(2), "{words:?}: {}", text(&output.stderr));
    text(&output.stderr)
}

/// Trains on 300 samples, the last 60 of which choose the epoch, and shows these alone to the network that was written.
fn decided_alike(how: &str, of_classify: &str) {
    let folder = tempdir().expect("a folder");
    let path = folder.path();
    write_events(&path.join("all.npy"), 0..300);
    write_events(&path.join("last.npy"), 240..300);
    let train = "train --data all.npy --shape 12-16-3 --validation 60 --epochs 6 --batch 10 --learning-rate 0.01 --shown 0.25 --seed 3";
    run(path, &format!("{train} --out out {how}"));
    let accuracy = best(&path.join("out"));
    assert!(accuracy > 0.5, "{accuracy}");
    let shown = run(
        path,
        &format!(
            "classify --network out/network.toml --level point --events last.npy --json{of_classify}"
        ),
    );
    let runs = json(&shown);
    assert_eq!(runs["runs"][0]["images"], 60);
    assert_eq!(runs["runs"][0]["accuracy"].as_f64(), Some(accuracy));
}

#[test]
fn events_at_their_own_instants_are_decided_as_in_training() {
    decided_alike("", "");
}

#[test]
fn events_in_steps_are_decided_as_in_training() {
    decided_alike("--steps 40", " --steps 40");
}

/// The event-driven engine runs loops by their delays, without any step.
#[test]
fn loops_in_steps_are_decided_as_in_training() {
    decided_alike("--steps 37 --recurrent", " --steps 37");
}

#[test]
fn a_training_of_loops_goes_on_to_the_same_bits() {
    let folder = tempdir().expect("a folder");
    let path = folder.path();
    write_events(&path.join("all.npy"), 0..120);
    let train = "train --data all.npy --shape 12-8-3 --steps 20 --recurrent --epochs 2";
    run(path, &format!("{train} --threads 1 --out one"));
    run(path, &format!("{train} --threads 2 --out two"));
    let names = [
        "checkpoint.json",
        "fig-5b.csv",
        "fig-5b.png",
        "fig-5b.svg",
        "network.toml",
        "training.json",
    ];
    assert_eq!(listing(&path.join("one")), names);
    for name in ["checkpoint.json", "network.toml"] {
        let of = |folder: &str| fs::read(path.join(folder).join(name)).expect("it is there");
        assert_eq!(of("one"), of("two"), "{name}");
    }
    run(path, "train --data all.npy --resume --out two");
    let of = |folder: &str| fs::read(path.join(folder).join("network.toml")).expect("a network");
    assert_eq!(of("one"), of("two"));
    let message = refused(path, "train --resume --out two");
    assert!(message.contains("give the same --data FILE"), "{message}");
    write_events(&path.join("other.npy"), 1..121);
    let message = refused(path, "train --data other.npy --resume --out two");
    assert!(message.contains("not those that this training began with"), "{message}");
}

#[test]
fn loops_are_refused_by_name_where_they_cannot_be() {
    let folder = tempdir().expect("a folder");
    let path = folder.path();
    write_events(&path.join("all.npy"), 0..60);
    let train = "train --data all.npy --shape 12-8-3 --recurrent --epochs 1 --out";
    for (words, said) in [
        (format!("{train} none"), "--gradient exact"),
        ("train --shape 784-8-10 --steps 20 --recurrent --out none".to_owned(), "give --data FILE"),
        (
            "train --data all.npy --shape 12-3 --steps 20 --recurrent --out none".to_owned(),
            "a hidden layer is needed",
        ),
        (
            "train --gradient exact --data all.npy --shape 12-8-3 --recurrent --out none"
                .to_owned(),
            "give it by --network",
        ),
        ("train --data all.npy --shape 11-8-3 --out none".to_owned(), "12 inputs and 3 classes"),
        ("train --data all.npy --shape 12-8-3 --shift 1 --out none".to_owned(), "is of images"),
        (
            "train --data all.npy --shape 12-8-3 --shown 0.1 --out none".to_owned(),
            "a longer --shown",
        ),
        ("train --data yinyang --shape 4-8-3 --out none".to_owned(), "needs --gradient exact"),
    ] {
        let message = refused(path, &words);
        assert!(message.contains(said), "{words}: {message}");
    }
    assert_eq!(listing(path), ["all.npy"], "nothing is made where nothing is done");
    run(path, &format!("{train} out --steps 20"));
    for words in [
        "classify --network out/network.toml --level device --mnist none",
        "network-deck out/network.toml -o deck",
        "export-verilog --network out/network.toml -o core",
        "quantise --network out/network.toml --mnist none",
    ] {
        let message = refused(path, words);
        let said = "'recurrent1' leads from 'hidden1' back to itself";
        assert!(message.contains(said) && message.contains("--recurrent"), "{words}: {message}");
    }
    let message = refused(
        path,
        "classify --network out/network.toml --level point --events all.npy --steps 21",
    );
    assert!(message.contains("'recurrent1' leads back to its own layer"), "{message}");
}
