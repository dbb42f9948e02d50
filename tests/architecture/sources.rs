//! The sources of a folder.

use std::path::{Path, PathBuf};

/// Every file of Rust in a folder and below it, but for what Cargo builds.
pub fn paths(folder: &Path) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for entry in folder.read_dir().unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            if !path.ends_with("target") {
                paths.extend(self::paths(&path));
            }
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            paths.push(path);
        }
    }
    paths
}

/// The text of every file of Rust in a folder and below it.
pub fn sources(folder: &Path) -> Vec<String> {
    paths(folder).iter().map(|path| std::fs::read_to_string(path).expect("a source")).collect()
}
