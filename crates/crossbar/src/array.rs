//! A programmed array.

use std::sync::Arc;

use nalgebra::DMatrix;

use crate::devices::Devices;
use crate::{Config, Error, Response, mapping, network};

/// An array of memristive devices that holds signed weights, two devices each.
///
/// It is fixed by weights, configuration, seed and name; each random effect is keyed by them, the
/// device's place and, for a reading, its number.
#[derive(Debug, Clone)]
pub struct Array {
    config: Config,
    scale_s: f64,
    devices: Devices,
    conductance: Arc<DMatrix<f64>>,
    response: Response,
}

impl Array {
    /// Programs weights, rows x columns, into an array of rows x 2 columns devices. With wires it
    /// takes time in proportion to rows x columns^3: for 784 x 20 devices some milliseconds.
    ///
    /// # Errors
    /// A value of `config` or a weight out of its range, no weights, or an array with wires that
    /// is too large or whose numbers are too far apart.
    pub fn program(weights: &DMatrix<f64>, config: &Config, seed: u64) -> Result<Self, Error> {
        Self::program_named("", weights, config, seed)
    }

    /// As [`Array::program`], for one of several arrays that share a seed: arrays of different
    /// names have different draws.
    ///
    /// # Errors
    /// As [`Array::program`].
    pub fn program_named(
        name: &str,
        weights: &DMatrix<f64>,
        config: &Config,
        seed: u64,
    ) -> Result<Self, Error> {
        config.validate()?;
        let scale_s = mapping::scale(weights, config)?;
        let target = mapping::pairs(weights, scale_s, config);
        let devices = Devices::program(target, config, seed, name);
        Self::from_devices(devices, config.clone(), scale_s)
    }

    fn from_devices(devices: Devices, config: Config, scale_s: f64) -> Result<Self, Error> {
        let conductance = devices.at(config.drift.time_s, &config);
        let response = Response::new(&conductance, &config.wires, scale_s)?;
        Ok(Self { config, scale_s, devices, conductance, response })
    }

    /// The same devices `time_s` after they were programmed.
    ///
    /// # Errors
    /// `time_s` is before `drift.t0_s` or not finite.
    pub fn at(&self, time_s: f64) -> Result<Self, Error> {
        let mut config = self.config.clone();
        config.drift.time_s = time_s;
        config.validate()?;
        Self::from_devices(self.devices.clone(), config, self.scale_s)
    }

    /// Reading number `count`: the response with read noise. Without read noise it is
    /// [`Array::response`]; with wires each noisy reading solves the network again.
    ///
    /// # Errors
    /// [`Error::Overflow`].
    pub fn read(&self, count: u64) -> Result<Response, Error> {
        if self.config.read_noise.sigma == 0.0 {
            return Ok(self.response.clone());
        }
        let conductance = self.devices.read(&self.conductance, &self.config, count);
        Response::new(&conductance, &self.config.wires, self.scale_s)
    }

    /// The response of reading number `count`, when nothing else is wanted of the array: its devices need
    /// no memory any more.
    ///
    /// # Errors
    /// [`Error::Overflow`].
    pub fn into_reading(self, count: u64) -> Result<Response, Error> {
        let noisy = self.config.read_noise.sigma != 0.0;
        if noisy { self.read(count) } else { Ok(self.response) }
    }

    /// The configuration.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Rows, one a voltage.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.conductance.nrows()
    }

    /// Signed columns, one a weight of a row; the array has twice as many physical ones.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.conductance.ncols() / 2
    }

    /// Conductance that a weight of 1 makes between the devices of its pair (S).
    #[must_use]
    pub const fn scale_s(&self) -> f64 {
        self.scale_s
    }

    /// Conductances without read noise, rows x 2 columns (S): each pair's positive device is
    /// followed by its negative one.
    #[must_use]
    pub fn conductances(&self) -> &DMatrix<f64> {
        &self.conductance
    }

    /// The response without read noise.
    #[must_use]
    pub const fn response(&self) -> &Response {
        &self.response
    }

    /// Signed currents per volt on each row, columns x rows (S): [`Response::transfer`].
    #[must_use]
    pub const fn transfer(&self) -> &DMatrix<f64> {
        self.response.transfer()
    }

    /// The weights that the array really applies, rows x columns.
    #[must_use]
    pub fn effective_weights(&self) -> DMatrix<f64> {
        self.response.effective_weights()
    }

    /// Signed currents of the columns (A) for a voltage on each row (V), without read noise.
    ///
    /// # Errors
    /// [`Error::VoltageCount`].
    pub fn currents(&self, volts: &[f64]) -> Result<Vec<f64>, Error> {
        self.response.currents(volts)
    }

    /// Currents into the rows per volt on each row (S), rows x rows, in reading number `count`: `V^2` of
    /// its diagonal is [`Response::energy_of_row_pulse`]'s power; what wires lift of other rows is beside it.
    /// With wires it takes time in proportion to (rows x columns)^2: for 784 x 20 devices half a second.
    ///
    /// # Errors
    /// [`Error::Overflow`].
    pub fn row_admittance(&self, count: u64) -> Result<DMatrix<f64>, Error> {
        let conductance = self.devices.read(&self.conductance, &self.config, count);
        network::row_admittance_matrix(&conductance, &self.config.wires)
    }

    /// Energy of a pulse on one row (J): [`Response::energy_of_row_pulse`].
    ///
    /// # Errors
    /// As [`Response::energy_of_row_pulse`].
    pub fn energy_of_row_pulse(&self, row: usize, volts: f64, seconds: f64) -> Result<f64, Error> {
        self.response.energy_of_row_pulse(row, volts, seconds)
    }
}
