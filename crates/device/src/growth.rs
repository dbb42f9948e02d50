//! The filament's growth integral `G = (1/t0) * integral of exp((u(t) - von) / vs) dt`.
//!
//! For one relaxing mode, `u(t) = end + (u0 - end) exp(-t/tau)`, substitution of `u` for `t` gives
//! `G = (tau/t0) [h(u) - h(u0)]` with `h(u) = exp((u - von)/vs) S((end - u)/vs)`, where
//! `S(x) = e^x E1(x)` and its continuation to negative `x` are scaled, so nothing overflows. A
//! ramp gives exponentials, a constant a line, everything else an error-controlled quadrature.

use std::sync::LazyLock;

use gauss_quad::legendre::GaussLegendre;
use memspike_waveform::Waveform;
use memspike_waveform::special::scaled_exponential_integral;

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

static RULE: LazyLock<GaussLegendre> = LazyLock::new(|| {
    GaussLegendre::new(std::num::NonZeroUsize::new(16).expect("sixteen is not zero"))
});

/// `u` as one relaxing mode, `end - gap exp(-t / tau)`.
struct Relaxing {
    end: f64,
    tau: f64,
    /// `end - u` where growth begins. It stands alone: as a difference it would lose its
    /// digits near the end, and growth there depends on its logarithm.
    gap: f64,
}

impl Relaxing {
    fn gap_after(&self, dt: f64) -> f64 {
        self.gap * (-dt / self.tau).exp()
    }
}

impl Growth {
    /// Growth rate under `u` volts (1/s).
    fn rate(&self, u: f64) -> f64 {
        ((u - self.von) / self.vs).exp() / self.t0
    }

    /// Growth from `from_s` to `to_s`.
    pub fn between(&self, u: &Waveform, from_s: f64, to_s: f64) -> f64 {
        let dt = to_s - from_s;
        if let Some(relaxing) = relaxing(u, from_s) {
            let gap = relaxing.gap_after(dt);
            // Where the voltage hardly moved the difference of h would cancel.
            if ((gap - relaxing.gap) / self.vs).abs() > 1e-3 {
                return relaxing.tau / self.t0
                    * (self.h(relaxing.end, gap) - self.h(relaxing.end, relaxing.gap));
            }
            if (dt / relaxing.tau).abs() < 0.1 {
                return self.short(&relaxing, dt);
            }
        } else if u.terms.is_empty() {
            return self.ramp(u.eval(from_s), u.slope, dt);
        }
        self.quadrature(u, from_s, to_s)
    }

    /// Growth in a time so short that voltage and slope hardly change: Gauss-Legendre with three nodes,
    /// whose remainder is below rounding then.
    fn short(&self, relaxing: &Relaxing, dt: f64) -> f64 {
        const NODE: f64 = 0.387_298_334_620_741_7; // sqrt(3/5) / 2
        let rate = |part: f64| self.rate(relaxing.end - relaxing.gap_after(part * dt));
        dt * (5.0 * (rate(0.5 - NODE) + rate(0.5 + NODE)) + 8.0 * rate(0.5)) / 18.0
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
        if let Some(relaxing) = relaxing(u, from_s)
            && relaxing.gap > 0.0
            && relaxing.tau > 0.0
        {
            let dt = self.rising_time(need, &relaxing);
            return (from_s + dt <= until_s).then_some(from_s + dt);
        }
        self.march(need, u, from_s, until_s)
    }

    /// `exp((u - von)/vs) S(gap/vs)` with `gap = end - u`.
    fn h(&self, end: f64, gap: f64) -> f64 {
        ((end - gap - self.von) / self.vs).exp() * scaled_exponential_integral(gap / self.vs)
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

    /// Time after which a voltage that rises towards `end` has grown `need`.
    ///
    /// Solves `h(x) = h(x0) + need t0 / tau` for `x = (end - u) / vs`, which falls from `x0` to 0,
    /// by Newton's method on `ln h`: nearly linear in `x` above 1 and in `ln x` below
    /// (`d ln h / dx = -1 / (x S(x))`).
    fn rising_time(&self, need: f64, r: &Relaxing) -> f64 {
        let x0 = r.gap / self.vs;
        let start = (r.end - r.gap - self.von) / self.vs;
        // h in units of exp((u0 - von)/vs), so that it is S(x0) at the start.
        let target = scaled_exponential_integral(x0) + need * self.t0 / r.tau * (-start).exp();
        let ln_target = target.ln();
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

    /// The crossing in a panel known to hold it; the rate is the derivative.
    fn within(&self, need: f64, u: &Waveform, from_s: f64, to_s: f64) -> f64 {
        let (mut low, mut high) = (from_s, to_s);
        let mut t = 0.5 * (low + high);
        for _ in 0..100 {
            let miss = self.between(u, from_s, t) - need;
            if miss < 0.0 {
                low = t;
            } else {
                high = t;
            }
            let newton = t - miss / self.rate(u.eval(t));
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
        let panel = |a: f64, b: f64| RULE.integrate(a, b, |t: f64| self.rate(u.eval(t)));
        // Summands of u that cancel leave their rounding behind, which no halving removes.
        let summands = u.offset.abs()
            + u.slope.abs() * from_s.abs().max(to_s.abs())
            + u.terms.iter().map(|t| t.magnitude_bound(from_s, to_s)).sum::<f64>();
        let tolerance = QUADRATURE_TOLERANCE.max(8.0 * f64::EPSILON * summands / self.vs);
        let mut sum = 0.0;
        let mut stack = vec![(from_s, to_s, panel(from_s, to_s), 0)];
        while let Some((a, b, whole, depth)) = stack.pop() {
            let m = 0.5 * (a + b);
            let (left, right) = (panel(a, m), panel(m, b));
            let halves = left + right;
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

fn relaxing(u: &Waveform, from_s: f64) -> Option<Relaxing> {
    let (end, amplitude, rate) = u.as_relaxation()?;
    let gap = if from_s == 0.0 { -amplitude } else { -amplitude * (rate * from_s).exp() };
    (rate != 0.0).then(|| Relaxing { end, tau: -1.0 / rate, gap })
}
