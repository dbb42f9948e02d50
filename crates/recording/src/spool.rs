//! Records in a file that grows, and can be cut back to what it was.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use memspike_files::advised;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::record::LONGEST;
use crate::{CheckpointError, Record};

/// How far a spool had grown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// Records.
    pub records: u64,
    /// SHA-256 of their bytes, in hexadecimal.
    pub sha256: String,
}

/// Records of one kind, in the order in which they were put. Memory does not grow with their number.
pub struct Spool<R> {
    path: PathBuf,
    writer: BufWriter<File>,
    records: u64,
    hash: Sha256,
    kind: PhantomData<R>,
}

impl<R: Record> Spool<R> {
    /// An empty spool; what was there is gone.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn create(path: &Path) -> Result<Self, CheckpointError> {
        let unwritable = |error| CheckpointError::unwritable(path, error);
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).open(path);
        let (file, hash) = (file.map_err(unwritable)?, Sha256::new());
        let writer = BufWriter::new(file);
        Ok(Self { path: path.to_owned(), writer, records: 0, hash, kind: PhantomData })
    }

    /// A spool cut back to a mark; `each` is told of every record that stays.
    ///
    /// # Errors
    /// If it is shorter, or its records are not those of the mark; then it stays as it is.
    pub fn cut_back(
        path: &Path,
        mark: &Mark,
        each: &mut dyn FnMut(&R),
    ) -> Result<Self, CheckpointError> {
        let unreadable = |error| CheckpointError::unreadable(path, error);
        let unwritable = |error| CheckpointError::unwritable(path, error);
        let damaged = |what| CheckpointError::Damaged { path: path.to_owned(), what };
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(unreadable)?;
        let length = mark.records.checked_mul(R::LENGTH as u64);
        let present = file.metadata().map_err(unreadable)?.len();
        let length = length.filter(|length| *length <= present);
        let length = length.ok_or(damaged("it is shorter than its checkpoint says"))?;
        let mut hash = Sha256::new();
        read::<R>(&file, mark.records, &mut |bytes| {
            hash.update(bytes);
            each(&R::decode(bytes));
            Ok(())
        })
        .map_err(unreadable)?;
        if hex(&hash.clone().finalize()) != mark.sha256 {
            return Err(damaged("its records are not those of its checkpoint"));
        }
        file.set_len(length).map_err(unwritable)?;
        let mut writer = BufWriter::new(file);
        writer.seek(SeekFrom::Start(length)).map_err(unwritable)?;
        let (path, records) = (path.to_owned(), mark.records);
        Ok(Self { path, writer, records, hash, kind: PhantomData })
    }

    /// Adds a record.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn put(&mut self, record: &R) -> io::Result<()> {
        let mut bytes = [0; LONGEST];
        let bytes = &mut bytes[..R::LENGTH];
        record.encode(bytes);
        self.hash.update(&*bytes);
        self.records += 1;
        self.writer.write_all(bytes).map_err(advised)
    }

    /// Records so far.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.records
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// How far it has grown, once all of that is on the disk.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn mark(&mut self) -> Result<Mark, CheckpointError> {
        let synced = self.writer.flush().and_then(|()| self.writer.get_ref().sync_data());
        synced.map_err(|error| CheckpointError::unwritable(&self.path, error))?;
        Ok(Mark { records: self.records, sha256: hex(&self.hash.clone().finalize()) })
    }

    /// Tells `each` of every record, in order.
    ///
    /// # Errors
    /// If the spool cannot be written or read, or `each` fails.
    pub fn replay(&mut self, each: &mut dyn FnMut(&R) -> io::Result<()>) -> io::Result<()> {
        self.writer.flush().map_err(advised)?;
        let file = File::open(&self.path)?;
        read::<R>(&file, self.records, &mut |bytes| each(&R::decode(bytes)))
    }
}

/// Reads records from the beginning of a file.
fn read<R: Record>(
    file: &File,
    records: u64,
    each: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let mut bytes = [0; LONGEST];
    let bytes = &mut bytes[..R::LENGTH];
    for _ in 0..records {
        reader.read_exact(bytes)?;
        each(bytes)?;
    }
    Ok(())
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
