//! Accuracy on the samples that are kept for validation.

use rayon::prelude::*;

use super::{Trainer, decision};
use crate::training::{Data, Lane, Pass, Seen, Shown};

impl Trainer<'_> {
    /// The share of samples kept for validation that are decided rightly, if there are any.
    pub(super) fn validate(&self) -> Option<f64> {
        let kept = self.data.len() - self.trained;
        if kept == 0 {
            return None;
        }
        let right = match self.network.stages() {
            [_] => self.right_of_validation::<f64>(),
            _ => self.right_of_validation::<f32>(),
        };
        Some(right as f64 / kept as f64)
    }

    fn right_of_validation<T: Lane>(&self) -> usize {
        let volts = self.in_volts::<T>(&self.rounded());
        let deviations = self.network.nominal();
        let surrogate = self.surrogate();
        let pass = || Pass::new(self.network.stages());
        let right = |pass: &mut Pass<T>, sample: usize| {
            let seen = match self.data {
                Data::Images(data) => Seen::Image(&data.images[sample]),
                Data::Events(data) => Seen::Events(&data.samples[sample]),
            };
            let shown = Shown { seen, volts: &volts, deviations: &deviations, surrogate };
            self.network.forward(pass, &shown);
            usize::from(decision(pass) == self.data.label(sample))
        };
        (self.trained..self.data.len()).into_par_iter().map_init(pass, right).sum()
    }
}
