//! What a training gives.

use std::path::PathBuf;
use std::sync::Arc;

use memspike_network::Network as Described;
use memspike_snn::training::{Best, Epoch};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::errors::{Class, with_results};
use crate::network::Network;
use crate::work::{unless_raised, words};

/// A training that has ended, or was stopped.
pub struct Trained {
    /// The network of the best epoch, if one is done.
    pub network: Option<Described>,
    pub best: Option<Best>,
    pub history: Vec<Epoch>,
    /// Why it ended before its last epoch, if it did.
    pub failed: Option<String>,
    pub interrupted: bool,
    /// From which it goes on.
    pub checkpoint: Vec<u8>,
}

impl Trained {
    /// What a call gives after it: the results, or an exception that has them.
    pub fn given(mut self, py: Python<'_>, raised: Option<PyErr>) -> PyResult<Bound<'_, PyAny>> {
        let failed = self.failed.take();
        let told = self.told(py)?;
        match failed {
            Some(failed) => Err(with_results(py, Class::Training, &failed, told)),
            None => unless_raised(py, told, raised),
        }
    }

    /// As the package takes it.
    fn told<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let all = PyDict::new(py);
        let network = self
            .network
            .map(|network| Network { described: Arc::new(network), folder: PathBuf::new() });
        all.set_item("network", network.map(|network| Py::new(py, network)).transpose()?)?;
        all.set_item("best", self.best.as_ref().map(|best| words(best.epoch)))?;
        let history: Vec<_> = self.history.into_iter().map(words).collect();
        all.set_item("history", history)?;
        all.set_item("interrupted", self.interrupted)?;
        all.set_item("checkpoint", PyBytes::new(py, &self.checkpoint))?;
        Ok(all.into_any())
    }
}
