//! What layers are made of, as gradients need them.

use memspike_network::ProjectionId;

/// Most weights that are trained: each is kept some ten times over.
pub(crate) const MOST_WEIGHTS: usize = 1 << 24;

/// Layers of LIF neurons under pulses, each fed by drivers of the one before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Layers {
    /// Sources of the first layer.
    pub(crate) inputs: usize,
    /// At least one.
    pub(crate) layers: Vec<Layer>,
}

/// A layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Its neurons.
    pub neurons: usize,
    /// What they are.
    pub cell: Cell,
    /// From the layer before it.
    pub feed: Feed,
    /// From itself.
    pub recurrent: Option<Feed>,
}

/// A membrane: `tau dV/dt = A - V`, where every pulse moves the asymptote `A` while it lasts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Time constant (s).
    pub tau_s: f64,
    /// The asymptote without any pulse (V).
    pub asymptote_v: f64,
    /// Potential of a spike (V).
    pub threshold_v: f64,
    /// Potential after it (V).
    pub reset_v: f64,
    /// How long it is held there (s).
    pub refractory_s: f64,
    /// Potential at the beginning (V).
    pub initial_v: f64,
}

/// Drivers and the array behind them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Feed {
    /// Neurons that have a driver.
    pub sources: usize,
    /// Width of a pulse, and how long its driver is deaf (s).
    pub pulse_s: f64,
    /// From a spike to the start of its pulse (s).
    pub delay_s: f64,
    /// By how much a pulse through a weight of 1 moves an asymptote (V).
    pub volts_per_weight: f64,
    /// The array within the network.
    pub array: ProjectionId,
    /// Where its weights begin in the list of all weights.
    pub(crate) first: usize,
}

impl Layers {
    /// Sources of the first layer.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Neurons of the last layer, one for each class.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.last().neurons
    }

    /// The layers, from the inputs on.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    pub(crate) fn last(&self) -> &Layer {
        &self.layers[self.layers.len() - 1]
    }

    /// Arrays in the order of their weights, with the layers behind them.
    pub fn feeds(&self) -> impl Iterator<Item = (&Feed, &Layer)> {
        self.layers.iter().flat_map(|layer| {
            let feeds = std::iter::once(&layer.feed).chain(&layer.recurrent);
            feeds.map(move |feed| (feed, layer))
        })
    }

    /// How many weights all arrays have.
    #[must_use]
    pub fn weights(&self) -> usize {
        self.feeds().map(|(feed, layer)| feed.range(layer.neurons).len()).sum()
    }

    /// All weights as shifts of asymptotes (V).
    ///
    /// # Panics
    /// If there are not as many as [`Layers::weights`].
    #[must_use]
    pub fn in_volts(&self, weights: &[f64]) -> Vec<f64> {
        let mut volts = weights.to_vec();
        self.scale(&mut volts);
        volts
    }

    /// Multiplies what stands for each weight by the shift that a weight of 1 is (V).
    pub(crate) fn scale(&self, values: &mut [f64]) {
        assert_eq!(values.len(), self.weights(), "one value for each weight");
        for (feed, layer) in self.feeds() {
            let own = &mut values[feed.range(layer.neurons)];
            own.iter_mut().for_each(|value| *value *= feed.volts_per_weight);
        }
    }
}

impl Cell {
    /// From the reset to the threshold (V).
    #[must_use]
    pub fn span_v(&self) -> f64 {
        self.threshold_v - self.reset_v
    }
}

impl Feed {
    /// Where the weights of its array are, given the neurons behind it.
    pub(crate) fn range(&self, neurons: usize) -> std::ops::Range<usize> {
        self.first..self.first + self.sources * neurons
    }
}
