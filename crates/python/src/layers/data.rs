//! Data as the crates take them.

use std::path::Path;

use memspike_adjoint::{Samples as Inner, YinYang};
use memspike_run::DeviceCard;
use memspike_snn::Dataset;
use numpy::{
    IntoPyArray, PyArray2, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2,
    PyUntypedArrayMethods,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::deck::Card;
use crate::errors::{Class, plain};

/// Images under labels: grey levels row by row, labels, rows and columns of an image.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Images<'py> {
    images: PyReadonlyArray2<'py, u8>,
    labels: PyReadonlyArray1<'py, u8>,
    sides: [usize; 2],
}

impl Images<'_> {
    /// A copy of them.
    pub fn dataset(&self) -> PyResult<Dataset> {
        let pixels = self.images.shape()[1].max(1);
        let images = self.images.as_slice()?.chunks_exact(pixels).map(Into::into).collect();
        Ok(Dataset { images, labels: self.labels.as_slice()?.to_vec(), sides: self.sides })
    }
}

/// The device of neurons: that of a card, or the paper's.
pub fn device(py: Python<'_>, card: Option<&Card>) -> PyResult<DeviceCard> {
    match card {
        None => DeviceCard::load(None).map_err(|error| plain(py, Class::Training, &error)),
        Some(card) => DeviceCard::of_model(card.0.clone()).ok_or_else(|| {
            PyValueError::new_err(format!(
                "neurons need a ts_memristor, and '{}' is another model",
                card.0.name()
            ))
        }),
    }
}

/// Spikes of inputs under labels.
#[pyclass(frozen, module = "memspike._core")]
pub struct Samples(pub Inner);

/// What errors call a table that Python gave.
const TABLE: &str = "events";

#[pymethods]
impl Samples {
    /// Of a table of events: time (s), input, sample, label.
    #[staticmethod]
    fn of_events(py: Python<'_>, events: PyReadonlyArray2<'_, f64>) -> PyResult<Self> {
        if events.shape()[1] != 4 {
            return Err(PyValueError::new_err("a table of events has four columns"));
        }
        let (rows, _) = events.as_slice()?.as_chunks::<4>();
        let read = py.detach(|| Inner::of_rows(Path::new(TABLE), rows));
        read.map(Self).map_err(|error| plain(py, Class::Training, &error))
    }

    /// So many samples of a part of the Yin-Yang data set.
    #[staticmethod]
    fn yin_yang(py: Python<'_>, part: &str, count: usize, seed: u64) -> Self {
        let part = format!("yin-yang {part}");
        Self(py.detach(|| YinYang::default().samples(seed, &part, count)))
    }

    /// Inputs.
    #[getter]
    fn inputs(&self) -> usize {
        self.0.inputs
    }

    /// Classes.
    #[getter]
    fn classes(&self) -> usize {
        self.0.classes
    }

    /// When the last spike is (s).
    #[getter]
    fn last_s(&self) -> f64 {
        self.0.last_s()
    }

    /// How many.
    fn __len__(&self) -> usize {
        self.0.samples.len()
    }

    /// The last `kept` of them, and those before.
    fn split(&self, py: Python<'_>, kept: usize) -> (Self, Self) {
        let (before, rest) = py.detach(|| self.0.clone().split(kept));
        (Self(before), Self(rest))
    }

    /// The table of events that they are.
    fn events<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let rows = self.0.samples.iter().enumerate().flat_map(|(number, sample)| {
            let spikes = sample.spikes.iter();
            spikes.flat_map(move |spike| {
                [spike.at_s, spike.neuron.into(), number as f64, sample.label.into()]
            })
        });
        let flat: Vec<f64> = rows.collect();
        let count = flat.len() / 4;
        flat.into_pyarray(py).reshape([count, 4])
    }
}
