//! Epochs, batches, and the state from which a training goes on.

mod validation;

use std::ops::ControlFlow;

use memspike_random::{Draws, Owner};
use rand::seq::SliceRandom as _;
use rayon::prelude::*;

use super::{
    Best, ByAnswer, Data, Epoch, GradientOverflow, Lane, Options, Pass, ResumeError, Seen, Shown,
    Spiking, State, Surrogate, Table, Unrolled, Volts,
    adam::Adam,
    batch::{Batch, Part},
    noise::Noise,
    start,
};
use crate::response;

/// A training in progress.
#[derive(Debug)]
pub struct Trainer<'a> {
    network: Unrolled,
    /// What the first epochs are trained in, if they have steps of their own.
    coarse: Option<Unrolled>,
    data: Data<'a>,
    /// Samples that are trained on; those behind them are kept for validation.
    trained: usize,
    noise: Noise,
    order: Draws,
    /// What a spike is: a step. Only a test of gradients has it smooth.
    spiking: Spiking,
    state: State,
}

impl<'a> Trainer<'a> {
    /// A training from the beginning: weights are random around a mean at which all neurons fire a few times. `network` is
    /// what weights are validated in, and trained in unless the options say that the first epochs have coarser steps: that is
    /// `coarse`.
    #[must_use]
    pub fn new(
        options: &Options,
        network: Unrolled,
        coarse: Option<Unrolled>,
        data: impl Into<Data<'a>>,
    ) -> Self {
        let data = data.into();
        let trained = data.len().saturating_sub(options.validation as usize);
        let noise = Noise::new(options.seed);
        let weights = start::weights(&noise, &network, data);
        let state = State {
            data: data.fingerprint(),
            options: options.clone(),
            adam: Adam::new(weights.len()),
            weights,
            history: Vec::new(),
            best: None,
        };
        Self {
            network,
            coarse,
            data,
            trained,
            noise,
            order: Draws::new(options.seed, Owner::TrainingOrder),
            spiking: Spiking::Hard,
            state,
        }
    }

    /// The same training from these weights on, layer by layer, row by row.
    ///
    /// # Errors
    /// If they are as many as another network has.
    pub fn from_weights(mut self, weights: Vec<f64>) -> Result<Self, ResumeError> {
        let (found, needed) = (weights.len(), self.state.weights.len());
        if found != needed {
            return Err(ResumeError::Size { found, needed });
        }
        self.state.weights = weights;
        Ok(self)
    }

    /// Goes on from a state.
    ///
    /// # Errors
    /// If it is not one of this training.
    pub fn resume(&mut self, state: State) -> Result<(), ResumeError> {
        let needed = self.state.weights.len();
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

    /// Epochs, and samples of each.
    #[must_use]
    pub fn size(&self) -> (u32, usize) {
        (self.state.options.epochs, self.trained)
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

    /// Trains for an epoch. `watch` hears now and then how many of its images are done; if it breaks, nothing is returned and the
    /// state stays that before the epoch.
    ///
    /// # Errors
    /// [`GradientOverflow`]; the state stays that before the epoch.
    pub fn epoch(
        &mut self,
        mut watch: impl FnMut(usize) -> ControlFlow<()>,
    ) -> Result<Option<Epoch>, GradientOverflow> {
        self.epoch_watched(&mut watch)
    }

    /// Compiled here and not where it is called from, which may be optimised less.
    fn epoch_watched(
        &mut self,
        watch: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<Option<Epoch>, GradientOverflow> {
        // One layer is trained in double precision, several in single: hidden neurons are many, and twice as many of them are
        // then computed at once.
        match self.network.stages() {
            [_] => self.epoch_in::<f64>(watch),
            _ => self.epoch_in::<f32>(watch),
        }
    }

    fn epoch_in<T: Lane>(
        &mut self,
        watch: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<Option<Epoch>, GradientOverflow> {
        let before = (self.state.weights.clone(), self.state.adam.clone());
        let done = self.state.history.len() as u32;
        let mut order: Vec<usize> = (0..self.trained).collect();
        order.shuffle(&mut self.order.generator(u64::from(done)));
        let batch = self.state.options.batch as usize;
        let batches = order.len().div_ceil(batch);
        let (mut loss, mut right) = (0.0, 0);
        let mut memory = Batch::<T>::new(&self.network, batch.min(self.trained));
        for (number, indices) in order.chunks(batch).enumerate() {
            if watch(number * batch).is_break() {
                (self.state.weights, self.state.adam) = before;
                return Ok(None);
            }
            let step = u64::from(done) * batches as u64 + number as u64;
            self.batch(indices, step, &mut memory);
            if !memory.gradient.iter().all(|slope| slope.is_finite()) {
                (self.state.weights, self.state.adam) = before;
                return Err(GradientOverflow { epoch: done + 1 });
            }
            loss += memory.loss;
            right += memory.right;
            let all = batches as f64 * f64::from(self.state.options.epochs);
            let rate = self.state.options.rate_at(step as f64 / all);
            self.step(&memory.gradient, rate);
        }
        let images = self.trained.max(1) as f64;
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
        Ok(Some(epoch))
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

    /// A step down the gradient.
    fn step(&mut self, gradient: &[f64], rate: f64) {
        let Options { weight_limit: limit, weight_decay, .. } = self.state.options;
        self.state.adam.step(&mut self.state.weights, gradient, rate);
        if weight_decay > 0.0 {
            let left = 1.0 - rate * weight_decay;
            self.state.weights.iter_mut().for_each(|w| *w *= left);
        }
        self.state.weights.iter_mut().for_each(|w| *w = w.clamp(-limit, limit));
    }

    /// Weights in volts a spike, array by array.
    fn in_volts<T: Lane>(&self, weights: &[f64]) -> Vec<Volts<T>> {
        let mut rest = weights;
        let volts = |table: &Table| {
            let (own, others) = rest.split_at(table.weights());
            rest = others;
            let rows = own.iter().map(|w| T::of(w * table.volts_per_weight)).collect();
            Volts::new(rows, table.neurons)
        };
        self.network.tables().iter().map(volts).collect()
    }

    /// What the epoch that runs is trained in.
    fn unrolled(&self) -> &Unrolled {
        let first = self.state.history.len() < self.state.options.coarse_epochs as usize;
        self.coarse.as_ref().filter(|_| first).unwrap_or(&self.network)
    }

    /// The derivatives of the loss of samples; `step` counts batches since the beginning.
    fn batch<T: Lane>(&self, indices: &[usize], step: u64, memory: &mut Batch<T>) {
        let mut weights = self.rounded();
        self.noise.perturb(self.state.options.weight_noise, &mut weights, step);
        let volts = self.in_volts::<T>(&weights);
        // Number of the first image since the beginning.
        let first = step * u64::from(self.state.options.batch);
        let (parts, each) = memory.parts(indices.len());
        indices.par_chunks(each).zip(parts).enumerate().for_each(|(number, (indices, part))| {
            self.part(indices, &volts, first + (number * each) as u64, part);
        });
        memory.add_parts(indices.len(), &self.network.tables());
    }

    fn part<T: Lane>(&self, indices: &[usize], volts: &[Volts<T>], first: u64, part: &mut Part<T>) {
        let network = self.unrolled();
        let surrogate = self.surrogate();
        let Part { pass, loss, right, gradients } = part;
        for (count, index) in (first..).zip(indices) {
            let label = self.data.label(*index);
            let deviations = self.noise.deviations(&self.state.options, network, count);
            let moved;
            let seen = match self.data {
                Data::Images(data) => {
                    let image = &data.images[*index];
                    moved = self.noise.moved(&self.state.options, data.sides, image, count);
                    Seen::Image(&moved)
                }
                Data::Events(data) => Seen::Events(&data.samples[*index]),
            };
            let shown = Shown { seen, volts, deviations: &deviations, surrogate };
            network.forward(pass, &shown);
            let (value, by) = self.loss(pass, label);
            *loss += value;
            *right += u32::from(decision(pass) == label);
            network.backward(pass, &shown, &by, gradients);
        }
    }

    fn surrogate(&self) -> Surrogate {
        let Options { slope, through_reset, .. } = self.state.options;
        Surrogate { slope, spiking: self.spiking, through_reset }
    }

    /// Loss, with its derivatives by counts and by final potentials.
    fn loss<T: Lane>(&self, pass: &Pass<T>, label: usize) -> (f64, ByAnswer<T>) {
        let Options { loss, score, residual, .. } = self.state.options;
        let stages = self.network.stages();
        let lif = stages[stages.len() - 1].lif;
        let per_volt = if residual { score / (lif.threshold_v - lif.reset_v) } else { 0.0 };
        let answers = pass.counts.iter().zip(&pass.potentials_v);
        let scores: Vec<f64> =
            answers.map(|(count, v)| score * count.wide() + per_volt * v.wide()).collect();
        let (value, by_score) = loss.of(&scores, label);
        let by = |factor: f64| by_score.iter().map(|d| T::of(d * factor)).collect();
        (value, ByAnswer { counts: by(score), potentials_v: by(per_volt) })
    }
}

fn decision<T: Lane>(pass: &Pass<T>) -> usize {
    let counts: Vec<u32> = pass.counts.iter().map(|count| count.wide() as u32).collect();
    let potentials_v: Vec<f64> = pass.potentials_v.iter().map(|v| v.wide()).collect();
    response::decision(&counts, &potentials_v)
}

#[cfg(test)]
mod tests {
    use super::super::Loss;
    use super::*;
    use crate::{
        CLASSES, Dataset, Encoding, PIXELS, Parameters, ideal_neuron,
        training::{Preset, Stage},
    };
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
        let pixel = |k: usize, n: usize| {
            if (k + n).is_multiple_of(5) { (256.0 * spread(k + 31 * n)) as u8 } else { 0 }
        };
        let image = |n: usize| (0..PIXELS).map(|k| pixel(k, n)).collect();
        let stage = Stage {
            inputs: PIXELS,
            neurons: CLASSES,
            lif,
            volts_per_weight: parameters.volts_per_siemens() * parameters.weight_siemens,
            deaf_s: parameters.pulse_s,
            recurrent: false,
        };
        let data = Dataset {
            images: (0..20).map(image).collect(),
            labels: (0..20).map(|n| (n * 7 % 10) as u8).collect(),
            sides: [28, 28],
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
            let network = Unrolled::new(&encoding, vec![stage], parameters.duration_s);
            let mut trainer = Trainer::new(&options, network, None, &data);
            trainer.spiking = Spiking::Smooth;
            let indices: Vec<usize> = (0..17).collect();
            let mut memory = Batch::<f64>::new(&trainer.network, indices.len());
            trainer.batch(&indices, 3, &mut memory);
            let gradient = memory.gradient.clone();
            let scale = gradient.iter().fold(0.0, |most: f64, d| most.max(d.abs()));
            assert!(scale > 1e-4, "{scale}");
            for k in 0..20 {
                let at = (k * 977) % gradient.len();
                let mut loss_at = |change: f64| {
                    let before = trainer.state.weights[at];
                    trainer.state.weights[at] += change;
                    trainer.batch(&indices, 3, &mut memory);
                    trainer.state.weights[at] = before;
                    memory.loss / indices.len() as f64
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
