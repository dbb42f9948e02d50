//! The fit itself.

use std::cell::RefCell;

use crate::{Fit, FitError, Measurement, Task, confidence::Confidence, search};

/// Chi-squared that one more step may still gain: every parameter is then within a hundredth of a
/// standard deviation of the best.
const CONVERGED: f64 = 1e-4;

/// A step of a coordinate that is near.
const NEAR: f64 = 0.02;

impl Task {
    /// Fits the free parameters. `progress` is told often how many searches are done, of how many,
    /// and may stop the fit by giving false. The result depends on the task alone.
    ///
    /// # Errors
    /// A start that never shows what was measured, a search that does not converge, or a stop.
    pub fn fit(&self, progress: impl FnMut(usize, usize) -> bool) -> Result<Fit, FitError> {
        let progress = RefCell::new(progress);
        let (mut best, mut done) = (None, 0);
        while done < search::SEARCHES {
            let go_on = || (progress.borrow_mut())(done, search::SEARCHES);
            let start = search::start(self, done, &go_on);
            let end = start.and_then(|start| search::descend(self, start, &go_on));
            if !go_on() {
                return Err(FitError::Interrupted);
            }
            best = better(best, end.map(|end| (self.chi_squared(&end), end)));
            done += 1;
        }
        let mut best = best.ok_or_else(|| self.no_prediction())?;
        let go_on = || (progress.borrow_mut())(done, search::SEARCHES);
        let (coordinates, jacobian, confidence) = loop {
            let (chi_squared, coordinates) = best.clone();
            let residuals = search::residuals(self, &coordinates);
            let jacobian =
                search::jacobian(self, &coordinates, &go_on).ok_or(FitError::Interrupted)?;
            let gain = if jacobian.iter().all(|slope| slope.is_finite()) {
                let confidence = Confidence::new(&coordinates, &residuals, &jacobian);
                if confidence.gain <= CONVERGED * chi_squared.max(1.0) {
                    break (coordinates, jacobian, confidence);
                }
                confidence.gain
            } else {
                f64::INFINITY
            };
            let near = search::stride(self, &coordinates, &go_on);
            let end = near.and_then(|near| search::descend(self, near, &go_on));
            if !go_on() {
                return Err(FitError::Interrupted);
            }
            let further = end.map(|end| (self.chi_squared(&end), end));
            match further.filter(|(found, _)| *found < chi_squared - CONVERGED) {
                Some(further) => best = further,
                None => return Err(self.not_converged(&coordinates, chi_squared, gain)),
            }
        };
        Fit::new(self, &coordinates, &jacobian, &confidence)?.ok_or_else(|| self.no_prediction())
    }

    fn chi_squared(&self, coordinates: &[f64]) -> f64 {
        search::residuals(self, coordinates).iter().map(|r| r * r).sum()
    }

    fn not_converged(&self, coordinates: &[f64], chi_squared: f64, gain: f64) -> FitError {
        let refused = self.refused_near(coordinates).unwrap_or_default();
        FitError::NotConverged { searches: search::SEARCHES, chi_squared, gain, refused }
    }

    /// What the model says of values next to these, if it refuses any: the data may want those.
    fn refused_near(&self, coordinates: &[f64]) -> Option<String> {
        let steps = (0..coordinates.len()).flat_map(|k| [(k, NEAR), (k, -NEAR)]);
        steps
            .map(|(k, step)| {
                let mut moved = coordinates.to_vec();
                moved[k] = (moved[k] + step).clamp(0.0, 1.0);
                self.model(&self.values(&moved))
            })
            .find_map(Result::err)
            .map(|error| format!("; the data may want values that the model refuses: {error}"))
    }

    /// No search came to an end: the first measurement that the start does not show.
    fn no_prediction(&self) -> FitError {
        let predictions = self.predictions(&self.values(&self.start()));
        let missing = self.measurements.iter().zip(predictions).find(|(_, shown)| shown.is_none());
        match missing {
            Some((Measurement { label, line, .. }, _)) => {
                FitError::NoPrediction { label: label.clone(), line: *line }
            }
            None => self.not_converged(&self.start(), f64::INFINITY, f64::INFINITY),
        }
    }
}

/// Chi-squared and where it was found.
type Found = Option<(f64, Vec<f64>)>;

/// The better of two ends. One that comes out equal is no better: the file's own start, which is
/// searched first, has precedence.
fn better(old: Found, new: Found) -> Found {
    let new = new.filter(|(chi_squared, _)| chi_squared.is_finite());
    match (&old, &new) {
        (Some((old_chi, _)), Some((new_chi, _))) if *new_chi >= old_chi - CONVERGED => old,
        (_, None) => old,
        _ => new,
    }
}
