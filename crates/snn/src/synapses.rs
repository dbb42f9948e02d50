//! Conductances between the layers, as both levels see them.

use memspike_crossbar::{Array, Response};

use crate::{CLASSES, PIXELS, Parameters, Weights};

/// What an array of synapses does, ideal or not: its currents are linear in the voltages of its rows,
/// its columns end in virtual grounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Synapses {
    signed: Vec<[f64; CLASSES]>,
    total: Vec<f64>,
}

/// A weight that no pair of devices can hold.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "the weight from input {row} to output {column} is {value}; a pair of devices holds -1 to 1: train with \
     a smaller --weight-limit, or divide all weights and widen the pulses by the same number"
)]
pub struct OutOfRange {
    /// Input, from 0.
    pub row: usize,
    /// Output, from 0.
    pub column: usize,
    /// The weight.
    pub value: f32,
}

impl Synapses {
    /// Ideal pairs of devices: no wires, no levels, and no conductance where a weight needs none.
    ///
    /// # Errors
    /// The first weight beyond 1.
    ///
    /// # Panics
    /// If there are not [`PIXELS`] x [`CLASSES`] weights.
    pub fn ideal(parameters: &Parameters, weights: &Weights) -> Result<Self, OutOfRange> {
        assert_eq!([weights.rows(), weights.columns()], [PIXELS, CLASSES], "shape of weights");
        if let Some(at) = weights.values().iter().position(|w| w.abs() > 1.0) {
            let (row, column) = (at / CLASSES, at % CLASSES);
            return Err(OutOfRange { row, column, value: weights.values()[at] });
        }
        let unit = parameters.weight_siemens;
        let signed: Vec<[f64; CLASSES]> = (0..PIXELS)
            .map(|row| std::array::from_fn(|j| unit * f64::from(weights.row(row)[j])))
            .collect();
        let total = signed.iter().map(|row| row.iter().map(|g| g.abs()).sum()).collect();
        Ok(Self { signed, total })
    }

    /// What a programmed array does, without read noise: [`Synapses::of_response`].
    ///
    /// # Panics
    /// As [`Synapses::of_response`].
    #[must_use]
    pub fn of_array(parameters: &Parameters, array: &Array) -> Self {
        Self::of_response(parameters, array.response())
    }

    /// What one reading of an array does. The columns' currents are mirrored into the membranes so
    /// that a weight of 1 is [`Parameters::weight_siemens`] there, whatever the conductances of the
    /// array are.
    ///
    /// # Panics
    /// If the array has not [`PIXELS`] rows and [`CLASSES`] signed columns.
    #[must_use]
    pub fn of_response(parameters: &Parameters, response: &Response) -> Self {
        let transfer = response.transfer();
        assert_eq!(transfer.shape(), (CLASSES, PIXELS), "shape of the array, transposed");
        let mirror = parameters.weight_siemens / response.scale_s();
        let signed =
            (0..PIXELS).map(|row| std::array::from_fn(|j| mirror * transfer[(j, row)])).collect();
        Self { signed, total: response.ports().input.as_slice().to_vec() }
    }

    /// Synapses with these conductances.
    ///
    /// `signed`: current into each output for 1 V on a row. `total`: current that 1 V on a row takes
    /// from its driver. Both in siemens.
    ///
    /// # Panics
    /// If there is not one of each for every one of the [`PIXELS`].
    #[must_use]
    pub fn new(signed: Vec<[f64; CLASSES]>, total: Vec<f64>) -> Self {
        assert_eq!((signed.len(), total.len()), (PIXELS, PIXELS), "rows of synapses");
        Self { signed, total }
    }

    /// Conductances from an input to every output (S).
    ///
    /// # Panics
    /// If there is no such input.
    #[must_use]
    pub fn signed(&self, row: usize) -> &[f64; CLASSES] {
        &self.signed[row]
    }

    /// Conductance that a row's driver sees (S).
    ///
    /// # Panics
    /// If there is no such input.
    #[must_use]
    pub fn total(&self, row: usize) -> f64 {
        self.total[row]
    }
}
