//! Spiking networks of any shape, as a value: populations of neurons and the projections between them.
//!
//! A [`Network`] says what there is, in SI units, and nothing of how it is simulated: the levels of detail, decks and
//! cores follow from it. It is checked once, by its [`Builder`]; whoever holds one need not check it again. Names exist in
//! the builder and in files; inside, [`PopulationId`] and [`ProjectionId`] are numbers with a type.
//!
//! ```
//! use memspike_network::{Builder, Connections, Delay, Effect, Lif, LifNeuron, Oscillator, Weights};
//!
//! let mut builder = Builder::new();
//! let swing = Lif { tau_s: 0.047, threshold_v: 0.28, reset_v: 0.1 };
//! let inputs = builder.population("inputs", 2, Oscillator {
//!     resistance_ohm: 1e6, capacitance_farad: 47e-9, full_v: 2.0, ideal: Some(swing),
//! });
//! let outputs = builder.population("outputs", 1, LifNeuron {
//!     resistance_ohm: 1e6, capacitance_farad: 47e-9, ideal: Some(swing),
//! });
//! let weights = Weights::new(2, 1, vec![0.5, -0.25])?;
//! builder.projection("synapses", [inputs, outputs], Connections::Dense(weights), Effect::Volt(0.1), Delay::All(0));
//! let network = builder.build()?;
//! assert_eq!(network.connections(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Models
//! A model is a struct in a file of its own and a variant of [`Model`]: it says what its neurons give ([`Emission`]),
//! which [`Effect`]s they take, and which values its parameters may have.

mod builder;
mod connections;
mod delay;
mod digest;
mod drawing;
mod error;
mod file;
mod law;
mod lif;
mod made;
mod model;
mod network;
mod rule;
mod rule_error;
mod sparse;

pub use builder::Builder;
pub use connections::Connections;
pub use delay::{DEFAULT_DELAY_TICK, Delay, LONGEST_DELAY};
pub use drawing::{Drawing, Synapse};
pub use error::NetworkError;
pub use file::{FileError, FileReason, Form, TextPlace, VERSION, Written};
pub use law::{Law, LawError, Listed, Lognormal, Normal, Uniform};
pub use lif::Lif;
pub use made::{Fact, Made};
pub use memspike_npy::{Values, Weights, WeightsError, WeightsReason};
pub use model::{
    Effect, Emission, Input, LifCard, LifDelta, LifExp, LifNeuron, LifPulse, Membrane, Model,
    OneShotRow, Oscillation, Oscillator, ParameterError, Parrot, Poisson, Recorded, Regular, Reset,
    SpikeError, SpikeReason, Spikes, Trains,
};
pub use network::{Network, Population, PopulationId, Projection, ProjectionId};
pub use rule::{AllToAll, Degree, Drawn, Probability, Rule, Total};
pub use rule_error::RuleError;
pub use sparse::{SparseError, SparseRows};
