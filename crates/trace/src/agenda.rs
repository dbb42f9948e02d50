//! Which of a set of numbered groups is due next.

use memspike_time::Time;

/// Branches of a node. With four the tree is half as deep as with two, and a node's children lie side by side.
const BRANCHES: usize = 4;

/// A heap of groups by time, in which the time of each group can change. Groups of one time come in the order of their numbers.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    heap: Vec<Entry>,
    /// Where a group stands in `heap`, by its number.
    place: Vec<Option<u32>>,
}

/// When a group is due.
#[derive(Debug, Clone, Copy)]
struct Entry {
    tick: u64,
    /// Bits of the fraction, which is not negative and so in the order of its bits.
    frac: u64,
    group: usize,
}

impl Entry {
    fn new(at: Time, group: usize) -> Self {
        Self { tick: at.tick, frac: at.frac.to_bits(), group }
    }

    fn at(self) -> Time {
        Time { tick: self.tick, frac: f64::from_bits(self.frac) }
    }

    fn is_before(&self, other: &Self) -> bool {
        // Ticks are nearly always apart.
        if self.tick != other.tick {
            return self.tick < other.tick;
        }
        (self.frac, self.group) < (other.frac, other.group)
    }
}

impl Agenda {
    /// Of groups `0..groups`, none of them due.
    pub fn new(groups: usize) -> Self {
        Self { heap: Vec::with_capacity(groups), place: vec![None; groups] }
    }

    /// The group that is due first, and when.
    pub fn first(&self) -> Option<(usize, Time)> {
        self.heap.first().map(|entry| (entry.group, entry.at()))
    }

    /// A group is due at another time, or not at all.
    pub fn plan(&mut self, group: usize, next: Option<Time>) {
        match (self.place[group], next) {
            (Some(place), Some(at)) => {
                self.heap[place as usize] = Entry::new(at, group);
                self.settle(place as usize);
            }
            (None, Some(at)) => {
                self.heap.push(Entry::new(at, group));
                // Its place is noted where it settles.
                self.settle(self.heap.len() - 1);
            }
            (Some(place), None) => {
                let place = place as usize;
                self.heap.swap_remove(place);
                self.place[group] = None;
                if place < self.heap.len() {
                    self.settle(place);
                }
            }
            (None, None) => {}
        }
    }

    /// Moves what stands at `place` to where it belongs.
    fn settle(&mut self, mut place: usize) {
        let entry = self.heap[place];
        while place > 0 && entry.is_before(&self.heap[(place - 1) / BRANCHES]) {
            self.put(place, self.heap[(place - 1) / BRANCHES]);
            place = (place - 1) / BRANCHES;
        }
        loop {
            let first = BRANCHES * place + 1;
            let Some(children) = self.heap.get(first..self.heap.len().min(first + BRANCHES)) else {
                break;
            };
            let Some((mut least, others)) = children.split_first() else { break };
            let mut branch = 0;
            for (number, child) in (1..).zip(others) {
                if child.is_before(least) {
                    (least, branch) = (child, number);
                }
            }
            if !least.is_before(&entry) {
                break;
            }
            self.put(place, *least);
            place = first + branch;
        }
        self.put(place, entry);
    }

    fn put(&mut self, place: usize, entry: Entry) {
        self.heap[place] = entry;
        self.place[entry.group] = Some(place as u32);
    }

    /// How much it can hold without growing.
    #[cfg(test)]
    pub fn capacity(&self) -> usize {
        self.heap.capacity() + self.place.capacity()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_first_is_the_least_of_all_times_whatever_was_planned_before(
            plans in prop::collection::vec((0_usize..40, prop::option::of((0_u64..20, 0_u8..4))), 0..400)
        ) {
            let mut agenda = Agenda::new(40);
            let mut due = [None; 40];
            for (group, at) in plans {
                let at = at.map(|(tick, quarter)| Time { tick, frac: f64::from(quarter) / 4.0 });
                agenda.plan(group, at);
                due[group] = at;
                let all = due.iter().enumerate().filter_map(|(group, at)| Some(((*at)?, group)));
                prop_assert_eq!(agenda.first(), all.min().map(|(at, group)| (group, at)));
            }
        }
    }
}
