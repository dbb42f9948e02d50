//! Files that appear under their name only when they are complete.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Stdout, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A buffered file that is written beside its place and moved there by [`OutputFile::finish`].
/// Dropped unfinished, it leaves what was there before.
///
/// `-` is standard output. A path that exists and is no regular file (a pipe, a device) is written
/// directly, and opened once: there is nothing to keep.
#[derive(Debug)]
pub struct OutputFile {
    path: PathBuf,
    target: Target,
}

#[derive(Debug)]
enum Target {
    Renamed(BufWriter<NamedTempFile>),
    Direct(BufWriter<File>),
    Standard(BufWriter<Stdout>),
}

/// Whether a path means standard output: `-` and the names that systems give it.
#[must_use]
pub fn is_standard_output(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path == Path::new(name))
}

/// What a path leads to.
enum Place {
    Standard,
    /// A pipe or a device, as given.
    Special,
    /// A file that is or will be here, links resolved.
    Regular(PathBuf),
}

impl Place {
    fn of(given: &Path) -> io::Result<Self> {
        if is_standard_output(given) {
            return Ok(Self::Standard);
        }
        match given.metadata() {
            Ok(metadata) if metadata.is_dir() => {
                Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"))
            }
            Ok(metadata) if !metadata.is_file() => Ok(Self::Special),
            // Through a symbolic link, so that the link survives.
            Ok(_) => {
                let path = given.canonicalize()?;
                // A file that is protected stays.
                OpenOptions::new().write(true).open(&path)?;
                Ok(Self::Regular(path))
            }
            Err(_) => Ok(Self::Regular(given.to_path_buf())),
        }
    }
}

impl OutputFile {
    /// Finds out whether `path` can be written, without opening a pipe, whose reader would take that
    /// for all that there is. Nothing is left behind.
    ///
    /// # Errors
    /// As [`OutputFile::create`].
    pub fn check(path: impl AsRef<Path>) -> io::Result<()> {
        match Place::of(path.as_ref())? {
            Place::Standard | Place::Special => Ok(()),
            Place::Regular(path) => temporary(&path).map(drop),
        }
    }

    /// Prepares to write `path`: fails now, not after hours of simulation, if that cannot work. A pipe
    /// without a reader waits for one.
    ///
    /// # Errors
    /// The folder does not exist or cannot be written, or `path` is a folder or protected.
    pub fn create(path: impl AsRef<Path>) -> io::Result<Self> {
        let given = path.as_ref();
        Ok(match Place::of(given)? {
            Place::Standard => Self {
                path: given.to_path_buf(),
                target: Target::Standard(BufWriter::new(io::stdout())),
            },
            Place::Special => Self {
                path: given.to_path_buf(),
                target: Target::Direct(BufWriter::new(OpenOptions::new().write(true).open(given)?)),
            },
            Place::Regular(path) => {
                let target = Target::Renamed(BufWriter::new(temporary(&path)?));
                Self { path, target }
            }
        })
    }

    /// Writes a whole file at once.
    ///
    /// # Errors
    /// Those of [`OutputFile::create`] and [`OutputFile::finish`].
    pub fn write(path: impl AsRef<Path>, bytes: &[u8]) -> io::Result<()> {
        let mut file = Self::create(path)?;
        file.write_all(bytes)?;
        file.finish()
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
                let file = writer.into_inner().map_err(|e| nameless(e.into_error()))?;
                file.persist(&self.path).map_err(|e| e.error)?;
            }
            Target::Direct(mut writer) => writer.flush()?,
            Target::Standard(mut writer) => writer.flush()?,
        }
        Ok(())
    }
}

/// A new file beside `path`. Its name is in no message: an error is that of the folder.
fn temporary(path: &Path) -> io::Result<NamedTempFile> {
    let no_name = || io::Error::new(io::ErrorKind::InvalidInput, "the path names no file");
    let name = path.file_name().ok_or_else(no_name)?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    let mut prefix = name.to_os_string();
    prefix.push(".");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".part");
    if let Some(permissions) = usual_permissions(path) {
        builder.permissions(permissions);
    }
    builder.tempfile_in(folder.unwrap_or(Path::new("."))).map_err(nameless)
}

/// The error of the system alone, without the temporary path around it.
fn nameless(error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(_) => error,
        None => error.kind().into(),
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

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.target {
            Target::Renamed(writer) => writer.write(bytes).map_err(nameless),
            Target::Direct(writer) => writer.write(bytes),
            Target::Standard(writer) => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.target {
            Target::Renamed(writer) => writer.flush().map_err(nameless),
            Target::Direct(writer) => writer.flush(),
            Target::Standard(writer) => writer.flush(),
        }
    }
}
