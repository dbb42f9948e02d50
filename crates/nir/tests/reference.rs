//! The reference package: it reads what we write, and we read what it writes.

use std::path::{Path, PathBuf};
use std::process::Command;

use memspike_nir::{Array, Graph, Kind, Node, Numbers, Parameter, Primitive};
use memspike_npy::Values;

fn python(program: &str, arguments: &[&Path]) -> String {
    let python = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/python/bin/python");
    let output = Command::new(&python).arg("-c").arg(program).args(arguments).output();
    let output = output
        .unwrap_or_else(|e| panic!("{}: {e}; `cargo xtask packages` makes it", python.display()));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Makes `all.nir` with a node of each kind, and prints their parameters as bits.
const ALL: &str = r#"
import sys, nir, numpy as np
rng = np.random.default_rng(5)
def f(*shape): return rng.normal(size=shape)
def s(*shape): return rng.normal(size=shape).astype(np.float32)
def lif(n): return dict(r=f(n), v_threshold=f(n))
nodes = {
    "in": nir.Input(np.array([1, 4, 4])),
    "conv": nir.Conv2d((4, 4), s(2, 1, 3, 3), (1, 1), "same", 1, 1, s(2)),
    "scale": nir.Scale(f(2, 4, 4)),
    "sum": nir.SumPool2d(np.array([2, 2]), np.array([2, 2]), np.array([0, 0])),
    "avg": nir.AvgPool2d(np.array([1, 1]), np.array([1, 1]), np.array([0, 0])),
    "flat": nir.Flatten(np.array([2, 2, 2]), 0, -1),
    "delay": nir.Delay(np.full(8, 1e-3)),
    "affine": nir.Affine(s(5, 8), s(5)),
    "lif": nir.LIF(tau=f(5), v_leak=f(5), v_reset=f(5), **lif(5)),
    "linear": nir.Linear(f(3, 5)),
    "cuba": nir.CubaLIF(tau_syn=f(3), tau_mem=f(3), v_leak=f(3), w_in=f(3), **lif(3)),
    "if": nir.IF(**lif(3)),
    "li": nir.LI(tau=f(3), r=f(3), v_leak=f(3)),
    "cubali": nir.CubaLI(tau_syn=f(3), tau_mem=f(3), r=f(3), v_leak=f(3)),
    "i": nir.I(f(3)),
    "threshold": nir.Threshold(f(3)),
    "out": nir.Output(np.array([3])),
    "graph": nir.NIRGraph({"input": nir.Input(np.array([3])), "output": nir.Output(np.array([3]))}, [("input", "output")]),
}
nodes["lif"].metadata = {"by": "hand", "deep": {"a": np.arange(3)}}
names = list(nodes)
edges = list(zip(names, names[1:]))
nir.write(sys.argv[1], nir.NIRGraph(nodes, edges, type_check=False), compression=sys.argv[2] if len(sys.argv) > 2 else "gzip")
"#;

/// Prints what a file has: node, parameter, shape, type and bytes; then the edges.
const SHOWN: &str = r#"
import sys, nir, numpy as np
def show(graph, before=""):
    for name, node in sorted(graph.nodes.items()):
        if isinstance(node, nir.NIRGraph):
            show(node, before + name + ".")
            continue
        entries = node.to_dict()
        entries.update({"metadata." + k: v for k, v in entries.pop("metadata", {}).items()})
        for key, value in sorted(entries.items()):
            if isinstance(value, dict):
                value = value["a"]
            if isinstance(value, str) or value is None:
                print(before + name, key, value)
            else:
                value = np.asarray(value)
                print(before + name, key, list(value.shape), value.dtype, value.tobytes().hex())
    print(before, graph.edges)
show(nir.read(sys.argv[1], type_check=False))
"#;

#[test]
fn what_the_reference_package_writes_comes_back_from_us_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let theirs = folder.path().join("theirs.nir");
    let ours = folder.path().join("ours.nir");
    for compression in ["gzip", "lzf"] {
        python(ALL, &[&theirs, Path::new(compression)]);
        let graph = Graph::read(&theirs).unwrap();
        assert_eq!(graph.nodes.len(), 18);
        graph.write(&ours).unwrap();
        assert_eq!(python(SHOWN, &[&ours]), python(SHOWN, &[&theirs]), "{compression}");
        assert_eq!(Graph::read(&ours).unwrap(), graph, "{compression}");
    }
}

#[test]
fn every_bit_of_a_parameter_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bits.nir");
    let single = vec![0.1_f32, f32::MIN_POSITIVE, -0.0, 3.0e38, 1.0e-45];
    let double = vec![0.1, f64::MIN_POSITIVE, -0.0, 1.7e308, 5e-324];
    let mut graph = Graph::default();
    let shape = || Array::of_shape(&[5]);
    graph.add("in", Primitive::new(Kind::Input, [("shape", shape())]));
    graph.add("single", Primitive::new(Kind::Scale, [("scale", Array::row(single.clone()))]));
    graph.add("double", Primitive::new(Kind::Scale, [("scale", Array::row(double.clone()))]));
    graph.add("out", Primitive::new(Kind::Output, [("shape", shape())]));
    graph.join("in", "single");
    graph.join("single", "double");
    graph.join("double", "out");
    graph.write(&path).unwrap();
    let program = r#"
import sys, nir, numpy as np
g = nir.read(sys.argv[1])
for name in ["single", "double"]:
    s = g.nodes[name].scale
    print(s.dtype, s.view(np.uint32 if s.dtype == np.float32 else np.uint64).tolist())
print(nir.serialization.read_version(sys.argv[1]), sorted(g.edges))
"#;
    let singles: Vec<u32> = single.iter().map(|value| value.to_bits()).collect();
    let doubles: Vec<u64> = double.iter().map(|value| value.to_bits()).collect();
    let needed = format!(
        "float32 {singles:?}\nfloat64 {doubles:?}\n1.0.8 [('double', 'out'), ('in', 'single'), ('single', 'double')]\n"
    );
    assert_eq!(python(program, &[&path]), needed);
    assert_eq!(Graph::read(&path).unwrap(), graph);
}

#[test]
fn what_tools_say_beside_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("said.nir");
    python(ALL, &[&path]);
    let graph = Graph::read(&path).unwrap();
    let Some(Node::Primitive(lif)) = graph.nodes.get("lif") else { panic!() };
    assert_eq!(lif.metadata["by"], Parameter::Text("hand".into()));
    let numbers = Array::new(vec![3], Numbers::Whole(vec![0, 1, 2])).unwrap();
    assert_eq!(lif.metadata["deep/a"], Parameter::Array(numbers));
}

/// A table of more than one chunk, as h5py cuts it, whose last chunks are not full.
#[test]
fn chunks_of_large_tables_are_put_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.nir");
    let program = "
import sys, nir, numpy as np
w = np.arange(701 * 503, dtype=np.float32).reshape(701, 503)
nir.write(sys.argv[1], nir.NIRGraph.from_list(nir.Linear(w)))
";
    python(program, &[&path]);
    let graph = Graph::read(&path).unwrap();
    let Some(Node::Primitive(linear)) = graph.nodes.get("linear") else { panic!() };
    let weight = linear.array("weight").unwrap();
    assert_eq!(weight.shape(), [701, 503]);
    let Numbers::Real(Values::Single(values)) = weight.numbers() else { panic!() };
    assert!(values.iter().zip(0..).all(|(value, at)| *value == at as f32));
}
