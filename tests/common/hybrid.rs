//! Circuits with devices as ordinary differential equations with events: Dormand and Prince's
//! eighth-order method and its dense output from a library, right-hand sides by hand.
//!
//! A phase change of any device ends an integration and begins the next one, so that every
//! right-hand side is smooth.

use differential_equations::control::ControlFlag;
use differential_equations::interpolate::Interpolation;
use differential_equations::ivp::IVP;
use differential_equations::methods::ExplicitRungeKutta;
use differential_equations::solout::Solout;
use differential_equations::solution::Solution;

use super::rig::{Memristor, Switch};

/// A device and its resistance law.
#[derive(Debug, Clone, Copy)]
pub enum Device {
    Memristor(Memristor),
    Switch(Switch),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Off,
    /// Off, with no filament that could dissolve.
    Bare,
    Growing,
    Saturated,
    On,
}

/// `(t, states, device conductances, derivatives)`.
pub type Rates<'a> = dyn Fn(f64, &[f64], &[f64], &mut [f64]) + 'a;

/// `(t, states, device conductances, device) -> controlling voltage`.
pub type Control<'a> = dyn Fn(f64, &[f64], &[f64], usize) -> f64 + 'a;

/// A circuit written as Kirchhoff's laws.
pub struct Network<'a> {
    pub devices: Vec<Device>,
    /// Initial states (capacitor voltages).
    pub initial: Vec<f64>,
    pub rates: Box<Rates<'a>>,
    pub control: Box<Control<'a>>,
    /// Instants at which a source has a corner or a jump (s).
    pub corners: Vec<f64>,
}

/// Relative and absolute tolerance of the integrator.
const TOLERANCE: f64 = 1e-13;

/// Longest step (s): dense output is of lower order than the steps, and these make it as exact.
const LONGEST_STEP: f64 = 5e-5;

/// A filament that dissolves in finite time is gone here: its rate has no bound towards zero. The time that
/// this leaves out is the cube of it by that of the remainder, 1e-9 of the law's time.
const BARE: f64 = 1e-3;

/// Places of one step at which the conditions are looked at.
const SAMPLES: u32 = 8;

impl Device {
    fn conductance(self, phase: Phase) -> f64 {
        let (on, off) = match self {
            Self::Memristor(m) => (m.ron, m.roff),
            Self::Switch(s) => (s.ron, s.roff),
        };
        1.0 / if phase == Phase::On { on } else { off }
    }

    /// Ways out of a phase: `(how far past the condition, next phase)`; past is above zero.
    fn exits(self, phase: Phase, v: f64, g: f64) -> Vec<(f64, Phase)> {
        let m = match self {
            Self::Switch(s) if phase == Phase::On => return vec![(s.vt - s.vh - v, Phase::Off)],
            Self::Switch(s) => return vec![(v - (s.vt + s.vh), Phase::On)],
            Self::Memristor(m) => m,
        };
        let u = v.abs();
        let cap = m.von + m.vs * (m.t0 / m.ton_min).ln();
        match phase {
            Phase::Off if m.dissolution > 0.0 => {
                vec![(u - m.von, Phase::Growing), (BARE - g, Phase::Bare)]
            }
            Phase::Off | Phase::Bare => vec![(u - m.von, Phase::Growing)],
            Phase::Growing => {
                vec![(g - 1.0, Phase::On), (m.von - u, Phase::Off), (u - cap, Phase::Saturated)]
            }
            Phase::Saturated => vec![(g - 1.0, Phase::On), (cap - u, Phase::Growing)],
            Phase::On => vec![(m.vhold - u, Phase::Off)],
        }
    }

    fn growth(self, phase: Phase, v: f64, g: f64) -> f64 {
        let Self::Memristor(m) = self else { return 0.0 };
        match phase {
            Phase::Off if m.dissolution > 0.0 => {
                let n = m.dissolution;
                -(m.gres / g).powf(n) * g / (n * m.trelax)
            }
            Phase::Off => -g / m.trelax,
            Phase::Bare => 0.0,
            Phase::Growing => ((v.abs() - m.von) / m.vs).exp() / m.t0,
            Phase::Saturated => 1.0 / m.ton_min,
            Phase::On => 0.0,
        }
    }
}

impl Network<'_> {
    fn conductances(&self, phases: &[Phase]) -> Vec<f64> {
        self.devices.iter().zip(phases).map(|(d, p)| d.conductance(*p)).collect()
    }

    fn derivative(&self, phases: &[Phase], siemens: &[f64], t: f64, y: &[f64], dy: &mut [f64]) {
        let (x, g) = y.split_at(self.initial.len());
        let (dx, dg) = dy.split_at_mut(self.initial.len());
        (self.rates)(t, x, siemens, dx);
        for (k, device) in self.devices.iter().enumerate() {
            dg[k] = device.growth(phases[k], (self.control)(t, x, siemens, k), g[k]);
        }
    }

    /// A device whose phase is over, and its next phase.
    fn over(&self, phases: &[Phase], siemens: &[f64], t: f64, y: &[f64]) -> Option<(usize, Phase)> {
        let (x, g) = y.split_at(self.initial.len());
        self.devices.iter().enumerate().find_map(|(k, device)| {
            let v = (self.control)(t, x, siemens, k);
            let exits = device.exits(phases[k], v, g[k]);
            exits.into_iter().find(|(past, _)| *past > 0.0).map(|(_, next)| (k, next))
        })
    }

    /// Instants at which each device turns on, up to `until` seconds.
    pub fn spikes(&self, until: f64) -> Vec<Vec<f64>> {
        self.spikes_and_starts(until).0
    }

    /// The same, and the smallest filament above zero that any growth began with, at most 1.
    pub fn spikes_and_starts(&self, until: f64) -> (Vec<Vec<f64>>, f64) {
        let mut least: f64 = 1.0;
        let devices = self.devices.len();
        let mut spikes = vec![Vec::new(); devices];
        let mut phases = vec![Phase::Off; devices];
        let mut y = self.initial.clone();
        y.resize(self.initial.len() + devices, 0.0);
        let mut t = 0.0;
        let ends = self.corners.iter().copied().filter(|c| *c > 0.0 && *c < until).chain([until]);
        for end in ends {
            while t < end {
                let siemens = self.conductances(&phases);
                if let Some((k, next)) = self.over(&phases, &siemens, t, &y) {
                    if let Device::Memristor(m) = self.devices[k] {
                        let filament = &mut y[self.initial.len() + k];
                        if phases[k] == Phase::On {
                            *filament = m.gres;
                        } else if next == Phase::On {
                            *filament = 1.0;
                        } else if next == Phase::Bare {
                            *filament = 0.0;
                        }
                    }
                    if next == Phase::On {
                        spikes[k].push(t);
                    }
                    let filament = y[self.initial.len() + k];
                    if next == Phase::Growing && filament > 0.0 {
                        least = least.min(filament);
                    }
                    phases[k] = next;
                    continue;
                }
                (t, y) = self.stretch(&phases, &siemens, t, &y, end);
            }
        }
        (spikes, least)
    }

    /// States at `until`, for circuits without devices.
    pub fn states(&self, until: f64) -> Vec<f64> {
        assert!(self.devices.is_empty());
        let mut y = self.initial.clone();
        let mut t = 0.0;
        let ends = self.corners.iter().copied().filter(|c| *c > 0.0 && *c < until).chain([until]);
        for end in ends {
            (t, y) = self.stretch(&[], &[], t, &y, end);
        }
        assert_eq!(t, until);
        y
    }

    /// Integrates until a device's phase is over or `end` is reached.
    fn stretch(
        &self,
        phases: &[Phase],
        siemens: &[f64],
        t: f64,
        y: &[f64],
        end: f64,
    ) -> (f64, Vec<f64>) {
        let mut watch = Watch {
            over: |t, y: &[f64]| self.over(phases, siemens, t, y).is_some(),
            last: (t, y.to_vec()),
        };
        let rates = |t: f64, y: &Vec<f64>, dy: &mut Vec<f64>| {
            self.derivative(phases, siemens, t, y, dy);
        };
        let method = ExplicitRungeKutta::dop853()
            .rtol(TOLERANCE)
            .atol(TOLERANCE * 1e-2)
            .h_max(LONGEST_STEP)
            .max_steps(10_000_000);
        IVP::ode_from_fn(rates, t, end, y.to_vec())
            .method(method)
            .solout(&mut watch)
            .solve()
            .expect("the reference integrates");
        let (reached, y) = watch.last;
        (if end - reached < 1e-14 { end } else { reached }, y)
    }
}

/// Stops at the first instant at which a phase is over, found by bisection on the dense output.
/// (The library's own event finder takes no notice of the first step after a restart.)
struct Watch<F> {
    over: F,
    last: (f64, Vec<f64>),
}

impl<F: Fn(f64, &[f64]) -> bool> Solout<f64, Vec<f64>> for &mut Watch<F> {
    fn solout<I>(
        &mut self,
        t_curr: f64,
        t_prev: f64,
        y_curr: &Vec<f64>,
        _y_prev: &Vec<f64>,
        interpolator: &mut I,
        _solution: &mut Solution<f64, Vec<f64>>,
    ) -> ControlFlag<f64, Vec<f64>>
    where
        I: Interpolation<f64, Vec<f64>> + ?Sized,
    {
        self.last = (t_curr, y_curr.clone());
        if t_curr == t_prev {
            return ControlFlag::Continue;
        }
        let mut at = |t: f64| interpolator.interpolate(t).expect("inside the step");
        let mut low = t_prev;
        for k in 1..=SAMPLES {
            let share = f64::from(k) / f64::from(SAMPLES);
            let mut high = if k == SAMPLES { t_curr } else { t_prev + share * (t_curr - t_prev) };
            if (self.over)(high, &at(high)) {
                loop {
                    let middle = 0.5 * (low + high);
                    if middle <= low || middle >= high {
                        self.last = (high, at(high));
                        return ControlFlag::Terminate;
                    }
                    if (self.over)(middle, &at(middle)) { high = middle } else { low = middle }
                }
            }
            low = high;
        }
        ControlFlag::Continue
    }
}
