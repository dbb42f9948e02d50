//! Coupled inductors.

use std::collections::BTreeSet;

use memspike_random::Owner;

use crate::code::Code;
use crate::cursor::Name;
use crate::expression::Expression;
use crate::finding::Finding;
use crate::number::clip;
use crate::syntax::ElementCard;

use super::scope::Scope;
use super::{Elaborator, ElementClass};

/// A coupling whose inductors are yet to be found.
pub(super) struct Coupling {
    /// Full names.
    inductors: Vec<Name>,
    factor: f64,
}

impl<'d> Elaborator<'d> {
    /// Reads a coupling; what it names is looked for when all elements are known.
    pub(super) fn coupling(
        &mut self,
        scope: &Scope<'d>,
        card: &ElementCard,
        inductors: &[Name],
        factor: &Expression,
    ) {
        let full_name = format!("{}{}", scope.prefix, card.name.text(0));
        let mut draws = self.draws(Owner::Element(&full_name));
        let Some(value) = self.number(scope, factor, &mut draws) else { return };
        if value.abs() > 1.0 {
            let message = format!("a coupling factor of {value} lies outside -1 to 1");
            self.report(Finding::new(Code::Coupling, factor.span, message).help(
                "the factor is the mutual inductance over the root of the product of the two; 1 is an ideal transformer",
            ));
            return;
        }
        let full = |name: &Name| Name { text: format!("{}{}", scope.prefix, name.text), ..*name };
        let inductors = inductors.iter().map(full).collect();
        self.couplings.push(Coupling { inductors, factor: value });
    }

    /// Couples all inductors.
    pub(super) fn couple(&mut self) {
        let mut seen: BTreeSet<(usize, usize)> = BTreeSet::new();
        for Coupling { inductors, factor } in std::mem::take(&mut self.couplings) {
            let found: Option<Vec<(usize, &Name)>> =
                inductors.iter().map(|name| Some((self.inductor(name)?, name))).collect();
            let Some(found) = found else { continue };
            for (at, &(one, _)) in found.iter().enumerate() {
                for &(other, name) in &found[at + 1..] {
                    if one == other || !seen.insert((one.min(other), one.max(other))) {
                        let message = format!("'{}' is coupled twice here", clip(&name.text));
                        self.report(
                            Finding::new(Code::Coupling, name.span, message)
                                .help("give one factor for each pair of inductors"),
                        );
                        return;
                    }
                    self.builder.couple(one, &name.text, factor);
                }
            }
        }
    }

    /// The position of an inductor, which its letter says it is; if there is none, that is reported.
    fn inductor(&mut self, name: &Name) -> Option<usize> {
        match self.elements.get(&name.text) {
            Some(ElementClass::Inductor(position)) => Some(*position),
            _ => {
                self.unknown_element(name);
                None
            }
        }
    }
}
