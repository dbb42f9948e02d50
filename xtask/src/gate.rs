//! The gate: one visible list of stages.

use std::{thread, time::Instant};

use anyhow::{Context, Result};

use crate::{
    command::{FEATURES, command, run},
    decks, licences, packages, python_package, targets, tests,
};

type Stage = (&'static str, fn() -> Result<()>);

/// The first stage that needs other programs than Rust's: MPI's library and libclang.
const NEED_PACKAGES: &str = "lints";

const STAGES: &[Stage] = &[
    ("format", || run(command(&["cargo", "fmt", "--all", "--check"]))),
    ("licences", licences::check),
    ("lints", lints),
    ("other systems", targets::check),
    ("documentation", documentation),
    ("tests", tests::run_all),
    ("decks", decks::run_all),
    ("python", || python_package::check(false)),
];

/// Runs every stage. What the tests need besides Rust is installed meanwhile: it waits for others more than it works.
///
/// # Errors
/// At the first stage that fails, named.
pub fn run_stages() -> Result<()> {
    let begin = Instant::now();
    let mut packages = Some(thread::spawn(packages::install));
    for (number, (name, stage)) in (1..).zip(STAGES) {
        println!("== {number}/{} {name}", STAGES.len());
        let begin = Instant::now();
        if let Some(packages) = packages.take_if(|_| NEED_PACKAGES == *name) {
            packages.join().expect("no panic").context("packages that the tests need")?;
            println!("   packages: {:.1} s waited for", begin.elapsed().as_secs_f64());
        }
        stage().with_context(|| format!("stage '{name}'"))?;
        println!("   {name}: {:.1} s", begin.elapsed().as_secs_f64());
    }
    println!("== all {} stages passed in {:.0} s", STAGES.len(), begin.elapsed().as_secs_f64());
    Ok(())
}

fn lints() -> Result<()> {
    let lint = ["--all-targets", FEATURES, "--", "-D", "warnings"];
    run(command(&[&["cargo", "clippy", "--workspace"], &lint[..]].concat()))?;
    // What stands for MPI where there is none.
    run(command(&["cargo", "clippy", "-p", "memspike-ranks", "--", "-D", "warnings"]))
}

fn documentation() -> Result<()> {
    let mut doc = command(&["cargo", "doc", "--workspace", "--no-deps", FEATURES]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    run(doc)
}
