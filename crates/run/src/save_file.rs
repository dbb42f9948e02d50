//! The save file of GTKWave beside a dump: `out.gtkw` beside `out.vcd`.
//!
//! It is written anew with each dump, but never over what somebody else has written or changed: its first line carries a
//! checksum of the rest, which GTKWave replaces by a line of its own where a user saves.

use std::fs;
use std::path::{Path, PathBuf};

use memspike_files::{OutputFile, is_standard_output};
use sha2::{Digest, Sha256};

use crate::outputs::OutputError;

/// A save file that is to be written.
pub(crate) struct SaveFile {
    path: PathBuf,
    text: String,
}

impl SaveFile {
    /// That of a dump, whose text follows from the dump's name; none if the dump is no `.vcd` in a folder, or if somebody else's
    /// file stands there.
    pub(crate) fn beside(dump: &Path, text: impl FnOnce([&str; 2]) -> String) -> Option<Self> {
        let is_file =
            !is_standard_output(dump) && dump.metadata().map_or(true, |found| found.is_file());
        let is_dump =
            dump.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("vcd"));
        let path = dump.with_extension("gtkw");
        if !(is_file && is_dump && is_ours(&path)) {
            return None;
        }
        let name = |path: &Path| Some(path.file_name()?.to_str()?.to_owned());
        let names = [name(dump)?, name(&path)?];
        // Quotes have no way to be written there.
        if names[0].contains(['"', '\n']) {
            return None;
        }
        let text = text([&names[0], &names[1]]);
        let text = format!("{}{text}", first_line(&text));
        Some(Self { path, text })
    }

    /// Writes it whole.
    pub(crate) fn write(self) -> Result<(), OutputError> {
        let Self { path, text } = self;
        let written = OutputFile::create(&path).and_then(|mut file| {
            std::io::Write::write_all(&mut file, text.as_bytes())?;
            file.finish()
        });
        written.map_err(|error| OutputError::of(&path, error))
    }
}

fn first_line(text: &str) -> String {
    let sum: String =
        Sha256::digest(text).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("[*] memspike {sum}\n")
}

/// Whether there is nothing, or what this program wrote and nobody changed.
fn is_ours(path: &Path) -> bool {
    const MOST_BYTES: u64 = 8 << 20;
    match path.metadata() {
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        Ok(found) if !found.is_file() || found.len() > MOST_BYTES => false,
        Ok(_) => fs::read_to_string(path).is_ok_and(|text| {
            text.split_once('\n')
                .is_some_and(|(line, rest)| format!("{line}\n") == first_line(rest))
        }),
    }
}
