//! The ways in which a core can be run, and the Verilog for two of them.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use memspike_hdl::{DesignError, Layout, design_with};
use memspike_lif_core::{Core, CycleModel, EventModel};
use memspike_rtl::{Module, Simulator, Sources, cache};
use sha2::{Digest, Sha256};

use crate::block::Work;
use crate::clocked::{Clocked, Pace};
use crate::compare::Compared;
use crate::rtl::Rtl;

/// What runs a core.
#[derive(Debug, Clone)]
pub enum Implementation {
    /// The event-level model.
    Model,
    /// The cycle-accurate model.
    Cycle,
    /// Its Verilog.
    Rtl(Module),
    /// The cycle-accurate model and its Verilog, compared at every edge.
    Compare(Module),
}

/// How a core is laid out, and the pace of its clock; of no account to the event-level model but for its latency.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// Its layout, as the cycle-accurate model knows it.
    pub architecture: memspike_lif_core::Architecture,
    /// Its clock.
    pub pace: Pace,
}

/// Why there is no Verilog of a core.
#[derive(Debug, thiserror::Error)]
pub enum VerilogError {
    /// The layout cannot carry it.
    #[error(transparent)]
    Design(#[from] DesignError),
    /// Its files cannot be written.
    #[error("cannot write to '{}': {source}", path.display())]
    Unwritable {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The folder has a name that no string of Verilog has.
    #[error("the folder '{}' has a quote or a backslash in its name; set MEMSPIKE_CACHE to another", .0.display())]
    Folder(PathBuf),
}

/// Name of the module, and of the file that has it.
const NAME: &str = "lif";

/// Writes the Verilog of a core where compiled models are kept, by what it holds.
///
/// # Errors
/// [`VerilogError`].
pub fn generate(core: &Core, layout: &dyn Layout) -> Result<Sources, VerilogError> {
    let design = design_with(core, layout, NAME, &[], "")?;
    let mut hash = Sha256::new();
    hash.update(design.verilog());
    design.memories.iter().for_each(|memory| hash.update(&memory.text));
    let key: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let cores = cache::folder().join("cores");
    let unwritable = |source| VerilogError::Unwritable { path: cores.clone(), source };
    let place = std::path::absolute(cores.join(key)).map_err(unwritable)?;
    let file = place.join(format!("{NAME}.v"));
    if !file.is_file() {
        let shown = place.to_str().filter(|name| !name.contains(['"', '\\', '\n']));
        let shown = shown.ok_or_else(|| VerilogError::Folder(place.clone()))?;
        let located = design_with(core, layout, NAME, &[], &format!("{shown}/"))?;
        fs::create_dir_all(&place).map_err(unwritable)?;
        for memory in &located.memories {
            write(&place.join(&memory.name), &memory.text).map_err(unwritable)?;
        }
        // Last: where it is, all is.
        write(&file, &located.verilog()).map_err(unwritable)?;
    }
    Ok(Sources { simulator: Simulator::Verilator, files: vec![file], top: Some(NAME.to_owned()) })
}

/// Writes a file whole; of two that do so at once either will do.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

impl Implementation {
    /// The core in motion.
    pub(crate) fn work(&self, core: &Core, form: &Form) -> Result<Work, String> {
        let Form { architecture, pace } = *form;
        let machine: Box<dyn crate::machine::Machine> = match self {
            Self::Model => return Ok(Work::Model(EventModel::new(core))),
            Self::Cycle => Box::new(CycleModel::new(core, architecture)),
            Self::Rtl(module) => Box::new(Rtl::new(module, None)?),
            Self::Compare(module) => Box::new(Compared::new(core, architecture, module)?),
        };
        Ok(Work::Clocked(Clocked::new(machine, core, architecture, pace)))
    }
}
