//! The fit itself.

use std::cell::RefCell;

use crate::{Fit, FitError, Measurement, Task, confidence::Confidence, search};

/// Chi-squared that one more step may still gain: every parameter is then within a hundredth of a
/// standard deviation of the best.
const CONVERGED: f64 = 1e-4;

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
        let (chi_squared, coordinates) = best.ok_or_else(|| self.no_prediction())?;
        let residuals = search::residuals(self, &coordinates);
        let go_on = || (progress.borrow_mut())(done, search::SEARCHES);
        let jacobian = search::jacobian(self, &coordinates, &go_on).ok_or(FitError::Interrupted)?;
        if jacobian.iter().any(|slope| !slope.is_finite()) {
            return Err(self.not_converged(chi_squared, f64::INFINITY));
        }
        let confidence = Confidence::new(&coordinates, &residuals, &jacobian);
        if confidence.gain > CONVERGED * chi_squared.max(1.0) {
            return Err(self.not_converged(chi_squared, confidence.gain));
        }
        Fit::new(self, &coordinates, &jacobian, &confidence)?.ok_or_else(|| self.no_prediction())
    }

    fn chi_squared(&self, coordinates: &[f64]) -> f64 {
        search::residuals(self, coordinates).iter().map(|r| r * r).sum()
    }

    fn not_converged(&self, chi_squared: f64, gain: f64) -> FitError {
        FitError::NotConverged { searches: search::SEARCHES, chi_squared, gain }
    }

    /// No search came to an end: the first measurement that the start does not show.
    fn no_prediction(&self) -> FitError {
        let predictions = self.predictions(&self.values(&self.start()));
        let missing = self.measurements.iter().zip(predictions).find(|(_, shown)| shown.is_none());
        match missing {
            Some((Measurement { label, line, .. }, _)) => {
                FitError::NoPrediction { label: label.clone(), line: *line }
            }
            None => self.not_converged(f64::INFINITY, f64::INFINITY),
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
