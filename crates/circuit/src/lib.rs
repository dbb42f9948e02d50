//! The elaborated circuit: what the engine runs.
//!
//! [`Builder`] takes flattened elements by name, [`Builder::build`] checks them and gives a
//! [`Circuit`] whose ids follow the alphabetical order of names, so that nothing depends on the
//! order of lines in a deck. [`Island`]s are the parts that no ideal source separates; their
//! state space is a [`System`], its closed-form solution a [`Trajectory`].

mod assembly;
mod builder;
mod check;
mod element;
mod graph;
mod layout;
mod modes;
mod observe;
mod spectrum;
mod staircase;
mod stimulus;
mod system;

pub use builder::{Builder, Circuit};
pub use check::CircuitError;
pub use element::{Element, ElementId, ElementKind, NodeId, WeightedSum};
pub use graph::{Island, Topology};
pub use modes::{ModalRow, Modes, Trajectory};
pub use observe::{
    Crossing, Edge, Level, Measure, MeasureKind, Occurrence, Point, Signal, Statistic, Window,
};
pub use spectrum::{Block, Spectrum};
pub use staircase::{Staircase, StaircaseError};
pub use stimulus::{Pulse, Segment, Sine, SpikeDriver, Stimulus};
pub use system::{Row, System, SystemError};
