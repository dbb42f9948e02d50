//! Graphs from `.nir` files.

use std::collections::BTreeMap;
use std::path::Path;

use hdf5_pure::{DType, Dataset, File, Group, VlenStringReadOptions};
use memspike_npy::Values;

use crate::error::{Fault, node};
use crate::node::{Kind, Node, Parameter, Primitive};
use crate::{Array, Graph, NirError, Numbers};

/// The longest file that is read.
const MAX_BYTES: u64 = 1024 * memspike_files::MIB;
/// What any file may declare.
const SMALL: u64 = 64 << 10;
/// The most nodes of a graph, those of graphs within it included.
const MOST_NODES: usize = 100_000;
/// The most graphs or groups within each other.
const DEEPEST: usize = 16;
/// The longest word.
const LONGEST_TEXT: usize = 1 << 20;

impl Graph {
    /// Reads a `.nir` file of at most 1 GiB.
    ///
    /// # Errors
    /// [`NirError`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self, NirError> {
        Self::decode(memspike_files::read(path.as_ref(), MAX_BYTES)?)
    }

    /// [`Graph::read`] of what is in a file.
    ///
    /// # Errors
    /// [`NirError`].
    pub fn decode(bytes: Vec<u8>) -> Result<Self, NirError> {
        let length = bytes.len() as u64;
        let file = File::from_bytes(bytes).map_err(hdf5)?;
        let mut reader = Reader { length, left: declared_at_most(length), nodes: 0 };
        let root = file.root();
        if !root.groups().map_err(hdf5)?.iter().any(|name| name == "node") {
            return Err(NirError::NoGraph("it has no group 'node'"));
        }
        let group = root.group("node").map_err(hdf5)?;
        match reader.node(&group, "", 0)? {
            Node::Graph(graph) => Ok(graph),
            Node::Primitive(primitive) => {
                let name = primitive.kind.name().to_lowercase();
                Ok(Self { nodes: [(name, Node::Primitive(primitive))].into(), ..Self::default() })
            }
        }
    }
}

fn hdf5(error: hdf5_pure::Error) -> NirError {
    NirError::Hdf5(error.to_string())
}

/// Bytes that a file of this length may declare in all.
fn declared_at_most(length: u64) -> u64 {
    memspike_files::inflated_at_most(length).min(4 * MAX_BYTES).saturating_add(SMALL)
}

/// What has been read so far.
struct Reader {
    /// Of the file (bytes).
    length: u64,
    /// Bytes that may still be declared.
    left: u64,
    nodes: usize,
}

/// The name of something within something.
fn within(outer: &str, name: &str) -> String {
    if outer.is_empty() { name.to_owned() } else { format!("{outer}.{name}") }
}

impl Reader {
    fn node(&mut self, group: &Group, name: &str, depth: usize) -> Result<Node, NirError> {
        self.nodes += 1;
        if self.nodes > MOST_NODES || depth > DEEPEST {
            return Err(NirError::Hdf5(format!(
                "it has more than {MOST_NODES} nodes, or more than {DEEPEST} graphs within each other"
            )));
        }
        let datasets = group.datasets().map_err(hdf5)?;
        if !datasets.iter().any(|each| each == "type") {
            return Err(node(name, Fault::Missing { kind: "every node", parameter: "type" }));
        }
        let kind = self.text(group, name, "type")?;
        if kind == "NIRGraph" {
            return Ok(Node::Graph(self.graph(group, name, depth)?));
        }
        let Some(kind) = Kind::named(&kind) else {
            let names = Kind::ALL.iter().map(|each| each.name());
            let near = names.map(|each| (strsim::damerau_levenshtein(each, &kind), each)).min();
            let nearest = near.filter(|(distance, _)| *distance <= 2).map(|(_, each)| each);
            return Err(node(name, Fault::Unknown { kind, nearest }));
        };
        let mut parameters = BTreeMap::new();
        for each in datasets.into_iter().filter(|each| each != "type") {
            if !kind.needed().contains(&&*each) && !kind.possible().contains(&&*each) {
                let fault = Fault::Extra { kind: kind.name(), parameter: each };
                return Err(node(name, fault));
            }
            let read = self.parameter(group, name, &each)?;
            parameters.insert(each, read);
        }
        for needed in kind.needed() {
            if !parameters.contains_key(*needed) {
                let fault = Fault::Missing { kind: kind.name(), parameter: needed };
                return Err(node(name, fault));
            }
        }
        let metadata = self.metadata(group, name, &["metadata"])?;
        Ok(Node::Primitive(Primitive { kind, parameters, metadata }))
    }

    fn graph(&mut self, group: &Group, name: &str, depth: usize) -> Result<Graph, NirError> {
        let groups = group.groups().map_err(hdf5)?;
        let mut nodes = BTreeMap::new();
        if groups.iter().any(|each| each == "nodes") {
            let inner = group.group("nodes").map_err(hdf5)?;
            for each in inner.groups().map_err(hdf5)? {
                let read =
                    self.node(&inner.group(&each).map_err(hdf5)?, &within(name, &each), depth + 1)?;
                nodes.insert(each, read);
            }
        }
        if nodes.is_empty() {
            return Err(NirError::NoGraph("its graph has no nodes"));
        }
        let datasets = group.datasets().map_err(hdf5)?;
        let edges = if datasets.iter().any(|each| each == "edges") {
            self.edges(group, name)?
        } else {
            Vec::new()
        };
        let metadata = self.metadata(group, name, &["metadata", "nodes"])?;
        Ok(Graph { nodes, edges, metadata })
    }

    fn edges(&mut self, group: &Group, name: &str) -> Result<Vec<(String, String)>, NirError> {
        let dataset = self.open(group, name, "edges")?;
        let shape = dataset.shape().map_err(hdf5)?;
        if shape.contains(&0) {
            return Ok(Vec::new());
        }
        if shape.len() != 2 || shape[1] != 2 {
            let reason = "is no list of pairs of names";
            return Err(crate::error::parameter(name, "edges", reason));
        }
        let mut words = self.words(&dataset)?.into_iter();
        let mut edges = Vec::new();
        while let (Some(from), Some(to)) = (words.next(), words.next()) {
            edges.push((from, to));
        }
        Ok(edges)
    }

    /// What tools say beside; groups that are not to be there are refused.
    fn metadata(
        &mut self,
        group: &Group,
        name: &str,
        known: &[&str],
    ) -> Result<BTreeMap<String, Parameter>, NirError> {
        let groups = group.groups().map_err(hdf5)?;
        if let Some(extra) = groups.iter().find(|each| !known.contains(&&***each)) {
            return Err(crate::error::parameter(name, extra, "is a group that no node has"));
        }
        let mut read = BTreeMap::new();
        if groups.iter().any(|each| each == "metadata") {
            let inner = group.group("metadata").map_err(hdf5)?;
            self.said(&inner, name, "", 0, &mut read)?;
        }
        Ok(read)
    }

    fn said(
        &mut self,
        group: &Group,
        name: &str,
        prefix: &str,
        depth: usize,
        read: &mut BTreeMap<String, Parameter>,
    ) -> Result<(), NirError> {
        if depth > DEEPEST || read.len() > MOST_NODES {
            return Err(crate::error::parameter(name, "metadata", "has too many groups"));
        }
        for each in group.datasets().map_err(hdf5)? {
            let parameter = self.parameter(group, name, &each)?;
            read.insert(format!("{prefix}{each}"), parameter);
        }
        for each in group.groups().map_err(hdf5)? {
            let inner = group.group(&each).map_err(hdf5)?;
            self.said(&inner, name, &format!("{prefix}{each}/"), depth + 1, read)?;
        }
        Ok(())
    }

    /// Opens a dataset if the file can hold what it declares.
    fn open(&mut self, group: &Group, name: &str, each: &str) -> Result<Dataset, NirError> {
        let dataset = group.dataset(each).map_err(hdf5)?;
        let product = |sizes: &[u64], first: u64| {
            sizes.iter().try_fold(first, |product, size| product.checked_mul(*size))
        };
        let width = dataset.element_size().map_err(hdf5)?;
        let whole = product(&dataset.shape().map_err(hdf5)?, width);
        let chunk = dataset.chunk_shape().map_err(hdf5)?;
        let chunk = chunk.map_or(Some(0), |sizes| product(&sizes, width));
        let most = whole.zip(chunk).map_or(u64::MAX, |(whole, chunk)| whole.max(chunk));
        if most > self.left {
            let name = within(name, each);
            return Err(NirError::Bomb { name, declared: most, file: self.length });
        }
        self.left -= most;
        Ok(dataset)
    }

    fn words(&self, dataset: &Dataset) -> Result<Vec<String>, NirError> {
        if dataset.dtype().map_err(hdf5)? == DType::String {
            return dataset.read_string().map_err(hdf5);
        }
        let bound = (self.length as usize).saturating_add(LONGEST_TEXT);
        let options = VlenStringReadOptions::new()
            .with_max_elements(2 * MOST_NODES)
            .with_max_payload_bytes(bound);
        dataset.read_vlen_strings(options).map_err(hdf5)
    }

    fn text(&mut self, group: &Group, name: &str, each: &str) -> Result<String, NirError> {
        let wrong = || crate::error::parameter(name, each, "is no word");
        let dataset = self.open(group, name, each)?;
        match dataset.dtype().map_err(hdf5)? {
            DType::String | DType::VariableLengthString => {
                self.words(&dataset)?.into_iter().next().ok_or_else(wrong)
            }
            _ => Err(wrong()),
        }
    }

    fn parameter(&mut self, group: &Group, name: &str, each: &str) -> Result<Parameter, NirError> {
        let dataset = self.open(group, name, each)?;
        let shape: Vec<usize> =
            dataset.shape().map_err(hdf5)?.into_iter().map(|size| size as usize).collect();
        let numbers = match dataset.dtype().map_err(hdf5)? {
            DType::String | DType::VariableLengthString => {
                let word = self.words(&dataset)?.into_iter().next().unwrap_or_default();
                return Ok(Parameter::Text(word));
            }
            DType::F32 => Numbers::Real(Values::Single(dataset.read_f32().map_err(hdf5)?)),
            DType::F64 => Numbers::Real(Values::Double(dataset.read_f64().map_err(hdf5)?)),
            DType::I8
            | DType::I16
            | DType::I32
            | DType::I64
            | DType::U8
            | DType::U16
            | DType::U32 => Numbers::Whole(dataset.read_i64().map_err(hdf5)?),
            DType::U64 => {
                let read = dataset.read_u64().map_err(hdf5)?;
                let whole: Result<Vec<i64>, _> = read.into_iter().map(i64::try_from).collect();
                let wrong = |_| crate::error::parameter(name, each, "is above 2^63");
                Numbers::Whole(whole.map_err(wrong)?)
            }
            other => {
                let reason = format!("is of type {other}; numbers or a word are expected");
                return Err(crate::error::parameter(name, each, reason));
            }
        };
        let array = Array::new(shape, numbers);
        let lost = || crate::error::parameter(name, each, "has not as many numbers as its shape");
        array.map(Parameter::Array).ok_or_else(lost)
    }
}
