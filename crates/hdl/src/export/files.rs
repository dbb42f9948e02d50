//! The texts around a core.

use std::fmt::Write as _;

use memspike_lif_core::{Core, Quantisation, Rounded, address_bits};
use serde_json::json;

use super::header::{VERSION, line};
use super::{Export, sizes};
use crate::arch::{Layout, WeightsMemory, top_inputs};
use crate::design::{MOST_BUILT_IN, MemoryFile};
use crate::driver::Coverage;

/// Counts changes in a VCD.
pub const ACTIVITY: &str = include_str!("activity.awk");

/// Says what a proof that fails shows.
pub const VERDICT: &str = include_str!("prove.awk");

/// Reads all Verilog with slang.
pub const SLANG: &str = include_str!("slang.py");

/// Pins of the board-level top on a board with an iCE40UP5K.
pub const PINS: &str = include_str!("spi.pcf");

/// The parameters of a top around a core that name files of weights, and those of the core in it.
pub fn weights_parameters(memories: &[MemoryFile]) -> (String, String) {
    let parameters: Vec<String> = memories
        .iter()
        .enumerate()
        .map(|(at, memory)| format!("    parameter WEIGHTS_{at} = \"{}\"", memory.default_name()))
        .collect();
    let same: Vec<String> =
        (0..memories.len()).map(|at| format!("        .WEIGHTS_{at}(WEIGHTS_{at})")).collect();
    (parameters.join(",\n"), same.join(",\n"))
}

/// The board-level top.
pub fn board(core: &Core, memory: WeightsMemory, name: &str, memories: &[MemoryFile]) -> String {
    let spec = core.spec();
    let loads = top_inputs(spec, memory).into_iter().fold(String::new(), |text, load| {
        text + &format!(",\n        .{}({})", load.signal.name, load.literal(load.rest))
    });
    let (parameters, same) = weights_parameters(memories);
    include_str!("spi.v")
        .replace("@LOADS@", &loads)
        .replace("@NAME@", name)
        .replace("@PARAMETERS@", &parameters)
        .replace("@SAME@", &same)
        .replace("@ADDRESS_BITS@", &address_bits(spec.first().inputs).to_string())
        .replace("@NEURON_BITS@", &address_bits(spec.last().neurons).to_string())
        .replace("@COUNT_BITS@", &spec.count_bits.to_string())
}

/// The specification as JSON, and beside it what became of the numbers that the core was made of, if they are known.
pub fn specification(core: &Core, layout: &dyn Layout, export: &Export<'_>) -> String {
    let (name, architecture) = (export.name, layout.about());
    let mut value =
        json!({ "name": name, "architecture": architecture, "specification": core.spec() });
    if !export.quantised.is_empty() {
        value["quantisation"] = json!(export.quantised);
    }
    // Without this field weights are in ROM.
    if layout.weights_memory() != WeightsMemory::Rom {
        value["weights_memory"] = layout.weights_memory().name().into();
    }
    let mut text = serde_json::to_string_pretty(&value).expect("a specification has a JSON form");
    text.push('\n');
    text
}

/// The Makefile.
pub fn makefile(name: &str) -> String {
    include_str!("Makefile.in").replace("@NAME@", name)
}

/// A core file of FuseSoC, with the files of weights that the source does not have.
pub fn fusesoc(core: &Core, layout: &dyn Layout, name: &str, memories: &[MemoryFile]) -> String {
    let files = memories.iter().filter(|memory| !memory.built_in);
    let memories = files.fold(String::new(), |mut list, MemoryFile { name, .. }| {
        let _ = writeln!(list, "      - {name}: {{file_type: mem, copyto: {name}}}");
        list
    });
    include_str!("core.in")
        .replace("@NAME@", name)
        .replace("@VERSION@", VERSION)
        .replace("@SIZES@", &sizes(core))
        .replace("@ABOUT@", &layout.about())
        .replace("@MEMORIES@", &memories)
}

/// The guide for whoever receives the folder.
pub fn readme(
    core: &Core,
    layout: &dyn Layout,
    export: &Export<'_>,
    memories: &[MemoryFile],
    coverage: Coverage,
) -> String {
    let Coverage { cycles, inputs, of_inputs } = coverage;
    let command = match export.command {
        "" => ".".into(),
        command => format!(" with\n\n    {}", line(command)),
    };
    let places = memories.iter().enumerate().map(|(at, memory)| match memory.built_in {
        true => format!("layer {at} in the source"),
        false => format!("layer {at} in `{}`", memory.name),
    });
    include_str!("README.in")
        .replace("@VERSION@", VERSION)
        .replace("@COMMAND@", &command)
        .replace("@LICENCE@", export.licence)
        .replace("@CYCLES@", &cycles.to_string())
        .replace("@REACHED@", &format!("{inputs} of {of_inputs}"))
        .replace("@NAME@", export.name)
        .replace("@SIZES@", &sizes(core))
        .replace("@ABOUT@", &layout.about())
        .replace("@BUILT_IN@", &MOST_BUILT_IN.to_string())
        .replace("@WHERE@", &places.collect::<Vec<_>>().join(", "))
        .replace("@INPUTS@", &core.spec().first().inputs.to_string())
        .replace("@NEURONS@", &core.spec().last().neurons.to_string())
        .replace("@NUMBERS@", &numbers(export.quantised))
}

/// What the integers of each layer mean.
fn numbers(quantised: &[Quantisation]) -> String {
    if quantised.is_empty() {
        return "The core was made of integers; nothing was scaled.".into();
    }
    let mut text = String::from(
        "Integers are weights, threshold and reset of a layer times its scale, rounded. A tick leaves the retention of a large potential; \
         what it takes of the largest one below threshold is a whole number.\n\n\
         | layer | scale | threshold: wanted, obtained | reset | retention | taken below threshold |\n| --- | --- | --- | --- | --- | --- |",
    );
    for (number, layer) in quantised.iter().enumerate() {
        let pair = |rounded: Rounded| format!("{}, {}", rounded.wanted, rounded.obtained);
        let reset = layer.reset.map_or_else(|| "-".into(), pair);
        let (threshold, retention) = (pair(layer.threshold), pair(layer.retention));
        let (scale, leak) = (layer.scale, pair(layer.leak_at_threshold));
        let _ =
            write!(text, "\n| {number} | {scale} | {threshold} | {reset} | {retention} | {leak} |");
    }
    text
}
