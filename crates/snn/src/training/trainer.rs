//! Epochs, batches, validation, and the state from which a training goes on.

use std::ops::ControlFlow;

use memspike_random::{Draws, Owner};
use rand::seq::SliceRandom as _;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Loss, Options, Pass, Spiking, Surrogate, Unrolled, adam::Adam, noise::Noise};
use crate::{CLASSES, Dataset, Image, PIXELS, Parameters, response};

/// Everything that a training needs to go on as if it had not been interrupted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Number of the data set: [`Trainer::fingerprint`].
    data: u64,
    /// What it was learnt with: other options would not go on with it, but begin something else.
    pub options: Options,
    weights: Vec<f64>,
    adam: Adam,
    /// Epochs that are done.
    pub history: Vec<Epoch>,
    /// The best of them.
    pub best: Option<Best>,
}

impl State {
    /// Checks what a file can get wrong: options, and a history that tells of itself. Numbers that their
    /// types do not hold the parser refuses.
    ///
    /// # Errors
    /// What is wrong.
    pub(crate) fn check(&self) -> Result<(), String> {
        self.options.validate().map_err(|error| error.to_string())?;
        let done = self.history.len();
        if done > self.options.epochs as usize {
            return Err(format!("it tells of {done} epochs, and has {}", self.options.epochs));
        }
        let miscounted = (1..).zip(&self.history).find(|(number, epoch)| epoch.number != *number);
        if let Some((number, epoch)) = miscounted {
            return Err(format!("epoch {number} calls itself {}", epoch.number));
        }
        if let Some(best) = &self.best
            && !self.history.contains(&best.epoch)
        {
            return Err("its best epoch is none of its epochs".to_owned());
        }
        if self.adam.steps > MAX_STEPS {
            return Err(format!(
                "it has taken {} steps; {MAX_STEPS} are possible",
                self.adam.steps
            ));
        }
        Ok(())
    }
}

/// Steps of the optimiser that a file may tell of, far from where their counter ends.
const MAX_STEPS: u32 = 1 << 30;

/// What an epoch gave.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Epoch {
    /// From 1.
    pub number: u32,
    /// Mean loss over the training images, while it fell.
    pub loss: f64,
    /// Part of the training images that was decided rightly, while training.
    pub training_accuracy: f64,
    /// Part of the validation images that is decided rightly; of the training images if none are
    /// kept for validation.
    pub validation_accuracy: f64,
}

/// The weights of the epoch with the best validation accuracy, the earliest of several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Best {
    /// The epoch.
    pub epoch: Epoch,
    /// Its weights, rounded to levels if training knew some.
    pub weights: Vec<f32>,
}

/// Why a training cannot go on from a state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResumeError {
    /// The data are not those that it began with.
    #[error("the training images are not those that this training began with")]
    OtherData,
    /// The options are not those that it began with.
    #[error("the options are not those that this training began with")]
    OtherOptions,
    /// The state is not one of this network.
    #[error("the state holds {found} weights where the network has {needed}")]
    Size {
        /// Weights in the state.
        found: usize,
        /// Weights of the network.
        needed: usize,
    },
}

/// A training in progress.
#[derive(Debug)]
pub struct Trainer<'a> {
    network: Unrolled,
    volts_per_weight: f64,
    training: &'a [Image],
    training_labels: &'a [u8],
    validation: &'a [Image],
    validation_labels: &'a [u8],
    noise: Noise,
    order: Draws,
    /// What a spike is: a step. Only a test of gradients has it smooth.
    spiking: Spiking,
    state: State,
}

/// Parts of a batch whose gradients are added in order: as many as threads can be of use, and
/// the same for any number of them.
const PARTS: usize = 16;

/// What a part of a batch gives.
struct Sum {
    loss: f64,
    right: u32,
    gradient: Vec<[f64; CLASSES]>,
}

impl<'a> Trainer<'a> {
    /// A training from the beginning: all weights are the same but for a little noise.
    #[must_use]
    pub fn new(
        options: &Options,
        parameters: &Parameters,
        network: Unrolled,
        data: &'a Dataset,
    ) -> Self {
        let kept = data.len().saturating_sub(options.validation as usize);
        let (training, validation) = data.images.split_at(kept);
        let (training_labels, validation_labels) = data.labels.split_at(kept);
        let mut weights = vec![START; PIXELS * CLASSES];
        let noise = Noise::new(options.seed);
        noise.perturb(START_SIGMA, &mut weights, u64::MAX >> 16);
        let state = State {
            data: Self::fingerprint(data),
            options: options.clone(),
            adam: Adam::new(weights.len()),
            weights,
            history: Vec::new(),
            best: None,
        };
        Self {
            volts_per_weight: parameters.volts_per_siemens() * parameters.weight_siemens,
            network,
            training,
            training_labels,
            validation,
            validation_labels,
            noise,
            order: Draws::new(options.seed, Owner::TrainingOrder),
            spiking: Spiking::Hard,
            state,
        }
    }

    /// Goes on from a state.
    ///
    /// # Errors
    /// If it is not one of this training.
    pub fn resume(&mut self, state: State) -> Result<(), ResumeError> {
        let needed = PIXELS * CLASSES;
        let sizes = [&state.weights, &state.adam.first, &state.adam.second].map(Vec::len);
        let sizes = sizes.into_iter().chain(state.best.iter().map(|best| best.weights.len()));
        if let Some(found) = sizes.into_iter().find(|found| *found != needed) {
            return Err(ResumeError::Size { found, needed });
        }
        if state.data != self.state.data {
            return Err(ResumeError::OtherData);
        }
        if state.options != self.state.options {
            return Err(ResumeError::OtherOptions);
        }
        self.state = state;
        Ok(())
    }

    /// A number that another data set would hardly have: FNV-1a over all pixels and labels.
    #[must_use]
    pub fn fingerprint(data: &Dataset) -> u64 {
        let bytes = data.images.iter().flatten().chain(&data.labels);
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }

    /// Epochs, and images of each.
    #[must_use]
    pub fn size(&self) -> (u32, usize) {
        (self.state.options.epochs, self.training.len())
    }

    /// The state after the epochs that are done.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The weights as the network would have them now, row by row.
    #[must_use]
    pub fn weights(&self) -> Vec<f32> {
        self.rounded().into_iter().map(|w| w as f32).collect()
    }

    /// Whether all epochs are done, or none of the last few was better than one before.
    #[must_use]
    pub fn is_over(&self) -> bool {
        let done = self.state.history.len() as u32;
        let since_best = self.state.best.as_ref().map_or(0, |best| done - best.epoch.number);
        done >= self.state.options.epochs
            || self.state.options.patience.is_some_and(|patience| since_best >= patience)
    }

    /// Trains for an epoch. `watch` hears now and then how many of its images are done; if it breaks, the
    /// state stays that before the epoch.
    ///
    /// # Errors
    /// Nothing is returned if `watch` broke.
    pub fn epoch(&mut self, mut watch: impl FnMut(usize) -> ControlFlow<()>) -> Option<Epoch> {
        let before = (self.state.weights.clone(), self.state.adam.clone());
        let done = self.state.history.len() as u32;
        let mut order: Vec<usize> = (0..self.training.len()).collect();
        order.shuffle(&mut self.order.generator(u64::from(done)));
        let batch = self.state.options.batch as usize;
        let batches = order.len().div_ceil(batch);
        let (mut loss, mut right) = (0.0, 0);
        for (number, indices) in order.chunks(batch).enumerate() {
            if watch(number * batch).is_break() {
                (self.state.weights, self.state.adam) = before;
                return None;
            }
            let step = u64::from(done) * batches as u64 + number as u64;
            let sum = self.batch(indices, step);
            loss += sum.loss;
            right += sum.right;
            let all = batches as f64 * f64::from(self.state.options.epochs);
            let rate = self.state.options.rate_at(step as f64 / all);
            let gradient = self.gradient(&sum, indices.len());
            self.state.adam.step(&mut self.state.weights, &gradient, rate);
            let limit = self.state.options.weight_limit;
            self.state.weights.iter_mut().for_each(|w| *w = w.clamp(-limit, limit));
        }
        let images = self.training.len().max(1) as f64;
        let training_accuracy = f64::from(right) / images;
        let epoch = Epoch {
            number: done + 1,
            loss: loss / images,
            training_accuracy,
            validation_accuracy: self.validate().unwrap_or(training_accuracy),
        };
        self.state.history.push(epoch);
        let better = |best: &Best| epoch.validation_accuracy > best.epoch.validation_accuracy;
        if self.state.best.as_ref().is_none_or(better) {
            self.state.best = Some(Best { epoch, weights: self.weights() });
        }
        Some(epoch)
    }

    /// Weights as devices with levels hold them.
    fn rounded(&self) -> Vec<f64> {
        match self.state.options.levels {
            None => self.state.weights.clone(),
            Some(levels) => {
                let steps = f64::from(levels) - 1.0;
                self.state.weights.iter().map(|w| (w * steps).round() / steps).collect()
            }
        }
    }

    /// Weights in volts a spike.
    fn in_volts(&self, weights: &[f64]) -> Vec<[f64; CLASSES]> {
        let (rows, _) = weights.as_chunks::<CLASSES>();
        rows.iter().map(|row| row.map(|w| w * self.volts_per_weight)).collect()
    }

    fn batch(&self, indices: &[usize], step: u64) -> Sum {
        let mut weights = self.rounded();
        self.noise.perturb(self.state.options.weight_noise, &mut weights, step);
        let weights_v = self.in_volts(&weights);
        // Number of the first image since the beginning.
        let first = step * u64::from(self.state.options.batch);
        let part = indices.len().div_ceil(PARTS).max(1);
        let sums: Vec<Sum> = indices
            .par_chunks(part)
            .enumerate()
            .map(|(number, indices)| self.part(indices, &weights_v, first + (number * part) as u64))
            .collect();
        let empty = Sum { loss: 0.0, right: 0, gradient: vec![[0.0; CLASSES]; PIXELS] };
        sums.into_iter().fold(empty, |mut all, sum| {
            all.loss += sum.loss;
            all.right += sum.right;
            for (all, one) in all.gradient.iter_mut().zip(&sum.gradient) {
                (0..CLASSES).for_each(|j| all[j] += one[j]);
            }
            all
        })
    }

    /// Derivatives of the mean loss of a batch of so many images by the weights.
    fn gradient(&self, sum: &Sum, images: usize) -> Vec<f64> {
        let scale = self.volts_per_weight / images as f64;
        sum.gradient.iter().flatten().map(|d| d * scale).collect()
    }

    fn part(&self, indices: &[usize], weights_v: &[[f64; CLASSES]], first: u64) -> Sum {
        let mut pass = Pass::default();
        let mut sum = Sum { loss: 0.0, right: 0, gradient: vec![[0.0; CLASSES]; PIXELS] };
        let how = self.surrogate();
        for (count, index) in (first..).zip(indices) {
            let (image, label) = (&self.training[*index], self.training_labels[*index]);
            let deviations = self.noise.deviations(&self.state.options, &self.network, count);
            self.network.forward(&mut pass, image, weights_v, &deviations, how);
            let (loss, by) = self.loss(&pass, label);
            sum.loss += loss;
            sum.right += u32::from(decision(&pass) == usize::from(label));
            self.network.backward(&mut pass, image, &deviations, how, by, &mut sum.gradient);
        }
        sum
    }

    fn surrogate(&self) -> Surrogate {
        let Options { slope, through_reset, .. } = self.state.options;
        Surrogate { slope, spiking: self.spiking, through_reset }
    }

    /// Loss, with its derivatives by counts and by final potentials.
    fn loss(&self, pass: &Pass, label: u8) -> (f64, ([f64; CLASSES], [f64; CLASSES])) {
        let Options { loss, score, residual, .. } = self.state.options;
        let lif = self.network.lif();
        let per_volt = if residual { score / (lif.threshold_v - lif.reset_v) } else { 0.0 };
        let scores =
            std::array::from_fn(|j| score * pass.counts[j] + per_volt * pass.potentials_v[j]);
        let (value, by_score) = Loss::of(loss, &scores, label);
        (value, (by_score.map(|d| d * score), by_score.map(|d| d * per_volt)))
    }

    fn validate(&self) -> Option<f64> {
        if self.validation.is_empty() {
            return None;
        }
        let weights_v = self.in_volts(&self.rounded());
        let deviations = self.network.nominal();
        let right: usize = self
            .validation
            .par_iter()
            .zip(self.validation_labels)
            .map_init(Pass::default, |pass, (image, label)| {
                let how = self.surrogate();
                self.network.forward(pass, image, &weights_v, &deviations, how);
                usize::from(decision(pass) == usize::from(*label))
            })
            .sum();
        Some(right as f64 / self.validation.len() as f64)
    }
}

/// Mean weight at the beginning: every output neuron fires a few times, so that the surrogate has
/// a slope to follow.
const START: f64 = 0.06;

/// Standard deviation of weights at the beginning.
const START_SIGMA: f64 = 0.01;

fn decision(pass: &Pass) -> usize {
    response::decision(&pass.counts.map(|count| count as u32), &pass.potentials_v)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Encoding, ideal_neuron, training::Preset};
    use memspike_device::MODELS;

    /// The gradient that a step of training takes, noise and all, against differences of the loss that
    /// it reports. The spike alone is smooth, because a step has no derivative.
    #[test]
    fn a_step_follows_the_derivative_of_the_loss_that_is_reported() {
        let kind = MODELS.iter().find(|kind| kind.name == "ts_memristor").unwrap();
        let values: Vec<f64> = kind.parameters.iter().map(|p| p.default).collect();
        let model = (kind.build)(&values).unwrap();
        let parameters = Parameters::default();
        let encoding = Encoding::new(&parameters, &model);
        let lif = ideal_neuron(&parameters, &model).unwrap();
        let spread = |k: usize| (k as f64 * 0.618_033_988_749_894_9).fract();
        let image = |n: usize| -> Image {
            std::array::from_fn(|k| {
                if (k + n).is_multiple_of(5) { (256.0 * spread(k + 31 * n)) as u8 } else { 0 }
            })
        };
        let data = Dataset {
            images: (0..20).map(image).collect(),
            labels: (0..20).map(|n| (n * 7 % 10) as u8).collect(),
        };
        for loss in [Loss::CrossEntropy, Loss::Mse] {
            let options = Options {
                loss,
                residual: true,
                through_reset: true,
                levels: None,
                validation: 0,
                ..Preset::Robust.options()
            };
            assert!(options.weight_noise > 0.0 && options.threshold_noise > 0.0);
            let network = Unrolled::new(&encoding, lif, parameters.duration_s);
            let mut trainer = Trainer::new(&options, &parameters, network, &data);
            trainer.spiking = Spiking::Smooth;
            let indices: Vec<usize> = (0..17).collect();
            let gradient = trainer.gradient(&trainer.batch(&indices, 3), indices.len());
            let scale = gradient.iter().fold(0.0, |most: f64, d| most.max(d.abs()));
            assert!(scale > 1e-4, "{scale}");
            for k in 0..20 {
                let at = (k * 977) % gradient.len();
                let mut loss_at = |change: f64| {
                    let before = trainer.state.weights[at];
                    trainer.state.weights[at] += change;
                    let sum = trainer.batch(&indices, 3);
                    trainer.state.weights[at] = before;
                    sum.loss / indices.len() as f64
                };
                let h = 1e-6;
                let difference = (loss_at(h) - loss_at(-h)) / (2.0 * h);
                let error = (gradient[at] - difference).abs();
                let allowed = 1e-5 * difference.abs() + 1e-7 * scale;
                assert!(error < allowed, "weight {at}: {} and {difference}", gradient[at]);
            }
        }
    }
}
