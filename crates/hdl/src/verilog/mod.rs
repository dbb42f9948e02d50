//! Verilog as a typed tree, and its printer.
//!
//! The tree keeps the rules under which simulators and synthesis agree about Verilog: operands have one width and
//! one sign, which the constructors assert; literals have width and base; nothing is extended or cut unless the tree says so.

mod expression;
mod module;
mod print;

pub use expression::{Expression, Signal, Type};
pub use module::{
    Connection, Direction, Instance, Item, Memory, MemoryContent, Module, Parameter, Port,
    Statement,
};
pub use print::print;
