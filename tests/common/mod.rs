//! What the oracle tests share: circuits by hand, and two references that share no code with
//! the project.

#![allow(dead_code, reason = "every test file uses a part")]

pub mod cosim;
pub mod dialect;
pub mod dump;
pub mod hybrid;
pub mod levels;
pub mod neuron;
pub mod ngspice;
#[path = "../../crates/waveform/tests/precise/mod.rs"]
pub mod precise;
pub mod rig;

/// How many random cases a test tries: so many, or what `MEMSPIKE_CASES` says.
pub fn cases(usual: u32) -> u32 {
    std::env::var("MEMSPIKE_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
}
