//! `memspike raster` from outside: what it says of recordings of `memspike net`, its picture, and what it refuses.

#[path = "common/program.rs"]
mod program;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use program::{listing, memspike, text};
use serde_json::Value;
use tempfile::TempDir;

/// A hundred excited neurons and some that Poisson sources excite, and one that is silent.
const NETWORK: &str = r#"
version = 2

[[populations]]
name = "driven"
size = 1000
[populations.model.lif_delta]
drive_v = 30e-3
[populations.model.lif_delta.membrane]
tau_s = 20e-3
threshold_v = 20e-3
reset = { to_v = 10e-3 }
refractory_s = 2e-3
initial_v = { uniform = { least = 0, greatest = 20e-3 } }

[[populations]]
name = "noise"
size = 300
model.poisson = { rate_hz = { uniform = { least = 0, greatest = 60 } } }

[[populations]]
name = "quiet"
size = 3
model.parrot = {}

[[projections]]
name = "kicks"
from = "noise"
to = "driven"
effect = { volt = 2e-3 }
delay_s = 1e-3
connections.in_degree = { degree = 20 }
"#;

/// A recording of both forms, and what `net` said of it from 0.2 s on.
fn recorded() -> (TempDir, Value) {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("network.toml"), NETWORK).expect("room");
    let mut said = Value::Null;
    for name in ["spikes.csv", "spikes.parquet"] {
        let arguments =
            ["net", "network.toml", "--until", "1.5", "--from", "0.2", "--json", "-o", name];
        said = json(folder.path(), &arguments);
    }
    (folder, said)
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = memspike(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn a_recording_says_what_its_run_said() {
    let (folder, said) = recorded();
    let of_lines = json(folder.path(), &["raster", "spikes.csv", "--from", "0.2", "--json"]);
    let of_parquet = json(folder.path(), &["raster", "spikes.parquet", "--from", "0.2", "--json"]);
    assert_eq!(of_lines, of_parquet);
    let close = |a: &Value, b: &Value| match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => assert!((a - b).abs() < 1e-9 * b.abs().max(1.0), "{a}, {b}"),
        (a, b) => assert_eq!(a, b),
    };
    let populations = of_parquet["populations"].as_array().expect("a list");
    assert_eq!(populations.len(), 3);
    for (found, run) in populations.iter().zip(said["populations"].as_array().expect("a list")) {
        for key in ["name", "neurons", "spikes", "active"] {
            assert_eq!(found[key], run[key], "{key}");
        }
        assert_eq!(found["neurons_said"], true);
        close(&found["rate_hz"]["mean"], &run["rate_hz"]);
        close(&found["rate_hz"]["deviation"], &run["rate_deviation_hz"]);
        close(&found["cv"]["mean"], &run["cv"]);
    }
    // Pairs of 200 neurons that all fire; of none.
    assert_eq!(populations[0]["correlation"]["count"], 19_900);
    assert_eq!(populations[2]["correlation"], Value::Null);
}

#[test]
fn a_picture_says_how_much_of_the_recording_it_shows() {
    let (folder, _) = recorded();
    for (name, more) in [
        ("raster.svg", &[][..]),
        ("raster.png", &[]),
        ("raster.csv", &[]),
        ("narrow.svg", &["--narrow"]),
    ] {
        let words = [&["-q", "raster", "spikes.parquet", "-o", name], more].concat();
        let output = memspike(folder.path(), &words);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
    let svg = fs::read_to_string(folder.path().join("raster.svg")).expect("a picture");
    let document = roxmltree::Document::parse(&svg).expect("XML");
    let words: Vec<&str> = document
        .descendants()
        .filter(|node| node.is_text())
        .filter_map(|node| node.text())
        .map(str::trim)
        .collect();
    let heading = words.iter().find(|words| words.starts_with("Spikes of ")).expect("a heading");
    // 1,303 neurons on some 600 rows, and more than 10,000 of their spikes.
    let (rows, rest) =
        heading["Spikes of ".len()..].split_once(" of 1303 neurons, one of ").expect("numbers");
    let (rows, stride): (usize, usize) =
        (rows.parse().expect("rows"), rest.parse().expect("a stride"));
    assert!((590..=610).contains(&rows) && stride >= 2, "{heading}");
    for name in ["driven", "noise", "quiet"] {
        assert_eq!(words.iter().filter(|words| **words == name).count(), 5, "{name}");
    }
    // What is drawn is in the recording, and as much of it as is said.
    let points = fs::read_to_string(folder.path().join("raster.csv")).expect("its numbers");
    let shown: Vec<f64> = points
        .lines()
        .filter(|line| line.starts_with("\"Spikes of"))
        .map(|line| line.rsplit(',').nth(1).expect("an instant").parse().expect("seconds"))
        .collect();
    let spikes = fs::read_to_string(folder.path().join("spikes.csv")).expect("lines");
    let all: Vec<f64> =
        spikes.lines().filter_map(|line| line.split(',').next()?.parse().ok()).collect();
    let instants: BTreeSet<u64> = all.iter().map(|at| at.to_bits()).collect();
    assert!(shown.len() > 4_000 && shown.len() <= 10_000, "{}", shown.len());
    assert!(shown.iter().all(|at| instants.contains(&at.to_bits())));
    let expected = all.len() as f64 * rows as f64 / 1303.0 / stride as f64;
    assert!((shown.len() as f64 / expected - 1.0).abs() < 0.2, "{} {expected}", shown.len());
    // The same below each other for a narrow screen.
    let narrow = fs::read_to_string(folder.path().join("narrow.svg")).expect("a picture");
    assert!(narrow.starts_with("<svg width=\"360\""), "{}", &narrow[..80]);
    assert_eq!(narrow.matches("<circle").count(), svg.matches("<circle").count());
    assert_eq!(fs::read(folder.path().join("raster.png")).expect("a picture")[1..4], *b"PNG");
}

#[test]
fn some_populations_and_a_part_of_the_time_can_be_asked_for() {
    let (folder, _) = recorded();
    let part = [
        "raster",
        "spikes.csv",
        "--json",
        "--population",
        "quiet,noise",
        "--from",
        "0.5",
        "--until",
        "1",
    ];
    let part = json(folder.path(), &part);
    let names: Vec<&Value> =
        part["populations"].as_array().expect("a list").iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["quiet", "noise"]);
    assert_eq!((part["from_s"].as_f64(), part["until_s"].as_f64()), (Some(0.5), Some(1.0)));
    let lines = fs::read_to_string(folder.path().join("spikes.csv")).expect("lines");
    let within = lines.lines().filter(|line| {
        let mut fields = line.split(',');
        let at: Option<f64> = fields.next().and_then(|at| at.parse().ok());
        at.is_some_and(|at| (0.5..=1.0).contains(&at)) && fields.next() == Some("noise")
    });
    assert_eq!(part["populations"][1]["spikes"], within.count());
}

#[test]
fn what_cannot_be_done_is_refused_and_leaves_nothing() {
    let (folder, _) = recorded();
    fs::write(
        folder.path().join("cut.parquet"),
        &fs::read(folder.path().join("spikes.parquet")).expect("it")[..5000],
    )
    .expect("room");
    let before = listing(folder.path());
    for (arguments, said) in [
        (
            &["spikes.csv", "--population", "driven,nois"][..],
            "there is no population 'nois'; there are driven, noise, quiet",
        ),
        (&["spikes.csv", "--population", "noise,quiet,noise"], "names 'noise' twice"),
        (
            &["spikes.csv", "--from", "2"],
            "it covers 0 s to 1.5 s: choose --from and --until within",
        ),
        (&["spikes.csv", "--from", "1", "--until", "0.5"], "--from is to be before --until"),
        (&["spikes.csv", "-o", "picture.pdf"], "ends in .svg, .png or .html"),
        (&["spikes.csv", "-o", "spikes.csv"], "spikes.csv"),
        (&["network.toml"], "ends in .parquet or .csv"),
        (&["cut.parquet"], "without its end"),
        (&["nowhere.csv"], "cannot be read"),
    ] {
        let output = memspike(folder.path(), &[&["raster"], arguments].concat());
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
        assert!(message.contains(said), "{said}: {message}");
        assert_eq!(listing(folder.path()), before);
    }
}
