//! Every runnable deck runs.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use cargo_metadata::{MetadataCommand, camino::Utf8PathBuf};

use crate::command::{FEATURES, command, run};

/// Folders whose decks run.
const FOLDERS: [&str; 2] = ["netlists", "netlists/shelf"];

/// Runs every deck of [`FOLDERS`] with the program that the tests were built with: another build would take minutes and
/// run the same code.
///
/// # Errors
/// If a deck does not exit with 0, or a folder has none.
pub fn run_all() -> Result<()> {
    let program = program()?;
    let metadata = MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    for folder in FOLDERS {
        let decks = decks(metadata.workspace_root.join(folder).as_std_path())?;
        ensure!(!decks.is_empty(), "no deck in {folder}/");
        for deck in decks {
            let deck = deck.to_string_lossy();
            run(command(&[program.as_str(), "run", &deck]))?;
        }
    }
    Ok(())
}

/// Builds the program as the tests have it, and gives its path.
///
/// # Errors
/// If it does not build.
pub fn program() -> Result<Utf8PathBuf> {
    // Of the whole workspace, as its tests are built: else all would be built again with other features.
    run(command(&["cargo", "build", "--workspace", "--bin", "memspike", FEATURES]))?;
    let metadata = MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    Ok(metadata.target_directory.join("debug/memspike"))
}

fn decks(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = folder.read_dir().with_context(|| format!("cannot read {}", folder.display()))?;
    let mut decks = entries
        .map(|entry| Ok(entry?.path()))
        .filter(|path| path.as_ref().map_or(true, |p| p.extension().is_some_and(|e| e == "cir")))
        .collect::<Result<Vec<_>>>()?;
    decks.sort();
    Ok(decks)
}
