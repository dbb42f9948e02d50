//! Shapes of what goes in and out of nodes.

use crate::error::{EdgeFault, Fault, cannot, node, parameter};
use crate::flat::{Flat, FlatNode};
use crate::node::{Kind, Primitive};
use crate::window::Window;
use crate::{Array, NirError};

/// The most signals of a node.
const MOST: usize = 1 << 24;

/// Finds the shapes of all nodes, from those that say theirs on, and holds those of every edge against each other.
pub fn infer(flat: &mut Flat) -> Result<(), NirError> {
    let mut shapes: Vec<Option<Vec<usize>>> = Vec::new();
    for each in &flat.nodes {
        shapes.push(said(each)?);
    }
    let mut done = vec![false; flat.nodes.len()];
    let mut is_new = true;
    while is_new {
        is_new = false;
        for at in 0..flat.nodes.len() {
            if done[at] {
                continue;
            }
            let comes = flat.before(at).find(|from| done[*from]);
            let comes = comes.map(|from| flat.nodes[from].output.clone());
            let Some(input) = shapes[at].clone().or(comes) else { continue };
            let each = &mut flat.nodes[at];
            each.output = output(each, &input)?;
            each.input = input;
            (done[at], is_new) = (true, true);
        }
    }
    if let Some(at) = done.iter().position(|done| !done) {
        return Err(node(&flat.nodes[at].name, Fault::Shapeless));
    }
    meet(flat)
}

fn meet(flat: &Flat) -> Result<(), NirError> {
    for &(from, to) in &flat.edges {
        let (from, to) = (&flat.nodes[from], &flat.nodes[to]);
        if bare(&from.output) != bare(&to.input) {
            let fault = EdgeFault::Shapes { from: from.output.clone(), to: to.input.clone() };
            return Err(NirError::Edge { from: from.name.clone(), to: to.name.clone(), fault });
        }
    }
    Ok(())
}

/// A shape without dimensions of 1 before all others: exporters leave that of their batch there.
fn bare(shape: &[usize]) -> &[usize] {
    let begin = shape.iter().position(|size| *size != 1).unwrap_or(shape.len());
    &shape[begin..]
}

/// A parameter with numbers, which is there.
pub fn array<'n>(each: &'n FlatNode, name: &'static str) -> Result<&'n Array, NirError> {
    let found = each.primitive.array(name);
    found.ok_or_else(|| parameter(&each.name, name, "must have numbers"))
}

/// What a node says of the shape of its input; nothing if any is right.
fn said(each: &FlatNode) -> Result<Option<Vec<usize>>, NirError> {
    let sizes = |name: &'static str| {
        let found = array(each, name)?.sizes(1);
        let wrong = || parameter(&each.name, name, "is no shape: whole numbers from 1 on are");
        found.map(Some).ok_or_else(wrong)
    };
    match each.primitive.kind {
        Kind::Input | Kind::Output => sizes("shape"),
        Kind::Flatten if each.primitive.array("input_type").is_some() => sizes("input_type"),
        Kind::Affine | Kind::Linear => match *array(each, "weight")?.shape() {
            [_, inputs] => Ok(Some(vec![inputs])),
            ref shape => Err(parameter(
                &each.name,
                "weight",
                format!(
                    "has the shape {shape:?}; a row for each output and a column for each input are expected"
                ),
            )),
        },
        Kind::Conv2d if each.primitive.array("input_shape").is_some() => {
            let (weight, Some(mut shape)) = (array(each, "weight")?, sizes("input_shape")?) else {
                return Ok(None);
            };
            let groups = array(each, "groups")?.sizes(1).and_then(|sizes| sizes.first().copied());
            let channels = weight.shape().get(1).copied().unwrap_or(1) * groups.unwrap_or(1);
            shape.insert(0, channels);
            Ok(Some(shape))
        }
        _ => Ok(of_elements(&each.primitive)),
    }
}

/// The shape of parameters that each signal has its own of.
fn of_elements(primitive: &Primitive) -> Option<Vec<usize>> {
    let names: &[&str] = match primitive.kind {
        Kind::Scale => &["scale"],
        Kind::Threshold => &["threshold"],
        Kind::Delay => &["delay"],
        kind if kind.is_neuron() => kind.needed(),
        _ => return None,
    };
    let mut arrays = names.iter().filter_map(|name| primitive.array(name));
    arrays.find(|array| array.len() > 1).map(|array| array.shape().to_vec())
}

/// The shape of the output.
fn output(each: &FlatNode, input: &[usize]) -> Result<Vec<usize>, NirError> {
    let shape = match each.primitive.kind {
        Kind::Affine | Kind::Linear => {
            let outputs = array(each, "weight")?.shape()[0];
            if each.primitive.kind == Kind::Affine && array(each, "bias")?.len() != outputs {
                let why = format!("must have one number for each of the {outputs} outputs");
                return Err(parameter(&each.name, "bias", why));
            }
            vec![outputs]
        }
        Kind::Flatten => flattened(each, input)?,
        Kind::Conv2d | Kind::SumPool2d | Kind::AvgPool2d => {
            Window::of(each, input)?.output.to_vec()
        }
        Kind::Conv1d => {
            return Err(cannot(&each.name, "Conv1d is not taken: write it as a Conv2d of one row"));
        }
        _ => input.to_vec(),
    };
    let size = shape.iter().chain(input).try_fold(1_usize, |size, each| size.checked_mul(*each));
    match size {
        Some(_) if shape.iter().product::<usize>() <= MOST => Ok(shape),
        _ => Err(cannot(&each.name, format!("it has more than {MOST} signals"))),
    }
}

/// Dimensions from `start_dim` to `end_dim` as one; from the end where they are below zero.
fn flattened(each: &FlatNode, input: &[usize]) -> Result<Vec<usize>, NirError> {
    let dimensions = input.len() as f64;
    let place = |name| {
        let value = array(each, name)?.get(0);
        let place = if value < 0.0 { value + dimensions } else { value };
        let is_there = place.fract() == 0.0 && (0.0..dimensions).contains(&place);
        let why = format!("is {value}; the shape {input:?} has no such dimension");
        if is_there { Ok(place as usize) } else { Err(parameter(&each.name, name, why)) }
    };
    let (start, end) = (place("start_dim")?, place("end_dim")?);
    if start > end {
        return Err(parameter(&each.name, "start_dim", "comes after end_dim"));
    }
    let one = input[start..=end].iter().product();
    Ok([&input[..start], &[one], &input[end + 1..]].concat())
}
