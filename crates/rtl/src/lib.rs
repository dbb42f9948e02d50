//! Verilog beside analog circuits: a module, compiled by Verilator, as a digital block.
//!
//! [`Module::compile`] finds the module's ports, compiles it once and keeps the result by content ([`cache`]); the module is a
//! [`Design`](memspike_digital::Design) like a gate. Verilator has two levels: an input that is unknown keeps the last level
//! that was known, zero at first.

pub mod cache;
mod compile;
mod module;
mod ports;
mod shim;
mod stepped;
mod waves;

pub use compile::{RtlError, Sources, VERILATOR_SAYS, Watch, watch};
pub use module::Module;
pub use ports::Port;
pub use stepped::{Place, Stepped};
pub use waves::Waves;
