//! What is compiled, by what, and what can be wrong with it.

use std::any::Any;
use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use memspike_foreign::OpenError;

use crate::tool;

/// What runs a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Simulator {
    /// Verilator: two levels, compiled to machine code, within this process.
    #[default]
    Verilator,
    /// Icarus Verilog: four levels, interpreted, in a process of its own.
    Icarus,
}

impl Simulator {
    /// Whether its programs can be started.
    ///
    /// # Errors
    /// [`RtlError::NoVerilator`] or [`RtlError::NoIcarus`], which say what to install; or what it says instead of its version.
    pub fn installed(self) -> Result<(), RtlError> {
        let (program, version) = match self {
            Self::Verilator => ("verilator", "--version"),
            Self::Icarus => ("iverilog", "-V"),
        };
        tool::run(self, Command::new(program).arg(version)).map(drop)
    }
}

/// What is compiled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sources {
    /// What runs it.
    pub simulator: Simulator,
    /// Files of Verilog or SystemVerilog. Files that they include are looked for beside the first.
    pub files: Vec<PathBuf>,
    /// The module; without it the one that nothing instantiates.
    pub top: Option<String>,
}

/// How the message of [`RtlError::Refused`] begins.
pub const VERILATOR_SAYS: &str = "Verilator says:";

/// How the message of [`RtlError::IcarusRefused`] begins.
pub const ICARUS_SAYS: &str = "Icarus Verilog says:";

/// How the message of [`RtlError::OtherDelay`] begins.
pub const OTHER_DELAY: &str = "this Verilator would make another delay:";

/// Verilog that cannot be a block.
#[derive(Debug, thiserror::Error)]
pub enum RtlError {
    /// There is no Verilator.
    #[error(
        "Verilator is missing: install it (the Debian package is `verilator`, version 5 or later, with g++ and make)"
    )]
    NoVerilator,
    /// There is no Icarus Verilog.
    #[error(
        "Icarus Verilog is missing: install it (the Debian package is `iverilog`, with gcc), or leave simulator=\"icarus\" out: \
         Verilator runs a module that needs no x and no z"
    )]
    NoIcarus,
    /// Icarus Verilog, or the compiler of what connects it, refuses.
    #[error("{ICARUS_SAYS}\n{message}")]
    IcarusRefused {
        /// What it printed.
        message: String,
    },
    /// A file cannot be read.
    #[error("cannot read '{}': {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Verilator, or the compiler behind it, refuses.
    #[error("{VERILATOR_SAYS}\n{message}")]
    Refused {
        /// What it printed, without its advice.
        message: String,
    },
    /// A constant delay that Verilator would make another one of, without a word.
    #[error(
        "{OTHER_DELAY} {place} waits {units} units of {unit_s:e} s, of which {made_s:e} s would become"
    )]
    OtherDelay {
        /// File and line.
        place: String,
        /// The delay as it is written.
        units: f64,
        /// The unit there (s).
        unit_s: f64,
        /// What Verilator makes of it (s).
        made_s: f64,
    },
    /// A port goes both ways.
    #[error(
        "port '{0}' is an inout, and a net has one driver here: split it into an input and an output"
    )]
    Inout(String),
    /// A port is no vector of bits, or the simulator's description is not as known.
    #[error("what the simulator says of the module cannot be used: {0}")]
    Description(String),
    /// The kept model cannot be written.
    #[error("cannot write to '{}': {source}", path.display())]
    Unwritable {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The compiled model cannot be loaded.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// Who is told of a compilation.
static WATCH: OnceLock<Watch> = OnceLock::new();

/// Is told the name of the first file when a compilation begins, which takes seconds, and drops what it gave when that ends.
pub type Watch = fn(&str) -> Box<dyn Any>;

/// Tells somebody of every compilation of this process that begins from now on. The first who asks is told, and nobody else.
pub fn watch(begins: Watch) {
    let _ = WATCH.set(begins);
}

/// Tells who watches that a compilation begins.
pub(crate) fn begins(name: &str) -> Option<Box<dyn Any>> {
    WATCH.get().map(|begins| begins(name))
}
