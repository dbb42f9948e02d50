//! Networks of point neurons: described, built, run.

mod arrays;
mod builder;
mod membranes;
mod running;
mod simulation;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use memspike_network::{FileError, Network as Described, Population};
use pyo3::prelude::*;

pub use builder::Builder;
pub use simulation::Simulation;

use crate::errors::{Class, error};

/// A network that has been checked.
#[pyclass(frozen, module = "memspike._core")]
pub struct Network {
    pub described: Arc<Described>,
    /// Where the cards of its neurons lie.
    pub folder: PathBuf,
}

#[pymethods]
impl Network {
    /// Reads a file, TOML or JSON, with the tables that it names.
    #[staticmethod]
    fn from_file(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let read = py.detach(|| Described::read(&path));
        let described = Arc::new(read.map_err(|error| of_file(py, &error))?);
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Self { described, folder })
    }

    /// Name, size and model of each population.
    #[getter]
    fn populations(&self) -> Vec<(String, usize, &'static str)> {
        let told = |population: &Population| {
            (population.name().to_owned(), population.size(), population.model().name())
        };
        self.described.populations().map(|(_, population)| told(population)).collect()
    }

    /// Name, source and target of each projection.
    #[getter]
    fn projections(&self) -> Vec<(String, String, String)> {
        let name = |id| self.described.population(id).name().to_owned();
        let projections = self.described.projections();
        projections
            .map(|(_, each)| (each.name().to_owned(), name(each.from()), name(each.to())))
            .collect()
    }

    /// Neurons of all populations.
    #[getter]
    fn neurons(&self) -> usize {
        self.described.neurons()
    }

    /// Connections of all projections; where their number is drawn, the expected one.
    #[getter]
    fn connections(&self) -> usize {
        self.described.connections()
    }
}

fn of_file(py: Python<'_>, wrong: &FileError) -> PyErr {
    let file = wrong.path.to_string_lossy();
    let place = wrong.reason.text_place().map(|at| (&*file, at.line, at.column));
    let place = place.or(Some((&*file, 1, 1)));
    error(py, Class::Network, &wrong.to_string(), place)
}
