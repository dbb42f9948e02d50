//! Sinks that are asked to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What a sink may still take when it has been asked: nearly every run hears of it before, and then all that it
/// leaves ends at one instant.
const PATIENCE: Duration = Duration::from_secs(1);

/// A flag that somebody else sets, and when it was first seen.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    asked: Arc<AtomicBool>,
    seen: Option<Instant>,
}

impl Stop {
    pub fn new(asked: Arc<AtomicBool>) -> Self {
        Self { asked, seen: None }
    }

    /// Whether it is time to end with what there is.
    pub fn is_due(&mut self) -> bool {
        self.asked.load(Ordering::Relaxed)
            && self.seen.get_or_insert_with(Instant::now).elapsed() >= PATIENCE
    }
}
