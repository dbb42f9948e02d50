//! Archives whose bytes depend on the files in them alone.

use std::{collections::BTreeMap, io::Write};

use anyhow::{Result, bail};
use flate2::{Compression, write::GzEncoder};
use tar::{Builder, EntryType, Header};

/// A file of an archive.
pub struct Entry {
    /// Where it lies below the archive's folder, with `/` between names.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Whether it is a program.
    pub runs: bool,
}

/// A compressed archive of files below a folder: in the order of their names, all of one time (s since 1970), of nobody.
///
/// # Errors
/// If two files have one name, or a name is too long.
pub fn pack(folder: &str, entries: Vec<Entry>, time_s: u64) -> Result<Vec<u8>> {
    let mut sorted = BTreeMap::new();
    for entry in entries {
        if let Some(double) = sorted.insert(entry.name.clone(), entry) {
            bail!("two files of an archive are called {}", double.name);
        }
    }
    let mut tar = Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
    for entry in sorted.values() {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_size(entry.bytes.len() as u64);
        header.set_mode(if entry.runs { 0o755 } else { 0o644 });
        header.set_mtime(time_s);
        header.set_uid(0);
        header.set_gid(0);
        tar.append_data(&mut header, format!("{folder}/{}", entry.name), &entry.bytes[..])?;
    }
    let mut compressed = tar.into_inner()?;
    compressed.flush()?;
    Ok(compressed.finish()?)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::MetadataExt, process::Command};

    use super::{Entry, pack};

    fn entries() -> Vec<Entry> {
        let long = format!("doc/{}/page.md", "folder/".repeat(30));
        [("bin/program", true), ("doc/b.md", false), (long.as_str(), false), ("doc/a.md", false)]
            .map(|(name, runs)| Entry {
                name: name.to_owned(),
                bytes: name.repeat(300).into_bytes(),
                runs,
            })
            .into()
    }

    #[test]
    fn the_order_of_files_changes_no_byte_and_their_time_does() {
        let packed = pack("x-1", entries(), 1_700_000_000).expect("packed");
        let mut turned = entries();
        turned.reverse();
        assert!(packed == pack("x-1", turned, 1_700_000_000).expect("packed"));
        assert!(packed != pack("x-1", entries(), 1_700_000_001).expect("packed"));
    }

    #[test]
    fn tar_reads_what_was_packed() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("x.tar.gz");
        fs::write(&file, pack("x-1", entries(), 1_700_000_000).expect("packed")).expect("written");
        let tar = Command::new("tar").arg("xzf").arg(&file).current_dir(folder.path()).status();
        assert!(tar.expect("tar is installed").success());
        for entry in entries() {
            let path = folder.path().join("x-1").join(&entry.name);
            assert_eq!(fs::read(&path).expect("it is there"), entry.bytes, "{}", entry.name);
            let found = fs::metadata(&path).expect("it is there");
            assert_eq!(found.mtime(), 1_700_000_000, "{}", entry.name);
            assert_eq!(found.mode() & 0o111 != 0, entry.runs, "{}", entry.name);
        }
    }

    #[test]
    fn two_files_of_one_name_are_refused() {
        let twice = entries().into_iter().chain(entries()).collect();
        let error = pack("x-1", twice, 0).expect_err("refused").to_string();
        assert!(error.contains("bin/program"), "{error}");
    }
}
