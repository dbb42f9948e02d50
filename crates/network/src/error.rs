//! What can be wrong with a network.

use crate::delay::LONGEST_DELAY;
use crate::{LawError, ParameterError, RuleError, SpikeError};

/// Why populations and projections are no network.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NetworkError {
    /// Nothing in it.
    #[error("there are no populations: give at least one")]
    NoPopulations,
    /// A name that cannot be written everywhere.
    #[error(
        "{what} '{name}': a name has 1 to 100 letters, digits, '_' or '-', and begins with a letter"
    )]
    Name {
        /// Population or projection.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A name that is taken.
    #[error("two {what}s are called '{name}': give each a name of its own")]
    Duplicate {
        /// Population or projection.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A population without neurons, or more than are counted.
    #[error("population '{name}' has {size} neurons: from 1 to {} are possible", u32::MAX)]
    Size {
        /// The population.
        name: String,
        /// Its size.
        size: usize,
    },
    /// A parameter that no circuit has.
    #[error("population '{name}': {error}")]
    Parameter {
        /// The population.
        name: String,
        /// Which.
        error: ParameterError,
    },
    /// Numbers of neurons that are not possible.
    #[error("population '{name}': {parameter}: {error}")]
    Neurons {
        /// The population.
        name: String,
        /// The parameter.
        parameter: &'static str,
        /// What is wrong with its numbers.
        error: LawError,
    },
    /// Spikes of a source that are not possible.
    #[error("population '{name}': {error}")]
    Spikes {
        /// The population.
        name: String,
        /// What is wrong with them.
        error: SpikeError,
    },
    /// A population of another network.
    #[error("projection '{name}' leads from or to a population that is not in this network")]
    Foreign {
        /// The projection.
        name: String,
    },
    /// Weights of another shape than the populations.
    #[error(
        "projection '{name}' has weights for {} sources and {} targets, but leads from {} to {} neurons: give a row \
         for each source and a column for each target", found.0, found.1, needed.0, needed.1
    )]
    Shape {
        /// The projection.
        name: String,
        /// Rows and columns of its weights.
        found: (usize, usize),
        /// Sizes of its populations.
        needed: (usize, usize),
    },
    /// One to one between populations of different sizes.
    #[error(
        "projection '{name}' is one to one, but leads from {} to {} neurons: make them equal, or give weights",
        sizes.0, sizes.1
    )]
    OneToOne {
        /// The projection.
        name: String,
        /// Sizes of its populations.
        sizes: (usize, usize),
    },
    /// An effect that the target's model does not take from such a source.
    #[error(
        "projection '{name}': neurons of model {to} do not take the effect '{effect}' from {from}: give it '{}'", takes.join("' or '")
    )]
    Effect {
        /// The projection.
        name: String,
        /// Model of the source.
        from: &'static str,
        /// Model of the target.
        to: &'static str,
        /// The effect.
        effect: &'static str,
        /// What is possible between them.
        takes: Vec<&'static str>,
    },
    /// Models between which nothing can pass.
    #[error("projection '{name}': neurons of model {to} take nothing from {from}")]
    Apart {
        /// The projection.
        name: String,
        /// Model of the source.
        from: &'static str,
        /// Model of the target.
        to: &'static str,
    },
    /// A weight of 1 that is nothing, or no number.
    #[error("projection '{name}': a weight of 1 is {value:e}; it must be from 1e-18 to 1e3")]
    Unit {
        /// The projection.
        name: String,
        /// The value.
        value: f64,
    },
    /// Not one delay for each connection.
    #[error(
        "projection '{name}' has {found} delays and {needed} connections: give one delay, or one for each"
    )]
    Delays {
        /// The projection.
        name: String,
        /// Delays.
        found: usize,
        /// Connections.
        needed: usize,
    },
    /// A delay that is too long.
    #[error(
        "projection '{name}' has a delay of {ticks} fs: at most {LONGEST_DELAY} fs, 9 s, are possible"
    )]
    Long {
        /// The projection.
        name: String,
        /// The delay (fs).
        ticks: u64,
    },
    /// A rule that cannot draw.
    #[error("projection '{name}': {error}")]
    Rule {
        /// The projection.
        name: String,
        /// What is wrong with it.
        error: RuleError,
    },
    /// Weights that are not possible.
    #[error("projection '{name}': weights: {error}")]
    Weights {
        /// The projection.
        name: String,
        /// What is wrong with them.
        error: LawError,
    },
    /// Delays that are not possible.
    #[error("projection '{name}': delays in s, in steps of the tick: {error}")]
    DelayLaw {
        /// The projection.
        name: String,
        /// What is wrong with them.
        error: LawError,
    },
    /// A neuron that would act on another at once.
    #[error(
        "projection '{name}' has a delay of 0: neurons of model {from} act on others after a delay above 0 only; \
         spikes of sources may arrive at once"
    )]
    AtOnce {
        /// The projection.
        name: String,
        /// Model of the source.
        from: &'static str,
    },
    /// A tick that is too long.
    #[error(
        "a delay tick of {ticks} fs: at most {LONGEST_DELAY} fs, 9 s, are possible; 0 keeps full delays"
    )]
    Tick {
        /// The tick (fs).
        ticks: u64,
    },
    /// A time for which no input is shown.
    #[error("an input is shown for {shown_s:e} s: from 1e-15 s to 18000 s are possible")]
    Shown {
        /// The time (s).
        shown_s: f64,
    },
    /// A number of what made it that is not finite, or a date.
    #[error(
        "made.{name}: a number that is not finite, or a date: leave it out, or tell it as a text"
    )]
    Made {
        /// The fact.
        name: String,
    },
    /// A spike could come back at the instant at which it began.
    #[error("{} form a circle without delay: give one of them a delay", names.join(", "))]
    Circle {
        /// Projections of the circle.
        names: Vec<String>,
    },
}
