//! What a run of a deck gave.

use memspike_engine::Counters;
use memspike_run::{Outcome, Points};
use memspike_time::Time;
use numpy::IntoPyArray;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::batch::Done;
use crate::diagnostic::all;
use crate::waveform::Waveform;

/// What a run gave, kept for its JSON form: most runs are never asked for it, and it is longer than their spikes.
#[pyclass(frozen, module = "memspike._core")]
pub struct Report(Outcome);

#[pymethods]
impl Report {
    /// What `memspike run --json` prints.
    fn json(&self) -> String {
        memspike_report::json(&self.0)
    }
}

/// A run as the package takes it.
pub fn told<'py>(py: Python<'py>, done: Done) -> PyResult<Bound<'py, PyDict>> {
    let Done { outcome, told, recording, names } = done;
    let results = PyDict::new(py);
    results.set_item("params", dict(py, named(&outcome.params))?)?;
    results.set_item("sample", outcome.sample)?;
    results.set_item("reached_s", outcome.reached.as_s())?;
    results.set_item("interrupted", outcome.interrupted)?;
    let units = outcome.measures.iter().zip(&outcome.units).map(|((name, _), unit)| (name, unit));
    results.set_item("units", dict(py, units)?)?;
    results.set_item("measures", dict(py, named(&outcome.measures))?)?;
    let times =
        |times: &[Time]| times.iter().map(|at| at.as_s()).collect::<Vec<f64>>().into_pyarray(py);
    let spikes = outcome.spikes.iter().map(|each| (&each.element, times(&each.times)));
    results.set_item("spikes", dict(py, spikes)?)?;
    for points in &outcome.at_rest {
        results.set_item(points.kind, table(py, points)?)?;
    }
    let Counters { fired, pending, phase_changes, .. } = outcome.counters;
    let counters = [("fired", fired), ("pending", pending), ("phase_changes", phase_changes)];
    results.set_item("counters", dict(py, counters)?)?;
    results.set_item("warnings", &outcome.warnings)?;
    results.set_item("notes", &outcome.notes)?;
    results.set_item("diagnostics", all(&told))?;
    let waveforms = PyDict::new(py);
    if let Some(recording) = recording {
        for (position, name) in names.into_iter().enumerate() {
            if let Some(waveform) = Waveform::new(recording.clone(), position) {
                waveforms.set_item(name, waveform)?;
            }
        }
    }
    results.set_item("waveforms", waveforms)?;
    results.set_item("report", Report(outcome))?;
    Ok(results)
}

fn named<V: Copy>(pairs: &[(String, V)]) -> impl Iterator<Item = (&str, V)> {
    pairs.iter().map(|(name, value)| (name.as_str(), *value))
}

fn dict<'py, K, V>(
    py: Python<'py>,
    pairs: impl IntoIterator<Item = (K, V)>,
) -> PyResult<Bound<'py, PyDict>>
where
    K: IntoPyObject<'py>,
    V: IntoPyObject<'py>,
{
    let all = PyDict::new(py);
    for (key, value) in pairs {
        all.set_item(key, value)?;
    }
    Ok(all)
}

/// Columns of a table at rest, by name, each with its unit.
fn table<'py>(py: Python<'py>, points: &Points) -> PyResult<Bound<'py, PyDict>> {
    let Points { columns, rows, .. } = points;
    let column = |at: usize| -> Vec<f64> { rows.iter().map(|row| row[at]).collect() };
    let columns = columns.iter().enumerate();
    dict(py, columns.map(|(at, (name, unit))| (name, (column(at).into_pyarray(py), unit))))
}
