//! The switches of other simulators, and those that a current controls, as switches with or without hysteresis.

use std::rc::Rc;

use memspike_circuit::{ElementKind, NodeId};
use memspike_device::{MODELS, ModelKind, Parameter};

use crate::code::Code;
use crate::cursor::Name;
use crate::expression::{Draws, Expression};
use crate::finding::Finding;
use crate::syntax::{Assignment, ModelCard};

use super::built::{Built, Wiring};
use super::law::Place;
use super::scope::Scope;
use super::{Elaborator, ElementClass};

/// Of parameters without default.
const NONE: f64 = f64::NAN;

/// Kinds of switches beside `sw`: name, meaning, card, parameters.
pub(super) fn described()
-> impl Iterator<Item = (&'static str, &'static str, &'static str, &'static [Parameter])> {
    const BY_V: &str = "S1 plus minus control+ control- model";
    const BY_I: &str = "W1 plus minus V1 model";
    [
        (
            "vswitch",
            "PSpice's switch by a voltage: with vt and vh one with hysteresis, with von and voff one at the middle of both.",
            BY_V,
            BY_VOLTAGE,
        ),
        (
            "csw",
            "A switch by the current of a voltage source, with threshold and hysteresis.",
            BY_I,
            BY_CURRENT,
        ),
        (
            "iswitch",
            "PSpice's switch by the current of a voltage source: as vswitch, in amperes.",
            BY_I,
            BY_CURRENT,
        ),
    ]
    .into_iter()
}

const BY_VOLTAGE: &[Parameter] = &[
    Parameter::new("von", "V", NONE, "control at which it is on"),
    Parameter::new("voff", "V", NONE, "control at which it is off"),
    Parameter::new("on", "V", NONE, "the same as von"),
    Parameter::new("off", "V", NONE, "the same as voff"),
    Parameter::new("vt", "V", NONE, "threshold voltage"),
    Parameter::new("vh", "V", NONE, "hysteresis: on at vt + vh, off at vt - vh"),
    Parameter::new("ron", "ohm", 1.0, "resistance when on"),
    Parameter::new("roff", "ohm", NONE, "resistance when off"),
];

const BY_CURRENT: &[Parameter] = &[
    Parameter::new("ion", "A", NONE, "control at which it is on"),
    Parameter::new("ioff", "A", NONE, "control at which it is off"),
    Parameter::new("on", "A", NONE, "the same as ion"),
    Parameter::new("off", "A", NONE, "the same as ioff"),
    Parameter::new("it", "A", NONE, "threshold current"),
    Parameter::new("ih", "A", NONE, "hysteresis: on at it + ih, off at it - ih"),
    Parameter::new("ron", "ohm", 1.0, "resistance when on"),
    Parameter::new("roff", "ohm", NONE, "resistance when off"),
];

/// What voltage and current make different of two switches.
struct Family {
    parameters: &'static [Parameter],
    wiring: Wiring,
    unit: &'static str,
    /// The names of its levels: on and off, then threshold and hysteresis.
    levels: [&'static str; 2],
    hysteresis: [&'static str; 2],
    /// Where a card states no levels, PSpice's.
    on: f64,
}

const VSWITCH: Family = Family {
    parameters: BY_VOLTAGE,
    wiring: Wiring::Voltage,
    unit: "V",
    levels: ["von", "voff"],
    hysteresis: ["vt", "vh"],
    on: 1.0,
};

const ISWITCH: Family = Family {
    parameters: BY_CURRENT,
    wiring: Wiring::Current,
    unit: "A",
    levels: ["ion", "ioff"],
    hysteresis: ["it", "ih"],
    on: 1e-3,
};

/// Whether a kind is a switch that a current controls.
pub(super) fn is_by_current(kind: &str) -> bool {
    matches!(kind, "csw" | "iswitch")
}

/// Whether a card is PSpice's switch; some write the parameters of that for `sw`.
pub(super) fn is_vswitch(kind: &str, mut names: impl Iterator<Item = impl AsRef<str>>) -> bool {
    matches!(kind, "vswitch" | "switch")
        || kind == "sw" && names.any(|name| matches!(name.as_ref(), "von" | "voff"))
}

/// A stated value, or else a default.
fn or(value: f64, otherwise: f64) -> f64 {
    if value.is_nan() { otherwise } else { value }
}

impl<'d> Elaborator<'d> {
    /// `VSWITCH`: with `vt` and `vh` a switch with hysteresis, with `von` and `voff` one at the middle of both.
    pub(super) fn vswitch(
        &mut self,
        scope: &Scope<'d>,
        card: &'d ModelCard,
        assignments: &[(&Scope<'d>, &'d Assignment)],
    ) -> Option<Built> {
        self.other_switch(scope, card, ("vswitch", assignments), &VSWITCH)
    }

    /// `CSW`, and `ISWITCH`, which differ in what a card without levels means.
    pub(super) fn switch_by_current(
        &mut self,
        scope: &Scope<'d>,
        card: &'d ModelCard,
        named: (&str, &[(&Scope<'d>, &'d Assignment)]),
    ) -> Option<Built> {
        self.other_switch(scope, card, named, &ISWITCH)
    }

    fn other_switch(
        &mut self,
        scope: &Scope<'d>,
        card: &'d ModelCard,
        (kind, assignments): (&str, &[(&Scope<'d>, &'d Assignment)]),
        family: &Family,
    ) -> Option<Built> {
        let parameters = family.parameters;
        let values = self.model_values(scope, card, assignments, (kind, parameters))?;
        let &[von, voff, on, off, vt, vh, ron, roff] = values.as_slice() else {
            unreachable!("the values are those of the parameters")
        };
        let (von, voff) = (or(von, on), or(voff, off));
        let by_levels = !(von.is_nan() && voff.is_nan());
        let by_hysteresis = !(vt.is_nan() && vh.is_nan());
        if by_levels && by_hysteresis {
            let ([on, off], [threshold, width]) = (family.levels, family.hysteresis);
            let message = format!("a switch has {on} and {off}, or {threshold} and {width}");
            self.report(
                Finding::new(Code::ModelParameter, card.name.span, message)
                    .help("leave out the pair that is not meant"),
            );
            return None;
        }
        // Of a csw without levels both are zero, as in ngspice.
        if by_hysteresis || kind == "csw" && !by_levels {
            let values = [or(vt, 0.0), or(vh, 0.0), ron, or(roff, 1e12)];
            return self.switch(card, values, (family.wiring, false));
        }
        let (von, voff) = (or(von, family.on), or(voff, 0.0));
        let middle = von.midpoint(voff);
        let half = 0.5 * (von - voff).abs();
        let width = if self.tree.switch_hysteresis { half } else { 0.0 };
        if !self.tree.switch_hysteresis {
            self.tell_transition(card, family, middle);
        }
        // One that is on below is that of the opposite control.
        let inverted = von < voff;
        let level = if inverted { -middle } else { middle };
        self.switch(card, [level, width, ron, or(roff, 1e6)], (family.wiring, inverted))
    }

    fn tell_transition(&mut self, card: &ModelCard, family: &Family, middle: f64) {
        let Family { unit, levels: [on, off], .. } = family;
        let name = &card.name;
        let message = format!("'{}' switches at {middle} {unit}, without hysteresis", name.text);
        self.report(Finding::new(Code::SwitchTransition, name.span, message).help(format!(
            "PSpice's resistance changes continuously from {off} to {on}; for hysteresis between them write \
             .options vswitch=hysteresis"
        )));
    }

    /// Values in the order of the parameters of `sw`.
    fn switch(
        &mut self,
        card: &ModelCard,
        values: [f64; 4],
        (wiring, inverted): (Wiring, bool),
    ) -> Option<Built> {
        let kind: &'static ModelKind = MODELS.iter().find(|kind| kind.name == "sw")?;
        match (kind.build)(&values) {
            Ok(model) => {
                Some(Built::Device { kind, values: values.to_vec(), model, wiring, inverted })
            }
            Err(error) => {
                self.report(
                    Finding::new(Code::ModelParameter, card.name.span, error.to_string())
                        .help("give it another value"),
                );
                None
            }
        }
    }

    /// A switch that an expression controls: a source of its own, `.control` behind its name, makes a voltage of that.
    pub(super) fn law_switch(
        &mut self,
        scope: &Rc<Scope<'d>>,
        place: Place<'d, '_>,
        (control, model, on): (&'d Expression, &Name, bool),
        draws: &mut Option<Draws>,
    ) -> ElementKind {
        let law = Self::voltage_law(self.follow(scope, place, control, draws));
        let name = format!("{}.control", place.name);
        let node = self.builder.node(&name);
        self.nodes.insert(name.clone());
        self.place(place.card, name, [node, NodeId::GROUND], law, ElementClass::Branch);
        let model = self.model(scope, model, &[Wiring::Voltage, Wiring::Current]);
        self.switch_of(model, [node, NodeId::GROUND], on)
    }

    /// A switch that the current of a source controls.
    pub(super) fn current_switch(
        &mut self,
        scope: &Rc<Scope<'d>>,
        place: Place<'_, '_>,
        (source, model, on): (&Name, &Name, bool),
    ) -> ElementKind {
        let control = self.heard(scope, place, source);
        let model = self.model(scope, model, &[Wiring::Current]);
        match (control, model) {
            (Some(control), Some((model, reversed))) => {
                ElementKind::CurrentSwitch { model, control, reversed, on }
            }
            _ => self.stand_in(),
        }
    }
}
