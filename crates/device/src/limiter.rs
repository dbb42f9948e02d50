//! What limits the current of a voltage source.

use memspike_waveform::{Direction, Waveform, first_reach};

use crate::registry::positive;
use crate::{Model, NoSpiceForm, ParameterError, Phase, SpiceForm, State, Transition};

/// The compliance of a source: between the source and its terminal, a resistance that drops
/// `CORNER_V` at the limit, and beyond that the limit itself, whatever the voltage:
/// `i = limit * clamp(v / CORNER_V, -1, 1)`.
///
/// So the terminal stays within a microvolt of the source until the limit is met, and from that
/// instant on the source is one of current.
#[derive(Debug, Clone, PartialEq)]
pub struct Limiter {
    limit_a: f64,
}

/// Voltage lost at the limit (V).
const CORNER_V: f64 = 1e-6;

/// Part of [`CORNER_V`] at which a limited source holds its voltage again; below 1, so that
/// rounding at the corner cannot make it chatter.
const RELEASE: f64 = 0.999;

impl Limiter {
    /// A limit of either sign of current (A).
    ///
    /// # Errors
    /// If the limit is not finite and above zero.
    pub fn new(limit_a: f64) -> Result<Self, ParameterError> {
        positive("compliance", limit_a)?;
        Ok(Self { limit_a })
    }

    /// The limit (A).
    #[must_use]
    pub fn limit_a(&self) -> f64 {
        self.limit_a
    }
}

impl Model for Limiter {
    fn rest(&self) -> State {
        State::new(Phase::Regulating, 0.0)
    }

    fn resistance(&self, state: &State) -> f64 {
        match state.phase {
            Phase::Sourcing | Phase::Sinking => f64::INFINITY,
            _ => CORNER_V / self.limit_a,
        }
    }

    fn source_current(&self, state: &State) -> f64 {
        match state.phase {
            Phase::Sourcing => self.limit_a,
            Phase::Sinking => -self.limit_a,
            _ => 0.0,
        }
    }

    fn is_source(&self) -> bool {
        true
    }

    fn settle(&self, state: &State, v: &Waveform, at_s: f64) -> State {
        let v = v.eval(at_s);
        let phase = match state.phase {
            Phase::Sourcing if v < RELEASE * CORNER_V => Phase::Regulating,
            Phase::Sinking if v > -RELEASE * CORNER_V => Phase::Regulating,
            Phase::Regulating if v > CORNER_V => Phase::Sourcing,
            Phase::Regulating if v < -CORNER_V => Phase::Sinking,
            same => same,
        };
        State { phase, ..*state }
    }

    fn next(&self, state: &State, v: &Waveform, from_s: f64, until_s: f64) -> Option<Transition> {
        let reach = |level, direction, until_s, to| {
            first_reach(v, level, direction, from_s, until_s).map(|at_s| Transition { at_s, to })
        };
        match state.phase {
            Phase::Sourcing => {
                reach(RELEASE * CORNER_V, Direction::Fall, until_s, Phase::Regulating)
            }
            Phase::Sinking => {
                reach(-RELEASE * CORNER_V, Direction::Rise, until_s, Phase::Regulating)
            }
            _ => {
                let up = reach(CORNER_V, Direction::Rise, until_s, Phase::Sourcing);
                let until_s = up.map_or(until_s, |up| up.at_s);
                reach(-CORNER_V, Direction::Fall, until_s, Phase::Sinking).or(up)
            }
        }
    }

    fn advance(&self, state: &State, _v: &Waveform, _from_s: f64, _to_s: f64) -> State {
        *state
    }

    fn transit(&self, state: &State, _v: &Waveform, _from_s: f64, to: Transition) -> State {
        State { phase: to.to, ..*state }
    }

    fn spice(&self, _state: &State) -> Result<SpiceForm, NoSpiceForm> {
        Err(NoSpiceForm(
            "ngspice finds no solution where a source becomes one of current: remove compliance= \
             and put a resistor in series",
        ))
    }
}
