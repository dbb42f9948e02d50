//! Errors as Python's exceptions: classes of `memspike._errors`, with place and remedy as attributes.

use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyDict};

/// Where the exceptions are.
const MODULE: &str = "memspike._errors";

/// Classes of [`MODULE`].
#[derive(Debug, Clone, Copy)]
pub enum Class {
    /// A network that cannot be.
    Network,
    /// Measurements or a fit.
    Fit,
    /// A run that could not go on.
    Run,
    /// Data or options that nothing is trained on.
    Training,
    /// A core that cannot be.
    Hardware,
}

impl Class {
    const fn name(self) -> &'static str {
        match self {
            Self::Network => "NetworkError",
            Self::Fit => "FitError",
            Self::Run => "RunError",
            Self::Training => "TrainingError",
            Self::Hardware => "HardwareError",
        }
    }
}

/// A place in a file: its name, line and column, from 1.
pub type Place<'p> = (&'p str, usize, usize);

/// An exception of a class, with its place if there is one.
pub fn error(py: Python<'_>, class: Class, message: &str, place: Option<Place<'_>>) -> PyErr {
    let made = || {
        let attributes = PyDict::new(py);
        if let Some((file, line, column)) = place {
            attributes.set_item("file", file)?;
            attributes.set_item("line", line)?;
            attributes.set_item("column", column)?;
        }
        call(py, class.name(), message, &attributes)
    };
    made().unwrap_or_else(|error| error)
}

/// An exception of a class, without a place.
pub fn plain(py: Python<'_>, class: Class, message: &impl ToString) -> PyErr {
    error(py, class, &message.to_string(), None)
}

/// An exception of a class that has what a run gave before it failed, as its `results`.
pub fn with_results(
    py: Python<'_>,
    class: Class,
    message: &str,
    results: Bound<'_, PyAny>,
) -> PyErr {
    let made = [("results", results)].into_py_dict(py);
    let made = made.and_then(|attributes| call(py, class.name(), message, &attributes));
    made.unwrap_or_else(|error| error)
}

/// What is wrong with a deck: all its diagnostics, the first one's place and remedy.
pub fn of_deck(py: Python<'_>, report: &memspike_netlist::Report) -> PyErr {
    let diagnostics = crate::diagnostic::all(&report.diagnostics);
    let attributes = [("diagnostics", diagnostics)].into_py_dict(py);
    let made =
        attributes.and_then(|attributes| call(py, "DeckError", &report.to_string(), &attributes));
    made.unwrap_or_else(|error| error)
}

/// Ctrl-C in a run: what it has is the exception's `results`.
pub fn interrupted(py: Python<'_>, results: Bound<'_, PyAny>, cause: PyErr) -> PyErr {
    let made = [("results", results)].into_py_dict(py).and_then(|attributes| {
        call(py, "Interrupted", "interrupted: `results` has what there is", &attributes)
    });
    let made = made.unwrap_or_else(|error| error);
    made.set_cause(py, Some(cause));
    made
}

fn call(
    py: Python<'_>,
    class: &str,
    message: &str,
    attributes: &Bound<'_, PyDict>,
) -> PyResult<PyErr> {
    let class = py.import(MODULE)?.getattr(class)?;
    Ok(PyErr::from_value(class.call((message,), Some(attributes))?))
}
