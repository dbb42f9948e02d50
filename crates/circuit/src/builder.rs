//! From named elements to a checked circuit.

mod circuit;

use std::collections::{BTreeMap, BTreeSet};

use crate::check::{self, Draft};
use crate::digital::Digital;
use crate::graph::{self, Topology};
use crate::{
    Array, ArrayId, CircuitError, DeviceId, DigitalBlock, Element, ElementId, ElementKind, NetId,
    NodeId, SpikeTap, Stimulus,
};

pub use circuit::Circuit;

/// Collects elements; nodes are made when first named.
#[derive(Debug)]
pub struct Builder {
    nodes: Vec<String>,
    by_name: BTreeMap<String, NodeId>,
    elements: Vec<Element>,
    initial: BTreeMap<NodeId, f64>,
    arrays: Vec<Array>,
    /// Devices that drivers follow, by name; the ids are provisional.
    followed: BTreeMap<String, DeviceId>,
    /// Elements whose currents others hear, the same way.
    heard: BTreeMap<String, ElementId>,
    charged: bool,
    repetition: u64,
    digital: Digital,
    nets_by_name: BTreeMap<String, NetId>,
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Builder {
    /// An empty circuit with its ground node.
    #[must_use]
    pub fn new() -> Self {
        Self {
            nodes: vec!["0".to_owned()],
            by_name: [("0".to_owned(), NodeId::GROUND), ("gnd".to_owned(), NodeId::GROUND)].into(),
            elements: Vec::new(),
            initial: BTreeMap::new(),
            arrays: Vec::new(),
            followed: BTreeMap::new(),
            heard: BTreeMap::new(),
            charged: false,
            repetition: 0,
            digital: Digital::default(),
            nets_by_name: BTreeMap::new(),
        }
    }

    /// The node of this (lower-case, hierarchical) name, made if new. `0` and `gnd` are ground.
    /// The id is provisional: only this builder's own methods take it, [`Builder::build`]
    /// renumbers.
    pub fn node(&mut self, name: &str) -> NodeId {
        if let Some(&id) = self.by_name.get(name) {
            return id;
        }
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(name.to_owned());
        self.by_name.insert(name.to_owned(), id);
        id
    }

    /// Adds an element and gives its position, by which errors name it.
    pub fn element(&mut self, name: &str, nodes: [NodeId; 2], kind: ElementKind) -> usize {
        self.elements.push(Element { name: name.to_owned(), nodes, kind });
        self.elements.len() - 1
    }

    /// The net of this (lower-case, hierarchical) name, made if new. The id is provisional, as that of a node.
    pub fn net(&mut self, name: &str) -> NetId {
        if let Some(&id) = self.nets_by_name.get(name) {
            return id;
        }
        let id = NetId(self.digital.nets.len() as u32);
        self.digital.nets.push(name.to_owned());
        self.nets_by_name.insert(name.to_owned(), id);
        id
    }

    /// The nets that something drives so far.
    #[must_use]
    pub fn driven_nets(&self) -> BTreeSet<NetId> {
        let of_blocks = self.digital.blocks.iter().flat_map(|block| block.outputs.iter().flatten());
        let of_taps = self.digital.taps.iter().map(|tap| &tap.drives);
        let of_elements = self.elements.iter().filter_map(|element| match &element.kind {
            ElementKind::Comparator(comparator) => Some(&comparator.drives),
            _ => None,
        });
        of_blocks.chain(of_taps).chain(of_elements).map(|pin| pin.net).collect()
    }

    /// Adds a digital block.
    pub fn block(&mut self, block: DigitalBlock) {
        self.digital.blocks.push(block);
    }

    /// Lets the turn-ons of a device drive a net.
    pub fn tap(&mut self, tap: SpikeTap) {
        self.digital.taps.push(tap);
    }

    /// Adds an array with these rows, for the sums of it. The id is provisional, as that of a node.
    pub fn array(&mut self, rows: Vec<NodeId>) -> ArrayId {
        self.arrays.push(Array { rows: rows.into() });
        ArrayId(self.arrays.len() as u32 - 1)
    }

    /// The device of this (lower-case, hierarchical) name, for a driver that follows it; it may be added later.
    /// The id is provisional, as that of a node; [`Builder::build`] finds out whether there is such a device.
    pub fn device(&mut self, name: &str) -> DeviceId {
        let next = DeviceId(self.followed.len() as u32);
        *self.followed.entry(name.to_owned()).or_insert(next)
    }

    /// The element of this (lower-case, hierarchical) name, whose current another hears; it may be added later. The id
    /// is provisional, as that of a node; [`Builder::build`] finds out whether there is such an element.
    pub fn heard(&mut self, name: &str) -> ElementId {
        let next = ElementId(self.heard.len() as u32);
        *self.heard.entry(name.to_owned()).or_insert(next)
    }

    /// Couples an inductor, by its position, to another of this (lower-case, hierarchical) name, by a factor from -1 to 1
    /// that counts their currents from plus to minus. Nothing happens if the element is no inductor.
    pub fn couple(&mut self, element: usize, other: &str, factor: f64) {
        let other = self.heard(other);
        if let ElementKind::Inductor { coupled, .. } = &mut self.elements[element].kind {
            coupled.push((other, factor));
        }
    }

    /// Fixes the voltage of a node against ground at time zero (`.ic`), in volts.
    pub fn initial_voltage(&mut self, node: NodeId, volt: f64) {
        self.initial.insert(node, volt);
    }

    /// Every run of this circuit starts from initial conditions: a node that only capacitors tie to ground keeps its
    /// charge, and needs no path for direct current.
    pub fn from_initial_conditions(&mut self) {
        self.charged = true;
    }

    /// Which of several repetitions of an experiment every run of this circuit is; 0 if nothing is said.
    pub fn repetition(&mut self, number: u64) {
        self.repetition = number;
    }

    fn draft(&self) -> Draft<'_> {
        let Self { nodes, elements, arrays, followed, heard, charged, digital, .. } = self;
        Draft { nodes, elements, arrays, followed, heard, digital, charged: *charged }
    }

    /// Nodes with one pin, each with its only element by position: no mistake, but often a misspelt name.
    #[must_use]
    pub fn single_pins(&self) -> Vec<(&str, usize)> {
        let found = check::single_pins(&self.draft());
        let nodes = &self.nodes;
        found.into_iter().map(|(node, element)| (&*nodes[node.index()], element)).collect()
    }

    /// Checks everything and gives it an order that depends on names alone.
    ///
    /// # Errors
    /// All findings of the checks, not just the first.
    pub fn build(self) -> Result<Circuit, Vec<CircuitError>> {
        let findings = check::findings(&self.draft());
        if !findings.is_empty() {
            return Err(findings);
        }

        let mut order: Vec<usize> = (1..self.nodes.len()).collect();
        order.sort_by(|&a, &b| self.nodes[a].cmp(&self.nodes[b]));
        let mut renumbered = vec![NodeId::GROUND; self.nodes.len()];
        let mut nodes = vec![self.nodes[0].clone()];
        for (position, &old) in order.iter().enumerate() {
            renumbered[old] = NodeId(position as u32 + 1);
            nodes.push(self.nodes[old].clone());
        }
        let renumber = |node: NodeId| renumbered[node.index()];

        let mut elements = self.elements;
        elements.sort_by(|a, b| a.name.cmp(&b.name));
        let heard = found(self.heard.iter().map(|(name, id)| (name, id.0)), &elements);
        let (mut digital, net_of) = self.digital.in_order();
        for element in &mut elements {
            let heard = |provisional: ElementId| ElementId(heard[provisional.index()]);
            element.renumber(renumber, heard, |net| net_of[net.index()]);
        }
        let mut arrays = self.arrays;
        let rows = arrays.iter_mut().flat_map(|array| array.rows.iter_mut());
        rows.for_each(|row| *row = renumber(*row));
        let devices = found(self.followed.iter().map(|(name, id)| (name, id.0)), &elements);
        for element in &mut elements {
            if let Some(Stimulus::Spikes(driver)) = element.kind.stimulus_mut() {
                driver
                    .devices
                    .iter_mut()
                    .for_each(|device| *device = DeviceId(devices[device.0 as usize]));
            }
        }

        for tap in &mut digital.taps {
            tap.device = DeviceId(devices[tap.device.0 as usize]);
        }

        let initial =
            self.initial.into_iter().map(|(node, v)| (renumbered[node.index()], v)).collect();
        let arrays = number_arrays(arrays, &mut elements);
        let topology = graph::topology(nodes.len(), &elements);
        let arrays = order_rows(arrays, &topology, &mut elements);
        let repetition = self.repetition;
        Ok(Circuit { nodes, elements, arrays, initial, topology, digital, repetition })
    }
}

/// Numbers arrays by the first of their sums; drops those without any.
fn number_arrays(arrays: Vec<Array>, elements: &mut [Element]) -> Vec<Array> {
    let mut arrays: Vec<Option<Array>> = arrays.into_iter().map(Some).collect();
    let mut ids: Vec<Option<ArrayId>> = vec![None; arrays.len()];
    let mut ordered = Vec::new();
    for element in elements {
        let ElementKind::WeightedSum(sum) = &mut element.kind else { continue };
        let at = sum.array.index();
        let id = *ids[at].get_or_insert(ArrayId(ordered.len() as u32));
        ordered.extend(arrays[at].take());
        sum.array = id;
    }
    ordered
}

/// Puts the rows of each array into the order of the sources that hold them, where one source alone holds each: sums add
/// up in the order of sources, whatever the rows are called.
fn order_rows(mut arrays: Vec<Array>, topology: &Topology, elements: &mut [Element]) -> Vec<Array> {
    let mut moves: Vec<Option<Vec<u32>>> = Vec::with_capacity(arrays.len());
    for array in &mut arrays {
        let holder = |row: &NodeId| match topology.driven(*row) {
            Some([(source, 1)]) => Some(*source),
            _ => None,
        };
        let holders: Option<Vec<ElementId>> = array.rows.iter().map(holder).collect();
        let order = holders.map(|holders| {
            let mut order: Vec<u32> = (0..holders.len() as u32).collect();
            order.sort_by_key(|row| holders[*row as usize]);
            order
        });
        moves.push(order.filter(|order| !order.is_sorted()).map(|order| {
            array.rows = order.iter().map(|row| array.rows[*row as usize]).collect();
            let mut to = vec![0; order.len()];
            (0..).zip(order).for_each(|(new, old)| to[old as usize] = new);
            to
        }));
    }
    for element in elements {
        if let ElementKind::WeightedSum(sum) = &mut element.kind
            && let Some(to) = &moves[sum.array.index()]
        {
            sum.weights = sum.weights.moved(to);
        }
    }
    arrays
}

/// The places of named elements, by their provisional ids. The checks have found each of them.
fn found<'a>(
    names: impl ExactSizeIterator<Item = (&'a String, u32)>,
    elements: &[Element],
) -> Vec<u32> {
    let mut places = vec![0; names.len()];
    for (name, provisional) in names {
        let found = elements.binary_search_by(|element| element.name.as_str().cmp(name));
        places[provisional as usize] = found.unwrap_or_default() as u32;
    }
    places
}
