//! The analog simulator: islands of a circuit between two events, and the sources that they hear.
//!
//! # What happens between events
//! Nothing is stepped. Each island (a part of the circuit that no ideal source separates) carries
//! its state at an anchor and the closed form that follows from it; each device asks that form
//! when it will change its phase. The earliest answer is the island's one entry in the agenda.
//!
//! # Ordering contract
//! That of the scheduler (`memspike_scheduler`): by time (femtosecond tick and fraction), round and half of it. Islands
//! finish what they began, each by position, which follows names; then all sources that change at this moment change
//! together, and spike drivers with them that heard a device. Devices of one island whose transitions fall on one
//! instant (to rounding) change together. Sinks hear of one island's event: phase changes, then the forms that they
//! caused; of sources' changes: the phase changes of all islands, then all forms.
//!
//! # Exactness
//! An anchor lies at the solved instant itself, tick and fraction, never at the tick alone. A pause,
//! a probe or a sink evaluates forms, but never moves an anchor: no bit of a result depends on them.

mod counters;
mod error;
mod family;
mod group;
mod island;
mod logic;
mod plan;
mod probes;
mod recording;
mod rest;
mod rows;
mod simulation;
mod sink;
mod source;
mod sources;
mod start;

pub use counters::Counters;
pub use error::EngineError;
pub use recording::Recording;
pub use rest::{Left, Rest, Unbounded};
pub use simulation::{Options, Outcome, Simulation};
pub use sink::{DeviceEvent, Events, Follows, Sink};
