//! The absolute multiples of time at which states are written anew.

use memspike_time::Time;

/// How many time constants a state is carried before it is written anew: its scale grows by `e` in each.
const LENGTHS: f64 = 16.0;

/// Multiples of a period.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    pub period_fs: u64,
}

impl Grid {
    /// The grid of a model whose shortest time constant is `tau_fs`.
    pub fn of(tau_fs: f64) -> Self {
        Self { period_fs: ((LENGTHS * tau_fs) as u64).max(1) }
    }

    /// The multiple at or before an instant (fs).
    pub fn origin(self, at: Time) -> u64 {
        at.tick / self.period_fs * self.period_fs
    }
}

/// Femtoseconds from an origin to an instant that is not before it.
pub(crate) fn after(at: Time, origin: u64) -> f64 {
    (at.tick - origin) as f64 + at.frac
}

/// The next instant.
pub(crate) fn just_after(at: Time) -> Time {
    let frac = at.frac.next_up();
    if frac < 1.0 { Time { frac, ..at } } else { Time::from_tick(at.tick.saturating_add(1)) }
}

/// The instant before; of the first one, itself.
pub(crate) fn just_before(at: Time) -> Time {
    match at {
        Time { tick: 0, frac: 0.0 } => at,
        Time { tick, frac: 0.0 } => Time { tick: tick - 1, frac: 1.0_f64.next_down() },
        Time { tick, frac } => Time { tick, frac: frac.next_down() },
    }
}

/// The instant so many femtoseconds after another one.
pub(crate) fn plus_fs(from: Time, fs: f64) -> Time {
    let sum = fs + from.frac;
    // Truncation is the floor of what is not negative.
    let whole = sum as u64;
    Time { tick: from.tick.saturating_add(whole), frac: sum - whole as f64 }
}
