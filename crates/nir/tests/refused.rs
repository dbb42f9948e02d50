//! Files and graphs that are wrong: each with a message that names what is wrong and where, none with a panic or an endless
//! allocation.

use std::path::{Path, PathBuf};
use std::process::Command;

use memspike_nir::{Array, Graph, Kind, NirError, Node, Options, Parameter, Primitive};

fn row(values: &[f64]) -> Array {
    Array::row(values.to_vec())
}

fn table(rows: usize, columns: usize) -> Array {
    let values = (0..rows * columns).map(|at| at as f64 + 1.0).collect::<Vec<f64>>();
    Array::new(vec![rows, columns], memspike_nir::Numbers::Real(values.into())).unwrap()
}

fn lif(size: usize) -> Primitive {
    let all = |value: f64| row(&vec![value; size]);
    let parameters = [
        ("tau", all(0.02)),
        ("r", all(1.0)),
        ("v_leak", all(0.0)),
        ("v_threshold", all(1.0)),
        ("v_reset", all(0.0)),
    ];
    Primitive::new(Kind::LIF, parameters)
}

fn end(kind: Kind, size: usize) -> Primitive {
    Primitive::new(kind, [("shape", Array::of_shape(&[size]))])
}

/// Two inputs, three neurons.
fn good() -> Graph {
    let mut graph = Graph::default();
    graph.add("in", end(Kind::Input, 2));
    graph.add("fc", Primitive::new(Kind::Linear, [("weight", table(3, 2))]));
    graph.add("lif", lif(3));
    graph.add("out", end(Kind::Output, 3));
    for (from, to) in [("in", "fc"), ("fc", "lif"), ("lif", "out")] {
        graph.join(from, to);
    }
    graph
}

fn set(graph: &mut Graph, name: &str, parameter: &str, value: Array) {
    let Some(Node::Primitive(node)) = graph.nodes.get_mut(name) else { panic!("{name}") };
    node.parameters.insert(parameter.to_owned(), Parameter::Array(value));
}

/// What is said of a graph that was changed.
fn said(change: impl FnOnce(&mut Graph)) -> String {
    let mut graph = good();
    change(&mut graph);
    graph.network(&Options::default()).unwrap_err().to_string()
}

#[test]
fn the_graph_that_all_others_differ_from_is_good() {
    assert_eq!(good().network(&Options::default()).unwrap().network.neurons(), 5);
}

#[test]
fn numbers_that_are_none_are_named_with_node_and_place() {
    for (value, word) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        let told = said(|graph| set(graph, "lif", "tau", row(&[0.02, value, 0.02])));
        assert_eq!(
            told,
            format!("node 'lif': 'tau' is {word} at place 1; give it a finite number")
        );
    }
    let told = said(|graph| set(graph, "lif", "r", row(&[])));
    assert_eq!(told, "node 'lif': 'r' has no numbers");
}

#[test]
fn shapes_that_do_not_meet_are_named_with_their_edge() {
    let told = said(|graph| graph.add("lif", lif(4)));
    assert_eq!(
        told,
        "the edge from 'fc' to 'lif' leads from a shape of [3] to one of [4]; they must be the same"
    );
    let told = said(|graph| set(graph, "lif", "r", row(&[1.0, 1.0])));
    assert_eq!(
        told,
        "node 'lif': 'r' has the shape [2], 'tau' the shape [3]; they must be the same"
    );
    let told = said(|graph| set(graph, "fc", "weight", row(&[1.0, 1.0])));
    assert!(
        told.starts_with("node 'fc': 'weight' has the shape [2]; a row for each output"),
        "{told}"
    );
}

#[test]
fn edges_that_end_nowhere_or_are_there_twice_are_named() {
    let told = said(|graph| graph.join("lif", "there"));
    assert_eq!(told, "the edge from 'lif' to 'there' has no node 'there' at its end");
    let told = said(|graph| graph.join("in", "fc"));
    assert_eq!(told, "the edge from 'in' to 'fc' is there twice: take it out once");
}

#[test]
fn circles_of_values_and_loops_of_neurons_are_told_apart() {
    let weight = || Primitive::new(Kind::Linear, [("weight", table(3, 3))]);
    let told = said(|graph| {
        graph.add("a", weight());
        graph.add("b", weight());
        for (from, to) in [("a", "b"), ("b", "a"), ("a", "lif")] {
            graph.join(from, to);
        }
    });
    assert!(told.starts_with("the nodes 'a', 'b'"), "{told}");
    assert!(told.contains("without a neuron or a delay"), "{told}");
    let mut graph = good();
    graph.add("back", weight());
    graph.join("lif", "back");
    graph.join("back", "lif");
    let told = graph.network(&Options::default()).unwrap_err();
    assert!(matches!(&told, NirError::Loop(names) if names == &["'lif'"]), "{told}");
    let options = Options { loop_delay_s: Some(1e-3), ..Options::default() };
    let network = graph.network(&options).unwrap().network;
    assert_eq!(network.connections(), 2 * 3 + 9);
}

#[test]
fn what_no_population_is_is_refused_by_name() {
    let told = said(|graph| {
        let level = Primitive::new(Kind::Threshold, [("threshold", row(&[1.0; 3]))]);
        graph.add("step", level);
        graph.edges.retain(|(from, _)| from != "fc");
        graph.join("fc", "step");
        graph.join("step", "lif");
    });
    assert_eq!(told, "node 'step': what Threshold gives is no spike and no sum of spikes");
    let told = said(|graph| set(graph, "lif", "v_reset", row(&[1.5, 0.0, 0.0])));
    assert_eq!(told, "node 'lif': 'v_reset' is 1.5, not below the threshold of 1");
    let told = said(|graph| set(graph, "lif", "tau", row(&[-1.0])));
    assert_eq!(told, "node 'lif': 'tau' is -1; it must be above 0");
    let told = said(|graph| set(graph, "lif", "r", row(&[0.0])));
    assert_eq!(told, "node 'lif': 'r' is 0: nothing that it hears acts on it");
    let told = said(|graph| {
        graph.edges.retain(|(from, _)| from != "lif");
        graph.join("fc", "out");
    });
    assert!(told.starts_with("node 'fc': it goes out as Linear gives it"), "{told}");
    let options = Options { core: true, ..Options::default() };
    let mut leaning = good();
    set(&mut leaning, "lif", "v_leak", row(&[0.1]));
    let told = leaning.network(&options).unwrap_err().to_string();
    assert!(told.starts_with("node 'lif': a core of a network has LIF neurons"), "{told}");
}

#[test]
fn graphs_within_graphs_need_one_way_in_and_out() {
    let told = said(|graph| {
        let mut inner = Graph::default();
        inner.add("a", end(Kind::Input, 3));
        inner.add("b", end(Kind::Input, 3));
        graph.nodes.insert("deep".into(), Node::Graph(inner));
        graph.join("lif", "deep");
    });
    let twice = said(|graph| {
        let mut inner = Graph::default();
        inner.add("fc", end(Kind::Input, 2));
        graph.nodes.insert("deep".into(), Node::Graph(inner));
        graph.add("deep.fc", end(Kind::Input, 2));
    });
    assert!(twice.starts_with("node 'deep.fc': a graph within has"), "{twice}");
    assert_eq!(
        told,
        "the edge from 'lif' to 'deep' leads to a graph with 2 of Input; one is needed"
    );
}

fn python(program: &str, path: &Path) {
    let python = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/python/bin/python");
    let done = Command::new(&python).args(["-c", program]).arg(path).output();
    let done = done
        .unwrap_or_else(|e| panic!("{}: {e}; `cargo xtask packages` makes it", python.display()));
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// A file that h5py makes, with a LIF node of five empty parameters; `more` may use `f` (the file) and `n` (the node).
fn file_of(more: &str) -> Result<Graph, NirError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.nir");
    let begin = "
import sys, h5py, numpy as np
f = h5py.File(sys.argv[1], 'w')
f['version'] = '1.0.8'
g = f.create_group('node')
g['type'] = 'NIRGraph'
g['edges'] = np.array([('a', 'a')], dtype=h5py.string_dtype())
n = g.create_group('nodes/a')
n['type'] = 'Scale'
";
    python(&format!("{begin}\n{more}\nf.close()\n"), &path);
    assert!(path.metadata().unwrap().len() < 1 << 20);
    Graph::read(&path)
}

#[test]
fn ten_gigabytes_in_a_small_file_are_refused_before_they_are_made() {
    let bombs = [
        // Declared, and never written.
        "n.create_dataset('scale', shape=(1250000000,), dtype='f8', chunks=(65536,), compression='gzip')",
        "n.create_dataset('scale', shape=(1250000000,), dtype='f8')",
        // A small table in chunks of 2 GB.
        "n.create_dataset('scale', shape=(4,), maxshape=(None,), dtype='f8', chunks=(1 << 28,))",
        // A word of 2 GB.
        "n.create_dataset('scale', shape=(4,), dtype='S2000000000')",
        "n.create_dataset('scale', shape=(1 << 40, 1 << 40, 1 << 40), dtype='f8', chunks=(1, 1, 1))",
    ];
    for bomb in bombs {
        let told = file_of(bomb).unwrap_err();
        assert!(matches!(told, NirError::Bomb { .. }), "{bomb}: {told}");
        assert!(told.to_string().starts_with("'a.scale' declares "), "{told}");
    }
}

/// Zeros are compressed a thousandfold: what may be declared is what can be there.
#[test]
fn what_is_well_compressed_is_read() {
    let graph =
        file_of("n.create_dataset('scale', data=np.zeros((512, 1024)), compression='gzip')");
    let Some(Node::Primitive(node)) = graph.unwrap().nodes.remove("a") else { panic!() };
    assert_eq!(node.array("scale").unwrap().len(), 512 * 1024);
}

#[test]
fn groups_that_lead_back_to_themselves_end() {
    let told =
        file_of("del n['type']; n['type'] = 'NIRGraph'; n['nodes'] = g['nodes']").unwrap_err();
    assert!(told.to_string().contains("graphs within each other"), "{told}");
    let told =
        file_of("n['scale'] = np.ones(2); m = n.create_group('metadata'); m['m'] = m").unwrap_err();
    assert!(told.to_string().contains("has too many groups"), "{told}");
}

#[test]
fn unknown_nodes_and_parameters_are_named() {
    let told = file_of("del n['type']; n['type'] = 'Scal'; n['scale'] = np.ones(2)").unwrap_err();
    assert_eq!(told.to_string(), "node 'a': 'Scal' is no node that is known; 'Scale' is");
    let told = file_of("n['scale'] = np.ones(2); n['colour'] = 1.0").unwrap_err();
    assert_eq!(told.to_string(), "node 'a': Scale has no parameter 'colour'; it would be lost");
    let told = file_of("").unwrap_err();
    assert_eq!(
        told.to_string(),
        "node 'a': Scale needs 'scale'; write it with the other parameters"
    );
    let told = file_of("n['scale'] = np.ones(2, dtype=complex)").unwrap_err();
    assert!(told.to_string().starts_with("node 'a': 'scale' is of type"), "{told}");
}

#[test]
fn damaged_files_are_refused() {
    let whole = good().encode().unwrap();
    assert!(Graph::decode(b"no HDF5 at all".to_vec()).is_err());
    assert!(Graph::decode(Vec::new()).is_err());
    // Many lengths, and every byte changed: a graph or a message, never a panic.
    for length in (0..whole.len()).step_by(7) {
        assert!(Graph::decode(whole[..length].to_vec()).is_err(), "{length}");
    }
    let mut refused = 0;
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= [1_u8, 0x80, 0xff][at % 3];
        refused += usize::from(Graph::decode(damaged).is_err());
    }
    assert!(refused > whole.len() / 12, "{refused} of {}", whole.len());
}
