//! Weights of few connections: compressed sparse rows.

use std::ops::Range;

use crate::Values;

/// Connections row by row: those of a source lie together, in the order in which they were given. A pair may have
/// several.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseRows {
    columns: usize,
    /// Where the connections of each source begin, and where the last ones end.
    starts: Vec<usize>,
    targets: Vec<u32>,
    weights: Values,
}

/// Why there are no such rows. Sources, targets and connections count from 0.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum SparseError {
    /// Not as many weights as targets.
    #[error("there are {targets} targets and {weights} weights: give one weight for each target")]
    Lengths {
        /// Number of targets.
        targets: usize,
        /// Number of weights.
        weights: usize,
    },
    /// Rows that do not follow one another.
    #[error(
        "the rows begin at {found} at place {at}: starts rise from 0 to the number of connections, {connections}"
    )]
    Starts {
        /// Where.
        at: usize,
        /// What is there.
        found: usize,
        /// Number of connections.
        connections: usize,
    },
    /// No sources, or no targets.
    #[error("there are no sources or no targets: {rows} x {columns}")]
    Empty {
        /// Sources.
        rows: usize,
        /// Targets.
        columns: usize,
    },
    /// A target that is not there.
    #[error("connection {at} has target {target}; there are {columns}, from 0 on")]
    Target {
        /// The connection.
        at: usize,
        /// Its target.
        target: u32,
        /// How many targets there are.
        columns: usize,
    },
    /// A weight that is no finite number.
    #[error("connection {at} has the weight {value}; give it a finite value")]
    Weight {
        /// The connection.
        at: usize,
        /// Its weight.
        value: f64,
    },
}

impl SparseRows {
    /// Rows whose connections begin at `starts`, of which there is one more than rows.
    ///
    /// # Errors
    /// [`SparseError`].
    pub fn new(
        columns: usize,
        starts: Vec<usize>,
        targets: Vec<u32>,
        weights: impl Into<Values>,
    ) -> Result<Self, SparseError> {
        let weights = weights.into();
        let connections = targets.len();
        if weights.len() != connections {
            return Err(SparseError::Lengths { targets: connections, weights: weights.len() });
        }
        let rows = starts.len().saturating_sub(1);
        if rows == 0 || columns == 0 {
            return Err(SparseError::Empty { rows, columns });
        }
        let falls = |at: usize| at > 0 && starts[at] < starts[at - 1];
        let wrong = |at: &usize| match *at {
            0 => starts[0] != 0,
            at if at == rows => falls(at) || starts[at] != connections,
            at => falls(at),
        };
        if let Some(at) = (0..=rows).find(wrong) {
            return Err(SparseError::Starts { at, found: starts[at], connections });
        }
        if let Some(at) = targets.iter().position(|target| *target as usize >= columns) {
            return Err(SparseError::Target { at, target: targets[at], columns });
        }
        if let Some(at) = weights.iter().position(|weight| !weight.is_finite()) {
            return Err(SparseError::Weight { at, value: weights.get(at) });
        }
        Ok(Self { columns, starts, targets, weights })
    }

    /// Sources.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// Targets.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// Connections.
    #[must_use]
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// Numbers of the connections of a source.
    ///
    /// # Panics
    /// If there is no such source.
    #[must_use]
    pub fn of(&self, source: usize) -> Range<usize> {
        self.starts[source]..self.starts[source + 1]
    }

    /// Where the connections of each source begin, and where the last ones end.
    #[must_use]
    pub fn starts(&self) -> &[usize] {
        &self.starts
    }

    /// The target of each connection.
    #[must_use]
    pub fn targets(&self) -> &[u32] {
        &self.targets
    }

    /// The weight of each connection.
    #[must_use]
    pub const fn weights(&self) -> &Values {
        &self.weights
    }

    /// Bytes that they take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of_val(&self.starts[..]) + size_of_val(&self.targets[..]) + self.weights.bytes()
    }
}
