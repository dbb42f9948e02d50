//! The interrupt that a script's `&` makes a program ignore, and all that it starts.

use std::{env, fs, os::unix::process::CommandExt, process::Command};

use anyhow::{Context, Result, bail};

/// SIGINT in the mask of ignored signals.
const INTERRUPT: u64 = 1 << (2 - 1);

/// Begins again as `env` starts it, with signals that do what they do by default, if interrupts are ignored: tests send them to
/// programs, which would never end.
///
/// # Errors
/// If that cannot be started.
pub fn hear() -> Result<()> {
    if !are_ignored() {
        return Ok(());
    }
    let program = env::current_exe().context("where is this program?")?;
    let error = Command::new("env")
        .arg("--default-signal=INT,QUIT")
        .arg(program)
        .args(env::args_os().skip(1))
        .exec();
    bail!("cannot start again with interrupts, which are ignored here: {error}")
}

/// As Linux says it; elsewhere nobody asks.
fn are_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & INTERRUPT != 0)
}
