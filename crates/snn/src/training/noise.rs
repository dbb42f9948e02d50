//! What noise-aware training perturbs, keyed by seed and place.

use memspike_random::{Draws, Owner};
use rand_distr::{Distribution as _, StandardNormal};

use super::{Options, Unrolled, unrolled::Deviations};
use crate::{CLASSES, PIXELS};

/// The perturbations of a training.
#[derive(Debug, Clone)]
pub(super) struct Noise {
    images: Draws,
    batches: Draws,
}

impl Noise {
    pub fn new(seed: u64) -> Self {
        Self {
            images: Draws::new(seed, Owner::TrainingImages),
            batches: Draws::new(seed, Owner::TrainingBatches),
        }
    }

    /// Deviations of the neurons that image number `count` since the beginning is shown to.
    pub fn deviations(&self, options: &Options, network: &Unrolled, count: u64) -> Deviations {
        let mut deviations = network.nominal();
        if options.threshold_noise == 0.0 && options.rate_noise == 0.0 {
            return deviations;
        }
        let mut generator = self.images.generator(count);
        let mut normal = || -> f64 { StandardNormal.sample(&mut generator) };
        for j in 0..CLASSES {
            deviations.threshold_v[j] += options.threshold_noise * normal();
        }
        if options.rate_noise > 0.0 {
            let rates = Box::new([(); PIXELS].map(|()| 1.0 + options.rate_noise * normal()));
            deviations.rates = Some(rates);
        }
        deviations
    }

    /// Perturbs weights for batch number `count` since the beginning.
    pub fn perturb(&self, sigma: f64, weights: &mut [f64], count: u64) {
        if sigma > 0.0 {
            let mut generator = self.batches.generator(count);
            for weight in weights {
                let z: f64 = StandardNormal.sample(&mut generator);
                *weight += sigma * z;
            }
        }
    }
}
