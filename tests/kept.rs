//! Files of earlier versions stay readable: `tests/kept` holds them as they were written, and nothing there is written anew.

use std::path::PathBuf;

use memspike_fit::Task;
use memspike_lif_core::Spec;
use memspike_network::{Form, Network};
use memspike_snn::Checkpoint;
use serde_json::Value;

fn kept(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/kept").join(name)
}

#[test]
fn the_measurement_file_of_the_last_version_is_read() {
    let path = kept("measurements.toml");
    let task = Task::load(&path).expect("it is read");
    assert_eq!((task.name.as_str(), task.measurements.len()), ("kept", 1));
    // Before it had a version, the form was the same.
    let text = std::fs::read_to_string(&path).expect("text");
    let without = text.replace("version = 1\n", "");
    assert_eq!(Task::parse("old.toml", &without).expect("it is read").name, "kept");
    let newer = text.replace("version = 1\n", "version = 2\n");
    let refused =
        Task::parse("new.toml", &newer).expect_err("a form that nobody knows").to_string();
    assert!(refused.contains("version 2") && refused.contains("version 1"), "{refused}");
}

#[test]
fn the_specification_of_the_last_version_is_a_core() {
    let text = std::fs::read_to_string(kept("spec.json")).expect("text");
    let file: Value = serde_json::from_str(&text).expect("JSON");
    let spec: Spec = serde_json::from_value(file["specification"].clone()).expect("it is read");
    assert_eq!((spec.version, spec.layers[0].inputs, spec.layers[0].neurons), (1, 3, 2));
    let newer = Spec { version: 2, ..spec.clone() };
    assert!(spec.validate().is_ok());
    let refused = newer.validate().expect_err("a form that nobody knows").to_string();
    assert!(refused.contains("version 2") && refused.contains("version 1"), "{refused}");
}

#[test]
fn networks_of_all_versions_are_read() {
    let read = |name: &str| Network::read(kept(name)).expect("it is read");
    let shape =
        |network: &Network| (network.populations().len(), network.neurons(), network.connections());
    assert_eq!(shape(&read("network.toml")), (3, 8, 9));
    assert_eq!(shape(&read("network.json")), (2, 5, 5));
    // 100 + 2 x 20 + 3 x 5 / 2 + 5 + 5 x 2 + 5 x 2, where a half is rounded up.
    assert_eq!(shape(&read("network-2.toml")), (8, 50, 173));
    let made = read("network-3.toml");
    assert_eq!(shape(&made), (3, 8, 9));
    assert_eq!((made.shown_s(), made.made().len()), (Some(0.1), 3));
    let text = std::fs::read_to_string(kept("network.toml")).expect("text");
    let newer = text.replace("version = 1\n", "version = 4\n");
    let refused = Network::decode(&newer, Form::Toml, &kept("."));
    let refused = refused.expect_err("a form that nobody knows").to_string();
    assert!(refused.contains("version 4") && refused.contains("version 3"), "{refused}");
}

#[test]
fn a_training_goes_on_from_a_checkpoint_of_the_last_version() {
    let text = std::fs::read_to_string(kept("checkpoint.json")).expect("text");
    // Tables of 7,840 numbers are left out of the kept file.
    let zeros = format!("[{}]", vec!["0.0"; 7840].join(","));
    let text = text.replace("\"7840 numbers\"", &zeros);
    let path = kept("checkpoint.json");
    let checkpoint = Checkpoint::decode(&path, text.as_bytes()).expect("it is read");
    assert_eq!((checkpoint.images, checkpoint.parameters.white_v), (200, 2.0));
    let newer = text.replace("\"form\": 3", "\"form\": 4, \"unheard_of\": true");
    let refused = Checkpoint::decode(&path, newer.as_bytes()).expect_err("a form nobody knows");
    let refused = refused.to_string();
    assert!(refused.contains("form 4") && refused.contains("reads form 3"), "{refused}");
}
