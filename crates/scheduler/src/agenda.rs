//! Pending events: at most one of each origin, by time, round and origin.

use std::cmp::Reverse;
use std::hash::BuildHasherDefault;

use memspike_time::Time;
use priority_queue::PriorityQueue;
use rustc_hash::FxHasher;

/// Who schedules events, by position.
pub type Origin = u32;

/// The order of events: time, round, origin. An origin has one pending event, so this is total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    time: Time,
    round: u32,
    origin: Origin,
}

/// What one agenda did. It balances: what was scheduled is what fired, was cancelled or is pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Events put in.
    pub scheduled: u64,
    /// Events taken back before their time.
    pub cancelled: u64,
    /// Events that happened.
    pub fired: u64,
}

/// The pending events of a group of origins.
#[derive(Debug, Default)]
pub struct Agenda {
    heap: PriorityQueue<Origin, Reverse<Key>, BuildHasherDefault<FxHasher>>,
    /// The origin whose event is happening; its entry is spent, but keeps its place in the heap
    /// until the origin's next event takes it.
    firing: Option<Origin>,
    tally: Tally,
}

impl Agenda {
    /// Sets the pending event of an origin to a time and round, or removes it.
    pub fn schedule(&mut self, origin: Origin, due: Option<(Time, u32)>) {
        let spent = self.firing == Some(origin);
        if spent {
            self.firing = None;
        }
        let replaced = match due {
            Some((time, round)) => {
                self.tally.scheduled += 1;
                self.heap.push(origin, Reverse(Key { time, round, origin }))
            }
            None => self.heap.remove(&origin).map(|(_, key)| key),
        };
        if replaced.is_some() && !spent {
            self.tally.cancelled += 1;
        }
    }

    /// Time and round of the first pending event. Not while an event is happening: its origin must have
    /// scheduled its next one first.
    #[must_use]
    pub fn next_due(&self) -> Option<(Time, u32)> {
        debug_assert!(self.firing.is_none(), "an origin has yet to schedule its next event");
        self.heap.peek().map(|(_, Reverse(key))| (key.time, key.round))
    }

    /// How many events are pending.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.heap.len() - usize::from(self.firing.is_some())
    }

    /// What was done so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Counts events that their origin handled at once instead of waiting for its turn.
    pub fn count_ahead(&mut self, events: u64) {
        self.tally.scheduled += events;
        self.tally.fired += events;
    }

    /// The next event if it is due at or before this time and round. It counts as done.
    pub fn next(&mut self, until: (Time, u32)) -> Option<(Origin, Time, u32)> {
        if let Some(spent) = self.firing.take() {
            self.heap.remove(&spent);
        }
        let (&origin, Reverse(key)) = self.heap.peek()?;
        if (key.time, key.round) > until {
            return None;
        }
        self.firing = Some(origin);
        self.tally.fired += 1;
        Some((origin, key.time, key.round))
    }
}
