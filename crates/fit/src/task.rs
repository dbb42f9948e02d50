//! What is to be fitted to what: the measurement file, checked.

use std::path::PathBuf;

use memspike_device::{BuiltModel, Deviation, ModelKind, ParameterError};
use memspike_random::{Draws, Owner};
use serde::Serialize;

use crate::{
    FitError,
    parameter::{Free, Parameter, Setting},
    quantity::Quantity,
    report::significant,
};

/// How sure a measurement is, as one standard deviation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Uncertainty {
    /// Part of the value: residuals are logarithms of ratios.
    Tolerance(f64),
    /// In the unit of the value.
    Sigma(f64),
}

/// One measured number.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// What was measured, in words.
    pub label: String,
    /// What was measured, for the simulation.
    pub quantity: Quantity,
    /// The value.
    pub value: f64,
    /// How sure it is.
    pub uncertainty: Uncertainty,
    /// Where it comes from, if the file says so.
    pub note: Option<String>,
    /// Line of the file.
    pub line: usize,
}

/// How a voltage varies from cycle to cycle, as a sweep with several of them shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spread {
    /// What varies, and the file that shows it.
    pub label: String,
    /// The parameter that says so in a card.
    pub parameter: &'static str,
    /// How many cycles there were.
    pub cycles: usize,
    /// Their mean (V).
    pub mean: f64,
    /// Standard deviation from cycle to cycle, without what reading in steps adds (V).
    pub value: f64,
    /// How sure that is, as one standard deviation (V).
    pub sigma: f64,
}

/// Another card with the fitted values, some of them replaced.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// Name of the card.
    pub name: String,
    /// What the card is for, as its comment says it.
    pub note: Option<String>,
    /// Positions in the model's list, and values.
    pub changes: Vec<(usize, f64)>,
}

/// A fit to be done.
#[derive(Debug, Clone)]
pub struct Task {
    /// Name of the card.
    pub name: String,
    /// Its model.
    pub kind: &'static ModelKind,
    /// Where the measurements come from.
    pub source: Option<String>,
    /// All parameters of the model, in its order.
    pub parameters: Vec<Parameter>,
    /// Further cards.
    pub variants: Vec<Variant>,
    /// The measurements, in the order of the file.
    pub measurements: Vec<Measurement>,
    /// What sweeps say of the variation from cycle to cycle.
    pub spreads: Vec<Spread>,
    /// What sweeps do not say, and why; a sentence each.
    pub notes: Vec<String>,
    /// The files of sweeps that it names.
    pub files: Vec<PathBuf>,
}

/// A count `n` says that the continuous number lies between `n - 1` and `n`: its mean and its
/// standard deviation.
const COUNT_MEAN: f64 = 0.5;
const COUNT_SIGMA: f64 = 0.288_675_134_594_812_9;

/// Standard deviations by which two measurements of one quantity may differ.
const AGREEMENT: f64 = 5.0;

impl Measurement {
    /// Deviation of a prediction in standard deviations.
    #[must_use]
    pub fn residual(&self, predicted: f64) -> f64 {
        match (self.quantity, self.uncertainty) {
            (Quantity::Pulses { .. }, _) => (predicted - (self.value - COUNT_MEAN)) / self.sigma(),
            (_, Uncertainty::Tolerance(tolerance)) => (predicted / self.value).ln() / tolerance,
            (_, Uncertainty::Sigma(sigma)) => (predicted - self.value) / sigma,
        }
    }

    /// The change of the logarithm of a prediction that changes the residual by one.
    pub(crate) fn relative_sigma(&self, predicted: f64) -> f64 {
        match (self.quantity, self.uncertainty) {
            (Quantity::Pulses { .. }, _) | (_, Uncertainty::Sigma(_)) => self.sigma() / predicted,
            (_, Uncertainty::Tolerance(tolerance)) => tolerance,
        }
    }

    /// Standard deviation in the unit of the value.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        let sigma = match self.uncertainty {
            Uncertainty::Tolerance(tolerance) => tolerance * self.value,
            Uncertainty::Sigma(sigma) => sigma,
        };
        match self.quantity {
            Quantity::Pulses { .. } => sigma.hypot(COUNT_SIGMA),
            _ => sigma,
        }
    }
}

impl Variant {
    /// The values of all parameters, given those of the fitted card.
    #[must_use]
    pub fn values(&self, fitted: &[f64]) -> Vec<f64> {
        let mut values = fitted.to_vec();
        for (position, value) in &self.changes {
            values[*position] = *value;
        }
        values
    }
}

impl Task {
    /// The free parameters and their positions in the model's list.
    pub fn free(&self) -> impl Iterator<Item = (usize, &Parameter, Free)> {
        self.parameters.iter().enumerate().filter_map(|(position, parameter)| {
            match parameter.setting {
                Setting::Free(free) => Some((position, parameter, free)),
                Setting::Fixed(_) => None,
            }
        })
    }

    /// Values of all parameters at coordinates of the free ones.
    #[must_use]
    pub fn values(&self, coordinates: &[f64]) -> Vec<f64> {
        let mut coordinates = coordinates.iter();
        self.parameters
            .iter()
            .map(|parameter| match parameter.setting {
                Setting::Fixed(value) => value,
                Setting::Free(free) => {
                    free.value(*coordinates.next().expect("a coordinate for each free parameter"))
                }
            })
            .collect()
    }

    /// Coordinates of the start.
    #[must_use]
    pub fn start(&self) -> Vec<f64> {
        self.free().map(|(_, _, free)| free.coordinate(free.start)).collect()
    }

    /// The device with these values.
    ///
    /// # Errors
    /// Values that describe no device.
    pub fn model(&self, values: &[f64]) -> Result<BuiltModel, ParameterError> {
        (self.kind.build)(values)
    }

    /// What the values predict for each measurement; none where they do not lead to it.
    #[must_use]
    pub fn predictions(&self, values: &[f64]) -> Vec<Option<f64>> {
        match self.model(values) {
            Ok(model) => {
                self.measurements.iter().map(|m| m.quantity.predict(&model, m.value)).collect()
            }
            Err(_) => vec![None; self.measurements.len()],
        }
    }

    /// Finds what makes a fit senseless before any is tried.
    ///
    /// # Errors
    /// Too few measurements, measurements that exclude each other, or values to start from that
    /// describe no device or one that repeats nothing.
    pub fn check(&self) -> Result<(), FitError> {
        let (measured, free) = (self.measurements.len(), self.free().count());
        if free == 0 {
            return Err(FitError::NothingFree);
        }
        if measured < free {
            let names = self.free().map(|(_, p, _)| p.name).collect::<Vec<_>>().join(", ");
            let unread = self.notes.iter().map(|note| format!("\n{note}")).collect();
            return Err(FitError::TooLittle { measured, free, names, unread });
        }
        self.check_hold()?;
        self.check_repeated()?;
        let values = self.values(&self.start());
        let model = self.model(&values).map_err(FitError::Start)?;
        self.check_variants(&values)?;
        if model.draw(&model.rest(), &Draws::new(0, Owner::Device("n1"))).deviation
            != Deviation::default()
        {
            return Err(FitError::Random);
        }
        Ok(())
    }

    /// Adds the card that varies as the sweeps do, `NAME_varied`, unless the file has one of that name.
    pub(crate) fn add_variation(&mut self) {
        let name = format!("{}_varied", self.name);
        let mut changes: Vec<(usize, f64)> = Vec::new();
        let mut files = Vec::new();
        for spread in self.spreads.iter().filter(|spread| spread.value > 0.0) {
            let position = self.kind.parameters.iter().position(|p| p.name == spread.parameter);
            // Of several sweeps the first has the say: they are shown beside each other.
            if let Some(position) = position
                && changes.iter().all(|(other, _)| *other != position)
            {
                changes.push((position, significant(spread.value, 3)));
                files.push(format!("{} cycles of the {}", spread.cycles, spread.label));
            }
        }
        if !changes.is_empty() && self.variants.iter().all(|variant| variant.name != name) {
            let note = format!("with the variation of {}", files.join(", "));
            self.variants.push(Variant { name, note: Some(note), changes });
        }
    }

    /// Every variant of a card with these values must be a device too.
    pub(crate) fn check_variants(&self, values: &[f64]) -> Result<(), FitError> {
        self.variants.iter().try_for_each(|variant| {
            let built = self.model(&variant.values(values));
            built.map(drop).map_err(|cause| FitError::Variant { name: variant.name.clone(), cause })
        })
    }

    /// A device that turns off above the voltage at which it turns on does not exist.
    fn check_hold(&self) -> Result<(), FitError> {
        let of = |wanted: fn(&Quantity) -> bool| {
            self.measurements.iter().filter(move |m| wanted(&m.quantity))
        };
        let threshold = of(|q| matches!(q, Quantity::Threshold { .. }))
            .min_by(|a, b| a.value.total_cmp(&b.value));
        let hold =
            of(|q| matches!(q, Quantity::Hold { .. })).max_by(|a, b| a.value.total_cmp(&b.value));
        match (threshold, hold) {
            (Some(threshold), Some(hold)) if hold.value >= threshold.value => {
                Err(FitError::HoldAboveThreshold {
                    hold: hold.value,
                    hold_line: hold.line,
                    threshold: threshold.value,
                    threshold_line: threshold.line,
                })
            }
            _ => Ok(()),
        }
    }

    /// Two values of one quantity under the same conditions must agree.
    fn check_repeated(&self) -> Result<(), FitError> {
        for (position, second) in self.measurements.iter().enumerate() {
            for first in &self.measurements[..position] {
                let apart = (second.value - first.value).abs();
                let sigma = first.sigma().hypot(second.sigma());
                if first.quantity == second.quantity && apart > AGREEMENT * sigma {
                    return Err(FitError::Disagreement {
                        label: second.label.clone(),
                        lines: [first.line, second.line],
                        values: [first.value, second.value],
                        sigmas: apart / sigma,
                    });
                }
            }
        }
        Ok(())
    }
}
