//! Verilog beside analog circuits: a module, run by Verilator or Icarus Verilog, as a digital block.
//!
//! [`Module::compile`] finds the module's ports, compiles it once and keeps the result by content ([`cache`]); the module is a
//! [`Design`](memspike_digital::Design) like a gate. Verilator has two levels: an input that is unknown keeps the last level
//! that was known, zero at first. Icarus Verilog has four, and runs in a process of its own.

pub mod cache;
mod compile;
mod delays;
mod icarus;
mod idle;
mod module;
mod ports;
mod running;
mod shim;
mod sources;
mod stepped;
mod tool;
mod verilator;
mod waves;

pub use idle::IdleError;
pub use module::Module;
pub use ports::Port;
pub use sources::{
    ICARUS_SAYS, OTHER_DELAY, RtlError, Simulator, Sources, VERILATOR_SAYS, Watch, watch,
};
pub use stepped::{Place, Stepped};
pub use waves::Waves;
