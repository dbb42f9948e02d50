//! The event queue: at most one pending event for each origin, in the order of [`Key`].

use std::cmp::Reverse;
use std::hash::BuildHasherDefault;

use priority_queue::PriorityQueue;
use rustc_hash::FxHasher;

use crate::Time;

/// Who schedules events, by position.
type Origin = u32;

/// The order of events: time, then origin. An origin has one pending event, so this is total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    time: Time,
    origin: Origin,
}

/// How much work a run was. It balances: what was scheduled is what fired, was cancelled or is pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Events put into the queue: wake-ups of islands and changes of sources.
    pub scheduled: u64,
    /// Events taken back before their time because what they assumed changed.
    pub cancelled: u64,
    /// Events that happened.
    pub fired: u64,
    /// Events that wait for their time.
    pub pending: u64,
    /// Changes of phase of devices after the start, each told once to a sink that follows them all.
    pub phase_changes: u64,
    /// Sets of modes computed, one for each make of island and switch configuration met, and one more
    /// for each that was met again after it had been dropped.
    pub mode_sets: u64,
    /// Sets of modes dropped to make room.
    pub mode_sets_dropped: u64,
}

/// What one queue did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    pub scheduled: u64,
    pub cancelled: u64,
    pub fired: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Queue {
    heap: PriorityQueue<Origin, Reverse<Key>, BuildHasherDefault<FxHasher>>,
    /// The origin whose event is happening; its entry is spent, but keeps its place in the heap
    /// until the origin's next event takes it.
    firing: Option<Origin>,
    pub tally: Tally,
}

impl Queue {
    /// Sets the pending event of an origin, or removes it.
    pub fn schedule(&mut self, origin: Origin, time: Option<Time>) {
        let spent = self.firing == Some(origin);
        if spent {
            self.firing = None;
        }
        let replaced = match time {
            Some(time) => {
                self.tally.scheduled += 1;
                self.heap.push(origin, Reverse(Key { time, origin }))
            }
            None => self.heap.remove(&origin).map(|(_, key)| key),
        };
        if replaced.is_some() && !spent {
            self.tally.cancelled += 1;
        }
    }

    /// When the first pending event is due. Not while an event is happening: its origin must have
    /// scheduled its next one first.
    pub fn next_time(&self) -> Option<Time> {
        debug_assert!(self.firing.is_none(), "an origin has yet to schedule its next event");
        self.heap.peek().map(|(_, Reverse(key))| key.time)
    }

    /// How many events are pending.
    pub fn pending(&self) -> usize {
        self.heap.len() - usize::from(self.firing.is_some())
    }

    /// Counts an event that its origin handled at once instead of waiting for its turn.
    pub fn count_ahead(&mut self) {
        self.tally.scheduled += 1;
        self.tally.fired += 1;
    }

    /// The next event if it is due at or before `until`. It counts as done.
    pub fn next(&mut self, until: Time) -> Option<(Origin, Time)> {
        if let Some(spent) = self.firing.take() {
            self.heap.remove(&spent);
        }
        let (&origin, Reverse(key)) = self.heap.peek()?;
        if key.time > until {
            return None;
        }
        self.firing = Some(origin);
        self.tally.fired += 1;
        Some((origin, key.time))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// The same queue as a sorted map, the slow and obvious way.
    #[derive(Default)]
    struct Shadow(BTreeMap<Origin, Time>);

    impl Shadow {
        fn next(&mut self, until: Time) -> Option<(Origin, Time)> {
            let (origin, time) =
                self.0.iter().map(|(o, t)| (*o, *t)).min_by_key(|(o, t)| (*t, *o))?;
            (time <= until).then(|| {
                self.0.remove(&origin);
                (origin, time)
            })
        }
    }

    #[derive(Debug, Clone)]
    enum Step {
        Schedule(Origin, Option<Time>),
        Next(Time),
    }

    fn time() -> impl Strategy<Value = Time> {
        (0_u64..8, 0_u8..3).prop_map(|(tick, third)| Time { tick, frac: f64::from(third) / 3.0 })
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (0_u32..12, proptest::option::weighted(0.8, time()))
                .prop_map(|(origin, time)| Step::Schedule(origin, time)),
            2 => time().prop_map(Step::Next),
        ]
    }

    proptest! {
        #[test]
        fn the_queue_orders_as_a_sorted_map_does(steps in proptest::collection::vec(step(), 1..200)) {
            let (mut queue, mut shadow) = (Queue::default(), Shadow::default());
            for step in steps {
                match step {
                    Step::Schedule(origin, time) => {
                        queue.schedule(origin, time);
                        match time {
                            Some(time) => shadow.0.insert(origin, time),
                            None => shadow.0.remove(&origin),
                        };
                    }
                    Step::Next(until) => prop_assert_eq!(queue.next(until), shadow.next(until)),
                }
            }
            let Tally { scheduled, cancelled, fired } = queue.tally;
            prop_assert_eq!(queue.pending(), shadow.0.len());
            prop_assert_eq!(scheduled, fired + cancelled + shadow.0.len() as u64);
        }
    }
}
