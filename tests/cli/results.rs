//! What a run tells: results in JSON, measurements without a value, warnings, and an earlier end.

use std::fs;

use serde_json::Value;

use crate::{
    NEURON, folder_with, json_of,
    program::{memspike, text},
};

#[test]
fn json_has_the_documented_form() {
    let folder = folder_with("neuron.cir", NEURON);
    let output = memspike(folder.path(), &["run", "neuron.cir", "--json"]);
    let result = json_of(&output);
    let keys: Vec<&String> = result.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["counters", "measures", "spikes", "version", "warnings"]);
    // ln(0.8 / 0.55) and ln(0.715 / 0.55) time constants, and a discharge through 1 kohm.
    let spikes = result["spikes"]["s1"].as_array().expect("a list of seconds");
    assert_eq!(spikes.len(), 80);
    let first = spikes[0].as_f64().expect("a number");
    let expected = 47e-3 * (0.8_f64 / 0.55).ln();
    // The open switch of 1e12 ohm lowers the charging target by one part in a million.
    assert!((first / expected - 1.0).abs() < 1e-5, "{first} {expected}");
    assert_eq!(result["measures"]["spikes"], 80.0);
    assert!((result["measures"]["peak"].as_f64().expect("a number") - 0.25).abs() < 1e-12);
    for counter in ["fired", "pending", "phase_changes", "mode_sets"] {
        assert!(result["counters"][counter].is_u64(), "{counter}");
    }
    assert_eq!(result["warnings"], serde_json::json!([]));
}

#[test]
fn a_measurement_without_a_value_is_null_named_and_exit_status_1_unless_lenient() {
    let deck = NEURON.replace(".end\n", ".meas tran never WHEN v(out)=0.7\n.end\n");
    let folder = folder_with("neuron.cir", &deck);
    for (lenient, status) in [(&[][..], 1), (&["--lenient"][..], 0)] {
        let arguments = [&["run", "neuron.cir", "--json"], lenient].concat();
        let output = memspike(folder.path(), &arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{said}");
        // Everything else is there as ever.
        let result: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(result["measures"]["never"], Value::Null);
        assert_eq!(result["measures"]["spikes"], 80.0);
        assert!(result["warnings"][0].as_str().expect("a sentence").contains("never"));
        assert!(said.contains("warning: measurement 'never' failed: "), "{said}");
        let error = "error: measurement never has no value; --lenient makes that exit status 0";
        assert_eq!(said.contains(error), status == 1, "{said}");
    }
    let table = memspike(folder.path(), &["run", "neuron.cir"]);
    assert_eq!(table.status.code(), Some(1));
    assert!(text(&table.stdout).contains("failed"));
}

#[test]
fn measurements_without_a_value_in_some_runs_of_a_batch_are_exit_status_1() {
    // The first run stays at 0.1 V, the second below 0.2 V.
    let deck = NEURON.replace("DC 0.8", "DC {vin}").replace(
        ".tran",
        ".param vin=0.8\n.step param vin list 0.1 0.2 0.8\n.meas tran up WHEN v(out)=0.2 RISE=1\n\
         .meas tran later PARAM='up+1'\n.tran",
    );
    let samples = NEURON.replace(".end\n", ".mc 3\n.meas tran never WHEN v(out)=0.7\n.end\n");
    let folder = folder_with("step.cir", &deck);
    fs::write(folder.path().join("mc.cir"), samples).expect("the deck is written");
    let run = |arguments: &[&str]| {
        let output = memspike(folder.path(), arguments);
        let result: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(result["runs"].as_array().expect("a list").len(), 3);
        (output.status.code(), text(&output.stderr))
    };
    let (status, said) = run(&["run", "step.cir", "--json"]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("2 measurements have no value: up, later in 2 of 3 runs"), "{said}");
    let (status, said) = run(&["run", "mc.cir", "--json"]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("measurement never has no value in 3 of 3 runs"), "{said}");
    assert_eq!(run(&["run", "mc.cir", "--json", "--lenient"]).0, Some(0));
}

#[test]
fn warnings_of_the_deck_are_shown_and_listed() {
    let deck = NEURON.replace(".end\n", ".options reltol=1u\n.end\n");
    let folder = folder_with("neuron.cir", &deck);
    let output = memspike(folder.path(), &["run", "neuron.cir", "--json"]);
    let result = json_of(&output);
    let warning = result["warnings"][0].as_str().expect("a sentence");
    assert!(warning.starts_with("neuron.cir:10:10: "), "{warning}");
    assert_eq!(text(&output.stderr).matches(".options").count(), 2, "cause and excerpt");
}

#[test]
fn until_ends_the_run_early() {
    let folder = folder_with("neuron.cir", NEURON);
    let output = memspike(folder.path(), &["run", "neuron.cir", "--until", "100m", "--json"]);
    let spikes = json_of(&output)["spikes"]["s1"].as_array().expect("a list").len();
    // The first after 17.6 ms, then one each 12.38 ms.
    assert_eq!(spikes, 7);
}
