//! How long a spike is under way.

use memspike_time::FS;

use crate::{Law, LawError};

/// The longest delay, in femtoseconds: 9 s. Every whole number up to it is exact in each form of file.
pub const LONGEST_DELAY: u64 = 1 << 53;

/// The tick of drawn delays where a network does not say its own, in femtoseconds: 1 us.
pub const DEFAULT_DELAY_TICK: u64 = 1_000_000_000;

/// Delays in whole femtoseconds, the ticks of the crate `time`.
#[derive(Debug, Clone, PartialEq)]
pub enum Delay {
    /// The same for all connections.
    All(u64),
    /// One for each connection, in their order.
    Each(Vec<u64>),
    /// Drawn for each connection, in seconds; rounded to the nearest multiple of the network's tick, and of a femtosecond
    /// where the tick is 0. What is drawn is never below the tick.
    Drawn(Law),
}

impl Delay {
    /// The shortest of them, in femtoseconds.
    #[must_use]
    pub fn least(&self) -> u64 {
        match self {
            Self::All(ticks) => *ticks,
            Self::Each(ticks) => ticks.iter().copied().min().unwrap_or(0),
            Self::Drawn(law) => memspike_time::ticks(law.ends().0),
        }
    }

    /// The longest of them, in femtoseconds.
    pub(crate) fn greatest(&self) -> u64 {
        match self {
            Self::All(ticks) => *ticks,
            Self::Each(ticks) => ticks.iter().copied().max().unwrap_or(0),
            // Its law says that nothing longer is drawn.
            Self::Drawn(_) => 0,
        }
    }

    /// Whether every drawn delay is at least a tick, and no longer than [`LONGEST_DELAY`].
    pub(crate) fn check(&self, tick_fs: u64) -> Result<(), LawError> {
        match self {
            Self::Drawn(Law::Value(_) | Law::Listed(_)) => Err(LawError::NoDistribution),
            Self::Drawn(law) => {
                let least = tick_fs.max(1) as f64 / FS;
                law.check(least..=LONGEST_DELAY as f64 / FS, None)
            }
            Self::All(_) | Self::Each(_) => Ok(()),
        }
    }
}
