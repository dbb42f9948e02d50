//! In which order populations go through a window.
//!
//! A population that hears nothing that depends on itself needs no delay in front of it: who is heard goes first, and who hears
//! goes after. What is left hears itself, by a loop of projections, and goes together, in the middle; the shortest delay there
//! bounds the window.

use std::collections::BTreeMap;

/// Of each population, the populations that it hears and the shortest delay from each (fs).
pub(crate) type Heard = Vec<BTreeMap<usize, u64>>;

/// The order of populations.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Levels {
    /// Of each population, when it goes, from 0.
    pub of: Vec<usize>,
    /// How many levels there are.
    pub count: usize,
    /// The shortest delay between populations that go together because of a loop, and which they are: source and target.
    pub shortest: Option<(u64, [usize; 2])>,
    /// When these go; without a loop, a level that nobody is of.
    pub looped: usize,
}

impl Levels {
    pub fn new(heard: &Heard) -> Self {
        let mut hearers = vec![BTreeMap::new(); heard.len()];
        for (to, from) in heard.iter().enumerate() {
            for (&from, &fs) in from {
                hearers[from].insert(to, fs);
            }
        }
        let before = peel(heard, &vec![None; heard.len()]);
        let after = peel(&hearers, &before);
        let depth = |peeled: &[Option<usize>]| peeled.iter().flatten().max().map_or(0, |at| at + 1);
        let (first, last) = (depth(&before), depth(&after));
        let together = |population: usize| before[population].or(after[population]).is_none();
        let level = |population: usize| match (before[population], after[population]) {
            (Some(level), _) => level,
            (None, Some(from_the_end)) => first + last - from_the_end,
            (None, None) => first,
        };
        let of: Vec<usize> = (0..heard.len()).map(level).collect();
        let loops = heard.iter().enumerate().filter(|(to, _)| together(*to));
        let within = loops.flat_map(|(to, from)| {
            let inside = from.iter().filter(|(from, _)| together(**from));
            inside.map(move |(&from, &fs)| (fs, [from, to]))
        });
        let shortest = within.min();
        Self { count: of.iter().max().map_or(0, |at| at + 1), of, shortest, looped: first }
    }
}

/// Takes populations away that depend on nothing that is left, again and again. Of each, in which turn it went; those that
/// are `gone` already do not count.
fn peel(depends: &Heard, gone: &[Option<usize>]) -> Vec<Option<usize>> {
    let mut turns: Vec<Option<usize>> = vec![None; depends.len()];
    for turn in 0.. {
        let free = |population: &usize| {
            let settled = |other: &usize| turns[*other].or(gone[*other]).is_some();
            let open = turns[*population].or(gone[*population]).is_none();
            open && depends[*population].keys().all(settled)
        };
        let free: Vec<usize> = (0..depends.len()).filter(free).collect();
        if free.is_empty() {
            break;
        }
        free.into_iter().for_each(|population| turns[population] = Some(turn));
    }
    turns
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Populations, each with those that it hears.
    fn heard(lists: &[&[(usize, u64)]]) -> Heard {
        lists.iter().map(|list| list.iter().copied().collect()).collect()
    }

    #[test]
    fn who_is_heard_goes_first() {
        // A source, a relay, what the relay drives; the numbers do not matter.
        let levels = Levels::new(&heard(&[&[(2, 0)], &[], &[(1, 0)]]));
        assert_eq!(levels, Levels { of: vec![2, 0, 1], count: 3, shortest: None, looped: 3 });
    }

    #[test]
    fn a_loop_goes_together_between_what_it_hears_and_what_hears_it() {
        // 0 -> 1 <-> 2 -> 3 -> 4.
        let levels =
            Levels::new(&heard(&[&[], &[(0, 0), (2, 7)], &[(1, 9)], &[(2, 1)], &[(3, 0)]]));
        assert_eq!(
            levels,
            Levels { of: vec![0, 1, 1, 2, 3], count: 4, shortest: Some((7, [2, 1])), looped: 1 }
        );
    }

    #[test]
    fn what_lies_between_two_loops_goes_with_them() {
        let levels = Levels::new(&heard(&[&[(0, 5)], &[(0, 3)], &[(1, 4), (2, 6)]]));
        assert_eq!(
            levels,
            Levels { of: vec![0, 0, 0], count: 1, shortest: Some((3, [0, 1])), looped: 0 }
        );
    }
}
