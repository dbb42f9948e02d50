//! What the tests need besides Rust.

use anyhow::{Result, bail};

use crate::command::{command, run, succeeds};
use crate::python;

/// What shows that a Debian package is there.
enum Sign {
    /// A program on the PATH.
    Program(&'static str),
    /// A command that succeeds.
    Command(&'static [&'static str]),
}

use Sign::{Command, Program};

/// Debian packages, each with what shows that it is there and what needs it.
const DEBIAN: &[(&str, Sign, &str)] = &[
    ("ngspice", Program("ngspice"), "oracle of the decks that ideal switches can express"),
    ("groff", Program("groff"), "reads our man pages"),
    ("gtkwave", Program("vcd2fst"), "second reader of our VCD files"),
    ("xvfb", Program("Xvfb"), "a screen for GTKWave where there is none"),
    ("xauth", Program("xauth"), "what that screen needs"),
    ("make", Program("make"), "gates of generated hardware"),
    ("g++", Program("g++"), "Verilator's models"),
    ("gcc", Program("cc"), "models of generated hardware in C"),
    ("iverilog", Program("iverilog"), "simulates generated hardware"),
    ("verilator", Program("verilator"), "lint and fast simulation of generated hardware"),
    ("ccache", Program("ccache"), "compiles Verilator's own C++ once and not again for each model"),
    ("yosys", Program("yosys"), "synthesis and proofs of generated hardware"),
    ("nextpnr-ice40", Program("nextpnr-ice40"), "place and route of generated hardware"),
    ("fpga-icestorm", Program("icepack"), "bitstreams of generated hardware"),
    ("openmpi-bin", Program("mpirun"), "starts several ranks"),
    ("libopenmpi-dev", Program("mpicc"), "the library that they are built with"),
    (
        "libclang-dev",
        Command(&["sh", "-c", "ls /usr/lib/llvm-*/lib/libclang.so"]),
        "reads that library's header",
    ),
    ("procps", Program("pgrep"), "finds ranks, one of which a test ends"),
    // Of Debian's own Python, which need not be the first on the PATH.
    (
        "python3-numpy",
        Command(&["/usr/bin/python3", "-c", "import numpy"]),
        "models of generated hardware",
    ),
    (
        "python3-venv",
        Command(&["python3", "-c", "import ensurepip, venv"]),
        "an environment for the Python packages below",
    ),
];

/// Python packages with their versions, all that these need included, and what needs them.
const PYTHON: &[(&str, &str)] = &[
    ("pyslang==12.1.0 nanobind-backend==1.0.0", "lint of generated hardware"),
    ("fusesoc==2.4.7 edalize==0.6.8", "generated hardware as a part of other projects"),
    ("cocotb==2.1.0 cocotbext-axi==0.1.28", "generated hardware behind AXI"),
    (
        "cocotb-bus==0.3.0 find_libpython==0.5.1 iniconfig==2.3.1 packaging==26.4 pluggy==1.7.0 Pygments==2.21.0 \
         pytest==9.2.0 scapy==2.8.0",
        "what cocotb needs",
    ),
    (
        "annotated-types==0.8.0 argcomplete==3.7.2 attrs==26.1.0 fastjsonschema==2.22.3 Jinja2==3.1.6 \
         MarkupSafe==3.0.4 okonomiyaki==3.0.0 pydantic==2.14.4 pydantic_core==2.50.5 pyparsing==3.3.3 \
         PyYAML==6.0.4 simplesat==0.9.2 six==1.17.0 typing-inspection==0.4.5 typing_extensions==4.16.0",
        "what FuseSoC needs",
    ),
    (
        "pandas==3.1.1 polars==2.1.0 pyarrow==26.0.1 numpy==2.4.6 polars-runtime-32==2.1.0 python-dateutil==4.0.0 \
         tzdata==2026.6",
        "readers of recorded spikes, and what they need",
    ),
    ("nir==1.0.8 h5py==3.16.0", "the reference of NIR graphs"),
];

/// Components of the Rust toolchain, each with the cargo command that it provides.
const COMPONENTS: &[(&str, &str)] = &[("rustfmt", "fmt"), ("clippy", "clippy")];

/// Installs what is missing.
///
/// # Errors
/// If something is missing and cannot be installed; the message has the command that would.
pub fn install() -> Result<()> {
    for (component, subcommand) in COMPONENTS {
        if !succeeds(command(&["cargo", subcommand, "--version"])) {
            run(command(&["rustup", "component", "add", component]))?;
        }
    }
    let missing: Vec<&str> = DEBIAN
        .iter()
        .filter(|(package, sign, purpose)| {
            let present = sign.is_seen();
            println!("   {package}: {purpose}{}", if present { "" } else { ", missing" });
            !present
        })
        .map(|(package, ..)| *package)
        .collect();
    if !missing.is_empty() {
        apt_install(&missing)?;
    }
    python::install("python", PYTHON)?;
    Ok(())
}

impl Sign {
    fn is_seen(&self) -> bool {
        match self {
            Program(program) => on_path(program),
            Command(words) => succeeds(command(words)),
        }
    }
}

fn apt_install(missing: &[&str]) -> Result<()> {
    if !is_root() {
        bail!(
            "missing programs; install them with\n    sudo apt-get update && sudo apt-get install --yes --no-install-recommends {}",
            missing.join(" ")
        );
    }
    run(command(&["apt-get", "update"]))?;
    let mut install = command(&["apt-get", "install", "--yes", "--no-install-recommends"]);
    install.args(missing).env("DEBIAN_FRONTEND", "noninteractive");
    run(install)
}

fn is_root() -> bool {
    command(&["id", "-u"]).output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn on_path(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    })
}
