//! `.nir` files from outside: shown, run, converted and back, in steps, and refused.

#[path = "common/program.rs"]
mod program;
#[path = "nir/shown.rs"]
mod shown;

use std::fs;
use std::path::{Path, PathBuf};

use memspike_network::{Network, Weights};
use memspike_nir::{Graph, Kind, Node, Primitive};
use memspike_snn::Layered;
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

/// Steps are those of the tool, and what stands beside them is the run of `net`.
#[test]
fn steps_end_with_what_the_exact_run_has_otherwise() {
    let (folder, theirs) = folder();
    let words = "nir step net.nir --spikes in.csv --grid-compatible 1e-4 --tool spikingjelly --until 4e-3 -o steps.csv";
    let output = memspike(folder.path(), &words.split(' ').collect::<Vec<_>>());
    let told = text(&output.stderr).replace(['│', '┆'], " ");
    let words = "net net.nir --spikes in.csv --spike-area 1e-4 --until 3.90001e-3 -o out.csv";
    succeed(folder.path(), &words.split(' ').collect::<Vec<_>>());
    let exact = fs::read_to_string(folder.path().join("out.csv")).expect("a recording");
    for (node, populations) in [("_1", &["n_1"][..]), ("_3", &["n_3", "n_3-2", "n_3-3"])] {
        let row = told.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let row = row.into_iter().find(|row| row.first() == Some(&node)).expect("a row");
        let count = |lines: &str, names: &[&str]| {
            lines.lines().filter(|line| line.split(',').any(|word| names.contains(&word))).count()
        };
        let [_, steps, own, both] = row[..] else { panic!("{told}") };
        assert_eq!(steps.parse(), Ok(count(&theirs, &[node])), "{told}");
        assert_eq!(own.parse(), Ok(count(&exact, populations)), "{told}");
        let both: usize = both.parse().expect("a number");
        assert!(both > 0 && both <= count(&theirs, &[node]), "{told}");
    }
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

/// The network of snnTorch without its bias, and the weights of its layers, inputs by neurons.
fn without_bias(folder: &Path) -> [Weights; 2] {
    let mut graph = Graph::read(shipped("snntorch.nir")).expect("a graph");
    let weights = ["0", "2"].map(|name| {
        let Some(Node::Primitive(node)) = graph.nodes.remove(name) else { panic!("{name}") };
        let weight = node.array("weight").expect("weights").clone();
        let (neurons, inputs) = (weight.shape()[0], weight.shape()[1]);
        let value = |at: usize| weight.get(at % neurons * inputs + at / neurons) as f32;
        let values: Vec<f32> = (0..inputs * neurons).map(value).collect();
        graph.add(name, Primitive::new(Kind::Linear, [("weight", weight)]));
        Weights::new(inputs, neurons, values).expect("finite weights")
    });
    graph.write(folder.join("net.nir")).expect("room");
    weights
}

/// Everything of an exported core that is Verilog or numbers, but for its comments.
fn verilog(folder: &Path) -> Vec<(String, String)> {
    let is_code =
        |name: &String| [".v", ".sv", ".hex", ".mem"].iter().any(|end| name.ends_with(end));
    let code = |name: String| {
        let all = fs::read_to_string(folder.join(&name)).expect("text");
        let lines = all.lines().filter(|line| !line.trim_start().starts_with("//"));
        (name, lines.collect::<Vec<_>>().join("\n"))
    };
    listing(folder).into_iter().filter(is_code).map(code).collect()
}

/// The core of a graph is that of its weights with thresholds `tau v_threshold / (r dt)`, and of `exp(-dt / tau)`.
#[test]
fn a_core_straight_from_a_graph_is_that_of_its_numbers() {
    let folder = TempDir::new().expect("a folder");
    for (name, weights) in ["a.npy", "b.npy"].iter().zip(without_bias(folder.path())) {
        fs::write(folder.path().join(name), weights.bytes()).expect("room");
    }
    let (tau, r) = (f64::from(0.000_999_999_7_f32), 9.999_997_f64);
    let threshold = (tau / (f64::from(r as f32) * 1e-4)).to_string();
    let retention = (-1e-4 / tau).exp().to_string();
    let export = |words: &str, out: &str| {
        let words: Vec<&str> =
            words.split_whitespace().chain(["--step", "1e-4", "--out", out]).collect();
        succeed(folder.path(), &[&["export-verilog"], &words[..]].concat());
        let code = verilog(&folder.path().join(out));
        assert!(code.len() > 3, "{out}: {} files", code.len());
        code
    };
    let graph = "--network net.nir --spike-area 1e-4";
    let numbers =
        format!("--weights a.npy --weights b.npy --threshold {threshold} --retention {retention}");
    let subtracting = export(&format!("{graph} --subtract"), "subtracting");
    assert_eq!(subtracting, export(&numbers, "numbers"));
    let resetting = export(graph, "resetting");
    assert_eq!(resetting, export(&format!("{numbers} --reset 0"), "zero"));
    assert_ne!(subtracting, resetting);
    for (words, needed) in [
        (vec!["--network", "bias.nir"], "node '3': its neurons differ, by bias or by parameters"),
        (
            vec!["--weights", "a.npy", "--threshold", "1", "--subtract"],
            "--subtract is of .nir files alone",
        ),
    ] {
        fs::copy(shipped("snntorch.nir"), folder.path().join("bias.nir")).expect("room");
        let words = [&["export-verilog"], &words[..], &["--out", "none"]].concat();
        let output = memspike(folder.path(), &words);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {told}");
        assert!(told.contains(needed), "{words:?}: {told}");
        assert!(!folder.path().join("none").exists());
    }
}

/// In thresholds and in time constants the circuits are the file's neurons.
#[test]
fn circuits_around_memristors_keep_weights_in_thresholds_and_ratios_of_times() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path();
    let weights = without_bias(path);
    let words =
        "nir convert net.nir --devices --spike-area 1e-4 --subtract --shown 4e-3 -o net.toml";
    let told = succeed(path, &words.split(' ').collect::<Vec<_>>());
    for said in [
        "threshold subtracted",
        "All times are 47.0000 times as long",
        "an image is shown for 188 ms",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    let network = Network::read(path.join("net.toml")).expect("a network");
    let shown_s = network.shown_s().expect("it says so");
    assert!((shown_s / 0.188 - 1.0).abs() < 1e-6, "{shown_s}");
    let layered = Layered::of(&network, shown_s).expect("layers");
    assert_eq!(layered.shape(), [8, 12, 3]);
    for (layer, own) in layered.layers.iter().zip(&weights) {
        let lif = layer.neuron.ideal.expect("the device's voltages");
        let jump = layer.volts_per_weight() / lif.threshold_v;
        // r dt / (tau v_threshold), with their single precision.
        let theirs = f64::from(9.999_997_f32) * 1e-4 / f64::from(0.000_999_999_7_f32);
        for (ours, own) in layer.weights.values().iter().zip(own.values().iter()) {
            assert!((ours * jump - own * theirs).abs() < 1e-12, "{ours} {own} {jump} {theirs}");
        }
        assert_eq!(layer.weights.greatest(), 1.0);
        assert!(
            (layer.neuron.resistance_ohm * layer.neuron.capacitance_farad / 0.047 - 1.0).abs()
                < 1e-12
        );
    }
    let mut graph = Graph::read(path.join("net.nir")).expect("a graph");
    let Some(Node::Primitive(lif)) = graph.nodes.remove("3") else { panic!("a node") };
    let kept = |name| (name, lif.array(name).expect("a parameter").clone());
    graph.add("3", Primitive::new(Kind::IF, ["r", "v_threshold", "v_reset"].map(kept)));
    graph.write(path.join("if.nir")).expect("room");
    let output = memspike(path, &["nir", "convert", "if.nir", "--devices", "-o", "if.toml"]);
    let told = text(&output.stderr);
    assert!(told.contains("if.nir: node '3' does not leak"), "{told}");
}
