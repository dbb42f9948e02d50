//! Which of a set of numbered groups is due next.

use memspike_time::Time;

/// A binary heap of groups by time, in which the time of each group can change. Groups of one time come in the order of their numbers.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    heap: Vec<(Time, usize)>,
    /// Where a group stands in `heap`, by its number.
    place: Vec<Option<usize>>,
}

impl Agenda {
    /// Of groups `0..groups`, none of them due.
    pub fn new(groups: usize) -> Self {
        Self { heap: Vec::with_capacity(groups), place: vec![None; groups] }
    }

    /// The group that is due first, and when.
    pub fn first(&self) -> Option<(usize, Time)> {
        self.heap.first().map(|&(at, group)| (group, at))
    }

    /// A group is due at another time, or not at all.
    pub fn plan(&mut self, group: usize, next: Option<Time>) {
        match (self.place[group], next) {
            (Some(place), Some(at)) => {
                self.heap[place].0 = at;
                self.settle(place);
            }
            (None, Some(at)) => {
                self.heap.push((at, group));
                self.place[group] = Some(self.heap.len() - 1);
                self.settle(self.heap.len() - 1);
            }
            (Some(place), None) => {
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
        while place > 0 && entry < self.heap[(place - 1) / 2] {
            self.put(place, self.heap[(place - 1) / 2]);
            place = (place - 1) / 2;
        }
        loop {
            let left = 2 * place + 1;
            let right = left + 1;
            if left >= self.heap.len() {
                break;
            }
            let least = right < self.heap.len() && self.heap[right] < self.heap[left];
            let child = if least { right } else { left };
            if self.heap[child] >= entry {
                break;
            }
            self.put(place, self.heap[child]);
            place = child;
        }
        self.put(place, entry);
    }

    fn put(&mut self, place: usize, entry: (Time, usize)) {
        self.heap[place] = entry;
        self.place[entry.1] = Some(place);
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
            plans in prop::collection::vec((0_usize..9, prop::option::of(0_u64..20)), 0..200)
        ) {
            let mut agenda = Agenda::new(9);
            let mut due = [None; 9];
            for (group, tick) in plans {
                let at = tick.map(Time::from_tick);
                agenda.plan(group, at);
                due[group] = at;
                let all = due.iter().enumerate().filter_map(|(group, at)| Some(((*at)?, group)));
                prop_assert_eq!(agenda.first(), all.min().map(|(at, group)| (group, at)));
            }
        }
    }
}
