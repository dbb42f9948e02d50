//! `.nir` files from outside: shown, run, converted and back, in steps, and refused.

#[path = "common/program.rs"]
mod program;

use std::fs;
use std::path::{Path, PathBuf};

use memspike_nir::Graph;
use program::{listing, memspike, text};
use tempfile::TempDir;

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nir").join(name)
}

fn succeed(folder: &Path, words: &[&str]) -> String {
    let output = memspike(folder, words);
    assert_eq!(output.status.code(), Some(0), "{words:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// A folder with a file of SpikingJelly, and spikes of one of its samples, 0.1 ms a step.
fn folder() -> (TempDir, String) {
    let folder = TempDir::new().expect("a folder");
    fs::copy(shipped("spikingjelly.nir"), folder.path().join("net.nir")).expect("room");
    let all = fs::read_to_string(shipped("spikingjelly.csv")).expect("spikes");
    let (mut input, mut output) = (String::new(), String::from("time_s,node,neuron\n"));
    for line in all.lines().skip(1) {
        let words: Vec<usize> =
            line.split(',').map(|word| word.parse().expect("a number")).collect();
        let [layer, 0, step, neuron] = words[..] else { continue };
        let time_s = step as f64 * 1e-4;
        match layer {
            0 => input += &format!("{time_s},{neuron}\n"),
            _ => output += &format!("{time_s},_{},{neuron}\n", 2 * layer - 1),
        }
    }
    fs::write(folder.path().join("in.csv"), input).expect("room");
    (folder, output)
}

/// Lines in order of what they say.
fn sorted(lines: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = lines.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn steps_of_a_tool_give_its_spikes_in_a_file() {
    let (folder, theirs) = folder();
    let words = [
        "nir",
        "step",
        "net.nir",
        "--spikes",
        "in.csv",
        "--grid-compatible",
        "1e-4",
        "--tool",
        "spikingjelly",
        "--until",
        "4e-3",
        "-o",
        "steps.csv",
    ];
    succeed(folder.path(), &words);
    let ours = fs::read_to_string(folder.path().join("steps.csv")).expect("spikes");
    assert_eq!(sorted(&ours), sorted(&theirs));
}

#[test]
fn a_graph_runs_as_the_network_that_it_is_converted_to() {
    let (folder, _) = folder();
    let area = ["--spikes", "in.csv", "--spike-area", "1e-4"];
    let run = |words: &[&str]| {
        succeed(folder.path(), words);
        let recorded = fs::read_to_string(folder.path().join("out.csv")).expect("a recording");
        recorded.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n")
    };
    let more = ["--until", "4e-3", "-o", "out.csv"];
    let graph = run(&[&["net", "net.nir"], &area[..], &more].concat());
    assert!(graph.lines().count() > 100, "{graph}");
    succeed(folder.path(), &[&["nir", "convert", "net.nir", "-o", "net.toml"], &area[..]].concat());
    assert_eq!(run(&[&["net", "net.toml"], &more[..]].concat()), graph);
    let shown = succeed(folder.path(), &["nir", "show", "net.nir"]);
    assert!(
        shown.contains("edges: _0 -> _1, _1 -> _2, _2 -> _3, _3 -> output, input_1 -> _0"),
        "{shown}"
    );
    let json = succeed(folder.path(), &["nir", "show", "net.nir", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["nodes"][1]["kind"], "LIF");
    assert_eq!(json["nodes"][2]["output"], serde_json::json!([3]));
}

#[test]
fn what_is_wrong_is_said_with_file_and_node() {
    let folder = TempDir::new().expect("a folder");
    let mut graph = Graph::read(shipped("convolution.nir")).expect("a graph");
    graph.write(folder.path().join("if.nir")).expect("room");
    graph.edges.push(("_5".into(), "nobody".into()));
    graph.write(folder.path().join("edge.nir")).expect("room");
    fs::write(folder.path().join("none.nir"), "no HDF5").expect("room");
    fs::write(folder.path().join("in.csv"), "0.1,0\n0.05,1\n").expect("room");
    for (words, needed) in [
        (vec!["net", "if.nir", "--spike-area", "1e-4"], "if.nir: node '_1': a bias comes to it"),
        (
            vec!["net", "edge.nir"],
            "edge.nir: the edge from '_5' to 'nobody' has no node 'nobody' at its end",
        ),
        (vec!["nir", "show", "none.nir"], "none.nir: this is no HDF5 that can be read"),
        (vec!["nir", "show", "there.nir"], "there.nir: No such file"),
        (vec!["net", "if.nir", "--spikes", "in.csv"], "in.csv: line 2: spike 1"),
        (vec!["net", "if.nir", "--spikes", "x=in.csv"], "in.csv: line 2"),
        (vec!["nir", "convert", "if.nir", "-o", "b.nir"], "a .nir file becomes .toml or .json"),
        (vec!["nir", "convert", "if.nir", "-o", "if.nir"], "if.nir"),
    ] {
        let output = memspike(folder.path(), &words);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {told}");
        assert!(told.contains(needed), "{words:?}: {told}");
    }
    assert_eq!(listing(folder.path()), ["edge.nir", "if.nir", "in.csv", "none.nir"]);
}
