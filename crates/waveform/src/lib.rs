//! Closed forms that hold between two events, and exact questions about them.
//!
//! A [`Waveform`] is a polynomial of degree one plus a sum of [`Term`]s, with `t` in seconds from its
//! anchor: modes left to themselves, `Re(amp * t^degree * exp(rate * t))`, and modes under a source,
//! which are integrals of such exponentials. That is every voltage and current that a linear circuit
//! can show under constant, ramp and (damped) sine sources.
//! [`first_reach`] and [`first_crossing`] find where such a sum first reaches a level, or passes it, and
//! cannot miss that;
//! [`Waveform::integral`] and [`integral_of_product`] are exact, and [`special`] holds the
//! exponential integrals of the filament's growth law.

mod bernstein;
mod crossing;
mod driven;
mod enclosure;
mod extremes;
mod gather;
mod integral;
mod resolve;
pub mod special;
mod sum;
mod summand;
mod term;

pub use crossing::{
    Direction, continues, first_crossing, first_reach, intervals_examined, is_beyond,
};
pub use extremes::{minimum_maximum, turns_examined};
pub use integral::integral_of_product;
pub use sum::{Relaxation, Waveform};
pub use term::Term;
