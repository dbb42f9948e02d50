//! Small cores, exported into folders that vanish.
#![allow(dead_code, reason = "not every test file uses all of it")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use memspike_hdl::{Export, Gate, Verdict, export, layout};
use memspike_lif_core::{Core, LayerSpec, Leak, Reset, Saturation, Spec, VERSION, Weights};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

/// A layer small enough that events drive it to both ends of its potentials.
pub fn small(inputs: usize, neurons: usize) -> LayerSpec {
    LayerSpec {
        inputs,
        neurons,
        weight_bits: 5,
        potential_bits: 9,
        threshold: 25,
        leak: Leak::Shift { shift: 3 },
        reset: Reset::Subtract,
        saturation: Saturation::Signed,
        refractory_ticks: 0,
    }
}

/// A layer of the size that MNIST needs.
pub fn digits() -> LayerSpec {
    LayerSpec {
        weight_bits: 8,
        potential_bits: 20,
        threshold: 1000,
        leak: Leak::Shift { shift: 4 },
        ..small(784, 10)
    }
}

/// A core with random weights.
pub fn core(layers: Vec<LayerSpec>) -> Core {
    let mut draws = ChaCha8Rng::seed_from_u64(7);
    let weights = layers.iter().map(|layer| {
        let half = 1 << (layer.weight_bits - 1);
        let count = layer.inputs * layer.neurons;
        let rows = (0..count).map(|_| draws.random_range(-half..half)).collect();
        Weights::new(layer.neurons, rows)
    });
    let weights = weights.collect();
    let spec = Spec { version: VERSION, layers, count_bits: 4, time_step_ns: 1_000_000 };
    Core::new(spec, weights).expect("a valid core")
}

/// The files of a core in a folder.
pub fn exported(core: &Core, architecture: &str, lanes: usize) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    export_into(folder.path(), core, architecture, lanes, &Export::new("lif"));
    folder
}

/// Writes the files of a core.
pub fn export_into(
    folder: &Path,
    core: &Core,
    architecture: &str,
    lanes: usize,
    what: &Export<'_>,
) {
    let layout = layout(architecture, lanes).expect("an architecture");
    let create = |name: &str| File::create(folder.join(name));
    export(core, &*layout, what, create).expect("an export");
}

/// Runs a gate.
pub fn run(target: &str, folder: &Path) -> Verdict {
    let gate = Gate::named(target).expect("a gate");
    gate.run(folder, false, &|| false).expect("all tools are installed")
}

/// Runs a gate that must pass.
pub fn passes(target: &str, folder: &Path) {
    let verdict = run(target, folder);
    assert!(verdict.passed, "{target}: {}", verdict.output);
}

/// Runs gates that must pass.
pub fn passes_all(targets: &[&str], folder: &Path) {
    for target in targets {
        passes(target, folder);
    }
}

/// Replaces a text that must be there, in a file of the folder.
pub fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).expect("the file");
    assert!(text.contains(from), "{file} has no '{from}'");
    fs::write(&path, text.replace(from, to)).expect("the file");
}

/// Runs `make` in a folder.
pub fn make(folder: &Path, arguments: &[&str]) -> Output {
    let output = Command::new("make").args(arguments).current_dir(folder).output();
    output.expect("make is installed")
}

/// Everything that a program printed.
pub fn text(output: &Output) -> String {
    let streams = [&output.stdout, &output.stderr].map(|stream| String::from_utf8_lossy(stream));
    streams.concat()
}

/// A program of the Python environment in which the tools of the tests are.
pub fn python_program(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("python/bin").join(name);
    assert!(path.exists(), "{} is missing; `cargo xtask packages` installs it", path.display());
    path
}
