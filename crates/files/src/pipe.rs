//! Pipes with a name. The system lets nobody open one for writing before somebody reads it, and a process that
//! it keeps waiting hears no signal: so the waiting is done here, where it can be ended.

use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;

use crate::Patience;

/// Time between two looks for a reader.
const LOOK: Duration = Duration::from_millis(10);

/// Opens a pipe for writing once it has a reader, or gives up when `patience` ends.
pub(crate) fn open(path: &Path, patience: &mut Patience<'_>) -> io::Result<File> {
    let begin = Instant::now();
    loop {
        let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        match rustix::fs::open(path, flags, Mode::empty()) {
            Ok(pipe) => {
                // From here on a slow reader is waited for.
                fcntl_setfl(&pipe, fcntl_getfl(&pipe)? - OFlags::NONBLOCK)?;
                return Ok(pipe.into());
            }
            Err(Errno::NXIO) => {}
            Err(error) => return Err(error.into()),
        }
        if let ControlFlow::Break(()) = patience(path, begin.elapsed()) {
            return Err(io::Error::new(io::ErrorKind::Interrupted, "nobody reads the pipe"));
        }
        thread::sleep(LOOK);
    }
}
