//! `.save`: patterns to signals and to variables of devices.

use std::collections::BTreeSet;

use memspike_circuit::{Circuit, DeviceVariable, ElementId, NetId, NodeId, Signal};

use crate::code::Code;
use crate::cursor::Name;
use crate::finding::{Finding, suggest};
use crate::number::clip;
use crate::pattern;
use crate::syntax::{SaveKind, SaveSyntax};

use super::Elaborator;
use super::count::{MAX_ELEMENTS, too_many};

/// What files of waveforms show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Saved {
    /// Voltages and currents, in the order of the deck, each once.
    pub signals: Vec<Signal>,
    /// Variables of devices.
    pub devices: BTreeSet<(ElementId, DeviceVariable)>,
    /// Nets, in the order of the deck, each once.
    pub nets: Vec<NetId>,
}

/// Whether a net is `bus[index]`.
fn is_bit_of(net: &str, bus: &str) -> bool {
    let index = net.strip_prefix(bus).and_then(|rest| rest.strip_prefix('[')?.strip_suffix(']'));
    index
        .is_some_and(|index| !index.is_empty() && index.bytes().all(|digit| digit.is_ascii_digit()))
}

impl Elaborator<'_> {
    /// What the lines of `.save` name.
    pub(super) fn saved(&mut self, circuit: Option<&Circuit>, lines: &[SaveSyntax]) -> Saved {
        let mut saved = Saved::default();
        for line in lines {
            match line {
                SaveSyntax::Difference(plus, minus) => {
                    let ends = [plus, minus].map(|name| self.node_id(circuit, name));
                    if let [Some(plus), Some(minus)] = ends {
                        saved.signals.push(Signal::Voltage(plus, minus));
                    }
                }
                SaveSyntax::Each(kind, names) => {
                    if saved.signals.len() > MAX_ELEMENTS {
                        self.report(too_many(names.name.span));
                        break;
                    }
                    for name in names.names() {
                        // What is wrong with one name of a range is wrong with the next.
                        if !self.save_each(circuit, *kind, &name, &mut saved) {
                            break;
                        }
                    }
                }
            }
        }
        let mut seen = BTreeSet::new();
        saved.signals.retain(|signal| seen.insert(*signal));
        let mut seen = BTreeSet::new();
        saved.nets.retain(|net| seen.insert(*net));
        saved
    }

    /// Adds what a name or a pattern stands for; false if it stands for nothing, which is reported.
    fn save_each(
        &mut self,
        circuit: Option<&Circuit>,
        kind: SaveKind,
        name: &Name,
        saved: &mut Saved,
    ) -> bool {
        let is_pattern = pattern::is_pattern(&name.text);
        let fits = |known: &str| pattern::fits(&name.text, known);
        match kind {
            SaveKind::Voltage if !is_pattern => {
                // A net may have the name of the node at the other side of a bridge.
                let net = circuit.and_then(|circuit| circuit.find_net(&name.text));
                saved.nets.extend(net);
                if let Some(circuit) = circuit
                    && circuit.find_node(&name.text).is_none()
                {
                    // The name of a bus, as dumps show it, stands for its nets.
                    let before = saved.nets.len();
                    let is_bit = |net: &NetId| is_bit_of(&circuit.nets()[net.index()], &name.text);
                    saved.nets.extend(circuit.net_ids().filter(is_bit));
                    if net.is_some() || saved.nets.len() > before {
                        return true;
                    }
                }
                let node = self.node_id(circuit, name);
                saved.signals.extend(node.map(|node| Signal::Voltage(node, NodeId::GROUND)));
                node.is_some()
            }
            SaveKind::Current if !is_pattern => {
                let element = self.element_id(circuit, name);
                saved.signals.extend(element.map(Signal::Current));
                element.is_some()
            }
            SaveKind::Voltage => {
                let Some(circuit) = circuit else { return false };
                let nodes = circuit.nodes().iter().filter(|node| fits(node));
                let ids = nodes.filter_map(|node| circuit.find_node(node));
                let before = saved.signals.len();
                let ids = ids.filter(|id| *id != NodeId::GROUND);
                saved.signals.extend(ids.map(|id| Signal::Voltage(id, NodeId::GROUND)));
                let nets = circuit.net_ids().filter(|net| fits(&circuit.nets()[net.index()]));
                let of_nets = saved.nets.len();
                saved.nets.extend(nets);
                let found = saved.signals.len() > before || saved.nets.len() > of_nets;
                found || self.fits_nothing(name, "node")
            }
            SaveKind::Current => {
                let Some(circuit) = circuit else { return false };
                let before = saved.signals.len();
                let shown = |id: &ElementId| {
                    let element = circuit.element(*id);
                    !element.is_hidden() && fits(&element.name)
                };
                let ids = circuit.element_ids().filter(shown);
                saved.signals.extend(ids.map(Signal::Current));
                saved.signals.len() > before || self.fits_nothing(name, "element")
            }
            SaveKind::Variable(variable) => {
                self.save_variable(circuit, variable, name, is_pattern, saved)
            }
        }
    }

    fn save_variable(
        &mut self,
        circuit: Option<&Circuit>,
        variable: DeviceVariable,
        name: &Name,
        is_pattern: bool,
        saved: &mut Saved,
    ) -> bool {
        let Some(circuit) = circuit else { return false };
        let has = |id: &ElementId| {
            let element = circuit.element(*id);
            match variable {
                DeviceVariable::State => element.device().is_some(),
                DeviceVariable::Spike | DeviceVariable::Filament => element.spikes(),
            }
        };
        if is_pattern {
            let before = saved.devices.len();
            let fits = |id: &ElementId| pattern::fits(&name.text, &circuit.element(*id).name);
            let ids = circuit.element_ids().filter(|id| fits(id) && has(id));
            let mut any = false;
            saved.devices.extend(ids.inspect(|_| any = true).map(|id| (id, variable)));
            return any || saved.devices.len() > before || self.fits_nothing(name, "device");
        }
        let Some(id) = self.element_id(Some(circuit), name) else { return false };
        if has(&id) {
            saved.devices.insert((id, variable));
            return true;
        }
        let devices: Vec<&str> = circuit
            .element_ids()
            .filter(|id| has(id))
            .map(|id| circuit.element(id).name.as_str())
            .collect();
        let help = suggest(&name.text, "device", devices.iter().copied());
        let message = format!("'{}' is no device", clip(&name.text));
        self.report(Finding::new(Code::NotADevice, name.span, message).help(help));
        false
    }

    fn fits_nothing(&mut self, name: &Name, what: &str) -> bool {
        let code = if what == "node" { Code::UnknownNode } else { Code::UnknownElement };
        let message = format!("no {what} fits '{}'", clip(&name.text));
        let help = "* stands for any characters, ? for one; names in subcircuits are x1.n1";
        self.report(Finding::new(code, name.span, message).help(help));
        false
    }
}
