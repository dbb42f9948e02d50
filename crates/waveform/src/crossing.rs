//! First crossings and extremes, certified: nothing between two samples is missed.
//!
//! A form is examined interval by interval. On `[a, b]` with middle `m`, half width `h` and
//! `|f''| <= K`, Taylor's theorem gives `|f(t) - f(m) - f'(m)(t - m)| <= K (t - m)^2 / 2`.
//! - If `|f(m) - level| > |f'(m)| h + K h^2 / 2`, the level is not met on the interval.
//! - If `|f'(m)| > K h`, the form is monotone there and its ends decide.
//! - Otherwise the interval is halved, the earlier half first, until what remains of the form's
//!   variation is rounding: then the form touches its level, and a touch counts as reached.

use crate::{Term, Waveform};

/// From which side a level is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From below.
    Rise,
    /// From above.
    Fall,
}

/// Rounding of a sum of a few dozen terms, relative to the sum of their magnitudes.
const ROUNDING: f64 = 8.0 * f64::EPSILON;

/// A form this little beyond its level, relative to what it is made of, that turns back to the allowed
/// side is on its level: evaluated from another anchor, a crossing lies that far off.
const SLACK: f64 = 4096.0 * f64::EPSILON;

/// Bound on the work of one search; a form with a few hundred turns needs some thousands.
const MAX_SPLITS: u32 = 4_000_000;

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
    if until_s < from_s {
        return None;
    }
    if let Some((end, amplitude, rate)) = f.as_relaxation() {
        let slack = SLACK * (level.abs() + amplitude.abs());
        let gap = gap(end, level);
        return relaxation_reach(gap, amplitude, rate, direction, from_s, until_s, slack);
    }
    if f.terms.is_empty() {
        return line_reach(f, level, direction, from_s, until_s);
    }
    Search::new(f, level, direction).first(from_s, until_s)
}

/// A straight line crosses where a division says; one that lies on its level does not.
fn line_reach(
    f: &Waveform,
    level: f64,
    direction: Direction,
    from_s: f64,
    until_s: f64,
) -> Option<f64> {
    let sign = match direction {
        Direction::Rise => 1.0,
        Direction::Fall => -1.0,
    };
    let (gap, slope) = (sign * gap(f.offset, level), sign * f.slope);
    let start = gap + slope * from_s;
    let noise = ROUNDING * (gap.abs() + (slope * from_s).abs());
    let slack = SLACK * (level.abs() + (slope * from_s).abs());
    if is_reached(start, slope, noise, slack) {
        return Some(from_s);
    }
    if slope <= 0.0 {
        return None;
    }
    let at = (-gap / slope).max(from_s);
    (at <= until_s).then_some(at)
}

/// `value - level`, zero where the two agree to rounding: an asymptote that lies on the level is
/// never crossed.
fn gap(value: f64, level: f64) -> f64 {
    let gap = value - level;
    if gap.abs() <= 4.0 * f64::EPSILON * level.abs() { 0.0 } else { gap }
}

/// Whether a form that starts at `start` against its level with this slope has reached it.
fn is_reached(start: f64, slope: f64, noise: f64, slack: f64) -> bool {
    let beyond = if slope < 0.0 { slack } else { noise };
    start > beyond || (start >= -noise && slope > 0.0)
}

/// `gap + amplitude * exp(rate t)` is monotone: its crossing of zero is one logarithm.
fn relaxation_reach(
    gap: f64,
    amplitude: f64,
    rate: f64,
    direction: Direction,
    from_s: f64,
    until_s: f64,
    slack: f64,
) -> Option<f64> {
    let (gap, amplitude) = match direction {
        Direction::Rise => (gap, amplitude),
        Direction::Fall => (-gap, -amplitude),
    };
    let moving = if from_s == 0.0 { amplitude } else { amplitude * (rate * from_s).exp() };
    let start = gap + moving;
    let slope = moving * rate;
    let noise = ROUNDING * (gap.abs() + moving.abs() * (1.0 + (rate * from_s).abs()));
    if is_reached(start, slope, noise, slack) {
        return Some(from_s);
    }
    if slope <= 0.0 {
        return None;
    }
    // gap + moving e^(rate dt) = 0; an asymptote on or below the level is never a crossing.
    let ratio = -gap / moving;
    if ratio <= 0.0 {
        return None;
    }
    let dt = ratio.ln() / rate;
    let at = from_s + dt.max(0.0);
    (dt.is_finite() && at <= until_s).then_some(at)
}

/// Least and greatest value of `f` on `[from_s, until_s]`, to rounding.
#[must_use]
pub fn minimum_maximum(f: &Waveform, from_s: f64, until_s: f64) -> (f64, f64) {
    let (a, b) = (f.eval(from_s), f.eval(until_s));
    let ends = (a.min(b), a.max(b));
    if f.as_relaxation().is_some() || f.terms.is_empty() || until_s <= from_s {
        return ends;
    }
    let rate = f.derivative();
    let mut extremes = ends;
    let mut stack = vec![(from_s, until_s)];
    while let Some((a, b)) = stack.pop() {
        let (m, h) = (0.5 * (a + b), 0.5 * (b - a));
        let value = f.eval(m);
        extremes = (extremes.0.min(value), extremes.1.max(value));
        let bend = curvature_bound(f, a, b);
        let slope = rate.eval(m).abs();
        let reach = h * slope + 0.5 * bend * h * h;
        let inside = value + reach <= extremes.1 && value - reach >= extremes.0;
        let rounding = ROUNDING * magnitude(f, m);
        if inside || slope > bend * h || reach <= rounding || h <= f64::EPSILON * m.abs() {
            let ends = (f.eval(a), f.eval(b));
            extremes = (extremes.0.min(ends.0).min(ends.1), extremes.1.max(ends.0).max(ends.1));
            continue;
        }
        stack.push((a, m));
        stack.push((m, b));
    }
    extremes
}

/// Upper bound of `|f''|` on `[a, b]`.
fn curvature_bound(f: &Waveform, a: f64, b: f64) -> f64 {
    f.terms.iter().map(|term| term_curvature_bound(term, a, b)).sum()
}

fn term_curvature_bound(term: &Term, a: f64, b: f64) -> f64 {
    // (t^k e^(st))'' = (s^2 t^k + 2 k s t^(k-1) + k (k-1) t^(k-2)) e^(st)
    let k = f64::from(term.degree);
    let rate = term.rate.norm();
    let lower = |drop: u8| Term { degree: term.degree - drop, ..*term }.magnitude_bound(a, b);
    let mut bound = rate * rate * lower(0);
    if term.degree >= 1 {
        bound += 2.0 * k * rate * lower(1);
    }
    if term.degree >= 2 {
        bound += k * (k - 1.0) * lower(2);
    }
    bound
}

/// The scale of the rounding of `f` at `t`: the magnitude of each summand, and how much it moves
/// while `t` moves by its own magnitude (`t` is rounded too).
fn magnitude(f: &Waveform, t: f64) -> f64 {
    let moving = |term: &Term| term.magnitude_bound(t, t) * (1.0 + (term.rate.norm() * t).abs());
    f.offset.abs() + (f.slope * t).abs() + f.terms.iter().map(moving).sum::<f64>()
}

/// The greatest value that a term can have on `[a, b]`.
fn upper_bound(term: &Term, a: f64, b: f64) -> f64 {
    if term.degree == 0 && term.rate.im == 0.0 {
        term.eval(a).max(term.eval(b))
    } else {
        term.magnitude_bound(a, b)
    }
}

/// Search for the first instant at which `f - level` (its sign turned for a fall) becomes positive.
struct Search {
    gap: Waveform,
    rate: Waveform,
    bend: Waveform,
    /// Magnitude of the level.
    level: f64,
}

/// What one interval showed.
enum Verdict {
    Reached(f64),
    Clear,
    Split,
}

impl Search {
    fn new(f: &Waveform, level: f64, direction: Direction) -> Self {
        let sign = match direction {
            Direction::Rise => 1.0,
            Direction::Fall => -1.0,
        };
        // The level goes into the offset first: near an asymptote the difference of the two
        // is exact and does not drown in the level's rounding.
        let mut gap = f.scaled(sign);
        gap.offset = sign * self::gap(f.offset, level);
        let rate = gap.derivative();
        let bend = rate.derivative();
        Self { gap, rate, bend, level: level.abs() }
    }

    fn noise(&self, t: f64) -> f64 {
        ROUNDING * magnitude(&self.gap, t)
    }

    fn first(&self, from_s: f64, until_s: f64) -> Option<f64> {
        if self.starts_beyond(from_s) {
            return Some(from_s);
        }
        // The form starts on the allowed side, or on the level and moving to the allowed side;
        // `clear_from` is where a touch may count again.
        let clear_from = self.leave_level(from_s, until_s);
        let mut stack = vec![(clear_from, until_s)];
        let mut splits = 0_u32;
        while let Some((a, b)) = stack.pop() {
            match self.examine(a, b) {
                Verdict::Reached(at) => return Some(at),
                Verdict::Clear => {}
                // A form that rounding cannot tell from its level for so long is on it.
                Verdict::Split if splits >= MAX_SPLITS => return Some(a),
                Verdict::Split => {
                    splits += 1;
                    let m = middle(a, b);
                    stack.push((m, b));
                    stack.push((a, m));
                }
            }
        }
        None
    }

    /// Whether the form is beyond its level at `t`, or on it and moving through.
    fn starts_beyond(&self, t: f64) -> bool {
        let value = self.gap.eval(t);
        let noise = self.noise(t);
        let slack = SLACK * (self.level + magnitude(&self.gap, t));
        if value < -noise || value > slack {
            return value > 0.0;
        }
        self.heading(t) > 0.0
    }

    /// Sign of the first derivative that does not vanish (to rounding) at `t`.
    fn heading(&self, t: f64) -> f64 {
        for derivative in [&self.rate, &self.bend] {
            let value = derivative.eval(t);
            if value.abs() > ROUNDING * magnitude(derivative, t) {
                return value.signum();
            }
        }
        let third = self.bend.derivative().eval(t);
        if third == 0.0 { -1.0 } else { third.signum() }
    }

    /// A form that starts on its level and moves away: the end of a first stretch on which it
    /// certainly does not come back, beyond the reach of rounding.
    fn leave_level(&self, from_s: f64, until_s: f64) -> f64 {
        if self.gap.eval(from_s) < -self.noise(from_s) {
            return from_s;
        }
        let mut h = until_s - from_s;
        while h > f64::MIN_POSITIVE && from_s + h > from_s {
            let to = from_s + h;
            // Below the level at the end, and monotone or convex-free on the way there.
            let falls = self.rate.eval(from_s) <= 0.0
                && self.rate.eval(from_s).abs() > curvature_bound(&self.gap, from_s, to) * h;
            let bends_down = self.bend.eval(from_s) < 0.0
                && self.rate.eval(from_s) <= ROUNDING * magnitude(&self.rate, from_s)
                && self.bend.eval(from_s).abs() > curvature_bound(&self.rate, from_s, to) * h;
            if (falls || bends_down) && self.gap.eval(to) < 0.0 {
                return to;
            }
            h *= 0.5;
        }
        from_s
    }

    fn examine(&self, a: f64, b: f64) -> Verdict {
        let (m, h) = (middle(a, b), 0.5 * (b - a));
        let value = self.gap.eval(m);
        let noise = self.noise(m);
        let slope = self.rate.eval(m);
        let bend = curvature_bound(&self.gap, a, b);
        let reach = h * slope.abs() + 0.5 * bend * h * h;
        if value < -(reach + noise) || self.bounded_below(a, b) {
            return Verdict::Clear;
        }
        if value.abs() <= noise && reach <= noise {
            // A form that stands still on its level does not cross it.
            return if reach > 0.0 { Verdict::Reached(a) } else { Verdict::Clear };
        }
        if slope.abs() > bend * h {
            return self.monotone(a, b, slope > 0.0);
        }
        if b - a <= 2.0 * f64::EPSILON * b.abs().max(f64::MIN_POSITIVE) {
            return if value >= -noise { Verdict::Reached(a) } else { Verdict::Clear };
        }
        Verdict::Split
    }

    /// Whether bounds of the single terms keep the form under its level on the whole interval.
    fn bounded_below(&self, a: f64, b: f64) -> bool {
        let ramp = (self.gap.slope * a).max(self.gap.slope * b);
        let (mut top, mut scale) = (self.gap.offset + ramp, self.gap.offset.abs() + ramp.abs());
        for term in &self.gap.terms {
            let bound = upper_bound(term, a, b);
            top += bound;
            scale += bound.abs();
        }
        top < -ROUNDING * scale
    }

    fn monotone(&self, a: f64, b: f64, rises: bool) -> Verdict {
        let (start, end) = (self.gap.eval(a), self.gap.eval(b));
        if start >= 0.0 {
            return Verdict::Reached(a);
        }
        if !rises || end < 0.0 {
            let noise = self.noise(b);
            let touches = rises && end >= -noise && self.gap.offset != 0.0;
            return if touches { Verdict::Reached(b) } else { Verdict::Clear };
        }
        Verdict::Reached(self.root(a, b))
    }

    /// The root in a bracket on which the form rises from below zero: Newton steps, halving
    /// where they would leave the bracket.
    fn root(&self, mut a: f64, mut b: f64) -> f64 {
        let mut t = middle(a, b);
        for _ in 0..200 {
            let value = self.gap.eval(t);
            if value < 0.0 {
                a = t;
            } else {
                b = t;
            }
            let step = value / self.rate.eval(t);
            let newton = t - step;
            let next = if newton > a && newton < b { newton } else { middle(a, b) };
            if (next - t).abs() <= f64::EPSILON * t.abs() || next == a || next == b {
                return next;
            }
            t = next;
        }
        t
    }
}

fn middle(a: f64, b: f64) -> f64 {
    0.5 * (a + b)
}
