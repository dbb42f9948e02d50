//! Closed-form solutions of `x' = A x + B u(t)` in the modes of `A`.

use nalgebra::{DMatrix, DVector};
use num_complex::Complex64;

use memspike_waveform::{Term, Waveform};

use crate::row::Row;
use crate::spectrum::{Block, Spectrum};

/// The modes of a system with its inputs.
#[derive(Debug, Clone)]
pub struct Modes {
    spectrum: Spectrum,
}

/// A [`Row`] in modal coordinates.
#[derive(Debug, Clone)]
pub struct ModalRow {
    modes: Vec<Complex64>,
    inputs: Vec<f64>,
    /// Of the inputs' time derivatives; may be empty.
    slopes: Vec<f64>,
}

/// The closed form of all modal coordinates after an anchor.
#[derive(Debug, Clone)]
pub struct Trajectory {
    pieces: Vec<Piece>,
    /// How long after its anchor the form holds (s); infinite unless a growing cluster of modes
    /// needed a truncated series.
    pub valid_s: f64,
}

/// What one [`Term`] of amplitude one does, times an amplitude for each coordinate of a block.
#[derive(Debug, Clone)]
struct Piece {
    block: usize,
    unit: Term,
    amp: DVector<Complex64>,
}

/// A series in a cluster ends where its terms fall below this.
const SERIES_TOLERANCE: f64 = 1e-18;

/// Longest series of a cluster.
const SERIES_DEGREE: u8 = 60;

/// So many times larger than where a mode starts what a source makes of it in the end may be, to be
/// counted from that end: two bits.
const FAR: f64 = 4.0;

impl Modes {
    pub(crate) fn new(spectrum: Spectrum) -> Self {
        Self { spectrum }
    }

    /// Rates of all modes (1/s); a complex one stands for its conjugate too, a cluster for its mean.
    pub fn rates(&self) -> impl Iterator<Item = Complex64> + '_ {
        self.spectrum.blocks.iter().map(|b| b.rate)
    }

    /// A row in modal coordinates.
    #[must_use]
    pub fn modal(&self, row: &Row) -> ModalRow {
        let modes = self.spectrum.modal(row.states());
        let (inputs, slopes) = (row.input_weights().collect(), row.slope_weights().collect());
        ModalRow { modes, inputs, slopes }
    }

    /// The solution from states `x` at the anchor under inputs `u`, anchored there too.
    #[must_use]
    pub fn solve(&self, x: &[f64], u: &[Waveform]) -> Trajectory {
        let x = DVector::from_iterator(x.len(), x.iter().map(|&v| Complex64::from(v)));
        let q = &self.spectrum.from_states * x;
        let mut trajectory = Trajectory { pieces: Vec::new(), valid_s: f64::INFINITY };
        for (at, block) in self.spectrum.blocks.iter().enumerate() {
            let start = q.rows(block.first, block.size()).clone_owned();
            let forcings = self.forcings(block, u);
            if block.size() == 1 {
                single(at, block.rate, start[0], &forcings, &mut trajectory);
            } else {
                cluster(at, block, start, &forcings, &mut trajectory);
            }
        }
        trajectory
    }

    /// What drives a block, gathered by rate.
    fn forcings(&self, block: &Block, u: &[Waveform]) -> Vec<Forcing> {
        let size = block.size();
        let mut all: Vec<Forcing> = Vec::new();
        for (input, form) in u.iter().enumerate() {
            let gain =
                self.spectrum.drive.view((block.first, input), (size, 1)).column(0).clone_owned();
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
                } else if block.rate.im == 0.0 {
                    // A real mode makes the conjugate of the conjugate: one half stands for both.
                    push(term.rate, level, ramp);
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
            let amp = amp * block.weight;
            let amp = if piece.unit.is_real() { amp.re.into() } else { amp };
            out.add(Term { amp, ..piece.unit });
        }
        for (weight, form) in row.inputs.iter().zip(u) {
            out.add_scaled(*weight, form);
        }
        for (weight, form) in row.slopes.iter().zip(u).filter(|(weight, _)| **weight != 0.0) {
            out.add_scaled(*weight, &form.derivative());
        }
        out
    }

    /// The states `dt` seconds after the anchor.
    #[must_use]
    pub fn states(&self, trajectory: &Trajectory, dt: f64) -> Vec<f64> {
        let mut q = DVector::<Complex64>::zeros(self.spectrum.to_states.ncols());
        for piece in &trajectory.pieces {
            let block = &self.spectrum.blocks[piece.block];
            let mut rows = q.rows_mut(block.first, block.size());
            rows += &piece.amp * (piece.unit.unit(dt) * block.weight);
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
    fn add(&mut self, block: usize, unit: Term, amp: DVector<Complex64>) {
        if amp.iter().any(|a| *a != Complex64::ZERO) {
            self.pieces.push(Piece { block, unit, amp });
        }
    }
}

/// A mode alone, `q' = rate q + forcings`.
fn single(
    at: usize,
    rate: Complex64,
    start: Complex64,
    forcings: &[Forcing],
    out: &mut Trajectory,
) {
    let mut add = |unit: Term, amp: Complex64| out.add(at, unit, DVector::from_element(1, amp));
    let free = |rate| Term::free(0, Complex64::ONE, rate);
    // What is left of the start beside what sources make of the mode.
    let mut left = start;
    for forcing in forcings {
        let (level, ramp) = (forcing.level[0], forcing.ramp[0]);
        let apart = forcing.rate - rate;
        // (s - rate) p = f for exp(s t); a ramp f0 + f1 t adds (s - rate) p1 = f1, p0 = f0 - p1.
        let settled_ramp = ramp / apart;
        let settled = (level - settled_ramp) / apart;
        if settled.norm() <= FAR * start.norm() {
            left -= settled;
            add(free(forcing.rate), settled);
            add(Term::free(1, Complex64::ONE, forcing.rate), settled_ramp);
        } else if forcing.rate == Complex64::ZERO {
            // From its start, which then stays: x = start + (rate start + level) t phi_1(rate t).
            left -= start;
            add(free(Complex64::ZERO), start);
            let slope = rate * start + level;
            add(Term::driven(1, 0, Complex64::ONE, rate, forcing.rate), slope);
            add(Term::driven(2, 0, Complex64::ONE, rate, forcing.rate), ramp);
        } else {
            add(Term::driven(1, 0, Complex64::ONE, rate, forcing.rate), level);
            add(Term::driven(2, 0, Complex64::ONE, rate, forcing.rate), ramp);
        }
    }
    add(free(rate), left);
}

/// The motion of a block: `exp(rate t)` times the exponential series of the (nearly nilpotent)
/// rest `N`, applied to the start and to what drives it:
/// `sum over j of N^j / j!` times `t^j exp(rate t)` or that term's integrals.
fn cluster(
    at: usize,
    block: &Block,
    start: DVector<Complex64>,
    forcings: &[Forcing],
    out: &mut Trajectory,
) {
    let zero = Complex64::ZERO;
    series(at, block, start, |degree| Term::free(degree, Complex64::ONE, block.rate), out);
    for forcing in forcings {
        for (integrals, amp) in [(1, &forcing.level), (2, &forcing.ramp)] {
            if amp.iter().all(|a| *a == zero) {
                continue;
            }
            let (rate, drive) = (block.rate, forcing.rate);
            let unit = |degree| Term::driven(integrals, degree, Complex64::ONE, rate, drive);
            series(at, block, amp.clone(), unit, out);
        }
    }
}

/// `sum over j of N^j / j! amp` times `unit(j)`.
fn series(
    at: usize,
    block: &Block,
    mut amp: DVector<Complex64>,
    unit: impl Fn(u8) -> Term,
    out: &mut Trajectory,
) {
    let (size, rest) = (block.size(), &block.rest);
    let norm = (0..size).map(|i| rest.row(i).iter().map(|z| z.norm()).sum()).fold(0.0, f64::max);
    let power = (0..size).fold(DMatrix::identity(size, size), |p, _| &p * rest);
    let nilpotent = power.iter().all(|z| z.norm() <= 1e-13 * norm.powi(size as i32));
    let last = if nilpotent { size as u8 - 1 } else { SERIES_DEGREE };
    // The longest time over which a term of the series matters.
    let life = if block.rate.re < 0.0 { 1.0 / -block.rate.re } else { 4.0 / norm };
    if !nilpotent && block.rate.re >= 0.0 {
        out.valid_s = out.valid_s.min(life);
    }
    let mut largest: f64 = 0.0;
    let mut small = 0;
    for degree in 0..=last {
        if !nilpotent {
            let d = f64::from(degree);
            // max over t of t^d e^(-t/life) is (d life / e)^d; without decay t ends at life.
            let reach = if block.rate.re < 0.0 { d / std::f64::consts::E } else { 1.0 };
            let bound = amp.norm() * (life * reach).powf(d);
            largest = largest.max(bound);
            small = if bound <= SERIES_TOLERANCE * largest { small + 1 } else { 0 };
        }
        let next = rest * &amp / Complex64::from(f64::from(degree) + 1.0);
        out.add(at, unit(degree), std::mem::replace(&mut amp, next));
        if small >= 2 {
            break;
        }
    }
}
