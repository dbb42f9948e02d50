//! Sources that follow voltages and currents: expressions to laws.

use std::rc::Rc;
use std::sync::Arc;

use memspike_circuit::{ElementId, ElementKind, Law, NodeId, Stimulus};
use memspike_device::MOST_PIECES;

use crate::code::Code;
use crate::cursor::Name;
use crate::expression::{AffineError, Bend, Draws, Expression, Term};
use crate::finding::{Finding, suggest};
use crate::number::clip;
use crate::syntax::{ElementCard, SignalSyntax};
use crate::vector::Vector;

use super::scope::Scope;
use super::signal::pointed;
use super::{Elaborator, ElementClass};

/// The element that follows: its card, its place in the range of that, its full name, and how many of it are side by side.
#[derive(Clone, Copy)]
pub(super) struct Place<'c, 'n> {
    pub(super) card: &'c ElementCard,
    pub(super) position: usize,
    pub(super) name: &'n str,
    pub(super) m: f64,
}

impl<'d> Elaborator<'d> {
    /// What a source makes of the voltages and currents that its expression names, and of its own; nothing if that
    /// was reported. Its parts with corners become elements behind its name.
    pub(super) fn follow(
        &mut self,
        scope: &Rc<Scope<'d>>,
        place: Place<'_, '_>,
        expression: &'d Expression,
        draws: &mut Option<Draws>,
    ) -> Option<(Law, Option<Stimulus>)> {
        let known = self.lookup(scope);
        let followed = match expression.follow(known, draws.as_mut()) {
            Ok(followed) => followed,
            Err(error) => {
                self.no_law(scope, expression, error);
                return None;
            }
        };
        let constant = followed.sum.constant;
        // What its parts look at it looks at too: a current through nodes that a table follows joins them.
        let mut seen: Vec<NodeId> = Vec::new();
        self.within_range(expression, constant)?;
        for (number, bend) in followed.bends.into_iter().enumerate() {
            let Bend { control, argument, lines } = bend;
            let control = self.law_of(scope, place, expression, &control)?;
            let argument = self.law_of(scope, place, expression, &argument)?;
            seen.extend(control.nodes().iter().chain(argument.nodes()));
            let kind = ElementKind::Curve { model: Arc::new(lines), control, argument };
            let (name, ground) = (bend_name(place.name, number), NodeId::GROUND);
            self.place(place.card, name, [ground, ground], kind, ElementClass::Branch);
        }
        let law = self.law_of(scope, place, expression, &followed.sum.terms)?;
        let seen = seen.into_iter().map(|node| (node, 0.0));
        let law = Law::new(law.voltages().chain(seen), law.currents().iter().copied());
        Some((law, (constant != 0.0).then_some(Stimulus::Dc(constant))))
    }

    /// The sum of these terms over the circuit's nodes and elements.
    fn law_of(
        &mut self,
        scope: &Rc<Scope<'d>>,
        place: Place<'_, '_>,
        expression: &Expression,
        terms: &[(Term<'_>, f64)],
    ) -> Option<Law> {
        let mut voltages: Vec<(NodeId, f64)> = Vec::new();
        let mut currents: Vec<(ElementId, f64)> = Vec::new();
        // Of several side by side a current is that of all, and each hears its own.
        let own = scope.multiplicity.recip();
        for (term, weight) in terms {
            let weight = self.within_range(expression, *weight)?;
            match term {
                Term::Signal(SignalSyntax::Voltage(plus, minus)) => {
                    let plus = self.control(scope, place, plus)?;
                    voltages.push((self.node(scope, &plus.text), weight));
                    if let Some(minus) = minus {
                        let minus = self.control(scope, place, minus)?;
                        voltages.push((self.node(scope, &minus.text), -weight));
                    }
                }
                Term::Signal(SignalSyntax::Current(source)) => {
                    currents.push((self.heard(scope, place, source)?, weight * own));
                }
                Term::Bend(number) => {
                    let id = self.builder.heard(&bend_name(place.name, *number));
                    currents.push((id, weight));
                }
            }
        }
        Some(Law::new(voltages, currents))
    }

    pub(super) fn voltage_law(law: Option<(Law, Option<Stimulus>)>) -> ElementKind {
        match law {
            Some((law, own)) if is_followed(&law) => ElementKind::VoltageLaw { law, own },
            // Of what changes nothing a source holds nodes as any other.
            other => ElementKind::VoltageSource(own_of(other)),
        }
    }

    pub(super) fn current_law(&mut self, law: Option<(Law, Option<Stimulus>)>) -> ElementKind {
        match law {
            Some((law, own)) if is_followed(&law) => ElementKind::CurrentLaw { law, own },
            // Who knows whether it would have held its nodes.
            None => self.stand_in(),
            other => ElementKind::CurrentSource(own_of(other)),
        }
    }

    /// The element whose current one of this card hears; whether there is one is found out when all elements are known.
    pub(super) fn heard(
        &mut self,
        scope: &Scope<'_>,
        place: Place<'_, '_>,
        source: &Name,
    ) -> Option<ElementId> {
        let source = self.control(scope, place, source)?;
        let full_name = format!("{}{}", scope.prefix, source.text);
        let id = self.builder.heard(&full_name);
        self.heard.push(Name { text: full_name, span: source.span });
        Some(id)
    }

    /// The name of a control at the place of an element in the range of its card.
    fn control(&mut self, scope: &Scope<'_>, place: Place<'_, '_>, name: &Name) -> Option<Name> {
        let Place { card, position, .. } = place;
        if !name.text.contains(':') {
            return Some(name.clone());
        }
        let vector = match Vector::read(name.clone()) {
            Ok(vector) => vector,
            Err(finding) => {
                self.report(finding);
                return None;
            }
        };
        if vector.length().is_some() && vector.length() != card.name.length() {
            let (elements, controls) = (card.name.count(), vector.count());
            let message = format!(
                "'{}' is {elements} elements, '{}' {controls} controls",
                card.name.written(),
                vector.written()
            );
            self.report(Finding::new(Code::VectorLength, name.span, message).help(
                "an element of each index takes the control at its position, as in \
                 B1[0:3] out[0:3] 0 V={2*v(in[0:3])}; a control without range is shared",
            ));
            return None;
        }
        let mut control = vector.at(position);
        // `x1:q` as Xyce writes it, of an instance that stands here.
        if let Some((instance, _)) = control.text.split_once(':')
            && scope.has_instance(instance)
        {
            control.text = pointed(&control.text);
        }
        Some(control)
    }

    /// Whether the current of an element can be heard; if not, that is reported.
    pub(super) fn check_heard(&mut self, name: &Name) {
        match self.elements.get(&name.text) {
            Some(ElementClass::Branch | ElementClass::Inductor(_)) => {}
            Some(_) => {
                let elements = std::mem::take(&mut self.elements);
                self.report_with(Code::NoBranch, name.span, || {
                    let message = format!("'{}' is no voltage source or inductor", clip(&name.text));
                    let sources =
                        elements.iter().filter(|(_, class)| **class == ElementClass::Branch);
                    let sources = sources.map(|(name, _)| name.as_str());
                    Finding::new(Code::NoBranch, name.span, message).help(format!(
                        "put a source of 0 V in series with it and name that, as in Vs a b 0 and i(Vs); {}",
                        suggest(&name.text, "voltage source", sources)
                    ))
                });
                self.elements = elements;
            }
            None => self.unknown_element(name),
        }
    }

    fn no_law(&mut self, scope: &Scope<'_>, expression: &Expression, error: AffineError) {
        let finding = match error {
            AffineError::Value(error) => return self.evaluation_failed(scope, expression, error),
            AffineError::NotLinear { place, signal, cause } => {
                let message = format!("{} is not piecewise linear in {signal}", cause.what());
                Finding::new(Code::NotLinear, place, message).help(cause.remedy())
            }
            AffineError::Depth(place) => {
                let message = "conditions and functions with corners nest too deep";
                Finding::new(Code::ExpressionDepth, place, message)
                    .help("let a source of its own follow the inner part, and follow that")
            }
            AffineError::Points(place) => {
                let message = "the points of a table must ascend";
                Finding::new(Code::TablePoints, place, message).help(format!(
                    "write points in the order of x, each x once, at most {}; two points close to each \
                     other are a step",
                    MOST_PIECES - 1
                ))
            }
            AffineError::Time(place) => {
                let message = "a source that follows others cannot change with time by itself";
                Finding::new(Code::NotLinear, place, message).help(
                    "let a source make that function of time, V1 t 0 PWL(0 0 1 1), SIN(...) or PULSE(...), \
                     and follow it: v(t)",
                )
            }
        };
        self.report(finding);
    }
}

/// The name of a part with corners. A brace is no part of a name that a deck can write.
fn bend_name(source: &str, number: usize) -> String {
    format!("{source}{{{number}}}")
}

/// Whether something of the circuit enters a law.
fn is_followed(law: &Law) -> bool {
    !(law.nodes().is_empty() && law.currents().is_empty())
}

fn own_of(law: Option<(Law, Option<Stimulus>)>) -> Stimulus {
    law.and_then(|(_, own)| own).unwrap_or(Stimulus::Dc(0.0))
}
