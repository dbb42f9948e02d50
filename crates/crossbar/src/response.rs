//! What a programmed array does with voltages.

use nalgebra::{DMatrix, DVector, DVectorView};

use crate::network::{Ports, reduce};
use crate::{Error, Wires};

/// The linear response of an array to voltages on its rows: a vector costs one dense product, a
/// pulse on one row is one column of [`Response::transfer`].
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    ports: Ports,
    transfer: DMatrix<f64>,
    scale_s: f64,
}

impl Response {
    pub(crate) fn new(
        conductance: &DMatrix<f64>,
        wires: &Wires,
        scale_s: f64,
    ) -> Result<Self, Error> {
        let ports = reduce(conductance, wires)?;
        let (columns, rows) = (ports.transfer.nrows() / 2, ports.transfer.ncols());
        let transfer = DMatrix::from_fn(columns, rows, |column, row| {
            ports.transfer[(2 * column, row)] - ports.transfer[(2 * column + 1, row)]
        });
        Ok(Self { ports, transfer, scale_s })
    }

    /// Signed currents of the columns per volt on each row, columns x rows (S): the current of
    /// each pair's positive column less that of its negative one.
    #[must_use]
    pub const fn transfer(&self) -> &DMatrix<f64> {
        &self.transfer
    }

    /// [`Response::transfer`] and the conductance that each row's driver sees, without the rest.
    #[must_use]
    pub fn into_transfer(self) -> (DMatrix<f64>, DVector<f64>) {
        (self.transfer, self.ports.input)
    }

    /// The physical array at its ports: two columns a weight, the positive one first. Enough to
    /// put the array into a circuit where the columns do not end at 0 V.
    #[must_use]
    pub const fn ports(&self) -> &Ports {
        &self.ports
    }

    /// Conductance that a weight of 1 makes between the devices of its pair (S).
    #[must_use]
    pub const fn scale_s(&self) -> f64 {
        self.scale_s
    }

    /// The weights that the array really applies, rows x columns: `transfer` over the scale.
    #[must_use]
    pub fn effective_weights(&self) -> DMatrix<f64> {
        self.transfer.transpose() / self.scale_s
    }

    /// Signed currents of the columns (A) for a voltage on each row (V).
    ///
    /// # Errors
    /// [`Error::VoltageCount`].
    pub fn currents(&self, volts: &[f64]) -> Result<Vec<f64>, Error> {
        let rows = self.transfer.ncols();
        if volts.len() != rows {
            return Err(Error::VoltageCount { voltages: volts.len(), rows });
        }
        let currents = &self.transfer * DVectorView::from_slice(volts, rows);
        Ok(currents.as_slice().to_vec())
    }

    /// Energy (J) that a pulse on one row takes from its driver, `V^2 G t`, while the other rows
    /// are held at 0 V: what devices and wires turn into heat, sneak paths included. Without wires
    /// the energies of pulses that overlap add up; with wires those of one sign take less than
    /// their sum, because each lifts the columns for the others.
    ///
    /// # Errors
    /// [`Error::NoRow`], or [`Error::Negative`] for a duration that is negative or not finite.
    pub fn energy_of_row_pulse(&self, row: usize, volts: f64, seconds: f64) -> Result<f64, Error> {
        if !(seconds >= 0.0 && seconds.is_finite()) {
            return Err(Error::Negative { name: "seconds", value: seconds });
        }
        let rows = self.ports.input.len();
        let seen_s = self.ports.input.get(row).ok_or(Error::NoRow { row, rows })?;
        Ok(volts * volts * seen_s * seconds)
    }
}
