//! How populations fire.

use memspike_time::Time;

use crate::train::Train;

/// Rates and regularity of populations, from the spikes of a stretch of time. It keeps some 32 bytes a neuron.
#[derive(Debug, Clone)]
pub struct Statistics {
    from_s: f64,
    trains: Vec<Vec<Train>>,
}

/// How the neurons of one population fire.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Firing {
    /// Spikes of all neurons.
    pub spikes: u64,
    /// Mean rate of a neuron, and the standard deviation of rates between neurons (Hz).
    pub rate_hz: f64,
    /// See [`Firing::rate_hz`].
    pub rate_deviation_hz: f64,
    /// Mean over neurons of the coefficient of variation of intervals: their standard deviation by their mean. Neurons with less
    /// than three spikes have none; none if all are such.
    pub cv: Option<f64>,
    /// Neurons that fire at all.
    pub active: u64,
}

impl Statistics {
    /// Of populations of these sizes, from `from_s` on (s).
    #[must_use]
    pub fn new(sizes: impl IntoIterator<Item = usize>, from_s: f64) -> Self {
        let silent = Train::default();
        Self { from_s, trains: sizes.into_iter().map(|size| vec![silent; size]).collect() }
    }

    /// Counts a spike of a neuron of a population, both counted from 0. Spikes of a neuron come in order.
    ///
    /// # Panics
    /// If there is no such neuron.
    pub fn spike(&mut self, at: Time, population: usize, neuron: u32) {
        let at_s = at.as_s();
        if at_s < self.from_s {
            return;
        }
        self.trains[population][neuron as usize].push(at_s);
    }

    /// How each population fired up to `until_s` (s), in their order.
    #[must_use]
    pub fn firing(&self, until_s: f64) -> Vec<Firing> {
        let span_s = until_s - self.from_s;
        self.trains.iter().map(|trains| of_population(trains, span_s)).collect()
    }
}

fn of_population(trains: &[Train], span_s: f64) -> Firing {
    let spikes = trains.iter().map(|train| train.spikes).sum();
    let rate = |count: f64| if span_s > 0.0 { count / span_s } else { 0.0 };
    let mean = spikes as f64 / trains.len().max(1) as f64;
    let squares: f64 = trains.iter().map(|train| (train.spikes as f64 - mean).powi(2)).sum();
    let deviation = (squares / trains.len().max(1) as f64).sqrt();
    let cvs: Vec<f64> = trains.iter().filter_map(Train::cv).collect();
    Firing {
        spikes,
        rate_hz: rate(mean),
        rate_deviation_hz: rate(deviation),
        cv: (!cvs.is_empty()).then(|| cvs.iter().sum::<f64>() / cvs.len() as f64),
        active: trains.iter().filter(|train| train.spikes > 0).count() as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(trains: &[&[f64]], from_s: f64, until_s: f64) -> Firing {
        let mut statistics = Statistics::new([2, trains.len()], from_s);
        for (neuron, train) in (0..).zip(trains) {
            train.iter().for_each(|at_s| statistics.spike(Time::from_s(*at_s), 1, neuron));
        }
        let firing = statistics.firing(until_s);
        assert_eq!((firing[0].spikes, firing[0].active, firing[0].cv), (0, 0, None));
        firing[1]
    }

    #[test]
    fn regular_trains_have_their_rate_and_no_variation() {
        let regular: Vec<f64> = (0..100).map(|k| 0.005 + f64::from(k) * 0.01).collect();
        let slow: Vec<f64> = (0..50).map(|k| 0.005 + f64::from(k) * 0.02).collect();
        let firing = told(&[&regular, &slow], 0.0, 1.0);
        assert_eq!((firing.spikes, firing.rate_hz, firing.active), (150, 75.0, 2));
        assert_eq!(firing.rate_deviation_hz, 25.0);
        assert!(firing.cv.is_some_and(|cv| cv < 1e-12), "{firing:?}");
    }

    #[test]
    fn intervals_of_one_and_three_vary_by_a_half() {
        // Mean 2, deviation 1.
        let train: Vec<f64> = (0..101).map(|k| f64::from(k / 2 * 4 + k % 2) * 1e-3).collect();
        let firing = told(&[&train, &[], &[0.1, 0.2]], 0.0, 1.0);
        assert!((firing.cv.unwrap() - 0.5).abs() < 1e-12, "{firing:?}");
        assert_eq!((firing.active, firing.spikes), (2, 103));
    }

    #[test]
    fn what_comes_before_is_not_counted_and_the_edge_is() {
        let firing = told(&[&[0.1, 0.2, 0.5, 0.6, 0.8]], 0.5, 1.5);
        assert_eq!((firing.spikes, firing.rate_hz), (3, 3.0));
        // Intervals of 0.1 and 0.2: mean 0.15, deviation 0.05.
        assert!((firing.cv.unwrap() - 1.0 / 3.0).abs() < 1e-12, "{firing:?}");
    }
}
