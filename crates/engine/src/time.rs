//! Instants.

use std::cmp::Ordering;

/// Femtoseconds in a second.
const FS: f64 = 1e15;

/// An instant: whole femtoseconds and the fraction of one, so that order and output are
/// integers while a solved instant loses nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Time {
    /// Whole femtoseconds since the start of the run.
    pub tick: u64,
    /// Fraction of a femtosecond, in `[0, 1)`.
    pub frac: f64,
}

impl Time {
    /// The start of the run.
    pub const ZERO: Self = Self { tick: 0, frac: 0.0 };

    /// The instant at a whole femtosecond.
    #[must_use]
    pub fn from_tick(tick: u64) -> Self {
        Self { tick, frac: 0.0 }
    }

    /// The instant at `s` seconds, on the nearest femtosecond; negative times are zero, times
    /// beyond the range are its end.
    #[must_use]
    pub fn from_s(s: f64) -> Self {
        Self::from_tick((s * FS).round() as u64)
    }

    /// Seconds since the start of the run, to the precision of an `f64`.
    #[must_use]
    pub fn as_s(self) -> f64 {
        (self.tick as f64 + self.frac) / FS
    }

    /// This instant plus `dt_s` seconds (not negative).
    #[must_use]
    pub fn plus(self, dt_s: f64) -> Self {
        let fs = dt_s * FS + self.frac;
        // Truncation is the floor of what is not negative.
        let whole = fs as u64;
        Self { tick: self.tick.saturating_add(whole), frac: fs - whole as f64 }
    }

    /// Seconds from `earlier` to this instant; negative if it is not earlier.
    #[must_use]
    pub fn since(self, earlier: Self) -> f64 {
        let ticks = if self.tick >= earlier.tick {
            (self.tick - earlier.tick) as f64
        } else {
            -((earlier.tick - self.tick) as f64)
        };
        (ticks + (self.frac - earlier.frac)) / FS
    }
}

impl Eq for Time {}

impl PartialOrd for Time {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Time {
    fn cmp(&self, other: &Self) -> Ordering {
        self.tick.cmp(&other.tick).then(self.frac.total_cmp(&other.frac))
    }
}
