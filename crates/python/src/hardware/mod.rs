//! Cores: quantised layers, their bit-exact models, and their Verilog.

mod models;

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

use memspike_files::OutputFolder;
use memspike_hdl::{Coverage, Export, ExportError, WeightsMemory, layout_with, read_core};
use memspike_lif_core::{
    Architecture, Core as Inner, Dynamics, Quantisation, Rules, Saturation, TimeStep, Trained,
    Widths, layers, quantise,
};
use memspike_network::Weights;
use memspike_run::{asks_card, core_step, filled};
use memspike_snn::Ideal;
use numpy::{IntoPyArray, PyArray2, PyArrayMethods, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::{PyIndexError, PyOSError, PyValueError};
use pyo3::prelude::*;
use pythonize::pythonize;

use crate::deck::Card;
use crate::errors::{Class, plain};
use crate::network::Network;
use crate::work::{all_or_raised, watched};

fn wrong(py: Python<'_>, error: &dyn Display) -> PyErr {
    plain(py, Class::Hardware, &error)
}

pub use models::{ClockedModel, CoreModel};

/// A layer that is to be quantised, in the unit of its weights.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Layer<'py> {
    weights: PyReadonlyArray2<'py, f64>,
    /// Whether the weights were given in single precision.
    single: bool,
    threshold: f64,
    retention: f64,
    reset: Option<f64>,
    refractory_ticks: u32,
}

/// How numbers become integers: widths of weights and potentials, and scales, of each layer or one for all.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Rounding {
    weight_bits: Vec<u32>,
    potential_bits: Vec<Option<u32>>,
    scale: Vec<Option<f64>>,
    count_bits: u32,
    rounding: f64,
    non_negative: bool,
}

/// How a core is laid out and written.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Written {
    name: String,
    arch: String,
    lanes: usize,
    memory: String,
    licence: String,
    vectors: Option<usize>,
    seed: u64,
}

/// A core whose weights are integers.
#[pyclass(frozen, module = "memspike._core")]
pub struct Core {
    inner: Inner,
    quantised: Vec<Quantisation>,
}

#[pymethods]
impl Core {
    /// Quantises layers, whose time step is so long (s).
    #[staticmethod]
    fn of_layers(
        py: Python<'_>,
        given: Vec<Layer<'_>>,
        rounding: Rounding,
        step_s: f64,
    ) -> PyResult<Self> {
        let trained = given.iter().enumerate().map(|(at, layer)| layer.trained(py, at));
        rounding.quantise(py, trained.collect::<PyResult<Vec<_>>>()?, step_s)
    }

    /// Quantises the layers of a network; a tick takes `v >> leak_shift` from the first ones unless the time step is given (s).
    #[staticmethod]
    fn of_network(
        py: Python<'_>,
        network: &Network,
        rounding: Rounding,
        step_s: Option<f64>,
        leak_shift: u32,
        card: Option<PyRef<'_, Card>>,
    ) -> PyResult<Self> {
        let mut described = (*network.described).clone();
        if asks_card(&described) {
            let device = crate::layers::device(py, card.as_deref())?;
            described = filled(described, Ideal::default(), &device).map_err(|e| wrong(py, &e))?;
        }
        let step = match step_s {
            Some(step_s) => TimeStep::of_length(step_s),
            None => core_step(&described, leak_shift).map_err(|error| wrong(py, &error))?,
        };
        let trained = layers(&described, step).map_err(|error| wrong(py, &error))?;
        if trained.is_empty() {
            return Err(wrong(
                py,
                &"the network has no LIF neurons, and a core has layers of them",
            ));
        }
        rounding.quantise(py, trained, step.step_s())
    }

    /// Reads the core of a folder that an export wrote.
    #[staticmethod]
    fn from_folder(py: Python<'_>, folder: PathBuf) -> PyResult<Self> {
        let read = |path: &Path| {
            fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let text = read(&folder.join("spec.json")).map_err(|error| wrong(py, &error))?;
        let inner = read_core(&text, &mut |name| read(&folder.join(name)));
        let inner = inner.map_err(|error| wrong(py, &format!("{}: {error}", folder.display())))?;
        Ok(Self { inner, quantised: Vec::new() })
    }

    /// The specification.
    fn spec<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        pythonize(py, self.inner.spec()).map_err(|error| wrong(py, &error))
    }

    /// What rounding made of the numbers of each layer; nothing of a core that was read.
    fn quantised<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        pythonize(py, &self.quantised).map_err(|error| wrong(py, &error))
    }

    /// Weights of a layer, a row for each input.
    fn weights<'py>(&self, py: Python<'py>, layer: usize) -> PyResult<Bound<'py, PyArray2<i32>>> {
        let all = self.inner.weights();
        let weights = all.get(layer).ok_or_else(|| no_layer(layer, all.len()))?;
        let (inputs, neurons) = (weights.inputs(), weights.neurons());
        let rows: Vec<i32> =
            (0..inputs).flat_map(|input| weights.row(input).iter().copied()).collect();
        rows.into_pyarray(py).reshape([inputs, neurons])
    }

    /// Writes its folder: number of files, bytes, clock cycles of the testbench, inputs that it reaches.
    fn write(
        &self,
        py: Python<'_>,
        folder: PathBuf,
        how: Written,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(usize, u64, usize, usize)> {
        let memory = WeightsMemory::named(&how.memory).ok_or_else(|| {
            PyValueError::new_err(format!(
                "there is no memory '{}': give 'rom' or 'ram'",
                how.memory
            ))
        })?;
        let layout = || layout_with(&how.arch, how.lanes, memory);
        layout().map_err(|error| wrong(py, &error))?;
        let done = watched(py, progress.as_ref(), |watch| {
            watch.begin(how.vectors.unwrap_or_default() as u64);
            let going = |done: usize| {
                watch.set(done as u64);
                !watch.is_stopped()
            };
            let export = Export {
                seed: how.seed,
                cycles: how.vectors,
                quantised: &self.quantised,
                licence: &how.licence,
                watch: &going,
                ..Export::new(&how.name)
            };
            let layout = layout().expect("a layout that was made above");
            let out = OutputFolder::create(&folder)?;
            let exported =
                memspike_hdl::export(&self.inner, &*layout, &export, |name| out.file(name))?;
            out.finish()?;
            Ok::<_, ExportError>(exported)
        });
        let exported = all_or_raised(done)?.map_err(|error| match error {
            ExportError::Write(error) => {
                let message = format!("cannot write '{}': {error}", folder.display());
                PyOSError::new_err(message)
            }
            error => wrong(py, &error),
        })?;
        let Coverage { cycles, inputs, .. } = exported.coverage;
        Ok((exported.files, exported.bytes, cycles, inputs))
    }

    /// A model of it at rest, event by event.
    fn model(&self) -> CoreModel {
        CoreModel::of(&self.inner)
    }

    /// A model of it clock by clock, as it is configured into a device.
    fn clocked(&self, arch: &str, lanes: usize) -> PyResult<ClockedModel> {
        let architecture = match arch {
            "parallel" => Architecture::Parallel,
            "serial" => Architecture::Folded { lanes: 1 },
            "folded" if lanes.is_power_of_two() && lanes <= 64 => Architecture::Folded { lanes },
            "folded" => {
                return Err(PyValueError::new_err("lanes are 1, 2, 4, ... 64"));
            }
            _ => {
                let message =
                    format!("there is no arch '{arch}': give 'serial', 'folded' or 'parallel'");
                return Err(PyValueError::new_err(message));
            }
        };
        Ok(ClockedModel::of(&self.inner, architecture))
    }
}

fn no_layer(layer: usize, layers: usize) -> PyErr {
    PyIndexError::new_err(format!("there is no layer {layer}: there are {layers}, from 0 on"))
}

impl Layer<'_> {
    fn trained(&self, py: Python<'_>, at: usize) -> PyResult<Trained> {
        let (inputs, neurons) = (self.weights.shape()[0], self.weights.shape()[1]);
        let values = self.weights.as_slice()?;
        let weights = match self.single {
            true => {
                let singles: Vec<f32> = values.iter().map(|value| *value as f32).collect();
                Weights::new(inputs, neurons, singles)
            }
            false => Weights::new(inputs, neurons, values.to_vec()),
        };
        let weights = weights.map_err(|error| wrong(py, &format!("layer {at}: {error}")))?;
        let Self { threshold, retention, reset, refractory_ticks, .. } = *self;
        let saturation = Saturation::Signed;
        let dynamics = Dynamics { threshold, retention, reset, saturation, refractory_ticks };
        Ok(Trained { weights, dynamics, scale: None })
    }
}

impl Rounding {
    fn quantise(&self, py: Python<'_>, mut trained: Vec<Trained>, step_s: f64) -> PyResult<Core> {
        let count = trained.len();
        if count == 0 {
            return Err(wrong(py, &"a core has a layer at least"));
        }
        let weights = each("weight_bits", &self.weight_bits, count)?;
        let potentials = each("potential_bits", &self.potential_bits, count)?;
        let pairs = weights.into_iter().zip(potentials);
        let widths: Vec<Widths> = pairs
            .map(|(weight_bits, potential_bits)| Widths { weight_bits, potential_bits })
            .collect();
        for (layer, scale) in trained.iter_mut().zip(each("scale", &self.scale, count)?) {
            layer.scale = scale;
            if self.non_negative {
                layer.dynamics.saturation = Saturation::NonNegative;
            }
        }
        let rules = Rules {
            widths: &widths,
            count_bits: self.count_bits,
            time_step_s: step_s,
            rounding: self.rounding,
        };
        let quantised =
            py.detach(|| quantise(&trained, &rules)).map_err(|error| wrong(py, &error))?;
        Ok(Core { inner: quantised.core, quantised: quantised.layers })
    }
}

/// One number for each layer, of which one may stand for all.
fn each<N: Copy>(name: &str, given: &[N], layers: usize) -> PyResult<Vec<N>> {
    match given {
        [one] => Ok(vec![*one; layers]),
        _ if given.len() == layers => Ok(given.to_vec()),
        _ => Err(PyValueError::new_err(format!(
            "{name} has {} values for {layers} layers: give one, or one for each",
            given.len()
        ))),
    }
}
