//! Linear maps from signals to signals.

use std::borrow::Cow;

use memspike_network::{Connections, SparseRows, Weights};
use memspike_npy::Values;

use crate::error::{cannot, parameter};
use crate::flat::FlatNode;
use crate::node::Kind;
use crate::shape::array;
use crate::window::Window;
use crate::{Array, NirError, Numbers};

/// The most weights of a map.
const MOST: usize = 1 << 28;

/// A linear map.
#[derive(Debug, Clone)]
pub enum Map<'n> {
    /// Each of so many signals as it is.
    Identity(usize),
    /// A row of weights for each output.
    Dense(&'n Array),
    /// Some weights.
    Sparse(Cow<'n, Sparse>),
}

/// Weights from inputs to outputs: those of an input lie together, in the order of outputs.
#[derive(Debug, Clone)]
pub struct Sparse {
    outputs: usize,
    starts: Vec<usize>,
    targets: Vec<u32>,
    weights: Vec<f64>,
}

impl Sparse {
    /// No inputs yet.
    pub fn empty(outputs: usize) -> Self {
        Self { outputs, starts: vec![0], targets: Vec::new(), weights: Vec::new() }
    }

    /// Adds a weight to the input that is under way.
    pub fn add(&mut self, output: usize, weight: f64) {
        self.targets.push(output as u32);
        self.weights.push(weight);
    }

    /// Ends an input, unless there are too many weights; `name` is the node's.
    pub fn end_row(&mut self, name: &str) -> Result<(), NirError> {
        self.starts.push(self.targets.len());
        if self.targets.len() > MOST {
            return Err(cannot(name, format!("it unrolls to more than {MOST} weights")));
        }
        Ok(())
    }

    fn row(&self, input: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let of = self.starts[input]..self.starts[input + 1];
        self.targets[of.clone()]
            .iter()
            .map(|target| *target as usize)
            .zip(self.weights[of].iter().copied())
    }
}

impl<'n> Map<'n> {
    /// What a node without a state does with its input.
    pub fn of(node: &'n FlatNode) -> Result<Self, NirError> {
        let size = node.size();
        match node.primitive.kind {
            Kind::Input | Kind::Output | Kind::Flatten | Kind::Delay => Ok(Self::Identity(size)),
            Kind::Affine | Kind::Linear => Ok(Self::Dense(array(node, "weight")?)),
            Kind::Conv2d | Kind::SumPool2d | Kind::AvgPool2d => {
                Ok(Self::Sparse(Cow::Owned(Window::of(node, &node.input)?.unrolled()?)))
            }
            Kind::Scale => {
                let scale = array(node, "scale")?;
                let mut sparse = Sparse::empty(size);
                for at in 0..size {
                    sparse.add(at, scale.spread(at));
                    sparse.end_row(&node.name)?;
                }
                Ok(Self::Sparse(Cow::Owned(sparse)))
            }
            kind => Err(cannot(
                &node.name,
                format!("what {} gives is no spike and no sum of spikes", kind.name()),
            )),
        }
    }

    /// Inputs.
    pub fn inputs(&self) -> usize {
        match self {
            Self::Identity(size) => *size,
            Self::Dense(weight) => weight.shape()[1],
            Self::Sparse(sparse) => sparse.starts.len() - 1,
        }
    }

    /// Outputs.
    pub fn outputs(&self) -> usize {
        match self {
            Self::Identity(size) => *size,
            Self::Dense(weight) => weight.shape()[0],
            Self::Sparse(sparse) => sparse.outputs,
        }
    }

    /// Calls `each` with every output that hears an input, and its weight.
    pub fn row(&self, input: usize, mut each: impl FnMut(usize, f64)) {
        match self {
            Self::Identity(_) => each(input, 1.0),
            Self::Dense(weight) => {
                let [outputs, inputs] = [weight.shape()[0], weight.shape()[1]];
                (0..outputs).for_each(|output| each(output, weight.get(output * inputs + input)));
            }
            Self::Sparse(sparse) => {
                sparse.row(input).for_each(|(output, weight)| each(output, weight))
            }
        }
    }

    /// This map, then another one; `name` is the node's that asks.
    pub fn then(self, next: Self, name: &str) -> Result<Self, NirError> {
        match (self, next) {
            (Self::Identity(_), next) => Ok(next),
            (first, Self::Identity(_)) => Ok(first),
            (first, next) => {
                let mut sums = vec![(0.0, false); next.outputs()];
                let mut product = Sparse::empty(next.outputs());
                for input in 0..first.inputs() {
                    let mut heard = Vec::new();
                    first.row(input, |middle, weight| {
                        next.row(middle, |output, more| {
                            let (sum, is_heard) = &mut sums[output];
                            *sum += weight * more;
                            if !std::mem::replace(is_heard, true) {
                                heard.push(output);
                            }
                        });
                    });
                    heard.sort_unstable();
                    for output in heard {
                        let (sum, _) = std::mem::take(&mut sums[output]);
                        product.add(output, sum);
                    }
                    product.end_row(name)?;
                }
                Ok(Self::Sparse(Cow::Owned(product)))
            }
        }
    }

    /// What a vector becomes.
    pub fn apply(&self, vector: &[f64]) -> Vec<f64> {
        let mut result = vec![0.0; self.outputs()];
        for (input, value) in vector.iter().enumerate().filter(|(_, value)| **value != 0.0) {
            self.row(input, |output, weight| result[output] += weight * value);
        }
        result
    }

    /// Connections to these of its outputs, weights times `factor`: bit for bit those of the node where all are asked for
    /// and the factor is 1.
    pub fn connections(&self, chosen: &[usize], factor: f64) -> Option<Connections> {
        let is_whole = chosen.len() == self.outputs();
        match self {
            Self::Identity(_) if is_whole && factor == 1.0 => Some(Connections::OneToOne),
            Self::Dense(weight) => {
                let values = gathered(weight, chosen, factor);
                Weights::new(self.inputs(), chosen.len(), values).ok().map(Connections::Dense)
            }
            _ => self.rows(chosen, factor),
        }
    }

    fn rows(&self, chosen: &[usize], factor: f64) -> Option<Connections> {
        let mut places = vec![None; self.outputs()];
        chosen.iter().zip(0_u32..).for_each(|(output, place)| places[*output] = Some(place));
        let (mut starts, mut targets, mut weights) = (vec![0], Vec::new(), Vec::new());
        for input in 0..self.inputs() {
            self.row(input, |output, weight| {
                if let Some(place) = places[output] {
                    targets.push(place);
                    weights.push(weight * factor);
                }
            });
            starts.push(targets.len());
        }
        if weights.len() == self.inputs() * chosen.len() {
            let dense = Weights::new(self.inputs(), chosen.len(), Values::Double(weights));
            return dense.ok().map(Connections::Dense);
        }
        let rows = SparseRows::new(chosen.len(), starts, targets, Values::Double(weights));
        rows.ok().map(Connections::Sparse)
    }
}

/// Weights with a row for each input and a column for each of these outputs.
fn gathered(weight: &Array, chosen: &[usize], factor: f64) -> Values {
    let inputs = weight.shape()[1];
    let places =
        (0..inputs).flat_map(|input| chosen.iter().map(move |output| output * inputs + input));
    match weight.numbers() {
        Numbers::Real(Values::Single(values)) if factor == 1.0 => {
            Values::Single(places.map(|at| values[at]).collect())
        }
        _ => Values::Double(places.map(|at| weight.get(at) * factor).collect()),
    }
}

/// The constant that a node adds to its outputs, if it adds any.
pub fn bias(node: &FlatNode) -> Result<Option<Vec<f64>>, NirError> {
    if !matches!(node.primitive.kind, Kind::Affine | Kind::Conv2d) {
        return Ok(None);
    }
    let bias = array(node, "bias")?;
    let size = node.size();
    if !size.is_multiple_of(bias.len()) {
        return Err(parameter(&node.name, "bias", "does not have a number for each channel"));
    }
    let each = size / bias.len();
    let values: Vec<f64> = (0..size).map(|at| bias.get(at / each)).collect();
    Ok(values.iter().any(|value| *value != 0.0).then_some(values))
}
