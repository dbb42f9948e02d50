//! How long a spike is under way.

/// The longest delay, in femtoseconds: 9 s. Every whole number up to it is exact in each form of file.
pub const LONGEST_DELAY: u64 = 1 << 53;

/// Delays in whole femtoseconds, the ticks of the crate `time`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delay {
    /// The same for all connections.
    All(u64),
    /// One for each connection, in their order.
    Each(Vec<u64>),
}

impl Delay {
    /// The shortest of them, in femtoseconds.
    #[must_use]
    pub fn least(&self) -> u64 {
        match self {
            Self::All(ticks) => *ticks,
            Self::Each(ticks) => ticks.iter().copied().min().unwrap_or(0),
        }
    }

    /// The delay of a connection, in femtoseconds.
    ///
    /// # Panics
    /// If there is no such connection.
    #[must_use]
    pub fn of(&self, connection: usize) -> u64 {
        match self {
            Self::All(ticks) => *ticks,
            Self::Each(ticks) => ticks[connection],
        }
    }

    /// The longest of them, in femtoseconds.
    pub(crate) fn greatest(&self) -> u64 {
        match self {
            Self::All(ticks) => *ticks,
            Self::Each(ticks) => ticks.iter().copied().max().unwrap_or(0),
        }
    }
}
