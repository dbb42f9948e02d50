//! What cannot be trained.

/// A layer that fires without end.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "a layer has fired a million times up to {until_s:e} s of one sample: its weights are too large, choose a lower learning rate or a refractory time"
)]
pub struct RunsAway {
    /// Up to when (s).
    pub until_s: f64,
}

/// A network that has no exact gradient here.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LayersError {
    /// Something else than what a layer has at this place.
    #[error("'{name}' is no part of layers with exact gradients: {expected}")]
    Part {
        /// Population or projection.
        name: String,
        /// What would be.
        expected: &'static str,
    },
    /// Neurons that charges reach at once.
    #[error(
        "population '{name}' is of model '{model}', whose spikes have no exact gradient: a charge that arrives at once fires a neuron at its own instant or not at \
         all, so that the derivative by a weight is zero. Use lif_pulse behind one_shot rows, or --gradient surrogate"
    )]
    AtOnce {
        /// The population.
        name: String,
        /// Its model.
        model: &'static str,
    },
    /// A neuron that fires at the beginning whatever its weights are.
    #[error("population '{name}' begins at its threshold or above: let it begin below")]
    Above {
        /// The population.
        name: String,
    },
    /// Not one population of sources.
    #[error(
        "{found} populations that hear nothing; layers with exact gradients have one, the inputs"
    )]
    Inputs {
        /// Such populations.
        found: usize,
    },
    /// Inputs without a layer behind them.
    #[error("nothing hears '{name}': one_shot rows are expected behind it")]
    Empty {
        /// The population.
        name: String,
    },
    /// Something that stands beside the layers.
    #[error("'{name}' stands beside the layers, which follow one another from the inputs on")]
    Beside {
        /// The population.
        name: String,
    },
    /// More weights than are kept several times over.
    #[error("{found} weights; at most {most} are trained")]
    Size {
        /// Weights.
        found: usize,
        /// The most.
        most: usize,
    },
}
