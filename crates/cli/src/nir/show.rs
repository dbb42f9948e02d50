//! What is in a `.nir` file.

use std::path::Path;

use memspike_nir::{Array, Flat, FlatNode, Graph, Options, Parameter};
use memspike_report::{self as report, engineering, table};
use serde::Serialize;
use serde_json::{Value, json};

use super::{graph, wrong};
use crate::failure::Failure;
use crate::print;

#[derive(Serialize)]
struct Shown {
    nodes: Vec<ShownNode>,
    edges: Vec<[String; 2]>,
    /// Populations that it becomes.
    populations: Vec<String>,
    /// Why it becomes no network.
    refused: Option<String>,
}

#[derive(Serialize)]
struct ShownNode {
    name: String,
    kind: &'static str,
    input: Vec<usize>,
    output: Vec<usize>,
    parameters: Vec<ShownParameter>,
}

#[derive(Serialize)]
struct ShownParameter {
    name: String,
    shape: Vec<usize>,
    least: Option<f64>,
    greatest: Option<f64>,
    word: Option<String>,
}

/// Prints the nodes of a file, and the network that it becomes.
pub fn show(path: &Path, as_json: bool) -> Result<(), Failure> {
    let shown = read(path)?;
    if as_json { print(&report::json(&shown)) } else { print(&text(&shown)) }
}

fn read(path: &Path) -> Result<Shown, Failure> {
    let graph = graph(path)?;
    let flat = graph.flat().map_err(|error| wrong(path, &error))?;
    Ok(Shown::of(&graph, &flat))
}

/// [`show`] for `check`, whose JSON has findings.
pub fn check(path: &Path, as_json: bool) -> Result<(), Failure> {
    if !as_json {
        return show(path, false);
    }
    let findings =
        |errors: Vec<Value>| print(&report::json(&json!({ "errors": errors, "warnings": [] })));
    match read(path) {
        Ok(_) => findings(Vec::new()),
        Err(Failure::Input(message)) => {
            let file = path.display().to_string();
            let message = message.trim_start_matches("error: ");
            let finding = json!({ "file": file, "line": Value::Null, "column": Value::Null, "message": message });
            findings(vec![finding])?;
            Err(Failure::Reported)
        }
        Err(failure) => Err(failure),
    }
}

impl Shown {
    fn of(graph: &Graph, flat: &Flat) -> Self {
        let name = |at: usize| flat.nodes[at].name.clone();
        // A loop is no fault of the file.
        let options = Options { loop_delay_s: Some(1e-3), ..Options::default() };
        let network = graph.network(&options);
        Self {
            nodes: flat.nodes.iter().map(shown_node).collect(),
            edges: flat.edges.iter().map(|(from, to)| [name(*from), name(*to)]).collect(),
            refused: network.as_ref().err().map(ToString::to_string),
            populations: network.map_or_else(
                |_| Vec::new(),
                |each| {
                    let all = each.network.populations();
                    all.map(|(_, one)| {
                        format!("{} ({}, {})", one.name(), one.model().name(), one.size())
                    })
                    .collect()
                },
            ),
        }
    }
}

fn shown_node(node: &FlatNode) -> ShownNode {
    let parameters =
        node.primitive.parameters.iter().map(|(name, each)| shown_parameter(name, each));
    ShownNode {
        name: node.name.clone(),
        kind: node.primitive.kind.name(),
        input: node.input.clone(),
        output: node.output.clone(),
        parameters: parameters.collect(),
    }
}

fn shown_parameter(name: &str, parameter: &Parameter) -> ShownParameter {
    let name = name.to_owned();
    match parameter {
        Parameter::Text(word) => ShownParameter {
            name,
            shape: Vec::new(),
            least: None,
            greatest: None,
            word: Some(word.clone()),
        },
        Parameter::Array(array) => {
            let ends = ends(array);
            ShownParameter {
                name,
                shape: array.shape().to_vec(),
                least: ends.map(|(least, _)| least),
                greatest: ends.map(|(_, greatest)| greatest),
                word: None,
            }
        }
    }
}

fn ends(array: &Array) -> Option<(f64, f64)> {
    (0..array.len())
        .map(|at| array.get(at))
        .map(|value| (value, value))
        .reduce(|(least, greatest), (value, _)| (least.min(value), greatest.max(value)))
}

fn sizes(shape: &[usize]) -> String {
    if shape.is_empty() {
        return "1".to_owned();
    }
    shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" x ")
}

fn text(shown: &Shown) -> String {
    let rows = shown.nodes.iter().map(|node| {
        let parameters: Vec<String> = node.parameters.iter().map(said).collect();
        vec![
            node.name.clone(),
            node.kind.to_owned(),
            sizes(&node.input),
            sizes(&node.output),
            parameters.join("\n"),
        ]
    });
    let nodes = table(&["node", "kind", "in", "out", "parameters"], rows.collect());
    let edges: Vec<String> =
        shown.edges.iter().map(|[from, to]| format!("{from} -> {to}")).collect();
    let network = match &shown.refused {
        Some(why) => format!("no network: {why}"),
        None => format!("as a network: {}", shown.populations.join(", ")),
    };
    format!("{nodes}\n\nedges: {}\n{network}\n", edges.join(", "))
}

fn said(parameter: &ShownParameter) -> String {
    let ShownParameter { name, shape, least, greatest, word } = parameter;
    match (least, greatest, word) {
        (.., Some(word)) => format!("{name} = {word}"),
        (Some(least), Some(greatest), _) if least == greatest => {
            format!("{name} = {} ({})", engineering(*least, ""), sizes(shape))
        }
        (Some(least), Some(greatest), _) => format!(
            "{name} = {} to {} ({})",
            engineering(*least, ""),
            engineering(*greatest, ""),
            sizes(shape)
        ),
        _ => name.clone(),
    }
}
