//! Neurons that are stated instead of taken from the card: the paper's network, and contradictions.

use std::fs;

use crate::{data, good, read_json, refused, run};

#[test]
fn the_papers_network_is_trained_and_shown_with_the_same_neurons() {
    let folder = data();
    let path = folder.path();
    let paper = "train --preset paper --epochs 12 --batch 20 --learning-rate 0.01";
    let text = good(path, &format!("{paper} --validation 50 --out net"));
    let report = read_json(&path.join("net/training.json"));
    // Figures 2a and 4c of the paper.
    let lif = &report["lif"];
    assert_eq!((&lif["threshold_v"], &lif["reset_v"]), (&0.17.into(), &0.1.into()));
    assert_eq!(report["options"]["encoding"], "line");
    assert_eq!(report["best_by"]["validation"], 50);

    let best = report["best"]["number"].as_u64().unwrap();
    let line = text.lines().find(|line| line.starts_with("Best: epoch")).expect("the best epoch");
    assert!(line.contains(&format!("epoch {best} of 12")), "{line}");
    assert!(line.contains("the 50 validation images, the last of the training set"), "{line}");
    let command = text.lines().find_map(|line| line.trim().strip_prefix("memspike classify"));
    let command = format!("classify{}", command.expect("how to show the test images"));
    assert_eq!(run(path, &command)["accuracy"], 1.0, "{command}");

    let text = good(path, &format!("{paper} --validation 0 --steps 10 --out all"));
    assert!(text.contains("the 300 training images, none kept for validation"), "{text}");
    let options = &read_json(&path.join("all/training.json"))["options"];
    assert_eq!((&options["steps"], &options["score"]), (&10.into(), &0.1.into()));
}

#[test]
fn neurons_that_contradict_each_other_are_refused_with_a_remedy() {
    let folder = data();
    let path = folder.path();
    fs::write(path.join("mine.lib"), ".model mine ts_memristor\n").unwrap();
    good(path, "train --epochs 1 --validation 10 --out net");
    let classify = "classify --weights net/weights.npy";
    let stated = "--encoding line --lif-threshold 0.17 --lif-reset 0.1";
    for (arguments, expected) in [
        ("train --out new --preset paper --card mine.lib".into(), "leave out --card"),
        (format!("train --out new {stated} --card mine.lib"), "leave out --card"),
        (format!("{classify} --level point {stated} --card mine.lib"), "--encoding device"),
        ("train --out new --lif-threshold 0.1 --lif-reset 0.17".into(), "below --lif-threshold"),
        ("train --out new --lif-reset 0.5".into(), "what is not given is the card's"),
        (format!("{classify} --level point --lif-threshold 0"), "below --lif-threshold"),
        (format!("{classify} --lif-threshold 0.17"), "add --level point"),
        (format!("{classify} --encoding line"), "add --level point"),
        ("train --out net --resume --lif-reset 0.05".into(), "--resume"),
        ("train --out net --resume --encoding line".into(), "--resume"),
        ("quantise --weights net/weights.npy --lif-reset 0.5".into(), "below --lif-threshold"),
    ] {
        let error = refused(path, &arguments);
        let error = error.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(error.contains(expected), "{arguments}: {error}");
    }
    assert!(!path.join("new").exists());
    // A card that still decides something goes with the rest.
    good(path, &format!("{classify} --level point --lif-threshold 0.2 --card mine.lib"));
}
