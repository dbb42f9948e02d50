//! A neuron whose spike is a step, along with its derivative by one weight: carried forwards, without the way back.

use memspike_snn::{Lif, training::Surrogate};

/// What a network answers, with derivatives by the weight that moves.
pub struct Tangent {
    pub counts: Vec<f64>,
    pub fired: Vec<f64>,
    pub moved_v: Vec<f64>,
}

/// A potential and its derivative.
#[derive(Debug, Clone, Copy, Default)]
pub struct Membrane {
    v: f64,
    pub by: f64,
}

impl Membrane {
    /// Leaks by `decay`, takes a jump with its derivative, and fires or does not: the spike, and what the surrogate says of its
    /// derivative.
    pub fn step(
        &mut self,
        (lif, how): (Lif, Surrogate),
        decay: f64,
        (jump, moved): (f64, f64),
    ) -> (f64, f64) {
        let Lif { threshold_v, reset_v, .. } = lif;
        let potential = self.v * decay + jump;
        let by = self.by * decay + moved;
        let swing = threshold_v - reset_v;
        let x = how.slope * (potential - threshold_v) / swing;
        let slope = how.slope / swing / ((0.5 * x).exp() + (-0.5 * x).exp()).powi(2);
        let slope = if x.abs() > 20.0 { 0.0 } else { slope };
        let spike = if potential >= threshold_v { 1.0 } else { 0.0 };
        self.by = by * (1.0 - spike) + (reset_v - potential) * slope * by;
        self.v = if spike > 0.0 { reset_v } else { potential };
        (spike, slope * by)
    }
}
