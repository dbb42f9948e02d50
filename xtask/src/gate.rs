//! The gate: one visible list of stages.

use std::time::Instant;

use anyhow::{Context, Result};

use crate::{
    command::{command, run},
    decks, licences, packages,
};

type Stage = (&'static str, fn() -> Result<()>);

const STAGES: &[Stage] = &[
    ("packages", packages::install),
    ("format", || run(command(&["cargo", "fmt", "--all", "--check"]))),
    ("licences", licences::check),
    ("lints", lints),
    ("documentation", documentation),
    ("tests", || run(command(&["cargo", "test", "--workspace"]))),
    ("decks", decks::run_all),
];

/// Runs every stage.
///
/// # Errors
/// At the first stage that fails, named.
pub fn run_stages() -> Result<()> {
    let begin = Instant::now();
    for (number, (name, stage)) in (1..).zip(STAGES) {
        println!("== {number}/{} {name}", STAGES.len());
        let begin = Instant::now();
        stage().with_context(|| format!("stage '{name}'"))?;
        println!("   {name}: {:.1} s", begin.elapsed().as_secs_f64());
    }
    println!("== all {} stages passed in {:.0} s", STAGES.len(), begin.elapsed().as_secs_f64());
    Ok(())
}

fn lints() -> Result<()> {
    run(command(&["cargo", "clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn documentation() -> Result<()> {
    let mut doc = command(&["cargo", "doc", "--workspace", "--no-deps"]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    run(doc)
}
