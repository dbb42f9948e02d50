//! Files that appear under their name only when they are complete.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Stdout, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::advice::advised;
use crate::standard::is_standard_output;
use crate::temporary::{TemporaryFile, place_of_new};

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
    Renamed(BufWriter<TemporaryFile>),
    Direct(BufWriter<File>),
    Standard(BufWriter<Stdout>),
}

/// Asked a hundred times a second while an output waits for somebody to read the pipe that it is: the pipe,
/// and how long it has waited. May end that.
pub type Patience<'a> = dyn FnMut(&Path, Duration) -> ControlFlow<()> + 'a;

/// The output that a path means, for a message.
#[must_use]
pub fn named(path: &Path) -> String {
    if is_standard_output(path) {
        "standard output".to_owned()
    } else {
        format!("'{}'", path.display())
    }
}

/// Whether a path ends in a separator.
fn ends_as_folder(path: &Path) -> bool {
    path.as_os_str()
        .as_encoded_bytes()
        .last()
        .is_some_and(|last| std::path::is_separator(char::from(*last)))
}

/// What a path leads to.
enum Place {
    Standard,
    /// A pipe with a name, as given.
    Pipe,
    /// A device, as given.
    Device,
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
            Ok(metadata) if is_pipe(&metadata) => Ok(Self::Pipe),
            Ok(metadata) if !metadata.is_file() => Ok(Self::Device),
            // Through a symbolic link, so that the link survives.
            Ok(_) => {
                let path = given.canonicalize()?;
                // A file that is protected stays.
                OpenOptions::new().write(true).open(&path)?;
                Ok(Self::Regular(path))
            }
            // `new/` names a folder, also where there is none.
            Err(error) if error.kind() == io::ErrorKind::NotFound && ends_as_folder(given) => {
                Err(io::Error::new(io::ErrorKind::NotFound, "it names a folder, and there is none"))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                place_of_new(given).map(Self::Regular)
            }
            Err(error) => Err(error),
        }
    }
}

#[cfg(unix)]
fn is_pipe(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    metadata.file_type().is_fifo()
}

#[cfg(not(unix))]
fn is_pipe(_metadata: &Metadata) -> bool {
    false
}

#[cfg(unix)]
use crate::pipe::open as open_pipe;

#[cfg(not(unix))]
fn open_pipe(path: &Path, _patience: &mut Patience<'_>) -> io::Result<File> {
    OpenOptions::new().write(true).open(path)
}

impl OutputFile {
    /// Finds out whether `path` can be written, without opening a pipe, whose reader would take that
    /// for all that there is. Nothing is left behind.
    ///
    /// # Errors
    /// As [`OutputFile::create`].
    pub fn check(path: impl AsRef<Path>) -> io::Result<()> {
        match Place::of(path.as_ref()).map_err(advised)? {
            Place::Standard | Place::Pipe | Place::Device => Ok(()),
            Place::Regular(path) => TemporaryFile::beside(&path).map(drop).map_err(advised),
        }
    }

    /// Whether what is written at `path` can be gone back to: not in a pipe or a device, nor in standard output.
    #[must_use]
    pub fn can_seek(path: &Path) -> bool {
        let is_other = |found: Metadata| !found.is_file() && !found.is_dir();
        !is_standard_output(path) && !path.metadata().is_ok_and(is_other)
    }

    /// Prepares to write `path`: fails now, not after hours of simulation, if that cannot work. A pipe
    /// without a reader waits for one.
    ///
    /// # Errors
    /// The folder does not exist or cannot be written, or `path` is a folder or protected.
    pub fn create(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::create_patiently(path, &mut |_, _| ControlFlow::Continue(()))
    }

    /// As [`OutputFile::create`], but a pipe waits for a reader no longer than `patience` lasts.
    ///
    /// # Errors
    /// Also [`io::ErrorKind::Interrupted`] if that has ended.
    pub fn create_patiently(
        path: impl AsRef<Path>,
        patience: &mut Patience<'_>,
    ) -> io::Result<Self> {
        Self::open(path.as_ref(), patience).map_err(advised)
    }

    fn open(given: &Path, patience: &mut Patience<'_>) -> io::Result<Self> {
        let (path, target) = match Place::of(given)? {
            Place::Standard => {
                (given.to_path_buf(), Target::Standard(BufWriter::new(io::stdout())))
            }
            Place::Pipe => {
                let pipe = open_pipe(given, patience)?;
                (given.to_path_buf(), Target::Direct(BufWriter::new(pipe)))
            }
            Place::Device => {
                let file = OpenOptions::new().write(true).open(given)?;
                (given.to_path_buf(), Target::Direct(BufWriter::new(file)))
            }
            Place::Regular(path) => {
                let file = TemporaryFile::beside(&path)?;
                (path, Target::Renamed(BufWriter::new(file)))
            }
        };
        Ok(Self { path, target })
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

    /// Writes what waits and, where it becomes a file, asks the system to have it on the disk: what stands under its name after
    /// [`OutputFile::finish`] is then whole even where the machine loses its power.
    ///
    /// # Errors
    /// The system's.
    pub fn sync(&mut self) -> io::Result<()> {
        match &mut self.target {
            Target::Renamed(writer) => writer.flush().and_then(|()| writer.get_ref().sync()),
            Target::Direct(_) | Target::Standard(_) => self.flush(),
        }
        .map_err(advised)
    }

    /// Writes the rest and puts the file in its place, replacing what was there.
    ///
    /// # Errors
    /// The rest could not be written, or the file could not be moved.
    pub fn finish(self) -> io::Result<()> {
        match self.target {
            Target::Renamed(writer) => writer
                .into_inner()
                .map_err(|error| error.into_error())
                .and_then(|file| file.move_to(&self.path)),
            Target::Direct(mut writer) => writer.flush(),
            Target::Standard(mut writer) => writer.flush(),
        }
        .map_err(advised)
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.target {
            Target::Renamed(writer) => writer.write(bytes),
            Target::Direct(writer) => writer.write(bytes),
            Target::Standard(writer) => writer.write(bytes),
        }
        .map_err(advised)
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.target {
            Target::Renamed(writer) => writer.flush(),
            Target::Direct(writer) => writer.flush(),
            Target::Standard(writer) => writer.flush(),
        }
        .map_err(advised)
    }
}

impl Seek for OutputFile {
    /// Moves within what is written; standard output and pipes refuse.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match &mut self.target {
            Target::Renamed(writer) => writer.seek(to),
            Target::Direct(writer) => writer.seek(to),
            Target::Standard(_) => Err(io::ErrorKind::NotSeekable.into()),
        }
        .map_err(advised)
    }
}
