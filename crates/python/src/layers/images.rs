//! Layers that see images: trained at point level, shown images at any.

use std::fmt::Display;
use std::num::NonZeroUsize;
use std::path::Path;

use memspike_crossbar::Config;
use memspike_run::{DeviceCard, Workers};
use memspike_snn::training::{Options, OptionsError, Preset, Trainer};
use memspike_snn::{
    Arrays, Checkpoint, Dataset, Energy, Evaluation, Ideal, Layered, Level, Parameters,
};
use numpy::PyArray2;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pythonize::{depythonize, pythonize};

use super::data::{Images, device};
use super::trained::Trained;
use crate::deck::Card;
use crate::errors::{Class, plain};
use crate::network::Network;
use crate::work::{Watch, all_or_raised, watched};

fn wrong(py: Python<'_>, error: &dyn Display) -> PyErr {
    plain(py, Class::Training, &error)
}

/// The options of a preset with others chosen instead, by their names. The score of a spike follows the steps unless it is chosen.
#[pyfunction]
pub fn image_options<'py>(
    py: Python<'py>,
    preset: &str,
    choices: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyAny>> {
    let preset = match preset {
        "default" => Preset::Default,
        "paper" => Preset::Paper,
        "robust" => Preset::Robust,
        _ => {
            let message =
                format!("there is no preset '{preset}': give 'default', 'paper' or 'robust'");
            return Err(PyValueError::new_err(message));
        }
    };
    let words = |options: &Options| pythonize(py, options).map_err(|error| wrong(py, &error));
    let merged = words(&preset.options())?;
    merged.cast::<PyDict>()?.update(choices.as_mapping())?;
    let options: Options = read(&merged)?;
    let is_scored = choices.contains("score")?;
    words(&if is_scored { options } else { options.clone().in_steps(options.steps) })
}

fn read(options: &Bound<'_, PyAny>) -> PyResult<Options> {
    depythonize(options).map_err(|error| PyTypeError::new_err(format!("options: {error}")))
}

/// What is trained, and how.
struct Task {
    options: Options,
    parameters: Parameters,
    device: DeviceCard,
    data: Dataset,
    /// From which it goes on.
    begun: Option<Checkpoint>,
}

/// Trains layers on images; gives what a training has.
#[pyfunction]
pub fn train_images<'py>(
    py: Python<'py>,
    data: Images<'_>,
    options: &Bound<'_, PyAny>,
    card: Option<PyRef<'_, Card>>,
    threads: Option<NonZeroUsize>,
    checkpoint: Option<&[u8]>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let begun = checkpoint.map(|bytes| Checkpoint::decode(Path::new("checkpoint"), bytes));
    let begun = begun.transpose().map_err(|error| wrong(py, &error))?;
    let options = match &begun {
        Some(begun) => begun.state.options.clone(),
        None => read(options)?,
    };
    let mut data = data.dataset()?;
    if let Some(begun) = &begun {
        data = data.take(begun.images as usize);
    }
    let parameters = begun.as_ref().map_or_else(Parameters::default, |begun| begun.parameters);
    let task = Task { options, parameters, device: device(py, card.as_deref())?, data, begun };
    task.check().map_err(|error| wrong(py, &error))?;
    let (trained, raised) = watched(py, progress.as_ref(), |watch| {
        let workers = Workers::new(threads, usize::MAX).map_err(|error| error.to_string())?;
        workers.install(|| task.train(watch))
    });
    let trained = trained.map_err(|error| wrong(py, &error))?;
    trained.given(py, raised)
}

impl Task {
    fn check(&self) -> Result<(), String> {
        self.options.validate().map_err(|OptionsError { name, value, reason }| {
            let name = name.trim_start_matches('-').replace('-', "_");
            format!("{name} = {value}: {reason}")
        })?;
        if self.options.events {
            return Err(
                "this training is of events: 'memspike train --data FILE' has them".to_owned()
            );
        }
        let shape = self.options.shape();
        let ends = (shape[0], shape[shape.len() - 1]);
        self.data.check(ends.0, ends.1).map_err(|error| error.to_string())?;
        if self.options.validation as usize >= self.data.len() {
            return Err(format!(
                "validation = {} leaves none of the {} images to train on",
                self.options.validation,
                self.data.len()
            ));
        }
        Ok(())
    }

    fn train(&self, watch: &Watch) -> Result<Trained, String> {
        let said = |error: &dyn Display| error.to_string();
        let Self { options, parameters, device, data, begun } = self;
        let [oscillating, _] = device.devices(0.0).map_err(|e| said(&e))?;
        let neurons = |ideal: &Ideal| ideal.build(parameters, &oscillating).map_err(|e| said(&e));
        let (_, of_card) = neurons(&Ideal::default())?;
        let (encoding, lif) = neurons(&options.ideal())?;
        let (network, coarse) =
            options.unrolled(parameters, &encoding, lif).map_err(|e| said(&e))?;
        let mut trainer = Trainer::new(options, network, coarse, data);
        if let Some(begun) = begun {
            if begun.lif != of_card {
                return Err("this training began with another card: give the same one".to_owned());
            }
            trainer.resume(begun.state.clone()).map_err(|e| said(&e))?;
        }
        let (interrupted, failed) = run(&mut trainer, watch);
        let state = trainer.state().clone();
        let network =
            state.best.as_ref().map(|best| options.network(parameters, lif, &best.weights));
        let network = network.transpose().map_err(|e| said(&e))?;
        let (best, history) = (state.best.clone(), state.history.clone());
        let checkpoint = Checkpoint {
            form: Checkpoint::FORM,
            parameters: *parameters,
            lif: of_card,
            images: data.len() as u32,
            state,
        };
        Ok(Trained { network, best, history, failed, interrupted, checkpoint: checkpoint.bytes() })
    }
}

/// Trains until it is over or asked to stop: whether it was, and why it could not go on.
fn run(trainer: &mut Trainer<'_>, watch: &Watch) -> (bool, Option<String>) {
    let (epochs, images) = trainer.size();
    watch.begin(u64::from(epochs) * images as u64);
    while !trainer.is_over() {
        let before = (trainer.state().history.len() * images) as u64;
        let epoch = trainer.epoch(|done| {
            watch.set(before + done as u64);
            watch.flow()
        });
        match epoch {
            Ok(None) => return (true, None),
            Err(error) => return (true, Some(error.to_string())),
            Ok(Some(epoch)) => {
                watch.set(before + images as u64);
                watch.epoch(epoch);
            }
        }
    }
    (false, None)
}

/// How images are shown.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Shown {
    /// How long (s), if the network does not say it.
    shown_s: Option<f64>,
    /// `point` or `device`.
    level: String,
    /// Part of the devices' variation.
    variation: f64,
    /// What a device, an array and an image draw.
    seed: u64,
}

/// Shows images to a network of layers, whose arrays have these flaws each; gives what `classify --json` has of a run.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the package's own function has names and defaults")]
pub fn evaluate_images<'py>(
    py: Python<'py>,
    network: &Network,
    data: Images<'_>,
    shown: Shown,
    arrays: Vec<Bound<'py, PyAny>>,
    card: Option<PyRef<'_, Card>>,
    threads: Option<NonZeroUsize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let Some(shown_s) = shown.shown_s.or(network.described.shown_s()) else {
        let message = "the network does not say how long an image is shown: give shown_s";
        return Err(wrong(py, &message));
    };
    let layered = Layered::of(&network.described, shown_s).map_err(|error| wrong(py, &error))?;
    let data = data.dataset()?;
    let sizes = (layered.pixels(), layered.classes());
    data.check(sizes.0, sizes.1).map_err(|error| wrong(py, &error))?;
    let configs = configs(py, &arrays, layered.layers.len())?;
    let bench = Bench { layered, data, shown, configs, device: device(py, card.as_deref())? };
    let done = watched(py, progress.as_ref(), |watch| {
        watch.begin(bench.data.len() as u64);
        let workers = Workers::new(threads, bench.data.len());
        let workers = workers.map_err(|error| error.to_string())?;
        workers.install(|| bench.evaluate(watch))
    });
    let evaluation = all_or_raised(done)?.map_err(|error| wrong(py, &error))?;
    told(py, evaluation)
}

/// The array of each layer; one stands for all.
fn configs(py: Python<'_>, given: &[Bound<'_, PyAny>], layers: usize) -> PyResult<Vec<Config>> {
    if given.len() != 1 && given.len() != layers {
        return Err(PyValueError::new_err(format!(
            "{} arrays for {layers} layers: give one for all, or one for each",
            given.len()
        )));
    }
    let read = |at: usize| -> PyResult<Config> {
        let place = format!("array of layer {}", at + 1);
        let given = &given[if given.len() == 1 { 0 } else { at }];
        let config: Config = depythonize(given)
            .map_err(|error| PyTypeError::new_err(format!("{place}: {error}")))?;
        config.validate().map_err(|error| wrong(py, &format!("{place}: {error}")))?;
        Ok(config)
    };
    (0..layers).map(read).collect()
}

/// What is shown to what.
struct Bench<'a> {
    layered: Layered<'a>,
    data: Dataset,
    shown: Shown,
    configs: Vec<Config>,
    device: DeviceCard,
}

impl Bench<'_> {
    fn evaluate(&self, watch: &Watch) -> Result<Evaluation, String> {
        let said = |error: &dyn Display| error.to_string();
        let Shown { level, variation, seed, .. } = &self.shown;
        let config = |layer: usize| self.configs[layer].clone();
        let arrays = Arrays::program(&self.layered, config, *seed).map_err(|e| said(&e))?;
        let show = |level: Level<'_>| {
            let watch =
                memspike_snn::Watch { goes_on: &|| !watch.is_stopped(), shown: &|| watch.add() };
            self.layered.evaluate(level, &arrays, &self.data, watch).map_err(|e| said(&e))
        };
        if level == "device" {
            let [oscillator, lif] = self.device.devices(*variation).map_err(|e| said(&e))?;
            return show(Level::Device { devices: [&oscillator, &lif], seed: *seed });
        }
        let [quiet, _] = self.device.devices(0.0).map_err(|e| said(&e))?;
        let neurons = Ideal::default().build(&self.layered.parameters(0), &quiet);
        let (encoding, lif) = neurons.map_err(|e| said(&e))?;
        show(Level::Point { encoding: &encoding, lif })
    }
}

/// An evaluation as the package takes it.
fn told(py: Python<'_>, evaluation: Evaluation) -> PyResult<Bound<'_, PyAny>> {
    let all = PyDict::new(py);
    all.set_item("images", evaluation.images)?;
    all.set_item("accuracy", evaluation.accuracy())?;
    all.set_item("energy", energy(py, evaluation.mean_energy())?)?;
    let by_layer = evaluation.mean_by_layer().into_iter().map(|each| energy(py, each));
    all.set_item("energy_by_layer", by_layer.collect::<PyResult<Vec<_>>>()?)?;
    all.set_item("spikes", PyArray2::from_vec2(py, &evaluation.spikes)?)?;
    all.set_item("confusion", PyArray2::from_vec2(py, &evaluation.confusion)?)?;
    Ok(all.into_any())
}

fn energy(py: Python<'_>, energy: Energy) -> PyResult<Bound<'_, PyAny>> {
    pythonize(py, &energy).map_err(|error| wrong(py, &error))
}
