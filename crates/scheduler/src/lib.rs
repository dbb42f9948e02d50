//! The scheduler: one place where order, origins and windows live. It knows no physics.
//!
//! # Origins and groups
//! An origin is whatever events come from: an island of a circuit, a source, a clocked block, a population of
//! neurons, a port to another process. Origins that advance together are a [`Group`]: [`groups`] puts those into one
//! that wait for each other (a loop of origins that hear each other), and all those into one that only feed others and
//! are equally far from the beginning. Groups come in the order in which they feed each other.
//!
//! # The order contract
//! Everything happens at a [`Moment`]: an instant (femtosecond tick and fraction), a round within it, and a half of
//! the round.
//!
//! 1. In the first half of a round, origins *finish* what they themselves had scheduled for this instant, each by its
//!    position. What one of them schedules for the same instant while it does so belongs to the same half.
//! 2. In the second half, whatever is *changed* from outside changes together: sources whose form ends here, and
//!    what listens to origins that spoke in the first half. Nobody sees one change without the others.
//! 3. What a change leads to at the same instant is finished in the next round. What is heard in the first half of a
//!    round is a change of the same round; what is heard in the second half is one of the next.
//!
//! Records reach the sinks by moment, then by what stands in their [`Place`]. No other order exists: neither groups,
//! nor windows, nor pauses decide anything but how much waits to be told. So what happens depends on what the origins
//! are, never on how they were cut into groups.
//!
//! # Windows
//! Groups do not know of each other within a window, so each runs to its end before the next one, which finds
//! ready what the earlier ones said. A group that is a loop advances by its own least delay at a time, and by
//! single moments where that is zero. A window ends early where a group puts something off, because so much waits to be
//! told, or because it takes long and somebody may want to stop.

mod agenda;
mod backlog;
mod group;
mod moment;
mod partition;
mod scheduler;

pub use agenda::{Agenda, Origin, Tally};
pub use group::{Epoch, Group, Outbox};
pub use moment::{Half, Moment, Place};
pub use partition::{Edge, Part, groups};
pub use scheduler::{Ended, Pace, Scheduler, Stop, Tell};
