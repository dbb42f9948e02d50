//! The gates of an exported folder: targets of its Makefile, run with the outside tools.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// A target of the Makefile of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gate {
    /// The target.
    pub target: &'static str,
    /// What it shows.
    pub about: &'static str,
    /// Programs that it needs, besides `make` and the shell.
    pub programs: &'static [&'static str],
}

/// The gates in the order in which they are worth running: cheap ones first.
pub const GATES: &[Gate] = &[
    Gate { target: "check", about: "files are as exported", programs: &["sha256sum"] },
    Gate {
        target: "lint",
        about: "no tool has a warning",
        programs: &["verilator", "iverilog", "yosys"],
    },
    Gate {
        target: "sim",
        about: "every register at every cycle against the bit-exact model",
        programs: &["iverilog", "vvp"],
    },
    Gate {
        target: "netlist",
        about: "the synthesised netlist against the bit-exact model",
        programs: &["yosys", "iverilog", "vvp"],
    },
    Gate {
        target: "prove",
        about: "proof: the same machine as an independent description",
        programs: &["yosys"],
    },
    Gate {
        target: "stream",
        about: "a stream of images in Verilator against the event-level model",
        programs: &["verilator", "g++"],
    },
];

/// Size and speed; not a gate.
pub const SYNTHESIS: Gate = Gate {
    target: "pnr",
    about: "place and route for an iCE40",
    programs: &["yosys", "nextpnr-ice40"],
};

/// Debian packages of the programs, where the names differ.
const PACKAGES: &[(&str, &str)] =
    &[("vvp", "iverilog"), ("sha256sum", "coreutils"), ("icepack", "fpga-icestorm")];

/// Why a gate could not be run.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// A program is not installed.
    #[error("'{program}' is missing; install the package {package} (apt-get install {package})")]
    Missing {
        /// The program.
        program: String,
        /// Its Debian package.
        package: String,
    },
    /// `make` cannot be started.
    #[error("cannot run make: {0}")]
    Make(#[from] io::Error),
}

/// What a gate said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it passed.
    pub passed: bool,
    /// What it printed.
    pub output: String,
}

impl Verdict {
    /// The line that says how it went.
    #[must_use]
    pub fn line(&self) -> &str {
        let says = |line: &&str| line.starts_with("PASS") || line.starts_with("FAIL");
        let line = self.output.lines().rev().find(says).or_else(|| self.output.lines().next());
        line.unwrap_or("it printed nothing")
    }
}

impl Gate {
    /// The gate of this target.
    #[must_use]
    pub fn named(target: &str) -> Option<&'static Self> {
        GATES.iter().find(|gate| gate.target == target)
    }

    /// Runs it in an exported folder.
    ///
    /// # Errors
    /// A program is missing.
    pub fn run(&self, folder: &Path) -> Result<Verdict, GateError> {
        for program in std::iter::once(&"make").chain(self.programs) {
            require(program)?;
        }
        run_target(folder, &[self.target])
    }
}

/// Runs `make` in a folder.
pub(crate) fn run_target(folder: &Path, arguments: &[&str]) -> Result<Verdict, GateError> {
    let output = Command::new("make")
        .args(["--silent", "--no-print-directory"])
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    Ok(Verdict { passed: output.status.success(), output: text })
}

pub(crate) fn require(program: &str) -> Result<(), GateError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    if std::env::split_paths(&path).any(|folder| folder.join(program).is_file()) {
        return Ok(());
    }
    let package = PACKAGES.iter().find(|(name, _)| *name == program).map_or(program, |p| p.1);
    Err(GateError::Missing { program: program.to_owned(), package: package.to_owned() })
}
