//! States that Kirchhoff's laws tie to each other: voltages of capacitors that a source or a loop of sources fixes, currents
//! of inductors that meet at a node, windings so closely coupled that they share one flux.
//!
//! Over the states `x`, what is no state `z` and the inputs `u`, the laws are `M x' + D [x; z; u] = 0` and
//! `A [x; z; u] = 0`. Where `A` does not determine `z`, it determines some of `x` by others, `x = N w + P u`, and leaves as
//! many of `z` open, `l`, which the equations of motion determine:
//! `M N w' + M P u' + D [w; l; u] = 0`. Of these follow `l` and `w' = a w + b u + c u'`, and `s = w - c u` is
//! moved by no derivative of `u`: `s' = a s + (b + a c) u`. It does not jump where `u` does.

use num_traits::{One, Zero};

use crate::dense::Matrix;
use crate::double::Double;
use crate::eliminate::{Eliminated, eliminate};
use crate::limits::Failure;

/// The laws of an island; columns are those of `x`, `z` and `u`.
pub(crate) struct Laws {
    pub mass: Matrix,
    pub dynamic: Matrix,
    pub algebraic: Matrix,
    pub states: usize,
    pub unknowns: usize,
    pub inputs: usize,
}

/// A quantity over `[s; u]`, and what its integral has beside that of this: also over `[s; u]`. So the quantity has its
/// part of `u` as a part of `u'`, and an impulse where it jumps.
#[derive(Debug, Clone)]
pub(crate) struct Moved {
    pub values: Matrix,
    pub charges: Matrix,
}

/// Two states count the same charges if they differ by no more than this part of the largest.
const SAME: f64 = 1e-12;

/// What the laws come to.
#[derive(Debug)]
pub(crate) struct Tied {
    /// `s'` over `[s; u]`.
    pub rates: Matrix,
    /// `x`, `x'` and `z`.
    pub states: Moved,
    pub motion: Moved,
    pub unknowns: Moved,
    /// `s` over the `x` from which charges and fluxes are taken.
    pub projection: Matrix,
    /// The `x` that each `s` is a part of.
    pub kept: Vec<usize>,
}

impl Laws {
    /// Fails where the laws determine no solution, or none without a second derivative of inputs.
    pub fn tie(self) -> Result<Tied, Failure> {
        let shared = SharedFlux::of(&self.mass)?;
        Ok(shared.restored(shared.substituted(&self).tie_independent()?))
    }

    /// The same for a mass that has an inverse.
    fn tie_independent(&self) -> Result<Tied, Failure> {
        let (n, m, k) = (self.states, self.unknowns, self.inputs);
        let found = determined(&self.algebraic, n, m)?;
        // Which unknowns are open, which states are kept.
        let is_pivot = |column: &usize| found.pivots.contains(column);
        let open: Vec<usize> = (0..m).filter(|z| !is_pivot(z)).collect();
        let kept: Vec<usize> = (0..n).filter(|x| !is_pivot(&(m + x))).collect();
        let (r, w) = (open.len(), kept.len());
        if r + w != n {
            return Err(Failure::Singular);
        }
        // x and z over [w; u; l].
        let mut all = Matrix::zeros(m + n, w + k + r);
        for (at, z) in open.iter().enumerate() {
            all[(*z, w + k + at)] = Double::one();
        }
        for (at, x) in kept.iter().enumerate() {
            all[(m + x, at)] = Double::one();
        }
        for (row, pivot) in found.pivots.iter().enumerate() {
            let entry = |column: usize| -found.rows[(row, column)];
            open.iter().enumerate().for_each(|(at, z)| all[(*pivot, w + k + at)] = entry(*z));
            kept.iter().enumerate().for_each(|(at, x)| all[(*pivot, at)] = entry(m + x));
            (0..k).for_each(|u| all[(*pivot, w + u)] = entry(m + n + u));
        }
        let (z, x) = (all.rows(0, m).clone_owned(), all.rows(m, n).clone_owned());
        self.moved(&x, &z, &kept, r)
    }

    /// Solves the equations of motion, where `x` and `z` are given over `[w; u; l]`.
    fn moved(&self, x: &Matrix, z: &Matrix, kept: &[usize], r: usize) -> Result<Tied, Failure> {
        let (n, m, k, w) = (self.states, self.unknowns, self.inputs, kept.len());
        let mut force = self.dynamic.columns(0, n) * x + self.dynamic.columns(n, m) * z;
        let mut of_inputs = force.columns_mut(w, k);
        of_inputs += self.dynamic.columns(n + m, k);
        let inertia = &self.mass * x;
        // Columns: l, w', w, u, u', and the charges from which w starts.
        let mut rows = Matrix::zeros(n, r + w + w + k + k + n);
        rows.columns_mut(0, r).copy_from(&force.columns(w + k, r));
        rows.columns_mut(r, w).copy_from(&inertia.columns(0, w));
        rows.columns_mut(r + w, w + k).copy_from(&force.columns(0, w + k));
        rows.columns_mut(r + 2 * w + k, k).copy_from(&inertia.columns(w, k));
        rows.columns_mut(r + 2 * w + 2 * k, n).copy_from(&self.mass);
        let (of_open, of_states): (Vec<usize>, Vec<usize>) = (0..r + w).partition(|at| *at < r);
        let solved = eliminate(rows, r + w, [&of_open, &of_states]).ok_or(Failure::Singular)?;
        if solved.pivots.iter().filter(|column| **column < r).count() != r {
            return Err(Failure::Singular);
        }
        let mut answers = Matrix::zeros(r + w, w + 2 * k);
        let mut projection = Matrix::zeros(w, n);
        // Where `x` jumps at conserved charges, `l` has an impulse.
        let mut of_jumps = Matrix::zeros(r, n);
        for (row, pivot) in solved.pivots.iter().enumerate() {
            answers.row_mut(*pivot).copy_from(&-solved.rows.view((row, r + w), (1, w + 2 * k)));
            let charges = solved.rows.view((row, r + 2 * w + 2 * k), (1, n));
            match pivot.checked_sub(r) {
                Some(state) => projection.row_mut(state).copy_from(&charges),
                None => of_jumps.row_mut(*pivot).copy_from(&-charges),
            }
        }
        // w' = a w + b u + c u', and l the same; w = s + c u.
        let c = answers.view((r, w + k), (w, k)).clone_owned();
        let in_s = |rows: Matrix| {
            let mut out = rows.columns(0, w + k).clone_owned();
            let shifted = rows.columns(0, w) * &c;
            let mut of_inputs = out.columns_mut(w, k);
            of_inputs += shifted;
            out
        };
        let rates = in_s(answers.rows(r, w).clone_owned());
        let position = in_s(x.columns(0, w + k).clone_owned());
        let open = Moved {
            values: in_s(answers.rows(0, r).clone_owned()),
            charges: &of_jumps * &position,
        };
        let over_s = |rows: &Matrix| Moved {
            values: in_s(rows.columns(0, w + k).clone_owned())
                + rows.columns(w + k, r) * &open.values,
            charges: rows.columns(w + k, r) * &open.charges,
        };
        // x' of x = N s + (N c + P) u.
        let motion = Moved { values: position.columns(0, w) * &rates, charges: position.clone() };
        let still = Matrix::zeros(n, w + k);
        let states = Moved { values: position, charges: still };
        let unknowns = over_s(z);
        Ok(Tied { rates, states, motion, unknowns, projection, kept: kept.to_vec() })
    }
}

impl Tied {
    /// The same in the states that others have: charges and fluxes are conserved where a device switches, and both count
    /// them. Fails if they count others.
    pub fn in_states_of(self, other: &Self) -> Result<Self, Failure> {
        let w = self.rates.nrows();
        if other.rates.nrows() != w {
            return Err(Failure::Singular);
        }
        let change = &other.projection * self.states.values.columns(0, w);
        let largest = other.projection.iter().map(|x| x.value().abs()).fold(0.0, f64::max);
        let counted = &change * &self.projection - &other.projection;
        if counted.iter().any(|x| x.value().abs() > SAME * largest) {
            return Err(Failure::Singular);
        }
        let one = Matrix::identity(w, w);
        let back = crate::dense::solve(change.clone(), one).ok_or(Failure::Singular)?;
        let over = |rows: &Matrix| {
            let mut out = rows.clone();
            out.columns_mut(0, w).copy_from(&(rows.columns(0, w) * &back));
            out
        };
        let moved = |of: &Moved| Moved { values: over(&of.values), charges: over(&of.charges) };
        Ok(Self {
            rates: change * over(&self.rates),
            states: moved(&self.states),
            motion: moved(&self.motion),
            unknowns: moved(&self.unknowns),
            projection: other.projection.clone(),
            kept: other.kept.clone(),
        })
    }

    /// Rows over `[x; z; u]`, such as voltages, over `[s; u]`.
    pub fn read(&self, rows: &Matrix) -> Moved {
        let (n, m) = (self.states.values.nrows(), self.unknowns.values.nrows());
        let (s, k) = (self.rates.nrows(), rows.ncols() - n - m);
        let over = |states: &Matrix, unknowns: &Matrix| {
            rows.columns(0, n) * states + rows.columns(n, m) * unknowns
        };
        let mut values = over(&self.states.values, &self.unknowns.values);
        let mut of_inputs = values.columns_mut(s, k);
        of_inputs += rows.columns(n + m, k);
        Moved { values, charges: over(&self.states.charges, &self.unknowns.charges) }
    }
}

/// What the algebraic laws determine: unknowns `z` first, then states. Columns of the result: `z`, `x`, `u`.
fn determined(laws: &Matrix, n: usize, m: usize) -> Result<Eliminated, Failure> {
    let k = laws.ncols() - n - m;
    let mut rows = Matrix::zeros(laws.nrows(), m + n + k);
    rows.columns_mut(0, m).copy_from(&laws.columns(n, m));
    rows.columns_mut(m, n).copy_from(&laws.columns(0, n));
    rows.columns_mut(m + n, k).copy_from(&laws.columns(n + m, k));
    let unknowns: Vec<usize> = (0..m).collect();
    let states: Vec<usize> = (m..m + n).collect();
    eliminate(rows, m + n, [&unknowns, &states]).ok_or(Failure::Singular)
}

/// Windings coupled so closely that a combination of their currents stores nothing: that combination `b` is no state.
/// `x = E a + B b`, where `E` picks the states that are left.
struct SharedFlux {
    left: Vec<usize>,
    /// The states that are none.
    gone: Vec<usize>,
    /// What is added to the states that are left for each that is gone: `M_ll^-1 M_lg`.
    weights: Matrix,
}

impl SharedFlux {
    /// Finds them by a Cholesky factorisation with pivots.
    fn of(mass: &Matrix) -> Result<Self, Failure> {
        /// Energy this small, beside that of the current alone, is none: a coupling factor of one is rounded.
        const NOTHING: f64 = 1e-14;
        let n = mass.nrows();
        let mut rest = mass.clone();
        let (mut left, mut gone): (Vec<usize>, Vec<usize>) = (Vec::new(), (0..n).collect());
        while let Some((at, size)) = gone
            .iter()
            .enumerate()
            .map(|(at, i)| (at, rest[(*i, *i)].value() / mass[(*i, *i)].value()))
            .max_by(|a, b| a.1.total_cmp(&b.1))
        {
            if size <= NOTHING {
                break;
            }
            let pivot = gone.remove(at);
            for i in &gone {
                let factor = rest[(*i, pivot)] / rest[(pivot, pivot)];
                for j in &gone {
                    let product = factor * rest[(pivot, *j)];
                    rest[(*i, *j)] -= product;
                }
            }
            left.push(pivot);
        }
        if gone.iter().any(|i| rest[(*i, *i)].value() < -NOTHING * mass[(*i, *i)].value()) {
            return Err(Failure::Coupling);
        }
        left.sort_unstable();
        gone.sort_unstable();
        let pick = |rows: &[usize], columns: &[usize]| {
            Matrix::from_fn(rows.len(), columns.len(), |i, j| mass[(rows[i], columns[j])])
        };
        let weights = match gone.as_slice() {
            [] => Matrix::zeros(left.len(), 0),
            _ => {
                crate::dense::solve(pick(&left, &left), pick(&left, &gone)).ok_or(Failure::Range)?
            }
        };
        Ok(Self { left, gone, weights })
    }

    /// `x` over `[a; b]`.
    fn basis(&self) -> Matrix {
        let (l, g) = (self.left.len(), self.gone.len());
        let mut basis = Matrix::zeros(l + g, l + g);
        for (at, x) in self.left.iter().enumerate() {
            basis[(*x, at)] = Double::one();
            (0..g).for_each(|b| basis[(*x, l + b)] = -self.weights[(at, b)]);
        }
        for (at, x) in self.gone.iter().enumerate() {
            basis[(*x, l + at)] = Double::one();
        }
        basis
    }

    /// The laws with `a` for states, and `b` after the other unknowns.
    fn substituted(&self, laws: &Laws) -> Laws {
        let (n, m, k) = (laws.states, laws.unknowns, laws.inputs);
        let (l, g) = (self.left.len(), self.gone.len());
        let basis = self.basis();
        let over = |rows: &Matrix| {
            let of_states = rows.columns(0, n) * &basis;
            let mut out = Matrix::zeros(rows.nrows(), l + m + g + k);
            out.columns_mut(0, l).copy_from(&of_states.columns(0, l));
            out.columns_mut(l, m).copy_from(&rows.columns(n, m));
            out.columns_mut(l + m, g).copy_from(&of_states.columns(l, g));
            out.columns_mut(l + m + g, k).copy_from(&rows.columns(n + m, k));
            out
        };
        let motion = basis.transpose() * over(&laws.dynamic);
        let mut algebraic = Matrix::zeros(laws.algebraic.nrows() + g, l + m + g + k);
        algebraic.rows_mut(0, laws.algebraic.nrows()).copy_from(&over(&laws.algebraic));
        algebraic.rows_mut(laws.algebraic.nrows(), g).copy_from(&motion.rows(l, g));
        let mass = Matrix::from_fn(l, l, |i, j| laws.mass[(self.left[i], self.left[j])]);
        let dynamic = motion.rows(0, l).clone_owned();
        Laws { mass, dynamic, algebraic, states: l, unknowns: m + g, inputs: k }
    }

    /// The result in the states that were.
    fn restored(&self, tied: Tied) -> Tied {
        if self.gone.is_empty() {
            return tied;
        }
        let (l, g) = (self.left.len(), self.gone.len());
        let m = tied.unknowns.values.nrows() - g;
        let basis = self.basis();
        // What moves b is not known: nothing reads it, since b has no capacitor.
        let join = |a: &Matrix, b: &Matrix| {
            let mut both = Matrix::zeros(l + g, a.ncols());
            both.rows_mut(0, l).copy_from(a);
            both.rows_mut(l, g).copy_from(b);
            &basis * both
        };
        let (values, charges) = (&tied.unknowns.values, &tied.unknowns.charges);
        let states = Moved {
            values: join(&tied.states.values, &values.rows(m, g).clone_owned()),
            charges: join(&tied.states.charges, &charges.rows(m, g).clone_owned()),
        };
        let zero = |rows: &Matrix| Matrix::from_element(g, rows.ncols(), Double::zero());
        let motion = Moved {
            values: join(&tied.motion.values, &zero(&tied.motion.values)),
            charges: join(&tied.motion.charges, &zero(&tied.motion.charges)),
        };
        let unknowns = Moved {
            values: values.rows(0, m).clone_owned(),
            charges: charges.rows(0, m).clone_owned(),
        };
        // a = x_l + weights x_g.
        let mut charges = Matrix::zeros(l, l + g);
        for (at, x) in self.left.iter().enumerate() {
            charges[(at, *x)] = Double::one();
            self.gone
                .iter()
                .enumerate()
                .for_each(|(b, x)| charges[(at, *x)] = self.weights[(at, b)]);
        }
        let projection = &tied.projection * charges;
        let kept = tied.kept.iter().map(|at| self.left[*at]).collect();
        Tied { states, motion, unknowns, projection, kept, ..tied }
    }
}
