//! Who is connected to whom, rule by rule.

use std::ops::Range;

use memspike_random::{Draws, Generator, Owner};
use rand::Rng as _;

use super::split;
use crate::{Connections, Degree, Probability, Rule, Total};

/// What is told of a projection, neuron by neuron.
pub(super) trait Visit {
    /// What follows are synapses of this neuron: of a source where the rule draws for sources, otherwise of a target.
    fn neuron(&mut self, key: u32);
    /// A synapse between it and this one.
    fn synapse(&mut self, other: u32);
}

/// Who is connected to whom in a projection.
#[derive(Debug, Clone)]
pub(super) struct Pairs<'n> {
    pub(super) name: &'n str,
    pub(super) connections: &'n Connections,
    pub(super) sources: u32,
    pub(super) targets: u32,
    /// Whether it leads from a population to itself.
    pub(super) within: bool,
    pub(super) seed: u64,
}

impl Pairs<'_> {
    /// Tells all synapses onto a range of targets; where the rule draws for sources, onto all targets.
    pub(super) fn visit(&self, targets: Range<u32>, visit: &mut impl Visit) {
        match self.connections {
            Connections::OneToOne => one_to_one(targets, visit),
            Connections::Dense(_) => self.all_to_all(true, targets, visit),
            Connections::Sparse(rows) => {
                for source in 0..self.sources {
                    visit.neuron(source);
                    rows.targets()[rows.of(source as usize)].iter().for_each(|t| visit.synapse(*t));
                }
            }
            Connections::Drawn(drawn) => match &drawn.rule {
                Rule::OneToOne => one_to_one(targets, visit),
                Rule::AllToAll(rule) => self.all_to_all(rule.autapses, targets, visit),
                Rule::InDegree(rule) => self.degree(rule, targets, self.sources, visit),
                Rule::OutDegree(rule) => self.degree(rule, 0..self.sources, self.targets, visit),
                Rule::Total(rule) => self.total(rule, targets, visit),
                Rule::Probability(rule) => self.probability(rule, targets, visit),
            },
        }
    }

    /// The place of a synapse in the lists of weights and delays, which a source begins that a rule draws for, or a
    /// target; where all are connected to all, they are a row for each source.
    pub(super) fn place(&self, key: u32, other: u32, index: u64) -> usize {
        let matrix = || other as usize * self.targets as usize + key as usize;
        match self.connections {
            Connections::OneToOne => key as usize,
            Connections::Dense(_) => matrix(),
            Connections::Sparse(rows) => rows.starts()[key as usize] + index as usize,
            Connections::Drawn(drawn) => match drawn.rule {
                Rule::OneToOne => key as usize,
                Rule::AllToAll(_) => matrix(),
                Rule::InDegree(Degree { degree, .. }) | Rule::OutDegree(Degree { degree, .. }) => {
                    key as usize * degree as usize + index as usize
                }
                Rule::Total(_) | Rule::Probability(_) => {
                    unreachable!("the builder takes no list for them")
                }
            },
        }
    }

    fn draws(&self) -> Draws {
        Draws::new(self.seed, Owner::Pairs(self.name))
    }

    /// Who can be connected to a neuron, of so many.
    fn choice(&self, of: u32, autapses: bool, key: u32) -> Choice {
        Choice { of, except: (self.within && !autapses).then_some(key) }
    }

    fn all_to_all(&self, autapses: bool, targets: Range<u32>, visit: &mut impl Visit) {
        for target in targets {
            visit.neuron(target);
            let choice = self.choice(self.sources, autapses, target);
            (0..choice.number()).for_each(|k| visit.synapse(choice.neuron(k)));
        }
    }

    fn degree(&self, rule: &Degree, keys: Range<u32>, of: u32, visit: &mut impl Visit) {
        let draws = self.draws();
        let mut taken = Taken::new(of, rule.multapses);
        for key in keys {
            visit.neuron(key);
            let choice = self.choice(of, rule.autapses, key);
            let mut words = draws.generator(key.into());
            taken.draw(&mut words, choice, rule.degree.into(), visit);
        }
    }

    fn total(&self, rule: &Total, targets: Range<u32>, visit: &mut impl Visit) {
        let draws = self.draws();
        let of_a_target = self.choice(self.sources, rule.autapses, 0).number();
        let halves = split::Halves {
            draws: Draws::new(self.seed, Owner::Halves(self.name)),
            distinct: (!rule.multapses).then_some(of_a_target),
            targets,
        };
        let mut taken = Taken::new(self.sources, rule.multapses);
        halves.visit(self.targets, rule.synapses, &mut |target, count| {
            visit.neuron(target);
            let choice = self.choice(self.sources, rule.autapses, target);
            let mut words = draws.generator(target.into());
            taken.draw(&mut words, choice, count, visit);
        });
    }

    /// From one connected source to the next, so that sources that are not connected cost nothing.
    fn probability(&self, rule: &Probability, targets: Range<u32>, visit: &mut impl Visit) {
        if rule.probability == 0.0 {
            return;
        }
        let draws = self.draws();
        // The logarithm of the probability that a pair is not connected.
        let apart = (-rule.probability).ln_1p();
        for target in targets {
            visit.neuron(target);
            let choice = self.choice(self.sources, rule.autapses, target);
            let mut words = draws.generator(target.into());
            let mut next = 0.0;
            loop {
                // The length of a gap is geometric. A chance is never 0, whose logarithm is no number.
                let chance = ((words.next_u64() >> 11) + 1) as f64 * f64::EPSILON / 2.0;
                next += (chance.ln() / apart).floor();
                if next >= choice.number().into() {
                    break;
                }
                visit.synapse(choice.neuron(next as u32));
                next += 1.0;
            }
        }
    }
}

fn one_to_one(targets: Range<u32>, visit: &mut impl Visit) {
    for neuron in targets {
        visit.neuron(neuron);
        visit.synapse(neuron);
    }
}

/// Neurons among which one is chosen.
#[derive(Debug, Clone, Copy)]
struct Choice {
    of: u32,
    /// One that is not chosen.
    except: Option<u32>,
}

impl Choice {
    fn number(self) -> u32 {
        self.of - u32::from(self.except.is_some())
    }

    #[inline]
    fn neuron(self, k: u32) -> u32 {
        match self.except {
            Some(except) if k >= except => k + 1,
            _ => k,
        }
    }
}

/// Which neurons a neuron is connected to already.
struct Taken {
    /// A bit for each, all clear between two draws; nothing where it may be several times.
    bits: Option<Vec<u64>>,
    /// Those whose bits are set.
    chosen: Vec<u32>,
}

impl Taken {
    fn new(of: u32, multapses: bool) -> Self {
        let bits = (!multapses).then(|| vec![0; (of as usize).div_ceil(64)]);
        Self { bits, chosen: Vec::new() }
    }

    /// Draws so many neurons.
    fn draw(&mut self, words: &mut Generator, choice: Choice, count: u64, visit: &mut impl Visit) {
        let number = choice.number();
        let Some(bits) = &mut self.bits else {
            (0..count).for_each(|_| visit.synapse(choice.neuron(below(words, number))));
            return;
        };
        // Floyd's sample of distinct numbers (Communications of the ACM 30, 1987): the count is at most the number.
        for last in number - count as u32..number {
            let drawn = below(words, last + 1);
            let is_new = |k: u32| bits[k as usize / 64] >> (k % 64) & 1 == 0;
            let chosen = if is_new(drawn) { drawn } else { last };
            bits[chosen as usize / 64] |= 1 << (chosen % 64);
            self.chosen.push(chosen);
            visit.synapse(choice.neuron(chosen));
        }
        self.chosen.drain(..).for_each(|chosen| bits[chosen as usize / 64] = 0);
    }
}

/// A whole number from 0 to below `bound`, each as likely as any other.
#[inline]
fn below(words: &mut Generator, bound: u32) -> u32 {
    let mut product = u64::from(words.next_u32()) * u64::from(bound);
    if (product as u32) < bound {
        let least = bound.wrapping_neg() % bound;
        while (product as u32) < least {
            product = u64::from(words.next_u32()) * u64::from(bound);
        }
    }
    (product >> 32) as u32
}
