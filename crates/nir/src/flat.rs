//! Graphs without graphs within them, checked.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{EdgeFault, Fault, cannot, node};
use crate::node::{Kind, Node, Parameter, Primitive};
use crate::{Graph, NirError, shape};

/// A graph whose nodes all are primitives, with the shapes of what goes in and out of each.
#[derive(Debug, Clone, PartialEq)]
pub struct Flat {
    /// In the order of their names; a node of a graph within has the name of that graph before its own, and a dot between.
    pub nodes: Vec<FlatNode>,
    /// Places of nodes, in order.
    pub edges: Vec<(usize, usize)>,
}

/// A node with its shapes.
#[derive(Debug, Clone, PartialEq)]
pub struct FlatNode {
    /// Its name.
    pub name: String,
    /// What it is.
    pub primitive: Primitive,
    /// Shape of what goes in.
    pub input: Vec<usize>,
    /// Shape of what comes out.
    pub output: Vec<usize>,
}

impl FlatNode {
    /// Signals that come out.
    #[must_use]
    pub fn size(&self) -> usize {
        self.output.iter().product()
    }
}

impl Flat {
    /// Nodes that feed one.
    pub fn before(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        self.edges.iter().filter(move |(_, to)| *to == node).map(|(from, _)| *from)
    }

    /// Nodes that one feeds.
    pub fn behind(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let begin = self.edges.partition_point(|(from, _)| *from < node);
        self.edges[begin..].iter().take_while(move |(from, _)| *from == node).map(|(_, to)| *to)
    }

    /// Whether signals come in from outside at this node.
    #[must_use]
    pub fn is_entry(&self, node: usize) -> bool {
        self.nodes[node].primitive.kind == Kind::Input && self.before(node).next().is_none()
    }

    /// All nodes in an order in which each comes after those that feed it at the same instant.
    ///
    /// # Errors
    /// [`NirError::Circle`].
    pub(crate) fn ordered(&self) -> Result<Vec<usize>, NirError> {
        // What a neuron or a delay gives does not depend on what it gets at the same instant.
        let now = |from: usize| self.nodes[from].primitive.kind.is_immediate();
        let mut open = vec![0_usize; self.nodes.len()];
        self.edges.iter().filter(|(from, _)| now(*from)).for_each(|(_, to)| open[*to] += 1);
        let mut ready: BTreeSet<usize> =
            (0..self.nodes.len()).filter(|node| open[*node] == 0).collect();
        let mut order = Vec::new();
        while let Some(node) = ready.pop_first() {
            order.push(node);
            for to in self.behind(node).filter(|_| now(node)) {
                open[to] -= 1;
                if open[to] == 0 {
                    ready.insert(to);
                }
            }
        }
        if order.len() < self.nodes.len() {
            let left = self.nodes.iter().zip(&open).filter(|(_, open)| **open > 0);
            return Err(NirError::Circle(
                left.map(|(node, _)| format!("'{}'", node.name)).collect(),
            ));
        }
        Ok(order)
    }

    /// Nodes that a node reaches without a delay on the way.
    pub(crate) fn reached(&self, from: usize) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut open = vec![from];
        let delays = |node: usize| {
            let delay = self.nodes[node].primitive.array("delay");
            delay.is_some_and(|delay| (0..delay.len()).any(|at| delay.get(at) > 0.0))
        };
        while let Some(node) = open.pop() {
            open.extend(self.behind(node).filter(|to| !delays(*to) && reached.insert(*to)));
        }
        reached
    }
}

impl Graph {
    /// The graph without graphs within it, its parameters, edges and shapes checked.
    ///
    /// # Errors
    /// The first thing that is wrong, by the name of its node.
    pub fn flat(&self) -> Result<Flat, NirError> {
        let mut all = BTreeMap::new();
        collect(self, "", &mut all)?;
        let places: BTreeMap<String, usize> = all.keys().cloned().zip(0..).collect();
        let mut edges = BTreeSet::new();
        join(self, "", &places, &mut edges)?;
        for (name, primitive) in &all {
            numbers(name, primitive)?;
            neurons(name, primitive)?;
        }
        let nodes = all.into_iter().map(|(name, primitive)| FlatNode {
            name,
            primitive: primitive.clone(),
            input: Vec::new(),
            output: Vec::new(),
        });
        let mut flat = Flat { nodes: nodes.collect(), edges: edges.into_iter().collect() };
        flat.ordered()?;
        shape::infer(&mut flat)?;
        Ok(flat)
    }
}

fn within(outer: &str, name: &str) -> String {
    if outer.is_empty() { name.to_owned() } else { format!("{outer}.{name}") }
}

fn collect<'g>(
    graph: &'g Graph,
    outer: &str,
    all: &mut BTreeMap<String, &'g Primitive>,
) -> Result<(), NirError> {
    for (name, each) in &graph.nodes {
        let name = within(outer, name);
        match each {
            Node::Primitive(primitive) => {
                if all.insert(name.clone(), primitive).is_some() {
                    let why = "a graph within has a node of that name too: give one another name";
                    return Err(cannot(&name, why));
                }
            }
            Node::Graph(inner) => collect(inner, &name, all)?,
        }
    }
    Ok(())
}

fn join(
    graph: &Graph,
    outer: &str,
    places: &BTreeMap<String, usize>,
    edges: &mut BTreeSet<(usize, usize)>,
) -> Result<(), NirError> {
    for (from, to) in &graph.edges {
        let edge =
            |fault| NirError::Edge { from: within(outer, from), to: within(outer, to), fault };
        let begin = end(graph, outer, from, Kind::Output).map_err(edge)?;
        let finish = end(graph, outer, to, Kind::Input).map_err(edge)?;
        if !edges.insert((places[&begin], places[&finish])) {
            return Err(edge(EdgeFault::Twice));
        }
    }
    for (name, each) in &graph.nodes {
        if let Node::Graph(inner) = each {
            join(inner, &within(outer, name), places, edges)?;
        }
    }
    Ok(())
}

/// The primitive at an end of an edge: of a graph within, its only way in or out.
fn end(graph: &Graph, outer: &str, name: &str, way: Kind) -> Result<String, EdgeFault> {
    let full = within(outer, name);
    match graph.nodes.get(name) {
        None => Err(EdgeFault::Nowhere(full)),
        Some(Node::Primitive(_)) => Ok(full),
        Some(Node::Graph(inner)) => {
            let ways = inner.nodes.iter().filter(
                |(_, each)| matches!(each, Node::Primitive(primitive) if primitive.kind == way),
            );
            let ways: Vec<&String> = ways.map(|(name, _)| name).collect();
            match ways[..] {
                [only] => Ok(within(&full, only)),
                _ => Err(EdgeFault::Ways(ways.len(), way.name())),
            }
        }
    }
}

/// Whether every number is finite, and none is missing.
fn numbers(name: &str, primitive: &Primitive) -> Result<(), NirError> {
    for (parameter, each) in &primitive.parameters {
        let Parameter::Array(array) = each else { continue };
        if array.is_empty() {
            return Err(crate::error::parameter(name, parameter, "has no numbers"));
        }
        if let Some((at, value)) = array.not_finite() {
            let parameter = parameter.clone();
            return Err(node(name, Fault::NotFinite { parameter, at, value }));
        }
    }
    Ok(())
}

/// Whether parameters of neurons have one shape, those that are one for all aside.
fn neurons(name: &str, primitive: &Primitive) -> Result<(), NirError> {
    if !primitive.kind.is_neuron() {
        return Ok(());
    }
    let mut first: Option<(&'static str, &[usize])> = None;
    for &parameter in primitive.kind.needed().iter().chain(primitive.kind.possible()) {
        if primitive.text(parameter).is_some() {
            return Err(crate::error::parameter(
                name,
                parameter,
                "is a word; numbers are expected",
            ));
        }
        let Some(array) = primitive.array(parameter).filter(|array| array.len() > 1) else {
            continue;
        };
        match first {
            None => first = Some((parameter, array.shape())),
            Some((_, shape)) if shape == array.shape() => {}
            Some((other, shape)) => {
                let (found, needed) = (array.shape().to_vec(), shape.to_vec());
                return Err(node(name, Fault::Uneven { parameter, other, found, needed }));
            }
        }
    }
    Ok(())
}
