//! Networks of other tools, by NIR, and networks in files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memspike_files::OutputFile;
use memspike_network::{Form, Network as Described, Spikes};
use memspike_nir::{Graph, Options};
use numpy::PyReadonlyArray1;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::errors::{Class, error, plain};
use crate::network::Network;

/// What a graph does not say: area of a spike (s), whether spikes subtract, delay of loops (s), spikes of inputs (s, neuron), and
/// whether neurons are those of a core.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Reading<'py> {
    spike_area_s: f64,
    subtract: bool,
    loop_delay_s: Option<f64>,
    spikes: BTreeMap<String, (PyReadonlyArray1<'py, f64>, PyReadonlyArray1<'py, u32>)>,
    core: bool,
}

impl Reading<'_> {
    fn options(&self, py: Python<'_>) -> PyResult<Options> {
        let mut spikes = BTreeMap::new();
        for (name, (times_s, neurons)) in &self.spikes {
            let (times_s, neurons) = (times_s.as_slice()?, neurons.as_slice()?);
            let list = times_s.iter().copied().zip(neurons.iter().copied()).collect();
            let list = Spikes::new(list).map_err(|error| {
                plain(py, Class::Network, &format!("spikes of '{name}': {error}"))
            })?;
            spikes.insert(name.clone(), list);
        }
        let Self { spike_area_s, subtract, loop_delay_s, core, .. } = *self;
        Ok(Options { spike_area_s, subtract, loop_delay_s, spikes, core })
    }
}

/// Node, population, and which of the node's neurons where they are not all.
type Placed = (String, String, Option<Vec<usize>>);

/// The network of a graph's file, and where its nodes are.
#[pyfunction]
pub fn from_nir(
    py: Python<'_>,
    path: PathBuf,
    reading: Reading<'_>,
) -> PyResult<(Network, Vec<Placed>)> {
    let options = reading.options(py)?;
    let imported = py.detach(|| Graph::read(&path)?.network(&options));
    let imported = imported.map_err(|wrong| of_file(py, &path, &wrong))?;
    let placed = imported.populations.into_iter();
    let placed = placed.map(|each| (each.node, each.population, each.neurons)).collect();
    let network = Network { described: Arc::new(imported.network), folder: PathBuf::new() };
    Ok((network, placed))
}

/// Writes the graph that a network is, if a spike has this area (s).
#[pyfunction]
pub fn to_nir(py: Python<'_>, network: &Network, path: PathBuf, spike_area_s: f64) -> PyResult<()> {
    let written = py.detach(|| Graph::of_network(&network.described, spike_area_s)?.write(&path));
    written.map_err(|wrong| of_file(py, &path, &wrong))
}

fn of_file(py: Python<'_>, path: &Path, wrong: &dyn std::fmt::Display) -> PyErr {
    let file = path.to_string_lossy();
    error(py, Class::Network, &format!("{file}: {wrong}"), Some((&file, 1, 1)))
}

/// Writes a network as TOML or JSON, whichever the path says, after the tables that it names, so that no text names what is not there.
pub fn write(network: &Described, path: &Path) -> PyResult<()> {
    let form = match path.extension().and_then(|ending| ending.to_str()) {
        Some("toml") => Form::Toml,
        Some("json") => Form::Json,
        _ => return Err(PyValueError::new_err("a network's file ends in .toml or .json")),
    };
    let written = network.encode(form);
    let folder = path.parent().unwrap_or(Path::new(""));
    for (name, bytes) in &written.tables {
        OutputFile::write(folder.join(name), bytes)?;
    }
    Ok(OutputFile::write(path, written.text.as_bytes())?)
}
