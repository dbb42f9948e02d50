//! LIF cores in Verilog, made from a specification ([`memspike_lif_core::Core`]).
//!
//! [`design()`] gives modules and memory contents in one of three [`Layout`]s; [`export()`] adds everything
//! that checks them, as the files of a folder; [`Gate`] runs its checks with the outside tools. Modules
//! are trees ([`verilog`]) that only the printer turns into text. [`real_model()`] writes the analog neuron, for simulators of Verilog.

pub mod arch;
mod design;
mod driver;
mod export;
mod gates;
mod mood;
mod names;
mod place;
mod read;
mod real_model;
mod stimulus;
mod stream;
mod testbench;
mod vectors;
pub mod verilog;

pub use arch::{Contents, Layout, LayoutError, WeightsMemory, layout, layout_with};
pub use design::{Design, DesignError, MemoryFile, design, design_with};
pub use driver::Coverage;
pub use export::{Export, ExportError, Exported, LICENCE, export};
pub use gates::{GATES, Gate, GateError, Verdict};
pub use place::{Cells, DEVICES, Device, PlaceError, Placement, cells, synthesise};
pub use read::{ReadError, read_core, read_spec};
pub use real_model::{Quantity, RealModel, RealNeuron, real_model};
pub use stream::{Simulation, Simulator, StreamError};
