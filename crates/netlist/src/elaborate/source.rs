//! Independent sources.

use std::rc::Rc;
use std::sync::Arc;

use memspike_circuit::{ElementKind, NodeId, Stimulus};
use memspike_device::Limiter;

use crate::code::Code;
use crate::expression::Draws;
use crate::finding::Finding;
use crate::syntax::{ElementCard, ElementSyntax, SourceCard};

use super::law::Place;
use super::scope::Scope;
use super::{Elaborator, ElementClass};

impl<'d> Elaborator<'d> {
    /// What limits the current of a voltage source, if its card asks for that.
    pub(super) fn limiter(
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
    pub(super) fn limited(
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

    pub(super) fn no_compliance(&mut self, source: &SourceCard) {
        let Some(compliance) = &source.compliance else { return };
        let message = "a current source has no compliance";
        self.report(
            Finding::new(Code::Compliance, compliance.span, message)
                .help("remove it, or limit a voltage source: V1 in 0 1 compliance=10u"),
        );
    }

    /// What an independent source does over time; what its card says of operating points and small signals is noted.
    pub(super) fn source(
        &mut self,
        scope: &Rc<Scope<'d>>,
        place: Place<'_, '_>,
        source: &SourceCard,
        draws: &mut Option<Draws>,
    ) -> Stimulus {
        let Place { card, position, name, m } = place;
        if scope.prefix.is_empty()
            && let Some(value) = card.name.single().and_then(|name| self.element_values.get(name))
        {
            return Stimulus::Dc(*value);
        }
        let stimulus = match (&source.function, &source.dc) {
            (Some(function), _) => {
                let single = card.name.single().filter(|_| scope.prefix.is_empty());
                let index = card.name.length().map(|_| position);
                self.stimulus(scope, function, (single, index), draws)
            }
            (None, Some(dc)) => self.number(scope, dc, draws).map(Stimulus::Dc),
            (None, None) => None,
        };
        // The current of several sources side by side.
        let is_current = matches!(card.kind, ElementSyntax::CurrentSource(_));
        let factor = if is_current { m } else { 1.0 };
        self.note_source(scope, source, (name, factor), draws);
        stimulus.unwrap_or(Stimulus::Dc(0.0))
    }
}
