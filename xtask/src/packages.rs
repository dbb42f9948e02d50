//! What the tests need besides Rust.

use anyhow::{Result, bail};

use crate::command::{command, run, succeeds};

/// Debian packages, each with a program that it provides and what needs it.
const DEBIAN: &[(&str, &str, &str)] = &[
    ("ngspice", "ngspice", "oracle of the decks that ideal switches can express"),
    ("gtkwave", "vcd2fst", "second reader of our VCD files"),
    ("make", "make", "gates of generated hardware"),
    ("g++", "g++", "Verilator's models"),
    ("iverilog", "iverilog", "simulates generated hardware"),
    ("verilator", "verilator", "lint and fast simulation of generated hardware"),
    ("yosys", "yosys", "synthesis and proofs of generated hardware"),
    ("nextpnr-ice40", "nextpnr-ice40", "place and route of generated hardware"),
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
        .filter(|(package, program, purpose)| {
            let present = on_path(program);
            println!(
                "   {package} ({program}): {purpose}{}",
                if present { "" } else { ", missing" }
            );
            !present
        })
        .map(|(package, ..)| *package)
        .collect();
    if missing.is_empty() { Ok(()) } else { apt_install(&missing) }
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
