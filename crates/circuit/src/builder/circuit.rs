//! The checked circuit, which the builder alone makes.

use std::collections::BTreeMap;

use crate::digital::Digital;
use crate::graph::Topology;
use crate::{
    Array, ArrayId, DigitalBlock, Element, ElementId, ElementKind, Island, NetId, NodeId, SpikeTap,
    Stimulus,
};

/// A checked circuit. Ids follow the alphabetical order of names.
#[derive(Debug, Clone)]
pub struct Circuit {
    pub(super) nodes: Vec<String>,
    pub(super) elements: Vec<Element>,
    pub(super) arrays: Vec<Array>,
    pub(super) initial: BTreeMap<NodeId, f64>,
    pub(super) topology: Topology,
    pub(super) digital: Digital,
    pub(super) repetition: u64,
}

impl Circuit {
    /// Which of several repetitions of an experiment a run is: devices draw anew in each what varies from cycle to cycle.
    #[must_use]
    pub const fn repetition(&self) -> u64 {
        self.repetition
    }

    /// All elements, sorted by name; an [`ElementId`] is an index.
    #[must_use]
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// The element with this id.
    #[must_use]
    pub fn element(&self, id: ElementId) -> &Element {
        &self.elements[id.index()]
    }

    /// Lets an independent source give a constant (V or A), instead of what it gave. Of any other element nothing changes.
    pub fn set_source(&mut self, id: ElementId, value: f64) {
        if let Some(stimulus) = self.elements[id.index()].kind.stimulus_mut() {
            *stimulus = Stimulus::Dc(value);
        }
    }

    /// Gives a resistor, capacitor or inductor another value (ohm, F or H), which must be above zero and finite; false if it is
    /// not, or the element is none of these.
    pub fn set_value(&mut self, id: ElementId, value: f64) -> bool {
        let own = match &mut self.elements[id.index()].kind {
            ElementKind::Resistor { ohm } => ohm,
            ElementKind::Capacitor { farad, .. } => farad,
            ElementKind::Inductor { henry, .. } => henry,
            _ => return false,
        };
        let is_sound = value > 0.0 && value.is_finite();
        if is_sound {
            *own = value;
        }
        is_sound
    }

    /// All arrays, in the order of their first sums; an [`ArrayId`] is an index.
    #[must_use]
    pub fn arrays(&self) -> &[Array] {
        &self.arrays
    }

    /// The array with this id.
    #[must_use]
    pub fn array(&self, id: ArrayId) -> &Array {
        &self.arrays[id.index()]
    }

    /// The id of the element at a position of [`Circuit::elements`].
    #[must_use]
    pub fn element_id(&self, position: usize) -> ElementId {
        ElementId(position as u32)
    }

    /// Ids of all elements, in order.
    pub fn element_ids(&self) -> impl Iterator<Item = ElementId> + use<> {
        (0..self.elements.len() as u32).map(ElementId)
    }

    /// Ids of all nodes, ground first.
    pub fn node_ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    /// Names of all nets, sorted; a [`NetId`] is an index.
    #[must_use]
    pub fn nets(&self) -> &[String] {
        &self.digital.nets
    }

    /// Ids of all nets, in order.
    pub fn net_ids(&self) -> impl Iterator<Item = NetId> + use<> {
        (0..self.digital.nets.len() as u32).map(NetId)
    }

    /// The net of this name (lower case).
    #[must_use]
    pub fn find_net(&self, name: &str) -> Option<NetId> {
        let at = self.digital.nets.binary_search_by(|net| net.as_str().cmp(name)).ok()?;
        Some(NetId(at as u32))
    }

    /// All digital blocks, sorted by name.
    #[must_use]
    pub fn blocks(&self) -> &[DigitalBlock] {
        &self.digital.blocks
    }

    /// The devices whose turn-ons drive nets, in the order of these.
    #[must_use]
    pub fn taps(&self) -> &[SpikeTap] {
        &self.digital.taps
    }

    /// Names of all nodes; ground first, then sorted by name.
    #[must_use]
    pub fn nodes(&self) -> &[String] {
        &self.nodes
    }

    /// The element of this name (lower case).
    #[must_use]
    pub fn find_element(&self, name: &str) -> Option<ElementId> {
        let at = self.elements.binary_search_by(|e| e.name.as_str().cmp(name)).ok()?;
        Some(ElementId(at as u32))
    }

    /// The node of this name (lower case).
    #[must_use]
    pub fn find_node(&self, name: &str) -> Option<NodeId> {
        if name == "gnd" {
            return Some(NodeId::GROUND);
        }
        if name == self.nodes[0] {
            return Some(NodeId::GROUND);
        }
        let at = self.nodes[1..].binary_search_by(|n| n.as_str().cmp(name)).ok()?;
        Some(NodeId(at as u32 + 1))
    }

    /// Node voltages fixed at time zero (`.ic`), in volts.
    #[must_use]
    pub fn initial_voltages(&self) -> &BTreeMap<NodeId, f64> {
        &self.initial
    }

    /// The islands, in the order of their first node.
    #[must_use]
    pub fn islands(&self) -> &[Island] {
        &self.topology.islands
    }

    /// Which nodes sources hold and which island every other node is in.
    #[must_use]
    pub fn topology(&self) -> &Topology {
        &self.topology
    }
}
