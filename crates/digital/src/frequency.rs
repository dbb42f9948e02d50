//! Instants that follow from a number of periods, so that nothing accumulates.

use memspike_time::FS;

/// A frequency, exactly as its double says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frequency {
    /// The frequency is `mantissa * 2^exponent` hertz.
    mantissa: u64,
    exponent: i32,
}

impl Frequency {
    /// The lowest (Hz).
    pub const LEAST_HZ: f64 = 1e-4;
    /// The highest (Hz).
    pub const MOST_HZ: f64 = 2e14;

    /// A frequency from [`Frequency::LEAST_HZ`] to [`Frequency::MOST_HZ`].
    ///
    /// # Panics
    /// If it is none of these.
    #[must_use]
    pub fn new(hertz: f64) -> Self {
        assert!((Self::LEAST_HZ..=Self::MOST_HZ).contains(&hertz), "a frequency in range");
        let bits = hertz.to_bits();
        let exponent = ((bits >> 52) & 0x7ff) as i32;
        let fraction = bits & ((1 << 52) - 1);
        // Frequencies are far above the least normal number.
        let mantissa = fraction | (1 << 52);
        let zeros = mantissa.trailing_zeros();
        Self { mantissa: mantissa >> zeros, exponent: exponent - 1075 + zeros as i32 }
    }

    /// `count / frequency` in femtoseconds, to the nearest; none beyond the range of time.
    #[must_use]
    pub fn after(self, count: u64) -> Option<u64> {
        let fs = u128::from(count) * FS as u128;
        let mantissa = u128::from(self.mantissa);
        let (over, under) = if self.exponent < 0 {
            let shift = self.exponent.unsigned_abs();
            if fs.leading_zeros() <= shift {
                // Then it is beyond: count * 1e15 / (m * 2^e) >= 2^127 / 2^53.
                return None;
            }
            (fs << shift, mantissa)
        } else {
            (fs, mantissa.checked_shl(self.exponent as u32)?)
        };
        u64::try_from((over + under / 2) / under).ok()
    }

    /// The least count that [`Frequency::after`] puts later than so many femtoseconds.
    #[must_use]
    pub fn first_after(self, fs: u64) -> u64 {
        let mantissa = u128::from(self.mantissa);
        let (period, unit) = if self.exponent < 0 {
            ((FS as u128) << self.exponent.unsigned_abs(), mantissa)
        } else {
            (FS as u128, mantissa << self.exponent)
        };
        // From (count * period + unit / 2) / unit > fs, in whole numbers.
        let least = (u128::from(fs) + 1) * unit - unit / 2;
        least.div_ceil(period) as u64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn edges_of_a_third_of_a_hertz_or_three_do_not_wander() {
        // Three hertz: k / 3 s; the thousandth third ends at 333.333... s.
        let three = Frequency::new(3.0);
        assert_eq!(three.after(1), Some(333_333_333_333_333));
        assert_eq!(three.after(2), Some(666_666_666_666_667));
        assert_eq!(three.after(3_000), Some(1_000_000_000_000_000_000));
        assert_eq!(three.after(50_000), Some(16_666_666_666_666_666_667));
        assert_eq!(three.after(60_000), None);
        assert_eq!(Frequency::new(2e14).after(3), Some(15));
        assert_eq!(Frequency::new(0.5).after(3), Some(6_000_000_000_000_000));
    }

    proptest! {
        /// The instant times the frequency, in exact fractions, is the count to within half a femtosecond of it.
        #[test]
        fn an_edge_is_the_nearest_femtosecond(hertz in 1e-4..2e14_f64, part in 0.0..1.0_f64) {
            let count = (part * 1.8e4 * hertz) as u64;
            let frequency = Frequency::new(hertz);
            let at = frequency.after(count).expect("within five hours");
            // |at * f - count * 1e15| <= f / 2 with f = m * 2^e, all scaled by 2^-e if that is negative.
            let scale = |value: u128| if frequency.exponent < 0 { value << -frequency.exponent } else { value };
            let f = u128::from(frequency.mantissa) << frequency.exponent.max(0);
            let difference = (u128::from(at) * f).abs_diff(scale(u128::from(count) * 1_000_000_000_000_000));
            prop_assert!(2 * difference <= f, "{hertz} {count} {at}");
        }

        #[test]
        fn the_first_edge_after_an_instant_is_later_and_the_one_before_is_not(
            hertz in prop_oneof![1e-4..2e14_f64, Just(1e8), Just(3.0), Just(2e14)],
            fs in prop_oneof![0_u64..100, 0_u64..18_000_000_000_000_000_000],
        ) {
            let frequency = Frequency::new(hertz);
            let first = frequency.first_after(fs);
            prop_assert!(frequency.after(first).is_none_or(|at| at > fs));
            prop_assert!(first > 0 && frequency.after(first - 1).is_some_and(|at| at <= fs));
        }
    }
}
