//! What a form can be on an interval: bounds of its value and of its slope that hold everywhere.
//!
//! On `[a, b]` with middle `m` and half width `h`, an exponential that changes little (`|rate| h` of one or
//! two at most), or an integral of one, is a Taylor polynomial at `m` and a remainder, by Taylor's theorem
//! with the greatest derivative on the interval. The polynomials add up to one, cancelling as the
//! exponentials do, and the coefficients of a polynomial in Bernstein's basis bound it from both sides.
//! A term that changes much lies between its values at the ends if it is real, and
//! within its envelope if it turns. So nothing larger than the remainders is lost, and the work of one
//! interval is one or two exponentials a term.

use smallvec::SmallVec;

use crate::bernstein::{DEGREE, SLOPE_BASIS, VALUE_BASIS, bounds};
use crate::summand::{Driven, Pure, Response, Sum};
use crate::{Term, Waveform};

/// Rounding of a sum of a few dozen terms, relative to the sum of their magnitudes.
pub(crate) const ROUNDING: f64 = 8.0 * f64::EPSILON;

/// A form made ready for many questions.
pub(crate) struct Subject {
    offset: f64,
    slope: f64,
    pure: SmallVec<[Pure; 4]>,
    driven: SmallVec<[Driven; 1]>,
    rest: Option<Rest>,
}

/// All terms of repeated modes, and of modes under a source that is a ramp times an exponential, with
/// their first two derivatives.
struct Rest {
    form: Waveform,
    rate: Waveform,
    bend: Waveform,
}

/// A form at an instant.
pub(crate) struct Point {
    pub t: f64,
    pub value: f64,
    /// How far rounding may move the value.
    pub noise: f64,
    /// `exp(Re(rate) t)` of every plain exponential.
    growth: SmallVec<[f64; 4]>,
    responses: SmallVec<[Response; 1]>,
}

/// A form on an interval.
pub(crate) struct Enclosure {
    pub low: f64,
    pub high: f64,
    /// How far rounding may move the two bounds.
    pub wobble: f64,
    /// The sign of the slope, if it is one on the whole interval.
    pub trend: Option<Trend>,
    pub middle: Point,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trend {
    Rises,
    Falls,
}

impl Subject {
    pub fn new(form: &Waveform) -> Self {
        let (mut pure, mut driven) = (SmallVec::new(), SmallVec::new());
        let mut others = SmallVec::<[Term; 1]>::new();
        for term in &form.terms {
            if term.degree == 0 && !term.is_driven() {
                pure.push(Pure::new(term.amp, term.rate));
            } else if let Some(term) = Driven::new(term) {
                driven.push(term);
            } else {
                others.push(*term);
            }
        }
        let rest = (!others.is_empty()).then(|| {
            let form = Waveform { terms: others, ..Waveform::default() };
            let rate = form.derivative();
            Rest { bend: rate.derivative(), form, rate }
        });
        Self { offset: form.offset, slope: form.slope, pure, driven, rest }
    }

    /// The form at `t`. What has died out at the earlier point `before` is not evaluated again.
    pub fn point(&self, t: f64, before: Option<&Point>) -> Point {
        let (mut growth, mut responses) = (SmallVec::new(), SmallVec::new());
        let ramp = self.slope * t;
        let (mut value, mut scale) = (self.offset + ramp, self.offset.abs() + ramp.abs());
        for (k, pure) in self.pure.iter().enumerate() {
            let dead = pure.rate.re <= 0.0 && before.is_some_and(|before| before.growth[k] == 0.0);
            let grown = if dead { 0.0 } else { pure.growth(t) };
            if grown != 0.0 {
                value += pure.at(t, grown).re;
                scale += pure.scale(t, grown);
            }
            growth.push(grown);
        }
        for (k, driven) in self.driven.iter().enumerate() {
            let dead = before.is_some_and(|before| before.responses[k].free == 0.0);
            let (response, its_scale) = driven.respond(t, dead && driven.free.rate.re <= 0.0);
            value += response.value;
            scale += its_scale;
            responses.push(response);
        }
        if let Some(rest) = &self.rest {
            value += rest.form.eval(t);
            scale += magnitude(&rest.form, t);
        }
        Point { t, value, noise: ROUNDING * scale, growth, responses }
    }

    /// The slope at a point.
    pub fn slope(&self, at: &Point) -> f64 {
        let mut slope = self.slope;
        for (pure, growth) in self.pure.iter().zip(&at.growth) {
            if *growth != 0.0 {
                slope += (pure.rate * pure.at(at.t, *growth)).re;
            }
        }
        slope += self.driven.iter().map(|driven| driven.slope_at(at.t)).sum::<f64>();
        slope + self.rest.as_ref().map_or(0.0, |rest| rest.rate.eval(at.t))
    }

    /// Whether the form certainly stays below `-(its rounding)` on `[a, b]`, by bounds of single terms.
    pub fn is_below(&self, a: &Point, b: &Point) -> bool {
        let ramp = (self.slope * a.t).max(self.slope * b.t);
        let (mut top, mut scale) = (self.offset + ramp, self.offset.abs() + ramp.abs());
        let mut add = |(low, high): (f64, f64)| {
            top += high;
            scale += high.abs().max(low.abs());
        };
        for (k, pure) in self.pure.iter().enumerate() {
            add(pure.range(a.growth[k], b.growth[k]));
        }
        for (k, driven) in self.driven.iter().enumerate() {
            add(driven.range((a.t, b.t), [&a.responses[k], &b.responses[k]]));
        }
        for term in self.rest.iter().flat_map(|rest| &rest.form.terms) {
            add(term.range(a.t, b.t));
        }
        top < -ROUNDING * scale
    }

    /// Bounds on `[a, b]`.
    pub fn enclose(&self, a: &Point, b: &Point) -> Enclosure {
        let (t, h) = (middle(a.t, b.t), 0.5 * (b.t - a.t));
        let middle = self.point(t, Some(a));
        let interval = (a.t, b.t);
        let mut sum = Sum::default();
        sum.taylor[0] = self.offset + self.slope * t;
        sum.taylor[1] = self.slope * h;
        sum.scale = self.offset.abs() + self.slope.abs() * b.t;
        sum.slope_scale = self.slope.abs() * h;
        for (k, pure) in self.pure.iter().enumerate() {
            let ends = (a.growth[k], b.growth[k]);
            if ends != (0.0, 0.0) {
                pure.add(&mut sum, interval, ends, middle.growth[k]);
            }
        }
        for (k, driven) in self.driven.iter().enumerate() {
            let ends = [&a.responses[k], &b.responses[k]];
            driven.add(&mut sum, interval, ends, &middle.responses[k]);
        }
        if let Some(rest) = &self.rest {
            rest.add(&mut sum, interval);
        }
        enclosure(&sum, middle)
    }
}

impl Rest {
    /// Adds the terms by value, slope and a bound of the second derivative, or by ranges.
    fn add(&self, sum: &mut Sum, (a, b): (f64, f64)) {
        let (t, h) = (middle(a, b), 0.5 * (b - a));
        let most = |form: &Waveform| -> f64 {
            let terms = form.terms.iter().map(|term| term.magnitude_bound(a, b));
            form.offset.abs() + form.slope.abs() * b + terms.sum::<f64>()
        };
        let sensitivity = |form: &Waveform| -> f64 {
            let terms = form.terms.iter().map(|term| term.sensitivity_bound(a, b));
            form.offset.abs() + form.slope.abs() * b + terms.sum::<f64>()
        };
        sum.scale += sensitivity(&self.form);
        sum.slope_scale += sensitivity(&self.rate) * h;
        let bend = most(&self.bend) * h * h;
        if 0.5 * bend > most(&self.form) {
            for term in &self.form.terms {
                sum.far(term.range(a, b), (0.0, 0.0));
            }
            let ramp = |t: f64| (self.rate.offset + self.rate.slope * t) * h;
            sum.far((0.0, 0.0), (ramp(a).min(ramp(b)), ramp(a).max(ramp(b))));
            for term in &self.rate.terms {
                let (low, high) = term.range(a, b);
                sum.far((0.0, 0.0), (low * h, high * h));
            }
        } else {
            sum.taylor[0] += self.form.eval(t);
            sum.taylor[1] += self.rate.eval(t) * h;
            sum.spread += 0.5 * bend;
            sum.slope_spread += bend;
        }
    }
}

fn enclosure(sum: &Sum, middle: Point) -> Enclosure {
    let (low, high) = bounds(&sum.taylor, &VALUE_BASIS);
    let mut slope = [0.0; DEGREE + 1];
    for degree in 1..=DEGREE {
        slope[degree - 1] = sum.taylor[degree] * degree as f64;
    }
    let (slowest, fastest) = bounds(&slope, &SLOPE_BASIS);
    let slack = sum.slope_spread + ROUNDING * sum.slope_scale;
    let trend = if slowest + sum.rough_slope > slack {
        Some(Trend::Rises)
    } else if fastest + sum.rough_slope < -slack {
        Some(Trend::Falls)
    } else {
        None
    };
    Enclosure {
        low: low + sum.rough - sum.spread,
        high: high + sum.rough + sum.spread,
        wobble: ROUNDING * sum.scale,
        trend,
        middle,
    }
}

/// The scale of the rounding of `f` at `t`: the magnitude of each summand, and how much it moves
/// while `t` moves by its own magnitude (`t` is rounded too).
pub(crate) fn magnitude(f: &Waveform, t: f64) -> f64 {
    let terms = f.terms.iter().map(|term| term.sensitivity_bound(t, t));
    f.offset.abs() + (f.slope * t).abs() + terms.sum::<f64>()
}

pub(crate) fn middle(a: f64, b: f64) -> f64 {
    0.5 * (a + b)
}

#[cfg(test)]
mod tests;
