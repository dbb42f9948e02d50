//! What can be wrong with a rule that draws synapses.

/// Why a rule cannot draw between two populations.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum RuleError {
    /// More distinct neurons than there are.
    #[error(
        "{degree} different neurons for each of the {keys}, but there are {possible} to choose from: lower `degree`, or \
         allow `multapses`"
    )]
    Degree {
        /// How many are asked for.
        degree: u32,
        /// For whom: sources or targets.
        keys: &'static str,
        /// How many there are.
        possible: u32,
    },
    /// More synapses than pairs.
    #[error(
        "{synapses} synapses between {pairs} pairs of neurons: lower `synapses`, or allow `multapses`"
    )]
    Pairs {
        /// How many are asked for.
        synapses: u64,
        /// Pairs that there are.
        pairs: u64,
    },
    /// More synapses than are counted.
    #[error("{synapses} synapses: at most {most} of one projection are possible")]
    Many {
        /// How many are asked for.
        synapses: u64,
        /// How many are possible.
        most: u64,
    },
    /// Nobody to be connected to.
    #[error("a population of one neuron has nobody to be connected to without `autapses`")]
    Nobody,
    /// A probability that is none.
    #[error("a probability of {0:e} is not from 0 to 1")]
    Probability(f64),
}
