//! Models of a core to use from elsewhere: in Python and in C, made from the specification.

use std::fmt::Write as _;
use std::io;

use memspike_lif_core::{Architecture, Core, LayerSpec, Leak, Reset, Weights};

use super::folder::Folder;
use super::sizes;
use crate::arch::Layout;

/// Writes both models, the weights of that in C, and the program that compares it with the answers of the folder.
pub fn write(
    core: &Core,
    layout: &dyn Layout,
    name: &str,
    folder: &mut Folder<'_>,
) -> io::Result<()> {
    let fill = |template: &str, layers: &str| filled(template, core, name, layers);
    folder.text(
        "model.py",
        &fill(include_str!("model/model.py.in"), &in_python(core, layout, name)),
    )?;
    folder.text("model.h", &fill(include_str!("model/model.h.in"), &in_c(core, name)))?;
    folder.text("model.c", &fill(include_str!("model/model.c.in"), ""))?;
    folder.text("model_weights.h", &weights(core, name))
}

/// A template with what is the same in all of them.
fn filled(template: &str, core: &Core, name: &str, layers: &str) -> String {
    let spec = core.spec();
    let neurons = || spec.layers.iter().map(|layer| layer.neurons);
    template
        .replace("@LAYERS@", layers)
        .replace("@NAME@", name)
        .replace("@UPPER@", &name.to_ascii_uppercase())
        .replace("@SIZES@", &sizes(core))
        .replace("@INPUTS@", &spec.first().inputs.to_string())
        .replace("@NEURONS@", &spec.last().neurons.to_string())
        .replace("@COUNT@", &spec.layers.len().to_string())
        .replace("@ALL@", &neurons().sum::<usize>().to_string())
        .replace("@WIDEST@", &neurons().max().unwrap_or(0).to_string())
        .replace("@COUNT_BITS@", &spec.count_bits.to_string())
        .replace("@MOST_COUNTED@", &((1_u64 << spec.count_bits) - 1).to_string())
        .replace("@TIME_STEP_NS@", &spec.time_step_ns.to_string())
}

/// The layers as the model in Python has them, which reads the memories of the core.
fn in_python(core: &Core, layout: &dyn Layout, name: &str) -> String {
    let layers = core.spec().layers.iter().enumerate().map(|(number, layer)| {
        let LayerSpec { inputs, neurons, weight_bits, threshold, refractory_ticks, .. } = layer;
        let lanes = match layout.model() {
            Architecture::Parallel => *neurons,
            Architecture::Folded { lanes } => lanes,
        };
        let leak = match layer.leak {
            Leak::None => "None".into(),
            Leak::Shift { shift } => format!("(\"shift\", {shift})"),
            Leak::Multiply { factor, shift } => format!("(\"multiply\", {factor}, {shift})"),
        };
        let reset = match layer.reset {
            Reset::Subtract => "\"subtract\"".into(),
            Reset::Zero => "0".into(),
            Reset::Hold { value } => value.to_string(),
        };
        let (lowest, highest) = (layer.lowest(), layer.highest());
        format!(
            "    dict(\n        inputs={inputs}, neurons={neurons},\n        \
             weights=\"{name}_weights_{number}.hex\", weight_bits={weight_bits}, lanes={lanes},\n        \
             lowest={lowest}, highest={highest}, threshold={threshold},\n        \
             leak={leak}, reset={reset}, refractory_ticks={refractory_ticks},\n    ),"
        )
    });
    layers.collect::<Vec<_>>().join("\n")
}

/// The layers as the model in C has them.
fn in_c(core: &Core, name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    let mut first = 0;
    let layers = core.spec().layers.iter().enumerate().map(|(number, layer)| {
        let LayerSpec { inputs, neurons, threshold, refractory_ticks, .. } = layer;
        let (leak, factor, shift) = match layer.leak {
            Leak::None => ("NO_LEAK", 0, 0),
            Leak::Shift { shift } => ("SHIFT", 0, shift),
            Leak::Multiply { factor, shift } => ("MULTIPLY", factor, shift),
        };
        let (reset, value) = match layer.reset {
            Reset::Subtract => ("SUBTRACT", 0),
            Reset::Zero => ("TO_VALUE", 0),
            Reset::Hold { value } => ("TO_VALUE", value),
        };
        let (lowest, highest) = (layer.lowest(), layer.highest());
        let before = first;
        first += neurons;
        format!(
            "    {{{inputs}, {neurons}, {before}, {name}_weights_{number}, {lowest}, {highest}, {threshold}, \
             {upper}_{leak}, {factor}, {shift}, {upper}_{reset}, {value}, {refractory_ticks}}},"
        )
    });
    layers.collect::<Vec<_>>().join("\n")
}

/// Weights as constants in C: a line for each input.
fn weights(core: &Core, name: &str) -> String {
    let widest = core.spec().layers.iter().map(|layer| layer.weight_bits).max();
    let bits = if widest > Some(8) { 16 } else { 8 };
    let mut text = format!(
        "// Weights of the core {name}, for model.h: a line for each input, a number for each neuron.\ntypedef int{bits}_t {name}_weight;\n"
    );
    for (number, (layer, weights)) in core.layers().enumerate() {
        let LayerSpec { inputs, neurons, .. } = layer;
        let _ = writeln!(
            text,
            "\nstatic const {name}_weight {name}_weights_{number}[{inputs} * {neurons}] = {{"
        );
        (0..*inputs).for_each(|input| push_row(&mut text, weights, input));
        text.push_str("};\n");
    }
    text
}

fn push_row(text: &mut String, weights: &Weights, input: usize) {
    text.push_str("   ");
    for weight in weights.row(input) {
        let _ = write!(text, " {weight},");
    }
    text.push('\n');
}
