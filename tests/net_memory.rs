//! What `memspike net --dry-run` says of memory, against the greatest that the process then has.

#[path = "common/networks.rs"]
mod networks;
#[path = "common/program.rs"]
mod program;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use networks::{LIVELY, folder};
use program::{memspike, text};
use serde_json::Value;
use wait4::Wait4 as _;

/// What is said: bytes at the peak of building, and while it runs with a recording.
fn said(folder: &Path, arguments: &[&str]) -> f64 {
    let output = memspike(folder, &[arguments, &["--dry-run", "--json"]].concat());
    let plan: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let of = |name: &str| plan[name].as_f64().expect("bytes");
    let running = plan["checkpoint_bytes"].as_f64().unwrap_or_else(|| of("run_bytes"));
    of("build_bytes").max(running + of("recording_bytes"))
}

/// What is taken.
fn taken(folder: &Path, arguments: &[&str]) -> f64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_memspike"))
        .args(arguments)
        .arg("--quiet")
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("memspike starts");
    let used = child.wait4().expect("it ends");
    assert!(used.status.success(), "{arguments:?}");
    used.rusage.maxrss as f64
}

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("netlists/networks").join(name)
}

#[test]
fn what_is_said_of_memory_is_within_a_tenth_of_what_is_taken() {
    let folder = folder(LIVELY);
    let mut lines = Vec::new();
    // Pages of the program's own file are in what is taken, some megabytes more or fewer by how the system keeps the file: as much as the
    // smallest network, of which the process itself is most, takes more or less than is said of it.
    let smallest = ["net", "network.toml", "--until", "0.1", "--threads", "1"];
    let pages = taken(folder.path(), &smallest) - said(folder.path(), &smallest);
    assert!(pages.abs() < 8e6, "{pages}");
    for (name, until, threads, more) in [
        ("pd14-10.toml", "0.05", "2", &[][..]),
        ("job-b.toml", "0.02", "1", &[]),
        ("job-b.toml", "0.02", "7", &[]),
        ("job-b.toml", "2", "2", &["-o", "spikes.parquet"]),
        ("brunel-ai.toml", "0.02", "2", &[]),
        ("classifier.toml", "0.1", "1", &[]),
    ] {
        let path = shipped(name);
        let path = path.to_str().expect("UTF-8");
        let arguments = [&["net", path, "--until", until, "--threads", threads], more].concat();
        let (said, taken) = (said(folder.path(), &arguments), taken(folder.path(), &arguments));
        lines.push(format!(
            "{name} on {threads}: said {:.1} MB, taken {:.1} MB, of the program's file {:.1} MB",
            said / 1e6,
            taken / 1e6,
            pages / 1e6
        ));
        let off = (said - taken).abs().min((said + pages - taken).abs());
        if off > 0.1 * taken {
            lines.push("that is more than a tenth".to_owned());
        }
    }
    let lines = lines.join("\n");
    eprintln!("{lines}");
    assert!(!lines.contains("more than a tenth"), "\n{lines}");
}

/// Many neurons with few synapses, so that an image of them is much beside what runs.
#[test]
fn what_is_said_of_checkpoints_is_within_a_tenth_of_what_is_taken() {
    let text = LIVELY.replace("size = 600", "size = 600000").replace("size = 300", "size = 300000");
    let text = text.replace("degree = 20", "degree = 1");
    assert!(text != LIVELY);
    let folder = folder(&text);
    let net =
        |until| ["net", "network.toml", "--threads", "1", "--checkpoint", "ck", "--until", until];
    let mut lines = String::new();
    for (until, more) in [("1e-5", &[][..]), ("2e-5", &["--resume"])] {
        let arguments = [&net(until)[..], more].concat();
        let (said, taken) = (said(folder.path(), &arguments), taken(folder.path(), &arguments));
        lines += &format!("{more:?}: said {:.1} MB, taken {:.1} MB\n", said / 1e6, taken / 1e6);
        assert!((said - taken).abs() <= 0.1 * taken, "{lines}");
    }
    eprintln!("{lines}");
}

#[test]
fn what_does_not_fit_is_refused_with_the_figure() {
    let folder = folder(LIVELY);
    let line = format!(
        "ulimit -v 400000; exec '{}' net '{}' --until 0.1 --threads 1",
        env!("CARGO_BIN_EXE_memspike"),
        shipped("pd14.toml").display()
    );
    let output = Command::new("sh").arg("-c").arg(line).current_dir(folder.path()).output();
    let output = output.expect("a shell");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("takes 2.4 GB") && said.contains("ulimit -v"), "{said}");
}
