//! The length of files.

use std::path::Path;

use crate::sources::paths;

const MOST_LINES: usize = 400;

/// Files that may be longer, each with its reason.
const LONGER: &[(&str, &str)] =
    &[("crates/waveform/src/special/coefficients.rs", "a table of numbers")];

#[test]
fn files_have_at_most_400_lines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["crates", "src", "tests", "benches", "xtask"];
    let mut long: Vec<(String, usize)> = folders
        .iter()
        .flat_map(|folder| paths(&root.join(folder)))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a source");
            let path = path.strip_prefix(root).expect("it lies in the repository");
            (path.to_string_lossy().into_owned(), text.lines().count())
        })
        .filter(|(_, lines)| *lines > MOST_LINES)
        .collect();
    for (path, reason) in LONGER {
        let before = long.len();
        long.retain(|(name, _)| name != path);
        assert!(long.len() < before, "{path} ({reason}) needs no exception");
    }
    long.sort();
    assert!(long.is_empty(), "one subject a file, at most {MOST_LINES} lines: {long:#?}");
}
