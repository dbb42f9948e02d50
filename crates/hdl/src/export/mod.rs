//! A core as a folder that needs no memspike: Verilog, memories, testbench, proofs, a Makefile.

mod control;
mod files;
mod proof;

use std::fmt::Write as _;

use memspike_lif_core::{Core, CycleModel, Stimulus, answers};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

use crate::arch::Layout;
use crate::design::{DesignError, design};
use crate::stimulus::{cycles, directed};
use crate::stream::{answers_text, events_text};
use crate::testbench::testbench;
use crate::vectors::Vectors;

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its contents.
    pub text: String,
}

impl File {
    fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}

/// Random cycles of the testbench, after the directed ones.
const RANDOM_CYCLES: usize = 4000;

/// Random images for Verilator, and ticks of each.
const IMAGES: usize = 20;
const TICKS: usize = 12;

/// All files of a core. Random vectors follow from `seed`.
///
/// # Errors
/// The layout cannot carry the core, or the name is no name.
pub fn export(
    core: &Core,
    layout: &dyn Layout,
    name: &str,
    seed: u64,
) -> Result<Vec<File>, DesignError> {
    export_with(core, layout, name, seed, &[])
}

/// As [`export`]; the testbench also sends what was `recorded` elsewhere, such as the spikes of a data set, and compares every cycle of
/// it.
///
/// # Errors
/// As [`export`].
pub fn export_with(
    core: &Core,
    layout: &dyn Layout,
    name: &str,
    seed: u64,
    recorded: &[Stimulus],
) -> Result<Vec<File>, DesignError> {
    let specification = files::specification(core, layout, name);
    let hash = sha256(&specification);
    let about = [
        format!("{name}: spiking neurons (LIF), {}.", sizes(core)),
        layout.about(),
        format!("Specification: spec.json, SHA-256 {hash}."),
        "Check it: `make all` compares with the bit-exact model and proves the arithmetic.".into(),
    ];
    let about: Vec<&str> = about.iter().map(String::as_str).collect();
    let hardware = design(core, layout, name, &about)?;
    let model = CycleModel::new(core, layout.model());
    let cycles = cycles(core, model, recorded, RANDOM_CYCLES, seed);
    let vectors = Vectors::new(core, &cycles);
    let stimuli = stimuli(core, seed);

    let mut all = vec![
        File::new(format!("{name}.v"), hardware.verilog()),
        File::new(format!("{name}_spi.v"), files::board(core, name)),
        File::new(format!("{name}_spi.pcf"), files::PINS),
        File::new("spec.json", specification),
        File::new("testbench.v", testbench(name, core.spec(), &vectors)),
        File::new("stimulus.hex", vectors.stimulus),
        File::new("expected_outputs.hex", vectors.outputs),
        File::new("expected_registers.hex", vectors.registers),
        File::new("events.txt", events_text(core, &stimuli)),
        File::new("answers.txt", answers_text(&answers(core, &stimuli))),
        File::new("stream.cpp", files::STREAM),
        File::new("reference.v", proof::REFERENCE),
        File::new("reference_counter.v", control::COUNTER),
        File::new("prove.ys", proof::script(core, layout, name)),
        File::new("Makefile", files::makefile(name)),
        File::new(format!("{name}.core"), files::fusesoc(core, name)),
        File::new("README.md", files::readme(core, layout, name)),
    ];
    let lanes = proof::lanes(layout);
    if lanes.is_some() {
        all.push(File::new("reference_layer.v", control::LAYER));
    } else {
        all.push(File::new("reference_shell.v", control::SHELL));
        let banks = core.spec().layers.iter().enumerate().map(|(number, layer)| {
            File::new(format!("reference_bank_{number}.v"), proof::reference_bank(layer))
        });
        all.extend(banks);
    }
    let wrappers = control::wrappers(core, lanes, name).into_iter();
    all.extend(wrappers.map(|(name, text)| File::new(name, text)));
    all.extend(hardware.memories.into_iter().map(|memory| File::new(memory.name, memory.text)));
    all.sort_by(|a, b| a.name.cmp(&b.name));
    let mut sums = String::new();
    for File { name, text } in &all {
        let _ = writeln!(sums, "{}  {name}", sha256(text));
    }
    all.push(File::new("SHA256SUMS", sums));
    Ok(all)
}

/// Layer sizes as people write them: `784-128-10`.
fn sizes(core: &Core) -> String {
    let neurons = core.spec().layers.iter().map(|layer| layer.neurons);
    let all = std::iter::once(core.spec().first().inputs).chain(neurons);
    all.map(|size| size.to_string()).collect::<Vec<_>>().join("-")
}

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Stimuli for a simulation at the handshakes: what reaches everything, then images of random events.
fn stimuli(core: &Core, seed: u64) -> Vec<Stimulus> {
    let inputs = core.spec().first().inputs;
    let mut draws = ChaCha8Rng::seed_from_u64(seed);
    let mut stimuli = directed(core);
    for _ in 0..IMAGES {
        stimuli.push(Stimulus::Start);
        for _ in 0..TICKS {
            let events = inputs.div_ceil(4);
            stimuli.extend((0..events).map(|_| Stimulus::Event(draws.random_range(0..inputs))));
            stimuli.push(Stimulus::Tick);
        }
    }
    stimuli
}
