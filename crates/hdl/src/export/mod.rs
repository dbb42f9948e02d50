//! A core as a folder that needs no memspike: Verilog, memories, testbench, proofs, a Makefile.

mod axi;
mod axi_bench;
mod axi_place;
mod axi_proof;
mod bank_proof;
mod bench;
mod control;
mod drawings;
mod files;
mod folder;
mod header;
mod load;
mod model;
mod pins;
mod proof;
mod quiet;
mod stream;
mod vendors;

use std::io::{self, Write};

use memspike_lif_core::{Core, Quantisation, Stimulus};

use crate::arch::Layout;
use crate::design::{DesignError, design};
use crate::driver::Coverage;
use folder::{Folder, sha256};
pub(crate) use header::{Header, is_licence};

pub use header::LICENCE;

/// What an export is to be.
#[derive(Clone, Copy)]
pub struct Export<'e> {
    /// Name of the top module; all others and most files begin with it.
    pub name: &'e str,
    /// Random stimuli follow from it.
    pub seed: u64,
    /// Clock cycles of the testbench, about, besides those of `recorded`; without a number as many as are worth it.
    pub cycles: Option<usize>,
    /// What the testbench also sends, such as the spikes of a data set.
    pub recorded: &'e [Stimulus],
    /// What became of the numbers that the core was made of, a layer each; nothing if they are not known.
    pub quantised: &'e [Quantisation],
    /// The licence that files of source name, an SPDX expression.
    pub licence: &'e str,
    /// The command line that makes the export, for the same files; nothing if there is none.
    pub command: &'e str,
    /// Is told the number of cycles of vectors now and then; says whether to go on.
    pub watch: &'e dyn Fn(usize) -> bool,
}

impl<'e> Export<'e> {
    /// An export of this name, with nothing recorded, under memspike's licence for exports, that nobody watches.
    #[must_use]
    pub fn new(name: &'e str) -> Self {
        Self {
            name,
            seed: 1,
            cycles: None,
            recorded: &[],
            quantised: &[],
            licence: LICENCE,
            command: "",
            watch: &|_| true,
        }
    }
}

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The core cannot become hardware of this layout and name.
    #[error(transparent)]
    Design(#[from] DesignError),
    /// The licence is none.
    #[error(
        "'{0}' is no SPDX licence expression, such as MIT-0, 'CC0-1.0 OR MIT' or LicenseRef-Mine"
    )]
    Licence(String),
    /// A file cannot be written.
    #[error("{0}")]
    Write(#[from] io::Error),
    /// Whoever watches asked to stop.
    #[error("interrupted")]
    Interrupted,
}

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Number of files.
    pub files: usize,
    /// Bytes of all files.
    pub bytes: u64,
    /// What the testbench reaches.
    pub coverage: Coverage,
}

/// Writes all files of a core, each of which `create` opens by its name. Memory does not grow with the number of cycles.
///
/// # Errors
/// The layout cannot carry the core, the name or the licence is none, a file cannot be written, or who watches asked to stop.
pub fn export<W: Write + 'static>(
    core: &Core,
    layout: &dyn Layout,
    export: &Export<'_>,
    mut create: impl FnMut(&str) -> io::Result<W>,
) -> Result<Exported, ExportError> {
    let name = export.name;
    if !is_licence(export.licence) {
        return Err(ExportError::Licence(export.licence.to_owned()));
    }
    let memory = layout.weights_memory();
    let specification = files::specification(core, layout, export);
    let about = [
        format!("{name}: spiking neurons (LIF), {}.", sizes(core)),
        layout.about(),
        format!("Specification: spec.json, SHA-256 {}.", sha256(&specification)),
        "Check it: `make all` compares with the bit-exact model and proves the arithmetic.".into(),
    ];
    let about: Vec<&str> = about.iter().map(String::as_str).collect();
    let hardware = design(core, layout, name, &about)?;
    let mut open = |name: &str| Ok(Box::new(create(name)?) as Box<dyn Write>);
    let mut folder = Folder::new(&mut open, Header::new(export.licence, export.command));
    folder.text(&format!("{name}.v"), &hardware.verilog())?;
    folder.text(&format!("{name}_spi.v"), &files::board(core, memory, name, &hardware.memories))?;
    folder.text(&format!("{name}_spi.pcf"), files::PINS)?;
    let axi = axi::top(core, memory, name, &hardware.memories);
    folder.text(&format!("{name}_axi.v"), &axi)?;
    folder.text("spec.json", &specification)?;
    for memory in &hardware.memories {
        folder.text(&memory.name, &memory.text)?;
    }
    let cycles = export.cycles.unwrap_or_else(|| bench::cycles(core, layout));
    let coverage = bench::write(core, layout, export, cycles, &mut folder)?;
    pins::write(core, layout, name, &mut folder)?;
    axi_bench::write(core, layout, name, export.seed, &mut folder)?;
    stream::write(core, layout, export.seed, cycles, &mut folder)?;
    model::write(core, layout, name, &mut folder)?;
    proof::write(core, layout, name, &mut folder)?;
    quiet::write(core, memory, name, &mut folder)?;
    drawings::write(core, layout, &mut folder)?;
    folder.text("activity.awk", files::ACTIVITY)?;
    folder.text("prove.awk", files::VERDICT)?;
    vendors::write(name, &mut folder)?;
    folder.text("slang.py", files::SLANG)?;
    folder.text("Makefile", &files::makefile(name))?;
    let package = files::fusesoc(core, layout, name, &hardware.memories);
    folder.text(&format!("{name}.core"), &package)?;
    folder.text("README.md", &files::readme(core, layout, export, &hardware.memories, coverage))?;
    let (files, bytes) = folder.finish()?;
    Ok(Exported { files, bytes, coverage })
}

/// Layer sizes as people write them: `784-128-10`.
fn sizes(core: &Core) -> String {
    let neurons = core.spec().layers.iter().map(|layer| layer.neurons);
    let all = std::iter::once(core.spec().first().inputs).chain(neurons);
    all.map(|size| size.to_string()).collect::<Vec<_>>().join("-")
}
