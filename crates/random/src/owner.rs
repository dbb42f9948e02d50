//! Who draws at random: the one list of keys.

use std::fmt;

/// An owner of [`Draws`](crate::Draws): an effect, and what it happens to. Every effect has a key of its
/// own, so that switching one on changes no number of another.
///
/// Names are hierarchical, such as `x1.n1`, and hold no blanks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner<'a> {
    /// A device: how it differs from its card, always and from cycle to cycle.
    Device(&'a str),
    /// An array: errors that remain after programming.
    Programming(&'a str),
    /// An array: which devices are stuck.
    Faults(&'a str),
    /// An array: how fast each device drifts.
    Drift(&'a str),
    /// An array: errors of one reading.
    Reading(&'a str, u64),
    /// A deck's `.param`.
    Parameter(&'a str),
    /// A deck's `.model`.
    Card(&'a str),
    /// Values of an element in a deck.
    Element(&'a str),
    /// Initial voltage of an element in a deck.
    Initial(&'a str),
    /// A parameter that a subcircuit's instance is given: instance, parameter.
    Instance(&'a str, &'a str),
    /// Training: the order of the images.
    TrainingOrder,
    /// Training: perturbed neurons, image by image.
    TrainingImages,
    /// Training: initial and perturbed weights, batch by batch.
    TrainingBatches,
    /// A data set that is drawn: its samples, part by part.
    Samples(&'a str),
    /// A fit: where its further searches start.
    FitStart,
    /// A projection: who is connected to whom, by the neuron that the rule draws for.
    Pairs(&'a str),
    /// A projection of a fixed total: how many synapses are in each half of its targets, by the node of the tree.
    Halves(&'a str),
    /// A projection: weights, by the neuron that the rule draws for.
    Weights(&'a str),
    /// A projection: delays, by the neuron that the rule draws for.
    Delays(&'a str),
    /// A population: a parameter of each neuron, by its number.
    Neurons(&'a str, &'a str),
    /// A population: spikes at random, by neuron.
    Spikes(&'a str),
    /// A projection: spikes at random that its synapses hear, by target.
    Trains(&'a str),
}

impl fmt::Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device(name) => write!(f, "device {name}"),
            Self::Programming(array) => write!(f, "crossbar {array} programming"),
            Self::Faults(array) => write!(f, "crossbar {array} faults"),
            Self::Drift(array) => write!(f, "crossbar {array} drift"),
            Self::Reading(array, count) => write!(f, "crossbar {array} read {count}"),
            Self::Parameter(name) => write!(f, "param {name}"),
            Self::Card(name) => write!(f, "model {name}"),
            Self::Element(name) => write!(f, "element {name}"),
            Self::Initial(name) => write!(f, "initial {name}"),
            Self::Instance(instance, parameter) => write!(f, "instance {instance} {parameter}"),
            Self::TrainingOrder => f.write_str("training order"),
            Self::TrainingImages => f.write_str("training images"),
            Self::TrainingBatches => f.write_str("training batches"),
            Self::Samples(part) => write!(f, "samples {part}"),
            Self::FitStart => f.write_str("start"),
            Self::Pairs(projection) => write!(f, "projection {projection} pairs"),
            Self::Halves(projection) => write!(f, "projection {projection} halves"),
            Self::Weights(projection) => write!(f, "projection {projection} weights"),
            Self::Delays(projection) => write!(f, "projection {projection} delays"),
            Self::Neurons(population, parameter) => {
                write!(f, "population {population} {parameter}")
            }
            Self::Spikes(population) => write!(f, "population {population} spikes"),
            Self::Trains(projection) => write!(f, "projection {projection} trains"),
        }
    }
}
