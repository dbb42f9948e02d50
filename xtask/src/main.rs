//! Project tasks: `cargo xtask test` is the gate, `cargo xtask licences` one stage of it.
#![expect(clippy::print_stdout, reason = "a task announces what it does")]

mod archive;
mod command;
mod decks;
mod digits;
mod gate;
mod interrupts;
mod licences;
mod notices;
mod package;
mod packages;
mod picture;
mod python;
mod python_package;
mod release;
mod targets;
mod tests;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser;

/// Tasks of the memspike project.
#[derive(Parser)]
enum Task {
    /// Install what the tests need, then run every check; stops at the first failure.
    Test,
    /// Build and run the tests alone, without the other stages.
    Tests,
    /// Install what the tests need besides Rust.
    Packages,
    /// Build the Python package, install it in an environment of its own, test and check it there.
    Python {
        /// Run the tests that take minutes, too.
        #[arg(long)]
        long: bool,
    },
    /// Check the licence of every dependency.
    Licences,
    /// Check that the program compiles for macOS and Windows, where the toolchain has them.
    Targets,
    /// Pack every crate as a registry would have it, and build each from that.
    Package,
    /// Pack the program with man pages, completions, manual and cards into an archive.
    Release {
        /// The folder for the archive and its checksum.
        #[arg(long, short, value_name = "DIR", default_value = "out/release")]
        out: PathBuf,
        /// Build it again from a clone elsewhere, and compare the bytes.
        #[arg(long)]
        twice: bool,
    },
    /// Draw the digits that the demo and its deck look at, netlists/digits.idx.
    Digits,
    /// Draw every figure of docs/ and write docs/assumptions.md, from runs.
    DocsFigures {
        /// Folder of MNIST's files, for docs/wires.svg and the accuracies of docs/network.md.
        #[arg(long, value_name = "DIR")]
        mnist: Option<PathBuf>,
    },
}

/// Figures that need no images, then those that do.
fn docs_figures(mnist: Option<&Path>) -> anyhow::Result<()> {
    picture::draw()?;
    picture::gtkwave()?;
    picture::paper()?;
    match mnist {
        Some(mnist) => {
            picture::epochs(mnist)?;
            picture::network(mnist)
        }
        None => {
            println!(
                "docs/epochs.svg, docs/wires.svg and the accuracies of docs/network.md need MNIST: \
                 --mnist DIR"
            );
            Ok(())
        }
    }
}

fn main() -> ExitCode {
    let task = Task::parse();
    let done = interrupts::hear().and_then(|()| match task {
        Task::Test => gate::run_stages(),
        Task::Tests => tests::run_all(),
        Task::Packages => packages::install(),
        Task::Python { long } => python_package::check(long),
        Task::Licences => licences::check(),
        Task::Targets => targets::check(),
        Task::Package => package::check(),
        Task::Release { out, twice } => release::make(&out, twice),
        Task::Digits => digits::draw(),
        Task::DocsFigures { mnist } => docs_figures(mnist.as_deref()),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
