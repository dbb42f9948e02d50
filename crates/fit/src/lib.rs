//! Model cards from measurements.
//!
//! A measurement file ([`Task`]) names a model, its fixed and free parameters, and measured
//! numbers with their uncertainties. [`Task::fit`] finds the free parameters by weighted nonlinear
//! least squares, [`Task::card`] writes what a deck includes.
//!
//! # Predictions
//! Nothing of a model is repeated here: each measurement is a small circuit that the engine
//! simulates with the device in question (`bench`, [`Quantity`]). Spike times are solved for, not
//! stepped to, so predictions are smooth in the parameters and their finite differences are good.
//!
//! # Residuals
//! `ln(predicted / measured) / tolerance`, or `(predicted - measured) / sigma`; the sum of their
//! squares is chi-squared. Free parameters are searched on a scale on which their bounds are 0 and
//! 1, logarithmic where both are positive. Values that describe no device (`vhold` above `von`,
//! `ron` above `roff`), or one that never does what was measured, are refused as a step.
//!
//! # Sweeps
//! A file of voltages and currents is reduced to a threshold, a hold voltage and both resistances, each
//! with the uncertainty that the file itself shows (`sweep`, `switching`, `resistance`, `estimate`). What
//! it does not tell is left out and named; a device that does not switch is refused.
//!
//! # Confidence
//! From the derivatives at the best fit. Directions in which the parameters can move by half their
//! range within a standard deviation are named: the data leave them open.

mod bench;
mod card;
mod columns;
mod confidence;
mod error;
mod estimate;
mod explain;
mod fit;
mod header;
mod keys;
mod parameter;
mod quantity;
mod read;
mod read_sweep;
mod report;
mod resistance;
mod search;
mod sweep;
mod switching;
mod task;

pub use error::{FitError, Mistake};
pub use parameter::{Free, Parameter, Setting};
pub use quantity::{Neuron, Quantity};
pub use report::{Fit, Fitted, Row, significant};
pub use task::{Measurement, Spread, Task, Uncertainty, Variant};
