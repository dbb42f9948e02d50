//! The quantised core of leaky integrate-and-fire (LIF) neurons: what it is, and what it does to the bit.
//!
//! - [`Spec`] says what a core is: sizes, widths, leak, threshold, reset, saturation, refractory
//!   ticks. [`Core`] is a specification together with weights that fit it, checked.
//! - [`quantise()`] makes weights and constants of a layer from trained floating-point weights; they, and what its
//!   neurons do, follow from a network ([`layers`]) or from the constants of a device ([`DeviceNeuron`]).
//! - [`Search`] looks for the narrowest widths with which a core still does its work.
//! - [`EventModel`] runs a core event by event, fast. [`CycleModel`] has every register of the hardware
//!   at every clock. Both are integers only, and agree in every spike.
//!
//! # What a neuron does
//! The potential `v` is a signed integer. An event at input `i` adds weight `w[i][j]` to neuron
//! `j`, saturating. A tick ends a time step: a neuron with `v >= threshold` fires and is reset, every other one
//! leaks. For some ticks after it fired (the refractory ones) a neuron ignores events, and ticks only count down.
//! A start of image sets everything to zero.

mod address;
mod answer;
pub mod cycle;
mod device;
mod event;
mod lanes;
mod neuron;
mod quantise;
mod spec;
mod validate;
mod weights;

pub use address::address_bits;
pub use answer::{Answer, answers, clocked_answers, images};
pub use cycle::{Architecture, CycleModel};
pub use device::{DeviceError, DeviceNeuron};
pub use event::{EventModel, Stimulus, run};
pub use quantise::{
    Asked, Dynamics, LayersError, Quantisation, QuantiseError, Quantised, ROUNDING, Rounded, Rules,
    Scaling, Search, TimeStep, Trained, Widths, chained, ideal, layers, quantise,
};
pub use spec::{LONGEST_SHIFT, LayerSpec, Leak, Reset, Saturation, Spec, VERSION};
pub use validate::{Core, SpecError};
pub use weights::Weights;
