//! The modes of an island: a state matrix as block diagonal, `A = T diag(blocks) T^-1`.

use nalgebra::DMatrix;
use num_complex::{Complex, Complex64};
use num_traits::Zero;

use crate::chain::Chain;
use crate::double::{Double, Real};
use crate::limits::{self, Failure};
use crate::mesh::Sparse;
use crate::network::StateNetwork;
use crate::symmetric::Factored;

/// A state matrix in its modes, computed with 32 digits and then rounded.
#[derive(Debug, Clone)]
pub struct Spectrum {
    /// `T`: columns span the invariant subspaces.
    pub to_states: DMatrix<Complex64>,
    /// `T^-1`.
    pub from_states: DMatrix<Complex64>,
    /// Inputs in modal coordinates: `T^-1 B`.
    pub drive: DMatrix<Complex64>,
    /// The blocks, in the order of the columns.
    pub blocks: Vec<Block>,
    /// What rounding took from `to_states`: rows that read a small difference of states need it.
    low: DMatrix<Complex64>,
}

/// One eigenvalue, or several that lie so close that their eigenvectors say nothing apart.
#[derive(Debug, Clone)]
pub struct Block {
    /// First column of `T`.
    pub first: usize,
    /// The eigenvalue, or the mean of the cluster (1/s).
    pub rate: Complex64,
    /// What the block has beside `rate` times the identity: zero for a single eigenvalue, close to
    /// nilpotent for a cluster.
    pub rest: DMatrix<Complex64>,
    /// How often the block counts: 2 where it stands for its complex conjugate too.
    pub weight: f64,
}

impl Block {
    /// Number of eigenvalues in it.
    #[must_use]
    pub fn size(&self) -> usize {
        self.rest.nrows()
    }
}

/// The inputs in the equations of the states.
pub(crate) struct Drive {
    /// For each state its weights by input.
    pub rows: Vec<Vec<(usize, Double)>>,
    pub inputs: usize,
}

impl Drive {
    /// The part of `x' = a x + b u` behind the states.
    pub fn new(rates: &[Sparse], inputs: usize) -> Self {
        let states = rates.len();
        let inputs_of = |row: &Sparse| {
            let behind = row.0.iter().filter(|(column, _)| *column >= states);
            behind.map(|&(column, weight)| (column - states, weight)).collect()
        };
        Self { rows: rates.iter().map(inputs_of).collect(), inputs }
    }
}

/// Below this many states a chain's modes are found like any other network's.
const SHORT_CHAIN: usize = 6;

impl Spectrum {
    /// No modes yet, with room for all.
    pub(crate) fn empty(states: usize, drive: &Drive) -> Self {
        Self {
            to_states: DMatrix::zeros(states, states),
            from_states: DMatrix::zeros(states, states),
            drive: DMatrix::zeros(states, drive.inputs),
            blocks: Vec::with_capacity(states),
            low: DMatrix::zeros(states, states),
        }
    }

    /// The modes of a network of conductances with a capacitor to ground at each state: real,
    /// decaying and never defective. Parts that nothing connects have modes of their own.
    pub(crate) fn of_network(network: &StateNetwork, drive: &Drive) -> Result<Self, Failure> {
        limits::modes(network.capacitance.len(), drive.inputs)?;
        let mut spectrum = Self::empty(network.capacitance.len(), drive);
        for members in network.parts() {
            let chain = (members.len() >= SHORT_CHAIN).then(|| Chain::new(network, &members));
            let found = chain.flatten().is_some_and(|chain| spectrum.push_chain(&chain, drive));
            if !found {
                spectrum.push_part(network, &members, drive)?;
            }
        }
        Ok(spectrum)
    }

    /// Whether the modes of a chain could be found; if not, none is kept.
    fn push_chain(&mut self, chain: &Chain, drive: &Drive) -> bool {
        let before = self.blocks.len();
        let found = chain.modes(|mode| {
            let all = || chain.members.iter().copied().zip(&mode.vector);
            let to = all().zip(&chain.inverse_scale).map(|((m, u), scale)| (m, *u * *scale));
            let from = all().zip(&chain.scale).map(|((m, u), scale)| (m, *u * *scale));
            self.push(-mode.rate, to, from, drive);
        });
        if !found {
            self.blocks.truncate(before);
        }
        found
    }

    fn push_part(
        &mut self,
        network: &StateNetwork,
        members: &[usize],
        drive: &Drive,
    ) -> Result<(), Failure> {
        limits::rotations(members.len())?;
        let modes = Factored::of_network(network, members).modes().ok_or(Failure::NoModes)?;
        let scale: Vec<Double> =
            members.iter().map(|&m| Double::from(network.capacitance[m]).root()).collect();
        for (rate, vector) in modes.rates.iter().zip(&modes.vectors) {
            let to = members.iter().zip(vector).zip(&scale).map(|((&m, u), s)| (m, *u / *s));
            let from = members.iter().zip(vector).zip(&scale).map(|((&m, u), s)| (m, *u * *s));
            self.push(-*rate, to, from, drive);
        }
        Ok(())
    }

    /// Adds a real mode: its rate, its column of `T` and its row of `T^-1`.
    pub(crate) fn push(
        &mut self,
        rate: Double,
        to: impl Iterator<Item = (usize, Double)>,
        from: impl Iterator<Item = (usize, Double)>,
        drive: &Drive,
    ) {
        let first = self.blocks.len();
        self.to_states.column_mut(first).fill(Complex64::ZERO);
        self.low.column_mut(first).fill(Complex64::ZERO);
        self.from_states.row_mut(first).fill(Complex64::ZERO);
        for (state, weight) in to {
            self.to_states[(state, first)] = weight.value().into();
            self.low[(state, first)] = weight.low().into();
        }
        let mut driven = vec![Double::zero(); drive.inputs];
        for (state, weight) in from {
            self.from_states[(first, state)] = weight.value().into();
            for &(input, b) in &drive.rows[state] {
                driven[input] += weight * b;
            }
        }
        for (input, weight) in driven.into_iter().enumerate() {
            self.drive[(first, input)] = weight.value().into();
        }
        let rest = DMatrix::zeros(1, 1);
        self.blocks.push(Block { first, rate: rate.value().into(), rest, weight: 1.0 });
    }

    /// From `T`, `T^-1` and blocks of any kind.
    pub(crate) fn of_blocks(
        to_states: &DMatrix<Complex<Double>>,
        from_states: &DMatrix<Complex<Double>>,
        blocks: Vec<Block>,
        drive: &Drive,
    ) -> Self {
        let mut driven = DMatrix::<Complex<Double>>::zeros(to_states.nrows(), drive.inputs);
        for (state, row) in drive.rows.iter().enumerate() {
            for &(input, b) in row {
                for mode in 0..driven.nrows() {
                    driven[(mode, input)] += from_states[(mode, state)] * b;
                }
            }
        }
        let high = |z: Complex<Double>| Complex64::new(z.re.value(), z.im.value());
        Self {
            to_states: to_states.map(high),
            from_states: from_states.map(high),
            drive: driven.map(high),
            blocks,
            low: to_states.map(|z| Complex64::new(z.re.low(), z.im.low())),
        }
    }

    /// A linear function of the states in modal coordinates.
    pub(crate) fn modal(&self, row: &[Double]) -> Vec<Complex64> {
        let nonzero: Vec<(usize, Double)> =
            row.iter().copied().enumerate().filter(|(_, w)| !w.is_zero()).collect();
        (0..self.to_states.ncols())
            .map(|mode| {
                let (mut re, mut im) = (Double::zero(), Double::zero());
                for &(state, weight) in &nonzero {
                    let (high, low) = (self.to_states[(state, mode)], self.low[(state, mode)]);
                    re += weight * Double::sum_of(high.re, low.re);
                    im += weight * Double::sum_of(high.im, low.im);
                }
                Complex64::new(re.value(), im.value())
            })
            .collect()
    }
}
