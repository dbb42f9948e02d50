//! Numbers of neurons and of synapses: a value, a distribution, or one by one.

mod check;
mod text;

use std::sync::Arc;

use memspike_npy::Values;
use memspike_random::{Draws, Generator};
use rand_distr::{Distribution as _, StandardNormal};
use serde::{Deserialize, Serialize};

/// How a number is found for each neuron, or for each synapse.
#[derive(Debug, Clone, PartialEq)]
pub enum Law {
    /// The same for all.
    Value(f64),
    /// A normal distribution.
    Normal(Normal),
    /// A lognormal distribution.
    Lognormal(Lognormal),
    /// A uniform distribution.
    Uniform(Uniform),
    /// One for each.
    Listed(Listed),
}

/// A normal distribution. What lies outside the bounds is drawn again, so that nothing gathers at them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Normal {
    /// Mean of the distribution without bounds.
    pub mean: f64,
    /// Standard deviation of the distribution without bounds.
    pub deviation: f64,
    /// The least number, included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<f64>,
    /// The greatest number, included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greatest: Option<f64>,
}

/// Numbers whose logarithm is normally distributed. What lies outside the bounds is drawn again.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lognormal {
    /// Half of the numbers lie below it, without bounds; all have its sign.
    pub median: f64,
    /// Standard deviation of the natural logarithm.
    pub sigma: f64,
    /// The least number, included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<f64>,
    /// The greatest number, included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greatest: Option<f64>,
}

/// All numbers of a range alike.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uniform {
    /// Where the range begins.
    pub least: f64,
    /// Where it ends.
    pub greatest: f64,
}

/// Numbers one by one.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    values: Arc<Values>,
    /// The file that has them, until it is read.
    pub(crate) file: Option<String>,
}

impl Listed {
    /// These numbers.
    #[must_use]
    pub fn new(values: impl Into<Values>) -> Self {
        Self { values: Arc::new(values.into()), file: None }
    }

    /// All of them, in order.
    #[must_use]
    pub fn values(&self) -> &Values {
        &self.values
    }
}

/// Numbers that no law gives.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum LawError {
    /// No finite number, or one outside of what is possible.
    #[error("{value:e} must be from {least:e} to {greatest:e}")]
    Range {
        /// The number.
        value: f64,
        /// The least that is possible.
        least: f64,
        /// The greatest that is possible.
        greatest: f64,
    },
    /// The number at a place of a list.
    #[error("number {at} of the list is {value:e}; it must be from {least:e} to {greatest:e}")]
    Listed {
        /// Its place, from 0.
        at: usize,
        /// The number.
        value: f64,
        /// The least that is possible.
        least: f64,
        /// The greatest that is possible.
        greatest: f64,
    },
    /// Not as many as there are neurons or synapses.
    #[error("the list has {found} numbers; {needed} are needed, one for each")]
    Count {
        /// Numbers.
        found: usize,
        /// Neurons or synapses.
        needed: u64,
    },
    /// A list for synapses whose number is drawn.
    #[error("a list of numbers needs a rule that says which synapse is which: give a distribution")]
    Unlisted,
    /// A value or a list where a distribution is needed.
    #[error("these are not drawn: give a value as it is, and a list one by one")]
    NoDistribution,
    /// A deviation that is none.
    #[error("a deviation of {0:e} is not possible: it must be 0 or more, and a sigma at most 10")]
    Deviation(f64),
    /// Bounds that are no range.
    #[error("the range from {least:e} to {greatest:e} is empty")]
    Empty {
        /// Where it begins.
        least: f64,
        /// Where it ends.
        greatest: f64,
    },
    /// Bounds between which next to nothing would fall.
    #[error(
        "next to nothing of the distribution lies from {least:e} to {greatest:e}: within three deviations of the mean, \
         a tenth of a deviation is needed"
    )]
    Tail {
        /// Where the range begins.
        least: f64,
        /// Where it ends.
        greatest: f64,
    },
    /// A distribution that reaches where no number may be.
    #[error(
        "the distribution reaches beyond what is possible, {least:e} to {greatest:e}: give it `{bound}`"
    )]
    Unbounded {
        /// The least that is possible.
        least: f64,
        /// The greatest that is possible.
        greatest: f64,
        /// The bound that is missing.
        bound: &'static str,
    },
}

impl From<f64> for Law {
    fn from(value: f64) -> Self {
        Self::Value(value)
    }
}

impl Law {
    /// A normal distribution without bounds.
    #[must_use]
    pub const fn normal(mean: f64, deviation: f64) -> Self {
        Self::Normal(Normal { mean, deviation, least: None, greatest: None })
    }

    /// A uniform distribution.
    #[must_use]
    pub const fn uniform(least: f64, greatest: f64) -> Self {
        Self::Uniform(Uniform { least, greatest })
    }

    /// One for each.
    #[must_use]
    pub fn listed(values: impl Into<Values>) -> Self {
        Self::Listed(Listed::new(values))
    }

    /// The number of neuron `at`, drawn by `draws` if it is drawn. It is the same whichever others are asked for.
    ///
    /// # Panics
    /// If it is listed and there is none at that place.
    #[must_use]
    pub fn of(&self, draws: &Draws, at: u64) -> f64 {
        match self {
            Self::Value(value) => *value,
            Self::Listed(listed) => listed.values.get(at as usize),
            _ => self.sample(&mut draws.generator(at)),
        }
    }

    /// The next number of a distribution; of a value, that value.
    ///
    /// # Panics
    /// If it is listed.
    #[inline]
    pub(crate) fn sample(&self, words: &mut Generator) -> f64 {
        match self {
            Self::Value(value) => *value,
            Self::Normal(law) => law.sample(words),
            Self::Lognormal(law) => law.sample(words),
            Self::Uniform(Uniform { least, greatest }) => {
                let part: f64 = rand_distr::StandardUniform.sample(words);
                // Rounding may lead past the end of the range, never past the next number.
                (least + (greatest - least) * part).min(*greatest)
            }
            Self::Listed(_) => unreachable!("a list is not drawn from"),
        }
    }

    /// The range that all numbers lie in; without bounds, that of all numbers.
    #[must_use]
    pub fn ends(&self) -> (f64, f64) {
        match self {
            Self::Value(value) => (*value, *value),
            Self::Normal(law) => bounds(law.least, law.greatest),
            Self::Lognormal(law) => bounds(law.least, law.greatest),
            Self::Uniform(law) => (law.least, law.greatest),
            Self::Listed(listed) => {
                let values = listed.values.iter();
                values.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, greatest), value| {
                    (least.min(value), greatest.max(value))
                })
            }
        }
    }

    /// Bytes of its list.
    #[must_use]
    pub fn bytes(&self) -> usize {
        if let Self::Listed(listed) = self { listed.values.bytes() } else { 0 }
    }
}

impl Normal {
    #[inline]
    fn sample(&self, words: &mut Generator) -> f64 {
        let (least, greatest) = bounds(self.least, self.greatest);
        loop {
            let unit: f64 = StandardNormal.sample(words);
            let value = self.mean + self.deviation * unit;
            if least <= value && value <= greatest {
                return value;
            }
        }
    }
}

impl Lognormal {
    #[inline]
    fn sample(&self, words: &mut Generator) -> f64 {
        let (least, greatest) = bounds(self.least, self.greatest);
        loop {
            let unit: f64 = StandardNormal.sample(words);
            let value = self.median * (self.sigma * unit).exp();
            if least <= value && value <= greatest {
                return value;
            }
        }
    }
}

fn bounds(least: Option<f64>, greatest: Option<f64>) -> (f64, f64) {
    (least.unwrap_or(f64::NEG_INFINITY), greatest.unwrap_or(f64::INFINITY))
}
