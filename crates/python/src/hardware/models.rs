//! Bit-exact models of cores, as Python holds them.

use std::sync::{Mutex, MutexGuard};

use memspike_lif_core::cycle::{Inputs, Offer, Ready};
use memspike_lif_core::{Architecture, Core, CycleModel, EventModel, address_bits};
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;

use super::no_layer;

fn locked<T>(model: &Mutex<T>) -> PyResult<MutexGuard<'_, T>> {
    model.try_lock().map_err(|_| PyRuntimeError::new_err("the model is in use by another thread"))
}

/// A core event by event, to the bit.
#[pyclass(frozen, module = "memspike._core")]
pub struct CoreModel {
    inner: Mutex<EventModel>,
    layers: usize,
}

impl CoreModel {
    /// The model of a core at rest.
    pub fn of(core: &Core) -> Self {
        Self { inner: Mutex::new(EventModel::new(core)), layers: core.spec().layers.len() }
    }
}

#[pymethods]
impl CoreModel {
    /// A start of image: everything to zero.
    fn start(&self) -> PyResult<()> {
        locked(&self.inner)?.start();
        Ok(())
    }

    /// A spike of an input; one beyond the inputs is ignored, as hardware does.
    fn event(&self, input: usize) -> PyResult<()> {
        locked(&self.inner)?.event(input);
        Ok(())
    }

    /// Spikes of inputs, one after another.
    fn events(&self, inputs: PyReadonlyArray1<'_, u32>) -> PyResult<()> {
        let mut model = locked(&self.inner)?;
        inputs.as_slice()?.iter().for_each(|input| model.event(*input as usize));
        Ok(())
    }

    /// The end of a time step: neurons of the last layer that fire, in order.
    fn tick<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<u32>>> {
        let mut fired = Vec::new();
        locked(&self.inner)?.tick(|neuron| fired.push(neuron as u32));
        Ok(fired.into_pyarray(py))
    }

    /// Spikes of each neuron of the last layer since the start.
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<u32>>> {
        Ok(locked(&self.inner)?.counts().to_vec().into_pyarray(py))
    }

    /// The neuron with most spikes, the first of several.
    fn winner(&self) -> PyResult<usize> {
        Ok(locked(&self.inner)?.class())
    }

    /// Potentials of a layer.
    fn potentials<'py>(
        &self,
        py: Python<'py>,
        layer: usize,
    ) -> PyResult<Bound<'py, PyArray1<i32>>> {
        if layer >= self.layers {
            return Err(no_layer(layer, self.layers));
        }
        Ok(locked(&self.inner)?.potentials(layer).into_pyarray(py))
    }
}

/// What a core sees in a cycle.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Seen {
    reset: bool,
    start: bool,
    tick: bool,
    event: Option<u32>,
    take_start: bool,
    take_tick: bool,
    take_event: bool,
    count_address: u32,
}

impl Seen {
    fn inputs(&self) -> Inputs {
        let Self { reset, start, tick, event, count_address, .. } = *self;
        let (valid, address) = (event.is_some(), event.unwrap_or_default());
        let offer = Offer { start, tick, valid, address };
        let ready = Ready { start: self.take_start, tick: self.take_tick, event: self.take_event };
        Inputs { reset, offer, ready, count_address }
    }
}

/// What a core shows in a cycle: what it takes (start, tick, event), what it offers (start, tick, event), count, winner.
type Shows = ([bool; 3], (bool, bool, Option<u32>), Option<u32>, u32);

/// A core clock by clock, to the bit.
#[pyclass(frozen, module = "memspike._core")]
pub struct ClockedModel {
    inner: Mutex<CycleModel>,
    /// Words that the read port of the counts can name.
    counts: u32,
}

impl ClockedModel {
    /// The model of a core as it is configured into a device.
    pub fn of(core: &Core, architecture: Architecture) -> Self {
        let counts = 1 << address_bits(core.spec().last().neurons);
        Self { inner: Mutex::new(CycleModel::new(core, architecture)), counts }
    }
}

#[pymethods]
impl ClockedModel {
    /// What it shows under these inputs, before the clock edge; then that edge.
    fn cycle(&self, seen: Seen) -> PyResult<Shows> {
        if seen.count_address >= self.counts {
            return Err(PyValueError::new_err(format!(
                "count_address is {}: there are {}, from 0 on",
                seen.count_address, self.counts
            )));
        }
        let inputs = seen.inputs();
        let mut model = locked(&self.inner)?;
        let outputs = model.outputs(&inputs);
        model.clock(&inputs);
        let (ready, offer) = (outputs.ready, outputs.offer);
        let event = offer.valid.then_some(offer.address);
        let takes = [ready.start, ready.tick, ready.event];
        Ok((takes, (offer.start, offer.tick, event), outputs.count, outputs.winner))
    }
}
