//! How the neurons of a recording fire, each by itself and by pairs.

use std::collections::BTreeMap;

use crate::correlation::Pairs;
use crate::train::Train;

/// Stretches of time in which the activity of a population is counted.
const STRETCHES: usize = 200;

/// Rates, regularity and correlation of populations from their spikes. Its memory grows with the neurons that fire, not with
/// time.
#[derive(Debug, Clone)]
pub struct Analysis {
    from_s: f64,
    span_s: f64,
    populations: Vec<Population>,
}

#[derive(Debug, Clone)]
struct Population {
    size: u32,
    trains: BTreeMap<u32, Train>,
    pairs: Pairs,
    stretches: Vec<u64>,
}

/// How one population fires.
#[derive(Debug, Clone, PartialEq)]
pub struct Distributions {
    /// Neurons, spikes of all of them, and neurons that fire at all.
    pub neurons: u32,
    /// See [`Distributions::neurons`].
    pub spikes: u64,
    /// See [`Distributions::neurons`].
    pub active: u32,
    /// Rate of each neuron that fires (Hz), ascending; all others have 0.
    pub rates_hz: Vec<f64>,
    /// Coefficient of variation of the intervals of each neuron with three spikes or more, ascending.
    pub cvs: Vec<f64>,
    /// Correlation of the counts of pairs of neurons ([`NEURONS`](crate::NEURONS), [`BIN_S`](crate::BIN_S)), ascending.
    pub correlations: Vec<f64>,
    /// Mean rate of a neuron in equal stretches of time (Hz).
    pub activity_hz: Vec<f64>,
}

/// Numbers that stand for a distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// How many numbers.
    pub count: u64,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation.
    pub deviation: f64,
    /// The number that 5, 25, 50, 75 and 95 % are at or below.
    pub quantiles: [f64; 5],
}

impl Analysis {
    /// Of populations of these sizes, in a closed interval of time (s).
    #[must_use]
    pub fn new(sizes: impl IntoIterator<Item = u32>, [from_s, until_s]: [f64; 2]) -> Self {
        let span_s = until_s - from_s;
        let population = |size| Population {
            size,
            trains: BTreeMap::new(),
            pairs: Pairs::new(size, span_s),
            stretches: vec![0; STRETCHES],
        };
        Self { from_s, span_s, populations: sizes.into_iter().map(population).collect() }
    }

    /// Counts a spike (s) of a neuron of a population, both counted from 0. Spikes come in order.
    ///
    /// # Panics
    /// If there is no such population.
    pub fn spike(&mut self, at_s: f64, population: usize, neuron: u32) {
        let Population { trains, pairs, stretches, .. } = &mut self.populations[population];
        trains.entry(neuron).or_default().push(at_s);
        let after_s = at_s - self.from_s;
        pairs.spike(after_s, neuron);
        let stretch = (after_s / self.span_s * STRETCHES as f64) as usize;
        stretches[stretch.min(STRETCHES - 1)] += 1;
    }

    /// How each population fires, in their order.
    #[must_use]
    pub fn distributions(self) -> Vec<Distributions> {
        let span_s = self.span_s;
        self.populations.into_iter().map(|population| population.distributions(span_s)).collect()
    }
}

impl Population {
    fn distributions(self, span_s: f64) -> Distributions {
        let rate = |count: u64| if span_s > 0.0 { count as f64 / span_s } else { 0.0 };
        let trains = self.trains.values();
        let each = f64::from(self.size.max(1)) / STRETCHES as f64;
        Distributions {
            neurons: self.size,
            spikes: trains.clone().map(|train| train.spikes).sum(),
            active: self.trains.len() as u32,
            rates_hz: ascending(trains.clone().map(|train| rate(train.spikes)).collect()),
            cvs: ascending(trains.filter_map(Train::cv).collect()),
            correlations: ascending(self.pairs.coefficients()),
            activity_hz: self.stretches.iter().map(|count| rate(*count) / each).collect(),
        }
    }
}

fn ascending(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

impl Distributions {
    /// Rates of all neurons, those included that do not fire.
    #[must_use]
    pub fn rates(&self) -> Option<Summary> {
        Summary::of(u64::from(self.neurons) - u64::from(self.active), &self.rates_hz)
    }
}

impl Summary {
    /// Of numbers in ascending order, before which so many zeros stand; nothing if there are none at all.
    #[must_use]
    pub fn of(zeros: u64, ascending: &[f64]) -> Option<Self> {
        let count = zeros + ascending.len() as u64;
        // The sum of no numbers is minus zero, which nobody wants to read.
        let mean = (ascending.iter().sum::<f64>() + 0.0) / count as f64;
        let squares: f64 = ascending.iter().map(|value| (value - mean).powi(2)).sum();
        let squares = squares + zeros as f64 * mean * mean;
        let at = |part: f64| {
            let place = ((part * count as f64).ceil() as u64).clamp(1, count) - 1;
            place.checked_sub(zeros).map_or(0.0, |place| ascending[place as usize])
        };
        (count > 0).then(|| Self {
            count,
            mean,
            deviation: (squares / count as f64).sqrt(),
            quantiles: [0.05, 0.25, 0.5, 0.75, 0.95].map(at),
        })
    }
}
