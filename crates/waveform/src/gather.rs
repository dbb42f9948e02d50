//! Bounds of a sum, gathered term by term.

use num_complex::Complex64;
use smallvec::SmallVec;

use crate::bernstein::DEGREE;

/// Bounds of a sum on `[a, b]`, term by term; slopes times the half width `h`.
#[derive(Default)]
pub(crate) struct Sum {
    /// Powers of `(t - m) / h`, `m` the middle.
    pub taylor: [f64; DEGREE + 1],
    /// What the polynomial leaves out: its middle and half its range.
    pub rough: f64,
    pub spread: f64,
    pub rough_slope: f64,
    pub slope_spread: f64,
    pub bend_spread: f64,
    /// What turns so fast that only its size is known: one amplitude for each rate, so that what cancels cancels.
    turns: SmallVec<[Turn; 1]>,
    /// Magnitudes that rounding follows.
    pub scale: f64,
    pub slope_scale: f64,
}

impl Sum {
    /// A polynomial whose eighth derivative is `remainder` times `7! / h^8` at most.
    pub fn near(&mut self, powers: impl Iterator<Item = f64>, remainder: f64) {
        self.taylor.iter_mut().zip(powers).for_each(|(sum, power)| *sum += power);
        self.slope_spread += remainder;
        self.spread += remainder / (DEGREE + 1) as f64;
        self.bend_spread += remainder * DEGREE as f64;
    }

    /// A term of which only ranges are known, and how far it bends at most.
    pub fn far(&mut self, value: (f64, f64), slope: (f64, f64), bend: f64) {
        self.bend_spread += bend;
        if ![value.0, value.1, slope.0, slope.1].iter().all(|bound| bound.is_finite()) {
            (self.spread, self.slope_spread) = (f64::INFINITY, f64::INFINITY);
            return;
        }
        self.rough += 0.5 * (value.0 + value.1);
        self.spread += 0.5 * (value.1 - value.0);
        self.rough_slope += 0.5 * (slope.0 + slope.1);
        self.slope_spread += 0.5 * (slope.1 - slope.0);
    }

    /// A fast term that turns.
    pub fn turn(&mut self, turn: Turn) {
        match self.turns.iter_mut().find(|other| other.rate == turn.rate) {
            Some(other) => other.amp += turn.amp,
            None => self.turns.push(turn),
        }
    }

    /// Adds what turns, when all of it is known.
    pub fn close_turns(&mut self) {
        if self.turns.is_empty() {
            return;
        }
        for Turn { amp, growth, x, .. } in std::mem::take(&mut self.turns) {
            let most = amp.norm() * growth;
            self.far((-most, most), (-x * most, x * most), x * x * most);
        }
    }
}

/// All turning terms of one rate on an interval: their amplitude, how far they grow at most, and `|rate| h`.
pub(crate) struct Turn {
    /// The rate's number.
    pub rate: usize,
    pub amp: Complex64,
    pub growth: f64,
    pub x: f64,
}

/// The rates that turn in a form, by number.
#[derive(Default)]
pub(crate) struct Rates(SmallVec<[Complex64; 2]>);

impl Rates {
    pub fn number(&mut self, rate: Complex64) -> usize {
        self.0.iter().position(|other| *other == rate).unwrap_or_else(|| {
            self.0.push(rate);
            self.0.len() - 1
        })
    }
}

/// What rounding of a value follows.
pub(crate) struct Scale {
    /// The magnitude, and how far it moves while `t` moves by itself.
    pub all: f64,
    /// The same of what does not turn, and the magnitude of what does.
    pub height: f64,
}

impl Scale {
    pub fn of(all: f64) -> Self {
        Self { all, height: all }
    }

    pub fn add(&mut self, other: Self) {
        self.all += other.all;
        self.height += other.height;
    }
}
