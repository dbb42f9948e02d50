//! Weights as lines of numbers, and configurations of an array.

use memspike_crossbar::{Array, Config, matrix};
use memspike_npy::Weights;

use crate::{
    corpus::{self, Corpus, Input},
    harness::{Answer, assert_says, folder, survive, write},
};

#[test]
fn damaged_lines_of_weights_are_a_matrix_or_are_refused() {
    let inputs = vec![
        corpus::file("netlists/errors/included/weights.csv"),
        Input::new("plain", "1,2,3\n4,5,6\n"),
        Input::new("quoted", "# weights\n\"1\" , -2.5e3\n 0,\"1e-9\"\n"),
        Input::new("one", "0.5"),
    ];
    let words = &[",", "\n", "\"", "#", "\"\"", ";", "\t", "1", "1,2", "\n\n"];
    let folder = folder();
    survive("weights", &Corpus { inputs, words }, 4000, |input| {
        let path = write(&folder, "weights.csv", &input.bytes);
        match Weights::read(&path, None) {
            Ok(weights) => {
                let values = weights.values();
                assert!(values.len() <= input.bytes.len(), "more numbers than bytes");
                assert_eq!(weights.rows() * weights.columns(), values.len());
                assert!(!values.is_empty() && values.iter().all(f64::is_finite), "numbers");
                program(&weights, input);
                Answer::Accepted
            }
            Err(error) => {
                assert_says(&error, input);
                Answer::Refused
            }
        }
    });
}

/// An array of these weights exists: there are some and they are numbers.
fn program(weights: &Weights, input: &Input) {
    let array = Array::program_named("a", &matrix(weights), &Config::ideal(0.0, 1e-6), 0);
    if let Err(error) = array {
        panic!("{error}: {}", input.name);
    }
}

const TOML: &str = "gmin_s = 1e-9\ngmax_s = 1e-6\nlevels = 16\nweight_max = 1.0\n\
    [programming_noise]\nsigma = 0.1\nrelative_to = \"conductance\"\n[read_noise]\nsigma = 0.01\n\
    [faults]\nstuck_on = 0.01\nstuck_off = 0.02\n[drift]\nnu = 0.05\nnu_sigma = 0.01\nt0_s = 1.0\ntime_s = 100.0\n\
    [wires]\nrow_ohm = 1.0\ncolumn_ohm = 2.0\ndriver_ohm = 10.0\nsense_ohm = 5.0\n";

const WORDS: &[&str] = &[
    "gmin_s",
    "gmax_s",
    "levels",
    "[drift]",
    "[faults]",
    "[[wires]]",
    "sigma",
    "=",
    "\"",
    "'''",
    "true",
    "nan",
    "inf",
    "[",
    "{",
    "}",
    "]",
    ".",
    "#",
    "\n",
    "null",
    ",",
    ":",
    "1979-05-27",
];

#[test]
fn damaged_configurations_of_an_array_are_valid_or_are_refused() {
    let config: Config = {
        let folder = folder();
        Config::load(write(&folder, "array.toml", TOML.as_bytes())).expect("a good configuration")
    };
    let json = serde_json::to_string(&config).expect("JSON");
    let inputs = vec![Input::new("array.toml", TOML), Input::new("array.json", json)];
    let folder = folder();
    survive("config", &Corpus { inputs, words: WORDS }, 4000, |input| {
        let path = write(&folder, &input.name, &input.bytes);
        match Config::load(&path) {
            Ok(config) => {
                config.validate().expect("a configuration that was read is valid");
                let json = serde_json::to_vec(&config).expect("JSON");
                let again = Config::load(write(&folder, "again.json", &json));
                assert_eq!(again.expect("what was written"), config);
                Answer::Accepted
            }
            Err(error) => {
                assert_says(&error, input);
                Answer::Refused
            }
        }
    });
}
