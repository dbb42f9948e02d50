//! Periods one after another, each placed to the femtosecond.

use memspike_time::FS;

/// Periods that are counted: beyond these, counts are no longer exact in an `f64`.
const MOST: f64 = 9e15;

/// Periods from an instant on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Repeats {
    /// Start of the first (fs).
    pub first_fs: u64,
    /// Length (s); infinite if there is only one.
    pub period_s: f64,
}

impl Repeats {
    /// Start of a period (fs); beyond all time if it never comes.
    ///
    /// Counted from the first in whole femtoseconds: as seconds, an edge late in a run would lie where an
    /// `f64` has a number, and pulses would differ in width.
    pub fn start_fs(self, number: u64) -> u64 {
        if number == 0 {
            return self.first_fs;
        }
        let (number, period) = (number as f64, self.period_s * FS);
        let passed = number * period;
        if passed >= u64::MAX as f64 {
            return u64::MAX;
        }
        let whole = passed as u64;
        // With what rounding of the product has lost.
        let rest = (passed - whole as f64) + number.mul_add(period, -passed);
        self.first_fs.saturating_add(whole.saturating_add_signed(rest.round() as i64))
    }

    /// The period that holds an instant at or after the first start.
    pub fn number(self, at_fs: u64) -> u64 {
        if !self.period_s.is_finite() {
            return 0;
        }
        let passed = (at_fs - self.first_fs) as f64 / (self.period_s * FS);
        let mut number = passed.clamp(0.0, MOST) as u64;
        while number > 0 && self.start_fs(number) > at_fs {
            number -= 1;
        }
        while number < MOST as u64
            && self.start_fs(number + 1) <= at_fs
            && self.start_fs(number + 1) > self.start_fs(number)
        {
            number += 1;
        }
        number
    }
}
