//! The membrane of point neurons.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::{Parameter, ParameterError, parameter};
use crate::Law;

/// A membrane that leaks towards its rest, `tau dV/dt = rest + drive - V` where nothing arrives, and fires when its
/// potential reaches the threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membrane {
    /// Time constant of the leak (s).
    pub tau_s: f64,
    /// Potential to which it leaks (V).
    #[serde(default)]
    pub rest_v: f64,
    /// Potential of a spike (V).
    pub threshold_v: f64,
    /// What a spike does to the potential.
    pub reset: Reset,
    /// How long the potential stays at its reset after a spike, and hears nothing (s).
    #[serde(default)]
    pub refractory_s: f64,
    /// Potential of each neuron at the beginning (V). Left out: the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial_v: Option<Law>,
}

/// What a spike does to the potential of its neuron.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reset {
    /// It becomes 0 V.
    Zero,
    /// It becomes this value (V).
    ToV(f64),
    /// The threshold is subtracted; what lies above it is kept. Not together with a refractory time.
    Subtract,
}

impl Membrane {
    /// The potential of a neuron right after a spike at which it had this one (V).
    #[must_use]
    pub fn after_spike_v(&self, potential_v: f64) -> f64 {
        match self.reset {
            Reset::Zero => 0.0,
            Reset::ToV(value) => value,
            Reset::Subtract => potential_v - self.threshold_v,
        }
    }

    pub(super) fn laws(&mut self) -> Vec<Parameter<'_>> {
        let range = parameter::POTENTIAL;
        let initial = self.initial_v.as_mut();
        initial
            .map(|law| Parameter { name: "membrane.initial_v", law, range })
            .into_iter()
            .collect()
    }

    /// Whether its values are possible, with a time constant in this range.
    pub(super) fn check(&self, tau: RangeInclusive<f64>) -> Result<(), ParameterError> {
        parameter::within([
            ("membrane.tau_s", self.tau_s, tau),
            ("membrane.rest_v", self.rest_v, parameter::POTENTIAL),
            ("membrane.threshold_v", self.threshold_v, parameter::POTENTIAL),
            ("membrane.refractory_s", self.refractory_s, 0.0..=memspike_time::LONGEST_RUN_S),
        ])?;
        let below = -1e3..=self.threshold_v.next_down();
        match self.reset {
            Reset::Zero => parameter::within([(
                "membrane.threshold_v",
                self.threshold_v,
                f64::MIN_POSITIVE..=1e3,
            )])
            .map_err(|error| ParameterError {
                hint: "; the reset is zero, and lies below the threshold: give another potential as the reset",
                ..error
            }),
            Reset::ToV(value) => parameter::within([("membrane.reset.to_v", value, below)]),
            Reset::Subtract => parameter::within([
                ("membrane.threshold_v", self.threshold_v, f64::MIN_POSITIVE..=1e3),
                ("membrane.refractory_s", self.refractory_s, 0.0..=0.0),
            ]),
        }
    }
}
