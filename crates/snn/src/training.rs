//! Training: backpropagation through time at point level.
//!
//! The network is unrolled over its own events (or over equal steps, as the paper's tool does). A spike
//! is a step of the potential; its derivative is replaced by that of a sigmoid around the threshold.
//! Everything random is keyed by seed, epoch and place, and sums have a fixed order, so that results
//! depend neither on threads nor on where a run was interrupted.

mod adam;
mod loss;
mod noise;
mod options;
mod trainer;
mod unrolled;

pub use adam::Adam;
pub use loss::Loss;
pub use options::{Options, OptionsError, Preset};
pub use trainer::{Best, Epoch, ResumeError, State, Trainer};
pub use unrolled::{Deviations, Pass, Spiking, Surrogate, Unrolled};
