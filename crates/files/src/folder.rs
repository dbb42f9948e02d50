//! Folders that appear when they are complete, and folders for work.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use tempfile::TempDir;

use crate::advice::advised;
use crate::identity::Identity;
use crate::temporary::{folder_beside, nameless, place_of_new};

/// A folder that is filled beside its place and moved there by [`OutputFolder::finish`]. Dropped
/// unfinished, it leaves what was there before: nothing, or an empty folder.
#[derive(Debug)]
pub struct OutputFolder {
    path: PathBuf,
    folder: TempDir,
}

impl OutputFolder {
    /// Finds out whether `path` can be made, and leaves nothing behind.
    ///
    /// # Errors
    /// As [`OutputFolder::create`].
    pub fn check(path: impl AsRef<Path>) -> io::Result<()> {
        Self::create(path).map(drop)
    }

    /// Prepares a folder that is to be at `path`.
    ///
    /// # Errors
    /// There is something at `path` other than an empty folder, or the folder around it does not exist
    /// or cannot be written.
    pub fn create(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = vacant(path.as_ref()).map_err(advised)?;
        let folder = folder_beside(&path).map_err(advised)?;
        Ok(Self { path, folder })
    }

    /// A new file of the folder, to be written piece by piece.
    ///
    /// # Errors
    /// The system's.
    pub fn file(&self, name: &str) -> io::Result<FolderFile> {
        File::create(self.folder.path().join(name)).map(FolderFile).map_err(advised)
    }

    /// Puts the folder in its place.
    ///
    /// # Errors
    /// The folder could not be moved, as when another process has written to its place.
    pub fn finish(self) -> io::Result<()> {
        let Self { path, folder } = self;
        if let Ok(present) = path.metadata() {
            fs::set_permissions(folder.path(), present.permissions()).map_err(advised)?;
            // Only Unix moves a folder onto an empty one.
            if !cfg!(unix) {
                fs::remove_dir(&path).map_err(advised)?;
            }
        }
        fs::rename(folder.path(), &path).map_err(advised)?;
        // It is no longer there to be removed.
        let _ = folder.keep();
        Ok(())
    }
}

/// A file of a folder that is being filled; its errors say what to do.
#[derive(Debug)]
pub struct FolderFile(File);

impl Write for FolderFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(advised)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(advised)
    }
}

/// Where a folder that `given` names will be, links resolved.
fn vacant(given: &Path) -> io::Result<PathBuf> {
    let refused = |kind, reason: &str| Err(io::Error::new(kind, reason));
    match fs::read_dir(given).map(|mut entries| entries.next().is_none()) {
        Ok(false) => {
            refused(io::ErrorKind::DirectoryNotEmpty, "the folder is not empty; name a new one")
        }
        // A shell in it would be left in a folder that is gone.
        Ok(true) if is_current(given) => {
            refused(io::ErrorKind::ResourceBusy, "it is the current folder; name a new one")
        }
        Ok(true) => given.canonicalize(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => place_of_new(given),
        Err(error) => Err(error),
    }
}

fn is_current(folder: &Path) -> bool {
    env::current_dir().is_ok_and(|current| Identity::of(&current) == Identity::of(folder))
}

/// A folder for files that only this process needs; it goes with its owner.
#[derive(Debug)]
pub struct ScratchFolder(TempDir);

impl ScratchFolder {
    /// A folder where the system keeps such things.
    ///
    /// # Errors
    /// The system's, with that place in its words.
    pub fn new() -> io::Result<Self> {
        let refused = |error: io::Error| {
            let (kind, place) = (error.kind(), env::temp_dir());
            let place = place.display();
            let words = advised(nameless(error));
            io::Error::new(kind, format!("cannot write into '{place}' (TMPDIR): {words}"))
        };
        TempDir::new().map(Self).map_err(refused)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A new file of the folder, to be written piece by piece.
    ///
    /// # Errors
    /// The system's.
    pub fn file(&self, name: &str) -> io::Result<FolderFile> {
        File::create(self.path().join(name)).map(FolderFile).map_err(advised)
    }
}
