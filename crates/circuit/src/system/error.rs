//! Why an island cannot be solved, with a node that tells where.

use crate::limits::Failure;

/// Why an island cannot be solved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SystemError {
    /// Kirchhoff's laws leave something open, or contradict each other.
    #[error(
        "the equations around node '{node}' have no unique solution: a controlled source or a negative resistance cancels what would fix its voltage"
    )]
    Singular {
        /// A node of the island.
        node: String,
    },
    /// Values lie outside the range of numbers.
    #[error(
        "the values around node '{node}' are too small, too large or too far apart to compute with; check the units of its elements"
    )]
    Range {
        /// A node of the island.
        node: String,
    },
    /// Coupled inductors would store less than no energy.
    #[error(
        "the inductors around node '{node}' are coupled more closely than energy allows: give them smaller factors"
    )]
    Coupling {
        /// A node of the island.
        node: String,
    },
    /// Solving would take more than ten minutes or 2 GB.
    #[error(
        "the part around node '{node}' is too large: solving it would take about {minutes} min and {megabytes} MB; divide it by ideal voltage sources, or give it fewer capacitors"
    )]
    TooLarge {
        /// A node of the island.
        node: String,
        /// Estimated time (min).
        minutes: u64,
        /// Estimated memory (MB).
        megabytes: u64,
    },
    /// The eigenvalues could not be computed.
    #[error("the modes of the part around node '{node}' could not be computed")]
    NoModes {
        /// A node of the island.
        node: String,
    },
}

impl Failure {
    pub(super) fn at(self, node: String) -> SystemError {
        match self {
            Self::Singular => SystemError::Singular { node },
            Self::NoModes => SystemError::NoModes { node },
            Self::Range => SystemError::Range { node },
            Self::Coupling => SystemError::Coupling { node },
            Self::TooLarge { seconds, bytes } => SystemError::TooLarge {
                node,
                minutes: (seconds / 60.0).ceil() as u64,
                megabytes: (bytes / 1e6).ceil() as u64,
            },
        }
    }
}
