//! What can be wrong.

use std::io;

/// Why a network cannot be built.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BuildError {
    /// There is no neuron, or more than a `u32` counts.
    #[error("{0} neurons: there must be from 1 to 4294967295")]
    Neurons(u64),
    /// A parameter is out of its range.
    #[error("population '{population}': {name} = {value:e} {rule}")]
    Parameter {
        /// The population.
        population: String,
        /// The parameter, with its unit.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What holds of it.
        rule: &'static str,
    },
    /// A list for each neuron has another length than the population.
    #[error("population '{population}' has {size} neurons and {found} {what}")]
    Each {
        /// The population.
        population: String,
        /// What there is one of for each neuron.
        what: &'static str,
        /// Neurons.
        size: u32,
        /// Entries.
        found: usize,
    },
    /// Recorded times do not ascend.
    #[error(
        "population '{population}': time {index} of neuron {neuron} is not after the one before"
    )]
    Unsorted {
        /// The population.
        population: String,
        /// The neuron within it.
        neuron: usize,
        /// The time's number, from 0.
        index: usize,
    },
    /// A synapse names a neuron that is not there.
    #[error("a synapse from neuron {from} to neuron {to}, but there are {neurons}")]
    Neuron {
        /// Its source.
        from: u32,
        /// Its target.
        to: u32,
        /// How many there are.
        neurons: u32,
    },
    /// A delay of zero within a loop of projections.
    #[error(
        "a synapse from population '{from}' to population '{to}' has no delay: within a loop of projections it must be at least one femtosecond"
    )]
    NoDelay {
        /// The population it comes from.
        from: String,
        /// The population it goes to.
        to: String,
    },
    /// A current pulse from neurons that have none.
    #[error(
        "a synapse from population '{from}' to population '{to}', which hears pulses: they come from relays that are deaf for a while"
    )]
    NoPulse {
        /// The population it comes from.
        from: String,
        /// The population it goes to.
        to: String,
    },
    /// A delay that is no multiple of the tick, or lasts longer than any run.
    #[error(
        "a synapse from neuron {from} to neuron {to} has a delay of {delay_fs} fs: it must be a multiple of the tick ({tick_fs} fs), and at most 18000 s"
    )]
    Delay {
        /// Its source.
        from: u32,
        /// Its target.
        to: u32,
        /// The delay.
        delay_fs: u64,
        /// The tick.
        tick_fs: u64,
    },
    /// A weight that is no number, or too heavy.
    #[error(
        "a synapse from neuron {from} to neuron {to} has a weight of {weight:e}: it must be a number from -1e30 to 1e30"
    )]
    Weight {
        /// Its source.
        from: u32,
        /// Its target.
        to: u32,
        /// The weight.
        weight: f64,
    },
    /// A synapse to a source.
    #[error("a synapse from neuron {from} to neuron {to}, which is a source and hears nothing")]
    ToSource {
        /// Its source.
        from: u32,
        /// Its target.
        to: u32,
    },
    /// More synapses end in a part of a population than an index counts.
    #[error(
        "{synapses} synapses end at the {neurons} neurons from {first} on: at most 4294967295 can"
    )]
    Synapses {
        /// How many.
        synapses: u64,
        /// The first neuron of the part.
        first: u32,
        /// Neurons of the part.
        neurons: u32,
    },
    /// A window that is no time.
    #[error("a window of {0:e} s: it must be above zero")]
    Window(f64),
    /// What another rank found wrong.
    #[error("{0}")]
    Elsewhere(String),
    /// Ranks were given different networks.
    #[error("ranks have different networks, or seeds: all must read the same files")]
    OtherNetwork,
    /// Threads could not be started.
    #[error("threads cannot be started: {0}")]
    Threads(String),
}

/// Why a run ended too early.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Who was told of a spike failed.
    #[error(transparent)]
    Sink(#[from] io::Error),
    /// The network fires without bound.
    #[error(
        "the network runs away: {spikes} spikes within {window_s:e} s at {at_s} s; it needs less excitation, more inhibition, or a refractory time"
    )]
    RunsAway {
        /// Spikes in the window.
        spikes: usize,
        /// Its length (s).
        window_s: f64,
        /// Where it began (s).
        at_s: f64,
    },
}

/// Why a run cannot go on from an image.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// It cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is no image.
    #[error("this is no image of a run of populations")]
    Foreign,
    /// It was written by another version.
    #[error("the image has version {found}; this program reads version {known}")]
    Version {
        /// What it says.
        found: u32,
        /// What is read.
        known: u32,
    },
    /// It ends too early, or its checksum is another one.
    #[error("the image is damaged: {0}")]
    Damaged(&'static str),
    /// It belongs to another network.
    #[error("the image is of another network: {0} differ")]
    Other(&'static str),
    /// The simulation has run: spikes of its own are under way.
    #[error(
        "an image is taken by a simulation that has not run, and this one is at {now_s} s: build one anew"
    )]
    Begun {
        /// Where it is (s).
        now_s: f64,
    },
    /// Neurons here cannot take its states.
    #[error("the image is of neurons with other names, numbers or parameters")]
    States,
}

/// A spike that cannot be played.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlayError {
    /// Its instant is over.
    #[error("{at_s} s is over: the run is at {now_s} s")]
    Over {
        /// Its instant (s).
        at_s: f64,
        /// Where the run is (s).
        now_s: f64,
    },
    /// There is no such input.
    #[error("neuron {neuron} of population {population} is no input")]
    NoInput {
        /// The population, by its position.
        population: usize,
        /// The neuron within it.
        neuron: u32,
    },
}

/// Why a drive cannot be changed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DriveError {
    /// It has none, or there is no such population.
    #[error("population {population} has no membranes that a drive could move")]
    NoMembranes {
        /// The population, by its position.
        population: usize,
    },
    /// No membrane has such a potential.
    #[error("an asymptote of {asymptote_v} V: it must be from -1e6 to 1e6 V")]
    Range {
        /// The potential (V).
        asymptote_v: f64,
    },
}
