//! Integer weights of a layer.

/// Weights of a layer, by input, then by neuron.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weights {
    neurons: usize,
    rows: Vec<i32>,
}

impl Weights {
    /// Weights from rows, one for each input, one number a neuron.
    ///
    /// # Panics
    /// If there are no neurons or the last row is not complete.
    #[must_use]
    pub fn new(neurons: usize, rows: Vec<i32>) -> Self {
        assert!(neurons > 0 && rows.len().is_multiple_of(neurons), "rows of {neurons} weights");
        Self { neurons, rows }
    }

    /// Number of inputs.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.rows.len() / self.neurons
    }

    /// Number of neurons.
    #[must_use]
    pub const fn neurons(&self) -> usize {
        self.neurons
    }

    /// The weights of one input, one number a neuron.
    ///
    /// # Panics
    /// If there is no such input.
    #[must_use]
    pub fn row(&self, input: usize) -> &[i32] {
        &self.rows[input * self.neurons..][..self.neurons]
    }

    /// The weights to one neuron, one number an input.
    ///
    /// # Panics
    /// If there is no such neuron.
    pub fn column(&self, neuron: usize) -> impl Iterator<Item = i32> {
        assert!(neuron < self.neurons, "neuron {neuron} of {}", self.neurons);
        self.rows.iter().skip(neuron).step_by(self.neurons).copied()
    }
}
