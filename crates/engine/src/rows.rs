//! The rows of an array as the sources that hold them: which are not at rest, and which sums hang on each.

use std::collections::BTreeSet;
use std::ops::Deref;

use memspike_circuit::{Array, Circuit, ElementId, Topology, Weights};

/// The weights of a sum over the sources that hold its rows.
pub(crate) enum Terms<'c> {
    /// One source holds each row: the circuit has them.
    Lent(&'c Weights),
    Own(Weights),
}

impl Deref for Terms<'_> {
    type Target = Weights;

    fn deref(&self) -> &Weights {
        match self {
            Self::Lent(weights) => weights,
            Self::Own(weights) => weights,
        }
    }
}

/// The rows that the sums of one array share.
pub(crate) struct Rows {
    /// Positions of the sources that hold them, ascending; a row here is one of these.
    sources: Vec<usize>,
    /// What each of them holds (V), not a number where that moves: so a sum need not look at the sources.
    values: Vec<f64>,
    /// Those that are not at rest, ascending: few of many.
    active: Vec<u32>,
    /// How many of them move.
    moving: usize,
    /// Whether each of them holds one row of the array, in the array's order.
    is_one_each: bool,
    /// Positions of the sums that depend on row `r`: `sums[starts[r]..starts[r + 1]]`.
    starts: Vec<u32>,
    sums: Vec<u32>,
}

/// The sources that hold the rows of an array.
pub(crate) fn holders<'c>(
    topology: &'c Topology,
    array: &'c Array,
) -> impl Iterator<Item = ElementId> + 'c {
    let driven = array.rows().iter().flat_map(|row| topology.driven(*row).into_iter().flatten());
    driven.map(|(source, _)| *source)
}

impl Rows {
    /// The rows of an array where `position` gives the position of a source.
    pub fn new(topology: &Topology, array: &Array, position: impl Fn(ElementId) -> usize) -> Self {
        let sources: BTreeSet<usize> = holders(topology, array).map(&position).collect();
        let sources: Vec<usize> = sources.into_iter().collect();
        let holds_one = |(row, source): (&_, &usize)| match topology.driven(*row) {
            Some([(holder, 1)]) => position(*holder) == *source,
            _ => false,
        };
        let is_one_each =
            array.rows().len() == sources.len() && array.rows().iter().zip(&sources).all(holds_one);
        let values = vec![0.0; sources.len()];
        let (active, starts, sums) = (Vec::new(), Vec::new(), Vec::new());
        Self { sources, values, active, moving: 0, is_one_each, starts, sums }
    }

    /// The weights of a sum over the rows of `array` as weights of those here.
    pub fn terms<'c>(
        &self,
        circuit: &Circuit,
        array: &Array,
        weights: &'c Weights,
        position: impl Fn(ElementId) -> usize,
    ) -> Terms<'c> {
        if self.is_one_each {
            return Terms::Lent(weights);
        }
        let topology = circuit.topology();
        let mut own: Vec<(u32, f64)> = Vec::new();
        for (row, weight) in weights.iter() {
            let held_by = topology.driven(array.rows()[row as usize]).into_iter().flatten();
            own.extend(held_by.map(|(source, sign)| {
                let at = self.sources.binary_search(&position(*source));
                (at.expect("it holds a row") as u32, weight * f64::from(*sign))
            }));
        }
        // What one source adds up from several rows, in their order.
        own.sort_by_key(|(at, _)| *at);
        own.dedup_by(|(at, more), (first, sum)| {
            let is_same = at == first;
            if is_same {
                *sum += *more;
            }
            is_same
        });
        Terms::Own(Weights::of_rows(self.sources.len(), own))
    }

    /// The positions of the sources that hold them.
    pub fn sources(&self) -> &[usize] {
        &self.sources
    }

    /// Notes the sums that depend on each row: their positions, with their weights.
    pub fn depend<'t>(&mut self, sums: impl Iterator<Item = (u32, &'t Weights)> + Clone) {
        let mut starts = vec![0_u32; self.sources.len() + 1];
        let rows = |weights: &'t Weights| weights.iter().map(|(row, _)| row as usize);
        sums.clone().flat_map(|(_, weights)| rows(weights)).for_each(|row| starts[row + 1] += 1);
        for row in 0..self.sources.len() {
            starts[row + 1] += starts[row];
        }
        let mut next = starts.clone();
        self.sums = vec![0; starts[self.sources.len()] as usize];
        for (sum, weights) in sums {
            for row in rows(weights) {
                self.sums[next[row] as usize] = sum;
                next[row] += 1;
            }
        }
        self.starts = starts;
    }

    /// The sums that depend on a row.
    pub fn sums(&self, row: u32) -> &[u32] {
        let [from, to] = [row as usize, row as usize + 1].map(|at| self.starts[at] as usize);
        &self.sums[from..to]
    }

    /// Notes what the source of a row holds now (V), nothing if it moves.
    pub fn note(&mut self, row: u32, value: Option<f64>) {
        let value = value.unwrap_or(f64::NAN);
        let before = std::mem::replace(&mut self.values[row as usize], value);
        self.moving -= usize::from(before.is_nan());
        self.moving += usize::from(value.is_nan());
        match (before == 0.0, value == 0.0) {
            (true, false) => {
                let at = self.active.partition_point(|other| *other < row);
                self.active.insert(at, row);
            }
            (false, true) => {
                let at = self.active.partition_point(|other| *other < row);
                self.active.remove(at);
            }
            _ => {}
        }
    }

    /// Whether none of its sources moves.
    pub fn rest_or_hold(&self) -> bool {
        self.moving == 0
    }

    /// A sum of what the rows hold, if none of them moves; in the order of [`Rows::active`].
    pub fn sum(&self, terms: &Weights) -> Option<f64> {
        let held = |row: &u32| terms.of(*row) * self.values[*row as usize];
        let sum = || match self.are_few_for(terms) {
            true => self.active.iter().map(held).fold(0.0, |sum, term| sum + term),
            false => terms.sum(&self.values),
        };
        self.rest_or_hold().then(sum)
    }

    /// Whether what is active of all rows is looked up among the weights in fewer steps than these are gone through.
    fn are_few_for(&self, terms: &Weights) -> bool {
        self.active.len() * terms.steps() <= terms.stored()
    }

    /// Sources and weights of those terms of a sum whose row is not at rest, ascending, in the fewest steps.
    pub fn active<'t>(&'t self, terms: &'t Weights) -> impl Iterator<Item = (usize, f64)> + 't {
        let few = self.are_few_for(terms);
        let of_rows = few.then(|| self.active.iter().map(|row| (*row, terms.of(*row))));
        let is_active = |(row, _): &(u32, f64)| self.values[*row as usize] != 0.0;
        let of_terms = (!few).then(|| terms.iter().filter(is_active));
        let weighted = of_rows.into_iter().flatten().chain(of_terms.into_iter().flatten());
        let weighted = weighted.filter(|(_, weight)| *weight != 0.0);
        weighted.map(|(row, weight)| (self.sources[row as usize], weight))
    }
}
