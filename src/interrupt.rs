//! Ctrl-C: the first asks for a clean end, the second ends at once.

use std::{
    process,
    sync::atomic::{AtomicBool, Ordering},
};

static ASKED: AtomicBool = AtomicBool::new(false);

/// What a shell reports for a process that SIGINT ended.
const KILLED: i32 = 130;

/// Takes over Ctrl-C from the system.
pub fn listen() {
    let taken = ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::Relaxed) {
            process::exit(KILLED);
        }
    });
    if taken.is_err() {
        eprintln!("warning: Ctrl-C cannot be handled; it would end a run without its files");
    }
}

/// Whether the user has asked to stop.
pub fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}
