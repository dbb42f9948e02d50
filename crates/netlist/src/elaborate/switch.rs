//! The switches of other simulators, as switches with or without hysteresis.

use memspike_device::{MODELS, ModelKind, Parameter};

use crate::code::Code;
use crate::finding::Finding;
use crate::syntax::{Assignment, ModelCard};

use super::Elaborator;
use super::scope::{Built, Scope};

/// Of parameters without default.
const NONE: f64 = f64::NAN;

const PARAMETERS: &[Parameter] = &[
    Parameter::new("von", "V", NONE, "control at which it is on"),
    Parameter::new("voff", "V", NONE, "control at which it is off"),
    Parameter::new("on", "V", NONE, "the same as von"),
    Parameter::new("off", "V", NONE, "the same as voff"),
    Parameter::new("vt", "V", NONE, "threshold voltage"),
    Parameter::new("vh", "V", NONE, "hysteresis: on at vt + vh, off at vt - vh"),
    Parameter::new("ron", "ohm", 1.0, "resistance when on"),
    Parameter::new("roff", "ohm", NONE, "resistance when off"),
];

/// What stands in the place of a switch that a current controls.
pub(crate) const BY_CURRENT: &str = "sense the current with a small resistor in the place of its source, Rs p n 1m, and switch by its \
     voltage: S1 plus minus p n model, with .model model sw(vt={it*1m} vh={ih*1m})";

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
        let values = self.model_values(scope, card, assignments, ("vswitch", PARAMETERS))?;
        let &[von, voff, on, off, vt, vh, ron, roff] = values.as_slice() else {
            unreachable!("the values are those of the parameters")
        };
        let (von, voff) = (or(von, on), or(voff, off));
        let by_levels = !(von.is_nan() && voff.is_nan());
        let by_hysteresis = !(vt.is_nan() && vh.is_nan());
        if by_levels && by_hysteresis {
            let message = "a switch has von and voff, or vt and vh";
            self.report(
                Finding::new(Code::ModelParameter, card.name.span, message)
                    .help("leave out the pair that is not meant"),
            );
            return None;
        }
        if by_hysteresis {
            return self.switch(card, [or(vt, 0.0), or(vh, 0.0), ron, or(roff, 1e12)], false);
        }
        // PSpice's defaults.
        let (von, voff) = (or(von, 1.0), or(voff, 0.0));
        let middle = von.midpoint(voff);
        let message = format!("'{}' switches at {middle} V, without hysteresis", card.name.text);
        self.report(Finding::new(Code::SwitchTransition, card.name.span, message).help(
            "PSpice's resistance changes continuously from voff to von; for hysteresis between them \
             write sw(vt=middle vh=half_of_the_difference ron=... roff=...)",
        ));
        // One that is on below is that of the opposite control.
        let inverted = von < voff;
        let vt = if inverted { -middle } else { middle };
        self.switch(card, [vt, 0.0, ron, or(roff, 1e6)], inverted)
    }

    /// Values in the order of the parameters of `sw`.
    fn switch(&mut self, card: &ModelCard, values: [f64; 4], inverted: bool) -> Option<Built> {
        let kind: &'static ModelKind = MODELS.iter().find(|kind| kind.name == "sw")?;
        match (kind.build)(&values) {
            Ok(model) => Some(Built::Device { kind, values: values.to_vec(), model, inverted }),
            Err(error) => {
                self.report(
                    Finding::new(Code::ModelParameter, card.name.span, error.to_string())
                        .help("give it another value"),
                );
                None
            }
        }
    }

    pub(super) fn no_switch_by_current(&mut self, card: &ModelCard) {
        let message = "memspike has no switch that a current controls";
        self.report(Finding::new(Code::UnknownModelKind, card.name.span, message).help(BY_CURRENT));
    }
}
