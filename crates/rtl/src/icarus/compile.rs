//! From Verilog to what vvp runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::{RtlError, Simulator, Sources, cache, tool};

/// What stands between a module and this program, in C: loaded by vvp.
const BRIDGE: &str = include_str!("bridge.c");

const MODEL: &str = "model.vvp";

/// The name of [`BRIDGE`], compiled, without its ending.
pub(super) const BRIDGE_NAME: &str = "memspike";

/// A module that vvp can run.
pub(super) struct Compiled {
    /// In its folder is the bridge, too.
    pub model: PathBuf,
    /// Whether it has any delay: without one it does nothing by itself.
    #[cfg_attr(not(unix), expect(dead_code, reason = "no process is told"))]
    pub delays: bool,
}

/// Compiles, unless the same text was compiled before with the same Icarus Verilog.
pub(super) fn compile(sources: &Sources) -> Result<Compiled, RtlError> {
    tool::readable(sources)?;
    let text = run(Command::new("iverilog")
        .args(["-g2012", "-E", "-o", "-"])
        .args(tool::files(sources)?))?
    .stdout;
    let place = cache::folder().join("rtl").join(key(sources, &text)?);
    let model = place.join(MODEL);
    if !model.is_file() {
        build(sources, &place)?;
    }
    Ok(Compiled { delays: may_wait(&String::from_utf8_lossy(&text)), model })
}

/// Whether anything in Verilog without comments and macros may wait for a time: each delay begins with `#`. Parameters do, too,
/// where they are declared or bound by name; what else is taken for a delay costs time and changes nothing.
fn may_wait(text: &str) -> bool {
    text.split('#').skip(1).any(|behind| {
        let inner = behind.trim_start().strip_prefix('(').map(str::trim_start);
        !inner.is_some_and(|inner| inner.starts_with("parameter") || inner.starts_with('.'))
    })
}

fn run(command: &mut Command) -> Result<Output, RtlError> {
    tool::run(Simulator::Icarus, command)
}

/// Follows from the text after all includes and from what compiles it.
fn key(sources: &Sources, text: &[u8]) -> Result<String, RtlError> {
    let version = run(Command::new("iverilog").arg("-V"))?;
    Ok(tool::key(&[
        b"icarus",
        env!("CARGO_PKG_VERSION").as_bytes(),
        BRIDGE.as_bytes(),
        &version.stdout,
        sources.top.as_deref().unwrap_or_default().as_bytes(),
        text,
    ]))
}

/// Builds in a temporary folder and moves what is kept to its place.
fn build(sources: &Sources, place: &Path) -> Result<(), RtlError> {
    let _shown = tool::shown(sources);
    let work = tool::workshop()?;
    let unwritable = |source| RtlError::Unwritable { path: work.path().to_owned(), source };
    // Verilog that says no unit of time has Verilator's.
    fs::write(work.path().join("unit"), "+timescale+1ps/1ps\n").map_err(unwritable)?;
    fs::write(work.path().join("memspike.c"), BRIDGE).map_err(unwritable)?;
    let mut compile = Command::new("iverilog");
    compile.current_dir(work.path()).args(["-g2012", "-c", "unit", "-o", MODEL]);
    if let Some(top) = &sources.top {
        compile.args(["-s", top]);
    }
    run(compile.args(tool::files(sources)?))?;
    let mut bridge = Command::new("iverilog-vpi");
    bridge.current_dir(work.path()).arg(format!("--name={BRIDGE_NAME}"));
    run(bridge.arg("memspike.c"))?;
    let bridge = work.path().join(BRIDGE_NAME).with_extension("vpi");
    tool::keep(place, &[work.path().join(MODEL), bridge])
}

#[cfg(test)]
mod tests {
    use super::may_wait;

    #[test]
    fn each_form_of_a_delay_is_seen_and_parameters_are_none() {
        for delay in [
            "initial #5 a = 1;",
            "assign # (p) b = a;",
            "buf #(2, 3) g (d, a);",
            "c <= #p a;",
            "forever begin\n#\n2.5 a = ~a; end",
            "m #(.W(3)) i (a); initial #1 a = 1;",
            "m #(8) i (a);",
            "always ##1 a = 1;",
        ] {
            assert!(may_wait(delay), "{delay}");
        }
        for none in
            ["module m #(parameter W = 8) (a);", "m # ( .W(3), .V(4)) i (a);", "assign a = b;"]
        {
            assert!(!may_wait(none), "{none}");
        }
    }
}
