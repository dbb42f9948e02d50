//! Networks of point neurons: described, built, run.

mod arrays;
mod builder;
mod membranes;
mod running;
mod simulation;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use memspike_network::{
    Connections, FileError, Model, Network as Described, Population, Recorded, Spikes, Values,
};
use numpy::{IntoPyArray, PyArrayMethods, PyReadonlyArray1};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;

pub use arrays::delay;
pub use builder::Builder;
pub use simulation::Simulation;

use crate::errors::{Class, error, plain};

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

    /// The same network, in which a population of inputs has these spikes: instants (s), in order, and neurons.
    fn with_spikes(
        &self,
        py: Python<'_>,
        name: &str,
        times_s: PyReadonlyArray1<'_, f64>,
        neurons: PyReadonlyArray1<'_, u32>,
    ) -> PyResult<Self> {
        let wrong = |error: &dyn std::fmt::Display| {
            plain(py, Class::Network, &format!("population '{name}': {error}"))
        };
        let id = self.described.find(name).ok_or_else(|| wrong(&"there is none of this name"))?;
        if !matches!(self.described.population(id).model(), Model::Recorded(_) | Model::Input(_)) {
            return Err(wrong(&"its spikes are not given from outside"));
        }
        let (times_s, neurons) = (times_s.as_slice()?, neurons.as_slice()?);
        let list = times_s.iter().copied().zip(neurons.iter().copied()).collect();
        let spikes = Spikes::new(list).map_err(|error| wrong(&error))?;
        let model: Model = Recorded { spikes }.into();
        let described = (*self.described).clone();
        let described = described.with_models(|wanted| (wanted == id).then(|| model.clone()));
        let described = Arc::new(described.map_err(|error| plain(py, Class::Network, &error))?);
        Ok(Self { described, folder: self.folder.clone() })
    }

    /// Writes it as TOML or JSON, with the tables that it names.
    fn write(&self, path: PathBuf) -> PyResult<()> {
        crate::nir::write(&self.described, &path)
    }

    /// The weights of a projection that has all connections, a row for each source; none of another projection.
    fn weights<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let found = self.described.projections().find(|(_, each)| each.name() == name);
        let Some((_, projection)) = found else {
            return Err(PyKeyError::new_err(format!("there is no projection '{name}'")));
        };
        let Connections::Dense(weights) = projection.connections() else { return Ok(None) };
        let (rows, columns) = weights.shape();
        let table = match weights.values() {
            Values::Single(values) => {
                values.clone().into_pyarray(py).reshape([rows, columns])?.into_any()
            }
            Values::Double(values) => {
                values.clone().into_pyarray(py).reshape([rows, columns])?.into_any()
            }
        };
        Ok(Some(table))
    }

    /// How long an image is shown (s), if it says so.
    #[getter]
    fn shown_s(&self) -> Option<f64> {
        self.described.shown_s()
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
