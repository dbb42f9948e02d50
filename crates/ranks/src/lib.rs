//! Processes that work together, called ranks: by MPI where the program is built with the feature `mpi` and a starter
//! of MPI jobs has started it; otherwise there is one.
//!
//! All functions that send something are called by all ranks alike, in the same order, and wait for the others. What MPI itself
//! cannot do ends all ranks with its message. A rank that panics ends the others: none waits for it.

#[cfg(not(feature = "mpi"))]
mod absent;
mod launched;
mod pieces;
#[cfg(feature = "mpi")]
mod world;

use std::cell::Cell;
use std::rc::Rc;

#[cfg(not(feature = "mpi"))]
use absent::World;
#[cfg(feature = "mpi")]
use world::World;

/// Why a process cannot be a rank.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// It was started by MPI, and built without it.
    #[error(
        "MPI has started this process as one of several, and this program was built without MPI: build it with `--features mpi`, or unset {variable}"
    )]
    WithoutMpi {
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
    /// None where this process is alone.
    world: Option<Rc<World>>,
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
        let world = launched::by_mpi().map(World::join).transpose()?;
        Ok(Self { world: world.map(Rc::new), known: Rc::default() })
    }

    /// The number of this rank, from 0.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.world.as_ref().map_or(0, |world| world.rank())
    }

    /// How many ranks there are, one at least.
    #[must_use]
    pub fn count(&self) -> usize {
        self.world.as_ref().map_or(1, |world| world.count())
    }

    /// How many of them run on this machine and share its memory.
    #[must_use]
    pub fn on_this_machine(&self) -> usize {
        self.world.as_ref().map_or(1, |world| world.on_this_machine())
    }

    /// Every rank gives some bytes and gets those of all, in the order of ranks.
    pub fn share(&self, own: &[u8], of_all: &mut Vec<Vec<u8>>) {
        of_all.resize_with(self.count(), Vec::new);
        of_all.iter_mut().for_each(Vec::clear);
        match &self.world {
            Some(world) => world.share(own, of_all),
            None => of_all[0].extend_from_slice(own),
        }
    }

    /// Every rank gives some bytes; rank 0 gets those of all, in the order of ranks, the others get nothing.
    #[must_use]
    pub fn collect(&self, own: &[u8]) -> Vec<Vec<u8>> {
        match &self.world {
            Some(world) => world.collect(own),
            None => vec![own.to_vec()],
        }
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
        match self.world {
            Some(world) if status == 0 || self.known.get() => world.leave(),
            Some(world) => world.abort(i32::from(status)),
            None => {}
        }
    }
}
