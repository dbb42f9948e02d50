//! Voltages and currents of a run as closed forms.

use std::sync::Arc;

use memspike_circuit::Edge;
use memspike_engine::Recording;
use memspike_time::Time;
use memspike_trace::{Curve, Sampling};
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// A signal of a run.
#[pyclass(frozen, module = "memspike._core")]
pub struct Waveform {
    recording: Arc<Recording>,
    position: usize,
}

/// Instants (s) and values.
type Points<'py> = (Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>);

#[pymethods]
impl Waveform {
    /// Where it begins (s).
    #[getter]
    fn start_s(&self) -> f64 {
        self.curve().start().as_s()
    }

    /// Where it ends (s).
    #[getter]
    fn end_s(&self) -> f64 {
        self.curve().end().as_s()
    }

    /// How many closed forms it has.
    #[getter]
    fn pieces(&self) -> usize {
        self.recording.forms(self.position).len()
    }

    /// Its values at instants (s), where it jumps the later one.
    fn values<'py>(
        &self,
        py: Python<'py>,
        times_s: PyReadonlyArray1<'py, f64>,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let curve = self.curve();
        let value = |s: &f64| self.instant(*s).map(|at| curve.value(at).unwrap_or(f64::NAN));
        let values: PyResult<Vec<f64>> = times_s.as_slice()?.iter().map(value).collect();
        Ok(values?.into_pyarray(py))
    }

    /// The instants (s) at which it crosses a level: `rise`, `fall` or `cross`.
    fn crossings<'py>(
        &self,
        py: Python<'py>,
        level: f64,
        edge: &str,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let edge = match edge {
            "rise" => Edge::Rise,
            "fall" => Edge::Fall,
            "cross" => Edge::Cross,
            _ => {
                let message = format!("there is no edge '{edge}': give 'rise', 'fall' or 'cross'");
                return Err(PyValueError::new_err(message));
            }
        };
        if !level.is_finite() {
            return Err(PyValueError::new_err(format!("a level of {level}: give a finite one")));
        }
        let found = py.detach(|| self.curve().crossings(level, edge));
        Ok(found.iter().map(|at| at.as_s()).collect::<Vec<f64>>().into_pyarray(py))
    }

    /// Its integral between two instants (s), in its unit times s.
    fn integral(&self, py: Python<'_>, from_s: f64, to_s: f64) -> PyResult<f64> {
        let (from, to) = (self.instant(from_s)?, self.instant(to_s)?);
        let curve = self.curve();
        Ok(py.detach(|| match to < from {
            true => -curve.integral(to, from),
            false => curve.integral(from, to),
        }))
    }

    /// Its least and greatest value between two instants (s).
    fn extremes(&self, py: Python<'_>, from_s: f64, to_s: f64) -> PyResult<(f64, f64)> {
        let (from, to) = (self.instant(from_s)?, self.instant(to_s)?);
        let found = py.detach(|| self.curve().extremes(from, to));
        found.ok_or_else(|| {
            PyValueError::new_err(format!(
                "there are no extremes from {from_s} s to {to_s} s: the first must be before the last, and waves few \
                 enough to be looked at"
            ))
        })
    }

    /// Points between which straight lines err by at most this part of its span.
    fn points<'py>(&self, py: Python<'py>, tolerance: f64) -> PyResult<Points<'py>> {
        let sampling = Sampling::adaptive(tolerance).ok_or_else(|| {
            let message = format!("a tolerance of {tolerance}: give one above 0 and up to 1");
            PyValueError::new_err(message)
        })?;
        let points = py.detach(|| self.curve().points(sampling));
        let points = points.map_err(|error| PyValueError::new_err(error.to_string()))?;
        let (times, values): (Vec<f64>, Vec<f64>) = points.into_iter().unzip();
        Ok((times.into_pyarray(py), values.into_pyarray(py)))
    }

    /// Bounds of its closed forms (s): where each begins.
    fn edges<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        let forms = self.recording.forms(self.position).iter();
        forms.map(|(at, _)| at.as_s()).collect::<Vec<f64>>().into_pyarray(py)
    }
}

impl Waveform {
    /// The signal at this position; nothing where the run told none.
    pub fn new(recording: Arc<Recording>, position: usize) -> Option<Self> {
        Curve::of(&recording, position)?;
        Some(Self { recording, position })
    }

    fn curve(&self) -> Curve<'_> {
        Curve::of(&self.recording, self.position).expect("a waveform has a curve")
    }

    /// An instant within it.
    fn instant(&self, s: f64) -> PyResult<Time> {
        let curve = self.curve();
        let (start, end) = (curve.start(), curve.end());
        if !(start.as_s()..=end.as_s()).contains(&s) {
            return Err(PyValueError::new_err(format!(
                "{s} s is not within the run, from {} s to {} s",
                start.as_s(),
                end.as_s()
            )));
        }
        Ok(Time::from_s(s).max(start).min(end))
    }
}
