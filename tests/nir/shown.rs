//! Graphs that are shown images and events.

use std::fs;
use std::path::Path;

use memspike_nir::{Array, Graph, Kind, Numbers, Primitive};
use serde_json::Value;
use tempfile::TempDir;

use super::program::{memspike, text};
use super::{shipped, succeed, without_bias};

/// A list of events as a file.
fn events(folder: &Path, rows: &[[f64; 4]]) {
    let mut bytes = Vec::new();
    memspike_npy::write_f64(&mut bytes, 4, rows.as_flattened()).expect("memory takes all");
    fs::write(folder.join("events.npy"), bytes).expect("room");
}

fn classified(folder: &Path, area: &str, words: &str) -> Value {
    let words: Vec<&str> = words.split_whitespace().chain(["--level", "point", "--json"]).collect();
    let json = succeed(
        folder,
        &[&["classify", "--network", "net.nir", "--spike-area", area], &words[..]].concat(),
    );
    serde_json::from_str::<Value>(&json).expect("JSON")["runs"][0].clone()
}

/// Samples of snnTorch's file, each with the class that it was drawn for.
fn samples() -> Vec<[f64; 4]> {
    let all = fs::read_to_string(shipped("snntorch.csv")).expect("spikes");
    let numbers =
        |line: &str| line.split(',').map(|word| word.parse().expect("a number")).collect();
    let rows = all.lines().skip(1).map(numbers);
    let of_inputs = rows.filter(|row: &Vec<f64>| row[0] == 0.0);
    of_inputs.map(|row| [row[2] * 1e-4, row[3], row[1], row[1] % 3.0]).collect()
}

/// As often as `net` says of each sample alone, and decided as the tool decides.
#[test]
fn events_are_classified_by_exact_runs_of_the_graph() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path();
    fs::copy(shipped("snntorch.nir"), path.join("net.nir")).expect("room");
    let rows = samples();
    events(path, &rows);
    let run = classified(path, "1e-4", "--subtract --events events.npy --shown 4e-3");
    let mut sums = vec![vec![0.0; 3]; 3];
    for sample in 0..6 {
        let own = rows.iter().filter(|row| row[2] == f64::from(sample));
        let lines: String = own.map(|row| format!("{},{}\n", row[0], row[1])).collect();
        fs::write(path.join("in.csv"), lines).expect("room");
        let words =
            "net net.nir --spike-area 1e-4 --subtract --spikes in.csv --until 4e-3 -o out.csv";
        succeed(path, &words.split(' ').collect::<Vec<_>>());
        let recorded = fs::read_to_string(path.join("out.csv")).expect("a recording");
        // Biases differ, so that each output is a population of its own.
        for (neuron, name) in ["n3", "n3-2", "n3-3"].iter().enumerate() {
            let count =
                recorded.lines().filter(|line| line.split(',').any(|word| word == *name)).count();
            sums[sample as usize % 3][neuron] += count as f64 / 2.0;
        }
    }
    assert_eq!(run["mean_counts"], serde_json::json!(sums));
    assert_eq!((run["images"].as_u64(), run["accuracy"].as_f64()), (Some(6), Some(1.0)));
    assert!(run["energy"].is_null());
    // In any order of rows, on any number of threads.
    events(path, &rows.iter().rev().copied().collect::<Vec<_>>());
    assert_eq!(
        classified(path, "1e-4", "--subtract --events events.npy --shown 4e-3 --threads 2"),
        run
    );
}

/// Images under the line of 92 Hz/V are the same as lists of spikes at multiples of their distances.
#[test]
fn images_are_shown_to_a_graph_as_the_spikes_of_their_pixels() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path();
    without_bias(path);
    let images: Vec<u8> = (0..6 * 8).map(|at| (at * 41 % 256) as u8).collect();
    let header = |lengths: &[u32]| {
        let head = [0, 0, 8, lengths.len() as u8];
        head.into_iter().chain(lengths.iter().flat_map(|n| n.to_be_bytes())).collect::<Vec<u8>>()
    };
    let named = |name: &str, lengths: &[u32], entries: &[u8]| {
        fs::write(path.join(name), [&header(lengths)[..], entries].concat()).expect("room");
    };
    named("t10k-images-idx3-ubyte", &[6, 2, 4], &images);
    named("t10k-labels-idx1-ubyte", &[6], &[0, 1, 2, 0, 1, 2]);
    let mut rows = Vec::new();
    for (at, level) in images.iter().enumerate() {
        let hz = 92.0 * (2.0 * f64::from(*level) / 255.0) - 8.0;
        let sample = (at / 8) as f64;
        let spikes = if hz > 0.0 { (hz * 0.2).floor() as u32 } else { 0 };
        rows.extend(
            (1..=spikes).map(|k| [f64::from(k) / hz, (at % 8) as f64, sample, sample % 3.0]),
        );
    }
    events(path, &rows);
    let images = classified(path, "1e-2", "--mnist . --encoding line --shown 0.2");
    assert_eq!(images, classified(path, "1e-2", "--events events.npy --shown 0.2"));
    let counts = images["mean_counts"].as_array().expect("counts").iter();
    assert!(counts.flat_map(|row| row.as_array().expect("a row")).any(|n| n.as_f64() > Some(0.0)));
    quantised(path, &images);
    let network = ["classify", "--network", "net.nir", "--mnist", "."];
    for (more, needed) in [
        (&["--level", "device"][..], "net.nir: a graph of NIR has no oscillation neurons"),
        (
            &["--level", "point", "--wire", "1"],
            "--wire is for the arrays and neurons of a network of layers",
        ),
        (&["--level", "point", "--sweep", "wire=1,2"], "--sweep is for the arrays"),
        (&["--level", "point", "--events", "events.npy"], "cannot be used with"),
    ] {
        let output = memspike(path, &[&network[..], more].concat());
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{more:?}: {told}");
        assert!(told.contains(needed), "{more:?}: {told}");
    }
}

/// What a core of the same graph is compared with is what `classify` decides; the core itself is the one that is exported.
fn quantised(path: &Path, images: &Value) {
    let words = "quantise --network net.nir --spike-area 1e-2 --mnist . --encoding line --shown 0.2 --bits 16";
    let words: Vec<&str> = words.split(' ').collect();
    let json = succeed(path, &[&words[..], &["--json"]].concat());
    let found: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(found["point_accuracy"], images["accuracy"]);
    assert_eq!(found["images"], 6);
    let said = succeed(path, &words);
    let export = said.lines().find_map(|line| line.trim().strip_prefix("memspike export-verilog "));
    let export = export.unwrap_or_else(|| panic!("no command in {said}"));
    assert!(export.starts_with("--network net.nir --spike-area 0.01"), "{export}");
    succeed(path, &["export-verilog"].into_iter().chain(export.split(' ')).collect::<Vec<_>>());
    let spec = fs::read_to_string(path.join("core/spec.json")).expect("a core");
    let spec: Value = serde_json::from_str(&spec).expect("JSON");
    let thresholds = |layers: &Value| -> Vec<Value> {
        let layers = layers.as_array().expect("layers").iter();
        layers.map(|layer| layer["threshold"].clone()).collect()
    };
    assert_eq!(
        thresholds(&spec["specification"]["layers"]),
        thresholds(&found["rows"][0]["layers"])
    );
    for (more, needed) in [
        (&["--lif-threshold", "1"][..], "the neurons of a graph are those of its file"),
        (&["--shown", "1e-13"], "--shown"),
    ] {
        let without: Vec<&str> =
            words.iter().copied().filter(|w| !["--shown", "0.2"].contains(w)).collect();
        let output = memspike(path, &[&without[..], more].concat());
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{more:?}: {told}");
        assert!(told.contains(needed), "{more:?}: {told}");
    }
}

/// Currents, delays and a loop, which all have something under way when a sample ends.
fn with_a_past(folder: &Path) {
    let mut graph = Graph::default();
    let all = |size: usize, value: f64| Array::row(vec![value; size]);
    let table = |rows: usize, columns: usize, values: Vec<f64>| {
        Array::new(vec![rows, columns], Numbers::Real(values.into())).expect("a table")
    };
    let membrane = |tau, size| {
        [
            (tau, all(size, 5e-3)),
            ("r", all(size, 1.0)),
            ("v_leak", all(size, 0.0)),
            ("v_threshold", all(size, 0.5)),
            ("v_reset", all(size, 0.0)),
        ]
    };
    graph.add("in", Primitive::new(Kind::Input, [("shape", Array::of_shape(&[2]))]));
    graph.add(
        "first",
        Primitive::new(
            Kind::Linear,
            [("weight", table(3, 2, vec![8e-3, 2e-3, 4e-3, 7e-3, 1e-3, 9e-3]))],
        ),
    );
    let [a, b, c, d, e] = membrane("tau_mem", 3);
    let [f, g] = [("tau_syn", all(3, 2e-3)), ("w_in", all(3, 1.0))];
    graph.add("cuba", Primitive::new(Kind::CubaLIF, [a, b, c, d, e, f, g]));
    graph.add("loop", Primitive::new(Kind::Linear, [("weight", table(3, 3, vec![1e-3; 9]))]));
    graph.add("later", Primitive::new(Kind::Delay, [("delay", all(3, 4e-3))]));
    graph.add(
        "last",
        Primitive::new(
            Kind::Linear,
            [("weight", table(2, 3, vec![3e-3, 2e-3, 1e-3, 1e-3, 2e-3, 3e-3]))],
        ),
    );
    graph.add("lif", Primitive::new(Kind::LIF, membrane("tau", 2)));
    graph.add("out", Primitive::new(Kind::Output, [("shape", Array::of_shape(&[2]))]));
    for (from, to) in [
        ("in", "first"),
        ("first", "cuba"),
        ("cuba", "loop"),
        ("loop", "cuba"),
        ("cuba", "later"),
        ("later", "last"),
        ("last", "lif"),
        ("lif", "out"),
    ] {
        graph.join(from, to);
    }
    graph.write(folder.join("net.nir")).expect("room");
}

/// A sample finds every neuron at rest, whatever was shown before it.
#[test]
fn a_sample_is_decided_as_if_it_were_alone() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path();
    with_a_past(path);
    let train = |sample: usize, label: usize, every: usize| {
        let rows = (0..40).filter(move |at| at % every == 0);
        rows.map(move |at| [at as f64 * 0.5e-3, (at % 2) as f64, sample as f64, label as f64])
    };
    let words = "--spike-area 1.0 --loop-delay 3e-3 --events events.npy --shown 0.021 --threads 1";
    let run = |rows: Vec<[f64; 4]>| {
        events(path, &rows);
        let words: Vec<&str> = words.split(' ').chain(["--level", "point", "--json"]).collect();
        let json = succeed(path, &[&["classify", "--network", "net.nir"], &words[..]].concat());
        serde_json::from_str::<Value>(&json).expect("JSON")["runs"][0]["mean_counts"].clone()
    };
    let alone = run(train(0, 0, 1).collect())[0].clone();
    assert!(
        alone.as_array().expect("counts").iter().all(|count| count.as_f64() >= Some(1.0)),
        "{alone}"
    );
    let among = [train(0, 1, 3), train(1, 0, 1), train(2, 1, 2), train(3, 0, 1)];
    assert_eq!(run(among.into_iter().flatten().collect())[0], alone);
}
