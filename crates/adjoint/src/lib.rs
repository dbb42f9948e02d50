//! Exact gradients of layered networks of LIF neurons under rectangular pulses.
//!
//! A spike starts a pulse of its driver, which is deaf while it lasts; a pulse moves the asymptotes of the membranes behind it. So membranes are
//! continuous, the instant of a spike is a smooth function of all weights and of all spikes before it, and its derivative is exact:
//! no surrogate is put in its place. Where a spike is born or dies, enters or leaves the deaf time of a driver, or meets the edge of a pulse, there is
//! none; elsewhere the gradient is that of the real network.
//!
//! [`Layers::of`] reads such layers from a network, [`Layers::forward`] runs a sample, [`Layers::backward`] gives the loss and its
//! derivatives. A [`Trainer`] follows them.

mod backward;
mod checkpoint;
mod design;
mod error;
mod forward;
mod heap;
mod heidelberg;
mod layers;
mod loss;
mod options;
mod pass;
mod pulses;
mod reading;
mod samples;
mod state;
mod trainer;
mod yin_yang;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use design::{Design, DesignError};
pub use error::{LayersError, RunsAway};
pub use forward::Spike;
pub use layers::{Cell, Feed, Layer, Layers};
pub use loss::{Loss, Terms, Verdict};
pub use memspike_snn::training::{Best, Epoch};
pub use options::{Options, OptionsError};
pub use pass::{Pass, Pulls, Shown};
pub use samples::{Sample, Samples, SamplesError};
pub use state::{ResumeError, State};
pub use trainer::{Trainer, accuracy};
pub use yin_yang::YinYang;
