//! Why a run ends early.

use memspike_circuit::{Circuit, SystemError};
use memspike_time::Time;

use crate::island::Failure;
use crate::logic::MOST_ROUNDS;

/// A run that cannot go on. Times are in seconds.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// An island has no unique solution in the configuration that its switches reached.
    #[error("at {at_s:.9e} s {source}")]
    System {
        /// What is wrong.
        source: SystemError,
        /// When.
        at_s: f64,
    },
    /// The circuit has no unique state of rest at time zero.
    #[error(
        "no operating point at time zero: around node '{node}' nothing says at which voltages and currents all rest; start from initial conditions with 'uic', fix the node with '.ic', or put a resistor into a loop of inductors and sources"
    )]
    NoOperatingPoint {
        /// A node of the part that has none.
        node: String,
    },
    /// Devices switch to and fro at one instant: each state contradicts itself.
    #[error(
        "at {at_s:.9e} s '{device}' switches to and fro without time passing: what it switches undoes its own control; give it hysteresis, or a capacitor across its control"
    )]
    Chatter {
        /// The device.
        device: String,
        /// When.
        at_s: f64,
    },
    /// A part of the circuit has closed forms that hold for less than can be told.
    #[error(
        "at {at_s:.9e} s the voltages around node '{node}' change too fast to follow: a thousand of their turns or forms are less than a femtosecond; check the values of its capacitors and controlled sources"
    )]
    Stalled {
        /// A node of the part.
        node: String,
        /// When.
        at_s: f64,
    },
    /// A growing mode carried a voltage beyond any physical value.
    #[error(
        "the voltage at node '{node}' runs away: {volt:.1e} V at {at_s:.9e} s; a controlled source feeds it back with a loop gain above one, or a negative resistance gives more than others take"
    )]
    RunAway {
        /// The node.
        node: String,
        /// Its voltage.
        volt: f64,
        /// When.
        at_s: f64,
    },
    /// Digital blocks change each other without time passing.
    #[error(
        "at {at_s:.9e} s net '{net}' changes over and over without time passing: {MOST_ROUNDS} rounds led to no end; give a block of the loop a delay"
    )]
    Endless {
        /// A net of the loop.
        net: String,
        /// When.
        at_s: f64,
    },
    /// A digital block cannot go on, in its own words.
    #[error("at {at_s:.9e} s '{name}' cannot go on: {message}")]
    Block {
        /// The block.
        name: String,
        /// Why.
        message: String,
        /// When.
        at_s: f64,
    },
    /// Levels, or levels and voltages, contradict each other at time zero.
    #[error(
        "no state of rest at time zero: what follows from the level of net '{net}' contradicts it; a latch that is open to the opposite of what it gives, or a bridge whose voltage undoes the level that it comes from, needs a reset or 'uic'"
    )]
    NoRest {
        /// A net that does not come to rest.
        net: String,
    },
    /// A sink failed, in its own words.
    #[error(transparent)]
    Sink(#[from] std::io::Error),
}

/// What a failure of an island is in the circuit's words.
pub(crate) fn explain(circuit: &Circuit, failure: Failure, at: Time) -> EngineError {
    let at_s = at.as_s();
    match failure {
        Failure::System(source) => EngineError::System { source, at_s },
        Failure::Chatter(device) => {
            EngineError::Chatter { device: circuit.element(device).label().to_owned(), at_s }
        }
        Failure::Stalled(node) => {
            EngineError::Stalled { node: circuit.nodes()[node.index()].clone(), at_s }
        }
        Failure::Endless(net) => {
            EngineError::Endless { net: circuit.nets()[net.index()].clone(), at_s }
        }
        Failure::Block(block, message) => {
            EngineError::Block { name: circuit.blocks()[block].name.clone(), message, at_s }
        }
        Failure::RunAway(node, volt) => {
            EngineError::RunAway { node: circuit.nodes()[node.index()].clone(), volt, at_s }
        }
    }
}
