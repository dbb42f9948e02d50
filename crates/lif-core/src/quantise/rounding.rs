//! Numbers as they were asked for beside what integers make of them.

use serde::Serialize;

use super::{QuantiseError, Rules};

/// A number as it was asked for, and as a core has it, in one unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rounded {
    /// As it was asked for.
    pub wanted: f64,
    /// As the core has it.
    pub obtained: f64,
}

impl Rounded {
    /// The distance between both as a part of `whole`; zero where only floating point tells them apart.
    #[must_use]
    pub fn error(&self, whole: f64) -> f64 {
        let distance = (self.obtained - self.wanted).abs();
        let same = distance <= 4.0 * f64::EPSILON * self.wanted.abs();
        if same { 0.0 } else { distance / whole.abs() }
    }
}

/// Where the factor from numbers to integers comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scaling {
    /// It was asked for.
    Given,
    /// The weights are integers that fit, and are taken as they are.
    Integers,
    /// The largest weight becomes the largest integer.
    LargestWeight,
}

/// What became of the numbers of a layer. A core does not know it, so it is no part of the specification; whoever compares a core
/// with the numbers that it was made of needs it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Quantisation {
    /// Weights, threshold and reset were multiplied by this, then rounded.
    pub scale: f64,
    /// Where it comes from.
    pub scaling: Scaling,
    /// The largest error of a weight, in its unit.
    pub weight_error: f64,
    /// The threshold, in the unit of the weights.
    pub threshold: Rounded,
    /// The potential after a spike, in the unit of the weights; nothing if the threshold is subtracted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset: Option<Rounded>,
    /// What remains of a large potential after a time step, as a part of it.
    pub retention: Rounded,
    /// What a tick takes from the largest potential below threshold, in integers. Potentials are whole, so a small leak is a coarse one.
    pub leak_at_threshold: Rounded,
}

impl Quantisation {
    /// The largest relative error that [`Rules::rounding`] is about.
    #[must_use]
    pub fn error(&self) -> f64 {
        let reset = Quantity::Reset { threshold: self.threshold.wanted };
        Quantity::Threshold
            .error(self.threshold)
            .max(self.reset.map_or(0.0, |rounded| reset.error(rounded)))
            .max(Quantity::Retention.error(self.retention))
    }
}

/// What may be rounded too far.
#[derive(Clone, Copy)]
pub(super) enum Quantity {
    TimeStep,
    Threshold,
    Reset { threshold: f64 },
    Retention,
}

impl Quantity {
    const fn name(self) -> &'static str {
        match self {
            Self::TimeStep => "the time step (s)",
            Self::Threshold => "the threshold",
            Self::Reset { .. } => "the reset",
            Self::Retention => "the retention",
        }
    }

    fn error(self, rounded: Rounded) -> f64 {
        rounded.error(match self {
            Self::TimeStep | Self::Threshold => rounded.wanted,
            Self::Reset { threshold } => threshold,
            Self::Retention => 1.0 - rounded.wanted,
        })
    }

    const fn counted_by(self) -> &'static str {
        match self {
            Self::TimeStep | Self::Threshold => "",
            Self::Reset { .. } => " of the threshold",
            Self::Retention => " of what a tick takes",
        }
    }

    const fn remedy(self) -> &'static str {
        match self {
            Self::TimeStep => "Take a whole number of nanoseconds",
            Self::Threshold | Self::Reset { .. } => "Take a larger scale or wider weights",
            Self::Retention => "Take a longer time step",
        }
    }

    /// The numbers, if rounding changed them by no more than the rules allow.
    pub fn check(
        self,
        rules: &Rules<'_>,
        place: &str,
        rounded: Rounded,
    ) -> Result<Rounded, QuantiseError> {
        let error = self.error(rounded);
        if error <= rules.rounding {
            return Ok(rounded);
        }
        Err(QuantiseError::Rounding {
            place: place.to_owned(),
            name: self.name(),
            rounded,
            error: percent(error) + self.counted_by(),
            allowed: percent(rules.rounding),
            remedy: self.remedy(),
        })
    }
}

/// A part in percent, with three digits.
fn percent(part: f64) -> String {
    let three = format!("{:.2e}", 100.0 * part).parse().unwrap_or(100.0 * part);
    format!("{three} %")
}
