//! Which file a path leads to.

use std::path::{Path, PathBuf};

use crate::temporary::folder_of;

/// What a path leads to: two paths of one file are equal, through links and in any spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity(Kind);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// The device and the number there of a file that exists.
    #[cfg(unix)]
    Node(u64, u64),
    /// The place of one that does not, or of any where files have no numbers.
    Place(PathBuf),
}

impl Identity {
    /// Of a file that exists or of one that could be made.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        Self(node(path).unwrap_or_else(|| Kind::Place(place(path))))
    }
}

#[cfg(unix)]
fn node(path: &Path) -> Option<Kind> {
    use std::os::unix::fs::MetadataExt;
    let metadata = path.metadata().ok()?;
    Some(Kind::Node(metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn node(_path: &Path) -> Option<Kind> {
    None
}

/// Links from one to the next that are followed; systems follow about as many.
const MAX_LINKS: u32 = 40;

/// Where a path leads, its links resolved as far as they lead to anything.
pub(crate) fn place(path: &Path) -> PathBuf {
    place_within(path, MAX_LINKS)
}

fn place_within(path: &Path, links: u32) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    let folder = folder_of(path);
    // A link to a file that is not there yet leads where the link says.
    if let Some(target) = path.read_link().ok().filter(|_| links > 0) {
        return place_within(&folder.join(target), links - 1);
    }
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    folder.join(path.file_name().unwrap_or_default())
}
