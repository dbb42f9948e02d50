//! The discrete-event engine: time, the queue, the run loop.
//!
//! # What happens between events
//! Nothing is stepped. Each island (a part of the circuit that no ideal source separates) carries
//! its state at an anchor and the closed form that follows from it; each device asks that form
//! when it will change its phase. The earliest answer is the island's one entry in the queue.
//!
//! # Ordering contract
//! Sinks hear of events in the order of time (femtosecond tick and fraction), then origin (islands
//! before sources, each by position, which follows names); an origin has one pending event.
//! So at one instant a device finishes what it began before a source changes, and all sources
//! that change then change together. Devices of one island whose transitions fall on one instant (to rounding) change
//! together. Sinks hear of an instant in this order: phase changes, then the forms that
//! they caused.
//!
//! # Exactness
//! An anchor lies at the solved instant itself, tick and fraction, never at the tick alone. A pause,
//! a probe or a sink evaluates forms, but never moves an anchor: no bit of a result depends on them.

mod backlog;
mod error;
mod family;
mod island;
mod probes;
mod queue;
mod simulation;
mod sink;
mod source;
mod sources;
mod start;
mod time;

pub use error::EngineError;
pub use queue::Counters;
pub use simulation::{Options, Outcome, Pace, Simulation};
pub use sink::{DeviceEvent, Sink};
pub use time::Time;
