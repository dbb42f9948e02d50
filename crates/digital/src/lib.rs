//! Digital blocks: gates, flip-flops, clocks, counters, one-shots. What decks can name is in [`KINDS`].
//!
//! A block knows levels and times, and neither voltages nor who is connected to it. It is asked once what its outputs are
//! at rest, and from then on told when an input changed or a time that it asked for has come; it answers with levels
//! that its outputs take after a delay.
//!
//! Names, ports, parameters and their defaults are those of XSPICE's digital models where there is one; `clock`,
//! `one_shot`, `counter` and `aer_encoder` are ours.

mod block;
mod blocks;
mod frequency;
mod level;
mod registry;

pub use block::{Block, Design, Drives, NamedPort, Outputs, Report};
pub use blocks::source::Vectors;
pub use frequency::Frequency;
pub use level::{Delays, Level};
pub use registry::{BlockKind, Direction, KINDS, Port};
