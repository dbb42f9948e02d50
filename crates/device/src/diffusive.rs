//! The diffusive threshold-switching memristor.
//!
//! Voltage `v`, `u = |v|` (`u = max(v, 0)` for a unipolar card), filament `g` in `[0, 1]`:
//! - off, `u < von`: the filament dissolves, `dg/dt = -g / trelax`, or by a law with an end, `dg/dt =
//!   -gres^n / (n trelax g^(n-1))` with n = `dissolution`: then `g^n` falls evenly, and what a rupture
//!   left is gone after `trelax`;
//! - off, `u >= von`: it grows, `dg/dt = min(exp((u - von) / vs) / t0, 1 / ton_min)`, and the device
//!   turns on when `g` reaches 1;
//! - on: it holds until `u` falls to `vhold`; then it ruptures and leaves `g = gres`.
//!
//! The filament widens at once until the voltage across it has fallen to `vform`, or to the least
//! resistance `ron`: it follows the current `i` that formed it, `max(ron, vform / i)`. That the on
//! resistance is inversely proportional to the compliance current is known of programmable
//! metallization cells: Russo, Kamalanathan, Ielmini, Lacaita, Kozicki, IEEE Trans. Electron Devices
//! 56, 1040 (2009). With `vform = 0` it is `ron` always, and so it is where nothing stops the filament:
//! where its voltage is above `vform` even at `ron`, or was below `vform` before it began to widen and
//! has nothing to fall through. A capacitor across the device holds its voltage, so that one of
//! the two is true. A filament keeps its width until it ruptures.
//!
//! So the threshold voltage is no parameter: for a ramp of `r` volts a second from rest it is
//! `von + vs ln(1 + r t0 / vs)`.

mod parameters;

use std::{ops::Range, sync::Arc};

use memspike_waveform::{Direction, Waveform, first_reach};

use crate::dissolution::Dissolution;
use crate::growth::Growth;
use crate::registry::BuiltModel;
use crate::variation::Variation;
use crate::{Model, NoSpiceForm, Phase, SpiceForm, State, Transition};
use memspike_random::Draws;

pub(crate) use parameters::KIND;

/// A volatile memristor whose silver filament grows above `von` and dissolves below it.
#[derive(Debug, Clone, PartialEq)]
pub struct Diffusive {
    von: f64,
    ton_min: f64,
    vhold: f64,
    gres: f64,
    roff: f64,
    ron: f64,
    vform: f64,
    unipolar: bool,
    dissolution: Dissolution,
    growth: Growth,
    /// Voltage from which growth is at its fastest, not below `von` (V).
    vcap: f64,
    variation: Variation,
}

/// Least hold voltage that a SPICE simulator can be trusted to meet (V).
const LEAST_SPICE_VHOLD: f64 = 1e-6;

/// A width that a filament may have, and what the circuit then leaves it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Width {
    /// Its resistance (ohm).
    pub ohm: f64,
    /// The voltage across it (V).
    pub volt: f64,
}

/// The resistance (ohm) at which a filament in a linear circuit stops to widen on its way from one
/// width to another: where the voltage across it falls through `level` volts, else the widest.
///
/// The circuit is a source of current beside a conductance, so that the reciprocal of the voltage
/// is linear in the conductance of the filament. What is interpolated lies between the two
/// widths, so nothing that could be zero is divided by.
#[must_use]
pub fn formed_ohm(level: f64, narrowest: Width, widest: Width) -> f64 {
    let (before, after) = (narrowest.volt.abs(), widest.volt * narrowest.volt.signum());
    // Not a number anywhere means that nothing is known to stop it.
    if !(0.0 < after && after < level && level < before) {
        return widest.ohm;
    }
    let (least, most) = (1.0 / narrowest.ohm, 1.0 / widest.ohm);
    let fraction = (after / level) * ((before - level) / (before - after));
    (1.0 / (least + (most - least) * fraction)).max(widest.ohm)
}

/// The greatest remainder of a filament: a device that ruptured is off.
const GREATEST_GRES: f64 = 0.999;

/// A value whose logarithm deviates; to the last bit the value itself if it does not.
fn varied(value: f64, ln: f64) -> f64 {
    if ln == 0.0 { value } else { value * ln.exp() }
}

impl Diffusive {
    /// The sign of the voltage that drives the filament: growth and hold see `sign * v`.
    fn polarity(&self, v: f64) -> f64 {
        if v < 0.0 && !self.unipolar { -1.0 } else { 1.0 }
    }

    /// The voltage that drives the filament, time counted from `from_s` (which evaluates the
    /// exponentials once for all that follows), less what this cycle adds to the voltage in question:
    /// then the nominal one applies.
    fn drive(&self, state: &State, v: &Waveform, from_s: f64) -> Waveform {
        let mut u = v.shifted(from_s);
        if self.polarity(u.eval(0.0)) < 0.0 {
            u = u.scaled(-1.0);
        }
        u.offset -= if state.phase.is_on() { state.deviation.vhold } else { state.deviation.von };
        u
    }

    /// Resistance of the widest filament of this cycle (ohm).
    fn least_ohm(&self, state: &State) -> f64 {
        varied(self.ron, state.deviation.ln_ron)
    }

    /// Resistance when off in this cycle (ohm).
    fn most_ohm(&self, state: &State) -> f64 {
        varied(self.roff, state.deviation.ln_roff)
    }

    /// What this cycle leaves of its filament.
    fn remainder(&self, state: &State) -> f64 {
        varied(self.gres, state.deviation.ln_gres).min(GREATEST_GRES.max(self.gres))
    }

    /// The filament broke: the next cycle begins.
    fn ruptured(&self, state: &State, phase: Phase) -> State {
        let cycle = state.cycle.saturating_add(1);
        let filament = self.remainder(state);
        State { phase, filament, cycle, formed_ohm: None, ..*state }
    }

    /// The phase of an off device under `u` volts.
    fn off_phase(&self, u: f64) -> Phase {
        if u < self.von {
            Phase::Off
        } else if u < self.vcap {
            Phase::Growing
        } else {
            Phase::Saturated
        }
    }

    /// First instant at which `u` rises to `level`, by either polarity.
    fn rise(&self, v: &Waveform, level: f64, from_s: f64, until_s: f64) -> Option<f64> {
        let up = first_reach(v, level, Direction::Rise, from_s, until_s);
        if self.unipolar {
            return up;
        }
        let down = first_reach(v, -level, Direction::Fall, from_s, up.unwrap_or(until_s));
        down.or(up)
    }

    fn after_off(
        &self,
        state: &State,
        v: &Waveform,
        from_s: f64,
        until_s: f64,
    ) -> Option<Transition> {
        let at_s = self.rise(v, self.von + state.deviation.von, from_s, until_s)?;
        let to = if self.vcap > self.von { Phase::Growing } else { Phase::Saturated };
        Some(Transition { at_s, to })
    }

    /// Growth ends by reaching the fastest rate, by falling below `von`, or by a bridge.
    fn after_growing(&self, g: f64, u: &Waveform, until_s: f64) -> Option<Transition> {
        let mut until_s = until_s;
        let mut found = None;
        for (level, direction, to) in [
            (self.von, Direction::Fall, Phase::Off),
            (self.vcap, Direction::Rise, Phase::Saturated),
        ] {
            if let Some(at_s) = first_reach(u, level, direction, 0.0, until_s) {
                until_s = at_s;
                found = Some(Transition { at_s, to });
            }
        }
        match self.growth.time_to_grow(1.0 - g, u, 0.0, until_s) {
            Some(at_s) => Some(Transition { at_s, to: Phase::On }),
            None => found,
        }
    }

    fn after_saturated(&self, g: f64, u: &Waveform, until_s: f64) -> Option<Transition> {
        let bridged = (1.0 - g).max(0.0) * self.ton_min;
        let slower = if self.vcap > self.von { Phase::Growing } else { Phase::Off };
        match first_reach(u, self.vcap, Direction::Fall, 0.0, until_s.min(bridged)) {
            Some(at_s) if at_s < bridged => Some(Transition { at_s, to: slower }),
            _ => (bridged <= until_s).then_some(Transition { at_s: bridged, to: Phase::On }),
        }
    }
}

impl Model for Diffusive {
    fn rest(&self) -> State {
        State::new(Phase::Off, 0.0)
    }

    fn resistance(&self, state: &State) -> f64 {
        if state.phase.is_on() {
            state.formed_ohm.unwrap_or_else(|| self.least_ohm(state))
        } else {
            self.most_ohm(state)
        }
    }

    fn forms_at(&self, state: &State) -> Option<f64> {
        let forming = self.vform > 0.0 && state.phase.is_on() && state.formed_ohm.is_none();
        forming.then_some(self.vform)
    }

    fn formed(&self, state: &State, ohm: f64) -> State {
        let least = self.least_ohm(state);
        State { formed_ohm: Some(ohm.clamp(least, self.most_ohm(state).max(least))), ..*state }
    }

    fn settle(&self, state: &State, v: &Waveform, at_s: f64) -> State {
        let v = v.eval(at_s);
        let u = v * self.polarity(v);
        if self.forms_at(state).is_some() {
            *state
        } else if !state.phase.is_on() {
            State { phase: self.off_phase(u - state.deviation.von), ..*state }
        } else if u <= self.vhold + state.deviation.vhold {
            self.ruptured(state, self.off_phase(u - state.deviation.von))
        } else {
            *state
        }
    }

    fn next(&self, state: &State, v: &Waveform, from_s: f64, until_s: f64) -> Option<Transition> {
        if state.phase == Phase::Off {
            return self.after_off(state, v, from_s, until_s);
        }
        let u = self.drive(state, v, from_s);
        let left_s = until_s - from_s;
        let next = match state.phase {
            Phase::Growing => self.after_growing(state.filament, &u, left_s),
            Phase::Saturated => self.after_saturated(state.filament, &u, left_s),
            _ => first_reach(&u, self.vhold, Direction::Fall, 0.0, left_s)
                .map(|at_s| Transition { at_s, to: Phase::Off }),
        }?;
        Some(Transition { at_s: from_s + next.at_s, ..next })
    }

    fn advance(&self, state: &State, v: &Waveform, from_s: f64, to_s: f64) -> State {
        let dt = to_s - from_s;
        let g = state.filament;
        let filament = match state.phase {
            Phase::Off => self.dissolution.after(g, dt),
            Phase::Growing => {
                let u = self.drive(state, v, from_s);
                (g + self.growth.between(&u, 0.0, dt)).min(1.0)
            }
            Phase::Saturated => (g + dt / self.ton_min).min(1.0),
            _ => 1.0,
        };
        State { filament, ..*state }
    }

    fn transit(&self, state: &State, v: &Waveform, from_s: f64, to: Transition) -> State {
        match (state.phase, to.to) {
            (_, Phase::On) => State { phase: Phase::On, filament: 1.0, ..*state },
            (Phase::On, off) => self.ruptured(state, off),
            (_, off) => State { phase: off, ..self.advance(state, v, from_s, to.at_s) },
        }
    }

    fn quiet(&self, state: &State) -> Range<f64> {
        let von = self.von + state.deviation.von;
        let vcap = self.vcap + state.deviation.von;
        match state.phase {
            Phase::Off if self.unipolar => f64::NEG_INFINITY..von,
            Phase::Off => -von..von,
            Phase::Growing => von..vcap,
            Phase::Saturated => vcap..f64::INFINITY,
            _ => self.vhold + state.deviation.vhold..f64::INFINITY,
        }
    }

    fn draw(&self, state: &State, draws: &Draws) -> State {
        let nominal = [self.von, self.vhold];
        State { deviation: self.variation.deviation(nominal, draws, state.cycle), ..*state }
    }

    fn repeating(&self) -> Option<BuiltModel> {
        let repeating = || Self { variation: self.variation.repeating(), ..self.clone() };
        self.variation.changes().then(|| Arc::new(repeating()) as BuiltModel)
    }

    fn spice(&self, state: &State) -> Result<SpiceForm, NoSpiceForm> {
        if self.variation.changes() {
            return Err(NoSpiceForm(
                "its voltages vary from cycle to cycle, which no element of SPICE can do: leave \
                 that out with --nominal, or set what begins with sigma_, and drift_von, to 0",
            ));
        }
        if self.vhold + state.deviation.vhold < LEAST_SPICE_VHOLD {
            return Err(NoSpiceForm(
                "its hold voltage is below 1 uV, too little to be seen beside what ngspice rounds: \
                 give it a vhold of 1 uV or more",
            ));
        }
        let parameters = vec![
            ("von", self.von + state.deviation.von),
            ("vs", self.growth.vs),
            ("t0", self.growth.t0),
            ("ton_min", self.ton_min),
            ("vhold", self.vhold + state.deviation.vhold),
            ("gres", self.remainder(state)),
            ("trelax", self.dissolution.time_s()),
            ("roff", self.most_ohm(state)),
            ("ron", self.least_ohm(state)),
            ("vform", self.vform),
            ("dissolution", self.dissolution.order()),
            ("unipolar", f64::from(u8::from(self.unipolar))),
        ];
        Ok(SpiceForm::Subcircuit {
            name: "ts_memristor",
            text: include_str!("ts_memristor.sub"),
            parameters,
            phase: "phase",
            filament: "filament",
            current: "bi",
            on_ohm: self.least_ohm(state),
            switching: "tau",
            switching_s: (self.ton_min / 20.0).min(1e-9),
        })
    }
}
