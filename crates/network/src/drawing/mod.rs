//! The synapses of a projection, one after another.
//!
//! What is drawn depends on the seed, the projection's name and the neuron that its rule draws for: the source where the
//! rule fixes how many synapses a source has, otherwise the target. Who asks for some targets draws the synapses of these
//! alone, except where the rule draws for sources: there all are drawn, and the others left out.
//!
//! Pairs, weights and delays of a neuron are streams of their own, of the generator of the crate `random` (ChaCha with 8
//! rounds). Whole numbers below a bound come by Lemire's method (ACM Transactions on Modeling and Computer Simulation 29,
//! 2019), normal ones by the ziggurat of `rand_distr`.

mod numbers;
mod pairs;
mod split;

use std::ops::Range;

use memspike_random::{Draws, Owner};

use crate::{Connections, Network, Projection, ProjectionId, Rule};
use numbers::{Delays, Numbers};
use pairs::{Pairs, Visit};

/// A synapse as it is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Synapse {
    /// The neuron that it comes from, within its population.
    pub source: u32,
    /// The neuron that it leads to, within its population.
    pub target: u32,
    /// Its number among the synapses of the neuron that the rule draws for; it tells synapses between the same two
    /// neurons apart, and orders them.
    pub index: u64,
    /// Its weight.
    pub weight: f64,
    /// Its delay, in units of [`Drawing::delay_unit_fs`].
    pub delay: u64,
}

/// The synapses of a projection under a seed.
#[derive(Debug, Clone)]
pub struct Drawing<'n> {
    pairs: Pairs<'n>,
    weights: Numbers<'n>,
    delays: Delays<'n>,
}

impl Network {
    /// The synapses of a projection under a seed.
    ///
    /// # Panics
    /// If the id is another network's.
    #[must_use]
    pub fn drawing(&self, id: ProjectionId, seed: u64) -> Drawing<'_> {
        let projection = self.projection(id);
        let weights = match projection.connections() {
            Connections::OneToOne => Numbers::All(1.0),
            Connections::Dense(weights) => Numbers::Each(weights.values()),
            Connections::Sparse(rows) => Numbers::Each(rows.weights()),
            Connections::Drawn(drawn) => {
                Numbers::new(&drawn.weights, Draws::new(seed, Owner::Weights(projection.name())))
            }
        };
        let draws = Draws::new(seed, Owner::Delays(projection.name()));
        let delays = Delays::new(projection.delay(), self.delay_tick_fs(), draws);
        Drawing { pairs: self.pairs(projection, seed), weights, delays }
    }

    fn pairs<'n>(&'n self, projection: &'n Projection, seed: u64) -> Pairs<'n> {
        let size = |id| self.population(id).size() as u32;
        Pairs {
            name: projection.name(),
            connections: projection.connections(),
            sources: size(projection.from()),
            targets: size(projection.to()),
            within: projection.from() == projection.to(),
            seed,
        }
    }
}

impl Drawing<'_> {
    /// Femtoseconds of a [`Synapse::delay`] of 1: the network's tick if all delays are multiples of it, otherwise 1.
    #[must_use]
    pub const fn delay_unit_fs(&self) -> u64 {
        self.delays.unit_fs
    }

    /// Every pair of a source and a target in a range of targets, with [`Synapse::index`]: `take(source, target, index)`.
    ///
    /// The order is that of the neurons that the rule draws for, and there that in which they are drawn. However targets are
    /// parted, the synapses are the same.
    pub fn visit_pairs(&self, targets: Range<u32>, take: impl FnMut(u32, u32, u64)) {
        let mut visit = OnlyPairs {
            take,
            key: 0,
            index: 0,
            targets: targets.clone(),
            by_source: self.by_source(),
        };
        self.pairs.visit(targets, &mut visit);
    }

    /// [`Drawing::visit_pairs`] with weights and delays.
    pub fn visit(&self, targets: Range<u32>, take: impl FnMut(Synapse)) {
        let mut visit = Whole {
            weights: self.weights.row(0),
            delays: self.delays.row(0),
            drawing: self,
            take,
            key: 0,
            index: 0,
            targets: targets.clone(),
            by_source: self.by_source(),
        };
        self.pairs.visit(targets, &mut visit);
    }

    /// How many synapses lead to a range of targets.
    #[must_use]
    pub fn count(&self, targets: Range<u32>) -> u64 {
        let mut count = 0;
        self.visit_pairs(targets, |_, _, _| count += 1);
        count
    }

    fn by_source(&self) -> bool {
        match self.pairs.connections {
            Connections::Sparse(_) => true,
            Connections::Drawn(drawn) => matches!(drawn.rule, Rule::OutDegree(_)),
            Connections::OneToOne | Connections::Dense(_) => false,
        }
    }
}

/// Ends of a synapse between the neuron that the rule draws for and another.
fn ends(by_source: bool, key: u32, other: u32) -> (u32, u32) {
    if by_source { (key, other) } else { (other, key) }
}

/// Gives pairs away.
struct OnlyPairs<F> {
    take: F,
    key: u32,
    index: u64,
    targets: Range<u32>,
    by_source: bool,
}

impl<F: FnMut(u32, u32, u64)> Visit for OnlyPairs<F> {
    fn neuron(&mut self, key: u32) {
        (self.key, self.index) = (key, 0);
    }

    #[inline]
    fn synapse(&mut self, other: u32) {
        let (source, target) = ends(self.by_source, self.key, other);
        if !self.by_source || self.targets.contains(&target) {
            (self.take)(source, target, self.index);
        }
        self.index += 1;
    }
}

/// Gives synapses away, with weights and delays.
struct Whole<'d, F> {
    drawing: &'d Drawing<'d>,
    weights: numbers::NumbersRow<'d>,
    delays: numbers::DelaysRow<'d>,
    take: F,
    key: u32,
    index: u64,
    targets: Range<u32>,
    by_source: bool,
}

impl<F: FnMut(Synapse)> Visit for Whole<'_, F> {
    fn neuron(&mut self, key: u32) {
        (self.key, self.index) = (key, 0);
        self.weights = self.drawing.weights.row(key);
        self.delays = self.drawing.delays.row(key);
    }

    #[inline]
    fn synapse(&mut self, other: u32) {
        let (source, target) = ends(self.by_source, self.key, other);
        let index = self.index;
        self.index += 1;
        let place = || self.drawing.pairs.place(self.key, other, index);
        // Numbers of synapses that are left out are drawn too: the next ones stand behind them.
        let weight = self.weights.next(place);
        let delay = self.delays.next(place);
        if !self.by_source || self.targets.contains(&target) {
            (self.take)(Synapse { source, target, index, weight, delay });
        }
    }
}
