//! Running other programs.

use std::{ffi::OsStr, process::Command};

use anyhow::{Context, Result, bail};

/// With which features everything is built: one set, so that nothing is built twice.
pub const FEATURES: &str = "--features=memspike/mpi";

/// A command from words. What it builds is built without what makes the next build of the same crate faster: that costs a
/// sixth of the time of the first.
pub fn command(words: &[&str]) -> Command {
    let (program, arguments) = words.split_first().expect("a command has a first word");
    let mut command = Command::new(program);
    command.args(arguments).env("CARGO_INCREMENTAL", "0");
    command
}

/// Runs a command with its output shown.
///
/// # Errors
/// If it cannot start or its status is not zero.
pub fn run(mut command: Command) -> Result<()> {
    let line = line(&command);
    println!("   $ {line}");
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed: {status}");
    }
    Ok(())
}

/// Whether a command starts and succeeds; its output is dropped.
pub fn succeeds(mut command: Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

fn line(command: &Command) -> String {
    let words: Vec<_> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect();
    words.join(" ")
}
