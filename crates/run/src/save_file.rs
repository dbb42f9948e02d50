//! What viewers read beside a dump: GTKWave the save file `out.gtkw` beside `out.vcd` or `out.fst`, and the words for states,
//! `out.states.txt`, beside an FST file, which has them as bits; Surfer the command file `out.sucl`.
//!
//! They are written anew with each dump, but never over what somebody else has written or changed: their first line carries a
//! checksum of the rest, and GTKWave replaces it by a line of its own where a user saves.

use std::fs;
use std::path::{Path, PathBuf};

use memspike_files::{OutputFile, is_standard_output};
use memspike_trace::{SaveNames, state_table};
use sha2::{Digest, Sha256};

use crate::outputs::OutputError;

/// What begins a comment in save files, and in tables of words.
const SAVE_COMMENT: &str = "[*]";
const TABLE_COMMENT: &str = "#";

/// The same in Surfer's command files.
const COMMAND_COMMENT: &str = "#";

/// A file beside a dump that is to be written.
pub(crate) struct SaveFile {
    path: PathBuf,
    text: String,
}

impl SaveFile {
    /// The save file of a dump, whose text follows from the names, the command file, which has these `commands`, and the table of
    /// words if the dump is FST; none where the dump is not in a folder under the name of its kind, or where somebody else's file stands.
    pub(crate) fn beside(
        dump: &Path,
        is_fst: bool,
        (text, commands): (impl FnOnce(&SaveNames<'_>) -> String, &str),
    ) -> Vec<Self> {
        let is_file =
            !is_standard_output(dump) && dump.metadata().map_or(true, |found| found.is_file());
        let kind = if is_fst { "fst" } else { "vcd" };
        let is_dump = dump.extension().is_some_and(|own| own.eq_ignore_ascii_case(kind));
        let (save, table) = (dump.with_extension("gtkw"), dump.with_extension("states.txt"));
        let surfer = dump.with_extension("sucl");
        let name = |path: &Path| path.file_name()?.to_str().map(str::to_owned);
        let names = (name(dump), name(&save), name(&table));
        let (Some(dump), Some(own), Some(words)) = names else { return Vec::new() };
        // Quotes have no way to be written there.
        if !is_file || !is_dump || dump.contains(['"', '\n']) {
            return Vec::new();
        }
        let states = is_fst.then_some(words.as_str());
        let text = text(&SaveNames { dump: &dump, save: &own, states });
        let table = is_fst.then(|| Self::signed(table, TABLE_COMMENT, &state_table()));
        let commands = Self::signed(surfer, COMMAND_COMMENT, commands);
        [Self::signed(save, SAVE_COMMENT, &text), commands]
            .into_iter()
            .chain(table)
            .flatten()
            .collect()
    }

    /// A file whose first line tells that it is ours, unless somebody else's stands there.
    fn signed(path: PathBuf, comment: &str, text: &str) -> Option<Self> {
        let text = format!("{}{text}", first_line(comment, text));
        is_ours(&path, comment).then_some(Self { path, text })
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

fn first_line(comment: &str, text: &str) -> String {
    let sum: String =
        Sha256::digest(text).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{comment} memspike {sum}\n")
}

/// Whether there is nothing, or what this program wrote and nobody changed.
fn is_ours(path: &Path, comment: &str) -> bool {
    const MOST_BYTES: u64 = 8 << 20;
    match path.metadata() {
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        Ok(found) if !found.is_file() || found.len() > MOST_BYTES => false,
        Ok(_) => fs::read_to_string(path).is_ok_and(|text| {
            text.split_once('\n')
                .is_some_and(|(line, rest)| format!("{line}\n") == first_line(comment, rest))
        }),
    }
}
