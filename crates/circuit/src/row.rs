//! Quantities as linear functions of states and inputs.

use num_traits::Zero;

use crate::double::Double;

/// A quantity as a linear function of an island's states and inputs. Weights have 32 digits, because
/// a current follows from a difference of voltages that may agree in half of that.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub(crate) states: Vec<Double>,
    pub(crate) inputs: Vec<Double>,
    /// Weights of the inputs' time derivatives (s); empty where there are none.
    pub(crate) slopes: Vec<Double>,
}

impl Row {
    /// The quantity that is always zero.
    pub(crate) fn zero(states: usize, inputs: usize) -> Self {
        Self {
            states: vec![Double::zero(); states],
            inputs: vec![Double::zero(); inputs],
            slopes: Vec::new(),
        }
    }

    /// Weight of each state.
    #[must_use]
    pub fn states(&self) -> &[Double] {
        &self.states
    }

    /// Weight of each of [`crate::Island::inputs`], rounded.
    pub fn input_weights(&self) -> impl Iterator<Item = f64> + '_ {
        self.inputs.iter().map(|w| w.value())
    }

    /// Weight of the time derivative of each of [`crate::Island::inputs`] (s), rounded; nothing if the quantity
    /// depends on none. The current of a capacitor whose plates sources move has some.
    pub fn slope_weights(&self) -> impl ExactSizeIterator<Item = f64> + '_ {
        self.slopes.iter().map(|w| w.value())
    }

    /// Adds `factor * other`.
    pub fn add_scaled(&mut self, factor: f64, other: &Self) {
        for (mine, theirs) in self.states.iter_mut().zip(&other.states) {
            *mine += theirs.scaled(factor);
        }
        for (mine, theirs) in self.inputs.iter_mut().zip(&other.inputs) {
            *mine += theirs.scaled(factor);
        }
        for (input, theirs) in other.slopes.iter().enumerate() {
            self.add_slope(input, theirs.scaled(factor));
        }
    }

    /// Adds `weight` times the time derivative of an input.
    pub(crate) fn add_slope(&mut self, input: usize, weight: Double) {
        if weight.is_zero() && self.slopes.is_empty() {
            return;
        }
        self.slopes.resize(self.inputs.len(), Double::zero());
        self.slopes[input] += weight;
        if self.slopes.iter().all(Double::is_zero) {
            self.slopes.clear();
        }
    }

    pub(crate) fn scaled(mut self, factor: Double) -> Self {
        self.states
            .iter_mut()
            .chain(&mut self.inputs)
            .chain(&mut self.slopes)
            .for_each(|w| *w *= factor);
        self
    }
}
