//! From Verilog to a shared object.

use std::any::Any;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use memspike_foreign::{OpenError, VERSION};
use sha2::{Digest, Sha256};

use crate::ports::{self, Port, PortsError};
use crate::{cache, shim};

/// What is compiled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sources {
    /// Files of Verilog or SystemVerilog. Files that they include are looked for beside the first.
    pub files: Vec<PathBuf>,
    /// The module; without it the one that nothing instantiates.
    pub top: Option<String>,
}

/// How the message of [`RtlError::Refused`] begins.
pub const VERILATOR_SAYS: &str = "Verilator says:";

/// Verilog that cannot be a block.
#[derive(Debug, thiserror::Error)]
pub enum RtlError {
    /// There is no Verilator.
    #[error(
        "Verilator is missing: install it (the Debian package is `verilator`, version 5 or later, with g++ and make)"
    )]
    NoVerilator,
    /// A file cannot be read.
    #[error("cannot read '{}': {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Verilator, or the compiler behind it, refuses.
    #[error("{VERILATOR_SAYS}\n{message}")]
    Refused {
        /// What it printed, without its advice.
        message: String,
    },
    /// A port goes both ways.
    #[error(
        "port '{0}' is an inout, and a net has one driver here: split it into an input and an output"
    )]
    Inout(String),
    /// A port is no vector of bits, or Verilator's description is not as known.
    #[error("what Verilator says of the module cannot be read: {0}")]
    Description(String),
    /// The kept model cannot be written.
    #[error("cannot write to '{}': {source}", path.display())]
    Unwritable {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The compiled model cannot be loaded.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// Who is told of a compilation.
static WATCH: OnceLock<Watch> = OnceLock::new();

/// Is told the name of the first file when a compilation begins, which takes seconds, and drops what it gave when that ends.
pub type Watch = fn(&str) -> Box<dyn Any>;

/// Tells somebody of every compilation of this process that begins from now on. The first who asks is told, and nobody else.
pub fn watch(begins: Watch) {
    let _ = WATCH.set(begins);
}

/// A compiled model: its shared object and its ports.
pub(crate) struct Compiled {
    pub object: PathBuf,
    pub top: String,
    pub ports: Vec<Port>,
}

const OBJECT: &str = "model.so";
const DESCRIPTION: &str = "model.xml";
const MODEL_HEADER: &str = "Vmodel.h";

/// Compiles, unless the same text was compiled before with the same Verilator.
pub(crate) fn compile(sources: &Sources) -> Result<Compiled, RtlError> {
    for path in &sources.files {
        fs::File::open(path)
            .map_err(|source| RtlError::Unreadable { path: path.clone(), source })?;
    }
    let kept = cache::folder().join("rtl");
    let place = kept.join(key(sources)?);
    if !place.join(OBJECT).is_file() {
        build(sources, &kept, &place)?;
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
fn key(sources: &Sources) -> Result<String, RtlError> {
    let mut verilator = Command::new("verilator");
    verilator.arg("-E").args(of(sources)?);
    let text = run(&mut verilator)?;
    let version = run(Command::new("verilator").arg("--version"))?;
    let mut hash = Sha256::new();
    hash.update(format!("{VERSION} {}\n", env!("CARGO_PKG_VERSION")));
    hash.update(shim::source(&[]));
    hash.update(&version.stdout);
    hash.update(sources.top.as_deref().unwrap_or_default());
    hash.update([0]);
    hash.update(&text.stdout);
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The files, and what Verilator is to make of them.
fn of(sources: &Sources) -> Result<Vec<std::ffi::OsString>, RtlError> {
    let absolute = |path: &Path| {
        std::path::absolute(path)
            .map_err(|source| RtlError::Unreadable { path: path.to_owned(), source })
    };
    let mut arguments = Vec::new();
    if let Some(folder) = sources.files.first().and_then(|file| file.parent()) {
        let mut include = OsStr::new("-I").to_owned();
        include.push(absolute(if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        })?);
        arguments.push(include);
    }
    if let Some(top) = &sources.top {
        arguments.extend(["--top-module".into(), top.into()]);
    }
    for file in &sources.files {
        arguments.push(absolute(file)?.into());
    }
    Ok(arguments)
}

/// Builds in a temporary folder and moves what is kept to its place whole: of two that do so at once either will do.
fn build(sources: &Sources, kept: &Path, place: &Path) -> Result<(), RtlError> {
    let unwritable = |source| RtlError::Unwritable { path: kept.to_owned(), source };
    fs::create_dir_all(kept).map_err(unwritable)?;
    let name = sources.files.first().and_then(|file| file.file_name());
    let name = name.unwrap_or_default().to_string_lossy();
    let _shown = WATCH.get().map(|begins| begins(&name));
    // Make cannot build where a folder's name has spaces, which that of temporary ones seldom has.
    let work = tempfile::Builder::new()
        .prefix("memspike")
        .tempdir()
        .map_err(|source| RtlError::Unwritable { path: std::env::temp_dir(), source })?;
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
    let (_, ports) = described(&read(work.path().join(DESCRIPTION))?, &header)?;
    let (before, shim) = (work.path().join("memspike.h"), work.path().join("memspike.cpp"));
    fs::write(&before, shim::HEADER).map_err(unwritable)?;
    fs::write(&shim, shim::source(&ports)).map_err(unwritable)?;
    let flags = "-fPIC -O2 -DVL_USER_FINISH -DVL_USER_STOP -DVL_USER_FATAL -include ../memspike.h";
    let mut compile = verilator();
    compile.args(["--cc", "--exe", "--build", "--prefix", "Vmodel"]).args(quiet);
    compile.args(["-CFLAGS", flags, "-LDFLAGS", "-shared", "-o", OBJECT, "../memspike.cpp"]);
    run(compile.args(&files))?;
    let done = tempfile::Builder::new().prefix("built").tempdir_in(kept).map_err(unwritable)?;
    fs::copy(objects.join(OBJECT), done.path().join(OBJECT)).map_err(unwritable)?;
    fs::copy(work.path().join(DESCRIPTION), done.path().join(DESCRIPTION)).map_err(unwritable)?;
    fs::write(done.path().join(MODEL_HEADER), header).map_err(unwritable)?;
    match fs::rename(done.path(), place) {
        Ok(()) => {
            drop(done.keep());
            Ok(())
        }
        // Another process was faster.
        Err(_) if place.join(OBJECT).is_file() => Ok(()),
        Err(source) => Err(unwritable(source)),
    }
}

/// Forgets a kept model that cannot be loaded.
pub(crate) fn forget(library: &Path) {
    if let Some(place) = library.parent() {
        let _ = fs::remove_dir_all(place);
    }
}

fn run(command: &mut Command) -> Result<Output, RtlError> {
    let output = command.output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => RtlError::NoVerilator,
        _ => RtlError::Refused { message: error.to_string() },
    })?;
    if output.status.success() {
        return Ok(output);
    }
    let text = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    // What follows the first errors repeats them in the words of make.
    const MOST_LINES: usize = 24;
    let told = |line: &&str| !line.trim_start().starts_with("... ") && !line.starts_with("make");
    let lines: Vec<&str> = text.lines().filter(told).take(MOST_LINES).collect();
    Err(RtlError::Refused { message: lines.join("\n") })
}
