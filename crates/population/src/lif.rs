//! The law of a membrane whose potential jumps, in scaled states.

use memspike_time::{FS, Time};

use crate::grid::{Grid, after, plus_fs};
use crate::model::{Membrane, Reset, fs};

/// How far a comparison of scaled states is trusted, as a part of them. Exponentials and logarithms here are off by less than 1e-14.
const TRUST: f64 = 1e-12;

/// A scaled state below this is zero: the neuron is at its asymptote.
const NOTHING: f64 = 1e-250;

/// Constants of a membrane. Potentials are counted from its asymptote.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LifLaw {
    pub grid: Grid,
    pub refractory_fs: u64,
    pub asymptote_v: f64,
    /// The threshold; below zero where the drive alone leads to a spike.
    pub theta_v: f64,
    tau_fs: f64,
    /// What is left of a scaled state after a period.
    turn: f64,
    landing: Landing,
}

#[derive(Debug, Clone, Copy)]
enum Landing {
    At(f64),
    Lower(f64),
}

impl LifLaw {
    pub fn new(membrane: &Membrane) -> Self {
        let tau_fs = membrane.tau_s * FS;
        let landing = match membrane.reset {
            Reset::To(potential) => Landing::At(potential - membrane.asymptote_v),
            Reset::Lower(by) => Landing::Lower(by),
        };
        let grid = Grid::of(tau_fs);
        Self {
            grid,
            turn: (-(grid.period_fs as f64) / tau_fs).exp(),
            refractory_fs: fs(membrane.refractory_s),
            asymptote_v: membrane.asymptote_v,
            theta_v: membrane.threshold_v - membrane.asymptote_v,
            tau_fs,
            landing,
        }
    }

    /// By how much a potential is scaled at an instant.
    pub fn factor(&self, at: Time, origin: u64) -> f64 {
        (after(at, origin) / self.tau_fs).exp()
    }

    /// The same membrane with its asymptote moved (V).
    pub fn shifted(&self, by: f64) -> Self {
        let landing = match self.landing {
            Landing::At(potential) => Landing::At(potential - by),
            lower @ Landing::Lower(_) => lower,
        };
        let (asymptote_v, theta_v) = (self.asymptote_v + by, self.theta_v - by);
        Self { asymptote_v, theta_v, landing, ..*self }
    }

    /// A scaled state, written for the next multiple of the period.
    pub fn turned(&self, u: f64) -> f64 {
        let turned = u * self.turn;
        if turned.abs() < NOTHING { 0.0 } else { turned }
    }

    /// Whether the drive alone leads to a spike.
    pub fn is_driven(&self) -> bool {
        self.theta_v < 0.0
    }

    /// The scaled state of the threshold where the scale is `factor`, lowered so that no crossing up to there is below it.
    pub fn bar(&self, factor: f64) -> f64 {
        let bar = self.theta_v * factor;
        if self.is_driven() { bar * (1.0 + TRUST) } else { bar }
    }

    /// The scale at which a state is at the threshold: `exp((t - origin) / tau)` of the crossing. Of a driven membrane alone.
    pub fn scale_of_crossing(&self, u: f64) -> f64 {
        (u / self.theta_v).max(0.0)
    }

    /// Whether a crossing at this scale may come before the instant whose scale is `factor`.
    pub fn may_precede(scale: f64, factor: f64) -> bool {
        scale <= factor * (1.0 + TRUST)
    }

    /// When a driven membrane reaches its threshold, if nothing arrives.
    pub fn crossing(&self, u: f64, origin: u64) -> Time {
        let scale = self.scale_of_crossing(u);
        plus_fs(Time::from_tick(origin), (self.tau_fs * scale.ln()).max(0.0))
    }

    /// Whether a membrane fires at an instant, after all that arrives then.
    ///
    /// Of a driven one both are asked, its state and its crossing, so that a crossing found later lies later.
    pub fn fires(&self, u: f64, factor: f64, at: Time, origin: u64) -> bool {
        let threshold = self.theta_v * factor;
        if u >= threshold {
            return true;
        }
        self.is_driven() && u >= threshold * (1.0 + TRUST) && self.crossing(u, origin) <= at
    }

    /// Where a spike leaves a potential, counted from the asymptote.
    pub fn land(&self, potential: f64) -> f64 {
        match self.landing {
            Landing::At(potential) => potential,
            Landing::Lower(by) => potential - by,
        }
    }
}
