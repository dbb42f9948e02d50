//! Models: their cards to devices, blocks, bridges and laws.

use memspike_device::{MODELS, ModelKind, Parameter, ParameterError};
use memspike_random::Owner;

use crate::code::Code;
use crate::cursor::{FileName, Name};
use crate::finding::{Finding, suggest};
use crate::syntax::{Assignment, ListAssignment, ModelCard};

use super::built::Built;
use super::passive::PassiveKind;
use super::scope::Scope;
use super::{Elaborator, array, block, bridge, core, kinds, network, switch, verilog};

/// All that a card says and what it is a kind of; numbers and lists each with the scope that their card stands in.
struct FullCard<'s, 'd> {
    kind: &'d Name,
    assignments: Vec<(&'s Scope<'d>, &'d Assignment)>,
    texts: Vec<&'d (Name, FileName)>,
    lists: Vec<(&'s Scope<'d>, &'d ListAssignment)>,
}

/// Kinds of models of elements that memspike has not.
const FOREIGN: [&str; 10] = ["d", "njf", "nmf", "nmos", "npn", "pjf", "pmf", "pmos", "pnp", "ltra"];

impl<'d> Elaborator<'d> {
    /// Makes what a card says; nothing if that was reported.
    pub(super) fn build_model(&mut self, scope: &Scope<'d>, card: &'d ModelCard) -> Option<Built> {
        let FullCard { kind, assignments, texts, lists } = self.full_card(scope, card)?;
        if let Some(found) = bridge::BRIDGES.iter().find(|bridge| bridge.name == kind.text) {
            self.no_texts(&kind.text, &texts, &[]);
            return self.bridge_model(scope, card, found, (&assignments, &lists));
        }
        self.no_lists(&kind.text, &lists, &[]);
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
        if kind.text == network::NETWORK.name {
            let named = (network::NETWORK.name, network::NETWORK.parameters);
            let values = self.model_values(scope, card, &assignments, named)?;
            self.no_texts(&kind.text, &texts, &network::TEXTS);
            return self.network(card, &values, &texts);
        }
        if kind.text == core::CORE.name {
            let named = (core::CORE.name, core::CORE.parameters);
            let values = self.model_values(scope, card, &assignments, named)?;
            self.no_texts(&kind.text, &texts, &core::TEXTS);
            return self.core((card, &values, &texts));
        }
        self.no_texts(&kind.text, &texts, &[]);
        self.without_texts(scope, card, kind, &assignments)
    }

    /// As [`Elaborator::build_model`], of a kind that has numbers alone.
    fn without_texts(
        &mut self,
        scope: &Scope<'d>,
        card: &'d ModelCard,
        kind: &Name,
        assignments: &[(&Scope<'d>, &'d Assignment)],
    ) -> Option<Built> {
        if kind.text == array::KIND {
            let parameters = array::parameters();
            let values = self.model_values(scope, card, assignments, (array::KIND, &parameters))?;
            let made = array::build(&values).map(Built::Array);
            return self.without_contradiction(made, &parameters, card, assignments);
        }
        if let Some(found) = block::find(&kind.text) {
            let named = (found.name, found.parameters);
            let values = self.model_values(scope, card, assignments, named)?;
            let made = (found.build)(&values).map(|design| Built::Block { kind: found, design });
            return self.without_contradiction(made, found.parameters, card, assignments);
        }
        if let Some(found) = PassiveKind::find(&kind.text) {
            let named = (found.names[0], found.parameters);
            let values = self.model_values(scope, card, assignments, named)?;
            self.check_level(card, values[0])?;
            return Some(Built::Passive { kind: found, values });
        }
        if switch::is_vswitch(&kind.text, assignments.iter().map(|(_, p)| &p.name.text)) {
            return self.vswitch(scope, card, assignments);
        }
        if switch::is_by_current(&kind.text) {
            return self.switch_by_current(scope, card, (&kind.text, assignments));
        }
        self.device_model(scope, card, kind, assignments)
    }

    /// What was built of a card; nothing if its numbers contradict each other, which is reported.
    fn without_contradiction(
        &mut self,
        made: Result<Built, ParameterError>,
        parameters: &[Parameter],
        card: &ModelCard,
        assignments: &[(&Scope<'_>, &Assignment)],
    ) -> Option<Built> {
        made.map_err(|e| self.report(contradiction(parameters, card, assignments, &e))).ok()
    }

    /// A device of the visible list.
    fn device_model(
        &mut self,
        scope: &Scope<'d>,
        card: &'d ModelCard,
        kind: &Name,
        assignments: &[(&Scope<'d>, &'d Assignment)],
    ) -> Option<Built> {
        if let Some(foreign) = FOREIGN.iter().find(|foreign| **foreign == kind.text) {
            let message = format!("skipped: '{}', a model of kind {foreign}", card.name.text);
            self.report(
                Finding::new(Code::IgnoredCommand, card.name.span, message)
                    .help("memspike has no such elements: nothing can use it"),
            );
            return Some(Built::Foreign { kind: foreign });
        }
        let Some(model) = MODELS.iter().find(|model| model.name == kind.text) else {
            let known = kinds::names();
            self.unknown(Code::UnknownModelKind, kind, "model kind", known.into_iter());
            return None;
        };
        let parameters = model.parameters;
        let values = self.model_values(scope, card, assignments, (model.name, parameters))?;
        let kind: &'static ModelKind = model;
        (kind.build)(&values)
            .map(|model| {
                let wiring = kind.terminals.into();
                Built::Device { kind, values, model, wiring, inverted: false }
            })
            .map_err(|e| self.report(contradiction(parameters, card, assignments, &e)))
            .ok()
    }

    /// Whether the law of an `R`, `C` or `L` is one that is known.
    fn check_level(&mut self, card: &ModelCard, level: f64) -> Option<()> {
        if level == 1.0 || level == 2.0 {
            return Some(());
        }
        let message = format!("'{}' has level {level}", card.name.text);
        self.report(
            Finding::new(Code::UnsupportedForm, card.name.span, message)
                .help("levels 1 and 2 are known: R = rsh l / w, with tc1 and tc2"),
        );
        None
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
        let lists = chain.iter().rev().flat_map(|(at, card)| card.lists.iter().map(|l| (*at, l)));
        let lists = lists.collect();
        let assignments = chain.into_iter().rev().flat_map(of_card).collect();
        Some(FullCard { kind, assignments, texts, lists })
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
pub(super) fn contradiction(
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
