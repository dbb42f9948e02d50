//! Layers as a function of weights and instants that has derivatives: for trainings of others.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use memspike_adjoint::{Layers, Pass, Pulls, Spike};
use memspike_run::Workers;
use memspike_time::LONGEST_RUN_S;
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use rayon::prelude::*;

use crate::errors::{Class, plain};
use crate::network::Network;
use crate::work::{all_or_raised, interruptible};

/// Parts of a batch whose gradients are added in order, for any number of threads.
const PARTS: usize = 16;

/// Layers of LIF neurons under pulses.
#[pyclass(frozen, module = "memspike._core")]
pub struct Exact {
    network: Arc<memspike_network::Network>,
    layers: Layers,
}

/// What layers did with a batch, from which derivatives follow.
#[pyclass(frozen, module = "memspike._core")]
pub struct Passes {
    /// Of which layers these are.
    layers: Layers,
    volts: Vec<f64>,
    samples: Mutex<Vec<(Vec<Spike>, Pass)>>,
}

/// Spikes of a batch: instants (s), neurons, and where each sample begins and the last one ends.
type Batch<'py> = (Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<u32>>, Bound<'py, PyArray1<u64>>);

/// What a batch gave: spikes, potential (V) of each neuron of each sample at the end, and the integral of each (V s).
type Answer<'py> = (Passes, Batch<'py>, Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>);

/// Derivatives by weights, and by the instants of the inputs' spikes.
type Slopes<'py> = (Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>);

/// A batch that is shown: instants (s), inputs, where samples begin, until when (s).
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Given<'py> {
    times_s: PyReadonlyArray1<'py, f64>,
    inputs: PyReadonlyArray1<'py, u32>,
    starts: PyReadonlyArray1<'py, u64>,
    until_s: f64,
    threads: Option<NonZeroUsize>,
}

#[pymethods]
impl Exact {
    /// The layers of a network.
    #[new]
    fn new(py: Python<'_>, network: &Network) -> PyResult<Self> {
        let layers = Layers::of(&network.described);
        let layers = layers.map_err(|error| plain(py, Class::Training, &error))?;
        Ok(Self { network: Arc::clone(&network.described), layers })
    }

    /// Inputs.
    #[getter]
    fn inputs(&self) -> usize {
        self.layers.inputs()
    }

    /// Neurons of the last layer.
    #[getter]
    fn outputs(&self) -> usize {
        self.layers.classes()
    }

    /// Of each array its name in the network, its sources, its neurons, and the weight that moves an asymptote from reset to threshold.
    #[getter]
    fn arrays(&self) -> Vec<(String, usize, usize, f64)> {
        let of = |(feed, layer): (&memspike_adjoint::Feed, &memspike_adjoint::Layer)| {
            let name = self.network.projection(feed.array).name().to_owned();
            (name, feed.sources, layer.neurons, layer.cell.span_v() / feed.volts_per_weight)
        };
        self.layers.feeds().map(of).collect()
    }

    /// The network's own weights, array by array.
    fn weights<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.layers.weights_of(&self.network).into_pyarray(py)
    }

    /// The network with other weights, in single precision.
    fn network(&self, py: Python<'_>, weights: PyReadonlyArray1<'_, f32>) -> PyResult<Network> {
        let weights = weights.as_slice()?;
        self.count(weights.len())?;
        let network = self.layers.network_with(&self.network, weights, None);
        let network = network.map_err(|error| plain(py, Class::Training, &error))?;
        Ok(Network { described: Arc::new(network), folder: PathBuf::new() })
    }

    /// Runs all samples of a batch under these weights.
    fn forward<'py>(
        &self,
        py: Python<'py>,
        weights: PyReadonlyArray1<'_, f64>,
        given: Given<'_>,
    ) -> PyResult<Answer<'py>> {
        let weights = weights.as_slice()?;
        self.count(weights.len())?;
        if !weights.iter().all(|weight| weight.is_finite()) {
            return Err(PyValueError::new_err("a weight is no finite number"));
        }
        let volts = self.layers.in_volts(weights);
        let (until_s, samples) = (given.until_s, self.samples(&given)?);
        let count = samples.len();
        let done = interruptible(py, |_| {
            let workers = Workers::new(given.threads, count.max(1)).map_err(|e| e.to_string())?;
            let run = |spikes: Vec<Spike>| {
                let mut pass = Pass::default();
                let ran = self.layers.respond(&volts, &spikes, until_s, &mut pass);
                ran.map(|()| (spikes, pass)).map_err(|error| error.to_string())
            };
            workers.install(|| samples.into_par_iter().map(run).collect::<Result<Vec<_>, String>>())
        });
        let done = all_or_raised(done)?.map_err(|error| plain(py, Class::Run, &error))?;
        Ok(self.answer(py, volts, done))
    }

    /// Derivatives by the weights, and by the instants of the inputs' spikes (1/s), of what has these derivatives by the last layer's
    /// spikes (1/s), its potentials at the end (1/V), and the integrals of its potentials (1/(V s)).
    fn backward<'py>(
        &self,
        py: Python<'py>,
        passes: &Passes,
        pulls: [PyReadonlyArray1<'_, f64>; 3],
        threads: Option<NonZeroUsize>,
    ) -> PyResult<Slopes<'py>> {
        if passes.layers != self.layers {
            return Err(PyValueError::new_err("these passes are those of other layers"));
        }
        let [by_spike, by_end, by_integral] = &pulls;
        let pulls = [by_spike.as_slice()?, by_end.as_slice()?, by_integral.as_slice()?];
        // Whoever has the passes needs the interpreter to go on: it is not held while they are waited for.
        let samples = passes.samples.lock_py_attached(py);
        let mut samples = samples.unwrap_or_else(PoisonError::into_inner);
        let parts = self.parts(&mut samples, pulls)?;
        let done = interruptible(py, |_| {
            let workers = Workers::new(threads, PARTS).map_err(|error| error.to_string())?;
            let back = |part: Vec<Pulled<'_>>| self.part(&passes.volts, part);
            Ok::<Vec<_>, String>(workers.install(|| parts.into_par_iter().map(back).collect()))
        });
        let done = all_or_raised(done)?.map_err(|error| plain(py, Class::Run, &error))?;
        let (mut by_weight, mut by_input) = (vec![0.0; self.layers.weights()], Vec::new());
        for (own, inputs) in done {
            by_weight.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
            by_input.extend(inputs);
        }
        // A weight of 1 is a shift of an asymptote by so many volts.
        let by_weight = self.layers.in_volts(&by_weight);
        Ok((by_weight.into_pyarray(py), by_input.into_pyarray(py)))
    }
}

/// A sample that is taken back, with the derivatives by what its last layer did.
struct Pulled<'p> {
    sample: &'p mut (Vec<Spike>, Pass),
    pulls: Pulls<'p>,
}

impl Exact {
    fn count(&self, found: usize) -> PyResult<()> {
        let needed = self.layers.weights();
        if found == needed {
            return Ok(());
        }
        Err(PyValueError::new_err(format!("{found} weights: the layers have {needed}")))
    }

    /// The samples of a batch, in the order of time each.
    fn samples(&self, given: &Given<'_>) -> PyResult<Vec<Vec<Spike>>> {
        let (times_s, inputs) = (given.times_s.as_slice()?, given.inputs.as_slice()?);
        let (starts, until_s) = (given.starts.as_slice()?, given.until_s);
        let wrong = |message: String| Err(PyValueError::new_err(message));
        if !(1e-9..=LONGEST_RUN_S).contains(&until_s) {
            return wrong(format!(
                "until_s is {until_s:e} s: it must be from 1e-9 to {LONGEST_RUN_S} s"
            ));
        }
        let ordered = starts.is_sorted() && starts.first() == Some(&0);
        if !ordered
            || starts.last() != Some(&(times_s.len() as u64))
            || times_s.len() != inputs.len()
        {
            return wrong("the samples of a batch do not follow one another".to_owned());
        }
        for (time_s, input) in times_s.iter().zip(inputs) {
            if !(0.0..until_s).contains(time_s) {
                return wrong(format!(
                    "a spike is at {time_s} s: it must be from 0 to before {until_s} s"
                ));
            }
            if *input as usize >= self.layers.inputs() {
                return wrong(format!(
                    "there is no input {input}: there are {}, from 0 on",
                    self.layers.inputs()
                ));
            }
        }
        let sample = |two: &[u64]| {
            let own = two[0] as usize..two[1] as usize;
            let spikes = times_s[own.clone()].iter().zip(&inputs[own]);
            let spikes: Vec<Spike> =
                spikes.map(|(at_s, input)| Spike { at_s: *at_s, neuron: *input }).collect();
            match spikes.is_sorted_by(|a, b| a.at_s <= b.at_s) {
                true => Ok(spikes),
                false => Err(PyValueError::new_err(
                    "the spikes of a sample are not in the order of time",
                )),
            }
        };
        starts.windows(2).map(sample).collect()
    }

    fn answer<'py>(
        &self,
        py: Python<'py>,
        volts: Vec<f64>,
        samples: Vec<(Vec<Spike>, Pass)>,
    ) -> Answer<'py> {
        let last = self.layers.layers().len() - 1;
        let (mut times_s, mut neurons, mut starts) = (Vec::new(), Vec::new(), vec![0]);
        let (mut ends_v, mut integrals_vs) = (Vec::new(), Vec::new());
        for (_, pass) in &samples {
            times_s.extend(pass.spikes(last).iter().map(|spike| spike.at_s));
            neurons.extend(pass.spikes(last).iter().map(|spike| spike.neuron));
            starts.push(times_s.len() as u64);
            ends_v.extend_from_slice(pass.potentials_v(last));
            integrals_vs.extend_from_slice(pass.integrals_vs(last));
        }
        let spikes = (times_s.into_pyarray(py), neurons.into_pyarray(py), starts.into_pyarray(py));
        let layers = self.layers.clone();
        let passes = Passes { layers, volts, samples: Mutex::new(samples) };
        (passes, spikes, ends_v.into_pyarray(py), integrals_vs.into_pyarray(py))
    }

    /// The samples in as many parts as are added in order.
    fn parts<'p>(
        &self,
        samples: &'p mut [(Vec<Spike>, Pass)],
        [mut by_spike, by_end, by_integral]: [&'p [f64]; 3],
    ) -> PyResult<Vec<Vec<Pulled<'p>>>> {
        let (last, neurons) = (self.layers.layers().len() - 1, self.layers.classes());
        let spikes: usize = samples.iter().map(|(_, pass)| pass.spikes(last).len()).sum();
        let all = samples.len() * neurons;
        if [by_spike.len(), by_end.len(), by_integral.len()] != [spikes, all, all] {
            return Err(PyValueError::new_err(format!(
                "{} derivatives by spikes and {} by neurons: there are {spikes} and {all}",
                by_spike.len(),
                by_end.len()
            )));
        }
        let part = samples.len().div_ceil(PARTS).max(1);
        let own = by_end.chunks_exact(neurons).zip(by_integral.chunks_exact(neurons));
        let mut pulled = samples.iter_mut().zip(own).map(|(sample, (by_end, by_integral))| {
            let (first, rest) = by_spike.split_at(sample.1.spikes(last).len());
            by_spike = rest;
            Pulled { sample, pulls: Pulls { by_spike: first, by_end, by_integral } }
        });
        let mut parts = Vec::new();
        loop {
            let next: Vec<_> = pulled.by_ref().take(part).collect();
            if next.is_empty() {
                return Ok(parts);
            }
            parts.push(next);
        }
    }

    /// Derivatives of a part by its weights in volts and by its inputs' spikes.
    fn part(&self, volts: &[f64], part: Vec<Pulled<'_>>) -> (Vec<f64>, Vec<f64>) {
        let (mut gradient, mut by_input) = (vec![0.0; self.layers.weights()], Vec::new());
        let mut own = Vec::new();
        for Pulled { sample: (spikes, pass), pulls } in part {
            self.layers.pull_back(volts, spikes, pulls, pass, &mut gradient, &mut own);
            by_input.extend_from_slice(&own);
        }
        (gradient, by_input)
    }
}
