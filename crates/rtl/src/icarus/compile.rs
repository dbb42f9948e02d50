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
    pub delays: bool,
}

/// Compiles, unless the same text was compiled before with the same Icarus Verilog.
pub(super) fn compile(sources: &Sources) -> Result<Compiled, RtlError> {
    tool::readable(sources)?;
    let place = cache::folder().join("rtl").join(key(sources)?);
    let model = place.join(MODEL);
    if !model.is_file() {
        build(sources, &place)?;
    }
    // Names in the text are as the user wrote them, in whatever encoding.
    let text =
        fs::read(&model).map_err(|source| RtlError::Unreadable { path: model.clone(), source })?;
    Ok(Compiled { delays: has_delays(&String::from_utf8_lossy(&text)), model })
}

/// Whether anything in vvp's text waits for a time: instructions have it in their names (`%delay`, `%assign/vec4/d`), and so
/// have nets (`.delay`). A name of the user's with these letters is taken for one, which costs time and changes nothing.
fn has_delays(model: &str) -> bool {
    let waits = |line: &str| line.contains("delay") || line.contains("/d") || line.contains("/e");
    model.lines().filter(|line| !line.starts_with(':')).any(waits)
}

fn run(command: &mut Command) -> Result<Output, RtlError> {
    tool::run(Simulator::Icarus, command)
}

/// Follows from the text after all includes and from what compiles it.
fn key(sources: &Sources) -> Result<String, RtlError> {
    let text = run(Command::new("iverilog")
        .args(["-g2012", "-E", "-o", "-"])
        .args(tool::files(sources)?))?;
    let version = run(Command::new("iverilog").arg("-V"))?;
    Ok(tool::key(&[
        b"icarus",
        env!("CARGO_PKG_VERSION").as_bytes(),
        BRIDGE.as_bytes(),
        &version.stdout,
        sources.top.as_deref().unwrap_or_default().as_bytes(),
        &text.stdout,
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
