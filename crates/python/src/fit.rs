//! Model cards from measurements.

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use memspike_fit::{Fit, FitError, Task};
use memspike_report::{engineering, json};
use pyo3::prelude::*;

use crate::errors::{Class, error};
use crate::work::{all_or_raised, interruptible};

/// What was found, as `memspike fit --json` shows it, and the text of the card; none where the data contradict each other.
type Found = (String, Option<String>);

/// Fits to the text of a measurement file of this name; files that it names are relative to it.
#[pyfunction]
pub fn fit_text(py: Python<'_>, name: &str, text: &str, origin: &str) -> PyResult<Found> {
    let task = py.detach(|| Task::parse(name, text)).map_err(|wrong| of_fit(py, &wrong))?;
    fit(py, &task, origin)
}

/// Fits to a measurement file.
#[pyfunction]
pub fn fit_file(py: Python<'_>, path: PathBuf) -> PyResult<Found> {
    let task = py.detach(|| Task::load(&path)).map_err(|wrong| of_fit(py, &wrong))?;
    let origin = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    fit(py, &task, &origin)
}

fn fit(py: Python<'_>, task: &Task, origin: &str) -> PyResult<Found> {
    let found = interruptible(py, |stop| task.fit(|_, _| !stop.load(Ordering::Relaxed)));
    let found = all_or_raised(found)?.map_err(|wrong| of_fit(py, &wrong))?;
    let card = |found: &Fit| task.card(found, origin, &engineering);
    let card = found.contradiction.is_none().then(|| card(&found));
    Ok((json(&found), card))
}

fn of_fit(py: Python<'_>, wrong: &FitError) -> PyErr {
    let place = match wrong {
        FitError::Mistake(mistake) => Some((&*mistake.file, mistake.line, mistake.column)),
        _ => None,
    };
    error(py, Class::Fit, &wrong.to_string(), place)
}
