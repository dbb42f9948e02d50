//! Layers as training sees them.

use crate::{Layered, Lif};

/// A layer of LIF neurons with the array before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stage {
    /// Rows of the array.
    pub inputs: usize,
    /// LIF neurons.
    pub neurons: usize,
    /// What they do.
    pub lif: Lif,
    /// How far a spike through a weight of 1 moves a membrane (V).
    pub volts_per_weight: f64,
    /// How long the driver of a row is deaf after a spike (s).
    pub deaf_s: f64,
    /// Whether an array leads from its neurons back to themselves: a spike of a tick arrives in the next one. Not of the last layer.
    pub recurrent: bool,
}

/// The size of an array of weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Table {
    /// Its rows.
    pub inputs: usize,
    /// Its columns.
    pub neurons: usize,
    /// How far a spike through a weight of 1 moves a membrane (V).
    pub volts_per_weight: f64,
}

impl Table {
    /// The arrays of layers: those that lead forwards, layer by layer, and behind them those that lead back, layer by layer.
    #[must_use]
    pub fn of(stages: &[Stage]) -> Vec<Self> {
        let forwards = stages.iter().map(|stage| Self {
            inputs: stage.inputs,
            neurons: stage.neurons,
            volts_per_weight: stage.volts_per_weight,
        });
        let back = stages.iter().filter(|stage| stage.recurrent).map(|stage| Self {
            inputs: stage.neurons,
            neurons: stage.neurons,
            volts_per_weight: stage.volts_per_weight,
        });
        forwards.chain(back).collect()
    }

    /// How many weights it has.
    #[must_use]
    pub fn weights(&self) -> usize {
        self.inputs * self.neurons
    }
}

impl Layered<'_> {
    /// The layers; `lif` for neurons that have no ideal of their own.
    #[must_use]
    pub fn stages(&self, lif: Lif) -> Vec<Stage> {
        let stage = |layer: &crate::Layer<'_>| Stage {
            inputs: layer.weights.rows(),
            neurons: layer.weights.columns(),
            lif: layer.neuron.ideal.unwrap_or(lif),
            volts_per_weight: layer.volts_per_weight(),
            deaf_s: layer.row.pulse_s,
            recurrent: false,
        };
        self.layers.iter().map(stage).collect()
    }
}

/// Weights of a layer in volts a spike, a row for each input and, for the way back, a row for each neuron.
#[derive(Debug, Clone, PartialEq)]
pub struct Volts<T> {
    pub(super) rows: Vec<T>,
    pub(super) turned: Vec<T>,
}

impl<T: super::Lane> Volts<T> {
    /// Those of an array of so many columns.
    #[must_use]
    pub fn new(rows: Vec<T>, columns: usize) -> Self {
        let inputs = rows.len() / columns;
        let turned = (0..columns).flat_map(|j| (0..inputs).map(move |i| (i, j)));
        let turned = turned.map(|(i, j)| rows[i * columns + j]).collect();
        Self { rows, turned }
    }
}
