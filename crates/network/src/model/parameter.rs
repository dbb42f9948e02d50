//! Values that parameters may have.

use std::ops::RangeInclusive;

use crate::{Law, LawError, Lif};

/// A parameter that no circuit has.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{name} = {value:e} must be {}{hint}", between(*least, *greatest))]
pub struct ParameterError {
    /// Its name, with its unit.
    pub name: &'static str,
    /// Its value.
    pub value: f64,
    /// The least that is allowed.
    pub least: f64,
    /// The greatest that is allowed.
    pub greatest: f64,
    /// What its bounds follow from, and what to change: a clause that begins with a semicolon, or nothing.
    pub hint: &'static str,
}

fn between(least: f64, greatest: f64) -> String {
    match least {
        f64::MIN_POSITIVE => format!("above 0, to {greatest:e}"),
        _ => format!("from {least:e} to {greatest:e}"),
    }
}

/// A parameter that each neuron has its own number of.
#[derive(Debug)]
pub(crate) struct Parameter<'m> {
    /// Its name in files, with its unit.
    pub name: &'static str,
    /// Its numbers.
    pub law: &'m mut Law,
    /// What they may be.
    pub range: RangeInclusive<f64>,
}

impl Parameter<'_> {
    /// Whether each of so many neurons has a number that is possible.
    pub(crate) fn check(&self, neurons: u32) -> Result<(), LawError> {
        self.law.check(self.range.clone(), Some(neurons.into()))
    }
}

pub(super) const OHM: RangeInclusive<f64> = 1.0..=1e12;
pub(super) const FARAD: RangeInclusive<f64> = 1e-18..=1.0;
pub(super) const VOLT: RangeInclusive<f64> = 1e-3..=10.0;
pub(super) const AMPERE: RangeInclusive<f64> = -1.0..=1.0;
/// Potentials of membranes whose unit the network chooses.
pub(super) const POTENTIAL: RangeInclusive<f64> = -1e3..=1e3;
pub(super) const HERTZ: RangeInclusive<f64> = 0.0..=1e9;
/// Time constants of point neurons: their states are written anew every few of them.
pub(super) const TAU: RangeInclusive<f64> = 1e-6..=1e4;
/// Time constants of leaks where spikes move potentials at once. The longest keep every bit of a potential in any run.
pub(super) const LEAK: RangeInclusive<f64> = 1e-6..=1e30;
pub(super) const SECOND: RangeInclusive<f64> = 1e-12..=memspike_time::LONGEST_RUN_S;

/// The first value that is out of its range.
pub(super) fn within<const N: usize>(
    values: [(&'static str, f64, RangeInclusive<f64>); N],
) -> Result<(), ParameterError> {
    match values.into_iter().find(|(_, value, range)| !range.contains(value)) {
        None => Ok(()),
        Some((name, value, range)) => {
            let (least, greatest) = range.into_inner();
            Err(ParameterError { name, value, least, greatest, hint: "" })
        }
    }
}

/// A membrane of `R` and `C`, and the law that stands for it: its leak is at least that through `R`, because its device
/// leaks beside it, and it falls when it fires.
pub(super) fn membrane(ohm: f64, farad: f64, ideal: Option<&Lif>) -> Result<(), ParameterError> {
    within([("resistance_ohm", ohm, OHM), ("capacitance_farad", farad, FARAD)])?;
    let Some(Lif { tau_s, threshold_v, reset_v }) = ideal else { return Ok(()) };
    let (least, greatest) = (1e-6 * ohm * farad, ohm * farad);
    // Of R C the last digits may be rounded otherwise in a file.
    if !(least..=greatest * (1.0 + 1e-6)).contains(tau_s) {
        return Err(ParameterError {
            name: "ideal.tau_s",
            value: *tau_s,
            least,
            greatest,
            hint: "",
        });
    }
    within([
        ("ideal.threshold_v", *threshold_v, -1e3..=1e3),
        ("ideal.reset_v", *reset_v, -1e3..=threshold_v.next_down()),
    ])
}
