//! The blocks, a file for each kind or family of kinds.

pub(crate) mod aer;
pub(crate) mod clock;
pub(crate) mod constant;
pub(crate) mod counter;
pub(crate) mod divider;
pub(crate) mod flip_flop;
pub(crate) mod gate;
pub(crate) mod latch;
mod memory;
pub(crate) mod one_shot;
pub(crate) mod source;
