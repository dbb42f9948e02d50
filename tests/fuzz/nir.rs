//! Graphs of NIR, which are HDF5.

use memspike_nir::{Graph, Options};

use crate::{
    corpus::{self, Corpus, Input},
    harness::{Answer, assert_says, survive},
};

/// What deflate makes of a byte at most, and what any file may declare.
const MOST: usize = 1100;
const SMALL: usize = 1 << 17;

fn corpus() -> Corpus {
    let names = ["snntorch", "spikingjelly", "convolution", "norse"];
    let theirs = names.map(|name| corpus::file(&format!("tests/nir/{name}.nir")).bytes);
    // As we write them, which is another form of HDF5.
    let graph = |bytes: &Vec<u8>| Graph::decode(bytes.clone()).expect("a graph");
    let ours = theirs.each_ref().map(|bytes| graph(bytes).encode().expect("written"));
    let inputs = theirs.into_iter().chain(ours).map(|bytes| Input::new("net.nir", bytes));
    let words =
        &["OHDR", "OCHK", "TREE", "SNOD", "HEAP", "GCOL", "LIF", "Affine", "NIRGraph", "edges"];
    Corpus { inputs: inputs.collect(), words }
}

#[test]
fn damaged_graphs_are_graphs_that_can_be_written_or_are_refused() {
    survive("nir", &corpus(), 2000, |input| {
        let graph = match Graph::decode(input.bytes.clone()) {
            Err(error) => {
                assert_says(&error, input);
                return Answer::Refused;
            }
            Ok(graph) => graph,
        };
        let written = graph.encode().expect("what was read can be written");
        assert!(written.len() <= input.bytes.len() * MOST + SMALL, "more than the file can hold");
        let again = Graph::decode(written.clone()).expect("what was written can be read");
        // Bytes, and not graphs: NaN is no number that equals itself.
        assert!(again.encode().expect("written") == written, "written otherwise the second time");
        match graph.network(&Options::default()) {
            Ok(_) => Answer::Accepted,
            Err(error) => {
                assert!(!error.to_string().is_empty());
                Answer::Refused
            }
        }
    });
}
