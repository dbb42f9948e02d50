//! Growth under one relaxing mode, in closed form.
//!
//! `u(t) = end + (u0 - end) exp(-t/tau)`, and substitution of `u` for `t` gives
//! `G = (tau/t0) [h(u) - h(u0)]` with `h(u) = exp((u - von)/vs) S((end - u)/vs)`, where
//! `S(x) = e^x E1(x)` and its continuation to negative `x` are scaled, so nothing overflows.

use memspike_waveform::special::scaled_exponential_integral;
use memspike_waveform::{Relaxation, Waveform};

use super::Growth;

/// `u` as one relaxing mode, `end - gap exp(-t / tau)`, from where growth begins.
pub(super) struct Relaxing {
    form: Relaxation,
    from_s: f64,
    tau: f64,
    /// `end - u` where growth begins. It stands alone: as a difference it would lose its
    /// digits near the end, and growth there depends on its logarithm.
    gap: f64,
}

/// Distance from the end, in units of `vs`, beyond which growth follows the departure: a difference
/// of two distances would keep too few digits of it.
const FAR: f64 = 100.0;

/// Distance from the end, in units of `vs`, below which `S(x) = -gamma - ln |x|` to rounding.
const NEAR: f64 = 4e-18;

/// Logarithm of `S` there, or a little more.
const LATE_LN: f64 = 3.7;

/// Euler's constant, gamma.
const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;

impl Relaxing {
    /// A voltage from `from_s` on, if it is one mode.
    pub(super) fn of(u: &Waveform, from_s: f64) -> Option<Self> {
        let form = u.as_relaxation()?;
        let Relaxation { amplitude, rate, .. } = form;
        let gap = if from_s == 0.0 { -amplitude } else { -amplitude * (rate * from_s).exp() };
        (rate != 0.0).then(|| Self { form, from_s, tau: -1.0 / rate, gap })
    }

    /// Whether it comes ever closer to an end above it.
    pub(super) fn rises(&self) -> bool {
        self.gap > 0.0 && self.tau > 0.0
    }

    /// `u` after `dt` seconds.
    fn u(&self, dt: f64) -> f64 {
        self.form.eval(self.from_s + dt)
    }

    /// `S(gap / vs)` after `dt` seconds.
    fn scaled_integral(&self, vs: f64, dt: f64) -> f64 {
        let (start, passed) = (self.gap / vs, dt / self.tau);
        let x = start * (-passed).exp();
        if x.abs() < NEAR {
            // It may be no number any more, long after the voltage has come to its end.
            passed - start.abs().ln() - EULER_GAMMA
        } else {
            scaled_exponential_integral(x)
        }
    }

    /// How far `u` moves in `dt` seconds.
    fn moved(&self, dt: f64) -> f64 {
        -self.gap * (-dt / self.tau).exp_m1()
    }
}

impl Growth {
    /// Growth in `dt` seconds of one relaxing mode, unless only a quadrature keeps its digits.
    pub(super) fn relaxed(&self, relaxing: &Relaxing, dt: f64) -> Option<f64> {
        // Where the voltage hardly moved the difference of h would cancel.
        if (relaxing.moved(dt) / self.vs).abs() > 1e-3 {
            let h = |dt: f64| self.h(relaxing, dt);
            return Some(relaxing.tau / self.t0 * (h(dt) - h(0.0)));
        }
        ((dt / relaxing.tau).abs() < 0.1).then(|| self.short(relaxing, dt))
    }

    /// Growth in a time so short that voltage and slope hardly change: Gauss-Legendre with three nodes,
    /// whose remainder is below rounding then.
    fn short(&self, relaxing: &Relaxing, dt: f64) -> f64 {
        const NODE: f64 = 0.387_298_334_620_741_7; // sqrt(3/5) / 2
        let rate = |part: f64| self.rate(relaxing.u(part * dt));
        dt * (5.0 * (rate(0.5 - NODE) + rate(0.5 + NODE)) + 8.0 * rate(0.5)) / 18.0
    }

    /// `exp((u - von)/vs) S((end - u)/vs)` after `dt` seconds.
    fn h(&self, relaxing: &Relaxing, dt: f64) -> f64 {
        let factor = ((relaxing.u(dt) - self.von) / self.vs).exp();
        factor * relaxing.scaled_integral(self.vs, dt)
    }

    /// Time after which a voltage that rises towards its end has grown `need`.
    pub(super) fn relaxed_time(&self, need: f64, relaxing: &Relaxing) -> f64 {
        let near = relaxing.gap <= FAR * self.vs;
        let rising = if near { Self::rising_time } else { Self::departing_time };
        rising(self, need, relaxing)
    }

    /// The same for a voltage whose end is near.
    ///
    /// Solves `h(x) = h(x0) + need t0 / tau` for `x = (end - u) / vs`, which falls from `x0` to 0,
    /// by Newton's method on `ln h`: nearly linear in `x` above 1 and in `ln x` below
    /// (`d ln h / dx = -1 / (x S(x))`).
    fn rising_time(&self, need: f64, r: &Relaxing) -> f64 {
        let x0 = r.gap / self.vs;
        let start = (r.u(0.0) - self.von) / self.vs;
        // h in units of exp((u0 - von)/vs), so that it is S(x0) at the start.
        let target = scaled_exponential_integral(x0) + need * self.t0 / r.tau * (-start).exp();
        let ln_target = target.ln();
        // `S` at the end of the rise, where `x` may be no number any more: there it is a logarithm.
        if ln_target - x0 > LATE_LN {
            return r.tau * (x0.ln() + EULER_GAMMA + target * (-x0).exp());
        }
        let mut x = (x0 - ln_target - x0.ln()).clamp(0.5_f64.min(x0), x0);
        let (mut low, mut high) = (0.0, x0);
        for _ in 0..100 {
            let s = scaled_exponential_integral(x);
            let miss = (x0 - x) + s.ln() - ln_target;
            if miss > 0.0 {
                low = x;
            } else {
                high = x;
            }
            let step = miss * s * x;
            let newton = if x > 1.0 { x + step } else { x * (step / x).exp() };
            // Convergence is quadratic: what such a step leaves is below rounding.
            if step.abs() <= 1e-9 * x {
                x = newton;
                break;
            }
            x = if newton > low && newton < high {
                newton
            } else if low > 0.0 {
                0.5 * (low + high)
            } else {
                0.25 * x
            };
        }
        r.tau * (x0 / x).ln()
    }

    /// The same for a voltage whose end lies far beyond: nearly a ramp, which is the first guess, and
    /// comes too soon, because the voltage slows down.
    fn departing_time(&self, need: f64, r: &Relaxing) -> f64 {
        let Some(mut dt) = self.ramp_time(need, r.u(0.0), r.gap / r.tau) else {
            return f64::INFINITY;
        };
        for _ in 0..50 {
            // So far from its end a voltage that grows anything moves, or hardly any time passes.
            let grown = self.relaxed(r, dt).unwrap_or_else(|| self.short(r, dt));
            // Of the logarithm, which is nearly straight where growth is fast.
            let step = (grown / need).ln() * grown / self.rate(r.u(dt));
            dt -= step;
            // Convergence is quadratic: what such a step leaves is below rounding.
            if step.abs() <= 1e-9 * dt {
                break;
            }
        }
        dt
    }
}
