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

/// Bytes of the first message of each rank: how many bytes it sends, and the bytes themselves where they are few. So a network that is
/// small, or silent, waits for one message a window.
const HEAD: usize = 512;

/// Bytes of a head that are a number.
const NUMBER: usize = size_of::<u64>();

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
        let heads = self.heads(own);
        let counts = counts(&heads);
        if counts.iter().all(|count| *count <= HEAD - NUMBER) {
            let (heads, _) = heads.as_chunks::<HEAD>();
            for ((bytes, head), count) in of_all.iter_mut().zip(heads).zip(counts) {
                bytes.extend_from_slice(&head[NUMBER..NUMBER + count]);
            }
            return;
        }
        let mut buffer = Vec::new();
        for round in pieces(&counts, MOST_BYTES) {
            let (counts, places) = layout(&round, &mut buffer);
            let mut parts = PartitionMut::new(&mut buffer[..], &counts[..], &places[..]);
            self.all.all_gather_varcount_into(sent(own, &round[self.rank]), &mut parts);
            extend(of_all, &round, &buffer);
        }
    }

    pub fn collect(&self, own: &[u8]) -> Vec<Vec<u8>> {
        let ranks = if self.rank == 0 { self.count } else { 0 };
        let mut of_all = vec![Vec::new(); ranks];
        let first = self.all.process_at_rank(0);
        let mut buffer = Vec::new();
        for round in pieces(&counts(&self.heads(own)), MOST_BYTES) {
            let own = sent(own, &round[self.rank]);
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

    /// The heads of all ranks.
    fn heads(&self, own: &[u8]) -> Vec<u8> {
        let mut head = [0; HEAD];
        head[..NUMBER].copy_from_slice(&(own.len() as u64).to_le_bytes());
        let few = own.len().min(HEAD - NUMBER);
        head[NUMBER..NUMBER + few].copy_from_slice(&own[..few]);
        let mut heads = vec![0; HEAD * self.count];
        self.all.all_gather_into(&head[..], &mut heads[..]);
        heads
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

/// A piece of what is sent. An empty one has the address of something: that of an empty list may be the one by which MPI libraries
/// know `MPI_IN_PLACE`.
fn sent<'b>(own: &'b [u8], piece: &Range<usize>) -> &'b [u8] {
    const SOMETHING: &[u8] = &[0];
    if piece.is_empty() { &SOMETHING[..0] } else { &own[piece.clone()] }
}

/// How many bytes each rank sends, by the heads of all.
fn counts(heads: &[u8]) -> Vec<usize> {
    let (heads, _) = heads.as_chunks::<HEAD>();
    let number = |head: &[u8; HEAD]| head.first_chunk().map_or(0, |word| u64::from_le_bytes(*word));
    heads.iter().map(|head| number(head) as usize).collect()
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
