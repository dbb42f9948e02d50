//! Project tasks: `cargo xtask test` is the gate, `cargo xtask licences` one stage of it.
#![expect(clippy::print_stdout, reason = "a task announces what it does")]

mod command;
mod decks;
mod digits;
mod gate;
mod licences;
mod packages;
mod picture;
mod python;

use std::process::ExitCode;

use clap::Parser;

/// Tasks of the memspike project.
#[derive(Parser)]
enum Task {
    /// Install what the tests need, then run every check; stops at the first failure.
    Test,
    /// Install what the tests need besides Rust.
    Packages,
    /// Check the licence of every dependency.
    Licences,
    /// Draw the digits that the demo and its deck look at, netlists/digits.idx.
    Digits,
    /// Draw the pictures of docs/ that need no images, and write docs/assumptions.md, from runs.
    Picture,
}

fn main() -> ExitCode {
    let done = match Task::parse() {
        Task::Test => gate::run_stages(),
        Task::Packages => packages::install(),
        Task::Licences => licences::check(),
        Task::Digits => digits::draw(),
        Task::Picture => picture::draw().and_then(|()| picture::paper()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
