//! What the last layer answers, and the decision.

use crate::Energy;

/// Output neurons after an image.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Response {
    /// Spikes of each.
    pub counts: Vec<u32>,
    /// Voltage of each membrane at the end (V).
    pub potentials_v: Vec<f64>,
    /// Energies, of all layers together.
    pub energy: Energy,
    /// Those of the oscillation neurons, then of each layer with its array; nothing at point level.
    pub by_layer: Vec<Energy>,
}

impl Response {
    /// The class whose neuron fired most; of several, the one whose membrane ended highest (it was the
    /// nearest to its next spike); of several still, the lowest.
    #[must_use]
    pub fn decision(&self) -> usize {
        decision(&self.counts, &self.potentials_v)
    }
}

/// [`Response::decision`] of counts and potentials; 0 if there are none.
pub(crate) fn decision(counts: &[u32], potentials_v: &[f64]) -> usize {
    let better = |a: &usize, b: &usize| {
        let by_count = counts[*a].cmp(&counts[*b]);
        by_count.then(potentials_v[*a].total_cmp(&potentials_v[*b])).then(b.cmp(a))
    };
    (0..counts.len()).max_by(better).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Response;

    fn decide(counts: [u32; 10], potentials_v: [f64; 10]) -> usize {
        let (counts, potentials_v) = (counts.to_vec(), potentials_v.to_vec());
        Response { counts, potentials_v, ..Response::default() }.decision()
    }

    #[test]
    fn count_decides_then_potential_then_the_lower_class() {
        let (mut counts, mut volts) = ([0; 10], [0.0; 10]);
        assert_eq!(decide(counts, volts), 0);
        (counts[3], counts[7]) = (5, 5);
        assert_eq!(decide(counts, volts), 3);
        (volts[7], volts[9]) = (0.1, 0.2);
        assert_eq!(decide(counts, volts), 7);
        counts[2] = 6;
        assert_eq!(decide(counts, volts), 2);
    }
}
