//! What the output layer answers, and the decision.

use crate::{CLASSES, Energy};

/// Output neurons after an image.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Response {
    /// Spikes of each.
    pub counts: [u32; CLASSES],
    /// Voltage of each membrane at the end (V).
    pub potentials_v: [f64; CLASSES],
    /// Energies.
    pub energy: Energy,
}

impl Response {
    /// The class whose neuron fired most; of several, the one whose membrane ended highest (it was the
    /// nearest to its next spike); of several still, the lowest.
    #[must_use]
    pub fn decision(&self) -> u8 {
        let rank = |class: &u8| {
            let class = usize::from(*class);
            (self.counts[class], self.potentials_v[class])
        };
        let better = |a: &u8, b: &u8| {
            let ((a_count, a_volt), (b_count, b_volt)) = (rank(a), rank(b));
            a_count.cmp(&b_count).then(a_volt.total_cmp(&b_volt)).then(b.cmp(a))
        };
        (0..CLASSES as u8).max_by(better).expect("there are classes")
    }
}

#[cfg(test)]
mod tests {
    use super::Response;

    fn decide(counts: [u32; 10], potentials_v: [f64; 10]) -> u8 {
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
