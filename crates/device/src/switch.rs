//! The switch with hysteresis: ngspice's `SW`.

use std::sync::Arc;

use memspike_waveform::{Direction, Waveform, first_crossing, is_beyond};

use crate::registry::{BuiltModel, positive};
use crate::{
    Model, ModelKind, NoSpiceForm, Parameter, ParameterError, Phase, SpiceForm, State, Terminals,
    Transition,
};

/// A resistance that is `ron` after its control rose above `vt + vh` and `roff` after it fell below
/// `vt - vh` (ngspice manual, "Switches"; there the hysteresis is centred on the threshold too, and
/// compared strictly).
///
/// On its level a switch stays as it is, until the control leaves the level: a touch does not
/// switch. So there is one law for any hysteresis, none included, and the side after a certified
/// crossing follows from the motion of the control, never from a comparison that rounding decides.
#[derive(Debug, Clone, PartialEq)]
pub struct Switch {
    on_at: f64,
    off_at: f64,
    ron: f64,
    roff: f64,
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("vt", "V", 0.0, "threshold voltage"),
    Parameter::new("vh", "V", 0.0, "hysteresis: on at vt + vh, off at vt - vh"),
    Parameter::new("ron", "ohm", 1.0, "resistance when on"),
    Parameter::new("roff", "ohm", 1e12, "resistance when off"),
];

pub(crate) static KIND: ModelKind = ModelKind {
    name: "sw",
    doc: "A switch with hysteresis that a voltage controls.",
    terminals: Terminals::Controlled,
    parameters: PARAMETERS,
    build: |values| Switch::from_values(values).map(|m| Arc::new(m) as BuiltModel),
};

impl Switch {
    fn from_values(values: &[f64]) -> Result<Self, ParameterError> {
        let &[vt, vh, ron, roff] = values else {
            unreachable!("the registry passes one value for each parameter")
        };
        if !vt.is_finite() {
            return Err(ParameterError::new("vt", vt, "must be finite"));
        }
        if !(vh >= 0.0 && vh.is_finite()) {
            return Err(ParameterError::new(
                "vh",
                vh,
                "must not be negative (a smooth transition, ngspice's meaning of vh < 0, is not modelled)",
            ));
        }
        positive("ron", ron)?;
        positive("roff", roff)?;
        Ok(Self { on_at: vt + vh, off_at: vt - vh, ron, roff })
    }
}

impl Model for Switch {
    fn rest(&self) -> State {
        in_phase(Phase::Off)
    }

    fn resistance(&self, state: &State) -> f64 {
        if state.phase.is_on() { self.ron } else { self.roff }
    }

    fn settle(&self, state: &State, v: &Waveform, at_s: f64) -> State {
        // On its level the switch waits for the crossing, which `next` finds.
        let to = match state.phase {
            Phase::On if is_beyond(v, self.off_at, Direction::Fall, at_s) => Phase::Off,
            Phase::Off if is_beyond(v, self.on_at, Direction::Rise, at_s) => Phase::On,
            same => same,
        };
        in_phase(to)
    }

    fn next(&self, state: &State, v: &Waveform, from_s: f64, until_s: f64) -> Option<Transition> {
        let (level, direction, to) = if state.phase.is_on() {
            (self.off_at, Direction::Fall, Phase::Off)
        } else {
            (self.on_at, Direction::Rise, Phase::On)
        };
        let at_s = first_crossing(v, level, direction, from_s, until_s)?;
        Some(Transition { at_s, to })
    }

    fn advance(&self, state: &State, _v: &Waveform, _from_s: f64, _to_s: f64) -> State {
        *state
    }

    fn transit(&self, _state: &State, _v: &Waveform, _from_s: f64, to: Transition) -> State {
        in_phase(to.to)
    }

    fn spice(&self, _state: &State) -> Result<SpiceForm, NoSpiceForm> {
        let parameters = vec![
            ("vt", 0.5 * (self.on_at + self.off_at)),
            ("vh", 0.5 * (self.on_at - self.off_at)),
            ("ron", self.ron),
            ("roff", self.roff),
        ];
        Ok(SpiceForm::Model { kind: "sw", parameters })
    }
}

fn in_phase(phase: Phase) -> State {
    State::new(phase, if phase.is_on() { 1.0 } else { 0.0 })
}
