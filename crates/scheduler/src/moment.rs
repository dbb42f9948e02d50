//! Where in time, and within an instant, something happens.

use memspike_time::Time;

/// Half of a round; see the order contract of this crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Half {
    /// Origins finish what they had scheduled.
    Finish,
    /// What is changed from outside changes.
    Change,
}

/// An instant, and a half of one of its rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// The instant.
    pub at: Time,
    /// The round within it, from zero.
    pub round: u32,
    /// The half of the round.
    pub half: Half,
}

impl Moment {
    /// The first half of an instant's first round.
    #[must_use]
    pub fn first(at: Time) -> Self {
        Self { at, round: 0, half: Half::Finish }
    }

    /// The round whose second half acts on what is said at this moment.
    #[must_use]
    pub fn heard_in(self) -> u32 {
        self.round + u32::from(self.half == Half::Change)
    }
}

/// Where a record stands among those of its moment: kind before position. Records in one place keep the order in
/// which their origin made them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// What kind it is; lower ones are told first.
    pub kind: u8,
    /// Position of its origin, or of what it tells.
    pub position: u32,
}
