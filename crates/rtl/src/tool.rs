//! What the ways to both simulators share: running a tool, naming the files, keeping what was made.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sha2::{Digest, Sha256};

use crate::{RtlError, Simulator, Sources};

/// Runs a tool of a simulator to its end.
pub(crate) fn run(simulator: Simulator, command: &mut Command) -> Result<Output, RtlError> {
    let refused = |message| match simulator {
        Simulator::Verilator => RtlError::Refused { message },
        Simulator::Icarus => RtlError::IcarusRefused { message },
    };
    let output = command.output().map_err(|error| match (error.kind(), simulator) {
        (ErrorKind::NotFound, Simulator::Verilator) => RtlError::NoVerilator,
        (ErrorKind::NotFound, Simulator::Icarus) => RtlError::NoIcarus,
        _ => refused(error.to_string()),
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
    Err(refused(lines.join("\n")))
}

/// Fails if a file cannot be read.
pub(crate) fn readable(sources: &Sources) -> Result<(), RtlError> {
    for path in &sources.files {
        fs::File::open(path)
            .map_err(|source| RtlError::Unreadable { path: path.clone(), source })?;
    }
    Ok(())
}

/// The files by absolute names, behind the folder where files that they include are.
pub(crate) fn files(sources: &Sources) -> Result<Vec<OsString>, RtlError> {
    let absolute = |path: &Path| {
        std::path::absolute(path)
            .map_err(|source| RtlError::Unreadable { path: path.to_owned(), source })
    };
    let mut arguments = Vec::new();
    if let Some(folder) = sources.files.first().and_then(|file| file.parent()) {
        let mut include = OsStr::new("-I").to_owned();
        let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        include.push(absolute(here)?);
        arguments.push(include);
    }
    for file in &sources.files {
        arguments.push(absolute(file)?.into());
    }
    Ok(arguments)
}

/// The name under which something is kept that follows from these parts alone.
pub(crate) fn key(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Tells who watches that a compilation begins; it ends when what this gives is dropped.
pub(crate) fn shown(sources: &Sources) -> Option<Box<dyn std::any::Any>> {
    let name = sources.files.first().and_then(|file| file.file_name());
    crate::sources::begins(&name.unwrap_or_default().to_string_lossy())
}

/// A folder to compile in. Make cannot build where a folder's name has spaces, which that of temporary ones seldom has.
pub(crate) fn workshop() -> Result<tempfile::TempDir, RtlError> {
    tempfile::Builder::new()
        .prefix("memspike")
        .tempdir()
        .map_err(|source| RtlError::Unwritable { path: std::env::temp_dir(), source })
}

/// Copies files to a folder, which appears whole, the first of them being the one that says that it is there: of two that do
/// so at once either will do.
pub(crate) fn keep(place: &Path, made: &[PathBuf]) -> Result<(), RtlError> {
    let kept = place.parent().unwrap_or(place);
    let unwritable = |source| RtlError::Unwritable { path: kept.to_owned(), source };
    fs::create_dir_all(kept).map_err(unwritable)?;
    let done = tempfile::Builder::new().prefix("built").tempdir_in(kept).map_err(unwritable)?;
    for file in made {
        let name = file.file_name().unwrap_or_default();
        fs::copy(file, done.path().join(name)).map_err(unwritable)?;
    }
    let whole = made.first().and_then(|file| file.file_name()).unwrap_or_default();
    match fs::rename(done.path(), place) {
        Ok(()) => {
            drop(done.keep());
            Ok(())
        }
        // Another process was faster.
        Err(_) if place.join(whole).is_file() => Ok(()),
        Err(source) => Err(unwritable(source)),
    }
}

/// Forgets a kept model that cannot be used.
pub(crate) fn forget(model: &Path) {
    if let Some(place) = model.parent() {
        let _ = fs::remove_dir_all(place);
    }
}
