//! Correlation of the spike counts of pairs of neurons.
//!
//! As the studies of the cortical microcircuit have it (van Albada et al., Frontiers in Neuroscience 12 (2018) 291): Pearson's
//! coefficient of the counts of spikes in bins of 2 ms, for all pairs of 200 neurons of a population. Here they stand at equal
//! distances in it. A pair of which one neuron does not fire, or fires as often in each bin, has none.

use crate::evenly::number_of;

/// Width of a bin (s).
pub const BIN_S: f64 = 2e-3;

/// Neurons of a population whose pairs are looked at.
pub const NEURONS: u32 = 200;

/// Sums over bins, of the neurons of one population. Its memory does not grow with time.
#[derive(Debug, Clone)]
pub(crate) struct Pairs {
    size: u32,
    chosen: u32,
    bins: u64,
    /// The bin that fills, and the counts of chosen neurons in it that are not zero.
    bin: u64,
    counts: Vec<(usize, u64)>,
    /// Sums of the counts of each, and of the products of two, a row for each; made when the first fires.
    sums: Vec<u64>,
    products: Vec<u64>,
}

impl Pairs {
    /// Of a population, over so many seconds, of which whole bins count.
    pub fn new(size: u32, span_s: f64) -> Self {
        // A span of a whole number of bins may be rounded below it.
        let bins = (span_s / BIN_S + 1e-6).floor().max(0.0) as u64;
        let chosen = size.min(NEURONS);
        let (sums, products) = (Vec::new(), Vec::new());
        Self { size, chosen, bins, bin: 0, counts: Vec::new(), sums, products }
    }

    /// Counts a spike so long (s) after the beginning. They come in order.
    pub fn spike(&mut self, after_s: f64, neuron: u32) {
        let Some(number) = number_of(neuron, self.chosen, self.size) else { return };
        let bin = (after_s / BIN_S) as u64;
        if bin >= self.bins {
            return;
        }
        if bin != self.bin {
            self.close();
            self.bin = bin;
        }
        let number = number as usize;
        match self.counts.iter_mut().find(|(known, _)| *known == number) {
            Some((_, count)) => *count += 1,
            None => self.counts.push((number, 1)),
        }
    }

    /// Adds the bin that fills to the sums.
    fn close(&mut self) {
        let chosen = self.chosen as usize;
        if self.sums.is_empty() {
            (self.sums, self.products) = (vec![0; chosen], vec![0; chosen * chosen]);
        }
        for &(a, count) in &self.counts {
            self.sums[a] += count;
            for &(b, other) in &self.counts {
                self.products[a * chosen + b] += count * other;
            }
        }
        self.counts.clear();
    }

    /// The coefficients of all pairs that have one.
    pub fn coefficients(mut self) -> Vec<f64> {
        self.close();
        let (chosen, bins) = (self.chosen as usize, self.bins as f64);
        let moment = |a: usize, b: usize| {
            let (x, y) = (self.sums[a] as f64, self.sums[b] as f64);
            self.products[a * chosen + b] as f64 - x * y / bins
        };
        let deviations: Vec<f64> = (0..chosen).map(|a| moment(a, a).max(0.0).sqrt()).collect();
        let pairs = (0..chosen).flat_map(|a| (a + 1..chosen).map(move |b| (a, b)));
        let varied = pairs.filter(|(a, b)| deviations[*a] > 0.0 && deviations[*b] > 0.0);
        varied.map(|(a, b)| moment(a, b) / (deviations[a] * deviations[b])).collect()
    }
}
