//! Elements and instances.

use std::rc::Rc;
use std::sync::Arc;

use memspike_circuit::{ElementKind, NodeId, Stimulus};
use memspike_device::{Limiter, Model};
use memspike_random::Owner;

use crate::code::Code;
use crate::cursor::Name;
use crate::expression::{Draws, Expression};
use crate::finding::Finding;
use crate::source::Span;
use crate::syntax::{ElementCard, ElementSyntax, InitialCard, SourceCard};

use super::array::ArrayCard;
use super::built::{Built, Wiring};
use super::count::{MAX_ELEMENTS, too_many};
use super::law::Place;
use super::passive::{self, NOMINAL_C};
use super::scope::Scope;
use super::{Elaborator, ElementClass, Placed, has_value};

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
                match &card.kind {
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
        let [mut plus, minus] = [nodes[0], nodes[1]];
        let control = || [nodes[2], nodes[3]];
        let place = card.name.length().map(|_| position);
        let whole = Place { card, position, name: &full_name };
        // A value that `.step` gives an element is that of the element, whatever its model says.
        let stepped = card.name.single().filter(|_| scope.prefix.is_empty());
        let stepped = stepped.and_then(|name| self.element_values.get(name).copied());
        let mut draws = self.draws(Owner::Element(&full_name));
        let kind = match &card.kind {
            // What failed is reported; its stand-in keeps the circuit in one piece.
            ElementSyntax::Resistor(card) => {
                let (ohm, _) = self.passive(scope, &passive::RESISTOR, card, &mut draws);
                ElementKind::Resistor { ohm: stepped.unwrap_or(ohm) }
            }
            ElementSyntax::Capacitor(card) => {
                let (farad, initial) = self.passive(scope, &passive::CAPACITOR, card, &mut draws);
                ElementKind::Capacitor { farad: stepped.unwrap_or(farad), initial }
            }
            ElementSyntax::Inductor(card) => {
                let (henry, initial) = self.passive(scope, &passive::INDUCTOR, card, &mut draws);
                let henry = stepped.unwrap_or(henry);
                ElementKind::Inductor { henry, initial, coupled: Vec::new() }
            }
            ElementSyntax::VoltageSource(source) => {
                if let Some(limiter) = self.limiter(scope, source, &mut draws) {
                    plus = self.limited(card, &full_name, plus, limiter);
                }
                ElementKind::VoltageSource(self.source(scope, card, source, place, &mut draws))
            }
            ElementSyntax::CurrentSource(source) => {
                self.no_compliance(source);
                ElementKind::CurrentSource(self.source(scope, card, source, place, &mut draws))
            }
            ElementSyntax::Vcvs(gain) => {
                ElementKind::Vcvs { gain: self.or_one(scope, gain, &mut draws), control: control() }
            }
            ElementSyntax::Vccs(gain) => ElementKind::Vccs {
                siemens: self.or_one(scope, gain, &mut draws),
                control: control(),
            },
            ElementSyntax::VoltageLaw(expression) => {
                Self::voltage_law(self.follow(scope, whole, expression, &mut draws))
            }
            ElementSyntax::CurrentLaw(expression) => {
                let law = self.follow(scope, whole, expression, &mut draws);
                self.current_law(law)
            }
            ElementSyntax::Switch { model, on } => {
                let model = self.model(scope, model, Wiring::Voltage);
                self.switch_of(model, control(), *on)
            }
            ElementSyntax::CurrentSwitch { control, model, on } => {
                self.current_switch(scope, whole, (control, model, *on))
            }
            ElementSyntax::Memristor { model } => self.memristor(scope, card.span, model),
            // These are expanded elsewhere.
            ElementSyntax::Instance { .. }
            | ElementSyntax::Array { .. }
            | ElementSyntax::Block(_)
            | ElementSyntax::Coupling { .. } => return,
        };
        // In a large deck that sweeps nothing the names would be most of what an element takes.
        if self.tree.sweeps() && has_value(&card.kind) {
            self.swept_names.insert(full_name.clone());
        }
        let class = self.class_of(&card.kind, &kind);
        self.place(card, full_name, [plus, minus], kind, class);
    }

    /// What measurements and other elements may ask of the element that is placed next.
    fn class_of(&self, card: &ElementSyntax, kind: &ElementKind) -> ElementClass {
        match card {
            ElementSyntax::Switch { .. }
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

    /// What limits the current of a voltage source, if its card asks for that.
    fn limiter(
        &mut self,
        scope: &Scope<'_>,
        source: &SourceCard,
        draws: &mut Option<Draws>,
    ) -> Option<Limiter> {
        let compliance = source.compliance.as_ref()?;
        let limit_a = self.number(scope, compliance, draws)?;
        let made = Limiter::new(limit_a).map_err(|error| {
            Finding::new(Code::Compliance, compliance.span, error.to_string())
                .help("give the greatest current of either sign, such as compliance=10u")
        });
        made.map_err(|finding| self.report(finding)).ok()
    }

    /// Puts a limiter between a source and its plus node; gives the node that the source now forces.
    fn limited(
        &mut self,
        card: &ElementCard,
        source: &str,
        plus: NodeId,
        limiter: Limiter,
    ) -> NodeId {
        let force = format!("{source}.force");
        let node = self.builder.node(&force);
        self.nodes.insert(force);
        let kind = ElementKind::Limiter(Arc::new(limiter));
        self.place(card, format!("{source}.limiter"), [node, plus], kind, ElementClass::Other);
        node
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
        let Some((model, _)) = self.model(scope, model, Wiring::Two) else {
            return self.stand_in();
        };
        self.check_temperature(span);
        ElementKind::Memristor(model)
    }

    fn no_compliance(&mut self, source: &SourceCard) {
        let Some(compliance) = &source.compliance else { return };
        let message = "a current source has no compliance";
        self.report(
            Finding::new(Code::Compliance, compliance.span, message)
                .help("remove it, or limit a voltage source: V1 in 0 1 compliance=10u"),
        );
    }

    fn switch_of(
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

    fn source(
        &mut self,
        scope: &Rc<Scope<'d>>,
        card: &ElementCard,
        source: &SourceCard,
        place: Option<usize>,
        draws: &mut Option<Draws>,
    ) -> Stimulus {
        if scope.prefix.is_empty()
            && let Some(value) = card.name.single().and_then(|name| self.element_values.get(name))
        {
            return Stimulus::Dc(*value);
        }
        let stimulus = match (&source.function, &source.dc) {
            (Some(function), _) => {
                let name = card.name.single().filter(|_| scope.prefix.is_empty());
                self.stimulus(scope, function, (name, place), draws)
            }
            (None, Some(dc)) => self.number(scope, dc, draws).map(Stimulus::Dc),
            (None, None) => None,
        };
        let name = format!("{}{}", scope.prefix, card.name.text(place.unwrap_or(0)));
        self.note_source(scope, source, &name, draws);
        stimulus.unwrap_or(Stimulus::Dc(0.0))
    }

    /// A model, and whether its control is taken with the opposite sign.
    pub(super) fn model(
        &mut self,
        scope: &Scope<'_>,
        name: &Name,
        wiring: Wiring,
    ) -> Option<(Arc<dyn Model>, bool)> {
        let Some(found) = scope.model(&name.text) else {
            self.unknown(Code::UnknownModel, name, "model", scope.model_names());
            return None;
        };
        match found.as_ref()? {
            Built::Device { wiring: own, model, inverted, .. } if *own == wiring => {
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
