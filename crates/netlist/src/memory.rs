//! What a deck will take of memory, and whether the system has it: said before it is taken, because
//! afterwards nobody is left to say it.

use std::fmt;
use std::fs;

/// Greatest memory of a run for each of its elements and for each weight of an array (bytes), measured at
/// the peak. Whatever a run needs beyond them is bounded otherwise.
pub(crate) const ELEMENT: u64 = 1000;
pub(crate) const WEIGHT: u64 = 48;

/// What a run takes beside that at least (bytes), measured with a limit of the process.
pub(crate) const RUN: u64 = 5 << 20;

/// What is small enough that the machine needs not be asked (bytes).
const SMALL: u64 = 64 << 20;

/// Why memory is short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Free {
    /// The machine has as many bytes left.
    Machine(u64),
    /// A limit of this process is in the way.
    Process,
}

impl fmt::Display for Free {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine(bytes) => write!(out, "the machine has {} left", shown(*bytes)),
            Self::Process => out.write_str("the limit of this process leaves less (ulimit -v)"),
        }
    }
}

/// Why so many bytes cannot be had now; nothing if they can, or nobody tells.
#[must_use]
pub fn short_of(bytes: u64) -> Option<Free> {
    let bytes = bytes.saturating_add(RUN);
    let size = usize::try_from(bytes).unwrap_or(usize::MAX);
    // A limit of the process refuses to reserve; what is not touched costs nothing.
    if Vec::<u8>::new().try_reserve_exact(size).is_err() {
        return Some(Free::Process);
    }
    if bytes < SMALL {
        return None;
    }
    left().filter(|left| *left < bytes).map(Free::Machine)
}

/// Bytes that the machine can give without swapping, where it says so.
fn left() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes.saturating_mul(1024))
}

/// A size as people say it.
#[must_use]
pub fn shown(bytes: u64) -> String {
    let megabytes = bytes as f64 / 1e6;
    if megabytes < 1e3 {
        format!("{megabytes:.0} MB")
    } else {
        format!("{:.1} GB", megabytes / 1e3)
    }
}
