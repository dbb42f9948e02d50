//! What people are told.

use std::io::{self, Write};

use memspike_files::advised;

use crate::failure::Failure;

/// Writes to standard output. A reader that has seen enough (`| head`) is no failure.
pub fn print(text: &str) -> Result<(), Failure> {
    printed(io::stdout().lock().write_all(text.as_bytes()))
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
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
