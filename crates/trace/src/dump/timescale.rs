//! The unit of time of a dump.

use memspike_time::Time;

/// Femtoseconds in the longest unit that a VCD has, 100 s.
const LONGEST_FS: u64 = 100_000_000_000_000_000;

/// The unit of time of a VCD: 1, 10 or 100 of fs, ps, ns, us, ms or s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeScale {
    fs: u64,
}

impl TimeScale {
    /// One femtosecond, the resolution of a run.
    pub const FEMTOSECOND: Self = Self { fs: 1 };

    /// The unit of `unit_s` seconds; none if no VCD can have it.
    #[must_use]
    pub fn from_s(unit_s: f64) -> Option<Self> {
        Self::all().find(|scale| (unit_s * 1e15 / scale.fs as f64 - 1.0).abs() < 1e-9)
    }

    /// The finest in which a run up to `until` stays within the signed 64 bits of some readers:
    /// 1 fs up to 9223 s.
    #[must_use]
    pub fn finest(until: Time) -> Self {
        let fits = |scale: &Self| until.tick / scale.fs < i64::MAX as u64;
        Self::all().find(fits).unwrap_or(Self { fs: LONGEST_FS })
    }

    /// Every unit, from the finest on.
    fn all() -> impl Iterator<Item = Self> {
        let longer = |fs: &u64| (*fs < LONGEST_FS).then(|| 10 * fs);
        std::iter::successors(Some(1), longer).map(|fs| Self { fs })
    }

    /// Whole units up to `at`.
    pub(crate) fn units(self, at: Time) -> u64 {
        // A division takes as long as much else of a point.
        if self.fs == 1 { at.tick } else { at.tick / self.fs }
    }

    /// The power of ten that it is in seconds.
    pub(crate) fn exponent(self) -> i8 {
        self.fs.ilog10() as i8 - 15
    }
}

impl Default for TimeScale {
    fn default() -> Self {
        Self::FEMTOSECOND
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_ten_are_units_and_nothing_else_is() {
        assert_eq!(TimeScale::from_s(1e-15), Some(TimeScale::FEMTOSECOND));
        assert_eq!(TimeScale::from_s(1e-8).map(TimeScale::exponent), Some(-8));
        assert_eq!(TimeScale::from_s(100.0).map(TimeScale::exponent), Some(2));
        for bad in [0.0, -1e-9, 2e-9, 1e-16, 1000.0, f64::NAN, f64::INFINITY] {
            assert_eq!(TimeScale::from_s(bad), None, "{bad}");
        }
    }

    #[test]
    fn long_runs_stay_within_63_bits() {
        assert_eq!(TimeScale::finest(Time::from_s(9223.0)), TimeScale::FEMTOSECOND);
        assert_eq!(TimeScale::finest(Time::from_s(9224.0)).exponent(), -14);
        assert_eq!(TimeScale::finest(Time::from_tick(u64::MAX)).exponent(), -14);
    }
}
