//! The sum itself: construction, evaluation, derivatives, bounds.

use num_complex::Complex64;
use smallvec::SmallVec;

/// One summand, `Re(amp * t^degree * exp(rate * t))`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// Power of time in front of the exponential; above zero only for repeated modes.
    pub degree: u8,
    /// Amplitude; its imaginary part carries the phase of an oscillating term.
    pub amp: Complex64,
    /// Exponent per second: real part grows or decays, imaginary part turns (rad/s).
    pub rate: Complex64,
}

/// A closed form in local time: `offset + slope * t + sum of terms`, `t` in seconds after the anchor.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Waveform {
    /// Constant part (V or A).
    pub offset: f64,
    /// Ramp (V/s or A/s).
    pub slope: f64,
    /// Exponentials and sinusoids.
    pub terms: SmallVec<[Term; 1]>,
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
    #[must_use]
    pub fn relaxation(start: f64, end: f64, rate: f64) -> Self {
        let mut w = Self::constant(end);
        w.push(Term { degree: 0, amp: (start - end).into(), rate: rate.into() });
        w
    }

    /// Adds one term; a term of amplitude zero is dropped.
    pub fn push(&mut self, term: Term) {
        if term.amp != Complex64::ZERO {
            self.terms.push(term);
        }
    }

    /// Adds `factor * other` to this waveform; both count time from the same anchor.
    pub fn add_scaled(&mut self, factor: f64, other: &Self) {
        if factor == 0.0 {
            return;
        }
        self.offset += factor * other.offset;
        self.slope += factor * other.slope;
        for term in &other.terms {
            let amp = term.amp * factor;
            match self.terms.iter_mut().find(|t| t.rate == term.rate && t.degree == term.degree) {
                Some(mine) => mine.amp += amp,
                None => self.push(Term { amp, ..*term }),
            }
        }
    }

    /// `offset + factor * self`, the offset added to the constant part.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let mut w = Self::default();
        w.add_scaled(factor, self);
        w
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
        for term in &self.terms {
            w.push(Term { amp: term.amp * term.rate, ..*term });
            if term.degree > 0 {
                w.push(Term {
                    degree: term.degree - 1,
                    amp: term.amp * f64::from(term.degree),
                    rate: term.rate,
                });
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
            let growth = if term.rate.im == 0.0 {
                Complex64::from((term.rate.re * dt).exp())
            } else {
                (term.rate * dt).exp()
            };
            let base = term.amp * growth;
            if term.degree == 0 {
                w.push(Term { amp: base, ..*term });
                continue;
            }
            let mut binomial = 1.0;
            for k in 0..=term.degree {
                let power = i32::from(term.degree - k);
                w.add_scaled(
                    1.0,
                    &Self {
                        terms: [Term {
                            degree: term.degree - k,
                            amp: base * binomial * dt.powi(i32::from(k)),
                            rate: term.rate,
                        }]
                        .into_iter()
                        .collect(),
                        ..Self::default()
                    },
                );
                binomial = binomial * f64::from(power) / f64::from(k + 1);
            }
        }
        w
    }

    /// Whether the value never changes.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.slope == 0.0 && self.terms.iter().all(|t| t.degree == 0 && t.rate == Complex64::ZERO)
    }

    /// `(end, amplitude, rate)` if this is `end + amplitude * exp(rate * t)` with a real rate.
    #[must_use]
    pub fn as_relaxation(&self) -> Option<(f64, f64, f64)> {
        match self.terms.as_slice() {
            [t] if self.slope == 0.0 && t.degree == 0 && t.rate.im == 0.0 => {
                Some((self.offset, t.amp.re, t.rate.re))
            }
            _ => None,
        }
    }
}

impl Term {
    /// Value at `t` seconds after the anchor.
    #[must_use]
    pub fn eval(&self, t: f64) -> f64 {
        if t == 0.0 {
            return if self.degree == 0 { self.amp.re } else { 0.0 };
        }
        let envelope = if self.degree == 0 { 1.0 } else { t.powi(i32::from(self.degree)) };
        let exp = (self.rate.re * t).exp();
        if self.rate.im == 0.0 {
            self.amp.re * exp * envelope
        } else {
            let (sin, cos) = (self.rate.im * t).sin_cos();
            (self.amp.re * cos - self.amp.im * sin) * exp * envelope
        }
    }

    /// An upper bound of `|amp * t^degree * exp(rate * t)|` on `[a, b]`, `0 <= a <= b`.
    #[must_use]
    pub fn magnitude_bound(&self, a: f64, b: f64) -> f64 {
        let k = f64::from(self.degree);
        let at =
            |t: f64| self.amp.norm() * t.powi(i32::from(self.degree)) * (self.rate.re * t).exp();
        // t^k exp(s t) has its only interior maximum at t = -k / s.
        let peak = -k / self.rate.re;
        if self.degree > 0 && peak > a && peak < b { at(peak) } else { at(a).max(at(b)) }
    }
}
