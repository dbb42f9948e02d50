//! Files that appear under their name only when they are complete.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A buffered file that is written beside its place and moved there by [`AtomicFile::finish`].
/// Dropped unfinished, it leaves what was there before.
///
/// A path that exists and is no regular file (a pipe, `/dev/stdout`) is written directly: there
/// is nothing to keep.
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    target: Target,
}

#[derive(Debug)]
enum Target {
    Renamed(BufWriter<NamedTempFile>),
    Direct(BufWriter<File>),
}

impl AtomicFile {
    /// Prepares to write `path`: fails now, not after hours of simulation, if that cannot work.
    ///
    /// # Errors
    /// The folder does not exist or cannot be written, or `path` is a folder or protected.
    pub fn create(path: impl AsRef<Path>) -> io::Result<Self> {
        // Through a symbolic link, so that the link survives.
        let given = path.as_ref();
        let path = given.canonicalize().unwrap_or_else(|_| given.to_path_buf());
        if path.exists() {
            let file = OpenOptions::new().write(true).open(&path)?;
            if !file.metadata()?.is_file() {
                return Ok(Self { path, target: Target::Direct(BufWriter::new(file)) });
            }
        }
        let no_name = || io::Error::new(io::ErrorKind::InvalidInput, "the path names no file");
        let name = path.file_name().ok_or_else(no_name)?;
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
        let mut prefix = name.to_os_string();
        prefix.push(".");
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(".part");
        if let Some(permissions) = usual_permissions(&path) {
            builder.permissions(permissions);
        }
        let file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
        Ok(Self { path, target: Target::Renamed(BufWriter::new(file)) })
    }

    /// Where the file will be.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the rest and puts the file in its place, replacing what was there.
    ///
    /// # Errors
    /// The rest could not be written, or the file could not be moved.
    pub fn finish(self) -> io::Result<()> {
        match self.target {
            Target::Renamed(writer) => {
                let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.persist(&self.path).map_err(|e| e.error)?;
            }
            Target::Direct(mut writer) => writer.flush()?,
        }
        Ok(())
    }
}

/// Permissions of the file that is replaced, or those that the process gives to new files.
#[cfg(unix)]
fn usual_permissions(path: &Path) -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    let present = path.metadata().ok().map(|m| m.permissions());
    Some(present.unwrap_or_else(|| Permissions::from_mode(0o666)))
}

#[cfg(not(unix))]
fn usual_permissions(_path: &Path) -> Option<Permissions> {
    None
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.target {
            Target::Renamed(writer) => writer.write(bytes),
            Target::Direct(writer) => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.target {
            Target::Renamed(writer) => writer.flush(),
            Target::Direct(writer) => writer.flush(),
        }
    }
}
