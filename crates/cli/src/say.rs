//! What people are told.

use std::{
    io::{self, Write},
    sync::atomic::{AtomicU8, Ordering},
};

use memspike_files::advised;

use crate::failure::Failure;

/// What `-q` and `-v` have asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Loudness {
    /// Nothing but why this process ends: another rank says the rest.
    Silent,
    /// Data, files, warnings and errors alone.
    Quiet,
    /// Tables and progress, too.
    Usual,
    /// And what is being done.
    Verbose,
}

/// One for the process, set before any verb begins.
static LOUDNESS: AtomicU8 = AtomicU8::new(Loudness::Usual as u8);

/// From now on.
pub fn be(loudness: Loudness) {
    LOUDNESS.store(loudness as u8, Ordering::Relaxed);
}

/// Whether neither tables nor progress are wanted.
pub fn is_quiet() -> bool {
    LOUDNESS.load(Ordering::Relaxed) <= Loudness::Quiet as u8
}

fn is_silent() -> bool {
    LOUDNESS.load(Ordering::Relaxed) == Loudness::Silent as u8
}

/// Writes data to standard output. A reader that has seen enough (`| head`) is no failure.
pub fn print(text: &str) -> Result<(), Failure> {
    if is_silent() {
        return Ok(());
    }
    printed(io::stdout().lock().write_all(text.as_bytes()))
}

/// Writes what is for people to standard output, unless they want to read nothing.
pub fn show(text: &str) -> Result<(), Failure> {
    if is_quiet() { Ok(()) } else { print(text) }
}

/// The same, to standard error where standard output is `taken` by data.
pub fn show_beside(text: &str, taken: bool) -> Result<(), Failure> {
    if taken && !is_quiet() {
        tell(text);
        return Ok(());
    }
    show(text)
}

/// What came of writing to standard output.
pub fn printed(written: io::Result<()>) -> Result<(), Failure> {
    match written.and_then(|()| io::stdout().lock().flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let why = advised(error);
            Err(Failure::Work(format!("error: cannot write to standard output: {why}")))
        }
        _ => Ok(()),
    }
}

/// Writes to standard error. If nobody can be told there (a terminal that closed, a full disk), the
/// work goes on: files and exit status do not depend on it.
pub fn tell(text: &str) {
    if !is_silent() {
        complain(text);
    }
}

/// Writes to standard error why this process ends.
pub fn complain(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Writes to standard error what is being done, if that is wanted.
pub fn note(text: &str) {
    if LOUDNESS.load(Ordering::Relaxed) == Loudness::Verbose as u8 {
        tell(&format!("{text}\n"));
    }
}
