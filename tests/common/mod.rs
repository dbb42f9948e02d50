//! What the oracle tests share: circuits by hand, and two references that share no code with
//! the project.

#![allow(dead_code, reason = "every test file uses a part")]

pub mod dialect;
pub mod hybrid;
pub mod neuron;
pub mod ngspice;
#[path = "../../crates/waveform/tests/precise/mod.rs"]
pub mod precise;
pub mod rig;
