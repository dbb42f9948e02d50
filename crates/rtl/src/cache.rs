//! Where compiled models are kept.

use std::env;
use std::path::PathBuf;

/// The folder of compiled models: `MEMSPIKE_CACHE` if that is set, else `memspike` in the user's folder for such things
/// (`XDG_CACHE_HOME`, or `.cache` at home), else one for temporary files. It may be removed at any time.
#[must_use]
pub fn folder() -> PathBuf {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("MEMSPIKE_CACHE")
        .or_else(|| set("XDG_CACHE_HOME").map(|folder| folder.join("memspike")))
        .or_else(|| set("HOME").map(|home| home.join(".cache").join("memspike")))
        .unwrap_or_else(|| env::temp_dir().join("memspike"))
}
