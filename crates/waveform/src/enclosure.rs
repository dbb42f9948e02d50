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

use crate::bernstein::{BEND_BASIS, DEGREE, RECIPROCALS, SLOPE_BASIS, VALUE_BASIS, bounds};
use crate::gather::{Rates, Scale, Sum};
use crate::summand::{Driven, Pure, Response, ordered};
use crate::{Term, Waveform};

/// Rounding of a sum of a few dozen terms, relative to the sum of their magnitudes.
pub(crate) const ROUNDING: f64 = 8.0 * f64::EPSILON;

/// Newton steps for the turning point of a polynomial: what they leave is searched on.
const NEWTON_STEPS: usize = 6;

/// A form made ready for many questions.
pub(crate) struct Subject {
    offset: f64,
    slope: f64,
    pure: SmallVec<[Pure; 4]>,
    driven: SmallVec<[Driven; 1]>,
    /// Large, and seldom there.
    rest: Option<Box<Rest>>,
}

/// All terms of repeated modes, and of modes under a source that is a ramp times an exponential, with
/// their derivatives up to the one that bounds what a polynomial leaves out.
struct Rest {
    derivatives: [Waveform; DEGREE + 2],
}

/// A form at an instant.
pub(crate) struct Point {
    pub t: f64,
    pub value: f64,
    /// How far rounding may move the value.
    pub noise: f64,
    /// The same without the rounding of phases: that moves a wave, but not its height.
    pub grain: f64,
    /// `exp(Re(rate) t)` of every plain exponential.
    growth: SmallVec<[f64; 4]>,
    responses: SmallVec<[Response; 1]>,
}

/// A form on an interval. Slope and bend are its derivatives by the time in half widths of the interval.
pub(crate) struct Enclosure {
    pub low: f64,
    pub high: f64,
    /// How far rounding may move the two bounds.
    pub wobble: f64,
    /// The sign of the slope, if it is one on the whole interval.
    pub trend: Option<Trend>,
    pub middle: Point,
    /// Powers of the time from the middle on.
    taylor: [f64; DEGREE + 1],
    bend_spread: f64,
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
        let mut rates = Rates::default();
        for term in &form.terms {
            if term.degree == 0 && !term.is_driven() {
                pure.push(Pure::new(term.amp, term.rate, &mut rates));
            } else if let Some(term) = Driven::new(term, &mut rates) {
                driven.push(term);
            } else {
                others.push(*term);
            }
        }
        let rest = (!others.is_empty()).then(|| {
            let mut next = Waveform { terms: others, ..Waveform::default() };
            let derivatives = std::array::from_fn(|_| {
                let rate = next.derivative();
                std::mem::replace(&mut next, rate)
            });
            Box::new(Rest { derivatives })
        });
        Self { offset: form.offset, slope: form.slope, pure, driven, rest }
    }

    /// The form at `t`. What has died out at the earlier point `before` is not evaluated again.
    pub fn point(&self, t: f64, before: Option<&Point>) -> Point {
        let (mut growth, mut responses) = (SmallVec::new(), SmallVec::new());
        let ramp = self.slope * t;
        let mut value = self.offset + ramp;
        let mut scale = Scale::of(self.offset.abs() + ramp.abs());
        for (k, pure) in self.pure.iter().enumerate() {
            let dead = pure.rate.re <= 0.0 && before.is_some_and(|before| before.growth[k] == 0.0);
            let grown = if dead { 0.0 } else { pure.growth(t) };
            if grown != 0.0 {
                value += pure.at(t, grown).re;
                scale.add(pure.scale(t, grown));
            }
            growth.push(grown);
        }
        for (k, driven) in self.driven.iter().enumerate() {
            let dead = before.is_some_and(|before| before.responses[k].free == 0.0);
            let (response, its_scale) = driven.respond(t, dead && driven.free.rate.re <= 0.0);
            value += response.value;
            scale.add(its_scale);
            responses.push(response);
        }
        if let Some(rest) = &self.rest {
            value += rest.form().eval(t);
            scale.add(Scale::of(magnitude(rest.form(), t)));
        }
        let (noise, grain) = (ROUNDING * scale.all, ROUNDING * scale.height);
        Point { t, value, noise, grain, growth, responses }
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
        slope + self.rest.as_ref().map_or(0.0, |rest| rest.derivatives[1].eval(at.t))
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
        for term in self.rest.iter().flat_map(|rest| &rest.form().terms) {
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
        sum.close_turns();
        enclosure(&sum, middle)
    }
}

impl Rest {
    fn form(&self) -> &Waveform {
        &self.derivatives[0]
    }

    /// Adds the terms by their derivatives in the middle, or by ranges.
    fn add(&self, sum: &mut Sum, (a, b): (f64, f64)) {
        let (t, h) = (middle(a, b), 0.5 * (b - a));
        let [form, rate, bend, ..] = &self.derivatives;
        sum.scale += of_all(form, b, |term| term.sensitivity_bound(a, b));
        sum.slope_scale += h * of_all(rate, b, |term| term.sensitivity_bound(a, b));
        let most = |form: &Waveform| of_all(form, b, |term| term.magnitude_bound(a, b));
        let powers = || {
            RECIPROCALS[1..].iter().scan(1.0, |power, reciprocal| {
                *power *= h * reciprocal;
                Some(*power)
            })
        };
        let remainder = h * most(&self.derivatives[DEGREE + 1]) * powers().last().unwrap_or(1.0);
        if remainder <= most(form) {
            let factors = std::iter::once(1.0).chain(powers());
            let derivatives = self.derivatives.iter().zip(factors);
            sum.near(derivatives.map(|(form, factor)| form.eval(t) * factor), remainder);
            return;
        }
        for term in &form.terms {
            sum.far(term.range(a, b), (0.0, 0.0), 0.0);
        }
        let ramp = |t: f64| (rate.offset + rate.slope * t) * h;
        sum.far((0.0, 0.0), ordered(ramp(a), ramp(b)), h * h * most(bend));
        for term in &rate.terms {
            let (low, high) = term.range(a, b);
            sum.far((0.0, 0.0), (low * h, high * h), 0.0);
        }
    }
}

/// A bound of a form up to `b`, given that of each term.
fn of_all(form: &Waveform, b: f64, bound: impl Fn(&Term) -> f64) -> f64 {
    form.offset.abs() + form.slope.abs() * b + form.terms.iter().map(bound).sum::<f64>()
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
        taylor: sum.taylor,
        bend_spread: sum.bend_spread,
    }
}

impl Enclosure {
    /// Bounds of the bend, to rounding: what that bends a form moves it by no more than its own rounding.
    pub fn bend(&self) -> (f64, f64) {
        if !self.bend_spread.is_finite() {
            return (f64::NEG_INFINITY, f64::INFINITY);
        }
        let mut bend = [0.0; DEGREE + 1];
        for degree in 2..=DEGREE {
            bend[degree - 2] = self.taylor[degree] * (degree * (degree - 1)) as f64;
        }
        let (least, greatest) = bounds(&bend, &BEND_BASIS);
        (least - self.bend_spread, greatest + self.bend_spread)
    }

    /// Where on `[-1, 1]` the slope of the polynomial vanishes, or comes nearest to that, if its bend has one
    /// sign: Newton steps.
    pub fn turning(&self) -> f64 {
        let mut u = 0.0;
        for _ in 0..NEWTON_STEPS {
            let (mut slope, mut bend) = (0.0, 0.0);
            for degree in (1..=DEGREE).rev() {
                bend = bend * u + slope;
                slope = slope * u + self.taylor[degree] * degree as f64;
            }
            u = f64::clamp(u - slope / bend, -1.0, 1.0);
        }
        u
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
