//! The leak that comes nearest to a retention.

use std::iter::once;

use crate::{LONGEST_SHIFT, Leak};

/// The shortest shift of a factor that is tried: shorter ones are among its multiples.
const SHORTEST_SHIFT: u32 = 8;

/// The leak for a retention above 0 and at most 1, in potentials of so many bits.
///
/// One that is exact if there is any, otherwise the cheapest whose part that a tick takes, `1 - retention`, errs by no more than
/// `near` of it, otherwise the nearest of all. Cheap are shifts, then factors of few bits.
pub(super) fn leak_of(retention: f64, potential_bits: u32, near: f64) -> Leak {
    let lost = 1.0 - retention;
    let error = |leak: &Leak| (1.0 - leak.retention() - lost).abs();
    let shifts = (1..potential_bits).map(|shift| Leak::Shift { shift });
    let products = (SHORTEST_SHIFT..=LONGEST_SHIFT).map(|shift| product(lost, shift));
    let all = || once(Leak::None).chain(shifts.clone()).chain(products.clone());
    all()
        .find(|leak| error(leak) == 0.0)
        .or_else(|| all().find(|leak| error(leak) <= near * lost))
        .or_else(|| all().min_by(|a, b| error(a).total_cmp(&error(b))))
        .unwrap_or(Leak::None)
}

/// The nearest factor, in lowest terms.
fn product(lost: f64, shift: u32) -> Leak {
    let whole = 1_u32 << shift;
    let lost = (lost * f64::from(whole)).round() as u32;
    let factor = whole - lost.clamp(1, whole - 1);
    let common = factor.trailing_zeros();
    Leak::Multiply { factor: factor >> common, shift: shift - common }
}

#[cfg(test)]
mod tests {
    use super::leak_of;
    use crate::Leak;

    #[test]
    fn powers_of_two_are_shifts_and_other_short_fractions_are_exact() {
        for shift in 1..17 {
            let retention = 1.0 - 0.5_f64.powi(shift as i32);
            assert_eq!(leak_of(retention, 17, 0.01), Leak::Shift { shift });
        }
        assert_eq!(leak_of(1.0, 17, 0.01), Leak::None);
        // 201/1024 may be 50/256 within a hundredth, but need not be.
        assert_eq!(leak_of(823.0 / 1024.0, 17, 0.01), Leak::Multiply { factor: 823, shift: 10 });
        assert_eq!(leak_of(0.75 * 0.75, 17, 0.01), Leak::Multiply { factor: 9, shift: 4 });
        // A shift by more bits than there are is none.
        let longer = Leak::Multiply { factor: (1 << 10) - 1, shift: 10 };
        assert_eq!(leak_of(1.0 - 0.5_f64.powi(10), 10, 0.01), longer);
    }

    #[test]
    fn every_retention_is_met_as_nearly_as_asked() {
        for (retention, near) in
            [(0.99, 0.01), (0.999, 0.01), (0.999, 1e-3), (0.3, 0.01), (1.0 - 2e-5, 0.01)]
        {
            let leak = leak_of(retention, 17, near);
            let error = (leak.retention() - retention).abs() / (1.0 - retention);
            assert!(error <= near, "{retention} within {near}: {leak:?}");
        }
    }

    #[test]
    fn a_shift_is_taken_where_it_is_near_enough() {
        assert_eq!(leak_of(1.0 - 0.0624, 17, 0.01), Leak::Shift { shift: 4 });
        assert!(matches!(leak_of(1.0 - 0.0624, 17, 0.001), Leak::Multiply { .. }));
    }

    #[test]
    fn what_cannot_be_met_is_the_nearest() {
        assert_eq!(leak_of(1.0 - 1e-9, 17, 0.01), Leak::None);
        let least = Leak::Multiply { factor: (1 << 24) - 1, shift: 24 };
        assert_eq!(leak_of(1.0 - 0.7 * 0.5_f64.powi(24), 17, 0.01), least);
        assert_eq!(leak_of(1e-9, 17, 0.01), Leak::Multiply { factor: 1, shift: 8 });
    }
}
