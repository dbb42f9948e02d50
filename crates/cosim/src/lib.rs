//! A core of LIF neurons between the nets of a circuit, in four ways that give the same spikes at the same instants
//! ([`Implementation`]): the event-level model, the cycle-accurate model, the Verilog that [`memspike_hdl`] makes of it, and
//! model and Verilog together, compared at every edge.
//!
//! What is between nets and core is the same of all ([`CoreBlock`]): spikes, ticks and starts in the order in which they come.
//! A core with a clock takes them one after another from a queue ([`Pace`]).
//!
//! A network of point neurons between nets ([`NetworkBlock`]) is run ahead of the circuit.

mod block;
mod clocked;
mod compare;
mod difference;
mod implementation;
mod machine;
mod network;
mod rtl;
mod waves;

pub use block::{CoreBlock, Motion};
pub use clocked::Pace;
pub use implementation::{Form, Implementation, VerilogError, generate};
pub use network::{NetworkBlock, NetworkBlockError};
pub use rtl::check_ports;
