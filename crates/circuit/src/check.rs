//! What makes a circuit unsolvable, found before it runs.

mod error;

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::{NodeIndex, UnGraph};
use petgraph::unionfind::UnionFind;

use crate::digital::Digital;
use crate::graph::is_conductive;
use crate::{Array, DeviceId, Element, ElementId, ElementKind, NodeId};

pub use error::CircuitError;

/// A circuit before its checks.
pub(crate) struct Draft<'a> {
    pub nodes: &'a [String],
    pub elements: &'a [Element],
    pub arrays: &'a [Array],
    /// Devices that drivers follow, by name.
    pub followed: &'a BTreeMap<String, DeviceId>,
    /// Elements whose currents others hear, by name.
    pub heard: &'a BTreeMap<String, ElementId>,
    pub digital: &'a Digital,
    /// Whether no operating point is asked for: then capacitors hold a node, too.
    pub charged: bool,
}

/// Runs every check.
pub(crate) fn findings(draft: &Draft) -> Vec<CircuitError> {
    let mut found = Vec::new();
    duplicate_names(draft, &mut found);
    bad_values(draft, &mut found);
    shorted(draft, &mut found);
    pins_and_paths(draft, &mut found);
    rows(draft, &mut found);
    followed(draft, &mut found);
    heard(draft, &mut found);
    coupled(draft, &mut found);
    loops(draft, &mut found);
    nets(draft, &mut found);
    found
}

fn duplicate_names(draft: &Draft, found: &mut Vec<CircuitError>) {
    let mut order: Vec<usize> = (0..draft.elements.len()).collect();
    order.sort_by(|&a, &b| draft.elements[a].name.cmp(&draft.elements[b].name).then(a.cmp(&b)));
    for pair in order.windows(2) {
        let (first, second) = (pair[0], pair[1]);
        if draft.elements[first].name == draft.elements[second].name {
            let name = draft.elements[first].name.clone();
            found.push(CircuitError::DuplicateName { name, first, second });
        }
    }
}

fn bad_values(draft: &Draft, found: &mut Vec<CircuitError>) {
    for (element, e) in draft.elements.iter().enumerate() {
        let (quantity, value) = match e.kind {
            ElementKind::Resistor { ohm } => ("resistance", ohm),
            ElementKind::Capacitor { farad, .. } => ("capacitance", farad),
            ElementKind::Inductor { henry, .. } => ("inductance", henry),
            _ => continue,
        };
        if !(value > 0.0 && value.is_finite()) {
            found.push(CircuitError::BadValue { name: e.name.clone(), quantity, value, element });
        }
    }
}

fn shorted(draft: &Draft, found: &mut Vec<CircuitError>) {
    for (element, e) in draft.elements.iter().enumerate() {
        let matters = e.kind.is_voltage_defined() || e.device().is_some() && !e.is_hidden();
        if matters && e.nodes[0] == e.nodes[1] {
            let node = draft.nodes[e.nodes[0].index()].clone();
            found.push(CircuitError::ShortedSource { name: e.name.clone(), node, element });
        }
    }
}

/// Elements but the parts of laws, each with its position: what has parts looks at all that they look at.
fn shown<'a>(draft: &'a Draft<'_>) -> impl Iterator<Item = (usize, &'a Element)> {
    let is_part = |e: &Element| matches!(e.kind, ElementKind::Curve { .. });
    draft.elements.iter().enumerate().filter(move |(_, e)| !is_part(e))
}

/// Dangling pins and nodes that no direct current reaches.
fn pins_and_paths(draft: &Draft, found: &mut Vec<CircuitError>) {
    let mut pins = vec![0_usize; draft.nodes.len()];
    let mut touched: Vec<Option<usize>> = vec![None; draft.nodes.len()];
    let mut paths = UnionFind::<usize>::new(draft.nodes.len());
    for (position, e) in shown(draft) {
        for node in e.pins() {
            pins[node.index()] += 1;
            touched[node.index()].get_or_insert(position);
        }
        let holds = draft.charged && matches!(e.kind, ElementKind::Capacitor { .. });
        if is_conductive(e) || holds {
            paths.union(e.nodes[0].index(), e.nodes[1].index());
        }
    }
    // Rows of arrays have a finding of their own.
    for node in draft.arrays.iter().flat_map(Array::rows) {
        pins[node.index()] += 1;
        paths.union(node.index(), NodeId::GROUND.index());
    }
    for node in 1..draft.nodes.len() {
        let Some(element) = touched[node] else { continue };
        let name = draft.elements[element].name.clone();
        if paths.equiv(node, NodeId::GROUND.index()) {
            continue;
        }
        let single = pins[node] == 1;
        let node = draft.nodes[node].clone();
        found.push(match single {
            true => CircuitError::DanglingPin { node, name, element },
            false => CircuitError::NoDcPath { node, element },
        });
    }
}

/// Nodes with one pin, each with the position of its only element.
pub(crate) fn single_pins(draft: &Draft) -> Vec<(NodeId, usize)> {
    let mut pins: Vec<(usize, usize)> = vec![(0, 0); draft.nodes.len()];
    for (position, e) in shown(draft) {
        e.pins().for_each(|node| pins[node.index()] = (pins[node.index()].0 + 1, position));
    }
    draft.arrays.iter().flat_map(Array::rows).for_each(|node| pins[node.index()].0 += 1);
    let single = |(node, &(count, element)): (usize, &(usize, usize))| {
        (count == 1 && node > 0).then_some((NodeId(node as u32), element))
    };
    pins.iter().enumerate().filter_map(single).collect()
}

/// Whether an element holds a node against another: an independent voltage source whose current nothing hears.
fn holds(draft: &Draft, e: &Element) -> bool {
    matches!(e.kind, ElementKind::VoltageSource(_)) && !draft.heard.contains_key(&e.name)
}

/// Rows of arrays that voltage sources alone do not tie to ground; each row is named once.
fn rows(draft: &Draft, found: &mut Vec<CircuitError>) {
    let mut held = UnionFind::<usize>::new(draft.nodes.len());
    for e in draft.elements.iter().filter(|e| holds(draft, e)) {
        held.union(e.nodes[0].index(), e.nodes[1].index());
    }
    let mut seen = vec![false; draft.nodes.len()];
    let mut looked_at = vec![false; draft.arrays.len()];
    for (element, e) in draft.elements.iter().enumerate() {
        let Some(sum) = e.sum() else { continue };
        let array = draft.arrays.get(sum.array.index()).map_or(&[][..], Array::rows);
        if sum.weights.reach() > array.len() {
            let (name, row, rows) = (e.name.clone(), sum.weights.reach() - 1, array.len());
            found.push(CircuitError::NoSuchRow { name, row, rows, element });
            continue;
        }
        if std::mem::replace(&mut looked_at[sum.array.index()], true) {
            continue;
        }
        for node in array {
            let seen = std::mem::replace(&mut seen[node.index()], true);
            if !seen && !held.equiv(node.index(), NodeId::GROUND.index()) {
                let (name, node) = (e.name.clone(), draft.nodes[node.index()].clone());
                found.push(CircuitError::RowNotHeld { node, name, element });
            }
        }
    }
}

/// Drivers that follow what is not there or never spikes.
fn followed(draft: &Draft, found: &mut Vec<CircuitError>) {
    if draft.followed.is_empty() {
        return;
    }
    let by_name: BTreeMap<&str, &Element> =
        draft.elements.iter().map(|element| (element.name.as_str(), element)).collect();
    let mut wrong: BTreeMap<DeviceId, (&str, bool)> = BTreeMap::new();
    for (name, id) in draft.followed {
        let element = by_name.get(name.as_str());
        if !element.is_some_and(|element| element.spikes()) {
            wrong.insert(*id, (name, element.is_some()));
        }
    }
    for tap in &draft.digital.taps {
        let Some((device, is_there)) = wrong.get(&tap.device) else { continue };
        let (name, device, element) = (tap.name.clone(), (*device).to_owned(), 0);
        found.push(if *is_there {
            CircuitError::NotADevice { name, device, element }
        } else {
            CircuitError::NoSuchDevice { name, device, element }
        });
    }
    for (element, e) in draft.elements.iter().enumerate() {
        for device in e.driver().iter().flat_map(|driver| &driver.devices) {
            let Some((device, is_there)) = wrong.get(device) else { continue };
            let (name, device) = (e.name.clone(), (*device).to_owned());
            found.push(if *is_there {
                CircuitError::NotADevice { name, device, element }
            } else {
                CircuitError::NoSuchDevice { name, device, element }
            });
        }
    }
}

/// Nets that nothing or more than one thing drives.
fn nets(draft: &Draft, found: &mut Vec<CircuitError>) {
    let Digital { nets, blocks, taps } = draft.digital;
    let mut drivers: Vec<Option<String>> = vec![None; nets.len()];
    let of_elements = draft.elements.iter().filter_map(|e| match &e.kind {
        ElementKind::Comparator(comparator) => Some((comparator.drives, e.label())),
        _ => None,
    });
    let of_blocks = blocks
        .iter()
        .flat_map(|block| block.outputs.iter().flatten().map(|pin| (*pin, block.name.as_str())));
    let of_taps = taps.iter().map(|tap| (tap.drives, tap.name.as_str()));
    for (pin, name) in of_elements.chain(of_blocks).chain(of_taps) {
        let net = pin.net.index();
        match &drivers[net] {
            None => drivers[net] = Some(name.to_owned()),
            Some(first) => found.push(CircuitError::NetDrivenTwice {
                net: nets[net].clone(),
                first: first.clone(),
                second: name.to_owned(),
            }),
        }
    }
    let by_blocks = blocks
        .iter()
        .flat_map(|block| block.inputs.iter().flatten().map(|pin| (*pin, block.name.as_str())));
    let by_elements =
        draft.elements.iter().filter_map(|e| Some((e.level_driver()?.hears, e.label())));
    let mut told = vec![false; nets.len()];
    for (pin, name) in by_blocks.chain(by_elements) {
        let net = pin.net.index();
        if drivers[net].is_none() && !std::mem::replace(&mut told[net], true) {
            found
                .push(CircuitError::NetNotDriven { net: nets[net].clone(), name: name.to_owned() });
        }
    }
}

/// Inductors that are coupled to what is none.
fn coupled(draft: &Draft, found: &mut Vec<CircuitError>) {
    let is_inductor = |e: &&Element| matches!(e.kind, ElementKind::Inductor { .. });
    let inductors: BTreeSet<&str> =
        draft.elements.iter().filter(is_inductor).map(|e| e.name.as_str()).collect();
    let names: BTreeMap<ElementId, &str> =
        draft.heard.iter().map(|(name, id)| (*id, name.as_str())).collect();
    for (element, e) in draft.elements.iter().enumerate() {
        let ElementKind::Inductor { coupled, .. } = &e.kind else { continue };
        for (other, factor) in coupled {
            let (name, other) = (e.name.clone(), names[other]);
            let is_factor = factor.abs() <= 1.0;
            if !is_factor || other == name || !inductors.contains(other) {
                let (other, factor) = (other.to_owned(), *factor);
                found.push(CircuitError::BadCoupling { name, other, factor, element });
            }
        }
    }
}

/// Elements that hear a current which is not there.
fn heard(draft: &Draft, found: &mut Vec<CircuitError>) {
    if draft.heard.is_empty() {
        return;
    }
    let branches = draft.elements.iter().filter(|e| e.kind.can_be_heard());
    let branches: BTreeSet<&str> = branches.map(|e| e.name.as_str()).collect();
    let missing = draft.heard.iter().filter(|(name, _)| !branches.contains(name.as_str()));
    let missing: BTreeMap<ElementId, &str> =
        missing.map(|(name, id)| (*id, name.as_str())).collect();
    for (element, e) in draft.elements.iter().enumerate() {
        for heard in e.kind.heard().filter_map(|id| missing.get(&id)) {
            let (name, heard) = (e.name.clone(), (*heard).to_owned());
            found.push(CircuitError::NoBranch { name, heard, element });
        }
    }
}

/// Loops that are traced and named; each is a search through the whole circuit.
const LOOPS_SHOWN: usize = 20;

/// Loops of sources. Those with a capacitor in them are fine: they only make fewer states than capacitors.
fn loops(draft: &Draft, found: &mut Vec<CircuitError>) {
    let sources = |e: &Element| e.kind.is_voltage_defined();
    let mut sets = UnionFind::<usize>::new(draft.nodes.len());
    let ends = |p: &usize| draft.elements[*p].nodes;
    let closing = (0..draft.elements.len())
        .filter(|&p| sources(&draft.elements[p]) && ends(&p)[0] != ends(&p)[1])
        .filter(|p| !sets.union(ends(p)[0].index(), ends(p)[1].index()));
    for last in closing.take(LOOPS_SHOWN) {
        let elements = around(draft, last, &sources);
        found.push(CircuitError::SourceLoop { names: names(draft, &elements), elements });
    }
}

fn names(draft: &Draft, elements: &[usize]) -> Vec<String> {
    elements.iter().map(|&e| draft.elements[e].name.clone()).collect()
}

/// The elements of a shortest loop through `last` that uses only elements that `allowed` admits.
fn around(draft: &Draft, last: usize, allowed: &dyn Fn(&Element) -> bool) -> Vec<usize> {
    let mut graph = UnGraph::<(), usize>::new_undirected();
    for _ in draft.nodes {
        graph.add_node(());
    }
    for (position, e) in draft.elements.iter().enumerate() {
        if position != last && allowed(e) {
            let [a, b] = e.nodes.map(|n| NodeIndex::new(n.index()));
            graph.add_edge(a, b, position);
        }
    }
    let [from, to] = draft.elements[last].nodes.map(|n| NodeIndex::new(n.index()));
    let mut elements = vec![last];
    if let Some((_, path)) = petgraph::algo::astar(&graph, from, |n| n == to, |_| 1_usize, |_| 0) {
        for hop in path.windows(2) {
            if let Some(edge) = graph.find_edge(hop[0], hop[1]) {
                elements.push(graph[edge]);
            }
        }
    }
    elements.sort_by(|&a, &b| draft.elements[a].name.cmp(&draft.elements[b].name));
    elements
}
