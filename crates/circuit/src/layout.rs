//! Which voltages of an island are states.

use std::collections::BTreeMap;

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
    pub states: usize,
    pub roots: usize,
}

impl Layout {
    pub fn new(circuit: &Circuit, island: &Island) -> Self {
        let node_at: BTreeMap<NodeId, usize> =
            island.nodes.iter().enumerate().map(|(at, node)| (*node, at)).collect();
        let input_at = island.inputs.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let mut branch_at = BTreeMap::new();
        for id in &island.elements {
            let kind = &circuit.element(*id).kind;
            if matches!(kind, ElementKind::VoltageSource(_) | ElementKind::Vcvs { .. }) {
                branch_at.insert(*id, branch_at.len());
            }
        }

        // Groups of nodes that capacitors connect; all driven nodes that one touches are its root.
        let count = island.nodes.len();
        let mut group: Vec<usize> = (0..count).collect();
        let mut has_capacitor = vec![false; count];
        let mut driven_at: Vec<Option<NodeId>> = vec![None; count];
        for id in &island.elements {
            let element = circuit.element(*id);
            if !matches!(element.kind, ElementKind::Capacitor { .. }) {
                continue;
            }
            match element.nodes.map(|node| node_at.get(&node).copied()) {
                [Some(a), Some(b)] => {
                    has_capacitor[a] = true;
                    has_capacitor[b] = true;
                    let (from, to) = (group[a].max(group[b]), group[a].min(group[b]));
                    group.iter_mut().filter(|g| **g == from).for_each(|g| *g = to);
                }
                [Some(a), None] => driven_at[a] = Some(element.nodes[1]),
                [None, Some(b)] => driven_at[b] = Some(element.nodes[0]),
                [None, None] => {}
            }
        }
        let mut layout = Self {
            node_at,
            input_at,
            branch_at,
            state_of: vec![None; count],
            root_of: vec![None; count],
            driven_root: vec![None; count],
            states: 0,
            roots: 0,
        };
        let mut root_of_group: BTreeMap<usize, usize> = BTreeMap::new();
        for at in 0..count {
            let members = (0..count).filter(|m| group[*m] == group[at]);
            if let Some(driven) = members.clone().find_map(|m| driven_at[m]) {
                layout.driven_root[at] = Some(driven);
                layout.state_of[at] = Some(layout.states);
                layout.states += 1;
                continue;
            }
            if let Some(&root) = root_of_group.get(&group[at]) {
                layout.root_of[at] = Some(root);
                layout.state_of[at] = Some(layout.states);
                layout.states += 1;
            } else {
                layout.root_of[at] = Some(layout.roots);
                root_of_group.insert(group[at], layout.roots);
                layout.roots += 1;
            }
        }
        layout
    }
}
