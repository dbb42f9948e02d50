//! The elaborated circuit: what the engine runs.
//!
//! [`Builder`] takes flattened elements by name, [`Builder::build`] checks them and gives a
//! [`Circuit`] whose ids follow the alphabetical order of names, so that nothing depends on the
//! order of lines in a deck. [`Island`]s are the parts that no ideal source separates; their
//! state space is a [`System`], its closed-form solution a [`Trajectory`].

mod array;
mod assembly;
mod bisection;
mod builder;
mod chain;
mod charge;
mod check;
mod cluster;
mod dense;
mod dependent;
mod digital;
mod double;
mod element;
mod eliminate;
mod exponential;
mod graph;
mod law;
mod layout;
mod limits;
mod mesh;
mod modes;
mod network;
mod observe;
mod one_shot;
mod pulse;
mod pwl;
mod reduced;
mod repeats;
mod row;
mod schur;
mod spectrum;
mod staircase;
mod stimulus;
mod symmetric;
mod system;
mod tied;

pub use array::{Array, ArrayId, WeightedSum, Weights};
pub use builder::{Builder, Circuit};
pub use check::CircuitError;
pub use digital::{Comparator, DigitalBlock, LevelDriver, NetId, Pin, SpikeTap};
pub use double::Double;
pub use element::{Control, DeviceId, Element, ElementId, ElementKind, NodeId};
pub use exponential::Exponential;
pub use graph::{Island, Topology};
pub use law::Law;
pub use modes::{ModalRow, Modes, Trajectory};
pub use observe::{
    Crossing, DeviceVariable, Edge, Level, Measure, MeasureKind, Occurrence, Point, Quantity,
    Reading, RiseReading, Signal, Statistic, Window,
};
pub use one_shot::{OneShot, Retrigger};
pub use pulse::Pulse;
pub use pwl::RepeatedPwl;
pub use row::Row;
pub use spectrum::{Block, Spectrum};
pub use staircase::{Staircase, StaircaseError};
pub use stimulus::{Segment, Sine, SpikeDriver, Stimulus};
pub use system::{System, SystemError};
