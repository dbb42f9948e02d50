//! The fit itself, and what it found.

use serde::Serialize;

use crate::{
    FitError, Task,
    confidence::{Confidence, excess},
    quantity::Quantity,
    search,
    task::Uncertainty,
};

/// Chi-squared that one more step may still gain: every parameter is then within a hundredth of a
/// standard deviation of the best.
const CONVERGED: f64 = 1e-4;

/// Standard deviations of chi-squared above which data and model contradict each other.
const CONTRADICTION: f64 = 5.0;

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
    /// What the user should know, one sentence each.
    pub warnings: Vec<String>,
    /// Why no card should be made of it, if so: data that contradict each other or the model.
    pub contradiction: Option<String>,
    /// Values of all parameters of the model, in its order.
    #[serde(skip)]
    pub values: Vec<f64>,
}

impl Task {
    /// Fits the free parameters. `progress` is told before each search how many are done, of how
    /// many, and may stop the fit by giving false. The result depends on the task alone.
    ///
    /// # Errors
    /// A start that never shows what was measured, a search that does not converge, or a stop.
    pub fn fit(&self, mut progress: impl FnMut(usize, usize) -> bool) -> Result<Fit, FitError> {
        let mut best: Option<(f64, Vec<f64>)> = None;
        for number in 0..search::SEARCHES {
            if !progress(number, search::SEARCHES) {
                return Err(FitError::Interrupted);
            }
            let start = search::start(self, number);
            let Some(end) = start.and_then(|start| search::descend(self, start)) else { continue };
            let chi_squared = search::chi_squared(&search::residuals(self, &end));
            // A search that comes out equal is no better: the file's own start has precedence.
            let better = |old: f64| chi_squared < old - CONVERGED;
            if chi_squared.is_finite() && best.as_ref().is_none_or(|(old, _)| better(*old)) {
                best = Some((chi_squared, end));
            }
        }
        let (chi_squared, coordinates) = best.ok_or_else(|| self.no_prediction())?;
        let residuals = search::residuals(self, &coordinates);
        let jacobian = search::jacobian(self, &coordinates);
        if jacobian.iter().any(|slope| !slope.is_finite()) {
            return Err(self.not_converged(chi_squared, f64::INFINITY));
        }
        let confidence = Confidence::new(&coordinates, &residuals, &jacobian);
        if confidence.gain > CONVERGED * chi_squared.max(1.0) {
            return Err(self.not_converged(chi_squared, confidence.gain));
        }
        self.report(&coordinates, &jacobian, &confidence)
    }

    fn not_converged(&self, chi_squared: f64, gain: f64) -> FitError {
        FitError::NotConverged { searches: search::SEARCHES, chi_squared, gain }
    }

    /// The first measurement that the start does not show.
    fn no_prediction(&self) -> FitError {
        let predictions = self.predictions(&self.values(&self.start()));
        let missing = predictions.iter().position(Option::is_none).unwrap_or(0);
        let measurement = &self.measurements[missing];
        FitError::NoPrediction { label: measurement.label.clone(), line: measurement.line }
    }

    fn report(
        &self,
        coordinates: &[f64],
        jacobian: &nalgebra::DMatrix<f64>,
        confidence: &Confidence,
    ) -> Result<Fit, FitError> {
        let mut values = self.values(coordinates);
        let mut parameters = Vec::new();
        // Derivatives of coordinates by the logarithm of the value.
        let mut scales = Vec::new();
        for (column, (position, parameter, free)) in self.free().enumerate() {
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
        self.check_variants(&values)?;
        let rows: Vec<Row> = self
            .measurements
            .iter()
            .zip(self.predictions(&values))
            .enumerate()
            .map(|(row, (measurement, fitted))| {
                let fitted = fitted.ok_or_else(|| self.no_prediction())?;
                // d residual / d ln prediction.
                let unit = match (measurement.quantity, measurement.uncertainty) {
                    (Quantity::Pulses { .. }, _) | (_, Uncertainty::Sigma(_)) => {
                        measurement.sigma() / fitted
                    }
                    (_, Uncertainty::Tolerance(tolerance)) => tolerance,
                };
                Ok(Row {
                    label: measurement.label.clone(),
                    quantity: measurement.quantity,
                    unit: measurement.quantity.unit(),
                    measured: measurement.value,
                    uncertainty: measurement.uncertainty,
                    fitted,
                    deviation: fitted / measurement.value - 1.0,
                    residual: measurement.residual(fitted),
                    note: measurement.note.clone(),
                    sensitivity: scales
                        .iter()
                        .enumerate()
                        .map(|(column, scale)| jacobian[(row, column)] * scale * unit)
                        .collect(),
                })
            })
            .collect::<Result<_, FitError>>()?;
        let chi_squared = rows.iter().map(|row| row.residual * row.residual).sum();
        let freedom = self.measurements.len() - parameters.len();
        let mut fit = Fit {
            name: self.name.clone(),
            chi_squared,
            freedom,
            parameters,
            rows,
            warnings: Vec::new(),
            contradiction: None,
            values,
        };
        fit.warnings = fit.find_warnings(confidence);
        fit.contradiction = fit.find_contradiction();
        Ok(fit)
    }
}

impl Fit {
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
                parameter.name, parameter.bounds[0], parameter.bounds[1]
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

    fn find_contradiction(&self) -> Option<String> {
        // Without freedom every device that the model can describe fits exactly.
        let excess = excess(self.chi_squared.max(self.freedom as f64), self.freedom.max(1));
        let worst = self
            .rows
            .iter()
            .max_by(|a, b| a.residual.abs().total_cmp(&b.residual.abs()))
            .filter(|_| excess > CONTRADICTION)?;
        Some(format!(
            "contradictory data: chi-squared is {:.1} for {} degrees of freedom; worst is {}, {:.1} \
             standard deviations off; check the measurements and their uncertainties, or free more \
             parameters",
            self.chi_squared,
            self.freedom,
            worst.label,
            worst.residual.abs()
        ))
    }
}

/// The nearest number of so many significant digits.
#[must_use]
pub fn significant(value: f64, digits: usize) -> f64 {
    format!("{value:.0$e}", digits.saturating_sub(1)).parse().expect("a number was just printed")
}
