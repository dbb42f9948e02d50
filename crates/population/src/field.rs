//! What the threads of a run share.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::history::History;
use crate::plan::Part;
use crate::spike::Window;

/// Why no lock fails: a panic within one ends the run.
const SOUND: &str = "a thread that panicked has ended the run";

/// Parts, each for one thread at a time, and the spikes of each level, which all hear. No one waits for a lock: within a window each part is
/// one thread's and histories are read, between windows one thread has all.
pub(crate) struct Field {
    parts: Vec<Mutex<Part>>,
    histories: RwLock<Vec<History>>,
}

impl Field {
    /// Parts that have heard nothing, of so many levels.
    pub fn new(parts: Vec<Part>, levels: usize) -> Self {
        let parts = parts.into_iter().map(Mutex::new).collect();
        let histories = RwLock::new((0..levels).map(|_| History::default()).collect());
        Self { parts, histories }
    }

    /// A part goes through a window.
    pub fn advance(&self, part: usize, window: Window) {
        let Part { kernel, told, .. } = &mut *self.parts[part].lock().expect(SOUND);
        told.clear();
        kernel.advance(window, &self.histories(), told);
    }

    /// Some parts, one after another.
    pub fn parts(&self, range: Range<usize>) -> impl Iterator<Item = MutexGuard<'_, Part>> {
        self.parts[range].iter().map(|part| part.lock().expect(SOUND))
    }

    /// All parts, one after another.
    pub fn all(&self) -> impl Iterator<Item = MutexGuard<'_, Part>> {
        self.parts(0..self.parts.len())
    }

    pub fn histories(&self) -> RwLockReadGuard<'_, Vec<History>> {
        self.histories.read().expect(SOUND)
    }

    pub fn histories_mut(&self) -> RwLockWriteGuard<'_, Vec<History>> {
        self.histories.write().expect(SOUND)
    }
}
