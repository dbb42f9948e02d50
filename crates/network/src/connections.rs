//! Who is connected to whom, and how strongly.

use crate::{Drawn, Rule, SparseRows, Weights};

/// The connections of a projection.
#[derive(Debug, Clone, PartialEq)]
pub enum Connections {
    /// Neuron `k` to neuron `k`, with a weight of 1.
    OneToOne,
    /// Every source (row) to every target (column).
    Dense(Weights),
    /// Some sources to some targets.
    Sparse(SparseRows),
    /// Those that a rule says, with weights by a law.
    Drawn(Drawn),
}

impl Connections {
    /// Sources and targets, unless any number will do.
    #[must_use]
    pub fn shape(&self) -> Option<(usize, usize)> {
        match self {
            Self::OneToOne | Self::Drawn(_) => None,
            Self::Dense(weights) => Some(weights.shape()),
            Self::Sparse(rows) => Some((rows.rows(), rows.columns())),
        }
    }

    /// Whether each neuron is connected to the one of its number.
    pub(crate) fn is_one_to_one(&self) -> bool {
        matches!(self, Self::OneToOne | Self::Drawn(Drawn { rule: Rule::OneToOne, .. }))
    }

    /// Bytes that they take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Self::OneToOne => 0,
            Self::Dense(weights) => weights.values().bytes(),
            Self::Sparse(rows) => rows.bytes(),
            Self::Drawn(drawn) => drawn.weights.bytes(),
        }
    }
}
