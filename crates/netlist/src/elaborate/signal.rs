//! Names of nodes, elements and devices to what measurements look at.

use std::collections::BTreeMap;

use memspike_circuit::{Circuit, ElementId, NodeId, Signal};

use crate::code::Code;
use crate::cursor::Name;
use crate::finding::{Finding, nearest, suggest};
use crate::number::clip;
use crate::syntax::{SignalSyntax, Tree};

use super::measure::Resolved;
use super::{Elaborator, ElementClass};

/// A name with points where Xyce writes colons.
pub(super) fn pointed(name: &str) -> String {
    name.replace(':', ".")
}

/// The first that has this name within an instance: `x1.n1` for `n1`.
fn of_instance<'n>(name: &str, mut known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let own = format!(".{name}");
    known.find(|known| known.ends_with(&own))
}

/// Names with a point by which initial voltages and measurements reach into instances: they may be those of ports.
pub(super) fn named_from_outside(tree: &Tree) -> BTreeMap<String, Option<String>> {
    let initial = tree.body.initial.iter().filter_map(|card| card.node.single());
    let signals = tree.measures.iter().flat_map(|card| card.kind.signals());
    let measured = signals.flat_map(|signal| match signal {
        SignalSyntax::Voltage(plus, minus) => {
            [Some(plus.text.as_str()), minus.as_ref().map(|minus| minus.text.as_str())]
        }
        SignalSyntax::Current(_) => [None; 2],
    });
    let names = initial.chain(measured.flatten()).map(pointed);
    names.filter(|name| name.contains('.')).map(|name| (name, None)).collect()
}

impl Elaborator<'_> {
    pub(super) fn unknown_node(&mut self, name: &Name) {
        if self.nets.contains_key(&name.text) {
            let message = format!("'{}' is a digital net, which has no voltage", clip(&name.text));
            self.report(Finding::new(Code::UnknownNode, name.span, message).help(
                "count its rising edges, .meas tran n spikes q, or give it a voltage by a dac_bridge",
            ));
            return;
        }
        if let Some(class) = self.elements.get(&name.text) {
            let text = clip(&name.text);
            let help = match class {
                ElementClass::Device => format!(
                    "'{text}' is a device: its current is i({text}); .save and plot know its spikes as spike({text})"
                ),
                _ => format!("'{text}' is an element: its current is i({text})"),
            };
            let message = format!("there is no node '{text}'");
            self.report(Finding::new(Code::UnknownNode, name.span, message).help(help));
            return;
        }
        let nodes = std::mem::take(&mut self.nodes);
        if !self.incomplete {
            self.unknown(Code::UnknownNode, name, "node", nodes.iter().map(String::as_str));
        }
        self.nodes = nodes;
    }

    pub(super) fn unknown_element(&mut self, name: &Name) {
        let elements = std::mem::take(&mut self.elements);
        if !self.incomplete {
            let known = elements.keys().map(String::as_str);
            match of_instance(&name.text, known.clone()) {
                Some(meant) => self.meant(name, meant),
                None => self.unknown(Code::UnknownElement, name, "element", known),
            }
        }
        self.elements = elements;
    }

    /// As [`Self::unknown_element`], where one that spikes is meant.
    fn unknown_device(&mut self, name: &Name) {
        let elements = std::mem::take(&mut self.elements);
        let devices = elements.iter().filter(|(_, class)| **class == ElementClass::Device);
        let devices = devices.map(|(name, _)| name.as_str());
        let inside = format!("{}.", name.text);
        let meant = of_instance(&name.text, devices.clone())
            .or_else(|| devices.clone().find(|device| device.starts_with(&inside)))
            .or_else(|| nearest(&name.text, devices));
        match meant {
            Some(meant) if !self.incomplete => {
                self.meant(name, meant);
                self.elements = elements;
            }
            _ => {
                self.elements = elements;
                self.unknown_element(name);
            }
        }
    }

    /// Reports an unknown element with the one that is meant.
    fn meant(&mut self, name: &Name, meant: &str) {
        if self.is_broken(&name.text) {
            return;
        }
        self.report_with(Code::UnknownElement, name.span, || {
            let message = format!("there is no element '{}'", clip(&name.text));
            let help = format!("did you mean '{meant}'?");
            Finding::new(Code::UnknownElement, name.span, message).help(help)
        });
    }

    /// The name of a node, that of an instance's port included, or else the name as it is.
    pub(super) fn known_node(&self, name: &str) -> String {
        let found = self.as_known(name, |this, name| this.nodes.contains(name));
        match self.ports.get(&pointed(&found)) {
            Some(Some(node)) if !self.nodes.contains(&found) => node.clone(),
            _ => found,
        }
    }

    /// A name, or, if nothing has it, the same with points where Xyce writes colons: `x1:out`.
    pub(super) fn as_known(&self, name: &str, known: impl Fn(&Self, &str) -> bool) -> String {
        let pointed = pointed(name);
        if !known(self, name) && known(self, &pointed) { pointed } else { name.to_owned() }
    }

    pub(super) fn node_id(&mut self, circuit: Option<&Circuit>, name: &Name) -> Resolved<NodeId> {
        let full_name = self.known_node(&name.text);
        let full_name = if full_name == "gnd" { "0".to_owned() } else { full_name };
        if !self.nodes.contains(&full_name) {
            self.unknown_node(name);
            return None;
        }
        circuit?.find_node(&full_name)
    }

    pub(super) fn element_id(
        &mut self,
        circuit: Option<&Circuit>,
        name: &Name,
    ) -> Resolved<ElementId> {
        let full_name = self.as_known(&name.text, |this, name| this.elements.contains_key(name));
        if !self.elements.contains_key(&full_name) {
            self.unknown_element(name);
            return None;
        }
        circuit?.find_element(&full_name)
    }

    pub(super) fn device(&mut self, circuit: Option<&Circuit>, name: &Name) -> Resolved<ElementId> {
        if self.check_device(name) { circuit?.find_element(&name.text) } else { None }
    }

    /// Whether an element exists and spikes; reports it if not.
    pub(super) fn check_device(&mut self, name: &Name) -> bool {
        let is_other =
            |class: &ElementClass| matches!(class, ElementClass::Other | ElementClass::Inductor(_));
        if self.elements.get(&name.text).is_some_and(is_other) {
            let elements = std::mem::take(&mut self.elements);
            self.report_with(Code::NotADevice, name.span, || {
                let devices = elements.iter().filter(|(_, class)| **class == ElementClass::Device);
                let devices = devices.map(|(name, _)| name.as_str());
                let help = suggest(&name.text, "device that spikes", devices);
                let message = format!("'{}' never spikes", name.text);
                Finding::new(Code::NotADevice, name.span, message).help(help)
            });
            self.elements = elements;
            return false;
        }
        let known = self.elements.contains_key(&name.text);
        if !known {
            self.unknown_device(name);
        }
        known
    }

    pub(super) fn signal(
        &mut self,
        circuit: Option<&Circuit>,
        signal: &SignalSyntax,
    ) -> Resolved<Signal> {
        match signal {
            SignalSyntax::Voltage(plus, minus) => {
                let plus = self.node_id(circuit, plus);
                let minus = match minus {
                    Some(minus) => self.node_id(circuit, minus),
                    None => Some(NodeId::GROUND),
                };
                Some(Signal::Voltage(plus?, minus?))
            }
            SignalSyntax::Current(element) => {
                Some(Signal::Current(self.element_id(circuit, element)?))
            }
        }
    }
}
