//! `train` and `classify` from outside, on small images made here.

mod deck;
mod figures;
mod flaws;
mod layers;
mod stated;

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

const FILES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

/// An IDX file: magic number, lengths, entries.
fn idx(lengths: &[u32], entries: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, lengths.len() as u8];
    bytes.extend(lengths.iter().flat_map(|n| n.to_be_bytes()));
    bytes.extend(entries);
    bytes
}

/// A data set whose image of label `k` is two white rows, moved a little from image to image.
fn data() -> TempDir {
    let folder = TempDir::new().unwrap();
    for (kind, count) in [("train", 300_usize), ("t10k", 50)] {
        let label = |image: usize| (image * 7 % 10) as u8;
        let pixel = |image: usize, at: usize| {
            let (row, column) = (at / 28, at % 28);
            let lit = row / 2 == usize::from(label(image)) + 2 && (column + image) % 9 > 2;
            if lit { 200 + (image % 50) as u8 } else { 0 }
        };
        let pixels: Vec<u8> =
            (0..count).flat_map(|image| (0..784).map(move |at| pixel(image, at))).collect();
        let labels: Vec<u8> = (0..count).map(label).collect();
        let write = |name: String, bytes| fs::write(folder.path().join(name), bytes).unwrap();
        write(format!("{kind}-images-idx3-ubyte"), idx(&[count as u32, 28, 28], &pixels));
        write(format!("{kind}-labels-idx1-ubyte"), idx(&[count as u32], &labels));
    }
    folder
}

fn command(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_memspike"));
    command.args(arguments.split_whitespace()).current_dir(folder).env("MNIST_DIR", folder);
    command
}

fn memspike(folder: &Path, arguments: &str) -> Output {
    command(folder, arguments).output().expect("memspike starts")
}

fn good(folder: &Path, arguments: &str) -> String {
    let output = memspike(folder, arguments);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments}: {message}");
    String::from_utf8(output.stdout).unwrap()
}

fn refused(folder: &Path, arguments: &str) -> String {
    let output = memspike(folder, arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments}");
    String::from_utf8(output.stderr).unwrap()
}

const TRAIN: &str = "train --epochs 6 --batch 20 --validation 50";

#[test]
fn easy_images_are_learnt_and_decided_at_both_levels() {
    let folder = data();
    // A pipe has a line for each epoch.
    let output = memspike(folder.path(), &format!("{TRAIN} --out net"));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    for epoch in 1..=6 {
        assert!(said.contains(&format!("epoch {epoch} of 6: loss ")), "{said}");
    }
    for level in ["point", "device"] {
        let text = good(
            folder.path(),
            &format!("classify --weights net/weights.npy --level {level} --json"),
        );
        let result: Value = serde_json::from_str(&text).unwrap();
        let run = &result["runs"][0];
        assert_eq!((&result["level"], &run["images"]), (&level.into(), &50.into()));
        assert_eq!(run["accuracy"], 1.0, "{level}");
        for label in 0..10 {
            assert_eq!(run["confusion"][label][label], 5);
            let counts = run["mean_counts"][label].as_array().unwrap();
            let most = (0..10).max_by(|a, b| {
                counts[*a].as_f64().unwrap().total_cmp(&counts[*b].as_f64().unwrap())
            });
            assert_eq!(most, Some(label));
        }
        assert!(run["energy"]["array_j"].as_f64().unwrap() > 0.0);
        assert_eq!(run["energy"]["input_neurons_j"].as_f64().unwrap() > 0.0, level == "device");
    }
}

#[test]
fn shipped_weights_decide_mnist_as_well_as_the_project_must() {
    // All 10,000 test images; the paper's own model has 89.17 %.
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (arguments, least) in [
        ("--weights weights/mnist.npy --level point", 0.92),
        ("--weights weights/mnist.npy", 0.915),
        ("--weights weights/robust.npy --levels 16 --wire 1 --gmax 1u", 0.91),
        ("--network weights/784-128-10/network.toml --level point", 0.975),
    ] {
        let run = run(root, &format!("classify --mnist ../shared/mnist {arguments}"));
        assert_eq!(run["images"], 10_000);
        let accuracy = run["accuracy"].as_f64().unwrap();
        assert!(accuracy >= least, "{arguments}: {accuracy}");
    }
}

#[test]
fn threads_change_no_bit_of_weights_or_results() {
    let folder = data();
    for threads in [1, 2] {
        good(
            folder.path(),
            &format!("{TRAIN} --preset robust --threads {threads} --out n{threads}"),
        );
    }
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert_eq!(read("n1/weights.npy"), read("n2/weights.npy"));
    assert_eq!(read("n1/training.json"), read("n2/training.json"));
    let classify = |threads: u32| {
        let options = "--levels 8 --wire 2 --stuck-on 0.01 --read-noise 0.01 --seed 3 --json";
        let weights = "n1/weights.npy";
        good(folder.path(), &format!("classify --weights {weights} {options} --threads {threads}"))
    };
    assert_eq!(classify(1), classify(2));
}

#[test]
fn an_interrupted_training_goes_on_to_the_same_weights() {
    let folder = data();
    // Some seconds after the first checkpoint.
    let long = "train --epochs 400 --batch 20 --validation 50";
    good(folder.path(), &format!("{long} --out whole"));
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();

    // Asked to stop, it ends in order; killed, it leaves its last complete epoch.
    for (signal, status) in [("-INT", Some(1)), ("-KILL", None)] {
        let out = format!("broken{signal}");
        let mut child = command(folder.path(), &format!("{long} --out {out} --threads 1"));
        let mut child = child.stdout(Stdio::null()).spawn().expect("memspike starts");
        let checkpoint = folder.path().join(&out).join("checkpoint.json");
        let begin = Instant::now();
        while !checkpoint.exists() {
            assert!(begin.elapsed() < Duration::from_secs(60), "no checkpoint");
            thread::sleep(Duration::from_millis(2));
        }
        let pid = child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), status);
        let state = read_json(&checkpoint)["state"].clone();
        let done = state["history"].as_array().unwrap().len();
        assert!((1..400).contains(&done), "{done} epochs");
        if status.is_some() {
            let report = read_json(&folder.path().join(&out).join("training.json"));
            assert_eq!(report["interrupted"], true);
            assert_eq!(report["history"], state["history"]);
        }

        good(folder.path(), &format!("train --out {out} --resume"));
        assert_eq!(read(&format!("{out}/weights.npy")), read("whole/weights.npy"));
        assert_eq!(read(&format!("{out}/training.json")), read("whole/training.json"));
    }
}

fn read_json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The only run of a call.
fn run(folder: &Path, arguments: &str) -> Value {
    let result: Value =
        serde_json::from_str(&good(folder, &format!("{arguments} --json"))).unwrap();
    result["runs"][0].clone()
}

#[test]
fn a_card_counts_by_its_values_however_it_is_written() {
    let folder = data();
    let path = folder.path();
    let card = |name: &str, text: &str| fs::write(path.join(name), text).unwrap();
    card("plain.lib", ".model a ts_memristor(von=0.152 vs=26m t0=0.51 vhold=0.1 sigma_von=1m)\n");
    card(
        "written.lib",
        ".param k=0.152\n* comment ) (\n.model base ts_memristor(von={1*(k)} vs={26e-3}\n\
         + t0={(0.5)+(0.01)} vhold={0.2*(1/2)} sigma_von=1m)\n.model b ako:base\n",
    );
    let weights = "--weights net/weights.npy --variation 1 --json";
    let mut results = Vec::new();
    for name in ["plain.lib", "written.lib"] {
        good(
            path,
            &format!(
                "train --epochs 1 --batch 20 --validation 50 --card {name} --out net --overwrite"
            ),
        );
        let mut run: Value =
            serde_json::from_str(&good(path, &format!("classify {weights} --card {name}")))
                .unwrap();
        run["card"] = Value::Null;
        results.push((fs::read(path.join("net/weights.npy")).unwrap(), run));
        fs::remove_file(path.join("net/checkpoint.json")).unwrap();
    }
    assert!(results[0] == results[1]);
    good(path, "quantise --weights net/weights.npy --bits 4 --card written.lib");
}

#[test]
fn wrong_input_is_named_and_nothing_is_written() {
    let folder = data();
    let path = folder.path();
    let error = refused(path, "train --mnist nowhere --out net");
    assert!(error.contains("nowhere") && FILES.iter().all(|name| error.contains(name)), "{error}");
    assert!(refused(path, "train --out net --validation 300").contains("none of the 300 images"));
    assert!(refused(path, "train --out net --weight-limit 2").contains("--weight-limit = 2"));
    assert!(refused(path, "train --out net --resume").contains("checkpoint.json"));
    assert!(!path.join("net").exists());
    let output = command(path, "train --out net").env_remove("MNIST_DIR").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(FILES.iter().all(|name| error.contains(name)), "{error}");

    good(path, "train --out net --epochs 1 --validation 10");
    assert!(refused(path, "train --out net").contains("--resume goes on"));
    assert!(refused(path, "train --out net --resume --epochs 9").contains("--resume"));
    let w = "classify --weights net/weights.npy";
    assert!(refused(path, &format!("{w} --sweep wires=1")).contains("it can be levels"));
    assert!(refused(path, &format!("{w} --sweep levels=2.5")).contains("whole number"));
    assert!(refused(path, &format!("{w} --gmin 2u")).contains("gm"));
    assert!(refused(path, &format!("{w} --drift-time 0.5")).contains("drift.time_s = 0.5"));
    assert!(refused(path, &format!("{w} --card net/weights.npy")).contains("weights.npy"));
    assert!(refused(path, "classify --weights nothing.npy").contains("nothing.npy"));

    let npy = fs::read(path.join("net/weights.npy")).unwrap();
    let at = npy.windows(3).position(|bytes| bytes == b"784").expect("the shape");
    let mut other = npy.clone();
    other[at..at + 3].copy_from_slice(b"392");
    other.truncate(npy.len() - 4 * 3920);
    fs::write(path.join("other.npy"), &other).unwrap();
    let error = refused(path, "classify --weights other.npy");
    assert!(error.contains("392 x 10") && error.contains("784 x 10"), "{error}");
    let mut large = npy;
    let end = large.len();
    large[end - 4..].copy_from_slice(&1.5_f32.to_le_bytes());
    fs::write(path.join("large.npy"), &large).unwrap();
    let error = refused(path, "classify --weights large.npy");
    assert!(error.contains("1.5") && error.contains("783") && error.contains('9'), "{error}");
}
