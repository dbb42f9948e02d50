//! What one deck makes of one image.

use memspike_run::Outcome;
use serde::Serialize;

use crate::answer::Answer;

/// What a deck decides, and when, and what the run took.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Side {
    /// What its output neurons answer.
    #[serde(flatten)]
    pub answer: Answer,
    /// The sum of all measurements that are energies (J).
    pub energy_j: Option<f64>,
    /// Every spike (s), by output.
    #[serde(skip)]
    pub times: Vec<Vec<f64>>,
    /// What the run took (s).
    #[serde(skip)]
    pub seconds: f64,
    /// What it warns of.
    #[serde(skip)]
    pub warnings: Vec<String>,
    /// What else is to be known of it.
    #[serde(skip)]
    pub notes: Vec<String>,
}

impl Side {
    /// Of the spikes of each output and what the deck measures.
    pub fn of(times: Vec<Vec<f64>>, outcome: Outcome, seconds: f64) -> Self {
        let energies: Vec<f64> = outcome
            .measures
            .iter()
            .zip(&outcome.units)
            .filter(|(_, unit)| *unit == "J")
            .filter_map(|((_, value), _)| *value)
            .collect();
        Self {
            answer: Answer::of(&times),
            energy_j: (!energies.is_empty()).then(|| energies.iter().sum()),
            times,
            seconds,
            warnings: outcome.warnings,
            notes: outcome.notes,
        }
    }
}
