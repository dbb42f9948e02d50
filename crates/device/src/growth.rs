//! The filament's growth integral `G = (1/t0) * integral of exp((u(t) - von) / vs) dt`.
//!
//! A ramp gives exponentials, a constant a line, one relaxing mode exponential integrals (`relaxing.rs`), everything else an
//! error-controlled quadrature. A voltage of many modes enters that as a polynomial where it is one to rounding.

mod relaxing;

use std::sync::LazyLock;

use gauss_quad::legendre::GaussLegendre;
use memspike_waveform::Waveform;

use crate::chebyshev::Chebyshev;
use relaxing::Relaxing;

/// Parameters of the growth law.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Growth {
    /// Voltage above which the filament grows (V).
    pub von: f64,
    /// Voltage scale (V).
    pub vs: f64,
    /// Growth time at `von` (s).
    pub t0: f64,
}

/// Relative agreement asked of one quadrature panel and its two halves.
const QUADRATURE_TOLERANCE: f64 = 1e-13;

/// Halvings of a panel before its estimate is taken as it is.
const QUADRATURE_DEPTH: u32 = 40;

/// Modes from which on a polynomial pays.
const MANY_MODES: usize = 4;

static RULE: LazyLock<GaussLegendre> = LazyLock::new(|| {
    GaussLegendre::new(std::num::NonZeroUsize::new(16).expect("sixteen is not zero"))
});

impl Growth {
    /// Growth rate under `u` volts (1/s).
    fn rate(&self, u: f64) -> f64 {
        ((u - self.von) / self.vs).exp() / self.t0
    }

    /// Growth from `from_s` to `to_s`.
    pub fn between(&self, u: &Waveform, from_s: f64, to_s: f64) -> f64 {
        let dt = to_s - from_s;
        if let Some(relaxing) = Relaxing::of(u, from_s) {
            if let Some(grown) = self.relaxed(&relaxing, dt) {
                return grown;
            }
        } else if u.terms.is_empty() {
            return self.ramp(u.eval(from_s), u.slope, dt);
        }
        self.quadrature(u, from_s, to_s)
    }

    /// The instant in `[from_s, until_s]` at which growth since `from_s` reaches `need`.
    pub fn time_to_grow(&self, need: f64, u: &Waveform, from_s: f64, until_s: f64) -> Option<f64> {
        if need <= 0.0 {
            return Some(from_s);
        }
        if u.terms.is_empty() {
            let dt = self.ramp_time(need, u.eval(from_s), u.slope)?;
            return (from_s + dt <= until_s).then_some(from_s + dt);
        }
        if let Some(relaxing) = Relaxing::of(u, from_s)
            && relaxing.rises()
        {
            let dt = self.relaxed_time(need, &relaxing);
            return (from_s + dt <= until_s).then_some(from_s + dt);
        }
        self.march(need, u, from_s, until_s)
    }

    /// `u(t) = u0 + slope t`: `G = (vs / (slope t0)) exp((u0 - von)/vs) (exp(slope t / vs) - 1)`.
    fn ramp(&self, u0: f64, slope: f64, dt: f64) -> f64 {
        let x = slope * dt / self.vs;
        let mean = if x.abs() < 1e-300 { 1.0 } else { x.exp_m1() / x };
        self.rate(u0) * dt * mean
    }

    fn ramp_time(&self, need: f64, u0: f64, slope: f64) -> Option<f64> {
        let steady = need / self.rate(u0);
        let x = steady * slope / self.vs;
        let dt = if x.abs() < 1e-300 { steady } else { steady * (x.ln_1p() / x) };
        dt.is_finite().then_some(dt)
    }

    /// Panels of growing length until one holds the crossing, then Newton steps inside it.
    fn march(&self, need: f64, u: &Waveform, from_s: f64, until_s: f64) -> Option<f64> {
        let fastest = u.terms.iter().map(|t| t.rate.norm()).fold(0.0, f64::max);
        let mut length = if fastest > 0.0 { 0.25 / fastest } else { until_s - from_s };
        let (mut at, mut grown) = (from_s, 0.0);
        while at < until_s {
            let to = (at + length).min(until_s);
            let panel = self.between(u, at, to);
            if grown + panel >= need {
                return Some(self.within(need - grown, u, at, to));
            }
            if to <= at {
                return None;
            }
            grown += panel;
            at = to;
            length *= 2.0;
        }
        None
    }

    /// The crossing in a panel known to hold it.
    fn within(&self, need: f64, u: &Waveform, from_s: f64, to_s: f64) -> f64 {
        let tolerance = self.tolerance(u, from_s, to_s);
        if let Some(smooth) = self.smooth(u, from_s, to_s, tolerance) {
            let between = |t: f64| self.integral(|t| smooth.eval(t), from_s, t, tolerance);
            self.newton(need, |t| smooth.eval(t), between, from_s, to_s)
        } else {
            self.newton(need, |t| u.eval(t), |t| self.between(u, from_s, t), from_s, to_s)
        }
    }

    /// Where growth `grown` since `from_s` reaches `need`; its derivative is the rate.
    fn newton(
        &self,
        need: f64,
        u: impl Fn(f64) -> f64,
        grown: impl Fn(f64) -> f64,
        from_s: f64,
        to_s: f64,
    ) -> f64 {
        let (mut low, mut high) = (from_s, to_s);
        let mut t = 0.5 * (low + high);
        for _ in 0..100 {
            let miss = grown(t) - need;
            if miss < 0.0 {
                low = t;
            } else {
                high = t;
            }
            let newton = t - miss / self.rate(u(t));
            let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
            let moved = (next - t).abs();
            t = next;
            if moved <= 4.0 * f64::EPSILON * t {
                break;
            }
        }
        t
    }

    fn quadrature(&self, u: &Waveform, from_s: f64, to_s: f64) -> f64 {
        let tolerance = self.tolerance(u, from_s, to_s);
        match self.smooth(u, from_s, to_s, tolerance) {
            Some(smooth) => self.integral(|t| smooth.eval(t), from_s, to_s, tolerance),
            None => self.integral(|t| u.eval(t), from_s, to_s, tolerance),
        }
    }

    /// Relative error of growth that a quadrature can reach.
    fn tolerance(&self, u: &Waveform, from_s: f64, to_s: f64) -> f64 {
        // Summands of u that cancel leave their rounding behind, which no halving removes.
        let summands = u.offset.abs()
            + u.slope.abs() * from_s.abs().max(to_s.abs())
            + u.terms.iter().map(|t| t.magnitude_bound(from_s, to_s)).sum::<f64>();
        QUADRATURE_TOLERANCE.max(8.0 * f64::EPSILON * summands / self.vs)
    }

    /// A voltage of many modes as a polynomial, which changes growth by a tenth of the tolerance.
    fn smooth(&self, u: &Waveform, from_s: f64, to_s: f64, tolerance: f64) -> Option<Chebyshev> {
        let many = u.terms.len() >= MANY_MODES;
        many.then(|| Chebyshev::of(u, from_s, to_s, 0.1 * tolerance * self.vs)).flatten()
    }

    /// Integral of the growth rate under `u`.
    fn integral(&self, u: impl Fn(f64) -> f64, from_s: f64, to_s: f64, tolerance: f64) -> f64 {
        let panel = |a: f64, b: f64| RULE.integrate(a, b, |t: f64| self.rate(u(t)));
        let mut sum = 0.0;
        let mut stack = vec![(from_s, to_s, panel(from_s, to_s), 0)];
        while let Some((a, b, whole, depth)) = stack.pop() {
            let m = 0.5 * (a + b);
            let (left, right) = (panel(a, m), panel(m, b));
            let halves = left + right;
            // Beyond all numbers no halving makes it more.
            if !halves.is_finite() {
                return halves;
            }
            if (halves - whole).abs() <= tolerance * halves || depth >= QUADRATURE_DEPTH {
                sum += halves;
            } else {
                stack.push((m, b, right, depth + 1));
                stack.push((a, m, left, depth + 1));
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use memspike_waveform::Term;

    use super::*;

    /// `Ein(x)`, the integral of `(1 - e^-s) / s` from 0 to `x`, by its series: nothing is lost below 2.
    fn ein(x: f64) -> f64 {
        let (mut sum, mut power) = (0.0, 1.0);
        for n in 1..60 {
            power *= -x / f64::from(n);
            sum -= power / f64::from(n);
        }
        sum
    }

    /// Long after a voltage has come to its end growth is a line: with `x0 = gap / vs`, it takes
    /// `tau Ein(x0)` longer than under the end alone. From hundreds of time constants on, the rest of the
    /// way is no number any more.
    #[test]
    fn growth_goes_on_long_after_the_voltage_has_come_to_its_end() {
        let growth = Growth { von: 0.15, vs: 0.025, t0: 0.5 };
        let end = 0.2;
        for tau in [1e-3, 3e-4, 2e-4, 1.4e-4, 1e-4, 1e-6, 1e-9, 1e-12] {
            for x0 in [2.0, 0.5, 1e-2, -0.5, -2.0] {
                let u = Waveform::relaxation(end - x0 * growth.vs, end, -1.0 / tau);
                // From 70 to 1e11 time constants.
                let right = 1.0 / growth.rate(end) + tau * ein(x0);
                let found = growth.time_to_grow(1.0, &u, 0.0, 1.0).expect("grows");
                assert!((found - right).abs() < 1e-13 * right, "{tau} {x0}: {found} {right}");
                let grown = growth.between(&u, 0.0, right);
                assert!((grown - 1.0).abs() < 1e-13, "{tau} {x0}: {grown}");
            }
        }
    }

    /// The same for two modes, which add their delays where their product is small.
    #[test]
    fn growth_under_two_modes_goes_on_after_both_have_ended() {
        let growth = Growth { von: 0.15, vs: 0.025, t0: 0.5 };
        let (end, x0) = (0.2, 1e-4);
        for (fast, slow) in [(1e-6, 1e-4), (1e-9, 1e-5), (1e-5, 2e-5)] {
            let mut u = Waveform::constant(end);
            for tau in [fast, slow] {
                u.push(Term::free(0, (-x0 * growth.vs).into(), (-1.0 / tau).into()));
            }
            let found = growth.time_to_grow(1.0, &u, 0.0, 1.0).expect("grows");
            let both = x0 * x0 * fast * slow / (fast + slow);
            let right = 1.0 / growth.rate(end) + (fast + slow) * ein(x0) - both;
            assert!((found - right).abs() < 1e-12 * right, "{fast} {slow}: {found} {right}");
        }
    }

    /// Four modes of one rate are one mode, whose growth has a closed form (to the rounding of its time
    /// constant, here 1 s).
    #[test]
    fn growth_beyond_all_numbers_is_found_at_once() {
        let growth = Growth { von: 0.15, vs: 0.025, t0: 0.5 };
        let mut u = Waveform::constant(1e15);
        for rate in [-1e3, -2e3] {
            u.push(Term::free(0, (-4e14).into(), rate.into()));
        }
        // Halved to the last depth, this would be a million million panels.
        assert_eq!(growth.between(&u, 0.0, 1.0), f64::INFINITY);
    }

    #[test]
    fn many_modes_grow_as_the_one_that_they_are() {
        let growth = Growth { von: 0.15, vs: 0.025, t0: 1e-3 };
        for start in [0.15, 0.16, 0.19] {
            let one = Waveform::relaxation(start, 0.2, -1.0);
            let mut many = Waveform::constant(0.2);
            for part in [0.5, 0.25, 0.125, 0.125] {
                let amp = (start - 0.2) * part;
                many.terms.push(Term::free(0, amp.into(), (-1.0).into()));
            }
            for need in [1e-3, 0.1, 0.5, 1.0] {
                let truth = growth.time_to_grow(need, &one, 0.0, 10.0).expect("grows");
                let found = growth.time_to_grow(need, &many, 0.0, 10.0).expect("grows");
                let error = (found - truth).abs();
                assert!(error < 1e-12 * truth + 1e-15, "{start} {need}: {found} {truth}");
                let grown = growth.between(&many, 0.0, found);
                assert!((grown / need - 1.0).abs() < 1e-12, "{start} {need}: {grown}");
            }
        }
    }
}
