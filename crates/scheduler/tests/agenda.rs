//! The agenda beside a sorted map.

use std::collections::BTreeMap;

use memspike_scheduler::{Agenda, Origin, Tally};
use memspike_time::Time;
use proptest::prelude::*;

type Due = (Time, u32);

/// The same agenda as a sorted map, the slow and obvious way.
#[derive(Default)]
struct Shadow(BTreeMap<Origin, Due>);

impl Shadow {
    fn next(&mut self, until: Due) -> Option<(Origin, Time, u32)> {
        let (origin, due) =
            self.0.iter().map(|(o, due)| (*o, *due)).min_by_key(|(o, due)| (*due, *o))?;
        (due <= until).then(|| {
            self.0.remove(&origin);
            (origin, due.0, due.1)
        })
    }

    /// Visits by position those that are due, as [`Step::Sweep`] says; gives whom it visited, and the limit in the end.
    fn sweep(&mut self, mut limit: Due, later: u64) -> (Vec<(Origin, Due)>, Due) {
        let mut visited = Vec::new();
        for (origin, due) in &mut self.0 {
            if *due <= limit {
                visited.push((*origin, *due));
                *due = again(*origin, *due, later, &mut limit);
            }
        }
        (visited, limit)
    }
}

/// When an origin of a sweep is due again, which lowers the limit if its position is odd.
fn again(origin: Origin, (at, round): Due, later: u64, limit: &mut Due) -> Due {
    let next = (at.later(later), round);
    if origin % 2 == 1 {
        *limit = next.min(*limit);
    }
    next
}

#[derive(Debug, Clone)]
enum Step {
    Schedule(Origin, Option<Due>),
    Next(Due),
    /// Those due up to here, each of which is due again so many ticks later; after one of odd position, only up to
    /// where that is.
    Sweep(Due, u64),
    /// Those due up to here, which are next due then, in turn, or not at all.
    Take(Due, Vec<Option<Due>>),
}

fn due() -> impl Strategy<Value = Due> {
    (0_u64..6, 0_u8..3, 0_u32..3)
        .prop_map(|(tick, third, round)| (Time { tick, frac: f64::from(third) / 3.0 }, round))
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0_u32..12, proptest::option::weighted(0.8, due()))
            .prop_map(|(origin, due)| Step::Schedule(origin, due)),
        2 => due().prop_map(Step::Next),
        1 => (due(), 1_u64..4).prop_map(|(limit, later)| Step::Sweep(limit, later)),
        2 => (due(), proptest::collection::vec(proptest::option::weighted(0.7, due()), 1..5))
            .prop_map(|(until, next)| Step::Take(until, next)),
    ]
}

proptest! {
    #[test]
    fn the_agenda_orders_as_a_sorted_map_does(steps in proptest::collection::vec(step(), 1..200)) {
        let (mut agenda, mut shadow) = (Agenda::default(), Shadow::default());
        for step in steps {
            match step {
                Step::Schedule(origin, due) => {
                    agenda.schedule(origin, due);
                    match due {
                        Some(due) => shadow.0.insert(origin, due),
                        None => shadow.0.remove(&origin),
                    };
                }
                Step::Next(until) => prop_assert_eq!(agenda.next(until), shadow.next(until)),
                Step::Sweep(mut limit, later) => {
                    let mut visited = Vec::new();
                    let expected = shadow.sweep(limit, later);
                    agenda.sweep(&mut limit, |origin, due, limit| {
                        visited.push((origin, due));
                        Some(again(origin, due, later, limit))
                    });
                    prop_assert_eq!((visited, limit), expected);
                }
                Step::Take(until, next) => {
                    let mut taken = Vec::new();
                    agenda.take(until, &mut taken);
                    taken.sort_unstable();
                    let expected: Vec<Origin> = shadow
                        .0
                        .iter()
                        .filter(|(_, due)| **due <= until)
                        .map(|(origin, _)| *origin)
                        .collect();
                    prop_assert_eq!(&taken, &expected);
                    for (origin, next) in taken.into_iter().zip(next.iter().cycle()) {
                        agenda.schedule(origin, *next);
                        match next {
                            Some(due) => shadow.0.insert(origin, *due),
                            None => shadow.0.remove(&origin),
                        };
                    }
                    let first = shadow.0.values().min().copied();
                    prop_assert_eq!(agenda.next_due(), first);
                }
            }
        }
        let Tally { scheduled, cancelled, fired } = agenda.tally();
        prop_assert_eq!(agenda.pending(), shadow.0.len());
        prop_assert_eq!(scheduled, fired + cancelled + shadow.0.len() as u64);
    }
}
