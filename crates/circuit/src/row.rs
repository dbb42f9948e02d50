//! Quantities as linear functions of states and inputs.

use num_complex::Complex64;
use num_traits::Zero;

use crate::double::Double;

/// A quantity as a linear function of an island's states and inputs. Weights have 32 digits, because
/// a current follows from a difference of voltages that may agree in half of that.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub(crate) states: Vec<Double>,
    pub(crate) inputs: Vec<Double>,
    /// What its integral has beside that of the above, over states and inputs, so that it has derivatives of inputs, and
    /// impulses; empty where nothing. Weights of states, then of inputs.
    charges: Vec<Double>,
}

impl Row {
    /// The quantity that is always zero.
    pub(crate) fn zero(states: usize, inputs: usize) -> Self {
        Self {
            states: vec![Double::zero(); states],
            inputs: vec![Double::zero(); inputs],
            charges: Vec::new(),
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
        let states = self.states.len().min(self.charges.len());
        self.charges[states..].iter().map(|w| w.value())
    }

    /// What jumps in its integral where states and inputs jump (its unit times s), at these values of them; none if
    /// nothing does.
    #[must_use]
    pub fn charge(&self, states: &[f64], inputs: impl Iterator<Item = f64>) -> Option<f64> {
        if self.charges.is_empty() {
            return None;
        }
        let values = states.iter().copied().chain(inputs);
        Some(self.charges.iter().zip(values).map(|(weight, value)| weight.value() * value).sum())
    }

    /// Its value at rest, at these values of states and inputs.
    #[must_use]
    pub fn value(&self, states: &[f64], inputs: &[f64]) -> f64 {
        let of_states = self.states.iter().zip(states);
        let terms = of_states.chain(self.inputs.iter().zip(inputs));
        terms.map(|(weight, value)| weight.scaled(*value)).sum::<Double>().value()
    }

    /// Its amplitude where states and inputs go as `exp(s t)` with these amplitudes.
    #[must_use]
    pub fn response(&self, s: Complex64, states: &[Complex64], inputs: &[Complex64]) -> Complex64 {
        let part = |of: fn(&Complex64) -> f64| {
            let states: Vec<f64> = states.iter().map(of).collect();
            let inputs: Vec<f64> = inputs.iter().map(of).collect();
            self.value(&states, &inputs)
        };
        let slopes: Complex64 =
            self.slope_weights().zip(inputs).map(|(weight, input)| input * weight).sum();
        Complex64::new(part(|z| z.re), part(|z| z.im)) + s * slopes
    }

    /// Adds `factor * other`.
    pub fn add_scaled(&mut self, factor: f64, other: &Self) {
        for (mine, theirs) in self.states.iter_mut().zip(&other.states) {
            *mine += theirs.scaled(factor);
        }
        for (mine, theirs) in self.inputs.iter_mut().zip(&other.inputs) {
            *mine += theirs.scaled(factor);
        }
        for (column, theirs) in other.charges.iter().enumerate() {
            self.add_charge(column, theirs.scaled(factor));
        }
    }

    /// Adds `weight` times a state, or, after these, an input, to what its integral has beside that of the rest.
    pub(crate) fn add_charge(&mut self, column: usize, weight: Double) {
        if weight.is_zero() && self.charges.is_empty() {
            return;
        }
        self.charges.resize(self.states.len() + self.inputs.len(), Double::zero());
        self.charges[column] += weight;
        if self.charges.iter().all(Double::is_zero) {
            self.charges.clear();
        }
    }

    pub(crate) fn scaled(mut self, factor: Double) -> Self {
        self.states
            .iter_mut()
            .chain(&mut self.inputs)
            .chain(&mut self.charges)
            .for_each(|w| *w *= factor);
        self
    }
}
