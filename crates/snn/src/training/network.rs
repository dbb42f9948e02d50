//! Networks of a training: those that it unrolls, and the one that it leaves.

use memspike_network::{Network, NetworkError, WeightsReason};

use super::{Options, Unrolled};
use crate::{Encoding, Layered, LayeredError, Lif, Parameters, Weights};

/// Options or weights that are no network.
#[derive(Debug, thiserror::Error)]
pub enum ShapeError {
    /// A table of weights that cannot be.
    #[error("--shape: {0}")]
    Weights(#[from] WeightsReason),
    /// What the network says.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// It is not one of layers.
    #[error(transparent)]
    Layered(#[from] LayeredError),
}

impl Options {
    /// The network that weights are validated in, and that of the first epochs if it has steps of its own, both without weights.
    ///
    /// # Errors
    /// [`ShapeError`].
    pub fn unrolled(
        &self,
        parameters: &Parameters,
        encoding: &Encoding,
        lif: Lif,
    ) -> Result<(Unrolled, Option<Unrolled>), ShapeError> {
        let none = vec![0.0; self.shape().windows(2).map(|two| two[0] * two[1]).sum()];
        let network = parameters.layered(self.tables(&none)?, None)?;
        let duration_s = parameters.duration_s;
        let stages = Layered::of(&network, duration_s)?.stages(lif);
        let coarse = self.coarse_steps.map(|steps| {
            Unrolled::new(&encoding.in_steps(duration_s, steps), stages.clone(), duration_s)
        });
        Ok((Unrolled::new(encoding, stages, duration_s), coarse))
    }

    /// The network of these weights, layer by layer, row by row. It states its LIF neurons (`lif`) if the options state them.
    ///
    /// # Errors
    /// [`ShapeError`].
    ///
    /// # Panics
    /// If there are not as many weights as the options' shape has.
    pub fn network(
        &self,
        parameters: &Parameters,
        lif: Lif,
        weights: &[f32],
    ) -> Result<Network, ShapeError> {
        let ideal = self.ideal();
        let is_stated = ideal.threshold_v.is_some() || ideal.reset_v.is_some();
        Ok(parameters.layered(self.tables(weights)?, is_stated.then_some(lif))?)
    }

    /// Weights as a table for each layer.
    fn tables(&self, weights: &[f32]) -> Result<Vec<Weights>, WeightsReason> {
        let (shape, mut rest) = (self.shape(), weights);
        let table = |two: &[usize]| {
            let (own, others) = rest.split_at(two[0] * two[1]);
            rest = others;
            Weights::new(two[0], two[1], own.to_vec())
        };
        shape.windows(2).map(table).collect()
    }
}
