//! How a filament dissolves while the voltage is below `von`.

use crate::registry::ParameterError;

/// A law of dissolution in closed form.
///
/// `order` 0 is exponential: `dg/dt = -g / time_s`, so that every part of the filament dissolves alike.
///
/// `order` n above 0 lets the n-th power of the filament fall evenly,
/// `dg/dt = -gres^n / (n time_s g^(n-1))`, so that `g^n = g0^n - gres^n t / time_s` until it is zero: what a
/// rupture leaves behind, `gres`, is gone after `time_s`. With n = 3 it is a body of silver, whose volume
/// goes as the cube of its size, losing the same amount in equal times: the smaller it is the faster
/// its size shrinks. That a short filament of silver dissolves in a time that goes as a power of
/// its size is known of volatile switches: Wang et al., Nat. Commun. 10, 81 (2019), whose surface
/// diffusion gives the fourth power.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Dissolution {
    order: f64,
    time_s: f64,
    gres: f64,
}

/// Orders that can be told from their limits: an exponential law below, and a filament that is whole until
/// it is gone beyond.
const ORDERS: std::ops::RangeInclusive<f64> = 0.1..=100.0;

impl Dissolution {
    /// From values that are positive (`time_s`) and at least 0 and below 1 (`gres`).
    pub fn new(order: f64, time_s: f64, gres: f64) -> Result<Self, ParameterError> {
        let refused = |reason: &str| Err(ParameterError::new("dissolution", order, reason));
        if order != 0.0 && !ORDERS.contains(&order) {
            return refused(
                "must be 0 (exponential), or an order from 0.1 to 100, such as 3 (cubic)",
            );
        }
        if order > 0.0 && gres == 0.0 {
            return refused("must be 0 (exponential) where a rupture leaves nothing (gres = 0)");
        }
        Ok(Self { order, time_s, gres })
    }

    /// The law's order.
    pub fn order(&self) -> f64 {
        self.order
    }

    /// The time constant, or the time after which what a rupture leaves is gone (s).
    pub fn time_s(&self) -> f64 {
        self.time_s
    }

    /// What is left after `dt_s` of a filament `g`.
    pub fn after(&self, g: f64, dt_s: f64) -> f64 {
        let passed = dt_s / self.time_s;
        if self.order == 0.0 {
            return g * (-passed).exp();
        }
        let part = g / self.gres;
        let left =
            if self.order == 3.0 { part * part * part } else { part.powf(self.order) } - passed;
        if left <= 0.0 {
            return 0.0;
        }
        let root = if self.order == 3.0 { left.cbrt() } else { left.powf(self.order.recip()) };
        // A filament that nothing happened to stays what it was, whatever the roots round to.
        (self.gres * root).min(g)
    }
}

#[cfg(test)]
mod tests {
    use super::Dissolution;

    #[test]
    fn what_a_rupture_leaves_is_gone_after_its_time_and_the_power_falls_evenly() {
        for order in [0.5, 1.0, 2.0, 3.0, 4.5] {
            let law = Dissolution::new(order, 8e-3, 0.6).expect("a law");
            assert_eq!(law.after(0.6, 8e-3 * (1.0 + 1e-12)), 0.0);
            assert_eq!(law.after(0.0, 1.0), 0.0);
            // Of the power, half is left at half the time.
            let half = law.after(0.6, 4e-3);
            assert!((half / (0.6 * 0.5_f64.powf(1.0 / order)) - 1.0).abs() < 1e-14, "{half}");
            // One that grew larger takes longer by as much as its power is larger.
            let larger = 0.9_f64;
            let whole_s = 8e-3 * (larger / 0.6).powf(order);
            assert_eq!(law.after(larger, whole_s * (1.0 + 1e-12)), 0.0);
            let eighth = law.after(larger, whole_s * 7.0 / 8.0);
            assert!((eighth / (larger * 0.125_f64.powf(1.0 / order)) - 1.0).abs() < 1e-13);
        }
    }

    #[test]
    fn two_stretches_leave_what_one_of_their_length_leaves() {
        for order in [0.0, 0.5, 1.0, 3.0, 7.0] {
            let law = Dissolution::new(order, 8e-3, 0.6).expect("a law");
            for first_s in [0.0, 1e-5, 1e-3, 3.9e-3] {
                let (one, two) =
                    (law.after(0.7, 4e-3), law.after(law.after(0.7, first_s), 4e-3 - first_s));
                assert!((one - two).abs() < 1e-15, "{order} {first_s}: {one} {two}");
            }
        }
    }

    #[test]
    fn nothing_dissolves_in_no_time() {
        let law = Dissolution::new(3.0, 8e-3, 0.66).expect("a law");
        for g in [0.0, 1e-9, 0.1, 0.66, 0.999] {
            let left = law.after(g, 0.0);
            assert!(left <= g && left >= g * (1.0 - 1e-14), "{g} {left}");
        }
    }

    #[test]
    fn orders_between_none_and_one_and_a_law_of_no_remainder_are_refused() {
        for order in [-1.0, 0.05, 101.0, f64::NAN, f64::INFINITY] {
            assert!(Dissolution::new(order, 1e-2, 0.5).is_err(), "{order}");
        }
        assert!(Dissolution::new(3.0, 1e-2, 0.0).is_err());
        assert!(Dissolution::new(0.0, 1e-2, 0.0).is_ok());
    }
}
