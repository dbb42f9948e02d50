//! Spikes that may not have arrived everywhere yet.

use memspike_time::Time;

use crate::spike::Spike;

/// Spikes in their order, each with a number that counts from the start of the run.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// The number of the first one that is kept.
    first: u64,
    spikes: Vec<Spike>,
}

impl History {
    /// The history of a run that goes on with these spikes under way.
    pub fn with(spikes: Vec<Spike>) -> Self {
        Self { first: 0, spikes }
    }

    /// The number that the next spike gets.
    pub fn end(&self) -> u64 {
        self.first + self.spikes.len() as u64
    }

    /// The spikes from a number on, which must not have been forgotten.
    pub fn since(&self, number: u64) -> &[Spike] {
        &self.spikes[(number - self.first) as usize..]
    }

    /// All that are kept.
    pub fn kept(&self) -> &[Spike] {
        &self.spikes
    }

    /// Bytes that they take.
    pub fn bytes(&self) -> usize {
        self.spikes.capacity() * size_of::<Spike>()
    }

    /// Adds spikes, in order and not before those that are there.
    pub fn extend(&mut self, spikes: &[Spike]) {
        self.spikes.extend_from_slice(spikes);
    }

    /// Takes back all spikes from a number on.
    pub fn retract(&mut self, number: u64) {
        self.spikes.truncate((number - self.first) as usize);
    }

    /// Lets go of all spikes that have arrived everywhere before `start`, given the longest delay.
    pub fn forget(&mut self, start: Time, longest_fs: u64) {
        let gone = self.spikes.partition_point(|spike| spike.at.later(longest_fs) < start);
        // Moving the rest is worth it when it is the smaller half.
        if gone > self.spikes.len() / 2 {
            self.spikes.drain(..gone);
            self.first += gone as u64;
        }
    }
}
