//! Checkpoints of a training.

use std::path::Path;

use memspike_snn::{Checkpoint, Parameters, training::Preset};
use serde_json::{Value, json};

use crate::{
    corpus::{Corpus, Input},
    harness::{Answer, assert_says, folder, survive},
};

const WORDS: &[&str] = &[
    "\"form\"",
    "\"parameters\"",
    "\"state\"",
    "\"options\"",
    "\"adam\"",
    "\"history\"",
    "\"best\"",
    "\"epochs\"",
    "\"batch\"",
    "\"number\"",
    "null",
    "true",
    "\"mse\"",
    "[]",
    "{}",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\"",
    "\\u0000",
    "1e39",
];

/// A training of few weights: their number is checked when it goes on.
fn checkpoint(preset: Preset, best: bool) -> Value {
    let epoch = json!({
        "number": 1, "loss": 0.5, "training_accuracy": 0.25, "validation_accuracy": 0.125
    });
    let best = best.then(|| json!({ "epoch": epoch, "weights": [0.1, -0.2, 1.0] }));
    let history = if best.is_some() { json!([epoch]) } else { json!([]) };
    json!({
        "form": Checkpoint::FORM,
        "parameters": Parameters::default(),
        "lif": { "tau_s": 0.0466, "threshold_v": 0.294, "reset_v": 0.100_29 },
        "images": 300,
        "state": {
            "data": u64::MAX,
            "options": preset.options(),
            "weights": [0.1, -0.3, 1e-300],
            "adam": { "first": [0.0, 1e-9, -0.5], "second": [0.0, 1e-18, 0.25], "steps": 3 },
            "history": history,
            "best": best,
        }
    })
}

fn corpus() -> Corpus {
    let presets = [(Preset::Default, true), (Preset::Paper, false), (Preset::Robust, true)];
    let inputs = presets.into_iter().map(|(preset, best)| {
        let value = checkpoint(preset, best);
        Input::new("checkpoint.json", serde_json::to_string_pretty(&value).expect("JSON"))
    });
    Corpus { inputs: inputs.collect(), words: WORDS }
}

fn assert_checkpoint(checkpoint: &Checkpoint) {
    assert_eq!(checkpoint.form, Checkpoint::FORM);
    checkpoint.state.options.validate().expect("options that were read can be worked with");
    checkpoint.parameters.validate().expect("parameters that were read are a circuit");
    if let Some(best) = &checkpoint.state.best {
        assert!(best.weights.iter().all(|weight| weight.is_finite()), "{:?}", best.weights);
        assert!(checkpoint.state.history.contains(&best.epoch), "the best is one of them");
    }
    let numbers = checkpoint.state.history.iter().map(|epoch| epoch.number);
    assert!(numbers.eq(1..=checkpoint.state.history.len() as u32), "epochs are counted");
}

#[test]
fn damaged_checkpoints_are_trainings_that_can_go_on_or_are_refused() {
    let folder = folder();
    let path = folder.path().join("checkpoint.json");
    survive("checkpoint", &corpus(), 8000, |input| {
        match Checkpoint::decode(Path::new(&input.name), &input.bytes) {
            Ok(checkpoint) => {
                assert_checkpoint(&checkpoint);
                checkpoint.write(&path).expect("written");
                let again = Checkpoint::read(&path).expect("what was written");
                assert_eq!(again, checkpoint);
                Answer::Accepted
            }
            Err(error) => {
                assert_says(&error, input);
                Answer::Refused
            }
        }
    });
}
