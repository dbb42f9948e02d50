//! Signals: the first that asks to stop asks for a clean end, the second ends at once.

use std::{
    io,
    ops::ControlFlow,
    path::Path,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use memspike_files::named;

use signal_hook::{consts, flag};

use crate::{failure::Failure, tell};

static ASKED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// What a shell reports for a process that a signal ended, less its number.
const KILLED: i32 = 128;

/// What asks a process to stop: Ctrl-C, a batch system at its limit, a terminal that closes.
#[cfg(unix)]
const STOPS: [i32; 3] = [consts::SIGINT, consts::SIGTERM, consts::SIGHUP];
#[cfg(not(unix))]
const STOPS: [i32; 2] = [consts::SIGINT, consts::SIGTERM];

/// Takes over from the system the signals that ask to stop, except those that whoever started this
/// process has it ignore (`nohup`).
pub fn listen() {
    let ignored = ignored();
    let heard = STOPS.into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0);
    if heard.map(take).any(|taken| taken.is_err()) {
        tell("warning: Ctrl-C cannot be handled; it would end a run without its files\n");
    }
}

fn take(signal: i32) -> io::Result<()> {
    // In this order: the first signal arms the end that the second brings.
    flag::register_conditional_shutdown(signal, KILLED + signal, Arc::clone(&ASKED))?;
    flag::register(signal, Arc::clone(&ASKED))?;
    Ok(())
}

/// A write beyond the limit of a file's size becomes an error with a message; without this the system
/// ends the process.
pub fn outlive_size_limits() {
    #[cfg(unix)]
    {
        // What cannot be taken over stays as it was.
        let _ = flag::register(consts::signal::SIGXFSZ, Arc::default());
    }
}

/// The signals that this process ignores, as bits from signal 1 on, where the system tells.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// What a verb says that has stopped before it wrote anything.
pub fn nothing_written() -> Failure {
    Failure::Work("interrupted: nothing is written".to_owned())
}

/// Whether the user has asked to stop.
pub fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// Goes on until the user has asked to stop.
pub fn unless_asked() -> ControlFlow<()> {
    if asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// What says that the user has asked to stop, for whoever must look by himself.
pub fn flag() -> Arc<AtomicBool> {
    Arc::clone(&ASKED)
}

/// Whoever starts both ends of a pipe needs not be told that one was first.
const TELL_AFTER: Duration = Duration::from_secs(1);

/// Lets an output wait for the reader of a pipe until the user has asked to stop, and says what it waits for.
pub fn patience() -> impl FnMut(&Path, Duration) -> ControlFlow<()> {
    let mut told = false;
    move |pipe, waited| {
        if waited >= TELL_AFTER && !std::mem::replace(&mut told, true) {
            tell(&format!("waits for a reader of {}\n", named(pipe)));
        }
        unless_asked()
    }
}
