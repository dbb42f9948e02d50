//! What a fit found.

use nalgebra::DMatrix;
use serde::Serialize;

use crate::{
    FitError, Task,
    confidence::{Confidence, excess},
    quantity::Quantity,
    task::{Measurement, Spread, Uncertainty},
};

/// Standard deviations of chi-squared above which data and model contradict each other.
const CONTRADICTION: f64 = 5.0;

/// Standard deviations beyond which a measurement is missed, and of chi-squared above which the fit is bad.
const MISSED: f64 = 3.0;

/// Digits of a fitted value; the predictions that a fit reports are those of the rounded values.
const DIGITS: usize = 5;

/// A measurement beside its prediction.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// What was measured, in words.
    pub label: String,
    /// What was measured.
    pub quantity: Quantity,
    /// Its unit.
    pub unit: &'static str,
    /// The measured value.
    pub measured: f64,
    /// How sure it is.
    pub uncertainty: Uncertainty,
    /// What the fitted card gives.
    pub fitted: f64,
    /// `fitted / measured - 1`; infinite for a measured zero.
    pub deviation: f64,
    /// The deviation in standard deviations.
    pub residual: f64,
    /// Where it comes from.
    pub note: Option<String>,
    /// Change of the prediction in percent for one percent of each free parameter, in their
    /// order; for a parameter of zero nothing.
    pub sensitivity: Vec<f64>,
}

impl Row {
    /// The deviation in standard deviations for people.
    #[must_use]
    pub fn residual_text(&self) -> String {
        let rounded = (100.0 * self.residual).round() / 100.0 + 0.0;
        format!("{rounded:+.2}")
    }

    /// The deviation for people: in percent, or as a difference where zero was measured.
    #[must_use]
    pub fn deviation_text(&self, show: &dyn Fn(f64, &str) -> String) -> String {
        if self.measured == 0.0 {
            return show(self.fitted, self.unit);
        }
        // Adding zero turns a rounded -0 into 0.
        let percent = (1000.0 * self.deviation).round() / 10.0 + 0.0;
        format!("{percent:+.1} %")
    }
}

/// A fitted parameter.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fitted {
    /// Its name.
    pub name: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Its value.
    pub value: f64,
    /// Its standard deviation in the same unit; none at a bound, infinite if nothing depends on it.
    pub sigma: Option<f64>,
    /// Where the search began.
    pub start: f64,
    /// Its bounds.
    pub bounds: [f64; 2],
}

impl Fitted {
    /// The standard deviation for people, to two digits, or why there is none.
    #[must_use]
    pub fn sigma_text(&self, show: &dyn Fn(f64, &str) -> String) -> String {
        match self.sigma {
            Some(sigma) if sigma.is_finite() => show(significant(sigma, 2), self.unit),
            Some(_) => "not determined".to_owned(),
            None => "at its bound".to_owned(),
        }
    }
}

/// A fit that converged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fit {
    /// Name of the card.
    pub name: String,
    /// The sum of the squared residuals.
    pub chi_squared: f64,
    /// Measurements less free parameters.
    pub freedom: usize,
    /// The free parameters, in the model's order.
    pub parameters: Vec<Fitted>,
    /// The measurements, in the file's order.
    pub rows: Vec<Row>,
    /// What sweeps say of the variation from cycle to cycle.
    pub spreads: Vec<Spread>,
    /// What the user should know, one sentence each.
    pub warnings: Vec<String>,
    /// Why no card should be made of it, if so: data that contradict each other or the model.
    pub contradiction: Option<String>,
    /// Values of all parameters of the model, in its order.
    #[serde(skip)]
    pub values: Vec<f64>,
}

impl Row {
    /// `slopes` are the derivatives of the residual by the logarithms of the free parameters.
    fn new(measurement: &Measurement, fitted: f64, slopes: impl Iterator<Item = f64>) -> Self {
        let percent = measurement.relative_sigma(fitted);
        Self {
            label: measurement.label.clone(),
            quantity: measurement.quantity,
            unit: measurement.quantity.unit(),
            measured: measurement.value,
            uncertainty: measurement.uncertainty,
            fitted,
            deviation: fitted / measurement.value - 1.0,
            residual: measurement.residual(fitted),
            note: measurement.note.clone(),
            sensitivity: slopes.map(|slope| slope * percent).collect(),
        }
    }
}

impl Fit {
    /// From the best coordinates; none if their rounded values do not show what was measured.
    pub(crate) fn new(
        task: &Task,
        coordinates: &[f64],
        jacobian: &DMatrix<f64>,
        confidence: &Confidence,
    ) -> Result<Option<Self>, FitError> {
        let mut values = task.values(coordinates);
        let mut parameters = Vec::new();
        // Derivatives of the coordinates by the logarithms of the values.
        let mut scales = Vec::new();
        for (column, (position, parameter, free)) in task.free().enumerate() {
            let slope = free.slope(coordinates[column]);
            let value = significant(values[position], DIGITS).clamp(free.min, free.max);
            scales.push(value / slope);
            values[position] = value;
            parameters.push(Fitted {
                name: parameter.name,
                unit: parameter.unit,
                value,
                sigma: confidence.sigmas[column].map(|sigma| sigma * slope),
                start: free.start,
                bounds: [free.min, free.max],
            });
        }
        task.check_variants(&values)?;
        let row = |(row, (measurement, fitted)): (usize, (&Measurement, Option<f64>))| {
            let slopes = (0..scales.len()).map(|k| jacobian[(row, k)] * scales[k]);
            Some(Row::new(measurement, fitted?, slopes))
        };
        let predictions = task.predictions(&values);
        let rows = task.measurements.iter().zip(predictions).enumerate().map(row);
        let Some(rows) = rows.collect::<Option<Vec<Row>>>() else { return Ok(None) };
        let mut fit = Self {
            name: task.name.clone(),
            chi_squared: rows.iter().map(|row| row.residual * row.residual).sum(),
            freedom: rows.len() - parameters.len(),
            parameters,
            rows,
            spreads: task.spreads.clone(),
            warnings: Vec::new(),
            contradiction: None,
            values,
        };
        fit.contradiction = fit.find_contradiction();
        fit.warnings = task.notes.clone();
        fit.warnings.extend(fit.find_warnings(confidence));
        Ok(Some(fit))
    }

    fn find_warnings(&self, confidence: &Confidence) -> Vec<String> {
        let mut warnings = Vec::new();
        for group in &confidence.open {
            let names: Vec<&str> = group.iter().map(|k| self.parameters[*k].name).collect();
            warnings.push(match names.as_slice() {
                [one] => format!(
                    "the data cannot determine {one}: fix it, or measure what depends on it"
                ),
                several => format!(
                    "the data determine {} only together: fix one of them, or measure more",
                    several.join(", ")
                ),
            });
        }
        for parameter in self.parameters.iter().filter(|p| p.sigma.is_none()) {
            warnings.push(format!(
                "{} ends at its bound: widen the bounds {} to {}, or fix it",
                parameter.name,
                number(parameter.bounds[0]),
                number(parameter.bounds[1])
            ));
        }
        for row in self.rows.iter().filter(|row| row.residual.abs() > MISSED) {
            warnings.push(format!(
                "{} is missed by {:.1} standard deviations: {} was measured, and the fit gives {}",
                row.label,
                row.residual.abs(),
                with_unit(row.measured, row.unit),
                with_unit(row.fitted, row.unit)
            ));
        }
        if self.contradiction.is_none() && self.excess() > MISSED {
            warnings.push(format!(
                "chi-squared is {:.1}, where about {} is expected: the model does not do what was measured; check \
                 what is fixed ([parameters]), the measurements and their uncertainties",
                self.chi_squared, self.freedom
            ));
        }
        if self.freedom == 0 {
            warnings.push(
                "there are as many free parameters as measurements: nothing tests the model"
                    .to_owned(),
            );
        }
        warnings
    }

    /// How far chi-squared is above what is expected, in standard deviations.
    fn excess(&self) -> f64 {
        // Without freedom every device that the model can describe fits exactly.
        excess(self.chi_squared.max(self.freedom as f64), self.freedom.max(1))
    }

    /// What may bring data and model together: the bounds that keep them apart, if there are such.
    fn remedy(&self) -> String {
        let reached: Vec<String> = self
            .parameters
            .iter()
            .filter(|parameter| parameter.sigma.is_none())
            .map(|p| {
                let [min, max] = p.bounds.map(|bound| with_unit(bound, p.unit));
                format!("{} ({min} to {max})", p.name)
            })
            .collect();
        let others = "check the measurements and their uncertainties, or free more parameters";
        match reached.as_slice() {
            [] => others.to_owned(),
            [one] => format!("widen the bounds of {one}, at which the fit ended; or {others}"),
            several => {
                format!("widen bounds at which the fit ended: {}; or {others}", several.join(", "))
            }
        }
    }

    fn find_contradiction(&self) -> Option<String> {
        let excess = self.excess();
        let worst = self
            .rows
            .iter()
            .max_by(|a, b| a.residual.abs().total_cmp(&b.residual.abs()))
            .filter(|_| excess > CONTRADICTION)?;
        Some(format!(
            "contradictory data: chi-squared is {:.1} for {} degrees of freedom; worst is {}, {:.1} \
             standard deviations off; {}",
            self.chi_squared,
            self.freedom,
            worst.label,
            worst.residual.abs(),
            self.remedy()
        ))
    }
}

/// A value to four digits with its unit.
fn with_unit(value: f64, unit: &str) -> String {
    format!("{} {unit}", number(significant(value, 4))).trim_end().to_owned()
}

/// A number without the many zeros of small and large ones.
fn number(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-3..1e6).contains(&size) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

/// The nearest number of so many significant digits.
#[must_use]
pub fn significant(value: f64, digits: usize) -> f64 {
    format!("{value:.0$e}", digits.saturating_sub(1)).parse().expect("a number was just printed")
}
