//! From Verilog to a shared object.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use memspike_foreign::VERSION;

use crate::delays::{self, Made};
use crate::ports::{self, Port, PortsError};
use crate::{RtlError, Simulator, Sources, cache, shim, tool};

/// A compiled model: its shared object and its ports.
pub(crate) struct Compiled {
    pub object: PathBuf,
    pub top: String,
    pub ports: Vec<Port>,
}

/// Another number where models that were kept before are to be checked anew.
const CHECKS: u32 = 2;

const OBJECT: &str = "model.so";
const DESCRIPTION: &str = "model.xml";
const MODEL_HEADER: &str = "Vmodel.h";

/// Compiles, unless the same text was compiled before with the same Verilator.
pub(crate) fn compile(sources: &Sources) -> Result<Compiled, RtlError> {
    tool::readable(sources)?;
    let kept = cache::folder().join("rtl");
    let text = run(Command::new("verilator").arg("-E").args(of(sources)?))?.stdout;
    let place = kept.join(key(sources, &text)?);
    if !place.join(OBJECT).is_file() {
        build(sources, &String::from_utf8_lossy(&text), &place)?;
    }
    let text = |name: &str| {
        let path = place.join(name);
        fs::read_to_string(&path).map_err(|source| RtlError::Unreadable { path, source })
    };
    let (top, ports) = described(&text(DESCRIPTION)?, &text(MODEL_HEADER)?)?;
    Ok(Compiled { object: place.join(OBJECT), top, ports })
}

fn described(xml: &str, header: &str) -> Result<(String, Vec<Port>), RtlError> {
    ports::read(xml, header).map_err(|error| match error {
        PortsError::Inout(name) => RtlError::Inout(name),
        PortsError::Unreadable(what) => RtlError::Description(what),
    })
}

/// Follows from the text after all includes and from what compiles it.
fn key(sources: &Sources, text: &[u8]) -> Result<String, RtlError> {
    let version = run(Command::new("verilator").arg("--version"))?;
    Ok(tool::key(&[
        format!("{VERSION} {} {CHECKS}", env!("CARGO_PKG_VERSION")).as_bytes(),
        shim::source(&[]).as_bytes(),
        &version.stdout,
        sources.top.as_deref().unwrap_or_default().as_bytes(),
        text,
    ]))
}

/// The files, and what Verilator is to make of them.
fn of(sources: &Sources) -> Result<Vec<OsString>, RtlError> {
    let mut arguments = tool::files(sources)?;
    if let Some(top) = &sources.top {
        arguments.extend(["--top-module".into(), top.into()]);
    }
    Ok(arguments)
}

fn run(command: &mut Command) -> Result<Output, RtlError> {
    tool::run(Simulator::Verilator, command)
}

/// Builds in a temporary folder and moves what is kept to its place.
fn build(sources: &Sources, preprocessed: &str, place: &Path) -> Result<(), RtlError> {
    let _shown = tool::shown(sources);
    let work = tool::workshop()?;
    let unwritable = |source| RtlError::Unwritable { path: work.path().to_owned(), source };
    let objects = work.path().join("objects");
    let files = of(sources)?;
    // Names within the folder, because these go through scripts of the compiler's own.
    let verilator = || {
        let mut command = Command::new("verilator");
        command.current_dir(work.path());
        command
    };
    // What a user's text is warned of is for the user's own lint.
    let quiet = [
        "-Wno-fatal",
        "-Wno-lint",
        "-Wno-style",
        "--timing",
        "--x-assign",
        "unique",
        "--x-initial",
        "unique",
        "--Mdir",
        "objects",
    ];
    run(verilator()
        .arg("--xml-only")
        .args(quiet)
        .args(["--xml-output", DESCRIPTION])
        .args(&files))?;
    run(verilator().args(["--cc", "--prefix", "Vmodel"]).args(quiet).args(&files))?;
    let read = |path: PathBuf| {
        fs::read_to_string(&path).map_err(|source| RtlError::Unreadable { path, source })
    };
    let header = read(objects.join(MODEL_HEADER))?;
    let xml = read(work.path().join(DESCRIPTION))?;
    let (_, ports) = described(&xml, &header)?;
    delays::check(&Made { preprocessed, xml: &xml, cpp: &all_cpp(&objects)? })?;
    let (before, shim) = (work.path().join("memspike.h"), work.path().join("memspike.cpp"));
    fs::write(&before, shim::HEADER).map_err(unwritable)?;
    fs::write(&shim, shim::source(&ports)).map_err(unwritable)?;
    let flags = "-fPIC -O2 -DVL_USER_FINISH -DVL_USER_STOP -DVL_USER_FATAL -include ../memspike.h";
    let mut compile = verilator();
    compile.args(["--cc", "--exe", "--build", "--prefix", "Vmodel"]).args(quiet);
    compile.args(["-CFLAGS", flags, "-LDFLAGS", "-shared", "-o", OBJECT, "../memspike.cpp"]);
    run(compile.args(&files))?;
    tool::keep(
        place,
        &[objects.join(OBJECT), work.path().join(DESCRIPTION), objects.join(MODEL_HEADER)],
    )
}

/// All C++ of a folder.
fn all_cpp(folder: &Path) -> Result<String, RtlError> {
    let unreadable = |source| RtlError::Unreadable { path: folder.to_owned(), source };
    let mut all = String::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "cpp") {
            all += &fs::read_to_string(&path).map_err(unreadable)?;
        }
    }
    Ok(all)
}
