//! First crossings, certified: nothing between two samples is missed.
//!
//! A form is examined interval by interval, from the left, with the bounds of `enclosure.rs`.
//! - If its upper bound is below the level, the level is not met on the interval.
//! - If its slope has one sign, its values at the ends decide.
//! - If it varies by less than its own rounding, there is nothing more to see.
//! - Otherwise the interval is halved.
//!
//! The halving ends. Where `|rate| h` of every term is below `2^-27`, what is not linear in the form is
//! below the rounding of a sum of these terms, so that either the slope decides or the form varies by less
//! than its rounding: from an interval `T` to there are `log2(|rate| T) + 27` halvings. Intervals
//! that small are met only at an extreme that lies on the level. Elsewhere the work is a few intervals for
//! every octave between `T` and the fastest term that has not died out, and one or two for every
//! turn; each costs one exponential a term. So a ladder of `n` sections, whose rates span `n^2`,
//! takes `n log n`.

use crate::enclosure::{Point, ROUNDING, Subject, Trend, magnitude, middle};
use crate::{Relaxation, Waveform};

/// From which side a level is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From below.
    Rise,
    /// From above.
    Fall,
}

impl Direction {
    fn sign(self) -> f64 {
        match self {
            Self::Rise => 1.0,
            Self::Fall => -1.0,
        }
    }
}

/// What counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    /// Meeting the level, be it at a tangent or at the end of the interval.
    Touch,
    /// Going beyond it.
    Pass,
}

/// A form this little beyond its level, relative to what it is made of, that turns back to the allowed
/// side is on its level: evaluated from another anchor, a crossing lies that far off.
const SLACK: f64 = 4096.0 * f64::EPSILON;

/// Later than any run (s).
const FOR_EVER_S: f64 = 1e18;

/// The first instant in `[from_s, until_s]` at which `f` reaches `level` from the given side.
///
/// A form that starts beyond the level reaches it at once. One that starts on the level (to
/// rounding) reaches it at once if it moves on through it, or later if it first turns back: so a
/// crossing just found is not found again in the other direction. A form that only
/// approaches its level for `t` to infinity never reaches it.
#[must_use]
pub fn first_reach(
    f: &Waveform,
    level: f64,
    direction: Direction,
    from_s: f64,
    until_s: f64,
) -> Option<f64> {
    first(f, level, direction, Event::Touch, from_s, until_s).0
}

/// The first instant in `[from_s, until_s]` at which `f` goes beyond `level` from the given side.
///
/// As [`first_reach`], but the form must be beyond the level, by more than rounding, before `until_s`: a touch does not
/// count, nor does an arrival at the level at `until_s`, after which the form's successor decides.
#[must_use]
pub fn first_crossing(
    f: &Waveform,
    level: f64,
    direction: Direction,
    from_s: f64,
    until_s: f64,
) -> Option<f64> {
    first(f, level, direction, Event::Pass, from_s, until_s).0
}

/// How many intervals [`first_reach`] examines.
#[doc(hidden)]
#[must_use]
pub fn intervals_examined(
    f: &Waveform,
    level: f64,
    direction: Direction,
    from_s: f64,
    until_s: f64,
) -> usize {
    first(f, level, direction, Event::Touch, from_s, until_s).1
}

/// Whether a form is beyond `level` at an instant, seen in this direction, by more than its rounding.
#[must_use]
pub fn is_beyond(f: &Waveform, level: f64, direction: Direction, at_s: f64) -> bool {
    let height = direction.sign() * (f.eval(at_s) - level);
    // What it is made of is asked only where that can matter.
    height > 0.0 && height > ROUNDING * (magnitude(f, at_s) + level.abs())
}

/// Whether `next`, at its anchor, goes on where `f` is at `at_s`, to the rounding of a solution from a
/// new anchor (1e-12 of what the forms are made of).
#[must_use]
pub fn continues(f: &Waveform, at_s: f64, next: &Waveform) -> bool {
    let (last, first) = (f.eval(at_s), next.eval(0.0));
    let jump = (first - last).abs();
    // A form is no less than its value.
    jump <= SLACK * (first.abs() + last.abs())
        || jump <= SLACK * (magnitude(f, at_s) + magnitude(next, 0.0))
}

/// What was found, and how many intervals were examined.
fn first(
    f: &Waveform,
    level: f64,
    direction: Direction,
    event: Event,
    from_s: f64,
    until_s: f64,
) -> (Option<f64>, usize) {
    if until_s < from_s {
        return (None, 0);
    }
    let sign = direction.sign();
    // The level goes into the offset first: near an asymptote the difference of the two
    // is exact and does not drown in the level's rounding.
    let offset = sign * gap(f.offset, level);
    if let Some(relaxation) = f.as_relaxation() {
        if relaxation.from_start {
            return (departure_first(&relaxation, level, sign, event, from_s, until_s), 0);
        }
        let Relaxation { amplitude, rate, .. } = relaxation;
        let slack = SLACK * (level.abs() + amplitude.abs());
        let found = relaxation_first(offset, sign * amplitude, rate, event, from_s, until_s, slack);
        return (found, 0);
    }
    if f.terms.is_empty() {
        let slack = SLACK * (level.abs() + (f.slope * from_s).abs());
        return (line_first(offset, sign * f.slope, event, from_s, until_s, slack), 0);
    }
    let mut height = f.scaled(sign);
    height.offset = offset;
    Search { height: Subject::new(&height), level: level.abs(), event }.first(from_s, until_s)
}

/// `value - level`, zero where the two agree to rounding: an asymptote that lies on the level is
/// never crossed.
fn gap(value: f64, level: f64) -> f64 {
    let gap = value - level;
    if gap.abs() <= 4.0 * f64::EPSILON * level.abs() { 0.0 } else { gap }
}

/// Where `gap + slope t` becomes positive, which a division says; a line on its level does not.
fn line_first(
    gap: f64,
    slope: f64,
    event: Event,
    from_s: f64,
    until_s: f64,
    slack: f64,
) -> Option<f64> {
    let start = gap + slope * from_s;
    let noise = ROUNDING * (gap.abs() + (slope * from_s).abs());
    if start > if slope < 0.0 { slack } else { noise } {
        return Some(from_s);
    }
    if slope <= 0.0 {
        return None;
    }
    let at_s = (-gap / slope).max(from_s);
    let passes = || gap + slope * until_s > ROUNDING * (gap.abs() + (slope * at_s).abs());
    (at_s <= until_s && (event == Event::Touch || passes())).then_some(at_s)
}

/// Where `gap + amplitude * exp(rate t)`, which is monotone, becomes positive: one logarithm.
fn relaxation_first(
    gap: f64,
    amplitude: f64,
    rate: f64,
    event: Event,
    from_s: f64,
    until_s: f64,
    slack: f64,
) -> Option<f64> {
    let moving = if from_s == 0.0 { amplitude } else { amplitude * (rate * from_s).exp() };
    let start = gap + moving;
    let slope = moving * rate;
    let noise = ROUNDING * (gap.abs() + moving.abs() * (1.0 + (rate * from_s).abs()));
    if start > if slope < 0.0 { slack } else { noise } {
        return Some(from_s);
    }
    if slope <= 0.0 {
        return None;
    }
    let at_s = if start >= 0.0 {
        from_s
    } else {
        // gap + moving e^(rate dt) = 0; an asymptote on or below the level is never a crossing.
        let ratio = -gap / moving;
        if ratio <= 0.0 {
            return None;
        }
        from_s + (ratio.ln() / rate).max(0.0)
    };
    let passes = || {
        // It approaches its end.
        let left = if until_s == f64::INFINITY { 0.0 } else { (rate * (until_s - from_s)).exp() };
        let end = gap + moving * left;
        end > ROUNDING * (gap.abs() * (2.0 + (rate * at_s).abs())).max(moving.abs().min(gap.abs()))
    };
    (at_s.is_finite() && at_s <= until_s && (event == Event::Touch || passes())).then_some(at_s)
}

/// Where `start + slope (exp(rate t) - 1) / rate` goes from one side of the level to the other: one
/// logarithm of one plus what little is needed, however far its end lies.
fn departure_first(
    r: &Relaxation,
    level: f64,
    sign: f64,
    event: Event,
    from_s: f64,
    until_s: f64,
) -> Option<f64> {
    let height = |moved: f64| sign * (r.start + moved - level);
    let scale = |moved: f64| level.abs() + r.start.abs() + moved.abs();
    let moved = r.moved(from_s);
    let start = height(moved);
    let slope = sign * r.slope * if from_s == 0.0 { 1.0 } else { (r.rate * from_s).exp() };
    let beyond = if slope < 0.0 { SLACK } else { ROUNDING };
    if start > beyond * scale(moved) {
        return Some(from_s);
    }
    if slope <= 0.0 {
        return None;
    }
    let at_s = if start >= 0.0 {
        from_s
    } else {
        // What is to go, as a part of all that can be gone from here; all of it takes for ever.
        let part = r.rate * -start / slope;
        if part <= -1.0 + ROUNDING {
            return None;
        }
        from_s + (part.ln_1p() / r.rate).max(0.0)
    };
    let passes = || {
        let moved = r.moved(until_s);
        height(moved) > ROUNDING * scale(moved)
    };
    (at_s.is_finite() && at_s <= until_s && (event == Event::Touch || passes())).then_some(at_s)
}

/// Search for the first instant at which a height above the level becomes positive.
struct Search {
    height: Subject,
    /// Magnitude of the level.
    level: f64,
    event: Event,
}

/// What one interval showed.
enum Verdict {
    Reached(f64),
    Clear,
    Split(Point),
}

impl Search {
    fn first(&self, from_s: f64, until_s: f64) -> (Option<f64>, usize) {
        let mut left = self.height.point(from_s, None);
        if left.value > SLACK * (self.level + left.noise / ROUNDING) {
            return (Some(from_s), 0);
        }
        // The height at which a form starts that starts on its level; none once it has left it to the
        // allowed side.
        let mut start = (left.value >= -left.noise).then_some(left.value.max(0.0));
        // Right ends of intervals that are still to be examined, the next one last.
        let mut ahead = vec![self.height.point(until_s.min(FOR_EVER_S), Some(&left))];
        let mut examined = 0;
        while let Some(right) = ahead.pop() {
            examined += 1;
            match self.examine(&left, &right, start) {
                Verdict::Reached(at_s) => return (Some(at_s), examined),
                Verdict::Clear => {
                    if right.value < -right.noise {
                        start = None;
                    }
                    left = right;
                }
                Verdict::Split(middle) => ahead.extend([right, middle]),
            }
        }
        (None, examined)
    }

    fn examine(&self, a: &Point, b: &Point, start: Option<f64>) -> Verdict {
        if start.is_none() && self.height.is_below(a, b) {
            return Verdict::Clear;
        }
        let bounds = self.height.enclose(a, b);
        match bounds.trend {
            Some(Trend::Rises) => return self.rising(a, b, start),
            Some(Trend::Falls) => return self.at_once(a, a, start),
            None => {}
        }
        let noise = a.noise.min(b.noise);
        let flat = bounds.high - bounds.low <= noise || !a.value.is_finite();
        if flat || b.t - a.t <= 2.0 * f64::EPSILON * b.t {
            return self.at_once(a, &bounds.middle, start);
        }
        let clear = match (self.event, start) {
            // Bounds are as exact as the values, or worse: then they must be lower.
            (Event::Pass, _) => {
                let excess = (bounds.wobble - noise).max(0.0);
                bounds.high <= start.unwrap_or(0.0) + noise - excess
            }
            (Event::Touch, None) => bounds.high < -bounds.wobble,
            // It may leave its level and come back to it.
            (Event::Touch, Some(_)) => false,
        };
        if clear { Verdict::Clear } else { Verdict::Split(bounds.middle) }
    }

    /// Whether a height is where the event has happened.
    fn happened(&self, at: &Point) -> bool {
        match self.event {
            Event::Pass => at.value > at.noise,
            // What has died out on its level has not reached it.
            Event::Touch => at.value >= -at.noise && (at.value > 0.0 || at.noise > 0.0),
        }
    }

    /// A form that does not rise on the interval from `a` on: what it is at `judged` it is from the start.
    fn at_once(&self, a: &Point, judged: &Point, start: Option<f64>) -> Verdict {
        if start.is_none() && self.happened(judged) {
            Verdict::Reached(a.t)
        } else {
            Verdict::Clear
        }
    }

    fn rising(&self, a: &Point, b: &Point, start: Option<f64>) -> Verdict {
        let happened = match start {
            Some(start) => b.value > start + b.noise,
            None => self.happened(b),
        };
        if !happened {
            Verdict::Clear
        } else if a.value >= 0.0 {
            Verdict::Reached(a.t)
        } else if b.value <= 0.0 {
            Verdict::Reached(b.t)
        } else {
            Verdict::Reached(self.root(a, b))
        }
    }

    /// The root in a bracket on which the form rises from below zero: Newton steps, halving
    /// where they would leave the bracket, until rounding decides where they go.
    fn root(&self, left: &Point, right: &Point) -> f64 {
        let (mut a, mut b) = (left.t, right.t);
        let mut t = middle(a, b);
        let mut last_step = f64::INFINITY;
        loop {
            let point = self.height.point(t, Some(left));
            if point.value < 0.0 {
                a = t;
            } else {
                b = t;
            }
            let step = point.value / self.height.slope(&point);
            // Within rounding, steps no longer shrink.
            let settled = point.value.abs() <= point.noise && step.abs() >= 0.5 * last_step;
            if settled || step.abs() <= f64::EPSILON * t {
                return t;
            }
            let newton = t - step;
            let quick = step.abs() <= 0.5 * last_step;
            let next = if quick && newton > a && newton < b { newton } else { middle(a, b) };
            if next == a || next == b {
                return next;
            }
            last_step = (next - t).abs();
            t = next;
        }
    }
}
