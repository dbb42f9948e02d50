//! Spikes of one neuron.

/// What is kept of a neuron.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Train {
    pub spikes: u64,
    /// The last spike (s).
    last_s: f64,
    /// Mean of its intervals (s), and the sum of their squared distances from it (s^2): kept as Welford does, so that
    /// regular trains have a deviation of zero.
    mean_s: f64,
    squares: f64,
}

impl Train {
    /// Counts a spike (s). They come in order.
    pub fn push(&mut self, at_s: f64) {
        if self.spikes > 0 {
            let interval_s = at_s - self.last_s;
            let gap = interval_s - self.mean_s;
            self.mean_s += gap / self.spikes as f64;
            self.squares += gap * (interval_s - self.mean_s);
        }
        self.spikes += 1;
        self.last_s = at_s;
    }

    /// The coefficient of variation of its intervals, their standard deviation by their mean; none with less than three spikes.
    pub fn cv(&self) -> Option<f64> {
        (self.spikes > 2).then(|| (self.squares / (self.spikes - 1) as f64).sqrt() / self.mean_s)
    }
}
