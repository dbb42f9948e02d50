//! Time: instants to the femtosecond and its fraction, and the limits of a run.
//!
//! The grain and the range of time stand here alone.

use std::cmp::Ordering;

/// Femtoseconds in a second.
pub const FS: f64 = 1e15;

/// One femtosecond (s): the grain of order and of outputs.
pub const FEMTOSECOND_S: f64 = 1e-15;

/// The longest run (s), within what a `u64` counts in femtoseconds.
pub const LONGEST_RUN_S: f64 = 18_000.0;

/// What a `u64` counts in femtoseconds (s), rounded down: nothing lasts longer.
pub const HORIZON_S: f64 = 18_446.0;

/// Whole femtoseconds nearest to `s` seconds. Negative times are zero, times beyond the range are its end.
#[must_use]
pub fn ticks(s: f64) -> u64 {
    (s * FS).round() as u64
}

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
        Self::from_tick(ticks(s))
    }

    /// The last instant that reads as `s` seconds or less in [`Time::as_s`], and not before the nearest
    /// femtosecond where an `f64` no longer tells the two apart. A run up to it has in it all that is
    /// printed at `s`: an `f64` seldom holds a solved instant in full.
    #[must_use]
    pub fn last_read_as(s: f64) -> Self {
        let nearest = Self::from_s(s);
        let indistinct = nearest.as_s() <= s.next_up();
        let reach = ((s.next_up() - s) * FS) as u64 + 2;
        let reads = |time: Self| time.as_s() <= s;
        let (low, high) = (nearest.tick.saturating_sub(reach), nearest.tick.saturating_add(reach));
        let tick = last(low, high, |tick| reads(Self::from_tick(tick))).unwrap_or(nearest.tick);
        // Fractions, not negative, are in the order of their bits.
        let with = |bits: u64| Self { tick, frac: f64::from_bits(bits) };
        let below_one = 1.0_f64.next_down().to_bits();
        let end = last(0, below_one, |bits| reads(with(bits))).map_or(nearest, with);
        if indistinct { end.max(nearest) } else { end }
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

    /// This instant and so many whole femtoseconds, to the last bit of its fraction; at most the end of the range.
    #[must_use]
    pub fn later(self, fs: u64) -> Self {
        Self { tick: self.tick.saturating_add(fs), frac: self.frac }
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

/// The last number of a range for which a condition holds that holds up to somewhere.
fn last(mut low: u64, mut high: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    if !holds(low) {
        return None;
    }
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if holds(middle) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    Some(low)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_whole_number_of_femtoseconds_ends_where_it_stands() {
        for s in [1e-15, 1e-9, 1e-3, 0.1, 0.3, 1.0, 2.5] {
            let end = Time::last_read_as(s);
            assert_eq!((end.tick, end.as_s()), (Time::from_s(s).tick, s));
        }
    }

    proptest! {
        /// From a femtosecond to five hours.
        #[test]
        fn the_end_at_what_is_printed_for_an_instant_includes_it_and_nothing_printed_later(
            size in 0_u32..64,
            bits: u64,
            frac in 0.0..1.0_f64,
        ) {
            let at = Time { tick: bits.wrapping_shr(size) % 18_000_000_000_000_000_000, frac };
            let printed: f64 = format!("{}", at.as_s()).parse().unwrap();
            let end = Time::last_read_as(printed);
            prop_assert!(end >= at, "{end:?} {at:?}");
            prop_assert!(end.as_s() <= printed.next_up(), "{end:?} {at:?}");
        }
    }
}
