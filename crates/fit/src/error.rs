//! Why there is no fit.

use std::{io, path::PathBuf};

use memspike_device::ParameterError;

/// A mistake in a file, at its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct Mistake {
    /// The file, as the user named it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column of the character (of the field in a CSV file), from 1.
    pub column: usize,
    /// What is wrong and what to do.
    pub message: String,
}

/// Why there is no fit.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// A file cannot be read.
    #[error("cannot read '{}': {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file says something that is no measurement.
    #[error(transparent)]
    Mistake(#[from] Mistake),
    /// No parameter is free.
    #[error(
        "no parameter is free: give one a range, such as von = {{ start = 0.14, min = 0.1, max = 0.2 }}"
    )]
    NothingFree,
    /// Fewer measurements than free parameters.
    #[error(
        "too little data: {measured} measurements cannot determine {free} free parameters ({names}); fix some of them, or measure more{unread}"
    )]
    TooLittle {
        /// How many measurements.
        measured: usize,
        /// How many free parameters.
        free: usize,
        /// Their names.
        names: String,
        /// What sweeps do not say, each on a line of its own.
        unread: String,
    },
    /// The device would turn off above the voltage at which it turns on.
    #[error(
        "contradictory data: a hold voltage of {hold} V (line {hold_line}) is not below the threshold of {threshold} V (line {threshold_line})"
    )]
    HoldAboveThreshold {
        /// Hold voltage (V).
        hold: f64,
        /// Its line.
        hold_line: usize,
        /// Threshold voltage (V).
        threshold: f64,
        /// Its line.
        threshold_line: usize,
    },
    /// Two measurements of the same thing that cannot both hold.
    #[error(
        "contradictory data: {label} is {} (line {}) and {} (line {}), {sigmas:.1} standard deviations apart",
        values[0], lines[0], values[1], lines[1]
    )]
    Disagreement {
        /// What was measured.
        label: String,
        /// The lines.
        lines: [usize; 2],
        /// The values.
        values: [f64; 2],
        /// How far apart.
        sigmas: f64,
    },
    /// The start describes no device.
    #[error("the start is no device: {0}")]
    Start(ParameterError),
    /// A variant of the card describes no device.
    #[error("the variant '{name}' is no device: {cause}")]
    Variant {
        /// Its name.
        name: String,
        /// Why.
        cause: ParameterError,
    },
    /// The card draws numbers.
    #[error(
        "the parameters make each device and cycle different; a fit needs one that repeats itself: move them to [[variants]]"
    )]
    Random,
    /// No start leads to what was measured.
    #[error(
        "a device with the start values never shows this: {label} (line {line}); start elsewhere"
    )]
    NoPrediction {
        /// What was measured.
        label: String,
        /// Its line.
        line: usize,
    },
    /// The search ended where a better fit is near.
    #[error(
        "the fit did not converge: after {searches} searches chi-squared is {chi_squared:.4} and one more step would still gain {gain:.2e}; start closer, narrow the bounds, or fix what the data cannot determine{refused}"
    )]
    NotConverged {
        /// How many searches there were.
        searches: usize,
        /// The best found.
        chi_squared: f64,
        /// What a step of Gauss and Newton promises.
        gain: f64,
        /// What the model refuses near the best, if anything: a clause that begins with a semicolon.
        refused: String,
    },
    /// The caller asked to stop.
    #[error("interrupted")]
    Interrupted,
}

impl FitError {
    /// Whether the user's input is at fault, and not the search.
    #[must_use]
    pub fn is_input(&self) -> bool {
        !matches!(self, Self::NotConverged { .. } | Self::Interrupted)
    }
}
