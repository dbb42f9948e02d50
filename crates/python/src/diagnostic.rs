//! What a deck is told, as objects.

use memspike_netlist::{Diagnostic as Told, Severity};
use pyo3::prelude::*;

/// One thing that a deck is told.
#[pyclass(frozen, module = "memspike._core")]
pub struct Diagnostic(Told);

#[pymethods]
impl Diagnostic {
    /// The kind of the finding, such as `unknown-node`.
    #[getter]
    fn code(&self) -> &str {
        self.0.code().as_str()
    }

    /// `error` or `warning`.
    #[getter]
    fn severity(&self) -> &'static str {
        match self.0.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }

    /// The cause, in one line.
    #[getter]
    fn message(&self) -> &str {
        self.0.message()
    }

    /// What to do.
    #[getter]
    fn remedy(&self) -> &str {
        self.0.help()
    }

    /// The file, as it was named.
    #[getter]
    fn file(&self) -> &str {
        self.0.file()
    }

    /// Line, from 1.
    #[getter]
    fn line(&self) -> usize {
        self.0.line()
    }

    /// Column in characters, from 1.
    #[getter]
    fn column(&self) -> usize {
        self.0.column()
    }

    /// The diagnostic with its source line, in the form that compilers have.
    fn __str__(&self) -> String {
        self.0.render(false)
    }

    fn __repr__(&self) -> String {
        let Self(told) = self;
        let (file, line, column) = (told.file(), told.line(), told.column());
        format!("<{} {file}:{line}:{column}: {}>", self.severity(), told.message())
    }
}

/// All of a list as objects.
pub fn all(told: &[Told]) -> Vec<Diagnostic> {
    told.iter().cloned().map(Diagnostic).collect()
}
