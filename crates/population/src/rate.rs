//! When a network fires without bound.

use memspike_time::Time;

use crate::error::RunError;
use crate::simulation::LONGEST_WINDOW_S;

/// Spikes of loops in 0.25 ms, and of each neuron on average, beyond which a network runs away: no neuron fires 16 times in it
/// for long.
const MOST_SPIKES: usize = 1 << 17;
const MOST_OF_A_NEURON: usize = 16;

/// Counts spikes over stretches of at least 0.25 ms of the network's time, however short its windows are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// Where the present stretch began, and what loops have fired in it.
    since: Time,
    spikes: usize,
}

impl Rate {
    /// Nothing was counted.
    pub const NONE: Self = Self { since: Time::ZERO, spikes: 0 };

    /// Counts a window, in which loops fired so often.
    ///
    /// # Errors
    /// If so many neurons fire so often that memory would soon not hold what they send.
    pub fn count(
        &mut self,
        (start, end): (Time, Time),
        spikes: usize,
        neurons: usize,
    ) -> Result<(), RunError> {
        if start < self.since || start.since(self.since) >= LONGEST_WINDOW_S {
            *self = Self { since: start, spikes: 0 };
        }
        self.spikes = self.spikes.saturating_add(spikes);
        let window_s = end.since(self.since);
        let stretches = (window_s / LONGEST_WINDOW_S).ceil().max(1.0);
        let bearable = MOST_SPIKES.max(MOST_OF_A_NEURON.saturating_mul(neurons));
        if self.spikes as f64 <= stretches * bearable as f64 {
            return Ok(());
        }
        Err(RunError::RunsAway { spikes: self.spikes, window_s, at_s: self.since.as_s() })
    }
}
