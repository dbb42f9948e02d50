//! Relays: the drivers of rows.

use memspike_time::Time;

use crate::gather::Arrival;
use crate::grid::Grid;
use crate::kernel::{Words, time_of, words_of};
use crate::spike::Window;
use crate::stepped::{Law, Told};

/// Repeats what arrives, unless it arrives while it is deaf.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ParrotLaw {
    pub deaf_fs: u64,
}

impl Law for ParrotLaw {
    /// When it hears again.
    type State = Time;
    type Frame = ();

    fn grid(&self) -> Option<Grid> {
        None
    }

    fn start(&self, _: f64) -> Time {
        Time::ZERO
    }

    fn turn(&self, _: &mut Time, _: u64) {}

    fn frame(&self, _: Window, _: u64) {}

    fn advance(&self, (): &(), hears: &mut Time, arrivals: &[Arrival], told: &mut Told<'_>) {
        for arrival in arrivals {
            if arrival.at >= *hears {
                told.spike(arrival.at);
                let Time { tick, frac } = arrival.at.later(self.deaf_fs);
                // Without deafness it hears whatever comes later.
                let frac = if self.deaf_fs == 0 { frac.next_up() } else { frac };
                *hears = Time { tick, frac };
            }
        }
    }

    fn potential(&self, _: &Time, _: Time, _: u64) -> Option<f64> {
        None
    }

    fn save(hears: &Time) -> Words {
        let [tick, frac] = words_of(*hears);
        [tick, frac, 0, 0, 0, 0, 0, 0]
    }

    fn load(words: &Words) -> Time {
        time_of(&words[..2])
    }
}
