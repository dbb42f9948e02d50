//! Training: backpropagation through time at point level.
//!
//! The network is unrolled over its own events (or over equal steps, as the paper's tool does; loops take a step). A spike
//! is a step of the potential; its derivative is replaced by that of a sigmoid around the threshold.
//! Everything random is keyed by seed, epoch and place, and sums have a fixed order, so that results
//! depend neither on threads nor on where a run was interrupted.

mod adam;
mod backward;
mod batch;
mod data;
mod error;
mod events;
mod lane;
mod loss;
mod network;
mod noise;
mod options;
mod pass;
mod shift;
mod stage;
mod start;
mod state;
mod trainer;
mod unrolled;

pub use adam::Adam;
pub use backward::ByAnswer;
pub use data::Data;
pub use error::{GradientOverflow, ResumeError};
pub use events::{EventSet, Events, InputSpike};
pub use lane::Lane;
pub use loss::Loss;
pub use network::ShapeError;
pub use options::{Options, OptionsError, Preset};
pub use pass::{Deviations, Pass, Seen, Shown};
pub use stage::{Stage, Table, Volts};
pub use state::{Best, Epoch, State};
pub use trainer::Trainer;
pub use unrolled::{Spiking, Surrogate, Unrolled};
