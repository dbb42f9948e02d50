//! Closed-form models of volatile switching devices.
//!
//! A model is a set of pure functions ([`Model`]): given the closed form of the voltage that
//! controls it, when does its phase change next, what is its state then. It knows no
//! queue, no circuit and no file. [`MODELS`] is the one list of what decks can name.

mod chebyshev;
mod comparator;
mod diffusive;
mod dissolution;
mod growth;
mod limiter;
mod model;
mod oscillator;
mod piecewise;
mod registry;
mod spice;
mod switch;
mod variation;

pub use comparator::Comparator;
pub use diffusive::{Diffusive, Width, formed_ohm};
pub use limiter::Limiter;
pub use model::{Deviation, Model, Phase, State, Transition};
pub use oscillator::Oscillator;
pub use piecewise::{Corner, MOST_PIECES, Piece, Piecewise, Side};
pub use registry::{BuiltModel, MODELS, ModelKind, Parameter, ParameterError, Terminals};
pub use spice::{NoSpiceForm, SpiceForm};
pub use switch::Switch;
