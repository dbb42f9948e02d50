//! The arrays of a network's layers, as each image finds them.

use std::borrow::Cow;

use memspike_crossbar::{Array, Config, Error, matrix};

use crate::{Layered, Parameters, Synapses};

/// A programmed array for each layer.
#[derive(Debug, Clone)]
pub struct Arrays {
    layers: Vec<(Parameters, Array)>,
    /// What they do without read noise.
    quiet: Vec<Synapses>,
}

/// Why an array cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("layer {}: {error}", layer + 1)]
pub struct Unusable {
    /// Of which layer, from 0.
    pub layer: usize,
    /// Why.
    pub error: Error,
}

impl Arrays {
    /// Programs the weights of all layers; `config` says of each, from 0, what its array is like.
    ///
    /// # Errors
    /// The first array that cannot be, or cannot hold its weights.
    pub fn program(
        layered: &Layered<'_>,
        config: impl Fn(usize) -> Config,
        seed: u64,
    ) -> Result<Self, Unusable> {
        let program = |layer: usize| {
            let matrix = matrix(layered.layers[layer].weights);
            let (name, config) = (layered.array_name(layer), config(layer));
            let array = Array::program_named(&name, &matrix, &config, seed);
            let array = array.map_err(|error| Unusable { layer, error })?;
            Ok((layered.parameters(layer), array))
        };
        let layers: Vec<_> =
            (0..layered.layers.len()).map(program).collect::<Result<_, Unusable>>()?;
        let quiet = layers.iter().map(|(of, array)| Synapses::of_array(of, array)).collect();
        Ok(Self { layers, quiet })
    }

    /// What they do without read noise.
    #[must_use]
    pub fn quiet(&self) -> &[Synapses] {
        &self.quiet
    }

    /// What the arrays do while an image is shown, unless it is [`Arrays::quiet`]: read noise is drawn once an image,
    /// under the image's number, so that threads and the order of images change nothing.
    ///
    /// # Errors
    /// An array whose wires cannot be solved with that noise.
    pub fn reading(&self, image: u32) -> Result<Option<Vec<Cow<'_, Synapses>>>, Unusable> {
        let is_quiet = |array: &Array| array.config().read_noise.sigma == 0.0;
        if self.layers.iter().all(|(_, array)| is_quiet(array)) {
            return Ok(None);
        }
        let layers = self.layers.iter().zip(&self.quiet).enumerate();
        let read = |(layer, ((parameters, array), quiet)): (_, (&(Parameters, Array), _))| {
            if is_quiet(array) {
                return Ok(Cow::Borrowed(quiet));
            }
            let response = array.read(u64::from(image));
            let response = response.map_err(|error| Unusable { layer, error })?;
            Ok(Cow::Owned(Synapses::of_response(parameters, &response)))
        };
        layers.map(read).collect::<Result<_, Unusable>>().map(Some)
    }
}
