//! Parameters and models of the deck's top or of one instance.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use memspike_random::Owner;

use crate::code::Code;
use crate::expression::Known;
use crate::finding::Finding;
use crate::syntax::{Assignment, Body, ModelCard, Subckt};

use super::Elaborator;
use super::built::Built;

/// What names mean in one place. Parameters are evaluated when a scope is made.
pub(crate) struct Scope<'d> {
    /// Of full names: empty, or `x1.`.
    pub(super) prefix: String,
    pub(super) body: &'d Body,
    /// The scope around the definition, which is where names are looked for next.
    pub(super) parent: Option<Rc<Scope<'d>>>,
    /// Full names of the nodes at the ports.
    pub(super) ports: BTreeMap<&'d str, String>,
    /// How many of what stands here are side by side.
    pub(super) multiplicity: f64,
    /// Nothing for a parameter whose definition failed.
    pub(super) params: BTreeMap<&'d str, Option<f64>>,
    models: BTreeMap<&'d str, Option<Built>>,
}

impl<'d> Scope<'d> {
    /// A scope that knows nothing yet.
    pub(super) fn empty(prefix: String, body: &'d Body) -> Self {
        Self {
            prefix,
            body,
            parent: None,
            ports: BTreeMap::new(),
            multiplicity: 1.0,
            params: BTreeMap::new(),
            models: BTreeMap::new(),
        }
    }

    /// Whether an instance of this name stands here.
    pub(super) fn has_instance(&self, name: &str) -> bool {
        name.starts_with('x') && self.body.elements.iter().any(|card| card.name.stands_for(name))
    }

    pub(super) fn chain(&self) -> impl Iterator<Item = &Self> + Clone {
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
    pub(super) fn cards<'s>(
        &'s self,
        name: &str,
    ) -> impl Iterator<Item = (&'s Self, &'d ModelCard)> {
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
        let mut scope = Scope::empty(String::new(), body);
        for assignment in &body.params {
            if let Some(value) = overrides.get(&assignment.name.text) {
                scope.params.insert(&assignment.name.text, Some(*value));
            }
        }
        let definitions = body.params.iter().collect();
        self.fill(scope, definitions)
    }

    /// The scope of one instance, begun with the values that the instance sets.
    pub(super) fn instance_scope(&mut self, subckt: &'d Subckt, scope: Scope<'d>) -> Scope<'d> {
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
}
