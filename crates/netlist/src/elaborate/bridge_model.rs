//! Cards of bridges, whose parameters are numbers and lists of numbers.

use memspike_random::Owner;

use crate::code::Code;
use crate::finding::{Finding, suggest};
use crate::syntax::{Assignment, ListAssignment, ModelCard};

use super::Elaborator;
use super::bridge::BridgeKind;
use super::built::Built;
use super::model::contradiction;
use super::scope::Scope;

/// Numbers and lists of a card, each with the scope that its card stands in.
type Values<'v, 's, 'd> =
    (&'v [(&'s Scope<'d>, &'d Assignment)], &'v [(&'s Scope<'d>, &'d ListAssignment)]);

impl<'d> Elaborator<'d> {
    pub(super) fn bridge_model(
        &mut self,
        scope: &Scope<'d>,
        card: &'d ModelCard,
        found: &'static BridgeKind,
        (assignments, lists): Values<'_, '_, 'd>,
    ) -> Option<Built> {
        self.no_lists(found.name, lists, found.lists);
        let named = (found.name, found.parameters);
        let values = self.model_values(scope, card, assignments, named)?;
        let mut of_lists = Vec::new();
        for name in found.lists {
            of_lists.push(self.list(scope, card, lists, (name, found.form))?);
        }
        match (found.build)(&values, &of_lists) {
            Ok(bridge) => Some(Built::Bridge { kind: found, bridge }),
            Err(error) => {
                let list = lists.iter().rfind(|(_, list)| list.name.text == error.parameter);
                self.report(match list {
                    Some((_, list)) => {
                        let message =
                            format!("{}: {} {}", error.parameter, error.value, error.reason);
                        Finding::new(Code::ModelParameter, list.span, message)
                            .help(format!("write {}", found.form))
                    }
                    None => contradiction(found.parameters, card, assignments, &error),
                });
                None
            }
        }
    }

    /// The numbers of a list that must be there.
    fn list(
        &mut self,
        scope: &Scope<'d>,
        card: &ModelCard,
        lists: &[(&Scope<'d>, &'d ListAssignment)],
        (name, form): (&str, &str),
    ) -> Option<Vec<f64>> {
        let Some((at, list)) = lists.iter().rfind(|(_, list)| list.name.text == name) else {
            let message = format!("'{}' has no {name}", card.name.text);
            let finding = Finding::new(Code::MissingValue, card.name.span, message);
            self.report(finding.help(format!("write {form}")));
            return None;
        };
        let mut draws = self.draws(Owner::Card(&format!("{}{}", scope.prefix, card.name.text)));
        list.values.iter().map(|value| self.number(at, value, &mut draws)).collect()
    }

    /// Reports lists that a kind of model does not take.
    pub(super) fn no_lists(
        &mut self,
        kind: &str,
        lists: &[(&Scope<'d>, &'d ListAssignment)],
        known: &[&str],
    ) {
        let unknown = |list: &&ListAssignment| !known.contains(&list.name.text.as_str());
        for list in lists.iter().map(|(_, list)| *list).filter(unknown) {
            let message = format!("{kind} has no list '{}'", list.name.text);
            let help = match known {
                [] => "write one number".to_owned(),
                _ => suggest(&list.name.text, "list", known.iter().copied()),
            };
            self.report(Finding::new(Code::UnknownModelParameter, list.span, message).help(help));
        }
    }
}
