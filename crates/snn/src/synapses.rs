//! Conductances between the layers, as both levels see them.

use memspike_crossbar::{Array, Response};

use crate::{Parameters, Weights};

/// What an array of synapses does, ideal or not: its currents are linear in the voltages of its rows,
/// its columns end in virtual grounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Synapses {
    outputs: usize,
    /// Row by row.
    signed: Vec<f64>,
    total: Vec<f64>,
}

/// A weight that no pair of devices can hold.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "the weight from input {row} to output {column} is {}; a pair of devices holds -1 to 1: train with \
     a smaller --weight-limit, or divide all weights and widen the pulses by the same number", shortest(*value)
)]
pub struct OutOfRange {
    /// Input, from 0.
    pub row: usize,
    /// Output, from 0.
    pub column: usize,
    /// The weight.
    pub value: f64,
}

/// A number as its file has it: one of single precision needs fewer digits.
fn shortest(value: f64) -> String {
    let single = value as f32;
    if f64::from(single) == value { single.to_string() } else { value.to_string() }
}

impl Synapses {
    /// Ideal pairs of devices: no wires, no levels, and no conductance where a weight needs none.
    ///
    /// # Errors
    /// The first weight beyond 1.
    pub fn ideal(parameters: &Parameters, weights: &Weights) -> Result<Self, OutOfRange> {
        let outputs = weights.columns();
        if let Some(at) = weights.values().iter().position(|w| w.abs() > 1.0) {
            let (row, column) = (at / outputs, at % outputs);
            return Err(OutOfRange { row, column, value: weights.values().get(at) });
        }
        let unit = parameters.weight_siemens;
        let signed: Vec<f64> = weights.values().iter().map(|w| unit * w).collect();
        let total =
            signed.chunks_exact(outputs).map(|row| row.iter().map(|g| g.abs()).sum()).collect();
        Ok(Self { outputs, signed, total })
    }

    /// What a programmed array does, without read noise: [`Synapses::of_response`].
    #[must_use]
    pub fn of_array(parameters: &Parameters, array: &Array) -> Self {
        Self::of_response(parameters, array.response())
    }

    /// What one reading of an array does. The columns' currents are mirrored into the membranes so
    /// that a weight of 1 is [`Parameters::weight_siemens`] there, whatever the conductances of the
    /// array are.
    #[must_use]
    pub fn of_response(parameters: &Parameters, response: &Response) -> Self {
        let transfer = response.transfer();
        let mirror = parameters.weight_siemens / response.scale_s();
        // A column of the transposed matrix is a row.
        let signed = transfer.iter().map(|siemens| mirror * siemens).collect();
        let total = response.ports().input.as_slice().to_vec();
        Self { outputs: transfer.nrows(), signed, total }
    }

    /// Rows, one for each input.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.total.len()
    }

    /// Columns, one for each output.
    #[must_use]
    pub const fn outputs(&self) -> usize {
        self.outputs
    }

    /// Conductances from an input to every output (S).
    ///
    /// # Panics
    /// If there is no such input.
    #[must_use]
    pub fn signed(&self, row: usize) -> &[f64] {
        &self.signed[row * self.outputs..][..self.outputs]
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
