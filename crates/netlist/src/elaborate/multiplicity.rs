//! `m=`: elements and instances side by side, as one.
//!
//! Of `m` equal elements between the same nodes each has the voltages of one, and their currents add. So an instance with
//! `m=` is made once, of elements that take the currents of `m`; what a law inside hears of them it divides again.

use std::collections::BTreeMap;

use memspike_circuit::ElementKind;

use crate::code::Code;
use crate::expression::{Draws, Expression};
use crate::finding::Finding;
use crate::syntax::{Assignment, ElementCard, Subckt};

use super::Elaborator;
use super::scope::Scope;

/// The parameter that says how many.
pub(super) const MULTIPLICITY: &str = "m";

/// So many of an element, as one; nothing of what has a state of its own.
fn side_by_side(kind: ElementKind, m: f64) -> Option<ElementKind> {
    use ElementKind as Kind;
    Some(match kind {
        Kind::Resistor { ohm } => Kind::Resistor { ohm: ohm / m },
        Kind::Capacitor { farad, initial } => Kind::Capacitor { farad: farad * m, initial },
        Kind::Inductor { henry, initial, coupled } => {
            Kind::Inductor { henry: henry / m, initial: initial.map(|a| a * m), coupled }
        }
        Kind::CurrentSource(stimulus) => Kind::CurrentSource(stimulus.times(m)),
        Kind::Vccs { siemens, control } => Kind::Vccs { siemens: siemens * m, control },
        Kind::CurrentLaw { law, own } => {
            Kind::CurrentLaw { law: law.times(m), own: own.map(|stimulus| stimulus.times(m)) }
        }
        same @ (Kind::VoltageSource(_) | Kind::Vcvs { .. } | Kind::VoltageLaw { .. }) => same,
        _ => return None,
    })
}

impl<'d> Elaborator<'d> {
    /// How many of what stands in an instance are side by side, those of all instances around it counted. A subcircuit with a
    /// parameter of that name has its own meaning for it, as in ngspice.
    pub(super) fn multiplicity(
        &mut self,
        scope: &Scope<'_>,
        subckt: &Subckt,
        params: &[Assignment],
        given: &mut BTreeMap<&'d str, Option<f64>>,
    ) -> f64 {
        let is_m = |param: &&Assignment| param.name.text == MULTIPLICITY;
        let own = subckt.params.iter().find(is_m);
        let Some(stated) = params.iter().find(is_m).filter(|_| own.is_none()) else {
            return scope.multiplicity;
        };
        let m = given.remove(MULTIPLICITY).flatten();
        scope.multiplicity * m.and_then(|m| self.count_of(&stated.value, m)).unwrap_or(1.0)
    }

    /// How many of an element are side by side, those of the instances around it counted.
    pub(super) fn multiplicity_of(
        &mut self,
        scope: &Scope<'_>,
        card: &ElementCard,
        draws: &mut Option<Draws>,
    ) -> f64 {
        let Some(stated) = &card.multiplicity else { return scope.multiplicity };
        let m = self.number(scope, stated, draws);
        scope.multiplicity * m.and_then(|m| self.count_of(stated, m)).unwrap_or(1.0)
    }

    pub(super) fn count_of(&mut self, stated: &Expression, m: f64) -> Option<f64> {
        if m > 0.0 && m.is_finite() {
            return Some(m);
        }
        self.report(
            Finding::new(Code::OutOfRange, stated.span, format!("m={m} counts no elements"))
                .help("m is a number above zero; leave the element out if there are none"),
        );
        None
    }

    /// So many of an element, as one.
    pub(super) fn several(&mut self, card: &ElementCard, kind: ElementKind, m: f64) -> ElementKind {
        if m == 1.0 {
            return kind;
        }
        side_by_side(kind, m).unwrap_or_else(|| {
            self.no_multiplicity(card);
            self.stand_in()
        })
    }

    /// Says of what stands in an instance with `m=` that it has a state of its own.
    pub(super) fn no_multiplicity(&mut self, card: &ElementCard) {
        let message = format!("'{}' stands in an instance with m=", card.name.written());
        self.report(Finding::new(Code::UnsupportedForm, card.span, message).help(
            "switches, devices, arrays and blocks have states of their own: write as many instances, X1[0:4] a b sub for five",
        ));
    }
}
