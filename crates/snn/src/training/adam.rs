//! Adam (Kingma and Ba, 2015).

use serde::{Deserialize, Serialize};

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// Moments of the gradient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adam {
    /// Mean of the gradient.
    pub first: Vec<f64>,
    /// Mean of its square.
    pub second: Vec<f64>,
    /// Steps that were taken.
    pub steps: u32,
}

impl Adam {
    /// Before the first step.
    #[must_use]
    pub fn new(parameters: usize) -> Self {
        Self { first: vec![0.0; parameters], second: vec![0.0; parameters], steps: 0 }
    }

    /// One step down the gradient.
    pub fn step(&mut self, values: &mut [f64], gradient: &[f64], learning_rate: f64) {
        self.steps += 1;
        let corrected = |beta: f64| 1.0 - beta.powf(f64::from(self.steps));
        let rate = learning_rate / corrected(BETA1);
        let scale = corrected(BETA2);
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((value, slope), (first, second)) in values.iter_mut().zip(gradient).zip(moments) {
            *first = BETA1 * *first + (1.0 - BETA1) * slope;
            *second = BETA2 * *second + (1.0 - BETA2) * slope * slope;
            *value -= rate * *first / ((*second / scale).sqrt() + EPSILON);
        }
    }
}
