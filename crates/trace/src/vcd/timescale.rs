//! The unit of time of a dump.

use memspike_time::Time;
use vcd::TimescaleUnit;

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
        at.tick / self.fs
    }

    /// The two parts of a `$timescale`.
    pub(crate) fn parts(self) -> (u32, TimescaleUnit) {
        const UNITS: [TimescaleUnit; 6] = [
            TimescaleUnit::FS,
            TimescaleUnit::PS,
            TimescaleUnit::NS,
            TimescaleUnit::US,
            TimescaleUnit::MS,
            TimescaleUnit::S,
        ];
        let exponent = self.fs.ilog10();
        (10_u32.pow(exponent % 3), UNITS[exponent as usize / 3])
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
        assert_eq!(TimeScale::from_s(1e-8).map(TimeScale::parts), Some((10, TimescaleUnit::NS)));
        assert_eq!(TimeScale::from_s(100.0).map(TimeScale::parts), Some((100, TimescaleUnit::S)));
        for bad in [0.0, -1e-9, 2e-9, 1e-16, 1000.0, f64::NAN, f64::INFINITY] {
            assert_eq!(TimeScale::from_s(bad), None, "{bad}");
        }
    }

    #[test]
    fn long_runs_stay_within_63_bits() {
        assert_eq!(TimeScale::finest(Time::from_s(9223.0)), TimeScale::FEMTOSECOND);
        assert_eq!(TimeScale::finest(Time::from_s(9224.0)).parts(), (10, TimescaleUnit::FS));
        assert_eq!(TimeScale::finest(Time::from_tick(u64::MAX)).parts(), (10, TimescaleUnit::FS));
    }
}
