//! Which origins wait for each other.

use std::collections::BTreeMap;

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

/// One origin feeds another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Who speaks, by position.
    pub from: usize,
    /// Who hears it.
    pub to: usize,
    /// The least time from what is said to what it changes (fs).
    pub delay_fs: u64,
}

/// Origins that advance together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Their positions, ascending.
    pub members: Vec<usize>,
    /// If they wait for each other, the least delay between any two of them (fs): so far each may run ahead.
    /// None if none of them waits for another.
    pub loop_delay_fs: Option<u64>,
    /// How far from the beginning they are: parts of one stage do not feed each other.
    pub stage: usize,
}

/// Members that are worth a part of their own.
const WORTH_A_PART: usize = 32;

impl Part {
    /// The same in up to `most` parts of one stage, so that each may advance on a thread of its own; a loop stays whole.
    #[must_use]
    pub fn divided(self, most: usize) -> Vec<Self> {
        let pieces = most.min(self.members.len() / WORTH_A_PART);
        if self.loop_delay_fs.is_some() || pieces < 2 {
            return vec![self];
        }
        let pieces = self.members.chunks(self.members.len().div_ceil(pieces));
        pieces.map(|members| Self { members: members.to_vec(), ..self }).collect()
    }
}

/// Cuts `count` origins into groups, in an order in which every group feeds only later ones. A loop is a
/// group of its own; origins without a loop that are equally far from the beginning share one.
///
/// # Panics
/// If an edge names a position of `count` or above.
#[must_use]
pub fn groups(count: usize, edges: &[Edge]) -> Vec<Part> {
    let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(count, edges.len());
    for _ in 0..count {
        graph.add_node(());
    }
    for edge in edges {
        assert!(edge.from < count && edge.to < count, "an edge between origins");
        graph.add_edge(NodeIndex::new(edge.from), NodeIndex::new(edge.to), ());
    }
    // Tarjan's algorithm gives components after those that they feed.
    let mut components = tarjan_scc(&graph);
    components.reverse();
    let mut component_of = vec![0; count];
    for (number, nodes) in components.iter().enumerate() {
        nodes.iter().for_each(|node| component_of[node.index()] = number);
    }
    let mut depth = vec![0_usize; components.len()];
    let mut loop_delay_fs: Vec<Option<u64>> = vec![None; components.len()];
    let mut feeds: Vec<Vec<usize>> = vec![Vec::new(); components.len()];
    for edge in edges {
        let (from, to) = (component_of[edge.from], component_of[edge.to]);
        if from == to {
            let least = loop_delay_fs[from].unwrap_or(u64::MAX);
            loop_delay_fs[from] = Some(least.min(edge.delay_fs));
        } else {
            feeds[from].push(to);
        }
    }
    for from in 0..components.len() {
        for &to in &feeds[from] {
            depth[to] = depth[to].max(depth[from] + 1);
        }
    }
    // By depth; there the straight ones together before the loops, each of which is named by its first member.
    let mut parts: BTreeMap<(usize, Option<usize>), Part> = BTreeMap::new();
    for (number, nodes) in components.iter().enumerate() {
        let first = nodes.iter().map(|node| node.index()).min();
        let name = loop_delay_fs[number].and(first);
        let part = parts.entry((depth[number], name)).or_insert_with(|| Part {
            members: Vec::new(),
            loop_delay_fs: loop_delay_fs[number],
            stage: depth[number],
        });
        part.members.extend(nodes.iter().map(|node| node.index()));
    }
    parts
        .into_values()
        .map(|mut part| {
            part.members.sort_unstable();
            part
        })
        .collect()
}
