//! Graphs.

use std::collections::BTreeMap;

use crate::node::{Node, Parameter, Primitive};

/// A NIR graph, as its file has it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Graph {
    /// Its nodes by their names.
    pub nodes: BTreeMap<String, Node>,
    /// From which node to which.
    pub edges: Vec<(String, String)>,
    /// What tools say beside; the names of groups within groups are joined by `/`.
    pub metadata: BTreeMap<String, Parameter>,
}

impl Graph {
    /// Adds a node.
    pub fn add(&mut self, name: &str, node: Primitive) {
        self.nodes.insert(name.to_owned(), Node::Primitive(node));
    }

    /// Adds an edge.
    pub fn join(&mut self, from: &str, to: &str) {
        self.edges.push((from.to_owned(), to.to_owned()));
    }
}
