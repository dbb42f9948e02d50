//! Closed-form solutions of `x' = A x + B u(t)` in the modes of `A`.

use nalgebra::{DMatrix, DVector};
use num_complex::Complex64;

use memspike_waveform::{Term, Waveform};

use crate::spectrum::{Block, Spectrum};
use crate::system::Row;

/// The modes of a system with its inputs.
#[derive(Debug, Clone)]
pub struct Modes {
    spectrum: Spectrum,
    /// Inputs in modal coordinates.
    drive: DMatrix<Complex64>,
    largest: f64,
}

/// A [`Row`] in modal coordinates.
#[derive(Debug, Clone)]
pub struct ModalRow {
    modes: Vec<Complex64>,
    inputs: Vec<f64>,
}

/// The closed form of all modal coordinates after an anchor.
#[derive(Debug, Clone)]
pub struct Trajectory {
    pieces: Vec<Piece>,
    /// How long after its anchor the form holds (s); infinite unless a growing cluster of modes
    /// needed a truncated series.
    pub valid_s: f64,
}

/// `amp * t^degree * exp(rate t)` for the coordinates of one block.
#[derive(Debug, Clone)]
struct Piece {
    block: usize,
    degree: u8,
    rate: Complex64,
    amp: DVector<Complex64>,
}

/// A series in a cluster ends where its terms fall below this.
const SERIES_TOLERANCE: f64 = 1e-18;

/// Longest series of a cluster.
const SERIES_DEGREE: u8 = 60;

/// A driving rate so close to a mode's (relative to its decay) counts as in resonance.
const RESONANCE: f64 = 1e-3;

impl Modes {
    pub(crate) fn new(spectrum: Spectrum, b: &DMatrix<f64>) -> Self {
        let drive = &spectrum.from_states * b.map(Complex64::from);
        let largest = spectrum.blocks.iter().map(|b| b.rate.norm()).fold(0.0, f64::max);
        Self { spectrum, drive, largest }
    }

    /// Rates of all modes (1/s); a complex one stands for its conjugate too, a cluster for its mean.
    pub fn rates(&self) -> impl Iterator<Item = Complex64> + '_ {
        self.spectrum.blocks.iter().map(|b| b.rate)
    }

    /// A row in modal coordinates.
    #[must_use]
    pub fn modal(&self, row: &Row) -> ModalRow {
        let states = DVector::from_iterator(row.states.len(), row.states.iter().map(|&w| w.into()));
        let modes = self.spectrum.to_states.tr_mul(&states);
        ModalRow { modes: modes.iter().copied().collect(), inputs: row.inputs.clone() }
    }

    /// The solution from states `x` at the anchor under inputs `u`, anchored there too.
    #[must_use]
    pub fn solve(&self, x: &[f64], u: &[Waveform]) -> Trajectory {
        let x = DVector::from_iterator(x.len(), x.iter().map(|&v| Complex64::from(v)));
        let q = &self.spectrum.from_states * x;
        let mut trajectory = Trajectory { pieces: Vec::new(), valid_s: f64::INFINITY };
        for (at, block) in self.spectrum.blocks.iter().enumerate() {
            let start = q.rows(block.first, block.size()).clone_owned();
            self.solve_block(at, block, start, u, &mut trajectory);
        }
        trajectory
    }

    fn solve_block(
        &self,
        at: usize,
        block: &Block,
        mut q: DVector<Complex64>,
        u: &[Waveform],
        out: &mut Trajectory,
    ) {
        let mut resonant: Vec<Forcing> = Vec::new();
        for forcing in self.forcings(block, u) {
            if self.resonates(block, forcing.rate) {
                resonant.push(forcing);
                continue;
            }
            // (s - T) p = f for exp(s t); a ramp f0 + f1 t (s = 0) adds -T p1 = f1, -T p0 = f0 - p1.
            let size = block.size();
            let shifted =
                DMatrix::from_diagonal_element(size, size, forcing.rate - block.rate) - &block.rest;
            let lu = shifted.lu();
            let solve = |f: &DVector<Complex64>| lu.solve(f).unwrap_or_else(|| f * Complex64::ZERO);
            let ramp = solve(&forcing.ramp);
            let level = solve(&(&forcing.level - &ramp));
            q -= &level;
            out.add(Piece { block: at, degree: 0, rate: forcing.rate, amp: level });
            out.add(Piece { block: at, degree: 1, rate: forcing.rate, amp: ramp });
        }
        series(at, block, &q, &resonant, out);
    }

    fn resonates(&self, block: &Block, rate: Complex64) -> bool {
        let distance = (rate - block.rate).norm();
        distance <= RESONANCE * block.rate.re.abs()
            || distance <= 1e-7 * block.rate.norm()
            || distance <= 1e-14 * self.largest
            || (rate == Complex64::ZERO && block.rate == Complex64::ZERO)
    }

    /// What drives a block, gathered by rate.
    fn forcings(&self, block: &Block, u: &[Waveform]) -> Vec<Forcing> {
        let size = block.size();
        let mut all: Vec<Forcing> = Vec::new();
        for (input, form) in u.iter().enumerate() {
            let gain = self.drive.view((block.first, input), (size, 1)).column(0).clone_owned();
            let mut push = |rate: Complex64, level: Complex64, ramp: Complex64| {
                if level == Complex64::ZERO && ramp == Complex64::ZERO {
                    return;
                }
                let found = all.iter().position(|f| f.rate == rate).unwrap_or_else(|| {
                    let zero = DVector::zeros(size);
                    all.push(Forcing { rate, level: zero.clone(), ramp: zero });
                    all.len() - 1
                });
                all[found].level += &gain * level;
                all[found].ramp += &gain * ramp;
            };
            push(Complex64::ZERO, form.offset.into(), form.slope.into());
            for term in &form.terms {
                let (level, ramp) = match term.degree {
                    0 => (term.amp, Complex64::ZERO),
                    _ => (Complex64::ZERO, term.amp),
                };
                if term.rate.im == 0.0 {
                    push(term.rate, level.re.into(), ramp.re.into());
                } else {
                    // Re(a e^(st)) = (a e^(st) + conj) / 2.
                    push(term.rate, level * 0.5, ramp * 0.5);
                    push(term.rate.conj(), level.conj() * 0.5, ramp.conj() * 0.5);
                }
            }
        }
        all
    }

    /// A row's value over time along a trajectory, inputs `u` included.
    #[must_use]
    pub fn waveform(&self, row: &ModalRow, trajectory: &Trajectory, u: &[Waveform]) -> Waveform {
        let mut out = Waveform::default();
        for piece in &trajectory.pieces {
            let block = &self.spectrum.blocks[piece.block];
            let weights = &row.modes[block.first..block.first + block.size()];
            let amp: Complex64 = weights.iter().zip(piece.amp.iter()).map(|(w, a)| w * a).sum();
            add_term(&mut out, piece.degree, amp * block.weight, piece.rate);
        }
        for (weight, form) in row.inputs.iter().zip(u) {
            out.add_scaled(*weight, form);
        }
        out
    }

    /// The states `dt` seconds after the anchor.
    #[must_use]
    pub fn states(&self, trajectory: &Trajectory, dt: f64) -> Vec<f64> {
        let mut q = DVector::<Complex64>::zeros(self.spectrum.to_states.ncols());
        for piece in &trajectory.pieces {
            let block = &self.spectrum.blocks[piece.block];
            let growth = (piece.rate * dt).exp() * dt.powi(i32::from(piece.degree)) * block.weight;
            let mut rows = q.rows_mut(block.first, block.size());
            rows += &piece.amp * growth;
        }
        (&self.spectrum.to_states * q).iter().map(|z| z.re).collect()
    }
}

struct Forcing {
    rate: Complex64,
    level: DVector<Complex64>,
    ramp: DVector<Complex64>,
}

impl Trajectory {
    fn add(&mut self, piece: Piece) {
        if piece.amp.iter().any(|a| *a != Complex64::ZERO) {
            self.pieces.push(piece);
        }
    }
}

fn add_term(out: &mut Waveform, degree: u8, amp: Complex64, rate: Complex64) {
    if rate == Complex64::ZERO && degree == 0 {
        out.offset += amp.re;
    } else if rate == Complex64::ZERO && degree == 1 {
        out.slope += amp.re;
    } else {
        let amp = if rate.im == 0.0 { amp.re.into() } else { amp };
        out.add_scaled(
            1.0,
            &Waveform {
                terms: [Term { degree, amp, rate }].into_iter().collect(),
                ..Waveform::default()
            },
        );
    }
}

/// The free motion of a block together with what drives it in resonance: `exp(rate t)` times the
/// exponential series of the (nearly nilpotent) rest, the driving functions being further
/// coordinates of the same system.
fn series(
    at: usize,
    block: &Block,
    q: &DVector<Complex64>,
    resonant: &[Forcing],
    out: &mut Trajectory,
) {
    let size = block.size();
    let width = size + 2 * resonant.len();
    let mut matrix = DMatrix::<Complex64>::zeros(width, width);
    matrix.view_mut((0, 0), (size, size)).copy_from(&block.rest);
    let mut vector = DVector::<Complex64>::zeros(width);
    vector.rows_mut(0, size).copy_from(q);
    for (k, forcing) in resonant.iter().enumerate() {
        // Coordinates e^(st) and t e^(st): (t e^(st))' = s t e^(st) + e^(st).
        let (one, ramp) = (size + 2 * k, size + 2 * k + 1);
        matrix.view_mut((0, one), (size, 1)).copy_from(&forcing.level);
        matrix.view_mut((0, ramp), (size, 1)).copy_from(&forcing.ramp);
        matrix[(one, one)] = forcing.rate - block.rate;
        matrix[(ramp, ramp)] = forcing.rate - block.rate;
        matrix[(ramp, one)] = Complex64::ONE;
        vector[one] = Complex64::ONE;
    }

    let norm = (0..width).map(|i| matrix.row(i).iter().map(|z| z.norm()).sum()).fold(0.0, f64::max);
    let power = (0..width).fold(DMatrix::identity(width, width), |p, _| &p * &matrix);
    let nilpotent = power.iter().all(|z| z.norm() <= 1e-13 * norm.powi(width as i32));
    let last = if nilpotent { width as u8 - 1 } else { SERIES_DEGREE };
    // The longest time over which a term of the series matters.
    let life = if block.rate.re < 0.0 { 1.0 / -block.rate.re } else { 4.0 / norm };
    if !nilpotent && block.rate.re >= 0.0 {
        out.valid_s = out.valid_s.min(life);
    }

    let mut largest: f64 = 0.0;
    let mut small = 0;
    for degree in 0..=last {
        let amp = vector.rows(0, size).clone_owned();
        if !nilpotent {
            let d = f64::from(degree);
            // max over t of t^d e^(-t/life) is (d life / e)^d; without decay t ends at life.
            let reach = if block.rate.re < 0.0 { d / std::f64::consts::E } else { 1.0 };
            let bound = amp.norm() * (life * reach).powf(d);
            largest = largest.max(bound);
            small = if bound <= SERIES_TOLERANCE * largest { small + 1 } else { 0 };
        }
        out.add(Piece { block: at, degree, rate: block.rate, amp });
        if small >= 2 {
            break;
        }
        vector = &matrix * vector / Complex64::from(f64::from(degree) + 1.0);
    }
}
