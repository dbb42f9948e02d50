//! Which nodes sources hold, and the islands between them.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::{NodeIndex, UnGraph};
use petgraph::unionfind::UnionFind;
use petgraph::visit::{Bfs, EdgeRef};

use crate::{Element, ElementId, ElementKind, NodeId};

/// Whether direct current can pass between the two nodes of an element.
pub(crate) fn is_conductive(element: &Element) -> bool {
    match &element.kind {
        ElementKind::Resistor { .. }
        | ElementKind::Inductor { .. }
        | ElementKind::VoltageSource(_)
        | ElementKind::Vcvs { .. }
        | ElementKind::VoltageLaw { .. }
        | ElementKind::Memristor(_)
        | ElementKind::Limiter(_)
        | ElementKind::Switch { .. }
        | ElementKind::CurrentSwitch { .. } => true,
        // A source that its own voltage controls is a conductance.
        ElementKind::Vccs { control, .. } => {
            *control == element.nodes || [control[1], control[0]] == element.nodes
        }
        // So is one that looks at both its ends, be it through a part with corners.
        ElementKind::CurrentLaw { law, .. } => {
            let seen = |node: &NodeId| *node == NodeId::GROUND || law.nodes().contains(node);
            element.nodes.iter().all(seen)
        }
        ElementKind::Capacitor { .. }
        | ElementKind::Curve { .. }
        | ElementKind::Comparator(_)
        | ElementKind::CurrentSource(_)
        | ElementKind::WeightedSum(_) => false,
    }
}

/// A part of the circuit that no ideal source separates: solved on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Island {
    /// Nodes whose voltage it solves for, ascending. Empty where a device lies between driven nodes.
    pub nodes: Vec<NodeId>,
    /// Elements in it, ascending; current sources are inputs and not listed here.
    pub elements: Vec<ElementId>,
    /// The elements among them that switch, ascending.
    pub devices: Vec<ElementId>,
    /// What enters its equations from outside, ascending: independent sources, and devices of its own
    /// that drive a current ([`Element::is_current_input`]).
    pub inputs: Vec<ElementId>,
}

/// How a circuit falls apart at its ideal sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topology {
    pub(crate) islands: Vec<Island>,
    /// For a driven node the sources between it and ground with their signs; none otherwise.
    driven: Vec<Option<Vec<(ElementId, i8)>>>,
    island_of: Vec<Option<usize>>,
    /// For a grounded source the driven nodes on its far side from ground, and whether its
    /// plus node is among them.
    beyond: BTreeMap<ElementId, (Vec<NodeId>, bool)>,
}

impl Topology {
    /// The sources (with sign) whose sum is the voltage of `node`, if sources alone hold it.
    #[must_use]
    pub fn driven(&self, node: NodeId) -> Option<&[(ElementId, i8)]> {
        self.driven[node.index()].as_deref()
    }

    /// The island that solves for `node`.
    #[must_use]
    pub fn island_of(&self, node: NodeId) -> Option<usize> {
        self.island_of[node.index()]
    }

    /// For a source between driven nodes: the nodes that it separates from ground, and whether
    /// its plus node is one of them.
    #[must_use]
    pub fn beyond(&self, source: ElementId) -> Option<(&[NodeId], bool)> {
        self.beyond.get(&source).map(|(nodes, plus)| (nodes.as_slice(), *plus))
    }
}

pub(crate) fn topology(node_count: usize, elements: &[Element]) -> Topology {
    let (driven, beyond) = drive(node_count, elements);
    let is_free = |node: &NodeId| driven[node.index()].is_none();

    let sets = joined(node_count, elements, is_free);

    let mut islands: Vec<Island> = Vec::new();
    let mut by_root: BTreeMap<usize, usize> = BTreeMap::new();
    let mut island_at = |root: usize, islands: &mut Vec<Island>| {
        *by_root.entry(root).or_insert_with(|| {
            islands.push(Island {
                nodes: Vec::new(),
                elements: Vec::new(),
                devices: Vec::new(),
                inputs: Vec::new(),
            });
            islands.len() - 1
        })
    };
    let mut island_of = vec![None; node_count];
    for node in 0..node_count {
        if driven[node].is_none() {
            let island = island_at(sets.find(node), &mut islands);
            island_of[node] = Some(island);
            islands[island].nodes.push(NodeId(node as u32));
        }
    }
    for (position, element) in elements.iter().enumerate() {
        let id = ElementId(position as u32);
        let is_driven_source = matches!(element.kind, ElementKind::VoltageSource(_))
            && !element.nodes.iter().any(is_free);
        if is_driven_source || element.is_current_source() {
            continue;
        }
        let island = island_at(sets.find(node_count + position), &mut islands);
        islands[island].elements.push(id);
        if element.device().is_some() {
            islands[island].devices.push(id);
        }
        let own = matches!(element.kind, ElementKind::VoltageLaw { own: Some(_), .. });
        if own || element.is_current_input() {
            islands[island].inputs.push(id);
        }
    }
    for (position, element) in elements.iter().enumerate() {
        attach_own_input(ElementId(position as u32), element, &island_of, &mut islands);
    }
    attach_element_inputs(elements, &driven, &mut islands);
    for island in &mut islands {
        island.inputs.sort_unstable();
        island.inputs.dedup();
    }
    Topology { islands, driven, island_of, beyond }
}

/// Free nodes and, behind all nodes, elements, as what one equation joins.
fn joined(
    node_count: usize,
    elements: &[Element],
    is_free: impl Fn(&NodeId) -> bool,
) -> UnionFind<usize> {
    let mut sets = UnionFind::<usize>::new(node_count + elements.len());
    for (position, element) in elements.iter().enumerate() {
        if element.is_current_source() {
            continue;
        }
        for node in element.pins().filter(&is_free) {
            sets.union(node_count + position, node.index());
        }
        for related in element.kind.related() {
            sets.union(node_count + position, node_count + related.index());
        }
    }
    sets
}

/// Current sources and floating voltage sources enter the islands that their nodes are in.
fn attach_own_input(
    id: ElementId,
    element: &Element,
    island_of: &[Option<usize>],
    islands: &mut [Island],
) {
    if element.is_current_source() || matches!(element.kind, ElementKind::VoltageSource(_)) {
        for island in element.nodes.iter().filter_map(|n| island_of[n.index()]) {
            islands[island].inputs.push(id);
        }
    }
}

/// Sources that hold a node which an island's element touches enter that island.
fn attach_element_inputs(
    elements: &[Element],
    driven: &[Option<Vec<(ElementId, i8)>>],
    islands: &mut [Island],
) {
    for island in islands {
        for id in &island.elements {
            let element = &elements[id.index()];
            for node in element.pins() {
                let sources = driven[node.index()].iter().flatten();
                island.inputs.extend(sources.map(|(source, _)| *source));
            }
        }
    }
}

type Driven = Vec<Option<Vec<(ElementId, i8)>>>;
type Beyond = BTreeMap<ElementId, (Vec<NodeId>, bool)>;

/// Walks from ground along independent voltage sources. One whose current others hear holds nothing: what is behind it
/// decides that current, so it is a branch of its island.
fn drive(node_count: usize, elements: &[Element]) -> (Driven, Beyond) {
    let mut graph = UnGraph::<(), ElementId>::new_undirected();
    for _ in 0..node_count {
        graph.add_node(());
    }
    let heard: BTreeSet<ElementId> = elements.iter().flat_map(|e| e.kind.heard()).collect();
    for (position, e) in elements.iter().enumerate() {
        let is_heard = heard.contains(&ElementId(position as u32));
        if matches!(e.kind, ElementKind::VoltageSource(_)) && !is_heard {
            let [a, b] = e.nodes.map(|n| NodeIndex::new(n.index()));
            graph.add_edge(a, b, ElementId(position as u32));
        }
    }
    let mut driven: Driven = vec![None; node_count];
    driven[NodeId::GROUND.index()] = Some(Vec::new());
    let mut beyond: Beyond = BTreeMap::new();
    let mut walk = Bfs::new(&graph, NodeIndex::new(NodeId::GROUND.index()));
    while let Some(at) = walk.next(&graph) {
        let Some(path) = driven[at.index()].clone() else { continue };
        for edge in graph.edges(at) {
            let next = if edge.source() == at { edge.target() } else { edge.source() };
            if driven[next.index()].is_some() {
                continue;
            }
            let source = *edge.weight();
            let plus_is_next = elements[source.index()].nodes[0].index() == next.index();
            let mut longer = path.clone();
            longer.push((source, if plus_is_next { 1 } else { -1 }));
            for (passed, sign) in &longer {
                let entry = beyond.entry(*passed).or_insert_with(|| (Vec::new(), *sign > 0));
                entry.0.push(NodeId(next.index() as u32));
            }
            driven[next.index()] = Some(longer);
        }
    }
    (driven, beyond)
}
