//! What the samples of a batch give together, and the memory in which they do.

use super::{Lane, Pass, Table, Unrolled};

/// Parts of a batch whose gradients are added in order: as many as threads can be of use, and
/// the same for any number of them.
const PARTS: usize = 16;

/// What a batch gave. One serves for all batches of an epoch: its memory is large, and the system would take it back in between.
pub(super) struct Batch<T> {
    pub loss: f64,
    pub right: u32,
    /// Derivatives of the mean loss by the weights.
    pub gradient: Vec<f64>,
    /// Derivatives of the loss by the weights in volts, array by array.
    sum: Vec<Vec<T>>,
    parts: Vec<Part<T>>,
}

/// Samples that follow each other on one thread, and what they give together.
pub(super) struct Part<T> {
    pub pass: Pass<T>,
    pub loss: f64,
    pub right: u32,
    /// Derivatives of the loss by the weights in volts, array by array.
    pub gradients: Vec<Vec<T>>,
}

impl<T: Lane> Batch<T> {
    /// Memory for a network, and for batches of so many samples at most.
    pub fn new(network: &Unrolled, most: usize) -> Self {
        let tables = network.tables();
        let zeros = || tables.iter().map(|table| vec![T::ZERO; table.weights()]).collect();
        let part =
            || Part { pass: Pass::new(network.stages()), loss: 0.0, right: 0, gradients: zeros() };
        let parts = std::iter::repeat_with(part).take(most.min(PARTS)).collect();
        Self { loss: 0.0, right: 0, gradient: Vec::new(), sum: zeros(), parts }
    }

    /// As many parts as so many samples need, which have nothing yet, and the samples of each but the last.
    pub fn parts(&mut self, samples: usize) -> (&mut [Part<T>], usize) {
        let each = each(samples);
        let parts = &mut self.parts[..samples.div_ceil(each)];
        for part in &mut *parts {
            (part.loss, part.right) = (0.0, 0);
            part.gradients.iter_mut().for_each(|gradient| gradient.fill(T::ZERO));
        }
        (parts, each)
    }

    /// Adds what the parts of so many samples gave, in their order.
    pub fn add_parts(&mut self, samples: usize, tables: &[Table]) {
        let parts = &self.parts[..samples.div_ceil(each(samples))];
        self.loss = parts.iter().fold(0.0, |all, part| all + part.loss);
        self.right = parts.iter().map(|part| part.right).sum();
        self.gradient.clear();
        for (at, (sum, table)) in self.sum.iter_mut().zip(tables).enumerate() {
            sum.fill(T::ZERO);
            for part in parts {
                sum.iter_mut().zip(&part.gradients[at]).for_each(|(all, one)| *all += *one);
            }
            let scale = table.volts_per_weight / samples as f64;
            self.gradient.extend(sum.iter().map(|slope| slope.wide() * scale));
        }
    }
}

/// Samples of each part of a batch but the last.
fn each(samples: usize) -> usize {
    samples.div_ceil(PARTS).max(1)
}
