//! Graphs as `.nir` files.

use std::collections::BTreeMap;
use std::path::Path;

use hdf5_pure::{DatasetBuilder, FileBuilder, GroupBuilder};
use memspike_npy::Values;

use crate::node::{Node, Parameter, Primitive};
use crate::{Array, Graph, NirError, Numbers};

/// The version of the reference package whose files these are.
pub const VERSION: &str = "1.0.8";

impl Graph {
    /// Writes it as a `.nir` file, whole or not at all.
    ///
    /// # Errors
    /// [`NirError`].
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), NirError> {
        Ok(memspike_files::OutputFile::write(path, &self.encode()?)?)
    }

    /// What a `.nir` file of it has.
    ///
    /// # Errors
    /// Names that HDF5 does not take.
    pub fn encode(&self) -> Result<Vec<u8>, NirError> {
        let mut file = FileBuilder::new();
        file.create_dataset("version").with_vlen_strings(&[VERSION]).with_shape(&[]);
        let mut root = file.create_group("node");
        graph(&mut root, self);
        file.add_group(root.finish());
        file.finish().map_err(|error| NirError::Hdf5(error.to_string()))
    }
}

fn graph(group: &mut GroupBuilder, graph: &Graph) {
    word(group.create_dataset("type"), "NIRGraph");
    let ends = graph.edges.iter().flat_map(|(from, to)| [from.as_str(), to.as_str()]);
    let ends: Vec<&str> = ends.collect();
    if ends.is_empty() {
        // As the reference package writes an empty list.
        group.create_dataset("edges").with_f64_data(&[]).with_shape(&[0]);
    } else {
        let pairs = graph.edges.len() as u64;
        group.create_dataset("edges").with_vlen_strings(&ends).with_shape(&[pairs, 2]);
    }
    let mut nodes = group.create_group("nodes");
    for (name, each) in &graph.nodes {
        let mut inner = nodes.create_group(name);
        match each {
            Node::Primitive(node) => primitive(&mut inner, node),
            Node::Graph(within) => self::graph(&mut inner, within),
        }
        nodes.add_group(inner.finish());
    }
    group.add_group(nodes.finish());
    metadata(group, &graph.metadata);
}

fn primitive(group: &mut GroupBuilder, node: &Primitive) {
    word(group.create_dataset("type"), node.kind.name());
    for (name, each) in &node.parameters {
        parameter(group.create_dataset(name), each);
    }
    metadata(group, &node.metadata);
}

fn metadata(group: &mut GroupBuilder, said: &BTreeMap<String, Parameter>) {
    if said.is_empty() {
        return;
    }
    let mut inner = group.create_group("metadata");
    entries(&mut inner, said);
    group.add_group(inner.finish());
}

/// Names with a `/` are in groups of their own.
fn entries(group: &mut GroupBuilder, said: &BTreeMap<String, Parameter>) {
    let mut groups: BTreeMap<&str, BTreeMap<String, Parameter>> = BTreeMap::new();
    for (name, each) in said {
        match name.split_once('/') {
            None => parameter(group.create_dataset(name), each),
            Some((outer, rest)) => {
                groups.entry(outer).or_default().insert(rest.to_owned(), each.clone());
            }
        }
    }
    for (name, within) in groups {
        let mut inner = group.create_group(name);
        entries(&mut inner, &within);
        group.add_group(inner.finish());
    }
}

fn word(dataset: &mut DatasetBuilder, text: &str) {
    dataset.with_vlen_strings(&[text]).with_shape(&[]);
}

fn parameter(dataset: &mut DatasetBuilder, parameter: &Parameter) {
    match parameter {
        Parameter::Text(text) => word(dataset, text),
        Parameter::Array(array) => numbers(dataset, array),
    }
}

fn numbers(dataset: &mut DatasetBuilder, array: &Array) {
    let shape: Vec<u64> = array.shape().iter().map(|size| *size as u64).collect();
    match array.numbers() {
        Numbers::Real(Values::Single(values)) => dataset.with_f32_data(values),
        Numbers::Real(Values::Double(values)) => dataset.with_f64_data(values),
        Numbers::Whole(values) => dataset.with_i64_data(values),
    }
    .with_shape(&shape);
    // A number alone, or none, has no pieces that could be compressed.
    if !shape.is_empty() && !array.is_empty() {
        dataset.with_chunks(&shape).with_deflate(4);
    }
}
