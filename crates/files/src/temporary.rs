//! What is not yet in its place. It lies beside it, under a name that ends in `.part`, and goes with
//! its owner. That name is in no message: an error is that of the system alone.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

use crate::identity::place;

/// A new file beside its place.
#[derive(Debug)]
pub(crate) struct TemporaryFile(NamedTempFile<File>);

impl TemporaryFile {
    /// A file that is to become `path`, with the permissions of what is there, or those that the
    /// process gives to new files.
    pub(crate) fn beside(path: &Path) -> io::Result<Self> {
        let prefix = prefix(path)?;
        let present = path.metadata().ok().map(|metadata| metadata.permissions());
        let options = new_file(present.as_ref());
        let file = tempfile::Builder::new()
            .prefix(&prefix)
            .suffix(SUFFIX)
            .make_in(folder_of(path), |path| options.open(path))
            .map_err(nameless)?;
        if let Some(permissions) = present {
            // What the process's mask has taken away, where the system has such permissions.
            let _ = file.as_file().set_permissions(permissions);
        }
        Ok(Self(file))
    }

    /// Waits until the system has it on the disk.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.0.as_file().sync_data()
    }

    /// Replaces what is at `path`.
    pub(crate) fn move_to(self, path: &Path) -> io::Result<()> {
        self.0.persist(path).map(drop).map_err(|refused| refused.error)
    }
}

impl Write for TemporaryFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.as_file_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.as_file_mut().flush()
    }
}

impl Seek for TemporaryFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.as_file_mut().seek(to)
    }
}

/// A new folder that is to become `path`, with the permissions that the process gives to new folders.
pub(crate) fn folder_beside(path: &Path) -> io::Result<TempDir> {
    let prefix = prefix(path)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(SUFFIX);
    if let Some(permissions) = usual() {
        builder.permissions(permissions);
    }
    builder.tempdir_in(folder_of(path)).map_err(nameless)
}

const SUFFIX: &str = ".part";

/// Letters of the place's name that the temporary one takes over: names have at most 255 bytes.
const SHOWN: usize = 40;

fn prefix(path: &Path) -> io::Result<OsString> {
    let name: String = name(path)?.to_string_lossy().chars().take(SHOWN).collect();
    Ok(format!("{name}.").into())
}

fn name(path: &Path) -> io::Result<&OsStr> {
    let no_name = || io::Error::new(io::ErrorKind::InvalidInput, "the path names no file");
    path.file_name().ok_or_else(no_name)
}

/// Where what is not there yet will be: where a link leads, or at the path itself.
pub(crate) fn place_of_new(given: &Path) -> io::Result<PathBuf> {
    name(given)?;
    Ok(place(given))
}

/// The folder in which a path's last name stands.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}

/// The error of the system alone, without the temporary path around it.
pub(crate) fn nameless(error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(_) => error,
        None => error.kind().into(),
    }
}

/// How a file is made that gets no more permissions than the present one has.
#[cfg(unix)]
fn new_file(present: Option<&Permissions>) -> OpenOptions {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let mode = present.map_or(0o666, |permissions| permissions.mode() & 0o777);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(mode);
    options
}

#[cfg(not(unix))]
fn new_file(_present: Option<&Permissions>) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    options
}

/// What the process's mask is taken from.
#[cfg(unix)]
fn usual() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o777))
}

#[cfg(not(unix))]
fn usual() -> Option<Permissions> {
    None
}
