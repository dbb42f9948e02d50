//! Proofs that a core is the same machine as a description written independently.

use std::fmt::Write as _;
use std::io;

use memspike_lif_core::{Architecture, Core, Leak, Reset, Saturation};

use super::axi_proof;
use super::bank_proof;
use super::control::{self, counter_proof, layer_proof, reading_left, shell_proof};
use super::folder::Folder;
use super::load;
use crate::arch::{Given, Layout, WeightsMemory};

/// Writes the proofs and the descriptions that they compare with.
pub fn write(
    core: &Core,
    layout: &dyn Layout,
    name: &str,
    folder: &mut Folder<'_>,
) -> io::Result<()> {
    folder.text("reference.v", REFERENCE)?;
    folder.text("reference_counter.v", control::COUNTER)?;
    folder.text("reference_axi.v", axi_proof::REFERENCE)?;
    folder.text("check_axi.v", &axi_proof::wrapper(core.spec()))?;
    folder.text("prove.ys", &script(core, layout, name))?;
    let (lanes, memory) = (lanes(layout), layout.weights_memory());
    if lanes.is_some() {
        folder.text("reference_layer.v", control::LAYER)?;
    } else {
        folder.text("reference_shell.v", control::SHELL)?;
        for (number, layer) in core.spec().layers.iter().enumerate() {
            let text = bank_proof::reference(&Given { layer, memory });
            folder.text(&format!("reference_bank_{number}.v"), &text)?;
        }
    }
    if memory == WeightsMemory::Ram {
        folder.text("reference_load.v", load::REFERENCE)?;
    }
    let loads =
        core.spec().layers.iter().enumerate().filter_map(|(number, layer)| {
            load::wrapper(name, number, &Given { layer, memory }, lanes)
        });
    for (name, text) in control::wrappers(core, lanes, memory, name).into_iter().chain(loads) {
        folder.text(&name, &text)?;
    }
    Ok(())
}

/// The independent description, by hand and without regard to cost.
const REFERENCE: &str = include_str!("reference.v");

/// A script for yosys: the neuron of each layer; in a parallel core the whole bare layer with all potentials compared, in another one
/// the sweep over its potentials; the counter.
fn script(core: &Core, layout: &dyn Layout, name: &str) -> String {
    let mut script = String::from(
        "# Fails unless every neuron does what reference.v says, and layers and counter what reference_*.v say.\n",
    );
    for (number, layer) in core.spec().layers.iter().enumerate() {
        let given = Given { layer, memory: layout.weights_memory() };
        script.push_str(&step_proof(name, number, &given));
        match lanes(layout) {
            None => {
                script.push_str(&bank_proof::proof(name, number, &given));
                script.push_str(&shell_proof(name, number, layer));
                script.push_str(&reading_left(number));
            }
            Some(lanes) => {
                script.push_str(&layer_proof(name, number, &given, lanes, &macros(&given)));
            }
        }
        script.push_str(&load::proof(name, number, &given, lanes(layout)));
    }
    script.push_str(&counter_proof(name, core.spec()));
    script.push_str(&axi_proof::proof(name, core.spec()));
    script
}

/// The lanes of a layout that sweeps over its neurons.
fn lanes(layout: &dyn Layout) -> Option<usize> {
    match layout.model() {
        Architecture::Parallel => None,
        Architecture::Folded { lanes } => Some(lanes),
    }
}

/// Where a factor is loaded, its multiplication is cut out: proofs are about what becomes of the product.
pub fn cuts_product(given: &Given) -> bool {
    given.memory == WeightsMemory::Ram && matches!(given.layer.leak, Leak::Multiply { .. })
}

fn step_proof(name: &str, number: usize, given: &Given) -> String {
    let (cut, formal, assumes) = if cuts_product(given) {
        ("opt_clean; expose -input w:product; ", "-formal ", " -set-assumes")
    } else {
        ("", "", "")
    };
    format!(
        "
design -reset
read_verilog {name}.v
hierarchy -top {name}_step_{number}
proc; flatten; {cut}opt
rename -top gold
design -stash ours
read_verilog {formal}{} reference.v
hierarchy -top reference_step
proc; flatten; opt
rename -top gate
design -stash reference
design -copy-from ours -as gold gold
design -copy-from reference -as gate gate
miter -equiv -flatten -make_assert gold gate miter
hierarchy -top miter
opt
sat -verify -prove-asserts{assumes} -show-inputs -show-outputs miter
",
        macros(given)
    )
}

/// A layer as macros of the reference.
pub fn macros(given: &Given) -> String {
    let layer = given.layer;
    let (leak, lost, shift) = match layer.leak {
        Leak::None => ("LEAK_NONE", 0, 0),
        Leak::Shift { shift } => ("LEAK_SHIFT", 0, shift),
        Leak::Multiply { factor, shift } => ("LEAK_MULTIPLY", (1 << shift) - factor, shift),
    };
    let (reset, value) = match layer.reset {
        Reset::Subtract => ("RESET_SUBTRACT", 0),
        Reset::Zero => ("RESET_VALUE", 0),
        Reset::Hold { value } => ("RESET_VALUE", value),
    };
    // A loaded threshold is the input of this name.
    let threshold = match given.memory {
        WeightsMemory::Rom => layer.threshold.to_string(),
        WeightsMemory::Ram => given.threshold().name,
    };
    let mut macros = format!(
        "-D{leak} -D{reset} -DW={} -DP={} -DN={} -DTHRESHOLD={} -DLOST={lost} -DSHIFT={shift} -DVALUE={value} -DLOWEST={} -DHIGHEST={}",
        layer.weight_bits,
        layer.potential_bits,
        layer.neurons,
        threshold,
        layer.lowest(),
        layer.highest(),
    );
    if layer.saturation == Saturation::NonNegative {
        macros.push_str(" -DNON_NEGATIVE");
    }
    if layer.refractory_ticks > 0 {
        let _ = write!(
            macros,
            " -DREFRACTORY -DR={} -DTICKS={}",
            layer.refractory_bits(),
            layer.refractory_ticks
        );
    }
    if given.memory == WeightsMemory::Ram {
        let bits = given.leak().map_or(0, |leak| leak.kind.bits);
        let _ = write!(macros, " -DLOADED -DL={bits}");
    }
    macros
}
