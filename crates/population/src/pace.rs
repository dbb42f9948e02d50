//! How far the next window goes.
//!
//! A spike that goes round a loop of projections is heard after the shortest delay in it at the earliest. A window as long as that
//! delay is certain to be right. A longer one is right as well if nobody in a loop fires in it early enough to be heard within it;
//! otherwise it is gone through again, up to where the first spike is heard. So a loop without activity costs nothing, however short its
//! delay is.

/// What a window tells of the rate of spikes counts this much less with each further window.
const FADING: f64 = 0.9;

/// A longer window is tried where spikes come at intervals of so many of the shortest delay on average.
const WORTH: f64 = 4.0;

/// Chooses windows. Nothing that is found depends on it.
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    /// What is certain (fs): the shortest delay within a loop, or the longest window if that is shorter.
    certain_fs: u64,
    /// The longest window (fs).
    longest_fs: u64,
    /// How much time the latest windows took (fs), and how many spikes they had, faded.
    time_fs: f64,
    spikes: f64,
}

impl Pace {
    /// Windows of a network with this shortest delay within a loop, of at most this length (fs).
    pub fn new(shortest_fs: u64, longest_fs: u64) -> Self {
        let longest_fs = longest_fs.max(1);
        let certain_fs = shortest_fs.min(longest_fs).max(1);
        Self { certain_fs, longest_fs, time_fs: 0.0, spikes: 0.0 }
    }

    /// How long a window is right whatever happens in it (fs).
    pub fn certain_fs(&self) -> u64 {
        self.certain_fs
    }

    /// How long the next window is (fs).
    pub fn next_fs(&self) -> u64 {
        let sparse = self.spikes * self.certain_fs as f64 * WORTH <= self.time_fs;
        if sparse { self.longest_fs } else { self.certain_fs }
    }

    /// Learns how long a window was (fs), and how many spikes loops had in it.
    pub fn learn(&mut self, fs: f64, spikes: usize) {
        self.time_fs = self.time_fs * FADING + fs;
        self.spikes = self.spikes * FADING + spikes as f64;
    }
}
