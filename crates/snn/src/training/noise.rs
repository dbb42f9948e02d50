//! What noise-aware training perturbs, keyed by seed and place.

use memspike_random::{Draws, Owner};
use rand::RngExt as _;
use rand_distr::{Distribution as _, StandardNormal};

use super::{Deviations, Lane, Options, Unrolled};

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
    pub fn deviations<T: Lane>(
        &self,
        options: &Options,
        network: &Unrolled,
        count: u64,
    ) -> Deviations<T> {
        let mut deviations = network.nominal();
        let Options { threshold_noise, rate_noise, dropout, .. } = *options;
        if threshold_noise == 0.0 && rate_noise == 0.0 && dropout == 0.0 {
            return deviations;
        }
        let mut generator = self.images.generator(count);
        let mut normal = || -> f64 { StandardNormal.sample(&mut generator) };
        let stages = network.stages();
        for (stage, thresholds) in stages.iter().zip(&mut deviations.thresholds_v) {
            for threshold in thresholds {
                *threshold = T::of(stage.lif.threshold_v + threshold_noise * normal());
            }
        }
        if rate_noise > 0.0 {
            let rate = |_| T::of(1.0 + rate_noise * normal());
            deviations.rates = Some((0..stages[0].inputs).map(rate).collect());
        }
        if dropout > 0.0 {
            let stays = T::of(1.0 / (1.0 - dropout));
            let mut gain = || if generator.random_bool(dropout) { T::ZERO } else { stays };
            let hidden = &stages[..stages.len() - 1];
            let gains = hidden.iter().map(|stage| (0..stage.neurons).map(|_| gain()).collect());
            deviations.gains = Some(gains.collect());
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
