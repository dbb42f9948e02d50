//! Which voltages of an island are states.

use std::collections::BTreeMap;

use petgraph::unionfind::UnionFind;

use crate::double::Double;
use crate::{Circuit, ElementId, ElementKind, Island, NodeId};

/// Where everything sits; depends on the island, not on its switches.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub node_at: BTreeMap<NodeId, usize>,
    pub input_at: BTreeMap<ElementId, usize>,
    pub branch_at: BTreeMap<ElementId, usize>,
    /// State of each island node, if its voltage is one.
    pub state_of: Vec<Option<usize>>,
    /// Algebraic unknown that a node's voltage (or its group's root) adds.
    pub root_of: Vec<Option<usize>>,
    /// Driven root that a node's voltage adds.
    pub driven_root: Vec<Option<NodeId>>,
    /// State of each inductor: its current. They come after the voltages.
    pub inductor_at: BTreeMap<ElementId, usize>,
    pub voltages: usize,
    pub states: usize,
    pub roots: usize,
    /// Whether capacitors lie between a group and a driven node other than its root.
    pub has_several_roots: bool,
}

/// Nodes that capacitors connect.
struct Groups {
    of_node: UnionFind<usize>,
    /// The driven node that capacitors of a group touch first: its root.
    driven: Vec<Option<NodeId>>,
    has_several_roots: bool,
}

impl Groups {
    fn new(circuit: &Circuit, island: &Island, node_at: &BTreeMap<NodeId, usize>) -> Self {
        let mut of_node = UnionFind::<usize>::new(island.nodes.len());
        let mut touches: Vec<(usize, NodeId)> = Vec::new();
        for element in island.elements.iter().map(|id| circuit.element(*id)) {
            if !matches!(element.kind, ElementKind::Capacitor { .. }) {
                continue;
            }
            match element.nodes.map(|node| node_at.get(&node).copied()) {
                [Some(a), Some(b)] => _ = of_node.union(a, b),
                [Some(a), None] => touches.push((a, element.nodes[1])),
                [None, Some(b)] => touches.push((b, element.nodes[0])),
                [None, None] => {}
            }
        }
        let mut driven: Vec<Option<NodeId>> = vec![None; island.nodes.len()];
        let mut has_several_roots = false;
        for (at, node) in touches {
            let root = *driven[of_node.find_mut(at)].get_or_insert(node);
            has_several_roots |= root != node;
        }
        Self { of_node, driven, has_several_roots }
    }
}

impl Layout {
    pub fn new(circuit: &Circuit, island: &Island) -> Self {
        let node_at: BTreeMap<NodeId, usize> =
            island.nodes.iter().enumerate().map(|(at, node)| (*node, at)).collect();
        let input_at = island.inputs.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let branches = island.elements.iter().filter(|id| circuit.element(**id).kind.has_branch());
        let branch_at = branches.enumerate().map(|(at, id)| (*id, at)).collect();
        let count = island.nodes.len();
        let Groups { mut of_node, driven, has_several_roots } =
            Groups::new(circuit, island, &node_at);
        let mut layout = Self {
            node_at,
            input_at,
            branch_at,
            state_of: vec![None; count],
            root_of: vec![None; count],
            driven_root: vec![None; count],
            inductor_at: BTreeMap::new(),
            voltages: 0,
            states: 0,
            roots: 0,
            has_several_roots,
        };
        let mut root_of_group: Vec<Option<usize>> = vec![None; count];
        for at in 0..count {
            let group = of_node.find_mut(at);
            layout.driven_root[at] = driven[group];
            layout.root_of[at] = root_of_group[group];
            if driven[group].is_some() || root_of_group[group].is_some() {
                layout.state_of[at] = Some(layout.states);
                layout.states += 1;
            } else {
                layout.root_of[at] = Some(layout.roots);
                root_of_group[group] = layout.root_of[at];
                layout.roots += 1;
            }
        }
        layout.voltages = layout.states;
        for id in &island.elements {
            if matches!(circuit.element(*id).kind, ElementKind::Inductor { .. }) {
                layout.inductor_at.insert(*id, layout.states);
                layout.states += 1;
            }
        }
        layout
    }

    /// The voltage of a driven node as a sum of inputs.
    pub fn driven<'s>(
        &'s self,
        circuit: &'s Circuit,
        node: NodeId,
    ) -> impl Iterator<Item = (usize, Double)> + 's {
        let sources = circuit.topology().driven(node).into_iter().flatten();
        sources.map(|(source, sign)| (self.input_at[source], Double::from(f64::from(*sign))))
    }

    /// Whether some state counts against a node of the island, not against a driven one.
    pub fn root_of_state(&self) -> bool {
        self.state_of
            .iter()
            .zip(&self.driven_root)
            .any(|(s, driven)| s.is_some() && driven.is_none())
    }
}
