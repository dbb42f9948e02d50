//! Standard output.

use std::path::Path;

/// Whether a path means standard output: `-` and the names that systems give it.
#[must_use]
pub fn is_standard_output(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path == Path::new(name))
}

/// Whether this process may have been started without a standard output (`>&-`).
///
/// Before a program begins, Rust opens `/dev/null` for reading and writing in the place of a standard stream that
/// is closed, and nothing else tells of that. A shell's `>/dev/null` is for writing alone, but other programs
/// (Python, Node) throw away what they start prints in the same way as Rust: so it may have been meant.
#[cfg(target_os = "linux")]
#[must_use]
pub fn standard_output_may_be_closed() -> bool {
    use std::os::unix::fs::MetadataExt;

    use rustix::fs::{OFlags, fcntl_getfl, fstat};

    let stdout = std::io::stdout();
    let is_null = || {
        let null = Path::new("/dev/null").metadata().ok()?;
        Some(fstat(&stdout).ok()?.st_rdev == null.rdev())
    };
    let both_ways = || fcntl_getfl(&stdout).is_ok_and(|flags| flags.contains(OFlags::RDWR));
    is_null().unwrap_or(false) && both_ways()
}

/// Elsewhere nothing tells.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn standard_output_may_be_closed() -> bool {
    false
}
