//! Checkpoints from files: one that says what no training has is refused.

use std::path::Path;

use memspike_snn::{Checkpoint, CheckpointError, Parameters, training::Preset};
use serde_json::{Value, json};

fn good() -> Value {
    let epoch = json!({
        "number": 1, "loss": 0.5, "training_accuracy": 0.25, "validation_accuracy": 0.125
    });
    json!({
        "form": Checkpoint::FORM,
        "parameters": Parameters::default(),
        "lif": { "tau_s": 0.0466, "threshold_v": 0.294, "reset_v": 0.1 },
        "images": 300,
        "state": {
            "data": 7,
            "options": Preset::Robust.options(),
            "weights": [0.1, -0.3],
            "adam": { "first": [0.0, 1e-9], "second": [0.0, 1e-18], "steps": 3 },
            "history": [epoch],
            "best": { "epoch": epoch, "weights": [0.1, -0.3] },
        }
    })
}

fn decode(checkpoint: &Value) -> Result<Checkpoint, CheckpointError> {
    Checkpoint::decode(Path::new("checkpoint.json"), checkpoint.to_string().as_bytes())
}

#[test]
fn the_checkpoint_that_the_others_are_made_of_is_accepted() {
    let checkpoint = decode(&good()).expect("a training");
    assert_eq!(checkpoint.state.history.len(), 1);
}

/// Some of these ended in a panic or a run without end, once the training went on.
#[test]
fn what_no_training_has_is_refused() {
    for (pointer, value, expected) in [
        ("/state/options/batch", json!(0), "--batch = 0: must be at least 1"),
        ("/state/options/steps", json!(0), "--steps = 0"),
        ("/state/options/levels", json!(1), "--levels = 1"),
        ("/state/history/0/number", json!(2), "epoch 1 calls itself 2"),
        ("/state/best/epoch/number", json!(2), "its best epoch is none of its epochs"),
        ("/state/options/epochs", json!(0), "--epochs = 0"),
        ("/state/adam/steps", json!(u32::MAX), "it has taken 4294967295 steps"),
        ("/parameters/duration_s", json!(1e308), "duration_s = 1e308 must be from"),
        ("/parameters/neuron_farad", json!(0), "neuron_farad = 0e0 must be from"),
        ("/parameters/white_v", json!(-2), "white_v = -2e0 must be from"),
        ("/parameters/pulse_s", json!(0.2), "pulse_s = 2e-1 must be from"),
    ] {
        let mut changed = good();
        *changed.pointer_mut(pointer).expect("a value") = value;
        let said = decode(&changed).expect_err(pointer).to_string();
        let begin = format!("checkpoint.json: no training can go on from it: {expected}");
        assert!(said.starts_with(&begin), "{pointer}: {said}");
    }
}
