//! Processes that work together, called ranks: by MPI where the program is built with the feature `mpi`, otherwise there is one.
//!
//! All functions that send something are called by all ranks alike, in the same order, and wait for the others. What MPI itself
//! cannot do ends all ranks with its message. A rank that panics ends the others: none waits for it.

#[cfg(not(feature = "mpi"))]
mod alone;
mod pieces;
#[cfg(feature = "mpi")]
mod world;

use std::cell::Cell;
use std::rc::Rc;

#[cfg(not(feature = "mpi"))]
use alone::World;
#[cfg(feature = "mpi")]
use world::World;

/// Why a process cannot be a rank.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// It is one of several, and was built without MPI.
    #[error(
        "this is one of {ranks} processes that MPI has started, and this program was built without MPI: build it with `--features mpi`, or unset {variable}"
    )]
    WithoutMpi {
        /// How many MPI has started.
        ranks: usize,
        /// The variable of the environment that says so.
        variable: &'static str,
    },
    /// The library allows no threads beside those that send messages.
    #[error("this MPI library allows no threads: another one is needed")]
    NoThreads,
}

/// The ranks of a job, of which this process is one. A clone is the same rank.
#[derive(Clone)]
pub struct Ranks {
    world: Rc<World>,
    /// Whether all ranks know that the work failed.
    known: Rc<Cell<bool>>,
}

impl Ranks {
    /// Joins the others, once in a process.
    ///
    /// # Errors
    /// If this process cannot work together with others that there are.
    ///
    /// # Panics
    /// If the process has joined before.
    pub fn join() -> Result<Self, JoinError> {
        Ok(Self { world: Rc::new(World::join()?), known: Rc::default() })
    }

    /// The number of this rank, from 0.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.world.rank()
    }

    /// How many ranks there are, one at least.
    #[must_use]
    pub fn count(&self) -> usize {
        self.world.count()
    }

    /// How many of them run on this machine and share its memory.
    #[must_use]
    pub fn on_this_machine(&self) -> usize {
        self.world.on_this_machine()
    }

    /// Every rank gives some bytes and gets those of all, in the order of ranks.
    pub fn share(&self, own: &[u8], of_all: &mut Vec<Vec<u8>>) {
        of_all.resize_with(self.count(), Vec::new);
        of_all.iter_mut().for_each(Vec::clear);
        self.world.share(own, of_all);
    }

    /// Every rank gives some bytes; rank 0 gets those of all, in the order of ranks, the others get nothing.
    #[must_use]
    pub fn collect(&self, own: &[u8]) -> Vec<Vec<u8>> {
        let ranks = if self.rank() == 0 { self.count() } else { 0 };
        let mut of_all = vec![Vec::new(); ranks];
        self.world.collect(own, &mut of_all);
        of_all
    }

    /// Every rank says how its work ended, by an exit status. Gives the first that failed, and its status.
    #[must_use]
    pub fn first_failed(&self, status: u8) -> Option<(usize, u8)> {
        let mut of_all = Vec::new();
        self.share(&[status], &mut of_all);
        let statuses = of_all.iter().filter_map(|bytes| bytes.first().copied());
        let failed = statuses.enumerate().find(|(_, status)| *status != 0);
        self.known.set(self.known.get() || failed.is_some());
        failed
    }

    /// Ends this rank's part: after all others where all know how it ended; at once, and theirs as well, if this rank failed alone.
    pub fn leave(self, status: u8) {
        if status == 0 || self.known.get() {
            self.world.leave();
        } else {
            self.world.abort(i32::from(status));
        }
    }
}
