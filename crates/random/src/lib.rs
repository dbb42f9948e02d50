//! Random numbers that depend on a seed and a key, and on nothing else: not on threads, the order of
//! events, the order of lines or what else draws.

mod draws;
mod owner;

pub use draws::{Draws, Generator};
pub use owner::Owner;
