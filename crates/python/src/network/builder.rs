//! The one door to a network, with arrays.

use std::path::PathBuf;
use std::sync::Arc;

use memspike_network::{
    Builder as Inner, Connections, Delay, Drawn, Effect, Law, Model, PopulationId, Recorded, Rule,
    SparseRows, Spikes, Weights,
};
use numpy::PyReadonlyArray1;
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pythonize::depythonize;

use super::Network;
use super::arrays::{Sorted, delay, delays, doubles, indices, values};
use crate::errors::{Class, plain};

/// Collects populations and projections.
#[pyclass(module = "memspike._core")]
pub struct Builder {
    inner: Inner,
    populations: Vec<(PopulationId, usize)>,
    is_built: bool,
}

/// What a projection is beside its connections: name, numbers of its populations, effect, unit and delays.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Ends<'py> {
    name: String,
    source: usize,
    target: usize,
    effect: String,
    unit: f64,
    delay: Bound<'py, PyAny>,
}

#[pymethods]
impl Builder {
    /// Nothing yet.
    #[new]
    fn new() -> Self {
        Self { inner: Inner::new(), populations: Vec::new(), is_built: false }
    }

    /// Adds neurons that are alike; `model` is a mapping of its name to its parameters. Gives its number.
    fn population(
        &mut self,
        py: Python<'_>,
        name: &str,
        size: usize,
        model: &Bound<'_, PyAny>,
    ) -> PyResult<usize> {
        let read = depythonize::<Model>(model);
        let model = read
            .map_err(|error| plain(py, Class::Network, &format!("population '{name}': {error}")))?;
        self.add(name, size, model)
    }

    /// Adds sources whose spikes are given: instants (s) and neurons, in the order of time.
    fn recorded(
        &mut self,
        py: Python<'_>,
        name: &str,
        size: usize,
        times_s: &Bound<'_, PyAny>,
        neurons: PyReadonlyArray1<'_, u32>,
    ) -> PyResult<usize> {
        let neurons = neurons.as_slice()?;
        let list = doubles(times_s)?.into_iter().zip(neurons.iter().copied()).collect();
        let spikes = Spikes::new(list)
            .map_err(|error| plain(py, Class::Network, &format!("population '{name}': {error}")))?;
        self.add(name, size, Recorded { spikes }.into())
    }

    /// Adds connections of every source to every target, weights row by row.
    fn dense(
        &mut self,
        py: Python<'_>,
        ends: Ends<'_>,
        weights: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let (rows, columns) = (self.size(ends.source)?, self.size(ends.target)?);
        let weights = values(weights)?;
        if Some(weights.len()) != rows.checked_mul(columns) {
            return Err(PyValueError::new_err(format!(
                "there are {} weights for {rows} sources and {columns} targets",
                weights.len()
            )));
        }
        let weights = Weights::new(rows, columns, weights);
        let weights = weights.map_err(|error| wrong(py, &ends, &error))?;
        self.connect(ends, Connections::Dense(weights), None)
    }

    /// Adds connections in compressed sparse rows, one for each source.
    fn sparse(
        &mut self,
        py: Python<'_>,
        ends: Ends<'_>,
        starts: PyReadonlyArray1<'_, u64>,
        targets: PyReadonlyArray1<'_, u32>,
        weights: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let columns = self.size(ends.target)?;
        let starts = starts.as_slice()?.iter().map(|start| *start as usize).collect();
        let (targets, weights) = (indices(&targets)?, values(weights)?);
        let rows = py.detach(|| SparseRows::new(columns, starts, targets, weights));
        let rows = rows.map_err(|error| wrong(py, &ends, &error))?;
        self.connect(ends, Connections::Sparse(rows), None)
    }

    /// Adds connections one by one: source, target and weight of each. A pair may have several.
    fn listed(
        &mut self,
        py: Python<'_>,
        ends: Ends<'_>,
        sources: PyReadonlyArray1<'_, u32>,
        targets: PyReadonlyArray1<'_, u32>,
        weights: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let (rows, columns) = (self.size(ends.source)?, self.size(ends.target)?);
        let (sources, targets, weights) =
            (sources.as_slice()?, targets.as_slice()?, values(weights)?);
        let is_there = sources.iter().all(|source| (*source as usize) < rows);
        if !is_there || sources.len() != targets.len() || sources.len() != weights.len() {
            return Err(PyValueError::new_err(format!(
                "{} sources, {} targets and {} weights are no list of connections from {rows} neurons",
                sources.len(),
                targets.len(),
                weights.len()
            )));
        }
        let sorted = Sorted::new(sources, rows);
        let (targets, weights) = (sorted.take(targets), sorted.take_values(&weights));
        let list = SparseRows::new(columns, sorted.starts.clone(), targets, weights);
        let list = list.map_err(|error| wrong(py, &ends, &error))?;
        self.connect(ends, Connections::Sparse(list), Some(&sorted))
    }

    /// Adds connections that a rule and the seed of a run draw; weights are a law.
    fn drawn(
        &mut self,
        py: Python<'_>,
        ends: Ends<'_>,
        rule: &Bound<'_, PyAny>,
        weights: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let rule: Rule = depythonize(rule).map_err(|error| wrong(py, &ends, &error))?;
        let weights: Law = depythonize(weights).map_err(|error| wrong(py, &ends, &error))?;
        self.connect(ends, Connections::Drawn(Drawn { rule, weights }), None)
    }

    /// Of what drawn delays are multiples (s); 0 keeps them in full.
    fn delay_tick(&mut self, tick_s: f64) -> PyResult<()> {
        self.open()?;
        self.inner.delay_tick(delay(tick_s, None)?);
        Ok(())
    }

    /// Checks everything. The builder is empty afterwards and takes nothing more.
    fn build(&mut self, py: Python<'_>) -> PyResult<Network> {
        self.open()?;
        self.is_built = true;
        let inner = std::mem::take(&mut self.inner);
        let built = py.detach(|| inner.build());
        let described = Arc::new(built.map_err(|error| plain(py, Class::Network, &error))?);
        Ok(Network { described, folder: PathBuf::new() })
    }
}

impl Builder {
    fn open(&self) -> PyResult<()> {
        let message = "the network is built: begin another NetworkBuilder to add to it";
        if self.is_built { Err(PyRuntimeError::new_err(message)) } else { Ok(()) }
    }

    fn add(&mut self, name: &str, size: usize, model: Model) -> PyResult<usize> {
        self.open()?;
        self.populations.push((self.inner.population(name, size, model), size));
        Ok(self.populations.len() - 1)
    }

    fn size(&self, population: usize) -> PyResult<usize> {
        self.at(population).map(|(_, size)| size)
    }

    fn at(&self, population: usize) -> PyResult<(PopulationId, usize)> {
        let none = || PyValueError::new_err(format!("there is no population number {population}"));
        self.populations.get(population).copied().ok_or_else(none)
    }

    fn connect(
        &mut self,
        ends: Ends<'_>,
        connections: Connections,
        sorted: Option<&Sorted>,
    ) -> PyResult<()> {
        self.open()?;
        let populations = [self.at(ends.source)?.0, self.at(ends.target)?.0];
        let effect = effect(&ends.effect, ends.unit)?;
        let delay = delay_of(&ends.delay, sorted)?;
        self.inner.projection(&ends.name, populations, connections, effect, delay);
        Ok(())
    }
}

fn effect(name: &str, unit: f64) -> PyResult<Effect> {
    match name {
        "trigger" => Ok(Effect::Trigger),
        "siemens" => Ok(Effect::Siemens(unit)),
        "volt" => Ok(Effect::Volt(unit)),
        "ampere" => Ok(Effect::Ampere(unit)),
        _ => Err(PyValueError::new_err(format!(
            "there is no effect '{name}': give 'volt', 'ampere', 'siemens' or 'trigger'"
        ))),
    }
}

/// A number for all, an array for each, or a mapping of a distribution to its parameters.
fn delay_of(given: &Bound<'_, PyAny>, sorted: Option<&Sorted>) -> PyResult<Delay> {
    if given.is_instance_of::<PyDict>() {
        let law = depythonize::<Law>(given);
        return law.map(Delay::Drawn).map_err(|error| PyTypeError::new_err(error.to_string()));
    }
    if let Ok(s) = given.extract::<f64>() {
        return Ok(Delay::All(delay(s, None)?));
    }
    let each = delays(given)?;
    match sorted {
        Some(sorted) => {
            if each.len() != sorted.starts.last().copied().unwrap_or(0) {
                let message = format!("there are {} delays in the list", each.len());
                return Err(PyValueError::new_err(message));
            }
            Ok(Delay::Each(sorted.take(&each)))
        }
        None => Ok(Delay::Each(each)),
    }
}

/// What is wrong with the connections of a projection.
fn wrong(py: Python<'_>, ends: &Ends<'_>, error: &dyn std::fmt::Display) -> PyErr {
    plain(py, Class::Network, &format!("projection '{}': {error}", ends.name))
}
