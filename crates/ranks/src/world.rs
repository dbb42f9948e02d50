//! The processes of an MPI job.

use std::ops::Range;
use std::thread;

use mpi::Threading;
use mpi::datatype::PartitionMut;
use mpi::environment::Universe;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives, Root};

use crate::JoinError;
use crate::pieces::pieces;

/// Bytes of a message: MPI counts them by a C `int`.
const MOST_BYTES: usize = i32::MAX as usize;

/// What a process gives that has panicked.
const PANICKED: i32 = 101;

pub(crate) struct World {
    all: SimpleCommunicator,
    rank: usize,
    count: usize,
    /// Ranks on this machine.
    here: usize,
    /// Ends MPI when it is dropped.
    _universe: Universe,
}

impl World {
    /// Joins the job that a variable of the environment tells of.
    pub fn join(_: &'static str) -> Result<Self, JoinError> {
        // Messages are sent by the main thread alone.
        let (universe, threading) =
            mpi::initialize_with_threading(Threading::Funneled).expect("a process joins once");
        let all = universe.world();
        let number = |count: i32| usize::try_from(count).expect("a count is not negative");
        let (rank, count) = (number(all.rank()), number(all.size()));
        let here = if count == 1 { 1 } else { number(all.split_shared(all.rank()).size()) };
        let world = Self { all, rank, count, here, _universe: universe };
        if threading < Threading::Funneled { Err(JoinError::NoThreads) } else { Ok(world) }
    }

    pub fn rank(&self) -> usize {
        self.rank
    }

    pub fn count(&self) -> usize {
        self.count
    }

    pub fn on_this_machine(&self) -> usize {
        self.here
    }

    pub fn share(&self, own: &[u8], of_all: &mut [Vec<u8>]) {
        let mut buffer = Vec::new();
        for round in pieces(&self.counts(own), MOST_BYTES) {
            let (counts, places) = layout(&round, &mut buffer);
            let mut parts = PartitionMut::new(&mut buffer[..], &counts[..], &places[..]);
            self.all.all_gather_varcount_into(&own[round[self.rank].clone()], &mut parts);
            extend(of_all, &round, &buffer);
        }
    }

    pub fn collect(&self, own: &[u8]) -> Vec<Vec<u8>> {
        let ranks = if self.rank == 0 { self.count } else { 0 };
        let mut of_all = vec![Vec::new(); ranks];
        let first = self.all.process_at_rank(0);
        let mut buffer = Vec::new();
        for round in pieces(&self.counts(own), MOST_BYTES) {
            let own = &own[round[self.rank].clone()];
            if self.rank > 0 {
                first.gather_varcount_into(own);
                continue;
            }
            let (counts, places) = layout(&round, &mut buffer);
            let mut parts = PartitionMut::new(&mut buffer[..], &counts[..], &places[..]);
            first.gather_varcount_into_root(own, &mut parts);
            extend(&mut of_all, &round, &buffer);
        }
        of_all
    }

    /// How many bytes each rank sends.
    fn counts(&self, own: &[u8]) -> Vec<usize> {
        let mut counts = vec![0_u64; self.count];
        self.all.all_gather_into(&(own.len() as u64), &mut counts[..]);
        counts.into_iter().map(|count| count as usize).collect()
    }

    pub fn leave(&self) {
        self.all.barrier();
    }

    /// Ends all ranks; a job of one ends by itself.
    pub fn abort(&self, status: i32) {
        if self.count > 1 {
            self.all.abort(status);
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if thread::panicking() {
            self.abort(PANICKED);
        }
    }
}

/// Lengths and places of the pieces, as MPI counts them, and room for them.
fn layout(round: &[Range<usize>], buffer: &mut Vec<u8>) -> (Vec<i32>, Vec<i32>) {
    let counts: Vec<i32> = round.iter().map(|piece| piece.len() as i32).collect();
    let place = |sum: &mut i32, count: &i32| Some(std::mem::replace(sum, *sum + count));
    let places = counts.iter().scan(0, place).collect();
    buffer.resize(round.iter().map(ExactSizeIterator::len).sum(), 0);
    (counts, places)
}

/// Adds each rank's piece to what came before.
fn extend(of_all: &mut [Vec<u8>], round: &[Range<usize>], mut buffer: &[u8]) {
    for (bytes, piece) in of_all.iter_mut().zip(round) {
        let (own, rest) = buffer.split_at(piece.len());
        bytes.extend_from_slice(own);
        buffer = rest;
    }
}
