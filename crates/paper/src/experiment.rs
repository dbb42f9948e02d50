//! What an experiment is, and the one list of them.

use memspike_plot::Figure;

use crate::error::PaperError;

use super::{lab::Lab, neurons, pulses, sweeps, variation};

/// A measurement of the paper, repeated.
#[derive(Clone, Copy)]
pub struct Experiment {
    /// Name that progress shows.
    pub name: &'static str,
    /// The ids of numbers that it gives.
    pub ids: &'static [&'static str],
    /// Does it.
    pub carry_out: fn(&Lab<'_>) -> Result<Findings, PaperError>,
}

/// What came out of an experiment.
#[derive(Default)]
pub struct Findings {
    /// By key of the number; no value if what it waits for never happened.
    pub values: Vec<(&'static str, Option<f64>)>,
    /// By number of the figure.
    pub figures: Vec<(&'static str, Figure)>,
}

/// Every experiment, the longest first, so that none is left alone at the end.
pub const EXPERIMENTS: &[Experiment] = &[
    variation::CYCLES,
    pulses::CYCLING,
    variation::DEVICES,
    sweeps::SWEEPS,
    neurons::LIF,
    neurons::OSCILLATION_VOLTAGE,
    neurons::OSCILLATION_PULSE,
    pulses::TURN_ON_DELAY,
];

impl Findings {
    /// Notes a number.
    pub fn value(&mut self, key: &'static str, value: Option<f64>) {
        self.values.push((key, value));
    }

    /// Keeps a figure.
    pub fn figure(&mut self, number: &'static str, figure: Figure) {
        self.figures.push((number, figure));
    }
}
