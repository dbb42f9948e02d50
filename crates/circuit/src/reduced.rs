//! The state space of an island, and its modes.

use crate::dense::{self, Matrix};
use crate::limits::{self, Failure};
use crate::spectrum::{Drive, Spectrum};
use crate::symmetric::Factored;
use crate::tied::Tied;

/// The state space after elimination.
pub(crate) struct Reduced {
    /// `x' = a x + b u` over `[x; u]`.
    pub rates: Matrix,
    pub voltages: Matrix,
    pub branches: Matrix,
    /// Cholesky factor of the capacitances between states.
    pub lower: Matrix,
    pub stiffness: Matrix,
    pub reciprocal: bool,
    /// Where states depend on each other; then what is above is over those that are left.
    pub tied: Option<TiedRows>,
}

/// What else is known where states depend on each other.
#[derive(Debug)]
pub(crate) struct TiedRows {
    pub tied: Tied,
    /// What integrals of node voltages and of currents of branches have beside those of the rows above.
    pub voltage_charges: Matrix,
    pub branch_charges: Matrix,
}

impl Reduced {
    /// The modes of `x' = a x`, driven by `b`.
    pub fn spectrum(&self, drive: &Drive) -> Result<Spectrum, Failure> {
        let n = self.rates.nrows();
        let reciprocal = if self.reciprocal { self.reciprocal_modes(drive) } else { None };
        if let Some(spectrum) = reciprocal {
            return Ok(spectrum);
        }
        limits::schur(n)?;
        let spectrum = crate::schur::spectrum(&self.rates.columns(0, n).clone_owned(), drive);
        spectrum.ok_or(Failure::NoModes)
    }

    /// Resistors and capacitors alone: `L^-1 S L^-T` is symmetric, its modes real and never defective.
    fn reciprocal_modes(&self, drive: &Drive) -> Option<Spectrum> {
        let n = self.lower.nrows();
        let half = dense::solve_lower(&self.lower, self.stiffness.clone()).transpose();
        let w = dense::solve_lower(&self.lower, half);
        let entry = |i: usize, j: usize| (w[(i, j)] + w[(j, i)]).scaled(0.5);
        let rows = (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect();
        let modes = Factored::of_matrix(rows)?.modes()?;
        let vectors = Matrix::from_fn(n, n, |i, mode| modes.vectors[mode][i]);
        let to_states = dense::solve_transposed(&self.lower, vectors.clone());
        let from_states = vectors.transpose() * self.lower.transpose();
        let mut spectrum = Spectrum::empty(n, drive);
        for (mode, rate) in modes.rates.iter().enumerate() {
            let to = (0..n).map(|i| (i, to_states[(i, mode)]));
            let from = (0..n).map(|i| (i, from_states[(mode, i)]));
            spectrum.push(-*rate, to, from, drive);
        }
        Some(spectrum)
    }
}
