//! memspike: from a SPICE deck to exact spikes and waveforms.
//!
//! [`simulate`] runs one elaborated deck and collects what it asks to measure; files and other
//! consumers ride along as [`memspike_engine::Sink`]s. The command line, the tests and the benches
//! all go through it.

pub mod clocked;
mod delayed;
mod named;
mod outcome;
mod outputs;
mod simulate;
mod spikes;

pub use outcome::Outcome;
pub use outputs::{Files, OutputError, Outputs, check_writable, numbered};
pub use simulate::{Options, simulate};
pub use spikes::Spikes;
