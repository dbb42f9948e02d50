//! Why a file is no graph, and a graph no network.

use std::io;

use memspike_network::NetworkError;

/// Why a file is no graph, or a graph no network.
#[derive(Debug, thiserror::Error)]
pub enum NirError {
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// It is not the HDF5 that it should be.
    #[error("this is no HDF5 that can be read: {0}")]
    Hdf5(String),
    /// It says that it has more than it can have.
    #[error(
        "'{name}' declares {declared} bytes, more than a file of {file} bytes can hold or than is read: the file is damaged, \
         or made to fill memories"
    )]
    Bomb {
        /// What declares them.
        name: String,
        /// Bytes.
        declared: u64,
        /// Length of the file (bytes).
        file: u64,
    },
    /// There is no graph in it.
    #[error("there is no NIR graph in this file: {0}")]
    NoGraph(&'static str),
    /// A node that is wrong.
    #[error("node '{name}': {fault}")]
    Node {
        /// Its name; those of graphs around it stand before it, joined by dots.
        name: String,
        /// What is wrong.
        fault: Fault,
    },
    /// An edge that is wrong.
    #[error("the edge from '{from}' to '{to}' {fault}")]
    Edge {
        /// Where it begins.
        from: String,
        /// Where it ends.
        to: String,
        /// What is wrong.
        fault: EdgeFault,
    },
    /// Values that depend on themselves at the same instant.
    #[error(
        "the nodes {} feed each other without a neuron or a delay between them, so that their values have no beginning: \
         put a neuron or a Delay on the way", .0.join(", ")
    )]
    Circle(Vec<String>),
    /// A loop of neurons without a delay.
    #[error(
        "the neurons {} are a loop without delay: a spike would act on its own instant. Say --loop-delay, or put a Delay on \
         the way", .0.join(", ")
    )]
    Loop(Vec<String>),
    /// What a network says of it.
    #[error("{0}")]
    Network(#[from] NetworkError),
    /// A word of an option that names no node.
    #[error("there is no Input '{name}'; this graph has {}", .inputs.join(", "))]
    NoInput {
        /// The word.
        name: String,
        /// What there is.
        inputs: Vec<String>,
    },
    /// A network that no graph is.
    #[error("{place} cannot be said in NIR: {reason}")]
    Unsaid {
        /// Population or projection, with its name.
        place: String,
        /// Why.
        reason: String,
    },
}

/// What is wrong with a node.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A kind that NIR does not have.
    #[error("'{kind}' is no node that is known{}", .nearest.map_or_else(String::new, |near| format!("; '{near}' is")))]
    Unknown {
        /// The kind.
        kind: String,
        /// The nearest one that there is.
        nearest: Option<&'static str>,
    },
    /// A parameter that must be there.
    #[error("{kind} needs '{parameter}'; write it with the other parameters")]
    Missing {
        /// What the node is.
        kind: &'static str,
        /// The parameter.
        parameter: &'static str,
    },
    /// A parameter that nobody knows.
    #[error("{kind} has no parameter '{parameter}'; it would be lost")]
    Extra {
        /// What the node is.
        kind: &'static str,
        /// The parameter.
        parameter: String,
    },
    /// A parameter of another kind.
    #[error("'{parameter}' {reason}")]
    Parameter {
        /// The parameter.
        parameter: String,
        /// What is wrong.
        reason: String,
    },
    /// A number that is none.
    #[error("'{parameter}' is {value} at place {at}; give it a finite number")]
    NotFinite {
        /// The parameter.
        parameter: String,
        /// Where, from 0, the last dimension fastest.
        at: usize,
        /// The number.
        value: f64,
    },
    /// Parameters of neurons that do not have the same shape.
    #[error(
        "'{parameter}' has the shape {found:?}, '{other}' the shape {needed:?}; they must be the same"
    )]
    Uneven {
        /// The parameter.
        parameter: &'static str,
        /// Another one.
        other: &'static str,
        /// Its shape.
        found: Vec<usize>,
        /// That of the other.
        needed: Vec<usize>,
    },
    /// Something that cannot be represented.
    #[error("{0}")]
    Cannot(String),
    /// A node whose shape nothing says.
    #[error("nothing says its shape: lead an edge to it from a node whose shape is known")]
    Shapeless,
}

/// What is wrong with an edge.
#[derive(Debug, thiserror::Error)]
pub enum EdgeFault {
    /// It ends where nothing is.
    #[error("has no node '{0}' at its end")]
    Nowhere(String),
    /// It is there twice.
    #[error("is there twice: take it out once")]
    Twice,
    /// Shapes that do not meet.
    #[error("leads from a shape of {from:?} to one of {to:?}; they must be the same")]
    Shapes {
        /// What comes.
        from: Vec<usize>,
        /// What is expected.
        to: Vec<usize>,
    },
    /// A graph that has several ways in or out.
    #[error("leads to a graph with {0} of {1}; one is needed")]
    Ways(usize, &'static str),
}

/// That a node has a fault.
pub(crate) fn node(name: &str, fault: Fault) -> NirError {
    NirError::Node { name: name.to_owned(), fault }
}

/// That a node cannot be represented.
pub(crate) fn cannot(name: &str, why: impl Into<String>) -> NirError {
    node(name, Fault::Cannot(why.into()))
}

/// That a parameter of a node is wrong.
pub(crate) fn parameter(name: &str, parameter: &str, reason: impl Into<String>) -> NirError {
    node(name, Fault::Parameter { parameter: parameter.to_owned(), reason: reason.into() })
}
