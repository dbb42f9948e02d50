//! Elements and instances.

use std::rc::Rc;
use std::sync::Arc;

use memspike_circuit::{ElementKind, NodeId, Stimulus};
use memspike_device::Model;
use memspike_random::Owner;

use crate::code::Code;
use crate::cursor::Name;
use crate::expression::{Draws, Expression};
use crate::finding::Finding;
use crate::number::clip;
use crate::source::Span;
use crate::syntax::{ElementCard, ElementSyntax, InitialCard};

use super::array::ArrayCard;
use super::built::{Built, Wiring};
use super::count::{MAX_ELEMENTS, too_many};
use super::law::Place;
use super::passive::{self, NOMINAL_C};
use super::scope::Scope;
use super::{Elaborator, ElementClass, Placed, can_sweep};

/// Deepest nesting of instances.
pub(super) const MAX_DEPTH: usize = 64;

impl<'d> Elaborator<'d> {
    /// Adds everything that stands in a scope.
    pub(super) fn expand(&mut self, scope: &Rc<Scope<'d>>, depth: usize) {
        for card in &scope.body.elements {
            for position in 0..card.name.length().unwrap_or(1) {
                if self.placed.len() + self.instances.len() >= MAX_ELEMENTS {
                    self.report(too_many(card.span));
                    self.incomplete = true;
                    return;
                }
                let errors = self.findings.errors();
                self.index = card.name.index(position);
                let several = scope.multiplicity != 1.0;
                match &card.kind {
                    ElementSyntax::Block(_) | ElementSyntax::Array { .. } if several => {
                        self.no_multiplicity(card);
                    }
                    ElementSyntax::Instance { subckt, params } => {
                        self.instance(scope, card, position, subckt, params, depth);
                    }
                    ElementSyntax::Coupling { inductors, factor } => {
                        self.coupling(scope, card, inductors, factor);
                    }
                    ElementSyntax::Block(block) => self.block(scope, card, block),
                    ElementSyntax::Array { rows, columns, model, weights } => {
                        self.array(scope, card, ArrayCard { rows, columns, model, weights });
                    }
                    _ => self.element(scope, card, position),
                }
                self.index = None;
                // What is wrong with one element of a vector is wrong with the next.
                if self.findings.errors() > errors {
                    self.incomplete |= card.name.length().is_some();
                    break;
                }
            }
        }
        for card in &scope.body.initial {
            self.initial(scope, card);
        }
    }

    fn initial(&mut self, scope: &Scope<'_>, card: &InitialCard) {
        for position in 0..card.node.length().unwrap_or(1) {
            let node = card.node.at(position);
            let full_name = self.node_name(scope, &node.text);
            let mut draws = self.draws(Owner::Initial(&full_name));
            self.index = card.node.index(position);
            let volt = self.number(scope, &card.value, &mut draws);
            self.index = None;
            let Some(volt) = volt else { return };
            if self.initial_cards.len() >= MAX_ELEMENTS {
                self.report(too_many(node.span));
                return;
            }
            if !self.initial.insert(full_name.clone()) {
                let message = format!("'{full_name}' has two initial voltages");
                self.report(
                    Finding::new(Code::DuplicateInitial, node.span, message)
                        .help("keep one .ic for each node"),
                );
                return;
            }
            self.initial_cards.push((full_name, node, volt));
        }
    }

    pub(super) fn node(&mut self, scope: &Scope<'_>, name: &str) -> NodeId {
        let full_name = self.node_name(scope, name);
        let id = self.builder.node(&full_name);
        self.nodes.insert(full_name);
        id
    }

    fn element(&mut self, scope: &Rc<Scope<'d>>, card: &'d ElementCard, position: usize) {
        let full_name = format!("{}{}", scope.prefix, card.name.text(position));
        let nodes: Vec<NodeId> =
            card.nodes.iter().map(|node| self.node(scope, &node.text(position))).collect();
        let mut ends = [nodes[0], nodes[1]];
        let mut draws = self.draws(Owner::Element(&full_name));
        if let ElementSyntax::VoltageSource(source) = &card.kind
            && let Some(limiter) = self.limiter(scope, source, &mut draws)
        {
            if scope.multiplicity != 1.0 {
                self.no_multiplicity(card);
            }
            ends[0] = self.limited(card, &full_name, ends[0], limiter);
        }
        let m = self.multiplicity_of(scope, card, &mut draws);
        let place = Place { card, position, name: &full_name, m };
        let Some(kind) = self.kind_of(scope, place, &nodes, &mut draws) else { return };
        let kind = self.several(card, kind, m);
        // In a large deck that sweeps nothing the names would be most of what an element takes. What is a part of several is
        // not swept, and a resistance at or below zero is none.
        if self.tree.sweeps() && can_sweep(&card.kind, &kind) && m == 1.0 {
            self.swept_names.insert(full_name.clone());
        }
        let class = self.class_of(&card.kind, &kind);
        self.place(card, full_name, ends, kind, class);
    }

    /// What an element is; nothing of what is expanded elsewhere. What failed is reported; its stand-in keeps the
    /// circuit in one piece.
    fn kind_of(
        &mut self,
        scope: &Rc<Scope<'d>>,
        place: Place<'d, '_>,
        nodes: &[NodeId],
        draws: &mut Option<Draws>,
    ) -> Option<ElementKind> {
        let control = || [nodes[2], nodes[3]];
        Some(match &place.card.kind {
            ElementSyntax::Resistor(_)
            | ElementSyntax::Capacitor(_)
            | ElementSyntax::Inductor(_) => {
                return self.passive_kind(scope, place, [nodes[0], nodes[1]], draws);
            }
            ElementSyntax::VoltageSource(source) => {
                ElementKind::VoltageSource(self.source(scope, place, source, draws))
            }
            ElementSyntax::CurrentSource(source) => {
                self.no_compliance(source);
                ElementKind::CurrentSource(self.source(scope, place, source, draws))
            }
            ElementSyntax::Vcvs(gain) => {
                ElementKind::Vcvs { gain: self.or_one(scope, gain, draws), control: control() }
            }
            ElementSyntax::Vccs(gain) => {
                ElementKind::Vccs { siemens: self.or_one(scope, gain, draws), control: control() }
            }
            ElementSyntax::VoltageLaw(expression) => {
                Self::voltage_law(self.follow(scope, place, expression, draws))
            }
            ElementSyntax::CurrentLaw(expression) => {
                let law = self.follow(scope, place, expression, draws);
                self.current_law(law)
            }
            ElementSyntax::Switch { model, on } => {
                let model = self.model(scope, model, &[Wiring::Voltage]);
                self.switch_of(model, control(), *on)
            }
            ElementSyntax::CurrentSwitch { control, model, on } => {
                self.current_switch(scope, place, (control, model, *on))
            }
            ElementSyntax::LawSwitch { control, model, on } => {
                self.law_switch(scope, place, (control, model, *on), draws)
            }
            ElementSyntax::Memristor { model } => self.memristor(scope, place.card.span, model),
            ElementSyntax::Instance { .. }
            | ElementSyntax::Array { .. }
            | ElementSyntax::Block(_)
            | ElementSyntax::Coupling { .. } => return None,
        })
    }

    /// A resistor, capacitor or inductor; nothing of other elements.
    fn passive_kind(
        &mut self,
        scope: &Scope<'d>,
        place: Place<'d, '_>,
        ends: [NodeId; 2],
        draws: &mut Option<Draws>,
    ) -> Option<ElementKind> {
        let card = place.card;
        // A value that `.step` gives an element is that of the element, whatever its model says.
        let stepped = card.name.single().filter(|_| scope.prefix.is_empty());
        let stepped = stepped.and_then(|name| self.element_values.get(name).copied());
        Some(match &card.kind {
            ElementSyntax::Resistor(words) => {
                let (ohm, _) = self.passive(scope, &passive::RESISTOR, (place.name, words), draws);
                self.resistor(card.span, place.name, ends, stepped.unwrap_or(ohm))
            }
            ElementSyntax::Capacitor(words) => {
                let (farad, initial) =
                    self.passive(scope, &passive::CAPACITOR, (place.name, words), draws);
                ElementKind::Capacitor { farad: stepped.unwrap_or(farad), initial }
            }
            ElementSyntax::Inductor(words) => {
                let (henry, initial) =
                    self.passive(scope, &passive::INDUCTOR, (place.name, words), draws);
                let henry = stepped.unwrap_or(henry);
                ElementKind::Inductor { henry, initial, coupled: Vec::new() }
            }
            _ => return None,
        })
    }

    /// A resistance: of zero a short, below zero a source of the current that it would take.
    fn resistor(&mut self, span: Span, name: &str, ends: [NodeId; 2], ohm: f64) -> ElementKind {
        if ohm == 0.0 {
            let message = format!("'{}' has no resistance: here its ends are shorted", clip(name));
            self.report(
                Finding::new(Code::ZeroResistance, span, message)
                    .help("ngspice takes 1 mOhm, Xyce a short: write what is meant, such as 1m"),
            );
            // With both ends on one node nothing flows, whatever the value.
            return match ends[0] == ends[1] {
                true => self.stand_in(),
                false => ElementKind::VoltageSource(Stimulus::Dc(0.0)),
            };
        }
        if ohm < 0.0 {
            let message = format!("'{}' gives power: its resistance is {ohm:e} ohm", clip(name));
            self.report(
                Finding::new(Code::NegativeResistance, span, message)
                    .help("nothing if it is meant; else remove the sign"),
            );
            return ElementKind::Vccs { siemens: ohm.recip(), control: ends };
        }
        ElementKind::Resistor { ohm }
    }

    /// What measurements and other elements may ask of the element that is placed next.
    fn class_of(&self, card: &ElementSyntax, kind: &ElementKind) -> ElementClass {
        match card {
            ElementSyntax::Switch { .. }
            | ElementSyntax::LawSwitch { .. }
            | ElementSyntax::CurrentSwitch { .. }
            | ElementSyntax::Memristor { .. } => ElementClass::Device,
            ElementSyntax::Inductor(_) => ElementClass::Inductor(self.placed.len()),
            _ if kind.has_branch() => ElementClass::Branch,
            _ => ElementClass::Other,
        }
    }

    pub(super) fn place(
        &mut self,
        card: &ElementCard,
        full_name: String,
        nodes: [NodeId; 2],
        kind: ElementKind,
        class: ElementClass,
    ) {
        self.place_at(card.span, full_name, nodes, kind, class);
    }

    pub(super) fn place_at(
        &mut self,
        span: Span,
        full_name: String,
        nodes: [NodeId; 2],
        kind: ElementKind,
        class: ElementClass,
    ) {
        let position = self.builder.element(&full_name, nodes, kind);
        debug_assert_eq!(position, self.placed.len());
        self.placed.push(Placed { span, instance: self.current });
        self.elements.insert(full_name, class);
    }

    /// Warns of a temperature that the law of a device does not know.
    fn check_temperature(&mut self, device: Span) {
        if self.temperature_c == NOMINAL_C {
            return;
        }
        let span = self.tree.temperature.as_ref().map_or(device, |stated| stated.span);
        let message = format!(
            "at {} C devices (N) are as their cards say: they state no law of temperature",
            self.temperature_c
        );
        let help =
            "give a card of the device at that temperature; R and C follow their tc1 and tc2";
        self.report(Finding::new(Code::Temperature, span, message).help(help));
    }

    fn or_one(&mut self, scope: &Scope<'_>, value: &Expression, draws: &mut Option<Draws>) -> f64 {
        self.number(scope, value, draws).unwrap_or(1.0)
    }

    fn memristor(&mut self, scope: &Scope<'_>, span: Span, model: &Name) -> ElementKind {
        let Some((model, _)) = self.model(scope, model, &[Wiring::Two]) else {
            return self.stand_in();
        };
        self.check_temperature(span);
        ElementKind::Memristor(model)
    }

    pub(super) fn switch_of(
        &mut self,
        model: Option<(Arc<dyn Model>, bool)>,
        [a, b]: [NodeId; 2],
        on: bool,
    ) -> ElementKind {
        let Some((model, inverted)) = model else { return self.stand_in() };
        let control = if inverted { [b, a] } else { [a, b] };
        ElementKind::Switch { model, control, on }
    }

    /// Keeps the nodes of a device connected whose model failed.
    pub(super) fn stand_in(&mut self) -> ElementKind {
        ElementKind::Resistor { ohm: 1.0 }
    }

    /// A model of one of these wirings, and whether its control is taken with the opposite sign.
    pub(super) fn model(
        &mut self,
        scope: &Scope<'_>,
        name: &Name,
        wirings: &[Wiring],
    ) -> Option<(Arc<dyn Model>, bool)> {
        let Some(found) = scope.model(&name.text) else {
            self.unknown(Code::UnknownModel, name, "model", scope.model_names());
            return None;
        };
        match found.as_ref()? {
            Built::Device { wiring, model, inverted, .. } if wirings.contains(wiring) => {
                Some((Arc::clone(model), *inverted))
            }
            other => {
                let finding = other.wired_otherwise(name);
                self.report(finding);
                None
            }
        }
    }
}
