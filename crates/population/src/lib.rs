//! Large spiking networks, event by event: exact for what is stored, the same bits on any number of threads.
//!
//! # Laws that hold for every model
//! - A neuron fires where its potential is at or above its threshold (`>=`). What arrives at one instant is added up first: the
//!   synapses of one spike by their number, then the spikes by source and number; then there is one test. So opposite arrivals of one instant cancel, and
//!   an inhibition that arrives just when a neuron would fire keeps it from firing.
//! - A crossing between two arrivals is solved for, from a closed form, and none is missed.
//! - After a spike a neuron is refractory for a while, `[spike, end)`: its potential is held at what the reset leaves, and an arrival
//!   that moves a potential at once is lost; currents go on. At `end` itself it hears again: the end comes first, then what
//!   arrives at that instant, then the test. A refractory time of zero ends at once.
//! - A reset that lowers a potential and leaves it at or above the threshold fires again as soon as the neuron may.
//! - A neuron that starts at or above its threshold fires at 0.
//! - A run covers the closed interval from 0 to its end.
//!
//! # Scaled states
//! A potential is kept as `u = (V - asymptote) exp((t - g) / tau)`, where `g` is the last multiple of a period that the model alone gives.
//! So `u` stays as it is between arrivals, and an arrival is one addition and one comparison. Because nothing but `g` decides how a
//! state is written, windows, threads and the places where a run is split change no bit.
//!
//! # Ranks
//! Several processes may run one network: [`Simulation::among`]. Each draws and keeps the synapses of its own targets; once a window they
//! send each other their spikes ([`Exchange`]), and every one has all that may still arrive. So an image does not depend on them.

mod climb;
mod crew;
mod described;
mod direct;
mod error;
mod estimate;
mod exchange;
mod exponential;
mod fans;
mod field;
mod findings;
mod gather;
mod grid;
mod history;
mod image;
mod inputs;
mod kernel;
mod levels;
mod lif;
mod membranes;
mod model;
mod noise;
mod pace;
mod parrot;
mod plan;
mod pulse;
mod rate;
mod recording;
mod rows;
mod shape;
mod simulation;
mod site;
mod source;
mod spike;
mod stepped;
mod stored;
mod stream;
mod survey;
mod synaptic;
mod wiring;

pub use described::{Description, DescriptionError};
pub use error::{BuildError, DriveError, ImageError, PlayError, RunError};
pub use estimate::{Estimate, estimate};
pub use exchange::{Alone, Exchange};
pub use model::{Currents, Initial, Input, Membrane, Model, Population, Precision, Reset};
pub use recording::{Recording, Sink};
pub use simulation::{Counters, Ended, MOST_THREADS, Options, Probed, Simulation};
pub use spike::Spike;
pub use wiring::{Synapse, Synapses, Wiring};
