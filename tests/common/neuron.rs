//! One capacitor, one resistor, one device, in arbitrary precision.
//!
//! Between two transitions the membrane relaxes, `u(t) = vinf + (u0 - vinf) exp(-t / tau)`, with
//! `vinf` and `tau` from the divider of the resistor and the device. Everything below follows from
//! that line and the device's definition; no code of the project is involved.

use super::precise::{Real, e1, ei, float, real};
use super::rig::{Memristor, Switch};

/// The device across the membrane.
#[derive(Debug, Clone, Copy)]
pub enum Device {
    Memristor(Memristor),
    Switch(Switch),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Off,
    Growing,
    Saturated,
    On,
}

/// A source through `ohm` into `farad`, in parallel with the device.
#[derive(Debug, Clone, Copy)]
pub struct Neuron {
    pub ohm: f64,
    pub farad: f64,
    pub device: Device,
}

/// Membrane voltage, filament and clock.
struct State {
    t: Real,
    u: Real,
    g: Real,
    phase: Phase,
}

/// `end + (u - end) exp(-t / tau)`.
struct Relaxation {
    u: Real,
    end: Real,
    tau: Real,
}

impl Relaxation {
    fn at(&self, dt: &Real) -> Real {
        &self.end + (&self.u - &self.end) * (-(dt / &self.tau)).exp()
    }

    fn is_falling(&self) -> bool {
        self.end < self.u
    }

    /// When the voltage rises to `level`.
    fn time_to_rise(&self, level: &Real) -> Option<Real> {
        (!self.is_falling() && *level < self.end).then(|| self.time_to(level))
    }

    /// When the voltage falls to `level`.
    fn time_to_fall(&self, level: &Real) -> Option<Real> {
        (self.is_falling() && *level > self.end).then(|| self.time_to(level))
    }

    fn time_to(&self, level: &Real) -> Real {
        ((&self.u - &self.end) / (level - &self.end)).ln() * &self.tau
    }

    /// Integral of `exp((u - von) / vs)` over the first `dt`: with `x = (end - u) / vs`, the
    /// substitution `dx = -x dt / tau` leaves `tau` times an integral of `exp(-x) / x`.
    fn growth(&self, dt: &Real, von: &Real, vs: &Real) -> Real {
        let before = (&self.end - &self.u) / vs;
        let after = &before * (-(dt / &self.tau)).exp();
        let area = if before > real(0.0) {
            e1(&after) - e1(&before)
        } else if before < real(0.0) {
            ei(&-before) - ei(&-after)
        } else {
            dt / &self.tau
        };
        &self.tau * ((&self.end - von) / vs).exp() * area
    }
}

impl Neuron {
    fn relaxation(&self, state: &State, volt: f64) -> Relaxation {
        let (ron, roff) = match self.device {
            Device::Memristor(m) => (m.ron, m.roff),
            Device::Switch(s) => (s.ron, s.roff),
        };
        let device = real(if state.phase == Phase::On { ron } else { roff });
        let share = &device / (&device + real(self.ohm));
        Relaxation {
            u: state.u.clone(),
            end: real(volt) * &share,
            tau: real(self.ohm) * real(self.farad) * &share,
        }
    }

    /// Time to the next transition within `limit`, and the phase after it.
    fn next(&self, state: &State, r: &Relaxation, limit: &Real) -> Option<(Real, Phase)> {
        let within = |dt: Option<Real>, phase| dt.filter(|dt| dt <= limit).map(|dt| (dt, phase));
        let m = match (self.device, state.phase) {
            (Device::Switch(s), Phase::On) => {
                return within(r.time_to_fall(&(real(s.vt) - real(s.vh))), Phase::Off);
            }
            (Device::Switch(s), _) => {
                return within(r.time_to_rise(&(real(s.vt) + real(s.vh))), Phase::On);
            }
            (Device::Memristor(m), _) => m,
        };
        let cap = real(m.von) + real(m.vs) * (real(m.t0) / real(m.ton_min)).ln();
        match state.phase {
            Phase::On => within(r.time_to_fall(&real(m.vhold)), Phase::Off),
            Phase::Off => within(r.time_to_rise(&real(m.von)), Phase::Growing),
            Phase::Growing => {
                let fall = within(r.time_to_fall(&real(m.von)), Phase::Off);
                let end = fall.or_else(|| within(r.time_to_rise(&cap), Phase::Saturated));
                let last = end.as_ref().map_or(limit, |(dt, _)| dt);
                let missing = (real(1.0) - &state.g) * real(m.t0);
                time_to_grow(r, &missing, last, m).map(|dt| (dt, Phase::On)).or(end)
            }
            Phase::Saturated => {
                let bridged = (real(1.0) - &state.g) * real(m.ton_min);
                let slower = within(r.time_to_fall(&cap), Phase::Growing);
                match slower {
                    Some((dt, phase)) if dt < bridged => Some((dt, phase)),
                    _ => within(Some(bridged), Phase::On),
                }
            }
        }
    }

    fn filament(&self, state: &State, r: &Relaxation, dt: &Real) -> Real {
        let Device::Memristor(m) = self.device else { return real(0.0) };
        match state.phase {
            Phase::Off if m.dissolution > 0.0 => dissolved(&state.g, dt, m),
            Phase::Off => &state.g * (-(dt / real(m.trelax))).exp(),
            Phase::Growing => &state.g + r.growth(dt, &real(m.von), &real(m.vs)) / real(m.t0),
            Phase::Saturated => &state.g + dt / real(m.ton_min),
            Phase::On => real(1.0),
        }
    }

    /// Instants of turning on while the source follows `drive`: `(end of the stretch, volts)`.
    pub fn spikes(&self, drive: impl IntoIterator<Item = (Real, f64)>) -> Vec<Real> {
        let zero = || real(0.0);
        let mut state = State { t: zero(), u: zero(), g: zero(), phase: Phase::Off };
        let mut spikes = Vec::new();
        for (end, volt) in drive {
            loop {
                let r = self.relaxation(&state, volt);
                let limit = &end - &state.t;
                let next = self.next(&state, &r, &limit);
                let dt = next.as_ref().map_or(&limit, |(dt, _)| dt);
                let g = self.filament(&state, &r, dt);
                state = State { t: &state.t + dt, u: r.at(dt), g, ..state };
                let Some((_, phase)) = next else { break };
                match (phase, self.device) {
                    (Phase::On, _) => {
                        spikes.push(state.t.clone());
                        state.g = real(1.0);
                    }
                    (_, Device::Memristor(m)) if state.phase == Phase::On => state.g = real(m.gres),
                    _ => {}
                }
                state.phase = phase;
            }
        }
        spikes
    }
}

/// What `dg/dt = -gres^n / (n td g^(n-1))` leaves of `g`: its n-th power falls evenly.
fn dissolved(g: &Real, dt: &Real, m: Memristor) -> Real {
    let order = real(m.dissolution);
    let power = |x: &Real| (&order * x.ln()).exp();
    if *g <= real(0.0) {
        return real(0.0);
    }
    let left = power(g) - power(&real(m.gres)) * dt / real(m.trelax);
    if left <= real(0.0) { real(0.0) } else { (left.ln() / order).exp() }
}

/// When the growth integral reaches `area`, if it does by `last`: Newton's iteration on its
/// logarithm inside a bracket.
fn time_to_grow(r: &Relaxation, area: &Real, last: &Real, m: Memristor) -> Option<Real> {
    let (von, vs) = (real(m.von), real(m.vs));
    let growth = |dt: &Real| r.growth(dt, &von, &vs);
    let (mut low, mut high) = (real(0.0), last.clone());
    let mut dt = last.clone();
    let mut grown = growth(&dt);
    if grown < *area {
        return None;
    }
    for _ in 0..400 {
        let rate = ((r.at(&dt) - &von) / &vs).exp();
        let step = &grown * (&grown / area).ln() / rate;
        if float(&step).abs() < 1e-36 {
            return Some(dt - step);
        }
        let newton = &dt - step;
        dt = if newton > low && newton < high { newton } else { (&low + &high) / real(2.0) };
        grown = growth(&dt);
        if grown < *area { low = dt.clone() } else { high = dt.clone() }
    }
    panic!("the growth integral did not converge");
}

/// One constant voltage for `until_s` seconds.
pub fn constant(volt: f64, until_s: f64) -> Vec<(Real, f64)> {
    vec![(real(until_s), volt)]
}

/// A train of pulses that begins at zero: `width_us` at `volt`, `gap_us` at zero.
pub fn pulses(volt: f64, width_us: u32, gap_us: u32, count: u32) -> Vec<(Real, f64)> {
    let at = |us: u32| real(f64::from(us)) / real(1e6);
    let period = width_us + gap_us;
    (0..count)
        .flat_map(|k| [(at(k * period + width_us), volt), (at((k + 1) * period), 0.0)])
        .collect()
}
