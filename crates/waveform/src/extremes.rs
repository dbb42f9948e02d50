//! Least and greatest values, certified: nothing between two samples is missed.
//!
//! The greatest value is searched interval by interval with the bounds of `enclosure.rs`, and so is the least. An
//! interval holds nothing new
//! - if its slope has one sign, or it bends away from what is searched: its ends decide,
//! - if its bound exceeds what was found by no more than rounding moves a value,
//! - if it varies by less than its own rounding,
//! - if it bends towards what is searched all the way, once Newton's method has been at its only turn.
//!
//! Otherwise it is halved, and the half with the farther bound is searched first: so a good value is found early,
//! and of a train of waves, be they a million, one bound says that none is higher. Only where trains beat, which of
//! their waves is the highest is known when each has been looked at, and that work has a limit.

use crate::Waveform;
use crate::enclosure::{Enclosure, Point, ROUNDING, Subject, middle};
use crate::resolve::{settled, settling};

/// Intervals, times terms of the form, up to which an extreme is searched.
const WORK: usize = 1 << 23;

/// Steps to the turn of an interval; where they do not suffice, it is halved.
const STEPS: usize = 4;

/// Least and greatest value of `f` on `[from_s, until_s]`, to rounding; none if they are not known after millions
/// of intervals.
#[must_use]
pub fn minimum_maximum(f: &Waveform, from_s: f64, until_s: f64) -> Option<(f64, f64)> {
    search(f, from_s, until_s).0
}

/// How many intervals and turns [`minimum_maximum`] examines.
#[doc(hidden)]
#[must_use]
pub fn turns_examined(f: &Waveform, from_s: f64, until_s: f64) -> usize {
    search(f, from_s, until_s).1
}

/// What was found, and how much was examined.
fn search(f: &Waveform, from_s: f64, until_s: f64) -> (Option<(f64, f64)>, usize) {
    let (a, b) = (f.eval(from_s), f.eval(until_s));
    let mut found = (a.min(b), a.max(b));
    if f.as_relaxation().is_some() || f.terms.is_empty() || until_s <= from_s {
        return (Some(found), 0);
    }
    let (mut examined, mut from_s) = (0, from_s);
    for to_s in settling(f, from_s, until_s).into_iter().chain([until_s]) {
        match stretch(&settled(f, from_s), from_s, to_s, found, &mut examined) {
            Some(wider) => found = wider,
            None => return (None, examined),
        }
        from_s = to_s;
    }
    (Some(found), examined)
}

/// What was found before, and on a stretch of which the ends are or were looked at.
fn stretch(
    f: &Waveform,
    from_s: f64,
    until_s: f64,
    (least, greatest): (f64, f64),
    examined: &mut usize,
) -> Option<(f64, f64)> {
    let subject = Subject::new(f);
    let left = subject.point(from_s, None);
    let right = subject.point(until_s, Some(&left));
    let (least, greatest) = (least.min(right.value), greatest.max(right.value));
    *examined += 1;
    if subject.enclose(&left, &right).trend.is_some() {
        return Some((least, greatest));
    }
    let limit = WORK / f.terms.len().max(1);
    let mut search = Search {
        subject,
        points: vec![left, right],
        open: Vec::new(),
        sign: 1.0,
        best: greatest,
        examined: 0,
    };
    let greatest = search.run(limit);
    (search.sign, search.best) = (-1.0, -least);
    let least = greatest.and_then(|_| search.run(2 * limit));
    *examined += search.examined;
    least.zip(greatest).map(|(least, greatest)| (-least, greatest))
}

/// A search for the greatest value of a form times `sign`.
struct Search {
    subject: Subject,
    /// Ends of open intervals, in the order in which they were found: the two of the whole first.
    points: Vec<Point>,
    /// The next one last.
    open: Vec<Interval>,
    sign: f64,
    best: f64,
    examined: usize,
}

/// An interval that may hold more than was found, between two points.
struct Interval {
    left: usize,
    right: usize,
    bounds: Enclosure,
    top: f64,
}

impl Search {
    /// The greatest value, unless more than `limit` are examined.
    fn run(&mut self, limit: usize) -> Option<f64> {
        let whole = self.examine(0, 1);
        self.open.extend(whole);
        while let Some(interval) = self.open.pop() {
            // Later points were those of intervals within one before it, which are done with.
            self.points.truncate(interval.left.max(interval.right) + 1);
            if self.is_known(&interval) || self.is_at_its_turn(&interval) {
                continue;
            }
            if self.examined > limit {
                self.open.clear();
                return None;
            }
            self.halve(interval);
        }
        Some(self.best)
    }

    fn halve(&mut self, Interval { left, right, bounds, .. }: Interval) {
        let middle = self.points.len();
        self.points.push(bounds.middle);
        let (first, second) = (self.examine(left, middle), self.examine(middle, right));
        let top =
            |half: &Option<Interval>| half.as_ref().map_or(f64::NEG_INFINITY, |half| half.top);
        if top(&second) > top(&first) {
            self.open.extend(first.into_iter().chain(second));
        } else {
            self.open.extend(second.into_iter().chain(first));
        }
    }

    /// The interval between two points, if it may hold more than was found.
    fn examine(&mut self, left: usize, right: usize) -> Option<Interval> {
        let (a, b) = (&self.points[left], &self.points[right]);
        let bounds = self.subject.enclose(a, b);
        self.examined += 1;
        if bounds.trend.is_some() || !a.value.is_finite() {
            return None;
        }
        let flat = bounds.high - bounds.low <= a.noise.min(b.noise);
        // Where numbers end, zero and its neighbour have nothing between them.
        let narrow = b.t - a.t <= (2.0 * f64::EPSILON * b.t).max(f64::MIN_POSITIVE);
        self.best = self.best.max(self.sign * bounds.middle.value);
        let top = if self.sign > 0.0 { bounds.high } else { -bounds.low };
        let interval = Interval { left, right, bounds, top };
        (!flat && !narrow && !self.is_known(&interval)).then_some(interval)
    }

    /// Whether no value of an interval exceeds what was found by more than rounding.
    fn is_known(&self, Interval { left, right, top, .. }: &Interval) -> bool {
        *top <= self.best + self.rounding(self.points[*left].grain.min(self.points[*right].grain))
    }

    /// How far rounding moves what is found, given how far it moves the form.
    fn rounding(&self, grain: f64) -> f64 {
        grain.max(ROUNDING * self.best.abs())
    }

    /// Whether an interval bends one way throughout, so that its ends are its greatest values, or a turn that is
    /// found here.
    fn is_at_its_turn(&mut self, Interval { left, right, bounds, .. }: &Interval) -> bool {
        let (least, greatest) = bounds.bend();
        let (softest, hardest) =
            if self.sign > 0.0 { (-greatest, -least) } else { (least, greatest) };
        if hardest <= 0.0 || softest <= 0.0 {
            return hardest <= 0.0;
        }
        let (a, b) = (&self.points[*left], &self.points[*right]);
        let (t, h) = (middle(a.t, b.t), 0.5 * (b.t - a.t));
        let mut u = bounds.turning();
        for _ in 0..STEPS {
            let point = self.subject.point((t + u * h).clamp(a.t, b.t), Some(a));
            let slope = self.sign * self.subject.slope(&point) * h;
            self.examined += 1;
            self.best = self.best.max(self.sign * point.value);
            // A form that bends by `softest` at least rises from here by `slope^2 / (2 softest)` at most.
            let risen = slope * slope <= 2.0 * softest * self.rounding(point.grain);
            if risen || u.abs() == 1.0 && slope * u > 0.0 {
                return true;
            }
            u = (u + slope / middle(softest, hardest)).clamp(-1.0, 1.0);
        }
        false
    }
}
