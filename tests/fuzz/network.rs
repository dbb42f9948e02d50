//! Networks of any shape, as TOML and as JSON.

use std::path::Path;

use memspike_network::{Form, Network};

use crate::{
    corpus::{self, Corpus, Input},
    harness::{Answer, assert_says, survive},
};

const WORDS: &[&str] = &[
    "version",
    "[[populations]]",
    "[[projections]]",
    "size",
    "model",
    "one_shot",
    "lif",
    "oscillator",
    "ideal",
    "effect",
    "\"trigger\"",
    "{ siemens = 1e-6 }",
    "connections",
    "\"one_to_one\"",
    "dense",
    "sparse",
    "rows",
    "starts",
    "targets",
    "weights",
    "delay_fs",
    "precision = \"single\"",
    "[0, 1]",
    "4294967296",
    "lif_delta",
    "lif_exp",
    "lif_pulse",
    "parrot",
    "regular",
    "poisson",
    "recorded",
    "membrane",
    "reset",
    "\"subtract\"",
    "initial_v",
    "spikes",
    "rate_hz",
    "weights = 1",
    "delay_s = 1e-3",
    "delay_tick_s",
    "{ ampere = 1e-12 }",
    "{ normal = { mean = 1, deviation = 1, least = 0 } }",
    "{ lognormal = { median = 1, sigma = 1 } }",
    "{ uniform = { least = 0, greatest = 1 } }",
    "in_degree",
    "out_degree",
    "total",
    "probability",
    "all_to_all",
    "autapses = true",
    "multapses = true",
    "[",
    "]",
    "{",
    "}",
];

/// Weights in an input are at most as many as its bytes, and a network keeps so many bytes for each of them.
const BYTES_A_BYTE: usize = 64;

fn damaged(name: &'static str, form: Form) {
    let inputs = vec![corpus::file(&format!("tests/kept/{name}"))];
    survive(name, &Corpus { inputs, words: WORDS }, 4000, |input: &Input| {
        // No table lies in this folder.
        let folder = Path::new("no such folder");
        let network = match Network::decode(&input.text(), form, folder) {
            Ok(network) => network,
            Err(error) => {
                assert_says(&error, input);
                return Answer::Refused;
            }
        };
        assert!(network.bytes() <= BYTES_A_BYTE * (input.bytes.len() + 64), "memory without bound");
        for (_, projection) in network.projections() {
            let outgoing = network.outgoing(projection.from());
            assert!(outgoing.into_iter().any(|(_, other)| other.name() == projection.name()));
        }
        let written = network.encode(form);
        if written.tables.is_empty() {
            let again = Network::decode(&written.text, form, folder).expect("what was written");
            assert_eq!(again, network);
        }
        Answer::Accepted
    });
}

#[test]
fn damaged_networks_in_toml_are_written_the_same_or_are_refused() {
    damaged("network.toml", Form::Toml);
    damaged("network-2.toml", Form::Toml);
}

#[test]
fn damaged_networks_in_json_are_written_the_same_or_are_refused() {
    damaged("network.json", Form::Json);
}
