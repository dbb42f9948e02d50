//! Epochs, batches, validation.

use std::ops::ControlFlow;

use memspike_random::{Draws, Owner};
use memspike_snn::training::{Adam, Best, Epoch};
use rand::seq::SliceRandom as _;
use rand_distr::{Distribution as _, StandardNormal};
use rayon::prelude::*;

use crate::{
    Feed, Layer, Layers, Options, Pass, ResumeError, RunsAway, Sample, Samples, Shown, State,
};

/// A training in progress.
#[derive(Debug)]
pub struct Trainer<'a> {
    layers: &'a Layers,
    training: &'a Samples,
    validation: &'a Samples,
    order: Draws,
    /// What a weight of one threshold is in the network, weight by weight.
    units: Vec<f64>,
    state: State,
}

/// Parts of a batch whose gradients are added in order: as many as threads can be of use, and
/// the same for any number of them.
const PARTS: usize = 16;

/// What a part of a batch gives.
struct Sum {
    loss: f64,
    right: u32,
    /// By the weights in volts (1/V).
    gradient: Vec<f64>,
    fired: Vec<bool>,
}

impl<'a> Trainer<'a> {
    /// A training from the beginning: from these weights, one for each of the network, or from such as are drawn. Validation chooses the epoch;
    /// without any sample training does.
    ///
    /// # Panics
    /// If samples have more inputs or classes than the layers, or weights are not as many.
    #[must_use]
    pub fn new(
        options: &Options,
        layers: &'a Layers,
        (training, validation): (&'a Samples, &'a Samples),
        begun: Option<&[f64]>,
    ) -> Self {
        for samples in [training, validation] {
            assert!(samples.inputs <= layers.inputs(), "inputs of samples and layers");
            assert!(samples.classes <= layers.classes(), "classes of samples and layers");
        }
        let neurons = layers.layers().iter().map(|layer| layer.neurons).sum();
        let units = units(layers);
        let weights = match begun {
            None => first_weights(options, layers),
            Some(begun) => {
                assert_eq!(begun.len(), units.len(), "one value for each weight");
                begun.iter().zip(&units).map(|(weight, unit)| weight / unit).collect()
            }
        };
        let state = State {
            data: training.fingerprint(),
            options: options.clone(),
            adam: Adam::new(weights.len()),
            weights,
            dead: vec![false; neurons],
            history: Vec::new(),
            best: None,
        };
        let order = Draws::new(options.seed, Owner::TrainingOrder);
        Self { layers, training, validation, order, units, state }
    }

    /// Goes on from a state.
    ///
    /// # Errors
    /// If it is not one of this training.
    pub fn resume(&mut self, state: State) -> Result<(), ResumeError> {
        let (weights, neurons) = (self.units.len(), self.state.dead.len());
        let lists = [&state.weights, &state.adam.first, &state.adam.second].map(Vec::len);
        let best = state.best.iter().map(|best| best.weights.len());
        if lists.into_iter().chain(best).any(|found| found != weights)
            || state.dead.len() != neurons
        {
            return Err(ResumeError::Size { weights, neurons });
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
        (self.state.options.epochs, self.training.samples.len())
    }

    /// The state after the epochs that are done.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Whether all epochs are done.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state.history.len() >= self.state.options.epochs as usize
    }

    /// The weights as the network has them, array by array.
    #[must_use]
    pub fn weights(&self) -> Vec<f32> {
        let pairs = self.state.weights.iter().zip(&self.units);
        pairs.map(|(weight, unit)| (weight * unit) as f32).collect()
    }

    /// Trains for an epoch. `watch` hears now and then how many of its samples are done; if it breaks, nothing is returned and
    /// the state stays that before the epoch.
    ///
    /// # Errors
    /// If a layer fires without end; the state stays that before the epoch.
    pub fn epoch(
        &mut self,
        watch: impl FnMut(usize) -> ControlFlow<()>,
    ) -> Result<Option<Epoch>, RunsAway> {
        let before = self.state.clone();
        let done = self.batches(watch);
        match done {
            Ok(Some((loss, right))) => {
                let samples = self.training.samples.len().max(1) as f64;
                let training_accuracy = f64::from(right) / samples;
                let validation_accuracy = match self.validation.samples.len() {
                    0 => training_accuracy,
                    _ => accuracy(
                        self.layers,
                        &self.weights(),
                        self.validation,
                        &self.state.options,
                    )?,
                };
                let number = self.state.history.len() as u32 + 1;
                let loss = loss / samples;
                let epoch = Epoch { number, loss, training_accuracy, validation_accuracy };
                self.state.history.push(epoch);
                let better = |best: &Best| validation_accuracy > best.epoch.validation_accuracy;
                if self.state.best.as_ref().is_none_or(better) {
                    self.state.best = Some(Best { epoch, weights: self.weights() });
                }
                Ok(Some(epoch))
            }
            other => {
                self.state = before;
                other.map(|_| None)
            }
        }
    }

    /// All steps of an epoch: its loss, and how many samples were right.
    fn batches(
        &mut self,
        mut watch: impl FnMut(usize) -> ControlFlow<()>,
    ) -> Result<Option<(f64, u32)>, RunsAway> {
        let done = self.state.history.len();
        let mut order: Vec<usize> = (0..self.training.samples.len()).collect();
        order.shuffle(&mut self.order.generator(done as u64));
        let batch = self.state.options.batch as usize;
        let batches = order.len().div_ceil(batch);
        let all = batches as f64 * f64::from(self.state.options.epochs);
        let (mut loss, mut right) = (0.0, 0);
        for (number, indices) in order.chunks(batch).enumerate() {
            if watch(number * batch).is_break() {
                return Ok(None);
            }
            let sum = self.batch(indices)?;
            loss += sum.loss;
            right += sum.right;
            self.state.dead = sum.fired.iter().map(|fired| !fired).collect();
            let rate = self.state.options.rate_at((done * batches + number) as f64 / all);
            self.step(sum.gradient, indices.len(), rate);
        }
        Ok(Some((loss, right)))
    }

    fn step(&mut self, mut gradient: Vec<f64>, samples: usize, rate: f64) {
        self.layers.scale(&mut gradient);
        let State { weights, adam, options, .. } = &mut self.state;
        for ((slope, unit), weight) in gradient.iter_mut().zip(&self.units).zip(&*weights) {
            *slope = *slope * unit / samples as f64 + options.weight_decay * weight;
        }
        adam.step(weights, &gradient, rate);
        for (weight, unit) in weights.iter_mut().zip(&self.units) {
            let limit = options.weight_limit / unit.abs();
            *weight = weight.clamp(-limit, limit);
        }
    }

    fn batch(&self, indices: &[usize]) -> Result<Sum, RunsAway> {
        let weights: Vec<f64> = self
            .state
            .weights
            .iter()
            .zip(&self.units)
            .map(|(weight, unit)| weight * unit)
            .collect();
        let volts = self.layers.in_volts(&weights);
        let part = indices.len().div_ceil(PARTS).max(1);
        let sums: Vec<Result<Sum, RunsAway>> =
            indices.par_chunks(part).map(|indices| self.part(indices, &volts)).collect();
        let mut all = self.nothing();
        for sum in sums {
            let sum = sum?;
            all.loss += sum.loss;
            all.right += sum.right;
            all.gradient.iter_mut().zip(&sum.gradient).for_each(|(all, one)| *all += one);
            all.fired.iter_mut().zip(&sum.fired).for_each(|(all, one)| *all |= one);
        }
        Ok(all)
    }

    /// The length of a gradient by weights in volts, as one by weights in thresholds.
    fn length(&self, gradient: &[f64]) -> f64 {
        let square = |(feed, layer): (&Feed, &Layer)| {
            let squares = gradient[feed.range(layer.neurons)].iter().map(|slope| slope * slope);
            layer.cell.span_v().powi(2) * squares.sum::<f64>()
        };
        self.layers.feeds().map(square).sum::<f64>().sqrt()
    }

    fn nothing(&self) -> Sum {
        let (gradient, fired) = (vec![0.0; self.units.len()], vec![false; self.state.dead.len()]);
        Sum { loss: 0.0, right: 0, gradient, fired }
    }

    fn part(&self, indices: &[usize], volts: &[f64]) -> Result<Sum, RunsAway> {
        let (mut pass, mut by_spike, mut sum) = (Pass::default(), Vec::new(), self.nothing());
        let State { options, dead, .. } = &self.state;
        let mut own = vec![0.0; self.units.len()];
        for index in indices {
            let sample = &self.training.samples[*index];
            let shown = shown(sample, options);
            self.layers.forward(volts, &shown, &options.terms, &mut pass)?;
            let how = (&shown, &options.terms, &dead[..]);
            own.fill(0.0);
            let verdict = self.layers.backward(volts, how, &mut pass, &mut own, &mut by_spike);
            let length = self.length(&own);
            // Where a spike only just is one, its derivative may be beyond all numbers: nothing can be learnt there.
            if length.is_finite() {
                let part = (options.longest / length).min(1.0);
                sum.gradient.iter_mut().zip(&own).for_each(|(all, own)| *all += part * own);
            }
            sum.loss += verdict.loss;
            sum.right += u32::from(verdict.class == Some(shown.label));
            let mut first = 0;
            for (number, layer) in self.layers.layers().iter().enumerate() {
                let fired = &mut sum.fired[first..];
                pass.spikes(number).iter().for_each(|spike| fired[spike.neuron as usize] = true);
                first += layer.neurons;
            }
        }
        Ok(sum)
    }
}

fn shown<'s>(sample: &'s Sample, options: &Options) -> Shown<'s> {
    Shown { spikes: &sample.spikes, until_s: options.until_s, label: sample.label as usize }
}

/// Part of the samples that layers with these weights decide rightly.
///
/// # Errors
/// If a layer fires without end.
///
/// # Panics
/// If there are not as many weights as the layers have, or samples have other inputs.
pub fn accuracy(
    layers: &Layers,
    weights: &[f32],
    samples: &Samples,
    options: &Options,
) -> Result<f64, RunsAway> {
    let weights: Vec<f64> = weights.iter().map(|weight| f64::from(*weight)).collect();
    let volts = layers.in_volts(&weights);
    let part = samples.samples.len().div_ceil(PARTS).max(1);
    let count = |samples: &[Sample]| -> Result<usize, RunsAway> {
        let (mut pass, mut right) = (Pass::default(), 0);
        for sample in samples {
            layers.forward(&volts, &shown(sample, options), &options.terms, &mut pass)?;
            let class = layers.class(&options.terms, &pass);
            right += usize::from(class == Some(sample.label as usize));
        }
        Ok(right)
    };
    let counts: Result<Vec<usize>, RunsAway> =
        samples.samples.par_chunks(part).map(count).collect();
    Ok(counts?.iter().sum::<usize>() as f64 / samples.samples.len().max(1) as f64)
}

/// Of each weight, what one that shifts an asymptote by a threshold is in the network.
fn units(layers: &Layers) -> Vec<f64> {
    let unit = |(feed, layer): (&Feed, &Layer)| {
        let unit = layer.cell.span_v() / feed.volts_per_weight;
        std::iter::repeat_n(unit, feed.range(layer.neurons).len())
    };
    layers.feeds().flat_map(unit).collect()
}

/// Normally distributed, keyed by the number of the weight.
fn first_weights(options: &Options, layers: &Layers) -> Vec<f64> {
    let draws = Draws::new(options.seed, Owner::TrainingBatches);
    let mut weights = Vec::with_capacity(layers.weights());
    for (number, (feed, layer)) in (0..).zip(layers.feeds()) {
        let mut generator = draws.generator(number);
        let sources = feed.sources as f64;
        weights.extend(feed.range(layer.neurons).map(|_| {
            let deviate: f64 = StandardNormal.sample(&mut generator);
            (options.start_mean + options.start_deviation * deviate * sources.sqrt()) / sources
        }));
    }
    weights
}
