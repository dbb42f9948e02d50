//! Closed forms that hold between two events, and exact questions about them.
//!
//! A [`Waveform`] is a polynomial of degree one plus a sum of terms
//! `Re(amp * t^degree * exp(rate * t))`, with `t` in seconds from its anchor. That is every voltage
//! and current that a linear circuit can show under constant, ramp and (damped) sine sources.
//! [`first_reach`] finds where such a sum first reaches a level and cannot miss a crossing,
//! [`Waveform::integral`] and [`integral_of_product`] are exact, and [`special`] holds the
//! exponential integrals of the filament's growth law.

mod crossing;
mod integral;
pub mod special;
mod sum;

pub use crossing::{Direction, first_reach, minimum_maximum};
pub use integral::integral_of_product;
pub use sum::{Term, Waveform};
