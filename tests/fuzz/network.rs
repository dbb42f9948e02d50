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
}

#[test]
fn damaged_networks_in_json_are_written_the_same_or_are_refused() {
    damaged("network.json", Form::Json);
}
