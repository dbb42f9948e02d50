//! The folder from which a run goes on: its last checkpoint, and the spools of what it has recorded.
//!
//! | file | what |
//! | --- | --- |
//! | `lock` | held while a run has the folder; the system lets go of it whatever ends the run |
//! | `spikes.spool`, `membranes.spool` | records of one length each, perhaps more of them than the checkpoint counts |
//! | `checkpoint` | 8 bytes `mspikrun`; 4 of version; 8 of length; as many of JSON ([`Manifest`]); SHA-256 of all before; the image of the run |
//!
//! A checkpoint is renamed into its place when it is whole and what it counts in the spools is on the disk: until then the last one stands.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use memspike_files::{MIB, OutputFile};
use sha2::{Digest, Sha256};

use crate::{CheckpointError, Manifest};

const MAGIC: &[u8; 8] = b"mspikrun";
const VERSION: u32 = 1;

/// Names of files in the folder.
const LOCK: &str = "lock";
const SPIKES: &str = "spikes.spool";
const MEMBRANES: &str = "membranes.spool";
const CHECKPOINT: &str = "checkpoint";

/// The longest manifest that is read (bytes).
const LONGEST: u64 = 64 * MIB;

/// A folder of checkpoints, which no other process has meanwhile.
#[derive(Debug)]
pub struct CheckpointFolder {
    path: PathBuf,
    /// Closed, and so unlocked, with its owner. None where another process of the same run has it.
    _lock: Option<File>,
}

/// A checkpoint that was found.
pub struct Checkpoint {
    /// What it says.
    pub manifest: Manifest,
    /// The image of the run, to be read from here on.
    pub image: BufReader<File>,
}

impl CheckpointFolder {
    /// Takes a folder, and makes it if there is none.
    ///
    /// # Errors
    /// If it cannot be made or written, or another process has it.
    pub fn claim(path: &Path) -> Result<Self, CheckpointError> {
        let unwritable = |error| CheckpointError::unwritable(path, error);
        match fs::create_dir(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(unwritable(error));
            }
            Err(_) if !path.is_dir() => {
                return Err(unwritable(io::ErrorKind::NotADirectory.into()));
            }
            _ => {}
        }
        let lock = File::create(path.join(LOCK)).map_err(unwritable)?;
        match lock.try_lock() {
            Ok(()) => {
                remove_unfinished(path).map_err(unwritable)?;
                Ok(Self { path: path.to_owned(), _lock: Some(lock) })
            }
            Err(TryLockError::WouldBlock) => Err(CheckpointError::Busy { path: path.to_owned() }),
            Err(TryLockError::Error(error)) => Err(unwritable(error)),
        }
    }

    /// The files that a run writes in a folder.
    #[must_use]
    pub fn files(path: &Path) -> [PathBuf; 4] {
        [LOCK, SPIKES, MEMBRANES, CHECKPOINT].map(|name| path.join(name))
    }

    /// A folder that another process of this run has taken, to read its checkpoint.
    #[must_use]
    pub fn beside(path: &Path) -> Self {
        Self { path: path.to_owned(), _lock: None }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where its spool of spikes is.
    #[must_use]
    pub fn spikes(&self) -> PathBuf {
        self.path.join(SPIKES)
    }

    /// Where its spool of membranes is.
    #[must_use]
    pub fn membranes(&self) -> PathBuf {
        self.path.join(MEMBRANES)
    }

    /// Writes a checkpoint in place of the last one. The spools must have been marked, [`Spool::mark`](crate::Spool::mark).
    ///
    /// # Errors
    /// If it cannot be written; then the last one stands.
    ///
    /// # Panics
    /// Never: every manifest has words.
    pub fn write(
        &self,
        manifest: &Manifest,
        image: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), CheckpointError> {
        let path = self.file();
        let text = serde_json::to_vec(manifest).expect("every manifest has words");
        let mut head = MAGIC.to_vec();
        head.extend(VERSION.to_le_bytes());
        head.extend((text.len() as u64).to_le_bytes());
        head.extend(text);
        let hash = Sha256::digest(&head);
        let write = || {
            let mut file = OutputFile::create(&path)?;
            file.write_all(&head)?;
            file.write_all(&hash)?;
            image(&mut file)?;
            file.sync()?;
            file.finish()
        };
        write().map_err(|error| CheckpointError::unwritable(&path, error))
    }

    /// The last checkpoint, if there is one. Its image is not looked at.
    ///
    /// # Errors
    /// If it is none, of another version, or damaged.
    pub fn read(&self) -> Result<Option<Checkpoint>, CheckpointError> {
        let path = self.file();
        let unreadable = |error| CheckpointError::unreadable(&path, error);
        let file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file.map_err(unreadable)?,
        };
        let mut image = BufReader::new(file);
        let manifest = manifest(&path, &mut image)?;
        Ok(Some(Checkpoint { manifest, image }))
    }

    /// Where its checkpoint is.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.path.join(CHECKPOINT)
    }
}

/// Removes what a run that was killed had begun to write. Nobody else writes: the folder is locked.
fn remove_unfinished(path: &Path) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("checkpoint.") && name.ends_with(".part") {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Reads all that stands before the image.
fn manifest(path: &Path, from: &mut impl Read) -> Result<Manifest, CheckpointError> {
    let damaged = |what| CheckpointError::Damaged { path: path.to_owned(), what };
    let short = |error: io::Error| match error.kind() {
        io::ErrorKind::UnexpectedEof => damaged("it ends too early"),
        _ => CheckpointError::unreadable(path, error),
    };
    let mut head = [0; 8];
    from.read_exact(&mut head).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => CheckpointError::Foreign { path: path.to_owned() },
        _ => CheckpointError::unreadable(path, error),
    })?;
    if head != *MAGIC {
        return Err(CheckpointError::Foreign { path: path.to_owned() });
    }
    let (mut version, mut length) = ([0; 4], [0; 8]);
    from.read_exact(&mut version).map_err(short)?;
    let found = u32::from_le_bytes(version);
    if found != VERSION {
        return Err(CheckpointError::Version { path: path.to_owned(), found, known: VERSION });
    }
    from.read_exact(&mut length).map_err(short)?;
    let count = u64::from_le_bytes(length);
    if count > LONGEST {
        return Err(damaged("its manifest would be too long"));
    }
    let mut text = Vec::new();
    from.by_ref().take(count).read_to_end(&mut text).map_err(short)?;
    let mut hash = [0; 32];
    from.read_exact(&mut hash).map_err(short)?;
    let parts: [&[u8]; 4] = [&head, &version, &length, &text];
    if Sha256::digest(parts.concat())[..] != hash {
        return Err(damaged("its checksum is another one"));
    }
    serde_json::from_slice(&text).map_err(|_| damaged("its manifest cannot be read"))
}
