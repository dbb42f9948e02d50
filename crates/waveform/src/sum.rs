//! The sum itself: construction, evaluation, derivatives.

use num_complex::Complex64;
use smallvec::SmallVec;

use crate::term::exponential;
use crate::{Term, driven};

/// So many times further from the start than zero is, two bits, the end may lie to count from it.
const FAR: f64 = 4.0;

/// A closed form in local time: `offset + slope * t + sum of terms`, `t` in seconds after the anchor.
#[derive(Debug, PartialEq, Default)]
pub struct Waveform {
    /// Constant part (V or A).
    pub offset: f64,
    /// Ramp (V/s or A/s).
    pub slope: f64,
    /// Exponentials and sinusoids.
    pub terms: SmallVec<[Term; 1]>,
}

impl Clone for Waveform {
    fn clone(&self) -> Self {
        // Terms are plain numbers; a vector that clones them one by one takes several times as long.
        let terms = match self.terms.as_slice() {
            [] => SmallVec::new(),
            [term] => SmallVec::from_buf([*term]),
            many => SmallVec::from_slice(many),
        };
        Self { terms, ..*self }
    }
}

impl Waveform {
    /// A waveform that keeps one value.
    #[must_use]
    pub fn constant(offset: f64) -> Self {
        Self { offset, ..Self::default() }
    }

    /// `offset + slope * t`.
    #[must_use]
    pub fn ramp(offset: f64, slope: f64) -> Self {
        Self { offset, slope, ..Self::default() }
    }

    /// `end + (start - end) * exp(rate * t)` with a real rate: one capacitor relaxing.
    ///
    /// Counted from its end only where that is within two bits of the start; from an end that lies
    /// far beyond, it would begin with its last digits alone.
    #[must_use]
    pub fn relaxation(start: f64, end: f64, rate: f64) -> Self {
        let gap = start - end;
        if gap == 0.0 || rate == 0.0 {
            return Self::constant(start);
        }
        let near = gap.abs() <= FAR * start.abs();
        let (offset, integrals, amp) = if near { (end, 0, gap) } else { (start, 1, rate * gap) };
        let term = Term { integrals, ..Term::free(0, amp.into(), rate.into()) };
        Self { offset, slope: 0.0, terms: SmallVec::from_buf([term]) }
    }

    /// Adds one term; a term of amplitude zero is dropped, one that is a constant or a ramp joins
    /// these.
    pub fn push(&mut self, mut term: Term) {
        if term.amp == Complex64::ZERO {
            return;
        }
        if term.is_driven() && term.rate == term.drive {
            // The integrand is a power of time.
            for power in term.degree + 1..=term.degree + term.integrals {
                term.amp /= f64::from(power);
            }
            term = Term::free(term.degree + term.integrals, term.amp, term.rate);
        }
        match (term.degree, term.rate == Complex64::ZERO && !term.is_driven()) {
            (0, true) => self.offset += term.amp.re,
            (1, true) => self.slope += term.amp.re,
            _ => self.terms.push(term),
        }
    }

    /// Adds one term to the one like it, if there is one.
    pub fn add(&mut self, term: Term) {
        match self.terms.iter_mut().find(|mine| mine.is_like(&term)) {
            Some(mine) => mine.amp += term.amp,
            None => self.push(term),
        }
    }

    /// Adds `factor * other` to this waveform; both count time from the same anchor.
    pub fn add_scaled(&mut self, factor: f64, other: &Self) {
        if factor == 0.0 {
            return;
        }
        self.offset += factor * other.offset;
        self.slope += factor * other.slope;
        let scaled = |term: &Term| Term { amp: term.amp * factor, ..*term };
        if self.terms.is_empty() {
            // There is nothing to look through; of thousands of terms each would be looked for among all.
            other.terms.iter().for_each(|term| self.push(scaled(term)));
        } else {
            other.terms.iter().for_each(|term| self.add(scaled(term)));
        }
    }

    /// `factor * self`.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let mut w = self.clone();
        w.offset *= factor;
        w.slope *= factor;
        for term in &mut w.terms {
            term.amp *= factor;
        }
        w
    }

    /// Becomes `factor * other`, in the memory that it has.
    pub fn set_scaled(&mut self, factor: f64, other: &Self) {
        self.offset = other.offset * factor;
        self.slope = other.slope * factor;
        match (self.terms.as_mut_slice(), other.terms.as_slice()) {
            ([mine], [term]) => *mine = Term { amp: term.amp * factor, ..*term },
            _ => {
                self.terms.clear();
                self.terms.extend(other.terms.iter().map(|t| Term { amp: t.amp * factor, ..*t }));
            }
        }
    }

    /// Value at `t` seconds after the anchor.
    #[must_use]
    pub fn eval(&self, t: f64) -> f64 {
        let mut sum = self.offset + self.slope * t;
        for term in &self.terms {
            sum += term.eval(t);
        }
        sum
    }

    /// The time derivative, as a waveform with the same anchor.
    #[must_use]
    pub fn derivative(&self) -> Self {
        let mut w = Self::constant(self.slope);
        // Of thousands of terms each would be looked for among all; where all are of one kind, none becomes like
        // another.
        if self.terms.iter().all(|term| term.degree == 0 && !term.is_driven()) {
            self.terms.iter().for_each(|term| w.push(Term { amp: term.amp * term.rate, ..*term }));
            return w;
        }
        let relaxes =
            |term: &Term| term.degree == 0 && term.integrals == 1 && term.drive == Complex64::ZERO;
        if self.terms.iter().all(relaxes) {
            self.terms.iter().for_each(|term| w.push(term.inner()));
            return w;
        }
        for term in &self.terms {
            if term.is_driven() {
                // exp(drive t) times an integral: the product's two halves.
                w.add(Term { amp: term.amp * term.drive, ..*term });
                w.add(term.inner());
                continue;
            }
            w.add(Term { amp: term.amp * term.rate, ..*term });
            if term.degree > 0 {
                let amp = term.amp * f64::from(term.degree);
                w.add(Term { degree: term.degree - 1, amp, ..*term });
            }
        }
        w
    }

    /// The same waveform with its anchor moved `dt` seconds later.
    #[must_use]
    pub fn shifted(&self, dt: f64) -> Self {
        if dt == 0.0 {
            return self.clone();
        }
        let mut w = Self::ramp(self.offset + self.slope * dt, self.slope);
        for term in &self.terms {
            if term.is_driven() {
                w.add_passed(term, dt);
            }
            let base = term.amp * exponential(term.rate, dt);
            if term.degree == 0 {
                w.add(Term { amp: base, ..*term });
                continue;
            }
            let mut binomial = 1.0;
            for k in 0..=term.degree {
                let power = i32::from(term.degree - k);
                let amp = base * binomial * dt.powi(i32::from(k));
                w.add(Term { degree: term.degree - k, amp, ..*term });
                binomial = binomial * f64::from(power) / f64::from(k + 1);
            }
        }
        w
    }

    /// What a driven term keeps from the `dt` seconds before the new anchor: the values of its
    /// integrals there go on as the source does.
    fn add_passed(&mut self, term: &Term, dt: f64) {
        self.add(Term::free(0, term.amp * term.unit(dt), term.drive));
        if term.integrals == 2 {
            let inner = Term { integrals: 1, ..*term };
            self.add(Term::free(1, term.amp * inner.unit(dt), term.drive));
        }
    }

    /// Whether the value never changes.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        let still = |t: &Term| t.degree == 0 && t.rate == Complex64::ZERO && !t.is_driven();
        self.slope == 0.0 && self.terms.iter().all(still)
    }

    /// This as one capacitor relaxing, if it is: a real exponential and a constant, however written.
    #[must_use]
    pub fn as_relaxation(&self) -> Option<Relaxation> {
        match self.terms.as_slice() {
            [t] if self.slope == 0.0 && t.degree == 0 && t.rate.im == 0.0 => {
                let rate = t.rate.re;
                match t.integrals {
                    0 => Some(Relaxation {
                        start: self.offset + t.amp.re,
                        slope: t.amp.re * rate,
                        end: self.offset,
                        amplitude: t.amp.re,
                        rate,
                        from_start: false,
                    }),
                    1 if t.drive == Complex64::ZERO => {
                        let amplitude = t.amp.re / rate;
                        Some(Relaxation {
                            start: self.offset,
                            slope: t.amp.re,
                            end: self.offset - amplitude,
                            amplitude,
                            rate,
                            from_start: true,
                        })
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// One capacitor relaxing: `end + amplitude exp(rate t)`, which is
/// `start + slope (exp(rate t) - 1) / rate`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Relaxation {
    /// Value at the anchor.
    pub start: f64,
    /// Derivative at the anchor (per second).
    pub slope: f64,
    /// Value in the end, if the rate is negative.
    pub end: f64,
    /// What is to go at the anchor, `start - end`.
    pub amplitude: f64,
    /// Exponent (1/s), not zero.
    pub rate: f64,
    /// Whether start and slope are what is known, and not end and amplitude, which follow from them
    /// only to rounding: the end may lie far beyond anything that is reached.
    pub from_start: bool,
}

impl Relaxation {
    /// How far the value moves from the anchor until `t`, with all its digits.
    #[must_use]
    pub fn moved(&self, t: f64) -> f64 {
        self.slope * driven::real(1, self.rate, t)
    }

    /// Value at `t` seconds after the anchor.
    #[must_use]
    pub fn eval(&self, t: f64) -> f64 {
        if self.from_start {
            self.start + self.moved(t)
        } else {
            self.end + self.amplitude * (self.rate * t).exp()
        }
    }
}
