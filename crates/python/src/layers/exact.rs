//! Layers that see instants of spikes: trained by exact gradients.

use std::fmt::{Display, Write as _};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use memspike_adjoint::{Checkpoint, Design, Layers, Loss, Options, Trainer, accuracy};
use memspike_network::Network as Described;
use memspike_run::Workers;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pythonize::{depythonize, pythonize};

use super::data::Samples;
use super::trained::Trained;
use crate::errors::{Class, plain};
use crate::network::Network;
use crate::work::{Watch, all_or_raised, watched};

fn wrong(py: Python<'_>, error: &dyn Display) -> PyErr {
    plain(py, Class::Training, &error)
}

/// The options of a loss, of samples that are shown until an instant (s), by their names.
#[pyfunction]
pub fn exact_options<'py>(
    py: Python<'py>,
    loss: &str,
    until_s: f64,
) -> PyResult<Bound<'py, PyAny>> {
    let loss = match loss {
        "first-spike" => Loss::FirstSpike,
        "potential" => Loss::Potential,
        "fraction" => Loss::Fraction,
        _ => {
            let message =
                format!("there is no loss '{loss}': give 'first-spike', 'potential' or 'fraction'");
            return Err(PyValueError::new_err(message));
        }
    };
    pythonize(py, &Options::new(loss, until_s)).map_err(|error| wrong(py, &error))
}

/// Layers of these sizes without any weight yet, in the paper's circuit but for the values that are given.
#[pyfunction]
pub fn exact_network(
    py: Python<'_>,
    shape: Vec<usize>,
    circuit: &Bound<'_, PyDict>,
) -> PyResult<Network> {
    let mut design = Design::default();
    for (name, value) in circuit {
        let (name, value): (String, f64) = (name.extract()?, value.extract()?);
        let place = match &*name {
            "neuron_ohm" => &mut design.neuron_ohm,
            "neuron_farad" => &mut design.neuron_farad,
            "threshold_v" => &mut design.threshold_v,
            "refractory_s" => &mut design.refractory_s,
            "pulse_v" => &mut design.pulse_v,
            "pulse_s" => &mut design.pulse_s,
            "weight_siemens" => &mut design.weight_siemens,
            "delay_s" => {
                design.delay_fs = crate::network::delay(value, None)?;
                continue;
            }
            _ => return Err(PyTypeError::new_err(format!("a circuit of layers has no '{name}'"))),
        };
        *place = value;
    }
    let network = design.network(&shape).map_err(|error| wrong(py, &error))?;
    Ok(Network { described: Arc::new(network), folder: PathBuf::new() })
}

/// What is trained, and how.
struct Task<'a> {
    network: &'a Described,
    layers: Layers,
    /// The weights that it begins with, if it does not draw them.
    weights: Option<Vec<f64>>,
    data: (&'a memspike_adjoint::Samples, &'a memspike_adjoint::Samples),
    options: Options,
    /// From which it goes on.
    begun: Option<Checkpoint>,
}

/// Trains layers on samples; others choose the epoch. Gives what a training has.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the package's own function has names and defaults")]
pub fn train_exact<'py>(
    py: Python<'py>,
    network: &Network,
    begins: bool,
    data: (PyRef<'_, Samples>, PyRef<'_, Samples>),
    options: &Bound<'_, PyAny>,
    threads: Option<NonZeroUsize>,
    checkpoint: Option<&[u8]>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let begun =
        checkpoint.map(Checkpoint::decode).transpose().map_err(|error| wrong(py, &error))?;
    let options: Options = match &begun {
        Some(begun) => begun.state.options.clone(),
        None => depythonize(options)
            .map_err(|error| PyTypeError::new_err(format!("options: {error}")))?,
    };
    let layers = Layers::of(&network.described).map_err(|error| wrong(py, &error))?;
    let weights = begins.then(|| layers.weights_of(&network.described));
    let data = (&data.0.0, &data.1.0);
    let task = Task { network: &network.described, layers, weights, data, options, begun };
    task.check().map_err(|error| wrong(py, &error))?;
    let (trained, raised) = watched(py, progress.as_ref(), |watch| {
        let workers = Workers::new(threads, usize::MAX).map_err(|error| error.to_string())?;
        workers.install(|| task.train(watch))
    });
    trained.map_err(|error| wrong(py, &error))?.given(py, raised)
}

impl Task<'_> {
    fn check(&self) -> Result<(), String> {
        self.options.validate().map_err(|error| error.to_string())?;
        for samples in [self.data.0, self.data.1] {
            fits(&self.layers, samples, self.options.until_s)?;
        }
        if self.data.0.samples.is_empty() {
            return Err("there are no samples to train on".to_owned());
        }
        Ok(())
    }

    fn train(&self, watch: &Watch) -> Result<Trained, String> {
        let said = |error: &dyn Display| error.to_string();
        let mut trainer =
            Trainer::new(&self.options, &self.layers, self.data, self.weights.as_deref());
        let digest = digest(self.network);
        if let Some(begun) = &self.begun {
            if begun.network != digest {
                return Err(
                    "this training began with another network: give the same one".to_owned()
                );
            }
            trainer.resume(begun.state.clone()).map_err(|e| said(&e))?;
        }
        let (interrupted, failed) = run(&mut trainer, watch);
        let state = trainer.state().clone();
        let network = state.best.as_ref();
        let network =
            network.map(|best| self.layers.network_with(self.network, &best.weights, None));
        let network = network.transpose().map_err(|e| said(&e))?;
        let (best, history) = (state.best.clone(), state.history.clone());
        let checkpoint = Checkpoint { exact_form: Checkpoint::FORM, network: digest, state };
        Ok(Trained { network, best, history, failed, interrupted, checkpoint: checkpoint.bytes() })
    }
}

/// Refuses samples that layers cannot be shown until an instant (s).
fn fits(layers: &Layers, samples: &memspike_adjoint::Samples, until_s: f64) -> Result<(), String> {
    if samples.inputs > layers.inputs() || samples.classes > layers.classes() {
        return Err(format!(
            "the data have {} inputs and {} classes, the network {} and {}",
            samples.inputs,
            samples.classes,
            layers.inputs(),
            layers.classes()
        ));
    }
    if samples.last_s() >= until_s {
        return Err(format!(
            "a sample is shown for {until_s} s, and the last event is at {} s: show it for longer",
            samples.last_s()
        ));
    }
    Ok(())
}

/// Trains until it is over or asked to stop: whether it was, and why it could not go on.
fn run(trainer: &mut Trainer<'_>, watch: &Watch) -> (bool, Option<String>) {
    let (epochs, samples) = trainer.size();
    watch.begin(u64::from(epochs) * samples as u64);
    while !trainer.is_over() {
        let before = (trainer.state().history.len() * samples) as u64;
        let epoch = trainer.epoch(|done| {
            watch.set(before + done as u64);
            watch.flow()
        });
        match epoch {
            Ok(None) => return (true, None),
            Err(error) => return (true, Some(error.to_string())),
            Ok(Some(epoch)) => {
                watch.set(before + samples as u64);
                watch.epoch(epoch);
            }
        }
    }
    (false, None)
}

/// Names a network in checkpoints, in hexadecimal digits.
fn digest(network: &Described) -> String {
    network.digest().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Part of the samples that a network decides rightly by a loss, each shown until an instant (s).
#[pyfunction]
pub fn evaluate_exact(
    py: Python<'_>,
    network: &Network,
    samples: &Samples,
    options: &Bound<'_, PyAny>,
    threads: Option<NonZeroUsize>,
) -> PyResult<f64> {
    let options: Options =
        depythonize(options).map_err(|error| PyTypeError::new_err(format!("options: {error}")))?;
    let layers = Layers::of(&network.described).map_err(|error| wrong(py, &error))?;
    options.validate().map_err(|error| wrong(py, &error))?;
    fits(&layers, &samples.0, options.until_s).map_err(|error| wrong(py, &error))?;
    let weights: Vec<f32> =
        layers.weights_of(&network.described).into_iter().map(|weight| weight as f32).collect();
    let done = watched(py, None, |_| {
        let workers = Workers::new(threads, usize::MAX).map_err(|error| error.to_string())?;
        let right = workers.install(|| accuracy(&layers, &weights, &samples.0, &options));
        right.map_err(|error| error.to_string())
    });
    all_or_raised(done)?.map_err(|error| wrong(py, &error))
}
