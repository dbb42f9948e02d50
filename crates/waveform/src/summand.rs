//! What one term of a form adds to the bounds on an interval.

use std::ops::{Add, Mul};

use num_complex::Complex64;

use crate::bernstein::RECIPROCALS;
use crate::gather::{Rates, Scale, Sum, Turn};
use crate::term::exponential;
use crate::{Term, driven};

/// `|rate| h` up to which a term is a polynomial: real and turning. The remainder is then below
/// 0.7 % and 3e-5 of the term, and rounding of the polynomial below `e` times that of the term.
const NEAR: [f64; 2] = [2.0, 1.0];

/// `Re(amp exp(rate t))`.
pub(crate) struct Pure {
    amp: Complex64,
    pub rate: Complex64,
    /// `|amp|`, of which a part alone is as rounded as the whole, and `|rate|`.
    pub size: f64,
    pub speed: f64,
    /// The number of its rate, if it turns.
    turns: Option<usize>,
}

impl Pure {
    pub fn new(amp: Complex64, rate: Complex64, rates: &mut Rates) -> Self {
        let turns = (rate.im != 0.0).then(|| rates.number(rate));
        let size = amp.norm();
        let amp = if turns.is_some() { amp } else { amp.re.into() };
        Self { amp, rate, size, speed: rate.norm(), turns }
    }

    /// `exp(Re(rate) t)`, at once where it is zero or one.
    pub fn growth(&self, t: f64) -> f64 {
        match self.rate.re * t {
            x if x < -746.0 => 0.0,
            0.0 => 1.0,
            x => x.exp(),
        }
    }

    /// `amp exp(rate t)`, given its growth.
    pub fn at(&self, t: f64, growth: f64) -> Complex64 {
        if self.turns.is_some() {
            let (sin, cos) = (self.rate.im * t).sin_cos();
            self.amp * Complex64::new(cos * growth, sin * growth)
        } else {
            (self.amp.re * growth).into()
        }
    }

    /// What rounding of the value follows.
    pub fn scale(&self, t: f64, growth: f64) -> Scale {
        let size = self.size * growth;
        let all = size * (1.0 + self.speed * t);
        Scale { all, height: if self.turns.is_some() { size } else { all } }
    }

    /// Least and greatest value between two instants, given the growth at each.
    pub fn range(&self, a: f64, b: f64) -> (f64, f64) {
        if self.turns.is_some() {
            let most = self.size * a.max(b);
            (-most, most)
        } else {
            ordered(self.amp.re * a, self.amp.re * b)
        }
    }

    /// Adds it on `[a, b]`, given its growth at the ends and in the middle.
    pub fn add(&self, sum: &mut Sum, (a, b): (f64, f64), ends: (f64, f64), growth: f64) {
        let h = 0.5 * (b - a);
        let x = self.speed * h;
        let most = self.size * ends.0.max(ends.1);
        let scale = most * (1.0 + self.speed * latest(self.rate.re, a, b));
        sum.scale += scale;
        sum.slope_scale += x * scale;
        if x > NEAR[usize::from(self.turns.is_some())] {
            if let Some(rate) = self.turns {
                sum.turn(Turn { rate, amp: self.amp, growth: ends.0.max(ends.1), x });
                return;
            }
            let (low, high) = self.range(ends.0, ends.1);
            // The slope of a real exponential is the rate times the value.
            let per_value = self.rate.re * h;
            sum.far((low, high), ordered(per_value * low, per_value * high), x * x * most);
            return;
        }
        let mut remainder = most * x;
        for reciprocal in &RECIPROCALS[1..] {
            remainder *= x * reciprocal;
        }
        if self.turns.is_some() {
            let start = self.at(0.5 * (a + b), growth);
            sum.near(powers(start, self.rate * h).map(|c| c.re), remainder);
        } else {
            sum.near(powers(self.amp.re * growth, self.rate.re * h), remainder);
        }
    }
}

/// `start x^n / n!`.
fn powers<T: Copy + Mul<Output = T> + Mul<f64, Output = T>>(
    start: T,
    x: T,
) -> impl Iterator<Item = T> {
    let mut c = start;
    std::iter::once(start).chain(RECIPROCALS[1..].iter().map(move |reciprocal| {
        c = c * (x * *reciprocal);
        c
    }))
}

/// A driven term of degree zero, under an exponential, or under a ramp.
///
/// Early, its derivatives follow from it and from its inner integrals. Late, its partial fractions no
/// longer cancel, and each is an exponential with a time of its own in which it changes.
pub(crate) struct Driven {
    term: Term,
    turns: bool,
    late_s: f64,
    /// The partial fractions.
    pub free: Pure,
    pub drive: Pure,
    pub slope: f64,
    /// What its rounding follows: it is the real part of a number of this size.
    slope_size: f64,
}

/// A driven term at an instant: growth of its partial fractions, and value.
pub(crate) struct Response {
    pub free: f64,
    pub drive: f64,
    pub value: f64,
}

impl Driven {
    /// None if the term is another.
    pub fn new(term: &Term, rates: &mut Rates) -> Option<Self> {
        let known = term.integrals == 1 || term.integrals == 2 && term.drive == Complex64::ZERO;
        if term.degree > 0 || !known {
            return None;
        }
        let apart = term.rate - term.drive;
        let once = term.amp / apart;
        let (part, slope) =
            if term.integrals == 1 { (once, Complex64::ZERO) } else { (once / apart, -once) };
        Some(Self {
            term: *term,
            turns: !term.is_real(),
            late_s: 1.0 / apart.norm(),
            free: Pure::new(part, term.rate, rates),
            drive: Pure::new(-part, term.drive, rates),
            slope: slope.re,
            slope_size: slope.norm(),
        })
    }

    /// The term at `t`, and what its rounding follows.
    pub fn respond(&self, t: f64, dead: bool) -> (Response, Scale) {
        let free = if dead { 0.0 } else { self.free.growth(t) };
        let drive = self.drive.growth(t);
        let (value, scale) = if t >= self.late_s {
            let fractions = self.free.at(t, free).re + self.drive.at(t, drive).re;
            let ramp = self.slope * t;
            let mut scale = Scale::of(self.slope_size * t);
            scale.add(self.free.scale(t, free));
            scale.add(self.drive.scale(t, drive));
            (fractions + ramp, scale)
        } else {
            (self.term.eval(t), Scale::of(self.term.sensitivity_bound(t, t)))
        };
        (Response { free, drive, value }, scale)
    }

    /// The slope at `t`.
    pub fn slope_at(&self, t: f64) -> f64 {
        let inner = self.term.inner();
        (inner.amp * inner.unit(t)).re + (self.term.amp * self.term.drive * self.term.unit(t)).re
    }

    /// Whether it goes one way, and so does its slope.
    fn is_monotone(&self) -> bool {
        !self.turns && self.term.drive == Complex64::ZERO
    }

    /// Bounds of the value on `[a, b]`.
    pub fn range(&self, (a, b): (f64, f64), ends: [&Response; 2]) -> (f64, f64) {
        if self.is_monotone() {
            return ordered(ends[0].value, ends[1].value);
        }
        let most = self.term.magnitude_bound(a, b);
        (-most, most)
    }

    /// Adds it on `[a, b]`.
    pub fn add(&self, sum: &mut Sum, (a, b): (f64, f64), ends: [&Response; 2], middle: &Response) {
        if a < self.late_s {
            self.add_early(sum, (a, b), ends, middle);
            return;
        }
        self.free.add(sum, (a, b), (ends[0].free, ends[1].free), middle.free);
        self.drive.add(sum, (a, b), (ends[0].drive, ends[1].drive), middle.drive);
        sum.taylor[0] += self.slope * 0.5 * (a + b);
        sum.taylor[1] += self.slope * 0.5 * (b - a);
        sum.scale += self.slope_size * b;
        sum.slope_scale += self.slope_size * 0.5 * (b - a);
    }

    fn add_early(
        &self,
        sum: &mut Sum,
        (a, b): (f64, f64),
        ends: [&Response; 2],
        middle: &Response,
    ) {
        let Term { integrals, amp, rate, drive, .. } = self.term;
        let h = 0.5 * (b - a);
        let (low, high) = self.range((a, b), ends);
        let most = low.abs().max(high.abs());
        let innermost = amp.norm() * ends[0].free.max(ends[1].free);
        // Under a ramp only; the integral of the magnitude grows.
        let once = amp.norm() * driven::real(1, rate.re, b);
        let inner = if integrals == 1 { innermost } else { once };
        let steepest = inner + drive.norm() * most;
        let late = latest(rate.re, a, b);
        sum.scale += most * (1.0 + drive.norm() * b) + inner * late;
        let bend = if integrals == 1 { rate.norm() * innermost } else { innermost };
        sum.slope_scale += h * (steepest * (1.0 + drive.norm() * b) + bend * late);
        if self.term.fastest() * h > NEAR[usize::from(self.turns)] {
            let slope = if self.is_monotone() {
                let [a, b] = [a, b].map(|t| h * amp.re * self.inner_unit(t));
                ordered(a, b)
            } else {
                (-h * steepest, h * steepest)
            };
            sum.far((low, high), slope, f64::INFINITY);
            return;
        }
        let bounds = if integrals == 1 { [most, innermost, 0.0] } else { [most, once, innermost] };
        let mut bounds = Chain { integrals, parts: bounds, drive: drive.norm(), rate: rate.norm() };
        bounds.derive(h);
        let remainder = bounds.powers(h).last().unwrap_or_default();
        let (t, grown) = (0.5 * (a + b), middle.free);
        if self.is_monotone() {
            let inner = amp.re * self.inner_unit(t);
            let parts = [middle.value, inner, amp.re * grown];
            let chain = Chain { integrals, parts, drive: 0.0, rate: rate.re };
            sum.near(chain.powers(h), remainder);
        } else {
            let inner = self.term.inner();
            let innermost = amp * exponential(rate, t);
            let parts = [amp * self.term.unit(t), amp * inner.unit(t), innermost];
            let chain = Chain { integrals, parts, drive, rate };
            sum.near(chain.powers(h).map(|c| c.re), remainder);
        }
    }

    /// The inner integral (or, of a single one, the integrand) of a monotone term, for an amplitude of one.
    fn inner_unit(&self, t: f64) -> f64 {
        if self.term.integrals == 1 {
            exponential(self.term.rate, t).re
        } else {
            driven::real(1, self.term.rate.re, t)
        }
    }
}

/// A driven term and what it integrates, outermost first: the derivative of each is `drive` times
/// itself and the next, that of the innermost `rate` times itself.
struct Chain<T> {
    integrals: u8,
    parts: [T; 3],
    drive: T,
    rate: T,
}

impl<T: Copy + Add<Output = T> + Mul<Output = T> + Mul<f64, Output = T>> Chain<T> {
    /// Puts `h` times the derivative in the place of each.
    fn derive(&mut self, h: f64) {
        let innermost = usize::from(self.integrals);
        for k in 0..innermost {
            self.parts[k] = (self.parts[k] * self.drive + self.parts[k + 1]) * h;
        }
        self.parts[innermost] = self.parts[innermost] * self.rate * h;
    }

    /// The derivatives of the outermost times `h^n / n!`.
    fn powers(mut self, h: f64) -> impl Iterator<Item = T> {
        std::iter::once(self.parts[0]).chain(RECIPROCALS[1..].iter().map(move |reciprocal| {
            self.derive(h * reciprocal);
            self.parts[0]
        }))
    }
}

/// The instant of `[a, b]` up to which rounding of time can matter to an exponential: `t exp(s t)`,
/// `s < 0`, is greatest at `-1 / s`.
fn latest(rate: f64, a: f64, b: f64) -> f64 {
    if rate < 0.0 { b.min(a - 0.37 / rate) } else { b }
}

pub(crate) fn ordered(a: f64, b: f64) -> (f64, f64) {
    (a.min(b), a.max(b))
}
