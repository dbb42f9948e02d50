//! Modified nodal analysis `M z' + K z = f(t)` of the elements as they stand, and its states.
//!
//! With a shift `s` that is no eigenvalue, `P = (sM + K)^-1 M` splits the space of `z` (node voltages and currents
//! of voltage sources) into the range of `P^2`, on which `z` is a state that no jump of a source moves, and
//! its null space, on which `z` follows the sources and their first derivatives (Kunkel and Mehrmann,
//! "Differential-Algebraic Equations", 2006, section 2.2). Sources are states of their own: a constant, a
//! ramp, a rotating pair for each sine. So an interval between two corners is one exponential.

use crate::case::{Case, Kind};
use crate::matrix::Matrix;
use crate::pieces::{Perturbation, Piece};
use crate::real::Real;

/// Why there is no truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoTruth {
    /// The network has no unique solution.
    Singular,
    /// No unique state of rest.
    NoRest,
    /// Voltages depend on second derivatives of sources.
    HighIndex,
    /// Switches that contradict themselves, or change too often to compare.
    Busy,
}

/// The equations in one position of the switches.
pub struct Network {
    pub mass: Matrix,
    stiffness: Matrix,
    /// Input directions: a column for each element that is a source.
    pub sources: Vec<(usize, Vec<Real>)>,
}

/// The equations with switches on where `on` says.
pub fn network(case: &Case, on: &[bool], perturbation: Perturbation) -> Network {
    let branch = |kind: &Kind| matches!(kind, Kind::Voltage(_) | Kind::Vcvs(_));
    let size = case.nodes + case.elements.iter().filter(|e| branch(&e.kind)).count();
    let (mut mass, mut stiffness) = (Matrix::zero(size, size), Matrix::zero(size, size));
    let mut sources = Vec::new();
    let mut next = case.nodes;
    let mut switch = 0;
    // Adds to one entry, unless ground is meant.
    let add = |m: &mut Matrix, row: usize, column: usize, value: Real| {
        if row > 0 && column > 0 {
            m[(row - 1, column - 1)] = m[(row - 1, column - 1)] + value;
        }
    };
    let between = |m: &mut Matrix, [a, b]: [usize; 2], [c, d]: [usize; 2], value: Real| {
        add(m, a, c, value);
        add(m, b, d, value);
        add(m, a, d, -value);
        add(m, b, c, -value);
    };
    for (at, element) in case.elements.iter().enumerate() {
        let nodes = element.nodes;
        let number = |value: f64| perturbation.of(value, at, 0);
        match &element.kind {
            Kind::Resistor(ohm) => {
                between(&mut stiffness, nodes, nodes, Real::ONE / number(*ohm));
            }
            Kind::Switch { ron, roff, .. } => {
                let ohm = if on[switch] { number(*ron) } else { number(*roff) };
                switch += 1;
                between(&mut stiffness, nodes, nodes, Real::ONE / ohm);
            }
            Kind::Capacitor(farad) => between(&mut mass, nodes, nodes, number(*farad)),
            Kind::Vccs(siemens) => {
                between(&mut stiffness, nodes, element.control, number(*siemens));
            }
            Kind::Current(_) => {
                let mut column = vec![Real::ZERO; size];
                let [a, b] = nodes;
                if a > 0 {
                    column[a - 1] = column[a - 1] - Real::ONE;
                }
                if b > 0 {
                    column[b - 1] = column[b - 1] + Real::ONE;
                }
                sources.push((at, column));
            }
            Kind::Voltage(_) | Kind::Vcvs(_) => {
                let row = next + 1;
                next += 1;
                for (node, sign) in [(nodes[0], Real::ONE), (nodes[1], -Real::ONE)] {
                    add(&mut stiffness, node, row, sign);
                    add(&mut stiffness, row, node, sign);
                }
                if let Kind::Vcvs(gain) = element.kind {
                    add(&mut stiffness, row, element.control[0], -number(gain));
                    add(&mut stiffness, row, element.control[1], number(gain));
                } else {
                    let mut column = vec![Real::ZERO; size];
                    column[row - 1] = Real::ONE;
                    sources.push((at, column));
                }
            }
        }
    }
    Network { mass, stiffness, sources }
}

/// A network split into states `y' = A y + B f` and what follows from them, `z = R y + D f - E f'`.
pub struct Reduced {
    /// Gives the states of a solution; the same for all that agree in their charges.
    pub states: Matrix,
    a: Matrix,
    b: Matrix,
    r: Matrix,
    d: Matrix,
    e: Matrix,
}

/// # Errors
/// Where voltages have no unique course, or follow second derivatives of sources.
pub fn reduce(network: &Network) -> Result<Reduced, NoTruth> {
    let n = network.mass.rows;
    // Any positive number that is no eigenvalue will do.
    let s = Real::from(1.618_033_988_749_895);
    let shifted = network.stiffness.plus(s, &network.mass);
    let inverse = shifted.solve(&Matrix::identity(n)).ok_or(NoTruth::Singular)?;
    let p = inverse.times(&network.mass);
    let (range, null) = p.times(&p).range_and_null();
    let r = p.times(&p).columns_at(&range);
    let split = r.beside(&null).solve(&Matrix::identity(n)).ok_or(NoTruth::HighIndex)?;
    let left = split.first_rows(range.len());
    let core = left.times(&p).times(&r);
    let core = core.solve(&Matrix::identity(range.len())).ok_or(NoTruth::HighIndex)?;
    let a = Matrix::identity(range.len()).plus(Real::ZERO, &core);
    let a = Matrix::zero(a.rows, a.rows).plus(s, &a).plus(-Real::ONE, &core);
    let b = core.times(&left).times(&inverse);
    let follows = Matrix::identity(n).plus(-Real::ONE, &r.times(&left)).times(&inverse);
    let moved = p.times(&follows);
    let d = follows.plus(s, &moved);
    Ok(Reduced { states: left, a, b, r, d, e: moved })
}

/// The states of network and sources together on an interval between two corners.
pub struct Interval<'r> {
    reduced: &'r Reduced,
    /// `w' = generator w`, where `w` is `y`, the constant 1, time and the sines.
    pub generator: Matrix,
    /// `z = output w`.
    pub output: Matrix,
    /// Values of all but `y` at its start.
    pub start: Vec<Real>,
}

impl<'r> Interval<'r> {
    pub fn new(network: &Network, reduced: &'r Reduced, pieces: &[Piece]) -> Self {
        let (n, r) = (network.mass.rows, reduced.a.rows);
        let sines: Vec<usize> = (0..pieces.len()).filter(|k| pieces[*k].sine.is_some()).collect();
        let size = r + 2 + 2 * sines.len();
        // f = inputs w and f' = rates w.
        let (mut inputs, mut rates) = (Matrix::zero(n, size), Matrix::zero(n, size));
        let mut generator = Matrix::zero(size, size);
        let mut start = vec![Real::ONE, Real::ZERO];
        generator[(r + 1, r)] = Real::ONE;
        for (k, ((_, column), piece)) in network.sources.iter().zip(pieces).enumerate() {
            for i in 0..n {
                inputs[(i, r)] = inputs[(i, r)] + column[i] * piece.constant;
                inputs[(i, r + 1)] = inputs[(i, r + 1)] + column[i] * piece.slope;
                rates[(i, r)] = rates[(i, r)] + column[i] * piece.slope;
            }
            if let Some([amplitude, sin, cos, damping, w]) = piece.sine {
                let at = r + 2 + 2 * sines.iter().position(|x| *x == k).expect("a sine");
                (generator[(at, at)], generator[(at, at + 1)]) = (-damping, w);
                (generator[(at + 1, at)], generator[(at + 1, at + 1)]) = (-w, -damping);
                for i in 0..n {
                    inputs[(i, at)] = column[i] * amplitude;
                    rates[(i, at)] = -(column[i] * amplitude * damping);
                    rates[(i, at + 1)] = column[i] * amplitude * w;
                }
                start.extend([sin, cos]);
            }
        }
        let driven = reduced.b.times(&inputs);
        for i in 0..r {
            for j in 0..size {
                let own = if j < r { reduced.a[(i, j)] } else { Real::ZERO };
                generator[(i, j)] = own + driven[(i, j)];
            }
        }
        let mut output = reduced.d.times(&inputs).plus(-Real::ONE, &reduced.e.times(&rates));
        for i in 0..n {
            for j in 0..r {
                output[(i, j)] = output[(i, j)] + reduced.r[(i, j)];
            }
        }
        Self { reduced, generator, output, start }
    }

    pub fn begin(&self, y: &[Real]) -> Vec<Real> {
        y.iter().chain(&self.start).copied().collect()
    }

    pub fn states(&self, w: &[Real]) -> Vec<Real> {
        w[..self.reduced.a.rows].to_vec()
    }
}

/// A state of rest with these values of the sources.
///
/// # Errors
/// Where there is none, or more than one.
pub fn at_rest(network: &Network, values: &[Real]) -> Result<Vec<Real>, NoTruth> {
    let n = network.mass.rows;
    let mut drive = Matrix::zero(n, 1);
    for ((_, column), value) in network.sources.iter().zip(values) {
        for i in 0..n {
            drive[(i, 0)] = drive[(i, 0)] + column[i] * *value;
        }
    }
    let z = network.stiffness.solve(&drive).ok_or(NoTruth::NoRest)?;
    Ok((0..n).map(|i| z[(i, 0)]).collect())
}
