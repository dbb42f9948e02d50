//! Decks run from start to end.
//!
//! [`simulate`] runs one elaborated deck and gives back what it asks to measure, in memory; files and other
//! consumers ride along as [`memspike_engine::Sink`]s. [`Outputs`] are the files of a run. Nothing here prints, and nothing
//! knows a command line.

mod at_rest;
pub mod clocked;
mod core_layers;
mod delayed;
mod device_card;
mod named;
mod open_files;
mod outcome;
mod outputs;
mod save_file;
mod simulate;
mod workers;

pub use at_rest::Points;
pub use core_layers::{ENDLESS_S, FillError, StepError, asks_card, core_step, filled};
pub use device_card::{CardError, DeviceCard, ZNO, varied_paper};
pub use memspike_trace::Spikes;
pub use open_files::Files;
pub use outcome::Outcome;
pub use outputs::{OutputError, Outputs, check_writable, numbered, saved};
pub use simulate::{Options, simulate};
pub use workers::{MOST_THREADS, Workers, WorkersError};
