//! The inputs that are damaged, and the words of their languages.

use std::{fs, path::Path};

/// One input and the name that it goes by.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

impl Input {
    pub(crate) fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), bytes: bytes.into() }
    }

    /// The bytes as a reader of files that allows for Latin-1 takes them.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// What a target begins with.
#[derive(Debug, Clone)]
pub(crate) struct Corpus {
    /// At least one.
    pub(crate) inputs: Vec<Input>,
    /// Words that mean something in this language.
    pub(crate) words: &'static [&'static str],
}

/// All files of these folders of the repository that end so, in the order of their names.
pub(crate) fn files(folders: &[&str], ending: &str) -> Vec<Input> {
    let mut paths: Vec<String> = Vec::new();
    for folder in folders {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for entry in fs::read_dir(&root).unwrap_or_else(|e| panic!("{folder}: {e}")) {
            let name = entry.expect("an entry").file_name().into_string().expect("a plain name");
            paths.extend(name.ends_with(ending).then(|| format!("{folder}/{name}")));
        }
    }
    assert!(!paths.is_empty(), "{folders:?} have no {ending}");
    paths.sort();
    paths.iter().map(|path| file(path)).collect()
}

/// One file of the repository, from which the tests run.
pub(crate) fn file(path: &str) -> Input {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let bytes = fs::read(root.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    Input::new(path, bytes)
}
