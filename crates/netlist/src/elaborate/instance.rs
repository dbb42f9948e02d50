//! Instances of subcircuits.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use memspike_random::Owner;

use crate::code::Code;
use crate::cursor::Name;
use crate::finding::{Finding, suggest};
use crate::number::clip;
use crate::parse::is_ground;
use crate::source::Span;
use crate::syntax::{Assignment, ElementCard, Subckt};
use crate::vector::Vector;

use super::element::MAX_DEPTH;
use super::scope::{Scope, find_subckt};
use super::{Elaborator, Instance};

impl<'d> Elaborator<'d> {
    /// Expands an instance at its place in the range of its card.
    pub(super) fn instance(
        &mut self,
        scope: &Rc<Scope<'d>>,
        card: &'d ElementCard,
        position: usize,
        name: &Name,
        params: &'d [Assignment],
        depth: usize,
    ) {
        let Some((subckt, home)) = find_subckt(scope, &name.text) else {
            self.unknown(Code::UnknownSubcircuit, name, "subcircuit", scope.subckt_names());
            self.incomplete = true;
            return;
        };
        let one_each = card.name.length().is_some();
        let found = if one_each {
            card.nodes.len()
        } else {
            card.nodes.iter().map(Vector::count).fold(0, usize::saturating_add)
        };
        if found != subckt.ports.len() {
            const MAX_NAMED: usize = 16;
            let count = subckt.ports.len();
            let named = subckt.ports.iter().take(MAX_NAMED);
            let mut ports: Vec<&str> = named.map(|port| port.text.as_str()).collect();
            ports.extend((count > MAX_NAMED).then_some("..."));
            let plural = if count == 1 { "" } else { "s" };
            let message =
                format!("found {found} nodes, '{}' has {count} port{plural}", subckt.name.text);
            self.report(
                Finding::new(Code::PortCount, card.span, message)
                    .help(format!("its ports are: {}", ports.join(" "))),
            );
            self.incomplete = true;
            return;
        }
        let full_name = format!("{}{}", scope.prefix, card.name.text(position));
        if self.encloses(subckt) || depth >= MAX_DEPTH {
            let (code, message) = if self.encloses(subckt) {
                (Code::SubcircuitRecursion, format!("'{}' contains itself", subckt.name.text))
            } else {
                (Code::SubcircuitDepth, format!("instances nest deeper than {MAX_DEPTH}"))
            };
            self.report(
                Finding::new(code, card.span, message)
                    .help("a subcircuit may contain others, but the chain must end"),
            );
            self.incomplete = true;
            return;
        }
        let given = self.given(scope, &full_name, &subckt.params, params, &subckt.name.text);
        let names: Vec<Cow<'_, str>> = if one_each {
            card.nodes.iter().map(|node| node.text(position)).collect()
        } else {
            card.nodes.iter().flat_map(|node| (0..node.count()).map(|at| node.text(at))).collect()
        };
        let mut ports: BTreeMap<&'d str, String> = BTreeMap::new();
        for (port, node) in subckt.ports.iter().zip(names) {
            let node = self.node_name(scope, &node);
            if is_ground(&port.text) && !is_ground(&node) {
                self.ground_port(card.span, &subckt.name.text, &node);
            }
            ports.insert(&port.text, node);
        }
        // It names elements of this card, not those inside.
        self.index = None;
        let outer = self.current;
        self.instances.push(Instance {
            parent: outer,
            name: full_name.clone(),
            subckt: subckt.name.text.clone(),
            span: card.span,
        });
        self.current = Some(self.instances.len() - 1);
        self.open.push(Arc::as_ptr(subckt));
        let inner = self.instance_scope(subckt, home, full_name + ".", ports, given);
        self.expand(&Rc::new(inner), depth + 1);
        self.open.pop();
        self.current = outer;
    }

    /// Warns of a connection that has no effect.
    fn ground_port(&mut self, span: Span, subckt: &str, node: &str) {
        let message = format!(
            "a port of '{}' is ground, which is the same node everywhere: '{}' is not connected to it",
            clip(subckt),
            clip(node)
        );
        self.report(
            Finding::new(Code::GroundPort, span, message)
                .help("connect 0 there, or give the port another name inside the subcircuit"),
        );
    }

    fn encloses(&self, subckt: &Arc<Subckt>) -> bool {
        self.open.contains(&Arc::as_ptr(subckt))
    }

    /// The parameters that an instance sets, seen from where it stands.
    fn given(
        &mut self,
        scope: &Scope<'_>,
        full_name: &str,
        known: &'d [Assignment],
        params: &'d [Assignment],
        subckt: &str,
    ) -> BTreeMap<&'d str, Option<f64>> {
        let names: BTreeSet<&str> = known.iter().map(|param| param.name.text.as_str()).collect();
        let mut given = BTreeMap::new();
        for param in params {
            let name = &param.name;
            if !names.contains(name.text.as_str()) {
                let message = format!("'{}' has no parameter '{}'", subckt, clip(&name.text));
                let help = suggest(&name.text, "parameter", names.iter().copied());
                self.report(
                    Finding::new(Code::UnknownInstanceParameter, name.span, message).help(help),
                );
                continue;
            }
            let mut draws = self.draws(Owner::Instance(full_name, &name.text));
            let value = self.evaluate(scope, &param.value, &mut draws);
            given.insert(name.text.as_str(), value);
        }
        given
    }
}
