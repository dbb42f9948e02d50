//! Convolutions and pools over two dimensions, as weights from signal to signal.

use crate::error::{cannot, parameter};
use crate::flat::FlatNode;
use crate::map::Sparse;
use crate::node::Kind;
use crate::shape::array;
use crate::{Array, NirError};

/// A window that goes over rows and columns of each channel.
pub struct Window<'n> {
    node: &'n FlatNode,
    /// Channels, rows, columns.
    input: [usize; 3],
    /// Channels, rows, columns.
    pub output: [usize; 3],
    kernel: [usize; 2],
    stride: [usize; 2],
    dilation: [usize; 2],
    /// Rows above and columns to the left that are zero.
    before: [usize; 2],
    groups: usize,
}

impl<'n> Window<'n> {
    /// The window of a node over an input of this shape.
    pub fn of(node: &'n FlatNode, input: &[usize]) -> Result<Self, NirError> {
        // A batch of one that an exporter left there.
        let input = if let [1, rest @ ..] = input
            && rest.len() == 3
        {
            rest
        } else {
            input
        };
        let &[channels, rows, columns] = input else {
            let why = format!(
                "its input has the shape {input:?}; channels, rows and columns are expected"
            );
            return Err(cannot(&node.name, why));
        };
        let is_pool = node.primitive.kind != Kind::Conv2d;
        let stride = pair(node, "stride", 1)?;
        let (kernel, dilation, groups, outputs) = if is_pool {
            (pair(node, "kernel_size", 1)?, [1, 1], channels, channels)
        } else {
            convolution(node, channels)?
        };
        let reach = [0, 1].map(|way| dilation[way] * (kernel[way] - 1));
        let (before, both) = padding(node, reach, stride)?;
        let mut output = [outputs, rows, columns];
        for way in [0, 1] {
            let padded = output[way + 1] + both[way];
            let Some(left) = padded.checked_sub(reach[way] + 1) else {
                let why = format!("its window is larger than its input of {rows} x {columns}");
                return Err(cannot(&node.name, why));
            };
            output[way + 1] = left / stride[way] + 1;
        }
        let input = [channels, rows, columns];
        Ok(Self { node, input, output, kernel, stride, dilation, before, groups })
    }

    /// Weights from each signal of the input to those of the output.
    pub fn unrolled(&self) -> Result<Sparse, NirError> {
        let [channels, rows, columns] = self.input;
        let weight = match self.node.primitive.kind {
            Kind::Conv2d => Some(array(self.node, "weight")?),
            _ => None,
        };
        let area = (self.kernel[0] * self.kernel[1]) as f64;
        let alike = if self.node.primitive.kind == Kind::AvgPool2d { 1.0 / area } else { 1.0 };
        let mut sparse = Sparse::empty(self.output.iter().product());
        for source in 0..channels * rows * columns {
            let channel = source / (rows * columns);
            let (row, column) = (source / columns % rows, source % columns);
            for (out_row, tall) in self.along(0, row) {
                for (out_column, wide) in self.along(1, column) {
                    self.add(&mut sparse, channel, [out_row, out_column], |output, inner| {
                        let [height, width] = self.kernel;
                        let of = |weight: &Array| {
                            let deep = channels / self.groups;
                            weight.get(((output * deep + inner) * height + tall) * width + wide)
                        };
                        weight.map_or(alike, of)
                    });
                }
            }
            sparse.end_row(&self.node.name)?;
        }
        Ok(sparse)
    }

    /// What a signal of a channel gives to one place of all channels that hear it.
    fn add(
        &self,
        sparse: &mut Sparse,
        channel: usize,
        [row, column]: [usize; 2],
        weight: impl Fn(usize, usize) -> f64,
    ) {
        let [channels, ..] = self.input;
        let [outputs, rows, columns] = self.output;
        let (deep, wide) = (channels / self.groups, outputs / self.groups);
        let (group, inner) = (channel / deep, channel % deep);
        for output in group * wide..(group + 1) * wide {
            sparse.add((output * rows + row) * columns + column, weight(output, inner));
        }
    }

    /// Windows that see a row (way 0) or column (way 1), each with the place in it.
    fn along(&self, way: usize, at: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let padded = at + self.before[way];
        (0..self.kernel[way]).filter_map(move |place| {
            let begin = padded.checked_sub(place * self.dilation[way])?;
            let window = begin / self.stride[way];
            let fits = begin % self.stride[way] == 0 && window < self.output[way + 1];
            fits.then_some((window, place))
        })
    }
}

/// Kernel, dilation, groups and output channels of a convolution.
type Convolution = ([usize; 2], [usize; 2], usize, usize);

fn convolution(node: &FlatNode, channels: usize) -> Result<Convolution, NirError> {
    let weight = array(node, "weight")?;
    let &[outputs, deep, height, width] = weight.shape() else {
        let why = format!(
            "has the shape {:?}; outputs, inputs, rows and columns are expected",
            weight.shape()
        );
        return Err(parameter(&node.name, "weight", why));
    };
    let groups = array(node, "groups")?.sizes(1).filter(|sizes| sizes.len() == 1);
    let Some(&[groups]) = groups.as_deref() else {
        return Err(parameter(&node.name, "groups", "is no number from 1 on"));
    };
    if deep.checked_mul(groups) != Some(channels) || outputs % groups != 0 {
        let why = format!(
            "{channels} channels come in; its weights have {outputs} x {deep} in {groups} groups"
        );
        return Err(cannot(&node.name, why));
    }
    if array(node, "bias")?.len() != outputs {
        return Err(parameter(&node.name, "bias", format!("must have {outputs} numbers")));
    }
    Ok(([height, width], pair(node, "dilation", 1)?, groups, outputs))
}

/// Two sizes, or one for both ways.
fn pair(node: &FlatNode, name: &'static str, least: usize) -> Result<[usize; 2], NirError> {
    match array(node, name)?.sizes(least).as_deref() {
        Some(&[both]) => Ok([both, both]),
        Some(&[rows, columns]) => Ok([rows, columns]),
        _ => {
            let why = format!("is no pair of whole numbers from {least} on");
            Err(parameter(&node.name, name, why))
        }
    }
}

/// Zeros before rows and columns, and zeros on both sides.
fn padding(
    node: &FlatNode,
    reach: [usize; 2],
    stride: [usize; 2],
) -> Result<([usize; 2], [usize; 2]), NirError> {
    match node.primitive.text("padding") {
        Some("valid") => Ok(([0, 0], [0, 0])),
        Some("same") if stride == [1, 1] => Ok((reach.map(|each| each / 2), reach)),
        Some("same") => Err(parameter(&node.name, "padding", "is 'same' with a stride above 1")),
        Some(other) => {
            let why = format!("is '{other}'; 'same', 'valid' or numbers are expected");
            Err(parameter(&node.name, "padding", why))
        }
        None => {
            let before = pair(node, "padding", 0)?;
            Ok((before, before.map(|each| 2 * each)))
        }
    }
}
