//! Rules by which synapses are drawn.

use serde::{Deserialize, Serialize};

use crate::{Law, RuleError};

/// Synapses that a rule and a seed say.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// Who is connected to whom.
    pub rule: Rule,
    /// Weights of the synapses.
    pub weights: Law,
}

/// Who is connected to whom.
///
/// An autapse leads from a neuron to itself, which is possible only within one population. Multapses are several
/// synapses from one neuron to one other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Neuron `k` to neuron `k`.
    OneToOne,
    /// Every source to every target.
    AllToAll(AllToAll),
    /// The same number of synapses onto each target.
    InDegree(Degree),
    /// The same number of synapses from each source.
    OutDegree(Degree),
    /// A number of synapses in all, each between any source and any target.
    Total(Total),
    /// Each pair of a source and a target with the same probability, independently.
    Probability(Probability),
}

/// Every source to every target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllToAll {
    /// Whether a neuron is connected to itself.
    #[serde(default)]
    pub autapses: bool,
}

/// Synapses of each neuron.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Degree {
    /// How many.
    pub degree: u32,
    /// Whether a neuron may be connected to itself.
    #[serde(default)]
    pub autapses: bool,
    /// Whether two neurons may have several synapses.
    #[serde(default)]
    pub multapses: bool,
}

/// Synapses in all.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Total {
    /// How many.
    pub synapses: u64,
    /// Whether a neuron may be connected to itself.
    #[serde(default)]
    pub autapses: bool,
    /// Whether two neurons may have several synapses.
    #[serde(default)]
    pub multapses: bool,
}

/// Synapses by chance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probability {
    /// That of one pair.
    pub probability: f64,
    /// Whether a neuron may be connected to itself.
    #[serde(default)]
    pub autapses: bool,
}

/// The most synapses of a fixed total: how they fall onto targets stays a short search, in exact whole numbers.
const MOST: u64 = 1 << 40;

/// Neurons at both ends of a projection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) sources: usize,
    pub(crate) targets: usize,
    /// Whether both are the same population.
    pub(crate) within: bool,
}

impl Sizes {
    /// How many of `neurons` one can be connected to.
    fn choice(self, neurons: usize, autapses: bool) -> usize {
        neurons - usize::from(self.within && !autapses)
    }

    fn pairs(self, autapses: bool) -> u64 {
        self.targets as u64 * self.choice(self.sources, autapses) as u64
    }
}

impl Rule {
    /// Synapses; where their number is drawn, the expected one.
    pub(crate) fn expected(&self, sizes: Sizes) -> usize {
        let degree = |rule: &Degree, keys: usize| keys as u64 * u64::from(rule.degree);
        let synapses = match self {
            Self::OneToOne => sizes.targets as u64,
            Self::AllToAll(rule) => sizes.pairs(rule.autapses),
            Self::InDegree(rule) => degree(rule, sizes.targets),
            Self::OutDegree(rule) => degree(rule, sizes.sources),
            Self::Total(rule) => rule.synapses,
            Self::Probability(rule) => {
                (sizes.pairs(rule.autapses) as f64 * rule.probability).round() as u64
            }
        };
        synapses as usize
    }

    /// How many numbers a list of weights or delays has; nothing where no place in a list belongs to a synapse.
    pub(crate) fn listed(&self, sizes: Sizes) -> Option<u64> {
        match self {
            Self::AllToAll(AllToAll { autapses: false }) if sizes.within => None,
            Self::Total(_) | Self::Probability(_) => None,
            _ => Some(self.expected(sizes) as u64),
        }
    }

    /// Whether it can draw between populations of these sizes.
    pub(crate) fn check(&self, sizes: Sizes) -> Result<(), RuleError> {
        match self {
            Self::OneToOne | Self::AllToAll(_) => Ok(()),
            Self::InDegree(rule) => {
                rule.check("targets", sizes.choice(sizes.sources, rule.autapses))
            }
            Self::OutDegree(rule) => {
                rule.check("sources", sizes.choice(sizes.targets, rule.autapses))
            }
            Self::Total(Total { synapses, autapses, multapses }) => {
                let (synapses, pairs) = (*synapses, sizes.pairs(*autapses));
                if synapses > MOST {
                    Err(RuleError::Many { synapses, most: MOST })
                } else if pairs == 0 && synapses > 0 {
                    Err(RuleError::Nobody)
                } else if !multapses && synapses > pairs {
                    Err(RuleError::Pairs { synapses, pairs })
                } else {
                    Ok(())
                }
            }
            Self::Probability(Probability { probability, .. }) => {
                let sound = (0.0..=1.0).contains(probability);
                if sound { Ok(()) } else { Err(RuleError::Probability(*probability)) }
            }
        }
    }
}

impl Degree {
    fn check(&self, keys: &'static str, possible: usize) -> Result<(), RuleError> {
        let Self { degree, multapses, .. } = *self;
        let possible = possible as u32;
        if possible == 0 && degree > 0 {
            return Err(RuleError::Nobody);
        }
        if !multapses && degree > possible {
            return Err(RuleError::Degree { degree, keys, possible });
        }
        Ok(())
    }
}
