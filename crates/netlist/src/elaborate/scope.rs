//! Parameters and models of the deck's top or of one instance.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use memspike_device::{MODELS, ModelKind, Parameter, ParameterError};
use memspike_digital::KINDS;
use memspike_random::Owner;

use crate::code::Code;
use crate::cursor::{FileName, Name};
use crate::expression::Known;
use crate::finding::{Finding, suggest};
use crate::syntax::{Assignment, Body, ModelCard, Subckt};

use super::Elaborator;
use super::array;
use super::block;
use super::bridge;
use super::built::Built;
use super::core;
use super::passive::PassiveKind;
use super::switch;
use super::verilog;

/// What names mean in one place. Parameters are evaluated when a scope is made.
pub(crate) struct Scope<'d> {
    /// Of full names: empty, or `x1.`.
    pub(super) prefix: String,
    pub(super) body: &'d Body,
    /// The scope around the definition, which is where names are looked for next.
    pub(super) parent: Option<Rc<Scope<'d>>>,
    /// Full names of the nodes at the ports.
    pub(super) ports: BTreeMap<&'d str, String>,
    /// Nothing for a parameter whose definition failed.
    params: BTreeMap<&'d str, Option<f64>>,
    models: BTreeMap<&'d str, Option<Built>>,
}

impl<'d> Scope<'d> {
    fn chain(&self) -> impl Iterator<Item = &Self> + Clone {
        std::iter::successors(Some(self), |scope| scope.parent.as_deref())
    }

    /// What a parameter's name means here.
    pub(crate) fn known(&self, name: &str) -> Known {
        match self.chain().find_map(|scope| scope.params.get(name)) {
            Some(Some(value)) => Known::Value(*value),
            Some(None) => Known::Failed,
            None => Known::Not,
        }
    }

    /// All names that could have been meant.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.chain().flat_map(|scope| scope.params.keys().copied())
    }

    /// The cards of this name, each with its scope, from here outwards.
    fn cards<'s>(&'s self, name: &str) -> impl Iterator<Item = (&'s Self, &'d ModelCard)> {
        self.chain().filter_map(move |scope| Some((scope, scope.body.models.get(name)?)))
    }

    /// A model; the inner nothing is one that failed.
    pub(super) fn model(&self, name: &str) -> Option<&Option<Built>> {
        self.chain().find_map(|scope| scope.models.get(name))
    }

    pub(super) fn model_names(&self) -> impl Iterator<Item = &str> + Clone {
        self.chain().flat_map(|scope| scope.models.keys().copied())
    }

    pub(super) fn subckt_names(&self) -> impl Iterator<Item = &str> + Clone {
        self.chain().flat_map(|scope| scope.body.subckts.keys().map(String::as_str))
    }
}

/// A subcircuit, and the scope that its definition stands in.
pub(super) fn find_subckt<'d>(
    scope: &Rc<Scope<'d>>,
    name: &str,
) -> Option<(&'d Arc<Subckt>, Rc<Scope<'d>>)> {
    let mut at = Some(scope);
    while let Some(scope) = at {
        if let Some(subckt) = scope.body.subckts.get(name) {
            return Some((subckt, Rc::clone(scope)));
        }
        at = scope.parent.as_ref();
    }
    None
}

/// A card's kind, its parameters, each with the scope that its card stands in, and its texts.
type FullCard<'s, 'd> = (&'d Name, Vec<(&'s Scope<'d>, &'d Assignment)>, Vec<&'d (Name, FileName)>);

/// How far the evaluation of a parameter has come.
#[derive(Clone, Copy, PartialEq)]
enum Progress {
    Waiting,
    Entered,
    Done,
}

impl<'d> Elaborator<'d> {
    /// The deck's own scope, with the values of a point in the place of definitions.
    pub(super) fn top_scope(&mut self, overrides: &BTreeMap<String, f64>) -> Scope<'d> {
        let body: &'d Body = &self.tree.body;
        let mut scope = Scope {
            prefix: String::new(),
            body,
            parent: None,
            ports: BTreeMap::new(),
            params: BTreeMap::new(),
            models: BTreeMap::new(),
        };
        for assignment in &body.params {
            if let Some(value) = overrides.get(&assignment.name.text) {
                scope.params.insert(&assignment.name.text, Some(*value));
            }
        }
        let definitions = body.params.iter().collect();
        self.fill(scope, definitions)
    }

    /// The scope of one instance. `given` are the values that the instance sets, already known.
    pub(super) fn instance_scope(
        &mut self,
        subckt: &'d Subckt,
        parent: Rc<Scope<'d>>,
        prefix: String,
        ports: BTreeMap<&'d str, String>,
        given: BTreeMap<&'d str, Option<f64>>,
    ) -> Scope<'d> {
        let scope = Scope {
            prefix,
            body: &subckt.body,
            parent: Some(parent),
            ports,
            params: given,
            models: BTreeMap::new(),
        };
        let definitions = subckt.params.iter().chain(&subckt.body.params).collect();
        self.fill(scope, definitions)
    }

    /// Evaluates definitions in the order of their needs, whatever their order in the deck.
    fn fill(&mut self, mut scope: Scope<'d>, definitions: Vec<&'d Assignment>) -> Scope<'d> {
        let mut index: BTreeMap<&'d str, usize> = BTreeMap::new();
        for (at, definition) in definitions.iter().enumerate() {
            let name = definition.name.text.as_str();
            if index.insert(name, at).is_some() {
                let span = definition.name.span;
                let finding =
                    crate::parse::duplicate(Code::DuplicateParameter, span, "parameter", name);
                self.report(finding);
            }
        }
        let mut progress: Vec<Progress> = definitions
            .iter()
            .map(|definition| {
                let known = scope.params.contains_key(definition.name.text.as_str());
                if known { Progress::Done } else { Progress::Waiting }
            })
            .collect();
        // Depth first with a stack of our own: chains of parameters can be as long as the deck.
        for root in 0..definitions.len() {
            let mut stack = vec![root];
            while let Some(&at) = stack.last() {
                let definition = definitions[at];
                if progress[at] == Progress::Done {
                    stack.pop();
                    continue;
                }
                let first_visit = progress[at] == Progress::Waiting;
                progress[at] = Progress::Entered;
                let needs = definition.value.names().filter_map(|(name, _)| index.get(name));
                let open: Vec<usize> =
                    needs.copied().filter(|&need| progress[need] != Progress::Done).collect();
                if first_visit
                    && !open.is_empty()
                    && !open.iter().any(|&n| progress[n] == Progress::Entered)
                {
                    stack.extend(open);
                    continue;
                }
                let value = if open.is_empty() {
                    let full_name = format!("{}{}", scope.prefix, definition.name.text);
                    let mut draws = self.draws(Owner::Parameter(&full_name));
                    self.evaluate(&scope, &definition.value, &mut draws)
                } else {
                    self.cycle(&definitions, &progress, at);
                    None
                };
                scope.params.insert(&definition.name.text, value);
                progress[at] = Progress::Done;
                stack.pop();
            }
        }
        self.build_models(&mut scope);
        scope
    }

    fn cycle(&mut self, definitions: &[&Assignment], progress: &[Progress], at: usize) {
        const MAX_NAMED: usize = 8;
        let name = &definitions[at].name;
        self.report_with(Code::ParameterCycle, name.span, || {
            let names: BTreeSet<&str> = definitions
                .iter()
                .zip(progress)
                .filter(|(_, progress)| **progress == Progress::Entered)
                .map(|(definition, _)| definition.name.text.as_str())
                .take(MAX_NAMED)
                .collect();
            let message = format!("the value of '{}' depends on itself", name.text);
            let names = names.into_iter().collect::<Vec<_>>().join(", ");
            Finding::new(Code::ParameterCycle, name.span, message)
                .help(format!("give one of these a number: {names}"))
        });
    }

    fn build_models(&mut self, scope: &mut Scope<'d>) {
        let body: &'d Body = scope.body;
        for (name, card) in &body.models {
            let built = self.build_model(scope, card);
            scope.models.insert(name, built);
        }
    }

    fn build_model(&mut self, scope: &Scope<'d>, card: &'d ModelCard) -> Option<Built> {
        let (kind, assignments, texts) = self.full_card(scope, card)?;
        if kind.text == block::SOURCE.name {
            let named = (block::SOURCE.name, block::SOURCE.parameters);
            self.model_values(scope, card, &assignments, named)?;
            self.no_texts(&kind.text, &texts, &["input_file"]);
            return self.vectors(card, &texts);
        }
        if kind.text == verilog::COSIM.name {
            let named = (verilog::COSIM.name, verilog::COSIM.parameters);
            let values = self.model_values(scope, card, &assignments, named)?;
            self.no_texts(&kind.text, &texts, &verilog::TEXTS);
            return self.module(card, &values, &texts);
        }
        if kind.text == core::CORE.name {
            let named = (core::CORE.name, core::CORE.parameters);
            let values = self.model_values(scope, card, &assignments, named)?;
            self.no_texts(&kind.text, &texts, &["weights"]);
            return self.core(card, &values, &texts);
        }
        self.no_texts(&kind.text, &texts, &[]);
        if kind.text == array::KIND {
            let parameters = array::parameters();
            let values =
                self.model_values(scope, card, &assignments, (array::KIND, &parameters))?;
            let made = array::build(&values).map(Built::Array);
            return made
                .map_err(|e| self.report(contradiction(&parameters, card, &assignments, &e)))
                .ok();
        }
        if let Some(found) = block::find(&kind.text) {
            let named = (found.name, found.parameters);
            let values = self.model_values(scope, card, &assignments, named)?;
            return (found.build)(&values)
                .map(|design| Built::Block { kind: found, design })
                .map_err(|e| self.report(contradiction(found.parameters, card, &assignments, &e)))
                .ok();
        }
        if let Some(found) = bridge::BRIDGES.iter().find(|bridge| bridge.name == kind.text) {
            let named = (found.name, found.parameters);
            let values = self.model_values(scope, card, &assignments, named)?;
            return (found.build)(&values)
                .map(|bridge| Built::Bridge { kind: found, bridge })
                .map_err(|e| self.report(contradiction(found.parameters, card, &assignments, &e)))
                .ok();
        }
        if let Some(found) = PassiveKind::find(&kind.text) {
            let named = (found.names[0], found.parameters);
            let values = self.model_values(scope, card, &assignments, named)?;
            return Some(Built::Passive { kind: found, values });
        }
        if switch::is_vswitch(&kind.text, assignments.iter().map(|(_, p)| &p.name.text)) {
            return self.vswitch(scope, card, &assignments);
        }
        if switch::is_by_current(&kind.text) {
            return self.switch_by_current(scope, card, (&kind.text, &assignments));
        }
        let Some(model) = MODELS.iter().find(|model| model.name == kind.text) else {
            let blocks = KINDS.iter().map(|kind| kind.name).chain([
                block::SOURCE.name,
                verilog::COSIM.name,
                core::CORE.name,
            ]);
            let bridges = bridge::BRIDGES.iter().map(|kind| kind.name);
            let known = MODELS.iter().map(|kind| kind.name).chain(switch::KINDS);
            let known = known.chain(blocks).chain(bridges).chain([array::KIND, "r", "c"]);
            self.unknown(Code::UnknownModelKind, kind, "model kind", known);
            return None;
        };
        let parameters = model.parameters;
        let values = self.model_values(scope, card, &assignments, (model.name, parameters))?;
        let kind: &'static ModelKind = model;
        (kind.build)(&values)
            .map(|model| {
                let wiring = kind.terminals.into();
                Built::Device { kind, values, model, wiring, inverted: false }
            })
            .map_err(|e| self.report(contradiction(parameters, card, &assignments, &e)))
            .ok()
    }

    /// The kind of a card and all its parameters and texts, first those of the model that it is a kind of.
    fn full_card<'s>(
        &mut self,
        scope: &'s Scope<'d>,
        card: &'d ModelCard,
    ) -> Option<FullCard<'s, 'd>> {
        let mut chain = vec![(scope, card)];
        while let (at, ModelCard { base: Some(base), .. }) = chain[chain.len() - 1] {
            // A model may be a kind of one that has its name further out.
            let outside = |(_, found): &(&Scope<'d>, &'d ModelCard)| {
                !std::ptr::eq(*found, chain[chain.len() - 1].1)
            };
            let Some(next) = at.cards(&base.text).find(outside) else {
                let known = at.chain().flat_map(|scope| scope.body.models.keys());
                self.unknown(Code::UnknownModel, base, "model", known.map(String::as_str));
                return None;
            };
            if chain.iter().any(|(_, card)| std::ptr::eq(*card, next.1)) {
                let message = format!("'{}' is a kind of itself", next.1.name.text);
                self.report(
                    Finding::new(Code::ModelCycle, base.span, message)
                        .help("one model of the circle needs a kind and parameters of its own"),
                );
                return None;
            }
            chain.push(next);
        }
        let kind = chain[chain.len() - 1].1.kind.as_ref()?;
        let mut stated = chain.iter().filter_map(|(_, card)| card.kind.as_ref());
        if let Some(own) = stated.find(|own| own.text != kind.text) {
            let message = format!("'{}' is a kind of a {}", card.name.text, kind.text);
            self.report(
                Finding::new(Code::UnknownModelKind, own.span, message)
                    .help(format!("write {} here, or leave it out", kind.text)),
            );
            return None;
        }
        let of_card = |(scope, card): (&'s Scope<'d>, &'d ModelCard)| {
            card.params.iter().map(move |assignment| (scope, assignment))
        };
        let texts = chain.iter().rev().flat_map(|(_, card)| &card.texts).collect();
        Some((kind, chain.into_iter().rev().flat_map(of_card).collect(), texts))
    }

    /// What a card gives its parameters, defaults where it is silent.
    pub(super) fn model_values(
        &mut self,
        scope: &Scope<'d>,
        card: &ModelCard,
        assignments: &[(&Scope<'d>, &'d Assignment)],
        (kind, parameters): (&str, &[Parameter]),
    ) -> Option<Vec<f64>> {
        let mut draws = self.draws(Owner::Card(&format!("{}{}", scope.prefix, card.name.text)));
        let mut values: Vec<f64> = parameters.iter().map(|p| p.default).collect();
        let mut complete = true;
        for (scope, assignment) in assignments {
            let name = &assignment.name;
            let Some(at) = parameters.iter().position(|p| p.name == name.text) else {
                let known: Vec<&str> = parameters.iter().map(|p| p.name).collect();
                let message = format!("{kind} has no parameter '{}'", name.text);
                let help = suggest(&name.text, "parameter", known.iter().copied());
                self.report(
                    Finding::new(Code::UnknownModelParameter, name.span, message).help(help),
                );
                complete = false;
                continue;
            };
            match self.number(scope, &assignment.value, &mut draws) {
                Some(value) => values[at] = value,
                None => complete = false,
            }
        }
        complete.then_some(values)
    }
}

/// A card that describes no device, at the parameter at fault; at the card's name if it left that
/// parameter to its default.
fn contradiction(
    parameters: &[Parameter],
    card: &ModelCard,
    assignments: &[(&Scope<'_>, &Assignment)],
    error: &ParameterError,
) -> Finding {
    let stated = assignments.iter().map(|(_, p)| *p).rfind(|p| p.name.text == error.parameter);
    let (span, origin, remedy) = match stated {
        Some(p) => (p.name.span.to(p.value.span), "", "give it another value"),
        None => (card.name.span, ", its default", "state it in the card"),
    };
    let message = format!("{} = {}{origin}: {}", error.parameter, short(error.value), error.reason);
    let parameter = parameters.iter().find(|p| p.name == error.parameter);
    let help = parameter.map_or(String::new(), |p| {
        let unit = if p.unit == "1" { String::new() } else { format!(" ({})", p.unit) };
        format!("{remedy}; {} means: {}{unit}", p.name, p.doc)
    });
    Finding::new(Code::ModelParameter, span, message).help(help)
}

/// Without a row of zeros.
fn short(value: f64) -> String {
    if value == 0.0 || (1e-3..1e6).contains(&value.abs()) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}
