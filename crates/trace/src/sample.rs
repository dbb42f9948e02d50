//! Where points belong on a closed form.
//!
//! A chord over a step `h` errs by at most `h^2 / 8 * max |f''|`. The step is the longest found
//! for which that stays below the tolerance, a fraction of the signal's span. The span is what
//! was shown of the signal so far: a step that an event may cut short adds nothing to it before it is
//! done. So it is not more than the span of the whole run, and a reader who interpolates linearly errs by
//! less than the tolerance everywhere. The price is a denser start, some tens of points.
//!
//! What was shown may differ from what is by [`JUMP_SHARE`] of the tolerance, because smaller
//! jumps are not shown. A jump is measured against the value shown last, so that small ones do not
//! add up. Chords have the rest of the tolerance: where a line begins and where it ends, a jump may
//! be missing.
//!
//! Bounds of the single terms are coarse where terms cancel each other (modes of nearly one rate
//! have huge opposite amplitudes). There the same argument bounds `f''` itself: it departs from
//! the chords through samples `d` apart by at most `d^2 / 8 * max |f''''|`, and so on upwards;
//! each level shrinks the coarse part by `(rate d)^2 / 8`.

use memspike_time::{FEMTOSECOND_S, HORIZON_S, Time};
use memspike_waveform::Waveform;

/// Rounding of a sum of parts of size one.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// The part of the tolerance below which a jump is not shown.
const JUMP_SHARE: f64 = 0.05;

/// The part that chords may use.
const CHORD_SHARE: f64 = 1.0 - 2.0 * JUMP_SHARE;

/// Chords within a step whose second derivative is bounded by samples.
const CHORDS: u32 = 8;

/// Derivatives of even order at hand for that.
const LEVELS: usize = 5;

/// How densely signals are shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling(Mode);

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Mode {
    /// Points where a straight line would err by more than this fraction of the signal's span.
    Adaptive(f64),
    /// Points at multiples of this many seconds.
    Grid(f64),
}

impl Sampling {
    /// Points where linear interpolation would otherwise err by more than `tolerance` times the
    /// span (greatest minus least value) of the signal; none if that is not in `(0, 1]`.
    /// Steps are never shorter than a femtosecond.
    #[must_use]
    pub fn adaptive(tolerance: f64) -> Option<Self> {
        (tolerance > 0.0 && tolerance <= 1.0).then_some(Self(Mode::Adaptive(tolerance)))
    }

    /// Points at whole multiples of `step_s` seconds (a VCD also has them at the start, at the end,
    /// and where a plateau ends); none unless that is finite and at least a femtosecond.
    #[must_use]
    pub fn grid(step_s: f64) -> Option<Self> {
        (step_s >= FEMTOSECOND_S && step_s.is_finite()).then_some(Self(Mode::Grid(step_s)))
    }

    pub(crate) fn mode(self) -> Mode {
        self.0
    }
}

impl Default for Sampling {
    /// Adaptive, to 0.1 % of the span.
    fn default() -> Self {
        Self(Mode::Adaptive(1e-3))
    }
}

/// One signal as it is now, and the extremes of what was shown of it.
#[derive(Debug, Clone)]
pub(crate) struct Track {
    anchor: Time,
    form: Waveform,
    /// What it will follow once the changes of the present instant take effect.
    pub next: Option<Waveform>,
    /// Whether that change is a jump.
    pub jumps: bool,
    /// Derivatives of `form` of order 2, 4, ...: one for a single term, else [`LEVELS`].
    bends: Vec<Waveform>,
    /// If `form` is one capacitor relaxing: what bounds it, in closed form.
    relaxing: Option<Relaxing>,
    low: f64,
    high: f64,
    /// The value shown last, and when; nothing before the first.
    pub shown: f64,
    pub shown_at: Option<Time>,
}

impl Track {
    pub fn new() -> Self {
        Self {
            anchor: Time::ZERO,
            form: Waveform::default(),
            next: None,
            jumps: false,
            bends: Vec::new(),
            relaxing: None,
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
            shown: f64::NAN,
            shown_at: None,
        }
    }

    /// Finds out whether the next form begins, at `at`, where this one ends. A constant ends where it
    /// was shown last, however many small jumps ago.
    pub fn mark_jump(&mut self, at: Time, relative: f64) {
        let before = if self.is_constant() { self.shown } else { self.value(at) };
        let after = self.next.as_ref().map_or(before, |next| next.eval(0.0));
        let size = before.abs().max(after.abs());
        let tolerance = JUMP_SHARE * relative * self.span_with(&[before, after]);
        self.jumps = (after - before).abs() > tolerance.max(ROUNDING * size);
    }

    /// Whether the next form needs a point where it begins.
    pub fn bends(&self) -> bool {
        let moves = |form: &Waveform| !form.is_constant();
        self.jumps || moves(&self.form) || self.next.as_ref().is_some_and(moves)
    }

    /// Whether the next form departs from the value shown last.
    pub fn moves(&self) -> bool {
        self.next.as_ref().is_some_and(|next| !next.is_constant() || next.eval(0.0) != self.shown)
    }

    /// Follows the next form from `at` on.
    pub fn apply_next(&mut self, at: Time) {
        if let Some(form) = self.next.take() {
            let levels = if form.terms.len() > 1 { LEVELS } else { 1 };
            self.bends.clear();
            for level in 0..levels {
                let lower = if level == 0 { &form } else { &self.bends[level - 1] };
                self.bends.push(lower.derivative().derivative());
            }
            self.anchor = at;
            self.relaxing = Relaxing::of(&form, &self.bends[0]);
            self.form = form;
        }
    }

    pub fn value(&self, at: Time) -> f64 {
        self.form.eval(at.since(self.anchor))
    }

    pub fn is_constant(&self) -> bool {
        self.form.is_constant()
    }

    /// Takes `value` as shown.
    pub fn note(&mut self, at: Time, value: f64) {
        self.shown_at = Some(at);
        self.shown = value;
        self.low = self.low.min(value);
        self.high = self.high.max(value);
    }

    fn span_with(&self, values: &[f64]) -> f64 {
        let low = values.iter().copied().fold(self.low, f64::min);
        let high = values.iter().copied().fold(self.high, f64::max);
        (high - low).max(0.0)
    }

    /// When the next point after one at `at` is due; none if the straight line that ends where
    /// this form will end cannot err by more than the tolerance.
    pub fn next_after(&self, at: Time, relative: f64) -> Option<Time> {
        self.step_after(at, relative, HORIZON_S).map(|step| at.plus(step))
    }

    /// The step (s) to the next point, or none if it is not shorter than `limit`.
    pub fn step_after(&self, at: Time, relative: f64, limit: f64) -> Option<f64> {
        let from = at.since(self.anchor);
        let allowed = CHORD_SHARE * relative * self.span_with(&[]);
        if let Some(relaxing) = &self.relaxing {
            return relaxing.step(&self.form, from, (allowed, limit));
        }
        let curvature = self.bends.first().filter(|c| **c != Waveform::default())?;
        let rounding = ROUNDING * (self.form.offset.abs() + bound(&self.form, from, from));
        let tolerance = allowed.max(rounding);
        // A function within +-B departs from any of its chords by at most 2 B.
        if 2.0 * bound(&self.form, from, HORIZON_S) <= tolerance {
            return None;
        }
        let curvature = whole_bound(curvature, from, from);
        let passes = |h: f64| !self.exceeds(from, h, tolerance);
        longest(passes, (tolerance, curvature, limit))
    }

    /// Whether the chord over `h` from `from` may err by more than `tolerance`.
    fn exceeds(&self, from: f64, h: f64, tolerance: f64) -> bool {
        let allowed = 8.0 * tolerance / (h * h);
        let chord = h / f64::from(CHORDS);
        let shrink = chord * chord / 8.0;
        // What the levels so far leave for the next one.
        let (mut left, mut weight) = (allowed, 1.0);
        for (level, bend) in self.bends.iter().enumerate() {
            if weight * whole_bound(bend, from, from + h) <= left {
                return false;
            }
            if level + 1 == self.bends.len() {
                break;
            }
            let mut greatest = 0.0_f64;
            for k in 0..=CHORDS {
                greatest = greatest.max(bend.eval(chord.mul_add(f64::from(k), from)).abs());
                if weight * greatest >= left {
                    return true;
                }
            }
            left -= weight * greatest;
            weight *= shrink;
        }
        true
    }
}

/// A step below `limit` that `passes`, where the curvature alone puts it or little before; none if it is not below.
fn first_step(
    passes: impl Fn(f64) -> bool,
    (tolerance, curvature, limit): (f64, f64, f64),
) -> Option<f64> {
    let is_finite = curvature.is_finite() && tolerance.is_finite();
    if !is_finite || limit < HORIZON_S && passes(limit) {
        return None;
    }
    let mut h = (8.0 * tolerance / curvature).sqrt().min(limit);
    while h > FEMTOSECOND_S && !passes(h) {
        h *= 0.8;
    }
    h = h.max(FEMTOSECOND_S);
    (h < limit).then_some(h)
}

/// The longest step below `limit` that `passes`: longer ones than the first do where terms cancel each other.
fn longest(
    passes: impl Fn(f64) -> bool,
    (tolerance, curvature, limit): (f64, f64, f64),
) -> Option<f64> {
    let mut h = first_step(&passes, (tolerance, curvature, limit))?;
    while h < limit && passes(2.0 * h) {
        h *= 2.0;
    }
    (h < limit).then_some(h)
}

/// One capacitor relaxing: a real exponential that does not grow, or its integral. What bounds it and its second
/// derivative holds where a range begins, and follows by one exponential.
#[derive(Debug, Clone, Copy)]
struct Relaxing {
    rate: f64,
    /// Magnitude of the amplitude.
    size: f64,
    /// Magnitude of the second derivative at the anchor.
    bend: f64,
    /// Of an integral its bound to the end of time.
    integral: Option<f64>,
}

impl Relaxing {
    fn of(form: &Waveform, bend: &Waveform) -> Option<Self> {
        let ([term], [bent]) = (form.terms.as_slice(), bend.terms.as_slice()) else { return None };
        let relaxes = term.degree == 0 && term.rate.im == 0.0 && term.rate.re <= 0.0;
        let is_like = bent.rate == term.rate && bent.degree == 0 && !bent.is_driven();
        let integral = match term.integrals {
            0 => None,
            1 if term.drive.re == 0.0 && term.drive.im == 0.0 && term.rate.re < 0.0 => {
                Some(term.magnitude_bound(0.0, HORIZON_S))
            }
            _ => return None,
        };
        (relaxes && is_like).then(|| Self {
            rate: term.rate.re,
            size: term.amp.norm(),
            bend: bent.amp.norm(),
            integral,
        })
    }

    /// The step from so many seconds after the anchor on, if it is shorter than `limit`, where chords of this form may err by
    /// what is `allowed`, or by its rounding if that is more.
    fn step(&self, form: &Waveform, from: f64, (allowed, limit): (f64, f64)) -> Option<f64> {
        let left = (self.rate * from).exp();
        // From an integrand of one on an integral is no more than the time.
        let coarse = self.size * if self.integral.is_some() { from } else { left };
        let rounding = |size: f64| ROUNDING * (form.offset.abs() + size);
        let tolerance = if rounding(coarse) <= allowed {
            allowed
        } else {
            allowed.max(rounding(bound(form, from, from)))
        };
        // A function within +-B departs from any of its chords by at most 2 B.
        if 2.0 * self.integral.unwrap_or(self.size * left) <= tolerance {
            return None;
        }
        let curvature = self.bend * left;
        first_step(|h| curvature <= 8.0 * tolerance / (h * h), (tolerance, curvature, limit))
    }
}

/// A bound of `|f|` on `[a, b]`.
fn whole_bound(f: &Waveform, a: f64, b: f64) -> f64 {
    f.offset.abs() + f.slope.abs() * b + bound(f, a, b)
}

/// A bound of `|f - offset - slope t|` on `[a, b]`.
fn bound(f: &Waveform, a: f64, b: f64) -> f64 {
    f.terms.iter().map(|t| t.magnitude_bound(a, b)).sum()
}
