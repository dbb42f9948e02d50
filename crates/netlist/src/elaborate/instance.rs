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
use super::multiplicity::MULTIPLICITY;
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
        if !self.ports_fit(card, subckt) || !self.may_nest(card, subckt, depth) {
            self.incomplete = true;
            return;
        }
        let full_name = format!("{}{}", scope.prefix, card.name.text(position));
        let mut given = self.given(scope, &full_name, &subckt.params, params, &subckt.name.text);
        let multiplicity = self.multiplicity(scope, subckt, params, &mut given);
        let ports = self.connected(scope, card, position, subckt);
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
        let mut inner = Scope::empty(full_name + ".", &subckt.body);
        (inner.parent, inner.multiplicity) = (Some(home), multiplicity);
        (inner.ports, inner.params) = (ports, given);
        let inner = self.instance_scope(subckt, inner);
        self.expand(&Rc::new(inner), depth + 1);
        self.open.pop();
        self.current = outer;
    }

    /// Whether a card names a node for each port; reports it if not.
    fn ports_fit(&mut self, card: &ElementCard, subckt: &Subckt) -> bool {
        const MAX_NAMED: usize = 16;
        let found = match card.name.length() {
            Some(_) => card.nodes.len(),
            None => card.nodes.iter().map(Vector::count).fold(0, usize::saturating_add),
        };
        let count = subckt.ports.len();
        if found == count {
            return true;
        }
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
        false
    }

    /// Whether a chain of instances within instances ends; reports it if not.
    fn may_nest(&mut self, card: &ElementCard, subckt: &Arc<Subckt>, depth: usize) -> bool {
        let encloses = self.open.contains(&Arc::as_ptr(subckt));
        if !encloses && depth < MAX_DEPTH {
            return true;
        }
        let (code, message) = if encloses {
            (Code::SubcircuitRecursion, format!("'{}' contains itself", subckt.name.text))
        } else {
            (Code::SubcircuitDepth, format!("instances nest deeper than {MAX_DEPTH}"))
        };
        self.report(
            Finding::new(code, card.span, message)
                .help("a subcircuit may contain others, but the chain must end"),
        );
        false
    }

    /// The node at each port.
    fn connected(
        &mut self,
        scope: &Scope<'_>,
        card: &ElementCard,
        position: usize,
        subckt: &'d Subckt,
    ) -> BTreeMap<&'d str, String> {
        let names: Vec<Cow<'_, str>> = match card.name.length() {
            Some(_) => card.nodes.iter().map(|node| node.text(position)).collect(),
            None => card
                .nodes
                .iter()
                .flat_map(|node| (0..node.count()).map(|at| node.text(at)))
                .collect(),
        };
        let mut ports = BTreeMap::new();
        for (port, node) in subckt.ports.iter().zip(names) {
            let node = self.node_name(scope, &node);
            if is_ground(&port.text) && !is_ground(&node) {
                self.ground_port(card.span, &subckt.name.text, &node);
            }
            if !self.ports.is_empty() {
                let inner = format!("{}{}.{}", scope.prefix, card.name.text(position), port.text);
                if let Some(found) = self.ports.get_mut(&inner) {
                    *found = Some(node.clone());
                }
            }
            ports.insert(port.text.as_str(), node);
        }
        ports
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
            if !names.contains(name.text.as_str()) && name.text != MULTIPLICITY {
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
