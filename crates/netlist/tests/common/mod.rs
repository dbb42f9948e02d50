//! What the tests of this crate share.

use std::path::{Path, PathBuf};

/// Makes paths relative to the repository, as users and snapshots have them.
pub fn enter_repository() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::env::set_current_dir(root).expect("the repository is there");
}

/// All decks of a folder, by name.
pub fn decks(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{folder}: {e}"));
    let mut decks: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "cir"))
        .collect();
    decks.sort();
    assert!(!decks.is_empty(), "{folder} has no decks");
    decks
}
