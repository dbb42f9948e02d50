//! Neurons of a card as point neurons.
//!
//! A network may say of a population that its neurons are circuits around a device of a card. Large networks are run as point
//! neurons: [`reduce`] looks at each circuit, event by event and with the device's own model, puts the point neuron that does
//! the same in the end in its place, and says what is lost ([`Loss`]).
//!
//! - An oscillation neuron becomes a regular source. Its period is that of its circuit once the circuit repeats itself, and its
//!   beats are the circuit's own instants from there on. How devices differ stays; how cycles of one device differ goes.
//! - A LIF neuron becomes a leak, a threshold, a reset and a refractory time. The leak is exact: `C` and `R` beside the
//!   resistance of the device when it is off. The reset is the voltage at which the device turns off. A filament takes time to
//!   grow, the less the higher the voltage, so the voltage at which a circuit fires rises with its input: threshold and
//!   refractory time are those with which the law has the rates of the circuit at two inputs, on either side of a stated one.

mod card;
mod error;
mod lif;
mod loss;
mod network;
mod rhythm;

pub use error::ReductionError;
pub use loss::{Loss, Reduction};
pub use network::{Reduced, reduce};
