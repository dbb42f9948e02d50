//! Decks and cards of devices.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use memspike_netlist::{Card as Inner, Cards, Deck as Circuit, Report};
use memspike_time::LONGEST_RUN_S;
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::batch::{Failed, Wish, run_all};
use crate::diagnostic::{Diagnostic, all};
use crate::errors::{Class, of_deck, with_results};
use crate::outcome;
use crate::work::{interruptible, unless_raised};

/// A circuit's text, read.
#[pyclass(frozen, module = "memspike._core")]
pub struct Deck(Circuit);

#[pymethods]
impl Deck {
    /// Reads a file and its includes; `save` replaces what the deck saves.
    #[staticmethod]
    fn from_file(py: Python<'_>, path: PathBuf, save: Option<&str>) -> PyResult<Self> {
        let read = py.detach(|| saving(Circuit::load(&path)?, save));
        read.map(Self).map_err(|report| of_deck(py, &report))
    }

    /// Reads a text; `name` stands in diagnostics, and includes are relative to it.
    #[staticmethod]
    fn from_text(py: Python<'_>, name: &str, text: &str, save: Option<&str>) -> PyResult<Self> {
        let read = py.detach(|| saving(Circuit::parse(name, text)?, save));
        read.map(Self).map_err(|report| of_deck(py, &report))
    }

    /// The first line.
    #[getter]
    fn title(&self) -> &str {
        self.0.title()
    }

    /// The files that were read.
    #[getter]
    fn files(&self) -> Vec<PathBuf> {
        self.0.files()
    }

    /// How many runs it asks for, and whether it asks for a list of them.
    fn runs(&self, py: Python<'_>) -> PyResult<(usize, bool)> {
        let points = py.detach(|| self.0.steps()).map_err(|report| of_deck(py, &report))?;
        let is_list = points.iter().any(|each| each.sample.is_some() || !each.params.is_empty());
        Ok((points.len(), is_list))
    }

    /// Elaborates every run without running it: all that the deck is told, each once.
    fn check(&self, py: Python<'_>, seed: u64) -> PyResult<Vec<Diagnostic>> {
        let checked = py.detach(|| {
            let mut told = Vec::new();
            for point in self.0.steps()? {
                told.extend(self.0.elaborate(&point, seed)?.warnings);
            }
            Ok::<_, Report>(told)
        });
        let mut told = checked.map_err(|report| of_deck(py, &report))?;
        let mut seen = std::collections::BTreeSet::new();
        told.retain(|each| {
            seen.insert((
                each.file().to_owned(),
                each.line(),
                each.column(),
                each.message().to_owned(),
            ))
        });
        Ok(all(&told))
    }

    /// Runs it: a list of what each run gave.
    fn run<'py>(
        &self,
        py: Python<'py>,
        until_s: Option<f64>,
        seed: u64,
        threads: Option<NonZeroUsize>,
        waveforms: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        if let Some(s) = until_s.filter(|s| !(f64::MIN_POSITIVE..=LONGEST_RUN_S).contains(s)) {
            return Err(PyValueError::new_err(format!(
                "a run to {s} s: it must be above 0 and at most {LONGEST_RUN_S} s"
            )));
        }
        let wish = Wish { until_s, seed, threads, waveforms };
        let ((done, ended), raised) = interruptible(py, |stop| run_all(&self.0, &wish, stop));
        let runs = done.into_iter().map(|done| outcome::told(py, done));
        let runs = PyList::new(py, runs.collect::<PyResult<Vec<_>>>()?)?.into_any();
        match ended {
            Ok(()) => unless_raised(py, runs, raised),
            Err(Failed::Report(report)) => Err(of_deck(py, &report)),
            Err(Failed::Cause(cause)) => Err(with_results(py, Class::Run, &cause, runs)),
        }
    }
}

fn saving(mut deck: Circuit, save: Option<&str>) -> Result<Circuit, Report> {
    if let Some(save) = save {
        deck.save(save)?;
    }
    Ok(deck)
}

/// A model of a device with the value of each of its parameters.
#[pyclass(frozen, module = "memspike._core")]
pub struct Card(pub Inner);

#[pymethods]
impl Card {
    /// All device models of a file of cards.
    #[staticmethod]
    fn from_file(py: Python<'_>, path: PathBuf) -> PyResult<Vec<Self>> {
        Self::of(py, py.detach(|| Cards::load(&path)))
    }

    /// All device models of a text.
    #[staticmethod]
    fn from_text(py: Python<'_>, name: &str, text: &str) -> PyResult<Vec<Self>> {
        Self::of(py, Cards::parse(name, text))
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    /// The kind of model.
    #[getter]
    fn kind(&self) -> &'static str {
        self.0.kind().name
    }

    /// The value of each parameter.
    #[getter]
    fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = PyDict::new(py);
        for parameter in self.0.kind().parameters {
            all.set_item(parameter.name, self.0.value(parameter.name))?;
        }
        Ok(all)
    }

    /// Unit and meaning of each parameter.
    #[getter]
    fn meanings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = PyDict::new(py);
        for parameter in self.0.kind().parameters {
            all.set_item(parameter.name, (parameter.unit, parameter.doc))?;
        }
        Ok(all)
    }

    /// The same card with another name and other values, which must together describe a device.
    fn with_values(&self, name: Option<&str>, values: Vec<(String, f64)>) -> PyResult<Self> {
        let mut card = self.0.clone();
        if let Some(name) = name {
            card = card.named(name);
        }
        for (parameter, value) in values {
            if card.value(&parameter).is_none() {
                let known: Vec<&str> =
                    card.kind().parameters.iter().map(|known| known.name).collect();
                let kind = card.kind().name;
                let known = known.join(", ");
                let message = format!("{kind} has no parameter '{parameter}'; there are {known}");
                return Err(PyKeyError::new_err(message));
            }
            card = card.with(&parameter, value);
        }
        card.build().map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self(card))
    }

    /// The card as a deck has it.
    fn __str__(&self) -> String {
        self.0.to_string()
    }
}

impl Card {
    fn of(py: Python<'_>, read: Result<Cards, Report>) -> PyResult<Vec<Self>> {
        let cards = read.map_err(|report| of_deck(py, &report))?;
        Ok(cards.models.into_iter().map(Self).collect())
    }
}
