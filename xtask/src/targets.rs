//! Systems that the tests do not run on: whether the code compiles for them.

use std::{path::Path, process::Command};

use anyhow::{Context, Result};

use crate::command::{command, run};

/// Targets, and what people call them.
const TARGETS: [(&str, &str); 2] =
    [("aarch64-apple-darwin", "macOS"), ("x86_64-pc-windows-gnu", "Windows")];

/// Checks the program for every target that the toolchain has, and names the others.
///
/// # Errors
/// If it does not compile for one, or rustc cannot be asked.
pub fn check() -> Result<()> {
    for (target, system) in TARGETS {
        if installed(target)? {
            run(command(&["cargo", "check", "--locked", "--bin", "memspike", "--target", target]))?;
            println!("   {system} is checked: the program compiles for {target}");
        } else {
            println!(
                "   {system} is not checked, its standard library is not installed: rustup target add {target}"
            );
        }
    }
    Ok(())
}

/// Whether the toolchain has a standard library for a target.
fn installed(target: &str) -> Result<bool> {
    let mut asked = Command::new("rustc");
    asked.args(["--print", "target-libdir", "--target", target]);
    let answer = asked.output().context("cannot start rustc")?;
    let path = String::from_utf8_lossy(&answer.stdout);
    Ok(answer.status.success() && Path::new(path.trim()).is_dir())
}
