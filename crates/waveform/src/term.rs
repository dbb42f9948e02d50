//! One summand of a closed form: a free exponential, or the response of a mode to what drives it.

use num_complex::Complex64;

use crate::driven;

/// One summand: the real part of `amp` times
/// - `t^degree exp(rate t)`, a mode left to itself (`integrals` is zero), or
/// - `exp(drive t)` times the `integrals`-fold integral from the anchor of
///   `t^degree exp((rate - drive) t)`: what a mode of `rate` makes of a source that follows
///   `exp(drive t)` (one integral) or `t exp(drive t)` (two).
///
/// A driven term starts at zero with all its digits: written as a difference of exponentials it
/// would keep only what the two differ by, which is little over a time short against both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// Power of time in front of the exponential; above zero only for repeated modes.
    pub degree: u8,
    /// How often the exponential is integrated: 0 for a free mode, 1 or 2 for a driven one.
    pub integrals: u8,
    /// Amplitude; its imaginary part carries the phase of an oscillating term.
    pub amp: Complex64,
    /// Exponent per second: real part grows or decays, imaginary part turns (rad/s).
    pub rate: Complex64,
    /// Exponent per second of what drives; zero for a constant and a ramp, and for a free mode.
    pub drive: Complex64,
}

impl Term {
    /// `Re(amp t^degree exp(rate t))`.
    #[must_use]
    pub fn free(degree: u8, amp: Complex64, rate: Complex64) -> Self {
        Self { degree, integrals: 0, amp, rate, drive: Complex64::ZERO }
    }

    /// A mode of `rate` under `exp(drive t)` (`integrals` 1) or `t exp(drive t)` (2); under
    /// their derivatives by the mode's rate for a `degree` above zero.
    #[must_use]
    pub fn driven(
        integrals: u8,
        degree: u8,
        amp: Complex64,
        rate: Complex64,
        drive: Complex64,
    ) -> Self {
        // One integral over one exponential is the same with the two rates exchanged. Over the
        // faster decay nothing overflows.
        let exchange =
            integrals == 1 && degree == 0 && drive != Complex64::ZERO && rate.re > drive.re;
        let (rate, drive) = if exchange { (drive, rate) } else { (rate, drive) };
        Self { degree, integrals, amp, rate, drive }
    }

    /// Whether it is what a source makes of a mode.
    #[must_use]
    pub fn is_driven(&self) -> bool {
        self.integrals > 0
    }

    /// Whether it differs from `other` in its amplitude alone.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.rate == other.rate
            && self.degree == other.degree
            && self.integrals == other.integrals
            && self.drive == other.drive
    }

    /// Whether rate and drive are real: then only the real part of `amp` counts.
    #[must_use]
    pub fn is_real(&self) -> bool {
        self.rate.im == 0.0 && self.drive.im == 0.0
    }

    /// Fastest of its rates (1/s).
    #[must_use]
    pub fn fastest(&self) -> f64 {
        self.rate.norm().max(self.drive.norm())
    }

    /// Value at `t` seconds after the anchor.
    #[must_use]
    pub fn eval(&self, t: f64) -> f64 {
        if self.is_driven() {
            return self.eval_driven(t);
        }
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

    fn eval_driven(&self, t: f64) -> f64 {
        match self.real_unit(t) {
            Some(unit) => self.amp.re * unit,
            None => (self.amp * self.unit(t)).re,
        }
    }

    /// A driven term's value for an amplitude of one, if it is a real mode under a constant or a ramp.
    fn real_unit(&self, t: f64) -> Option<f64> {
        let real = self.degree == 0 && self.rate.im == 0.0 && self.drive == Complex64::ZERO;
        real.then(|| driven::real(self.integrals, self.rate.re, t))
    }

    /// Value at `t` for an amplitude of one.
    #[must_use]
    pub fn unit(&self, t: f64) -> Complex64 {
        if self.is_driven() {
            let general = || driven::complex(self.integrals, self.degree, self.rate, self.drive, t);
            return self.real_unit(t).map_or_else(general, Complex64::from);
        }
        if self.degree > 0 && t == 0.0 {
            return Complex64::ZERO;
        }
        exponential(self.rate, t) * t.powi(i32::from(self.degree))
    }

    /// An upper bound of the magnitude on `[a, b]`, `0 <= a <= b`.
    #[must_use]
    pub fn magnitude_bound(&self, a: f64, b: f64) -> f64 {
        if self.is_driven() {
            return self.amp.norm() * self.driven_bound(a, b);
        }
        // An exponential that does not grow is greatest where the range begins.
        if self.degree == 0 && self.rate.re <= 0.0 {
            return self.amp.norm() * (self.rate.re * a).exp();
        }
        let k = f64::from(self.degree);
        let at =
            |t: f64| self.amp.norm() * t.powi(i32::from(self.degree)) * (self.rate.re * t).exp();
        // t^k exp(s t) has its only interior maximum at t = -k / s.
        let peak = -k / self.rate.re;
        if self.degree > 0 && peak > a && peak < b { at(peak) } else { at(a).max(at(b)) }
    }

    /// What rounding of the value follows on `[a, b]`, `0 <= a <= b`: an upper bound of the magnitude
    /// and of how far the value moves while `t` moves by its own magnitude (`t` is rounded too).
    #[must_use]
    pub fn sensitivity_bound(&self, a: f64, b: f64) -> f64 {
        let magnitude = self.magnitude_bound(a, b);
        if self.is_driven() {
            magnitude * (1.0 + self.drive.norm() * b) + self.inner().magnitude_bound(a, b) * b
        } else {
            magnitude * (1.0 + self.rate.norm() * b)
        }
    }

    /// A driven term's inner integral, or the integrand of a single one, which is free of what drives
    /// it.
    #[must_use]
    pub fn inner(&self) -> Self {
        match self.integrals {
            0 | 1 => Self::free(self.degree, self.amp, self.rate),
            _ => Self { integrals: self.integrals - 1, ..*self },
        }
    }

    /// Bounds of the value on `[a, b]`, `0 <= a <= b`: its values at the ends where it is monotone.
    #[must_use]
    pub fn range(&self, a: f64, b: f64) -> (f64, f64) {
        // A real exponential is monotone, and so are its integrals.
        let drives_nothing = !self.is_driven() || self.drive == Complex64::ZERO;
        if self.degree == 0 && self.is_real() && drives_nothing {
            let (a, b) = (self.eval(a), self.eval(b));
            return (a.min(b), a.max(b));
        }
        let most = self.magnitude_bound(a, b);
        (-most, most)
    }

    /// The integrals grow no faster than those of the integrand's magnitude, which are no larger than
    /// those of the power with the slower of the two exponentials; where the rates lie
    /// far apart their partial fractions are the closer bound.
    fn driven_bound(&self, a: f64, b: f64) -> f64 {
        let apart = self.rate - self.drive;
        let growth = |rate: Complex64| (rate.re * a).exp().max((rate.re * b).exp());
        let (free, envelope) = (growth(self.rate), growth(self.drive));
        let mut power = free.max(envelope);
        for k in 1..=self.degree + self.integrals {
            power *= if k > self.degree { b / f64::from(k) } else { b };
        }
        let integral = if self.degree == 0 {
            driven::real(self.integrals, apart.re, b)
        } else if apart.re < 0.0 {
            let (decay, zero) = (apart.re.into(), Complex64::ZERO);
            driven::complex(self.integrals, self.degree, decay, zero, b).re
        } else {
            f64::INFINITY
        };
        // What is not a number (a growth beyond all numbers times zero) bounds nothing.
        let bound = power.min(envelope * integral);
        if self.degree > 0 {
            return bound;
        }
        let distance = apart.norm();
        let fractions = match self.integrals {
            1 => (free + envelope) / distance,
            _ => (free + envelope * (1.0 + distance * b)) / distance / distance,
        };
        fractions.min(bound)
    }
}

/// `exp(rate t)`.
pub(crate) fn exponential(rate: Complex64, t: f64) -> Complex64 {
    if rate.im == 0.0 { (rate.re * t).exp().into() } else { (rate * t).exp() }
}
