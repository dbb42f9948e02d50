//! A network on its way, as Python holds it.

use std::sync::{Arc, Mutex, MutexGuard};

use memspike_population::{Counters, Ended, Precision};
use memspike_time::{LONGEST_RUN_S, Time};
use numpy::{IntoPyArray, PyArray1, PyArrayMethods, PyReadonlyArray1};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use super::Network;
use super::membranes::Probe;
use super::running::{Running, Train, Wish};
use crate::errors::{Class, plain, with_results};
use crate::work::{all_or_raised, interruptible, unless_raised};

/// A network on its way.
#[pyclass(frozen, module = "memspike._core")]
pub struct Simulation(Mutex<Running>);

/// A probe as the package gives it: population, neurons and period (s).
type ProbeGiven = (String, Option<Vec<u32>>, f64);

#[pymethods]
impl Simulation {
    /// Builds a network under a seed, at time 0.
    #[new]
    #[pyo3(signature = (network, seed, threads, window_s, single, record, probes))]
    #[expect(clippy::too_many_arguments, reason = "the package's own class has names and defaults")]
    fn new(
        py: Python<'_>,
        network: &Network,
        seed: u64,
        threads: usize,
        window_s: Option<f64>,
        single: bool,
        record: Option<Vec<String>>,
        probes: Vec<ProbeGiven>,
    ) -> PyResult<Self> {
        let precision = if single { Precision::Single } else { Precision::Double };
        let wish = Wish { seed, threads, window_s, precision, record, probes };
        let (described, folder) = (Arc::clone(&network.described), &network.folder);
        let built = interruptible(py, |stop| Running::build(&described, folder, &wish, stop));
        let running = all_or_raised(built)?.map_err(|error| plain(py, Class::Network, &error))?;
        Ok(Self(Mutex::new(running)))
    }

    /// Goes on to the end of the closed interval up to `until` (s); gives what happened since the last call.
    fn run<'py>(&self, py: Python<'py>, until_s: f64) -> PyResult<Bound<'py, PyAny>> {
        let mut running = self.lock()?;
        let now_s = running.simulation.now().as_s();
        if !(0.0..=LONGEST_RUN_S).contains(&until_s) {
            return Err(PyValueError::new_err(format!(
                "a run to {until_s} s: it must be from 0 to {LONGEST_RUN_S} s"
            )));
        }
        let until = Time::last_read_as(until_s);
        if until < running.simulation.reached() {
            return Err(PyValueError::new_err(format!(
                "the run is at {now_s} s, beyond {until_s} s"
            )));
        }
        let running: &mut Running = &mut running;
        let (ended, raised) = interruptible(py, |stop| running.run(until, stop));
        let reached_s = match ended {
            Ok(Ended::Reached) => until_s,
            _ => running.simulation.reached().as_s(),
        };
        let results = told(py, running, reached_s, ended == Ok(Ended::Stopped))?.into_any();
        match ended {
            Ok(_) => unless_raised(py, results, raised),
            Err(message) => Err(with_results(py, Class::Run, &message, results)),
        }
    }

    /// Up to where all has happened (s).
    #[getter]
    fn now_s(&self) -> PyResult<f64> {
        Ok(self.lock()?.simulation.reached().as_s())
    }

    /// Synapses of all neurons.
    #[getter]
    fn synapses(&self) -> PyResult<usize> {
        Ok(self.lock()?.simulation.synapses())
    }

    /// Bytes that synapses, states and what is under way take.
    #[getter]
    fn nbytes(&self) -> PyResult<usize> {
        Ok(self.lock()?.simulation.bytes())
    }

    /// The beginning of the digest of populations, synapses and seed, in hexadecimal.
    #[getter]
    fn digest(&self) -> PyResult<String> {
        let digest = self.lock()?.simulation.digest();
        Ok(digest[..16].iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Potentials (V) of a population's neurons now; NaN for neurons without a membrane.
    fn potentials<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyArray1<f64>>> {
        self.each(py, name, |running, at, neuron| running.simulation.potential(at, neuron))
    }

    /// How far synaptic currents move the asymptotes (V) of a population's neurons now; NaN where there are none.
    fn shifts<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyArray1<f64>>> {
        self.each(py, name, |running, at, neuron| running.simulation.shift(at, neuron))
    }

    /// Lets neurons of a population of inputs spike at instants (s).
    fn play(
        &self,
        name: &str,
        times_s: PyReadonlyArray1<'_, f64>,
        neurons: PyReadonlyArray1<'_, u32>,
    ) -> PyResult<()> {
        let mut running = self.lock()?;
        let (at, _) = running.find(name).ok_or_else(|| nobody(name))?;
        for (time_s, neuron) in times_s.as_slice()?.iter().zip(neurons.as_slice()?) {
            let wrong = |message: &str| {
                let message = format!("a spike of '{name}' at {time_s} s: {message}");
                PyValueError::new_err(message)
            };
            if !(0.0..=LONGEST_RUN_S).contains(time_s) {
                return Err(wrong(&format!("it must be from 0 to {LONGEST_RUN_S} s")));
            }
            let played = running.simulation.play(at, *neuron, Time::from_s(*time_s));
            played.map_err(|error| wrong(&error.to_string()))?;
        }
        Ok(())
    }

    /// Moves the potential (V) that a population's membranes approach.
    fn drive(&self, name: &str, asymptote_v: f64) -> PyResult<()> {
        let mut running = self.lock()?;
        let (at, _) = running.find(name).ok_or_else(|| nobody(name))?;
        let driven = running.simulation.drive(at, asymptote_v);
        driven.map_err(|error| PyValueError::new_err(format!("'{name}': {error}")))
    }

    /// An image of where the run is.
    fn save<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let mut running = self.lock()?;
        let running: &mut Running = &mut running;
        let mut image = Vec::new();
        let to = &mut image;
        let saved = py.detach(move || running.simulation.save(to));
        saved.map_err(|error| plain(py, Class::Run, &error))?;
        Ok(PyBytes::new(py, &image))
    }

    /// Goes on where an image was saved; with `branch` that of another network whose neurons are the same.
    fn load(&self, py: Python<'_>, image: &[u8], branch: bool) -> PyResult<()> {
        let mut running = self.lock()?;
        let mut from = image;
        let simulation = &mut running.simulation;
        let loaded =
            if branch { simulation.branch(&mut from) } else { simulation.resume(&mut from) };
        loaded.map_err(|error| plain(py, Class::Run, &error))
    }
}

impl Simulation {
    fn lock(&self) -> PyResult<MutexGuard<'_, Running>> {
        let message = "the simulation is running in another thread, or a run of it has failed";
        self.0.try_lock().map_err(|_| PyRuntimeError::new_err(message))
    }

    fn each<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        of: impl Fn(&Running, usize, u32) -> Option<f64>,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let running = self.lock()?;
        let (at, size) = running.find(name).ok_or_else(|| nobody(name))?;
        let each = (0..size as u32).map(|neuron| of(&running, at, neuron).unwrap_or(f64::NAN));
        Ok(each.collect::<Vec<f64>>().into_pyarray(py))
    }
}

fn nobody(name: &str) -> PyErr {
    PyValueError::new_err(format!("there is no population '{name}'"))
}

/// What happened since it was asked last.
fn told<'py>(
    py: Python<'py>,
    running: &mut Running,
    reached_s: f64,
    interrupted: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let results = PyDict::new(py);
    results.set_item("reached_s", reached_s)?;
    results.set_item("interrupted", interrupted)?;
    let spikes = PyDict::new(py);
    for (name, Train { times_s, neurons }) in running.take_trains() {
        spikes.set_item(name, (times_s.into_pyarray(py), neurons.into_pyarray(py)))?;
    }
    results.set_item("spikes", spikes)?;
    let seen = running.probes.iter_mut().map(|probe| membranes(py, probe));
    results.set_item("membranes", seen.collect::<PyResult<Vec<_>>>()?)?;
    results.set_item("counters", counters(py, running.simulation.counters())?)?;
    results.set_item("notes", &running.notes)?;
    results.set_item("populations", &running.populations)?;
    Ok(results)
}

/// Instants, potentials (instants by neurons) and currents of a probe.
fn membranes<'py>(py: Python<'py>, probe: &mut Probe) -> PyResult<Bound<'py, PyAny>> {
    let (seen, neurons) = probe.take();
    let shape = [seen.times_s.len(), neurons];
    let table = |values: Vec<f64>| values.into_pyarray(py).reshape(shape);
    let potentials = table(seen.potentials_v)?;
    let has_currents = !seen.currents_ampere.is_empty();
    let currents = has_currents.then(|| table(seen.currents_ampere)).transpose()?;
    let all = (seen.times_s.into_pyarray(py), potentials, currents);
    Ok(all.into_pyobject(py)?.into_any())
}

fn counters<'py>(py: Python<'py>, counted: Counters) -> PyResult<Bound<'py, PyDict>> {
    let Counters { spikes, sent, delivered, under_way, .. } = counted;
    let all = PyDict::new(py);
    for (name, value) in
        [("spikes", spikes), ("sent", sent), ("delivered", delivered), ("under_way", under_way)]
    {
        all.set_item(name, value)?;
    }
    Ok(all)
}
